//! `token`.

use pixlog::config::tokens::{Tokens, hash};

use crate::terminal::Terminal;

#[test]
fn a_new_token_and_its_line_go_together() {
    let terminal = Terminal::new();
    let made = ["alice", "alice"].map(|name| terminal.ok(&["token", name, "write"]));
    assert_ne!(made[0], made[1], "each is new");
    let (token, line) = made[0].trim_end().split_once('\n').unwrap();
    let secret = token.strip_prefix("pixlog_").unwrap();
    assert_eq!(
        (secret.len(), secret.contains(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))),
        (43, false)
    );
    assert!(line.starts_with("alice read,write ") && !line.contains(secret), "{line}");
    assert_eq!(terminal.names("."), Vec::<String>::new());
    terminal.tokens("tokens", &format!("# made today\n{line}\n"), 0o600);
    let (tokens, _) = Tokens::read(&terminal.path("tokens")).unwrap();
    let found = tokens.find(&hash(token)).unwrap();
    assert_eq!((found.name.to_string(), found.scopes.to_string()), ("alice".to_owned(), "read,write".to_owned()));
}
