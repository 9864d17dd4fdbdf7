//! How far a run has come, and the exact versions of its pictures.

use crate::canvas::{Time, Version};

use super::plan::Cursor;
use super::{Picture, RunStatus};

/// How far a run has come at one version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Progress {
    /// The version.
    pub(super) version: Version,
    /// Coloured cells of the canvas.
    pub(super) coloured: u32,
    /// Pixels that the run itself added.
    pub(super) added: u64,
    /// Microseconds for which it was running.
    pub(super) running_us: u64,
    /// How far its orders are used up.
    pub(super) cursor: Cursor,
    /// The highest progression there was: a picture is taken only above it.
    pub(super) peak: u32,
    /// Its pictures.
    pub(super) pictures: Vec<Picture>,
    /// Where it is.
    pub(super) status: RunStatus,
    /// Why it failed.
    pub(super) error: Option<String>,
    /// When it was over.
    pub(super) finished_at: Option<Time>,
}

/// What decides when a picture is due.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// Cells in all.
    pub(super) cells: u32,
    /// A picture at each multiple of so many percent.
    pub(super) granular: u32,
}

impl Scale {
    /// floor(100 · coloured / cells).
    pub(super) fn percent(self, coloured: u32) -> u32 {
        percent(coloured, self.cells)
    }

    /// The fewest coloured cells at which the progression is at least `percent`.
    fn coloured_at(self, percent: u32) -> u32 {
        let coloured = (u64::from(percent) * u64::from(self.cells)).div_ceil(100);
        u32::try_from(coloured).unwrap_or(u32::MAX)
    }
}

/// floor(100 · coloured / cells).
pub(super) fn percent(coloured: u32, cells: u32) -> u32 {
    // A canvas has at least one cell, and no more coloured ones.
    u32::try_from(u64::from(coloured) * 100 / u64::from(cells.max(1))).unwrap_or(100)
}

impl Progress {
    /// A run that starts at `version` of a canvas with so many coloured cells.
    pub(super) fn at(version: Version, coloured: u32, scale: Scale) -> Self {
        Self {
            version,
            coloured,
            added: 0,
            running_us: 0,
            cursor: Cursor::default(),
            peak: scale.percent(coloured),
            pictures: Vec::new(),
            status: RunStatus::Running,
            error: None,
            finished_at: None,
        }
    }

    /// The next `pixels` entries are the run's: each colours one more cell.
    pub(super) fn fill(&mut self, pixels: u32, scale: Scale) {
        let (before, after) = (self.coloured, self.coloured + pixels);
        let reached = scale.percent(after);
        let first = self.peak / scale.granular + 1;
        for due in (first..).map(|n| n * scale.granular).take_while(|due| *due <= reached) {
            let coloured = scale.coloured_at(due);
            // A small canvas skips percentages.
            if coloured > before && scale.percent(coloured) == due {
                self.pictures.push(Picture { percent: due, version: self.version.after((coloured - before).into()) });
            }
        }
        self.peak = self.peak.max(reached);
        self.version = self.version.after(pixels.into());
        self.coloured = after;
        self.added += u64::from(pixels);
    }

    /// The next entry is somebody else's, and leaves so many cells coloured.
    pub(super) fn see(&mut self, coloured: u32, scale: Scale) {
        self.version = self.version.after(1);
        self.coloured = coloured;
        let reached = scale.percent(coloured);
        if reached > self.peak {
            if reached.is_multiple_of(scale.granular) {
                self.pictures.push(Picture { percent: reached, version: self.version });
            }
            self.peak = reached;
        }
    }

    /// Every cell is coloured.
    pub(super) fn end(&mut self, now: Time) {
        self.status = RunStatus::Completed;
        self.finished_at = Some(now);
    }

    /// It could not go on.
    pub(super) fn fail(&mut self, reason: String, now: Time) {
        self.status = RunStatus::Failed;
        self.error = Some(reason);
        self.finished_at = Some(now);
    }

    /// White cells left.
    pub(super) const fn white(&self, scale: Scale) -> u32 {
        scale.cells - self.coloured
    }
}

#[cfg(test)]
mod tests {
    use super::{Picture, Progress, Scale, Version};

    /// The pictures by their definition: pixel by pixel.
    fn by_definition(cells: u32, granular: u32, start: u32) -> Vec<Picture> {
        let mut last = u64::from(start) * 100 / u64::from(cells);
        let mut pictures = Vec::new();
        for coloured in start + 1..=cells {
            let reached = u64::from(coloured) * 100 / u64::from(cells);
            if reached != last && reached % u64::from(granular) == 0 {
                let percent = u32::try_from(reached).expect("a percentage");
                pictures.push(Picture { percent, version: Version(u64::from(7 + coloured - start)) });
            }
            last = reached;
        }
        pictures
    }

    #[test]
    fn pictures_are_exact_however_the_run_is_cut() {
        let sizes = [1, 2, 3, 9, 25, 64, 70, 99, 100, 101, 784, 4_096];
        for (cells, granular) in sizes.into_iter().flat_map(|cells| (1..=100).map(move |granular| (cells, granular))) {
            let scale = Scale { cells, granular };
            for start in [0, 1, cells / 3, cells - 1] {
                let expected = by_definition(cells, granular, start);
                for step in [1, 7, 1_000_000] {
                    let mut progress = Progress::at(Version(7), start, scale);
                    while progress.white(scale) > 0 {
                        progress.fill(step.min(progress.white(scale)), scale);
                    }
                    assert_eq!(progress.pictures, expected, "{cells} cells, {granular} %, from {start}, by {step}");
                    assert_eq!(progress.version.0, u64::from(7 + cells - start));
                }
                let mut seen = Progress::at(Version(7), start, scale);
                (start + 1..=cells).for_each(|coloured| seen.see(coloured, scale));
                assert_eq!(seen.pictures, expected, "{cells} cells, {granular} %, from {start}, seen");
            }
        }
    }

    #[test]
    fn the_largest_canvas_does_not_overflow() {
        let scale = Scale { cells: u32::MAX, granular: 50 };
        let mut progress = Progress::at(Version(0), 0, scale);
        progress.fill(u32::MAX, scale);
        let versions: Vec<u64> = progress.pictures.iter().map(|picture| picture.version.0).collect();
        assert_eq!(versions, [1 << 31, u64::from(u32::MAX)]);
    }

    #[test]
    fn what_falls_back_is_no_new_picture() {
        let scale = Scale { cells: 100, granular: 10 };
        let mut progress = Progress::at(Version(0), 15, scale);
        for coloured in [20, 19, 20, 50, 35, 40, 60] {
            progress.see(coloured, scale);
        }
        let percents: Vec<u32> = progress.pictures.iter().map(|picture| picture.percent).collect();
        assert_eq!(percents, [20, 50, 60]);
        assert_eq!(progress.version, Version(7));
    }
}
