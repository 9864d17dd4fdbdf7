//! What the program says about itself.

use crate::terminal::{Terminal, done};

#[test]
fn the_help_names_every_command() {
    let help = Terminal::new().ok(&["--help"]);
    insta::assert_snapshot!(help, @"
    Keeps images as logs: every pixel durable, every past image one request away

    Usage: pixlog [OPTIONS] [COMMAND]

    Commands:
      serve        Serve the web app and the API
      run          Fill a new canvas by a ping-pong run, or go on with one that was cut off
      canvases     List the canvases, newest first
      history      List the entries of a canvas, newest first
      pixel        Show a cell of a canvas at any version, or its history
      render       Write the image of a canvas at any version to a file
      diff         Write what differs between two versions, as a picture or a list
      timelapse    Write how an image came to be, as a GIF or an animated PNG
      import       Make a canvas of an exported log, CSV of r/place, or a picture
      export       Write the whole log of a canvas to a file
      verify       Read everything and report what is damaged
      bench        Measure runs, reads or the server, each in a process of its own
      token        Print a new token, once, and its line for the file of tokens
      health       Ask a server whether it is ready
      openapi      Write the OpenAPI document of the API
      completions  Write a script for a shell that completes commands and options
      help         Print this message or the help of the given subcommand(s)

    Options:
          --data <DIR>    The data directory [default: ./data, or what Rocket.toml or PIXLOG_DATA says]
          --server <URL>  Ask a server in place of a data directory, with the token in PIXLOG_TOKEN [default: PIXLOG_SERVER]
      -h, --help          Print help
      -V, --version       Print version

    Without a command: serve.

    Exit status: 0 done, 1 it failed, 2 wrong usage, 130 stopped by Ctrl-C, 143 by SIGTERM.
    ");
}

#[test]
fn every_command_has_a_help_that_touches_nothing() {
    let terminal = Terminal::new();
    for command in [
        "serve",
        "run",
        "canvases",
        "history",
        "pixel",
        "render",
        "diff",
        "timelapse",
        "import",
        "export",
        "verify",
        "bench",
        "token",
        "health",
        "openapi",
        "completions",
    ] {
        let help = terminal.ok(&[command, "--help"]);
        assert!(help.contains("Usage: pixlog ") && help.contains("--data <DIR>"), "{command}: {help}");
    }
    assert_eq!(terminal.names("."), Vec::<String>::new());
}

#[test]
fn what_the_help_of_serve_says_of_settings_is_true() {
    let terminal = Terminal::new();
    let help = terminal.ok(&["serve", "--help"]);
    let settings: Vec<_> = help.lines().filter(|line| line.trim_start().starts_with("PIXLOG_")).collect();
    assert!(settings.len() >= 17, "{help}");
    for line in settings {
        let name = line.split_whitespace().next().unwrap();
        // A value that no setting takes: only a name that is read can be refused for it.
        if name != "PIXLOG_LOG" {
            let output = terminal.command(&["canvases"]).env(name, "[[]]").output().unwrap();
            let refused = done(&output);
            assert_eq!(refused.status, Some(1), "{name}: {refused:?}");
            let said = refused.err.to_lowercase().replace("pixlog_", "");
            assert!(said.contains("configuration") && said.contains(&name.to_lowercase()[7..]), "{name}: {refused:?}");
        }
    }
}

#[test]
fn completions_know_the_commands() {
    let script = Terminal::new().ok(&["completions", "bash"]);
    assert!(script.contains("pixlog") && script.contains("canvases"), "{script}");
    assert!(!script.contains("bench-child"), "what is hidden is not completed");
}
