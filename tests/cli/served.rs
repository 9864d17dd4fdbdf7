//! Commands that ask a server: they say what they say of the data directory.

use std::fs;

use rustix::process::Signal;

use crate::terminal::{Started, Terminal, assert_filled, canvas};

/// Everything below is the same whether a directory or a server is asked.
#[test]
fn lists_and_images_are_the_same() {
    let terminal = Terminal::new();
    terminal.wall();
    terminal.ok(&["run", "--size", "100"]);
    let commands: &[&[&str]] = &[
        &["canvases"],
        &["canvases", "--json"],
        &["canvases", "--csv"],
        &["history", "wall"],
        &["history", "wall", "--json"],
        &["history", "canvas-2", "--csv", "--order", "asc"],
        &["history", "canvas-2", "--csv", "--limit", "4097"],
        &["history", "wall", "--csv", "--author", "ada=="],
        &["history", "wall", "--csv", "--kind", "state", "--region", "0,0,1,1"],
        &["history", "wall", "--csv", "--since", "2022-04-01T12:44:11Z", "--until", "2022-04-01T12:45:00Z"],
        &["history", "canvas-2", "--csv", "--after", "10", "--before", "13"],
        &["render", "canvas-2"],
        &["render", "canvas-2", "--version", "5000"],
    ];
    let here: Vec<_> = commands.iter().map(|command| terminal.command(command).output().unwrap()).collect();
    let serving = terminal.serve(&[]);
    for (command, here) in commands.iter().zip(here) {
        let there = terminal.command(command).env("PIXLOG_SERVER", &serving.url).output().unwrap();
        assert!(here.status.success() && there.status.success(), "{command:?}: {here:?} {there:?}");
        assert_eq!(there.stderr, b"", "{command:?}");
        assert!(here.stdout == there.stdout, "{command:?}: {}", String::from_utf8_lossy(&there.stdout));
    }
    terminal.ok(&["render", "wall", "-o", "wall.raw", "--server", &serving.url]);
    assert_eq!(fs::metadata(terminal.path("wall.raw")).unwrap().len(), 4 * 3 * 3);
    serving.stop();
}

#[test]
fn what_a_server_refuses_is_told() {
    let terminal = Terminal::new();
    terminal.wall();
    let made = terminal.ok(&["token", "me", "read"]);
    let (secret, line) = made.split_once('\n').unwrap();
    terminal.tokens("tokens", line, 0o600);
    let serving = terminal.serve(&[("PIXLOG_TOKENS", "tokens"), ("PIXLOG_ANONYMOUS", "none")]);
    let with = |token: &str, arguments: &[&str]| {
        let mut command = terminal.command(arguments);
        command.args(["--server", &serving.url]).env("PIXLOG_TOKEN", token);
        crate::terminal::done(&command.output().unwrap())
    };
    let done = with("", &["canvases"]);
    assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.err.ends_with("hint: put a token into PIXLOG_TOKEN; 'pixlog token' makes one\n"), "{done:?}");
    let done = with(secret, &["canvases", "--csv"]);
    assert_eq!((done.status, done.out.lines().count()), (Some(0), 2), "{done:?}");
    let done = with(secret, &["run", "--size", "2"]);
    assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.err.ends_with("hint: the token in PIXLOG_TOKEN does not allow that\n"), "{done:?}");
    let done = with("two words", &["canvases"]);
    assert_eq!((done.status, done.err.as_str()), (Some(2), "error: what PIXLOG_TOKEN holds is no token\n"));
    let done = with(secret, &["history", "nowhere", "--csv"]);
    assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.err.starts_with("error: there is no canvas \"nowhere\""), "{done:?}");
    let done = with(secret, &["render", "wall", "--version", "6", "-o", "six.png"]);
    assert_eq!((done.status, done.err.as_str()), (Some(1), "error: version 6 does not exist yet: the newest is 5\n"));
    assert!(!terminal.path("six.png").exists());
    let url = serving.url.clone();
    serving.stop();
    let done = terminal.pixlog(&["canvases", "--server", &url]);
    assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.err.starts_with(&format!("error: {url} cannot be reached: ")), "{done:?}");
}

#[test]
fn what_is_no_server_is_told() {
    use std::io::{Read as _, Write as _};
    let terminal = Terminal::new();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers = [
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
            "answered 404 Not Found: is it a pixlog server?",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno", "cannot be read"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 200\r\nConnection: close\r\n\r\n{", "was cut off: "),
    ];
    let answering = std::thread::spawn(move || {
        for (answer, _) in answers {
            let mut connection = listener.accept().unwrap().0;
            let mut asked = [0; 4096];
            assert!(connection.read(&mut asked).unwrap() > 0);
            connection.write_all(answer.as_bytes()).unwrap();
        }
    });
    for (_, said) in answers {
        let done = terminal.pixlog(&["canvases", "--json", "--server", &url]);
        assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
        assert!(done.err.contains(said), "{said}: {done:?}");
    }
    answering.join().unwrap();
}

#[test]
fn a_run_at_a_server_is_followed_stopped_and_taken_up() {
    let terminal = Terminal::new();
    terminal.wall();
    let serving = terminal.serve(&[]);
    let at = ["--server", &serving.url];
    let said = terminal.ok(&[&["run", "--size", "20", "--granular", "50", "--out", "made"], &at[..]].concat());
    assert!(said.starts_with("run 1 completed canvas-2: 20×20, 400 pixels, "), "{said}");
    assert_eq!(terminal.names("made"), ["myImg_100.png", "myImg_50.png"]);
    let picture = image::open(terminal.path("made/myImg_100.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (20, 20));
    // Each hop is synced, so that there is time to stop it.
    let slow = [&["run", "--width", "100", "--height", "90", "--exchange", "http", "--out", "slow"], &at[..]].concat();
    let mut going = Started::of(&mut terminal.command(&slow));
    going.wait_for(&terminal.path("slow/myImg_5.png"));
    going.signal(Signal::INT);
    let done = going.wait();
    assert_eq!((done.status, done.out.as_str()), (Some(130), ""), "{done:?}");
    assert!(done.err.starts_with("error: run 2 stopped at pixel ") && done.err.contains(" of 9,000; "), "{done:?}");
    let mut again = Started::of(&mut terminal.command(&[&slow[..], &["--json"]].concat()));
    again.wait_for(&terminal.path("slow/myImg_10.png"));
    let done = again.wait();
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.err.starts_with("run 2 goes on at pixel "), "{done:?}");
    assert!(
        done.out.starts_with("{\"id\":2,\"canvas\":\"canvas-3\",\"status\":\"completed\",\"progression\":100,"),
        "{done:?}"
    );
    serving.stop();
    let journal = terminal.journal();
    assert_filled(&journal, &canvas(&journal, "canvas-3"));
}

#[test]
fn moments_are_the_same() {
    let terminal = Terminal::new();
    terminal.wall();
    terminal.ok(&["run", "--size", "100"]);
    let commands: &[&[&str]] = &[
        &["pixel", "wall", "0", "0"],
        &["pixel", "wall", "0", "0", "--json", "--version", "2"],
        &["pixel", "wall", "0", "0", "--csv", "--at", "2022-04-01T12:44:11.5Z"],
        &["pixel", "wall", "2", "2"],
        &["pixel", "wall", "0", "0", "--history"],
        &["pixel", "wall", "0", "0", "--history", "--version", "3", "--limit", "1", "--json"],
        &["render", "wall", "--version", "3", "--scale", "5"],
        &["render", "wall", "--at", "2022-04-01T12:44:59Z"],
        &["diff", "wall", "--from", "3", "--to", "1", "--csv"],
        &["diff", "canvas-2", "--from", "0", "--json"],
        &["diff", "canvas-2", "--from", "5000"],
        &["timelapse", "wall"],
        &["timelapse", "canvas-2", "--from", "3", "--to", "900", "--frames", "7", "--fps", "3", "--size", "31"],
        &["export", "wall"],
        &["export", "canvas-2"],
    ];
    let here: Vec<_> = commands.iter().map(|command| terminal.command(command).output().unwrap()).collect();
    let serving = terminal.serve(&[]);
    for (command, here) in commands.iter().zip(here) {
        let there = terminal.command(command).args(["--server", &serving.url]).output().unwrap();
        assert!(here.status.success() && there.status.success(), "{command:?}: {here:?} {there:?}");
        assert!(here.stdout == there.stdout, "{command:?}: {}", String::from_utf8_lossy(&there.stdout));
    }
    let errors: &[&[&str]] = &[
        &["pixel", "wall", "4", "0"],
        &["pixel", "wall", "0", "0", "--version", "6"],
        &["render", "wall", "--version", "red", "-o", "red.png"],
        &["diff", "wall", "--from", "6", "-o", "new.png"],
        &["timelapse", "wall", "--from", "3", "--to", "2", "-o", "d.gif"],
    ];
    let there: Vec<_> =
        errors.iter().map(|command| terminal.pixlog(&[command, &["--server", &serving.url][..]].concat())).collect();
    serving.stop();
    for (command, there) in errors.iter().zip(there) {
        let here = terminal.pixlog(command);
        assert_eq!((there.status, there.out, there.err), (Some(1), String::new(), here.err), "{command:?}");
    }
    assert_eq!(terminal.names("."), ["data"], "no file was begun");
}

#[test]
fn logs_rows_and_pictures_are_imported_at_a_server() {
    let terminal = Terminal::new();
    terminal.wall();
    terminal.ok(&["run", "--size", "300"]);
    terminal.ok(&["export", "canvas-2", "-o", "long.pixlog"]);
    terminal.ok(&["render", "canvas-2", "-o", "picture.png"]);
    fs::write(terminal.path("rows.csv"), crate::terminal::WALL).unwrap();
    let made = terminal.ok(&["token", "me", "admin"]);
    let (secret, line) = made.split_once('\n').unwrap();
    terminal.tokens("tokens", line, 0o600);
    let serving = terminal.serve(&[("PIXLOG_TOKENS", "tokens")]);
    let import = |token: &str, arguments: &[&str]| {
        let mut command = terminal.command(&[&["import", "--server", &serving.url], arguments].concat());
        crate::terminal::done(&command.env("PIXLOG_TOKEN", token).output().unwrap())
    };
    for (arguments, said) in [
        (&["long.pixlog", "--name", "copy"][..], "imported copy: 300×300, 90,000 entries\n"),
        (&["rows.csv", "--width", "4", "--height", "3"], "imported rows: 4×3, 5 entries\n"),
        (&["picture.png"], "imported picture: 300×300, 1 entry\n"),
    ] {
        let done = import(secret, arguments);
        assert_eq!((done.status, done.out.as_str(), done.err.as_str()), (Some(0), said, ""), "{arguments:?}");
        let done = import(secret, arguments);
        assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{arguments:?}: {done:?}");
        assert!(done.err.contains(" is taken"), "{arguments:?}: {done:?}");
    }
    let done = import("", &["long.pixlog", "--name", "other"]);
    assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.err.ends_with("hint: put a token into PIXLOG_TOKEN; 'pixlog token' makes one\n"), "{done:?}");
    let piped = format!("printf x | PIXLOG_TOKEN={secret} pixlog import - --server {}", serving.url);
    assert_eq!(terminal.bash(&piped).err, "error: a canvas at a server is given a name here: add --name\n");
    let whole = fs::read(terminal.path("long.pixlog")).unwrap();
    fs::write(terminal.path("cut.pixlog"), &whole[..whole.len() - 1]).unwrap();
    let done = import(secret, &["cut.pixlog", "--name", "cut"]);
    assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.err.starts_with("error: the file cannot be imported (at byte "), "{done:?}");
    let mut damaged = whole;
    damaged[100] ^= 1;
    fs::write(terminal.path("cut.pixlog"), damaged).unwrap();
    let done = import(secret, &["cut.pixlog", "--name", "cut"]);
    assert!(done.err.starts_with("error: the file cannot be imported (at byte "), "{done:?}");
    serving.stop();
    assert_eq!(terminal.ok(&["canvases", "--csv"]).lines().count(), 6, "no more than were said to be there");
    assert_eq!(terminal.ok(&["history", "rows"]), terminal.ok(&["history", "wall"]));
    terminal.ok(&["export", "copy", "-o", "again.pixlog"]);
    terminal.ok(&["--data", "other", "import", "again.pixlog", "--name", "canvas-2"]);
    let history = |data: &str| terminal.ok(&["--data", data, "history", "canvas-2", "--csv"]);
    assert!(history("data") == history("other"));
    terminal.ok(&["verify"]);
}
