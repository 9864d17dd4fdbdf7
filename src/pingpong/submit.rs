//! A state that a client posts to one of the endpoints.

use std::sync::Arc;
use std::time::Duration;

use super::charter::{Brief, Charter};
use super::drive::append_pixels;
use super::engine::Engine;
use super::registry::Registry;
use super::run::Run;
use super::runs::{Runs, random_seed};
use super::stock::Stock;
use super::{ExchangeKind, RunError, RunStatus, Submission};
use crate::canvas::{Colour, Mode, Size, Version};
use crate::journal::{Canvas, Current, Expectation, Journal, JournalError, NewCanvas, Records, StateWrite};

/// A picture at each multiple of so many percent, where nobody says.
const GRANULAR: u32 = 5;

/// How long to sleep between two looks at a run that nobody waits for otherwise.
const WAIT: Duration = Duration::from_secs(3_600);

/// Logs the state and adds pixels; see [`Runs::submit`].
pub(super) fn submit(
    runs: &Runs,
    registry: &Arc<Registry>,
    mut submission: Submission<'_>,
) -> Result<(u32, bool), RunError> {
    let journal = &registry.journal;
    check_size(journal, submission.size)?;
    // All that can be wrong with the picture is found out here, before anything is written.
    let mut stock = Stock::of_rows(&mut submission, random_seed()?)?;
    stock.check_colours(submission.hops)?;
    let white = stock.white();
    let by_first = white == 0 || (white == 1 && submission.hops != Some(0));
    let control = registry.control();
    registry.check_room()?;
    runs.cancel_current()?;
    let canvas;
    (canvas, stock.version) = log_state(journal, &mut submission)?;
    let brief = Brief {
        run: submission.hops.is_none().then(|| journal.new_run_id()),
        granular: GRANULAR,
        pixels_per_hop: 1,
        exchange: ExchangeKind::Local,
        first_side: Some(submission.side),
        seed: stock.seed,
        author: submission.author,
        started_at: journal.now(),
    };
    let charter = Charter { canvas, brief };
    let progression = match submission.hops {
        _ if white == 0 => 100,
        None => {
            let run = runs.start_there(charter, stock, true, None)?;
            drop(control);
            wait_for(&run)?
        }
        Some(hops) => {
            drop(control);
            add(registry, charter, stock, hops)?
        }
    };
    Ok((progression, by_first && progression == 100))
}

/// A canvas of that size can be made.
fn check_size(journal: &Journal, size: Size) -> Result<(), RunError> {
    let options = journal.options();
    let (side_max, cells_max) = (options.side_max, options.cells_max);
    let (width, height) = (size.width(), size.height());
    if width > side_max || height > side_max || size.cells() > cells_max {
        return Err(JournalError::TooLarge { width, height, side_max, cells_max }.into());
    }
    Ok(())
}

/// Logs the posted state where it differs from the current canvas; where that has another size or is not rgb, on a new
/// one, which becomes current in the same commit.
fn log_state(journal: &Journal, submission: &mut Submission<'_>) -> Result<(Canvas, Version), RunError> {
    let size = submission.size;
    let current = match journal.current()?.map(|current| journal.canvas(current.canvas)) {
        Some(Ok(canvas)) if canvas.size == size && canvas.mode == Mode::Rgb => Some(canvas),
        None | Some(Ok(_) | Err(JournalError::Deleted(_) | JournalError::NoCanvasId(_))) => None,
        Some(Err(error)) => return Err(error.into()),
    };
    let (canvas, becomes_current) = if let Some(canvas) = current {
        (canvas, false)
    } else {
        let new = NewCanvas { name: None, size, mode: Mode::Rgb, background: Colour::WHITE };
        (journal.create_canvas(new, Records::default())?, true)
    };
    let write = StateWrite {
        canvas: canvas.id,
        region: size.rect(),
        author: submission.author.clone(),
        source: submission.side.source(),
        expectation: Expectation::Any,
        records: Records { run: None, current: becomes_current.then_some(Current { canvas: canvas.id, run: None }) },
    };
    let committed = journal.put_state(write, submission.open)?;
    Ok((canvas, committed.version))
}

/// Adds at most `hops` pixels, the sides in turn.
fn add(registry: &Registry, charter: Charter, stock: Stock, hops: u32) -> Result<u32, RunError> {
    let most = append_pixels(1, registry.journal.options().batch_pixels_max);
    let charter = Arc::new(charter);
    let progress = stock.progress(charter.scale());
    let mut engine = Engine::new(registry.journal.clone(), charter, stock.plan, progress);
    while engine.progress().added < u64::from(hops) && engine.progress().status == RunStatus::Running {
        registry.check_open()?;
        let left = u64::from(hops) - engine.progress().added;
        engine.advance(u32::try_from(left).map_or(most, |left| left.min(most)), None)?;
    }
    Ok(engine.scale().percent(engine.progress().coloured))
}

/// Waits until the run does not go on, and answers how far it came.
fn wait_for(run: &Run) -> Result<u32, RunError> {
    loop {
        let view = run.wait(usize::MAX, WAIT);
        match view.status {
            RunStatus::Running if run.is_gone() => return Err(JournalError::Stopping.into()),
            RunStatus::Running => {}
            RunStatus::Failed => return Err(RunError::Failed { run: view.id, reason: view.error.unwrap_or_default() }),
            _ => return Ok(view.progression),
        }
    }
}
