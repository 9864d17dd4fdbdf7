//! The thread of a run: hop after hop, until it is complete or somebody wants something else.

use std::time::Duration;

use super::engine::Engine;
use super::registry::Registry;
use super::run::{Run, Wish};
use super::{ExchangeKind, HandOver, RunError, RunStatus, Side};
use crate::journal::JournalError;

/// Pixels of a run inside the process that become durable together: as many hops as fit, at least one.
const APPEND_PIXELS: u32 = 65_536;

/// Tries of one hand-over over HTTP, and the pause after the first, doubled after each: about six seconds in all.
const TRIES_MAX: u32 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// How often a run over HTTP looks whether there is an exchange yet.
const EXCHANGE_POLL: Duration = Duration::from_millis(100);

/// Pixels in one append of a run inside the process: whole hops.
pub(super) fn append_pixels(pixels_per_hop: u32, batch_pixels_max: usize) -> u32 {
    let most = u32::try_from(batch_pixels_max).unwrap_or(APPEND_PIXELS).min(APPEND_PIXELS);
    if pixels_per_hop >= most { most } else { most / pixels_per_hop * pixels_per_hop }
}

/// Runs until the run is over, or stops at a durable point. Returns whether the record says how it ended.
pub(super) fn drive(run: &Run, registry: &Registry, begin: impl FnOnce() -> Result<Engine, RunError>) -> bool {
    match begin() {
        Ok(mut engine) => {
            let outcome = match run.charter.brief.exchange {
                ExchangeKind::Local => fill(run, registry, &mut engine),
                ExchangeKind::Http => {
                    *run.engine() = Some(engine);
                    let outcome = exchange_hops(run, registry);
                    // Taken away, so that a hand-over that comes late finds nothing to do.
                    let Some(taken) = run.engine().take() else { return false };
                    engine = taken;
                    outcome
                }
            };
            let is_recorded = end(&mut engine, outcome);
            run.show(engine.progress());
            is_recorded
        }
        Err(RunError::Journal(JournalError::Stopping)) => true,
        Err(error) => registry.fail(run, error.to_string()),
    }
}

/// Writes down how it ended. Where that is impossible it has failed, and goes on at the next start.
fn end(engine: &mut Engine, outcome: Result<Option<Wish>, RunError>) -> bool {
    let is_over = engine.progress().status.is_over();
    let (written, reason) = match outcome {
        Err(RunError::Journal(JournalError::Stopping)) => return true,
        Err(error) => {
            let reason = error.to_string();
            tracing::warn!(%error, "a run failed");
            (engine.finish(RunStatus::Failed, Some(reason.clone())), Some(reason))
        }
        Ok(Some(Wish::Pause)) if !is_over => (engine.finish(RunStatus::Paused, None), None),
        Ok(Some(Wish::Cancel)) if !is_over => (engine.finish(RunStatus::Cancelled, None), None),
        Ok(_) => (engine.record(), None),
    };
    match written {
        Ok(()) | Err(RunError::Journal(JournalError::Stopping)) => true,
        Err(error) => {
            engine.fail(reason.unwrap_or_else(|| error.to_string()));
            false
        }
    }
}

/// A run inside the process: many hops become durable together, since nothing is acknowledged between the endpoints.
fn fill(run: &Run, registry: &Registry, engine: &mut Engine) -> Result<Option<Wish>, RunError> {
    let count = append_pixels(run.charter.brief.pixels_per_hop, registry.journal.options().batch_pixels_max);
    let mut drafted = None;
    while !engine.progress().status.is_over() {
        if let Some(wish) = run.wish() {
            return Ok(Some(wish));
        }
        let draft = match drafted.take() {
            Some(draft) => draft,
            None => engine.draft(count)?,
        };
        drafted = engine.push(draft, None, count)?;
        run.show(engine.progress());
    }
    Ok(None)
}

/// A run over HTTP: each hop is a request that is answered when its pixels are durable.
fn exchange_hops(run: &Run, registry: &Registry) -> Result<Option<Wish>, RunError> {
    let (mut exchange, mut tries) = (None, 0);
    loop {
        let Some((version, side, is_over)) = position(run) else { return Ok(None) };
        let wish = run.wish();
        if is_over || wish.is_some() {
            return Ok(wish);
        }
        let Some(open) = exchange.as_mut() else {
            exchange = registry.exchange();
            if exchange.is_none() {
                // The server does not listen yet.
                run.rest(EXCHANGE_POLL);
            }
            continue;
        };
        match open.hand_over(side, HandOver { run: run.id(), version }) {
            Ok(_) => tries = 0,
            // It was done, and only the answer was lost.
            Err(_) if position(run).is_some_and(|(now, ..)| now != version) => tries = 0,
            Err(error @ RunError::Exchange(_)) => {
                // No other try would help where there is nothing left to fill.
                registry.journal.canvas(run.charter.canvas.id)?;
                tries += 1;
                if tries == TRIES_MAX {
                    return Err(error);
                }
                tracing::debug!(%error, tries, "a hand-over is tried again");
                exchange = None;
                run.rest(FIRST_PAUSE * (1 << tries));
            }
            Err(error) => return Err(error),
        }
    }
}

/// The run's newest version, the side whose turn it is, and whether the run is over.
fn position(run: &Run) -> Option<(crate::canvas::Version, Side, bool)> {
    let slot = run.engine();
    let progress = slot.as_ref()?.progress();
    let side = run.charter.brief.side_after(progress.added).unwrap_or(Side::Ping);
    Some((progress.version, side, progress.status.is_over()))
}
