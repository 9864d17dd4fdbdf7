//! What docs/OPERATING.md says of settings is so, and what the Dockerfile and compose.yaml name is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::terminal::Terminal;

const OPERATING: &str = include_str!("../../docs/OPERATING.md");
const DOCKERFILE: &str = include_str!("../../Dockerfile");
const COMPOSE: &str = include_str!("../../compose.yaml");
const IGNORED: &str = include_str!("../../.dockerignore");

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The settings that `pixlog serve --help` lists, each with its default.
fn settings() -> Vec<(String, String)> {
    let help = Terminal::new().ok(&["serve", "--help"]);
    let setting = |line: &str| {
        let name =
            line.split_whitespace().next().filter(|name| name.starts_with("PIXLOG_") || name.starts_with("ROCKET_"))?;
        let default = line.split_once("[default: ")?.1.strip_suffix(']')?;
        Some((name.to_owned(), default.to_owned()))
    };
    help.lines().filter_map(setting).collect()
}

#[test]
fn every_limit_stands_in_the_manual_with_its_default() {
    let config = fs::read_to_string(root().join("src/config.rs")).unwrap();
    let fields = config.split_once("pub struct Limits {").unwrap().1.split_once("\n}").unwrap().0;
    let fields: Vec<_> = fields
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':'))
        .map(|(name, _)| format!("PIXLOG_{}", name.to_uppercase()))
        .collect();
    assert!(fields.len() >= 9, "{fields:?}");
    let settings = settings();
    for field in fields {
        let (_, default) = settings.iter().find(|(name, _)| *name == field).unwrap_or_else(|| panic!("no {field}"));
        let row = OPERATING.lines().find(|line| line.starts_with(&format!("| `{field}` |")));
        let row = row.unwrap_or_else(|| panic!("docs/OPERATING.md has no row for {field}"));
        let said = row.split('|').nth(2).unwrap().trim();
        assert_eq!(said, default, "{field}");
    }
}

#[test]
fn the_variables_that_are_named_are_settings() {
    let known: Vec<_> = settings().into_iter().map(|(name, _)| name).collect();
    // Where Rocket finds its file is settled before there are settings; the others are a client's.
    let others = ["ROCKET_CONFIG", "PIXLOG_SERVER", "PIXLOG_TOKEN"];
    let is_known = |name: &str| known.iter().any(|setting| setting == name) || others.contains(&name);
    for (file, text) in [("OPERATING.md", OPERATING), ("Dockerfile", DOCKERFILE), ("compose.yaml", COMPOSE)] {
        let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        // `PIXLOG_*` stands for all of them.
        let is_name = |word: &&str| word.starts_with("PIXLOG_") || word.starts_with("ROCKET_");
        let names: Vec<_> = words.filter(is_name).filter(|word| !word.ends_with('_')).collect();
        assert!(!names.is_empty(), "{file}");
        for name in names {
            assert!(is_known(name), "{file}: {name} is no setting");
        }
    }
}

/// The words of each line of the Dockerfile that begins with `instruction`, its continuation lines joined.
fn instructions(instruction: &str) -> Vec<Vec<String>> {
    let whole = DOCKERFILE.replace("\\\n", " ");
    let lines = whole.lines().filter_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '));
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// What is copied from this folder: each source, and where to.
fn copied() -> Vec<(String, String)> {
    let from_here = instructions("COPY").into_iter().filter(|words| !words[0].starts_with("--from"));
    from_here
        .flat_map(|words| {
            let (to, sources) = words.split_last().unwrap();
            sources.iter().map(|source| (source.clone(), to.clone())).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn what_the_dockerfile_copies_is_there_and_is_sent_to_the_builder() {
    let copied = copied();
    assert!(copied.len() >= 6, "{copied:?}");
    for (source, _) in &copied {
        assert!(root().join(source).exists(), "{source} is not there");
        assert!(IGNORED.lines().any(|line| line == format!("!{source}")), "{source} is not sent to the builder");
    }
    for line in IGNORED.lines().filter_map(|line| line.strip_prefix('!')) {
        assert!(copied.iter().any(|(source, _)| source == line), "{line} is sent to the builder and not copied");
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            copy(&file.path(), &to.join(file.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// What cargo finds to be built in a folder, but for tests: each kind and name.
fn targets(folder: &Path) -> BTreeSet<(String, String)> {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--no-deps"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let found: Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let all = found["packages"][0]["targets"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let targets = all.iter().map(|target| (text(&target["kind"][0]), text(&target["name"])));
    targets.filter(|(kind, _)| kind != "test").collect()
}

/// Compiling it all once more would take minutes. A build needs its targets, and what sources include.
#[test]
fn what_is_copied_can_be_built() {
    let folder = TempDir::new().unwrap();
    for (source, to) in copied() {
        // The first stage copies to its own folder; the second to places that begin with a slash.
        if !to.starts_with('/') {
            let name = if to == "./" { &source } else { &to };
            copy(&root().join(&source), &folder.path().join(name));
        }
    }
    let wanted = targets(&root());
    assert!(wanted.iter().any(|(kind, _)| kind == "bench"), "{wanted:?}");
    assert_eq!(targets(folder.path()), wanted);
    let mut folders = vec![folder.path().join("src")];
    let mut included = 0;
    while let Some(found) = folders.pop() {
        for file in fs::read_dir(found).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|ending| ending != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let names = text.split("include_str!(\"").chain(text.split("include_bytes!(\"")).skip(1);
            for name in names.filter_map(|rest| rest.split_once("\")").map(|(name, _)| name)) {
                if !name.contains('\n') {
                    assert!(path.with_file_name("").join(name).exists(), "{} includes {name}", path.display());
                    included += 1;
                }
            }
            let folders = text.split("include_dir!(\"$CARGO_MANIFEST_DIR/").skip(1);
            for name in folders.filter_map(|rest| rest.split_once("\")").map(|(name, _)| name)) {
                let page = folder.path().join(name).join("index.html");
                assert!(page.exists(), "{} includes {name}", path.display());
                included += 1;
            }
        }
    }
    assert!(included >= 3, "{included}");
}

#[test]
fn the_image_is_built_by_the_oldest_rust_and_run_by_nobody_in_particular() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let oldest = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"')).unwrap();
    let from = instructions("FROM");
    assert!(from[0][0].starts_with(&format!("rust:{oldest}-slim")), "{from:?}");
    assert!(DOCKERFILE.contains("cargo build --release --locked"));
    let user = &instructions("USER")[0][0];
    assert!(user.split(':').all(|id| id.parse::<u32>().unwrap() >= 10_000), "{user}");
    let health = instructions("HEALTHCHECK")[0].join(" ");
    assert!(health.ends_with("CMD [\"pixlog\", \"health\"]"), "{health}");
    assert!(instructions("ENV").concat().contains(&"PIXLOG_DATA=/data".to_owned()));
    assert_eq!(instructions("VOLUME"), [["/data"]]);
    // The port is not published to other machines.
    let ports: Vec<_> =
        COMPOSE.lines().filter(|line| line.trim_start().starts_with("- \"") && line.contains(":8000")).collect();
    assert_eq!(ports, ["      - \"127.0.0.1:8000:8000\""]);
}
