//! Being told to stop: by Ctrl-C, or by SIGTERM.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::error::CliError;

/// A signal that asked this process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Interrupt,
    Terminate,
}

impl Signal {
    /// As a shell reports a process that a signal ended: 128 and the signal's number.
    pub(super) const fn exit_status(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// Whether this process was told to stop.
#[derive(Debug)]
pub(super) struct Stop(Arc<AtomicUsize>);

impl Stop {
    /// From now on a signal is noted here rather than ending the process. A second one ends it at once, which loses
    /// nothing that was durable.
    pub(super) fn on_signals() -> Result<Self, CliError> {
        let (number, again) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let register = || {
            for (signal, noted, status) in [(SIGINT, 1, 130), (SIGTERM, 2, 143)] {
                flag::register_conditional_shutdown(signal, status, again.clone())?;
                flag::register(signal, again.clone())?;
                flag::register_usize(signal, number.clone(), noted)?;
            }
            Ok(())
        };
        register().map_err(|source| CliError::Io { action: "listening for signals", source })?;
        Ok(Self(number))
    }

    /// The signal that asked to stop.
    pub(super) fn asked(&self) -> Option<Signal> {
        match self.0.load(Ordering::Acquire) {
            0 => None,
            2 => Some(Signal::Terminate),
            _ => Some(Signal::Interrupt),
        }
    }

    /// An error where it was asked to stop.
    pub(super) fn check(&self, said: &str) -> Result<(), CliError> {
        match self.asked() {
            Some(signal) => Err(CliError::Stopped { signal, said: said.to_owned() }),
            None => Ok(()),
        }
    }
}
