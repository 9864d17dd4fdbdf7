//! What reviews forget: the direction of imports, the length of files and functions, a heading for each module.

#![allow(clippy::expect_used, reason = "a test says what failed by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Which layers each layer may import; `docs/ARCHITECTURE.md` says why.
const LAYERS: [(&str, &[&str]); 9] = [
    ("canvas", &[]),
    ("format", &["canvas"]),
    ("picture", &["canvas", "format"]),
    ("store", &["canvas", "format"]),
    ("journal", &["canvas", "format", "store"]),
    ("pingpong", &["canvas", "format", "picture", "store", "journal"]),
    ("config", &["canvas", "picture", "store", "journal"]),
    ("http", &["canvas", "format", "picture", "store", "journal", "pingpong", "config"]),
    ("cli", &["canvas", "format", "picture", "store", "journal", "pingpong", "config", "http"]),
];

/// Crates that one layer only may name.
const NAMED_ONLY_IN: [(&str, &[&str]); 3] =
    [("sled::", &["store"]), ("rocket::", &["http", "config"]), ("rocket_cors::", &["http"])];

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

struct Source {
    path: PathBuf,
    layer: String,
    text: String,
}

/// Every source file below `folder`, with the name of the folder or file right under `src`.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = file.expect("a file of the project").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inner = path.strip_prefix(&root).expect("below the root");
                let first = inner.components().next().expect("a name").as_os_str().to_string_lossy();
                let layer = first.trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&path).expect("UTF-8");
                found.push(Source { path, layer, text });
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {}", root.display());
    found
}

/// The layers that a text names after `crate::`, also in `crate::{…}`.
fn imports(text: &str) -> Vec<&str> {
    let name = |rest: &str| rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push(&rest[..name(rest)]);
            continue;
        };
        let mut depth = 0;
        let mut start = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if depth == 0 && start && c.is_alphanumeric() => {
                    found.push(&group[at..at + name(&group[at..])]);
                    start = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn code(text: &str) -> String {
    text.lines().filter(|line| !is_comment(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_point_downwards() {
    let layer_names: Vec<_> = LAYERS.iter().map(|(name, _)| *name).collect();
    let mut wrong = Vec::new();
    for source in sources("src") {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == source.layer) else {
            assert!(["main", "lib"].contains(&source.layer.as_str()), "{} is in no layer", source.path.display());
            continue;
        };
        let code = code(&source.text);
        for import in imports(&code) {
            if layer_names.contains(&import) && import != source.layer && !allowed.contains(&import) {
                wrong.push(format!("{} imports {import}", source.path.display()));
            }
        }
        for (krate, layers) in NAMED_ONLY_IN {
            if code.contains(krate) && !layers.contains(&source.layer.as_str()) {
                wrong.push(format!("{} names {krate}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_are_found_alone_and_in_groups() {
    let text = "use crate::journal::{Head, x}; use crate::{canvas, store::{A, b}, format::key}; pub(crate) fn f()";
    assert_eq!(imports(text), ["journal", "canvas", "store", "format"]);
}

#[test]
fn files_and_functions_are_short() {
    let mut wrong = Vec::new();
    for source in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let lines: Vec<_> = source.text.lines().collect();
        if lines.len() > FILE_LINES_MAX {
            wrong.push(format!("{} has {} lines, more than {FILE_LINES_MAX}", source.path.display(), lines.len()));
        }
        for (start, line) in lines.iter().enumerate() {
            // rustfmt puts the closing brace of a function where its first line begins.
            let indent = line.len() - line.trim_start().len();
            let words: Vec<_> = line.split_whitespace().take_while(|word| !word.contains('(')).collect();
            let is_function = !is_comment(line)
                && (words.contains(&"fn") || line.trim_start().starts_with("pub(") && line.contains(" fn "));
            if !is_function || line.trim_end().ends_with([';', '}']) {
                continue;
            }
            let closing = format!("{}}}", " ".repeat(indent));
            let length =
                lines[start..].iter().position(|line| *line == closing || line.trim_end() == format!("{closing};"));
            if let Some(length) = length.filter(|length| *length >= FUNCTION_LINES_MAX) {
                wrong.push(format!("{}:{}: a function of {} lines", source.path.display(), start + 1, length + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<_> = ["src", "tests", "benches"]
        .into_iter()
        .flat_map(sources)
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "without a heading: {}", silent.join(", "));
}

#[test]
fn errors_have_types() {
    let untyped: Vec<_> = sources("src")
        .into_iter()
        .filter(|source| {
            code(&source.text).contains("Box<dyn Error") || code(&source.text).contains("dyn std::error::Error>")
        })
        .map(|source| source.path.display().to_string())
        .collect();
    assert!(untyped.is_empty(), "errors without a type in {}", untyped.join(", "));
}
