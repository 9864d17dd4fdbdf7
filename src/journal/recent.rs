//! The newest entries of the canvases that somebody follows, in memory: a thousand readers of one busy canvas need not
//! read the log a thousand times for each commit. Bounded in all; what is not here is read from the log.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::canvas::{CanvasId, Pixel, Rect, Size, Version};

use super::{ChangeLimits, Changed, Changes};

/// What a stretch takes beside its pixels, in pixels.
const STRETCH_COST: usize = 16;

/// Entries that one commit made.
#[derive(Debug)]
pub(super) struct Stretch {
    canvas: CanvasId,
    first: Version,
    /// The pixels; none where the stretch is one state.
    pixels: Vec<Pixel>,
    entries: u64,
    /// What they can have changed.
    bounds: Rect,
}

impl Stretch {
    /// Pixels, at least one, the first of which made version `first`.
    pub(super) fn of_pixels(canvas: CanvasId, size: Size, first: Version, pixels: Vec<Pixel>) -> Option<Self> {
        let cell = |pixel: &Pixel| {
            let (x, y) = size.position(pixel.cell);
            Rect { x, y, w: 1, h: 1 }
        };
        let bounds = pixels.iter().map(cell).reduce(Rect::union)?;
        Some(Self { canvas, first, entries: pixels.len() as u64, pixels, bounds })
    }

    /// A state that replaced `region` and made version `first`.
    pub(super) const fn of_state(canvas: CanvasId, first: Version, region: Rect) -> Self {
        Self { canvas, first, pixels: Vec::new(), entries: 1, bounds: region }
    }

    const fn end(&self) -> Version {
        Version(self.first.0 + self.entries - 1)
    }

    const fn cost(&self) -> usize {
        self.pixels.len() + STRETCH_COST
    }
}

/// The newest entries of all canvases that are followed.
#[derive(Debug)]
pub(super) struct Recent {
    state: Mutex<State>,
    cost_max: usize,
}

#[derive(Debug, Default)]
struct State {
    /// Of each canvas, stretches that follow each other without a hole.
    stretches: HashMap<CanvasId, VecDeque<Stretch>>,
    /// The canvas of each stretch, in the order in which they came. Some may be gone already.
    order: VecDeque<CanvasId>,
    cost: usize,
}

impl Recent {
    /// Room for about so many pixels.
    pub(super) fn new(cost_max: usize) -> Self {
        Self { state: Mutex::default(), cost_max }
    }

    /// Adds the newest entries of a canvas, before they are published.
    pub(super) fn push(&self, stretch: Stretch) {
        let mut state = self.lock();
        let canvas = stretch.canvas;
        let follows = |last: &Stretch| last.end().after(1) == stretch.first;
        if state.stretches.get(&canvas).and_then(VecDeque::back).is_some_and(|last| !follows(last)) {
            state.forget(canvas);
        }
        state.cost += stretch.cost();
        state.order.push_back(canvas);
        state.stretches.entry(canvas).or_default().push_back(stretch);
        while state.cost > self.cost_max || state.order.len() > self.cost_max / STRETCH_COST {
            state.give_up_oldest();
        }
    }

    /// What happened to `canvas` after `after` up to `head`, where all of that is here.
    pub(super) fn since(
        &self,
        canvas: CanvasId,
        after: Version,
        head: Version,
        limits: &ChangeLimits,
    ) -> Option<Changes> {
        let state = self.lock();
        let stretches = state.stretches.get(&canvas)?;
        let start = stretches.partition_point(|stretch| stretch.end() <= after);
        let is_here = stretches.get(start)?.first <= after.after(1) && stretches.back()?.end() >= head;
        if !is_here {
            return None;
        }
        let these = || stretches.iter().skip(start).take_while(|stretch| stretch.first <= head);
        let region = || {
            let bounds = these().map(|stretch| stretch.bounds).reduce(Rect::union)?;
            Some(Changes { from: after, version: head, what: Changed::Region(bounds) })
        };
        if head.0 - after.0 > limits.entries_max {
            return region();
        }
        let (mut pixels, pixels_max) = (Vec::new(), limits.pixels_max.max(1));
        for stretch in these() {
            if stretch.pixels.is_empty() {
                break;
            }
            let skip = usize::try_from((after.0 + 1).saturating_sub(stretch.first.0)).ok()?;
            let upto = usize::try_from(head.0 + 1 - stretch.first.0).ok()?;
            let room = pixels_max - pixels.len();
            pixels.extend(stretch.pixels.iter().take(upto).skip(skip).take(room));
            if pixels.len() == pixels_max {
                break;
            }
        }
        let version = after.after(pixels.len() as u64);
        if version < head && (limits.to_head || pixels.is_empty()) {
            return if limits.to_head || limits.states_to_head {
                region()
            } else {
                these().next().map(|state| state_change(after, state.bounds))
            };
        }
        Some(Changes { from: after, version, what: Changed::Pixels(pixels) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn state_change(after: Version, region: Rect) -> Changes {
    Changes { from: after, version: after.after(1), what: Changed::Region(region) }
}

impl State {
    fn forget(&mut self, canvas: CanvasId) {
        let gone = self.stretches.remove(&canvas).unwrap_or_default();
        self.cost -= gone.iter().map(Stretch::cost).sum::<usize>();
    }

    fn give_up_oldest(&mut self) {
        let Some(canvas) = self.order.pop_front() else { return };
        let Some(stretches) = self.stretches.get_mut(&canvas) else { return };
        self.cost -= stretches.pop_front().map_or(0, |gone| gone.cost());
        if stretches.is_empty() {
            self.stretches.remove(&canvas);
        }
    }
}
