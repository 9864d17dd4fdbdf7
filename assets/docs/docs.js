// Shows the document of the server that this page came from; nothing is loaded from anywhere else.

// Fields begin with the examples of their parameters. Those that are not needed begin empty: all together they would ask
// for what excludes each other, or for a version that the browser has already.
function emptied(document) {
  for (const operations of Object.values(document.paths)) {
    for (const parameter of Object.values(operations).flatMap((operation) => operation.parameters ?? [])) {
      if (!parameter.required && parameter.example !== undefined) {
        parameter.description += `, as \`${parameter.example}\``;
        delete parameter.example;
      }
    }
  }
  return document;
}

async function show() {
  const answer = await fetch("/openapi.json");
  SwaggerUIBundle({
    spec: emptied(await answer.json()),
    domNode: document.getElementById("docs"),
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestSnippetsEnabled: true,
  });
}

show();
