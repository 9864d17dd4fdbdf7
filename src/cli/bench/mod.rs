//! `pixlog bench`: every measurement in a process of its own, in a fresh directory on a real disk.
//!
//! The parent only starts processes (`child`, or a whole server) and prints what they report, so that peak memory is
//! that of the measured work alone.

mod args;
mod child;
mod figures;
mod import;
mod load;
mod place;
mod process;
mod reads;
mod report;
mod runs;
mod server;
mod wall;

pub(super) use args::Bench;
pub(super) use child::Child;
