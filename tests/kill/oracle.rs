//! What was sent, acknowledged and seen, and whether a server still has it.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::Numbers;
use crate::server::Server;

/// Column, row, colour.
type Pixel = (u32, u32, String);

/// Batches with a key that are sent again although they were acknowledged.
const REPEATED: usize = 3;

/// The most pixels of one batch: more than a block has.
const BATCH_MAX: u64 = 700;

/// Pixels sent in one request, by an author of their own, so that they are known again.
#[derive(Clone)]
pub struct Batch {
    pub canvas: String,
    pub author: String,
    pub pixels: Vec<Pixel>,
    /// Whether it is sent with an idempotency key, which is its author.
    pub keyed: bool,
}

impl Batch {
    /// The body of the request.
    pub fn to_json(&self) -> String {
        serde_json::json!({ "pixels": self.pixels, "author": self.author }).to_string()
    }
}

/// Everything that clients know.
#[derive(Default)]
pub struct Oracle {
    batches: HashMap<String, Batch>,
    first_versions: HashMap<String, u64>,
    /// The authors of batches with a key, in the order of their making.
    keyed: Vec<String>,
    seen: HashMap<String, u64>,
}

impl Oracle {
    /// A batch that will be sent: one pixel or many.
    pub fn new_batch(&mut self, canvas: &str, side: u32, numbers: &mut Numbers) -> Batch {
        let count = if numbers.below(2) == 0 { 1 } else { 1 + numbers.below(BATCH_MAX) };
        let mut place = || u32::try_from(numbers.below(side.into())).unwrap();
        let places: Vec<_> = (0..count).map(|_| (place(), place())).collect();
        let pixels = places.into_iter().map(|(x, y)| (x, y, format!("#{:06x}", numbers.below(1 << 24)))).collect();
        let author = format!("batch-{}", self.batches.len());
        let keyed = numbers.below(2) == 0;
        if keyed {
            self.keyed.push(author.clone());
        }
        let batch = Batch { canvas: canvas.to_owned(), author: author.clone(), pixels, keyed };
        self.batches.insert(author, batch.clone());
        batch
    }

    /// Batches with a key of which nobody knows what became, and the newest of those that were acknowledged.
    pub fn repeatable(&self) -> Vec<Batch> {
        let (known, unknown): (Vec<_>, Vec<_>) =
            self.keyed.iter().partition(|author| self.first_versions.contains_key(*author));
        unknown
            .into_iter()
            .chain(known.into_iter().rev().take(REPEATED))
            .map(|author| self.batches[author].clone())
            .collect()
    }

    /// The server said that it is durable; said again, it must be the same.
    pub fn acknowledge(&mut self, batch: &Batch, first_version: u64) {
        let before = self.first_versions.insert(batch.author.clone(), first_version);
        assert!(before.is_none_or(|before| before == first_version), "{}: another answer to a repeat", batch.author);
        self.saw(&batch.canvas, first_version + batch.pixels.len() as u64 - 1);
    }

    /// How many batches the server acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.first_versions.len()
    }

    /// The server showed this version of a canvas.
    pub fn saw(&mut self, canvas: &str, version: u64) {
        let seen = self.seen.entry(canvas.to_owned()).or_default();
        *seen = version.max(*seen);
    }

    /// Compares everything that the server has with everything that clients know.
    pub fn check(&self, server: &Server, canvases: &[&str], side: u32) {
        let mut found = HashSet::new();
        for canvas in canvases {
            let entries = history(server, canvas);
            let head = entries.len() as u64;
            let seen = self.seen.get(*canvas).copied().unwrap_or(0);
            assert!(head >= seen, "{canvas}: version {seen} was seen, and the head is {head}");
            let mut image = vec![255; (side * side * 3) as usize];
            let mut by_author: BTreeMap<String, Vec<(u64, Pixel)>> = BTreeMap::new();
            for (version, entry) in (1..).zip(&entries) {
                assert_eq!(entry["version"], version, "{canvas}: a hole");
                let number = |field: &str| u32::try_from(entry[field].as_u64().unwrap()).unwrap();
                let (x, y, colour) = (number("x"), number("y"), entry["color"].as_str().unwrap().to_owned());
                paint(&mut image, side, x, y, &colour);
                let author = entry["author"].as_str().unwrap().to_owned();
                by_author.entry(author).or_default().push((version, (x, y, colour)));
            }
            assert!(server.get(&format!("/canvases/{canvas}/image.raw")) == image, "{canvas}: the image is another");
            for (author, stored) in by_author {
                self.check_batch(canvas, &author, &stored);
                found.insert(author);
            }
        }
        let lost: Vec<_> = self.first_versions.keys().filter(|author| !found.contains(*author)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    }

    /// A batch is there as a whole, in order, without anything between; where it was acknowledged, at its versions.
    fn check_batch(&self, canvas: &str, author: &str, stored: &[(u64, Pixel)]) {
        let batch = &self.batches[author];
        assert_eq!(batch.canvas, canvas);
        let first = stored[0].0;
        let versions: Vec<_> = stored.iter().map(|(version, _)| *version).collect();
        let expected: Vec<_> = (first..).take(batch.pixels.len()).collect();
        assert_eq!(versions, expected, "{author} is not whole");
        assert!(stored.iter().map(|(_, pixel)| pixel).eq(&batch.pixels), "{author} has other pixels");
        if let Some(acknowledged) = self.first_versions.get(author) {
            assert_eq!(first, *acknowledged, "{author} is at other versions");
        }
    }
}

fn paint(image: &mut [u8], side: u32, x: u32, y: u32, colour: &str) {
    let number = u32::from_str_radix(&colour[1..], 16).unwrap();
    let at = ((y * side + x) * 3) as usize;
    image[at..at + 3].copy_from_slice(&number.to_be_bytes()[1..]);
}

/// All entries of a canvas, oldest first; the stream must say that it is whole.
fn history(server: &Server, canvas: &str) -> Vec<Value> {
    let text = String::from_utf8(server.get(&format!("/canvases/{canvas}/history.ndjson?order=asc"))).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.pop().expect("a last line");
    assert_eq!((&end["end"], &end["entries"]), (&Value::Bool(true), &Value::from(lines.len())));
    lines
}

/// A run that was cut off comes to its end: one entry for each cell, each colour once, none of them white.
pub fn check_run(server: &Server, run: u64) {
    let view = server.wait_for_run(run);
    assert_eq!(view["status"], "completed", "run {run}: {view}");
    let canvas = view["canvas"].as_str().unwrap();
    let shown: Value = serde_json::from_slice(&server.get(&format!("/canvases/{canvas}"))).unwrap();
    assert_eq!(shown["version"], view["cells"], "run {run}: not one entry a cell");
    let image = server.get(&format!("/canvases/{canvas}/image.raw"));
    let colours: HashSet<_> = image.as_chunks::<3>().0.iter().collect();
    assert_eq!(colours.len() as u64, view["cells"].as_u64().unwrap(), "run {run}: a colour twice");
    assert!(!colours.contains(&[255; 3]), "run {run}: a cell is white");
}
