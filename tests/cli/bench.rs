//! `bench`, at sizes that take no time: that it measures and reports, not how fast.

use serde_json::Value;

use crate::terminal::Terminal;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn runs_are_measured_beside_their_baselines() {
    let terminal = Terminal::new();
    let report = json(&terminal.ok(&["bench", "--sizes", "5,64", "--repeat", "2", "--json"]));
    assert_eq!((&report["exchange"], &report["repeat"]), (&"local".into(), &2.into()));
    assert!(report["machine"]["cores"].as_u64().unwrap() >= 1);
    assert_ne!(report["machine"]["filesystem"], "tmpfs");
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["size"].as_u64().unwrap()).collect::<Vec<_>>(), [5, 64]);
    for (row, pixels) in rows.iter().zip([25u64, 4096]) {
        let positive = |key: &str| row[key].as_f64().unwrap_or_else(|| panic!("{key}: {row}")) > 0.0;
        for key in ["seconds", "pixels_per_second", "peak_bytes", "disk_bytes", "times_sled", "times_file"] {
            assert!(positive(key), "{key}: {row}");
        }
        // A cell and a colour are six bytes.
        assert!(row["log_bytes"].as_u64().unwrap() >= 6 * pixels, "{row}");
        for baseline in ["sled", "file"] {
            let measured = row[baseline].as_array().unwrap();
            assert_eq!(measured.len(), 2, "{row}");
            assert!(measured.iter().all(|one| one["bytes"].as_u64().unwrap() >= 6 * pixels), "{row}");
        }
    }
    assert_eq!(rows[0]["original_seconds"], 0.14);
    assert_eq!(terminal.names("."), Vec::<String>::new(), "nothing is left behind");
}

#[test]
fn the_table_is_markdown() {
    let terminal = Terminal::new();
    let table = terminal.ok(&["bench", "--sizes", "5", "--repeat", "1", "--exchange", "http"]);
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 3, "{table}");
    let columns: Vec<_> = rows.iter().map(|row| row.matches('|').count()).collect();
    assert_eq!(columns, [11, 11, 11], "{table}");
    assert!(rows[2].contains(" 5×5 | ") && rows[2].contains("0.14 s"), "{table}");
    assert!(table.starts_with("pixlog ") && table.contains(" on "), "{table}");
}

#[test]
fn reads_and_the_server_are_measured() {
    let terminal = Terminal::new();
    let report = json(&terminal.ok(&["bench", "reads", "--size", "64", "--log-bytes", "40000", "--json"]));
    let what = |report: &Value| {
        let figures = report["figures"].as_array().unwrap().iter();
        figures.map(|figure| figure["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for expected in ["after a kill", "after a clean stop", "PNG of 64×64", "verifying 64×64"] {
        assert!(what(&report).iter().any(|what| what.contains(expected)), "{expected}: {report}");
    }
    let report = json(&terminal.ok(&["bench", "http", "--size", "64", "--hop-size", "6", "--json"]));
    for expected in ["GET /?init=1", "image.png", "/progress", "6×6 over HTTP, 1 a hop", "64×64 over HTTP, 1024 a hop"]
    {
        assert!(what(&report).iter().any(|what| what.contains(expected)), "{expected}: {report}");
    }
    assert_eq!(terminal.names("."), Vec::<String>::new(), "nothing is left behind");
}

#[test]
fn importing_is_measured() {
    let terminal = Terminal::new();
    let report = json(&terminal.ok(&["bench", "place", "--rows", "3000", "--repeat", "2", "--json"]));
    let figures = report["figures"].as_array().unwrap();
    let what: Vec<_> = figures.iter().map(|figure| figure["what"].as_str().unwrap()).collect();
    assert!(what[0].starts_with("importing 3,000 rows of CSV, ") && what[1] == "rows a second", "{what:?}");
    assert!(figures.iter().all(|figure| figure["value"].as_f64().unwrap() >= 0.0), "{report}");
    assert_eq!(terminal.names("."), Vec::<String>::new(), "nothing is left behind");
}
