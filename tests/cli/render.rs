//! `render`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::terminal::{Terminal, canvas, image};

fn decoded(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let image = image::load_from_memory_with_format(bytes, image::ImageFormat::Png).unwrap();
    assert_eq!(image.color(), image::ColorType::Rgb8);
    (image.width(), image.height(), image.into_rgb8().into_raw())
}

#[test]
fn each_version_is_what_the_library_says() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--width", "60", "--height", "30"]);
    for version in ["0", "1", "511", "512", "1000", "1800"] {
        terminal.ok(&["render", "canvas-1", "--version", version, "-o", &format!("{version}.png")]);
        terminal.ok(&["render", "canvas-1", "--version", version, "--output", &format!("{version}.raw")]);
    }
    terminal.ok(&["render", "canvas-1", "-o", "head.PNG"]);
    let journal = terminal.journal();
    let canvas = canvas(&journal, "canvas-1");
    for version in [0, 1, 511, 512, 1000, 1800] {
        let expected = image(&journal, &canvas, version);
        let png = decoded(&fs::read(terminal.path(&format!("{version}.png"))).unwrap());
        assert_eq!(png, (60, 30, expected.clone()), "version {version}");
        assert_eq!(fs::read(terminal.path(&format!("{version}.raw"))).unwrap(), expected, "version {version}");
    }
    assert_eq!(decoded(&fs::read(terminal.path("head.PNG")).unwrap()).2, image(&journal, &canvas, 1800));
    assert_eq!(image(&journal, &canvas, 0), vec![255; 60 * 30 * 3]);
}

#[test]
fn standard_output_takes_a_png() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "20"]);
    terminal.ok(&["render", "canvas-1", "--version", "77", "-o", "77.png"]);
    let file = fs::read(terminal.path("77.png")).unwrap();
    for arguments in [&["render", "canvas-1", "--version", "77"][..], &["render", "canvas-1", "--version", "77", "-o-"]]
    {
        let output = terminal.command(arguments).output().unwrap();
        assert_eq!((output.status.code(), output.stdout == file), (Some(0), true), "{arguments:?}");
    }
}

#[test]
fn a_file_is_replaced_whole_or_stays() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "20"]);
    let path = terminal.path("a.png");
    fs::write(&path, "older").unwrap();
    let done = terminal.pixlog(&["render", "canvas-1", "--version", "401", "-o", "a.png"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "older");
    symlink("a.png", terminal.path("link.png")).unwrap();
    terminal.ok(&["render", "canvas-1", "-o", "link.png"]);
    assert_eq!(decoded(&fs::read(&path).unwrap()).0, 20, "through the link");
    assert!(fs::symlink_metadata(terminal.path("link.png")).unwrap().is_symlink());
    assert_eq!(terminal.names("."), ["a.png", "data", "link.png"]);

    let done = terminal.bash("umask 027; pixlog render canvas-1 -o b.png");
    assert_eq!(done.status, Some(0), "{done:?}");
    assert_eq!(fs::metadata(terminal.path("b.png")).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_device_stays_a_device() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "20"]);
    terminal.ok(&["render", "canvas-1", "-o", "/dev/null"]);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let done = terminal.pixlog(&["render", "canvas-1", "-o", "/dev/full"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.err.starts_with("error: writing /dev/full failed: "), "{done:?}");
    let done = terminal.pixlog(&["render", "canvas-1", "-o", "nowhere/a.png"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.err.starts_with("error: writing nowhere/a.png failed: "), "{done:?}");
}
