//! What files, variables and flags come to.

use super::*;

/// Loads what these lines of `Rocket.toml` and these variables, as if they were set, say.
fn load(toml: &str, variables: &[(&str, &str)], overrides: &Overrides) -> Result<Config, String> {
    let mut figment = Config::default().rocket.merge(Toml::string(toml).nested()).select("release");
    for (name, value) in variables {
        let key = match name.strip_prefix("PIXLOG_") {
            Some(name) => format!("pixlog.{}", name.to_lowercase()),
            None => name.trim_start_matches("ROCKET_").to_lowercase(),
        };
        let Ok(value) = value.parse::<Value>();
        figment = figment.merge(Serialized::global(&key, value));
    }
    Config::from_figment(figment, overrides).map_err(|error| error.to_string())
}

#[test]
fn defaults_listen_on_loopback() {
    let config = load("", &[], &Overrides::default()).expect("nothing is wrong");
    assert_eq!(config.data, PathBuf::from("./data"));
    assert_eq!((config.address.to_string(), config.port), ("127.0.0.1".to_owned(), 8000));
    assert_eq!(config.hosts, ["localhost", "127.0.0.1", "[::1]"]);
    assert_eq!(config.cors_origins.len(), 4);
}

#[test]
fn variables_win_over_the_file_and_flags_over_both() {
    let toml = "[default]\nport = 1\n[default.pixlog]\ndata = \"a\"\nside_max = 10\ncells_max = 11\n";
    let variables = [("PIXLOG_DATA", "b"), ("ROCKET_PORT", "2"), ("PIXLOG_SIDE_MAX", "12")];
    let config = load(toml, &variables, &Overrides::default()).expect("nothing is wrong");
    assert_eq!((config.data.clone(), config.port), (PathBuf::from("b"), 2));
    assert_eq!((config.limits.side_max, config.limits.cells_max), (12, 11));
    assert_eq!((config.journal().side_max, config.picture().side_max), (12, 12));
    let flags = Overrides { data: Some("c".into()), port: Some(3), address: None };
    let config = load(toml, &variables, &flags).expect("nothing is wrong");
    assert_eq!((config.data, config.port), (PathBuf::from("c"), 3));
}

#[test]
fn lists_are_written_with_commas_or_brackets() {
    let variables = [("PIXLOG_HOSTS", "a.example, b.example:81"), ("PIXLOG_CORS_ORIGINS", "[\"http://c.example\"]")];
    let config = load("", &variables, &Overrides::default()).expect("nothing is wrong");
    assert_eq!(config.hosts, ["a.example", "b.example:81"]);
    assert_eq!(config.cors_origins, ["http://c.example"]);
}

#[test]
fn public_addresses_need_a_word() {
    let public = Overrides { address: Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), ..Overrides::default() };
    let refusal = ConfigError::Unprotected(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_string();
    assert_eq!(load("", &[], &public).map(|config| config.address), Err(refusal.clone()));
    assert_eq!(load("", &[("PIXLOG_ANONYMOUS", "read")], &public).map(|config| config.address), Err(refusal));
    let open = [("PIXLOG_ANONYMOUS", "read,write")];
    assert_eq!(load("", &open, &public).map(|config| config.address.to_string()), Ok("0.0.0.0".to_owned()));
    let tokens = [("PIXLOG_TOKENS", "tokens"), ("PIXLOG_ANONYMOUS", "none")];
    assert_eq!(load("", &tokens, &public).map(|config| config.address.to_string()), Ok("0.0.0.0".to_owned()));
}

#[test]
fn what_is_said_of_everyone_counts_and_else_tokens_decide() {
    for (variables, scopes) in [
        (&[][..], Scopes::ALL),
        (&[("PIXLOG_ANONYMOUS", "read")], Scopes::READ),
        (&[("PIXLOG_TOKENS", "tokens")], Scopes::READ),
        (&[("PIXLOG_TOKENS", "tokens"), ("PIXLOG_ANONYMOUS", "none")], Scopes::NONE),
        (&[("PIXLOG_TOKENS", "tokens"), ("PIXLOG_ANONYMOUS", "read,write")], "write".parse().expect("a scope")),
    ] {
        let config = load("", variables, &Overrides::default());
        assert_eq!(config.map(|config| config.anonymous_scopes()), Ok(scopes), "{variables:?}");
    }
}

#[test]
fn rocket_believes_no_header_about_addresses() {
    for variables in [&[][..], &[("ROCKET_IP_HEADER", "X-Real-IP")]] {
        let config = load("", variables, &Overrides::default()).expect("nothing is wrong");
        let rocket = rocket::Config::try_from(config.figment()).expect("nothing is wrong");
        assert_eq!(rocket.ip_header, None);
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (variable, value, named) in [
        ("PIXLOG_SIDE_MAX", "many", "pixlog.side_max: invalid type: found string \"many\", expected u32"),
        ("PIXLOG_SIDE_MAX", "0", "side_max"),
        ("PIXLOG_SIDES_MAX", "1", "sides_max"),
        ("PIXLOG_TOKEN_FILE", "/etc/tokens", "token_file"),
        ("PIXLOG_TOKENS", "[1]", "pixlog.tokens"),
        ("PIXLOG_ANONYMOUS", "all", "anonymous is a list of read and write, or none"),
        ("PIXLOG_ANONYMOUS", "admin", "anonymous is a list"),
        ("PIXLOG_ANONYMOUS", "none,read", "anonymous is a list"),
        ("PIXLOG_ANONYMOUS", "", "anonymous is a list"),
        ("PIXLOG_ANONYMOUS", "none", "without tokens would let nobody in"),
        ("PIXLOG_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "trusted_proxies: \"proxy\" cannot be read: write an address"),
        ("PIXLOG_REQUESTS_PER_SECOND_MAX", "-1", "requests_per_second_max"),
        ("ROCKET_PORT", "65536", "port"),
        ("ROCKET_ADDRESS", "nowhere", "address"),
        ("ROCKET_KEEP_ALIVE", "long", "keep_alive"),
    ] {
        let error = load("", &[(variable, value)], &Overrides::default()).expect_err(variable);
        assert!(error.contains(named), "{variable}: {error}");
    }
}
