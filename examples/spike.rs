//! spike
use pixlog::{canvas::*, journal::*, store::*};
use std::{sync::Arc, time::Instant};
fn rss() -> String { std::fs::read_to_string("/proc/self/status").unwrap().lines().filter(|l| l.starts_with("VmHWM")||l.starts_with("VmRSS")).collect::<Vec<_>>().join(" ") }
fn main() {
    let side: u32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let chunk: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let snaps = std::env::args().nth(3).unwrap() == "1";
    let dir = tempfile::tempdir_in("/work/wt").unwrap();
    let store = Arc::new(SledStore::open(dir.path(), &SledOptions::default()).unwrap());
    let j = Journal::open(store, Options { snapshots: snaps, ..Options::default() }).unwrap();
    let c = j.create_canvas(NewCanvas { name: None, size: Size::new(side, side).unwrap(), mode: Mode::Rgb, background: Colour::WHITE }, Records::default()).unwrap();
    println!("start {}", rss());
    let t = Instant::now();
    let n = c.size.cells();
    let p = Permutation::new(n, 1); let q = Permutation::new(1<<24, 2);
    let mut i = 0; let (tx, rx) = std::sync::mpsc::channel(); let mut inflight = 0;
    while i < n {
        let m = chunk.min((n - i) as usize) as u32;
        let pixels: Vec<_> = (i..i + m).map(|i| Pixel { cell: CellIndex(p.get(i).unwrap()), colour: Colour::from_rgb_number(q.get(i).unwrap()) }).collect();
        let tx = tx.clone();
        j.append_then(Append { canvas: c.id, pixels, author: None, source: Source::Run, expectation: Expectation::Head(Version(i.into())), records: Records::default() }, move |r| { tx.send(r.unwrap()).unwrap(); }).unwrap();
        i += m; inflight += 1;
        if inflight == 2 { rx.recv().unwrap(); inflight -= 1; }
    }
    while inflight > 0 { rx.recv().unwrap(); inflight -= 1; }
    println!("filled {:?} {}", t.elapsed(), rss());
    let t = Instant::now(); j.settle(); println!("settled {:?} {}", t.elapsed(), rss());
    for v in [n as u64, n as u64 / 2, n as u64 * 3 / 4, n as u64 / 3] {
        let t = Instant::now();
        let mut r = j.image_at(c.id, Version(v), c.size.rect()).unwrap();
        let mut k = 0; while let Some(b) = r.next_band().unwrap() { k += b.data().len(); }
        println!("image at {v} {:?} {k} {}", t.elapsed(), rss());
    }
    let s = j.stats(c.id).unwrap();
    println!("{s:?} disk {} ratio {:.2}", j.disk_bytes().unwrap(), j.disk_bytes().unwrap() as f64 / s.log_bytes as f64);
    let t = Instant::now();
    let mut bad = 0; j.verify(c.id, &mut |_| {}, &mut |d| { bad += 1; println!("{d}") }).unwrap();
    println!("verify {:?} bad {bad} {}", t.elapsed(), rss());
    let t = Instant::now(); j.close(); println!("close {:?}", t.elapsed());
}
