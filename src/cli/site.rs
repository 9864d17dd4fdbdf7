//! Where canvases are: in a data directory, or at a server. A command asks a [`Site`] and does not know which it is.

use std::env;
use std::io::{Read, Write};
use std::path::PathBuf;

use crate::canvas::{Name, Version, When};
use crate::journal::{Canvas, HistoryQuery, Journal};
use crate::picture::AnimationFormat;

use super::client::{Client, ServerUrl};
use super::error::CliError;
use super::here::Here;
use super::open;
use super::row::{CanvasRow, DiffEnd, DifferenceRow, EntryRow, PixelRow};
use super::there::There;

/// Names a server where `--server` does not.
const SERVER_VARIABLE: &str = "PIXLOG_SERVER";

/// Takes rows as they come.
pub(super) type Each<'a, T> = &'a mut dyn FnMut(T) -> Result<(), CliError>;

/// Where canvases are.
pub(super) trait Site {
    /// Every canvas, newest first.
    fn canvases(&self, each: Each<'_, CanvasRow>) -> Result<(), CliError>;

    /// Entries of a canvas, in all as many as the query's limit; returns its head.
    fn history(&self, canvas: &Name, query: HistoryQuery, each: Each<'_, EntryRow>) -> Result<Version, CliError>;

    /// The colour of a cell.
    fn pixel(&self, cell: &CellAt) -> Result<PixelRow, CliError>;

    /// The entries that set a cell, newest first, at most `limit`.
    fn pixel_history(&self, cell: &CellAt, limit: usize, each: Each<'_, EntryRow>) -> Result<(), CliError>;

    /// Writes the image of a moment.
    fn image(&self, canvas: &Name, wish: &ImageWish, to: &mut dyn Write) -> Result<(), CliError>;

    /// The cells that differ between two versions, row by row.
    fn differences(&self, canvas: &Name, range: Range, each: Each<'_, DifferenceRow>) -> Result<DiffEnd, CliError>;

    /// Writes a PNG of them, in their colours of the second version, on transparency.
    fn difference_image(&self, canvas: &Name, range: Range, to: &mut dyn Write) -> Result<(), CliError>;

    /// Writes a time-lapse.
    fn timelapse(&self, canvas: &Name, wish: &TimelapseWish, to: &mut dyn Write) -> Result<(), CliError>;

    /// Writes the whole log of a canvas as one file.
    fn export(&self, canvas: &Name, to: &mut dyn Write) -> Result<(), CliError>;

    /// Makes a canvas of such a file.
    fn import(&self, from: &mut dyn Read, name: Option<&Name>) -> Result<CanvasRow, CliError>;

    /// Makes a canvas of something else: `build` makes it in a journal. At a server that is one of its own, which is sent
    /// when it is complete; such a canvas must have been given a name.
    fn build(&self, build: &mut dyn FnMut(&Journal) -> Result<Canvas, CliError>) -> Result<CanvasRow, CliError>;
}

/// A cell of a canvas at a moment.
#[derive(Debug)]
pub(super) struct CellAt {
    pub(super) canvas: Name,
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) when: When,
}

/// Two versions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) from: Version,
    /// Without it, the newest.
    pub(super) to: Option<Version>,
}

/// What an image shows.
#[derive(Debug)]
pub(super) struct ImageWish {
    pub(super) when: When,
    pub(super) format: ImageFormat,
    /// Each cell is a square of so many pixels.
    pub(super) scale: u32,
}

/// How an image is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageFormat {
    Png,
    /// Rows of pixels, 3 or 4 bytes each.
    Raw,
}

/// What a time-lapse shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimelapseWish {
    pub(super) format: AnimationFormat,
    pub(super) range: Range,
    pub(super) frames: u32,
    /// Frames a second.
    pub(super) rate: u16,
    /// The most pixels on the longer side.
    pub(super) side_max: u32,
}

/// `--data` and `--server`, of which there is at most one.
#[derive(Debug)]
pub(super) struct At {
    data: Option<PathBuf>,
    server: Option<ServerUrl>,
}

impl At {
    pub(super) fn new(data: Option<PathBuf>, server: Option<ServerUrl>) -> Result<Self, CliError> {
        match (data, server) {
            (Some(_), Some(_)) => Err(CliError::Usage("--data and --server exclude each other".to_owned())),
            (data, server) => Ok(Self { data, server }),
        }
    }

    /// The server that is to be asked, where that is one.
    pub(super) fn server(&self) -> Result<Option<Client>, CliError> {
        match (&self.server, &self.data) {
            (Some(server), _) => Client::new(server.clone()).map(Some),
            (None, Some(_)) => Ok(None),
            (None, None) => match env::var(SERVER_VARIABLE) {
                Ok(text) => {
                    let server =
                        text.parse().map_err(|error| CliError::Usage(format!("{SERVER_VARIABLE}: {error}")))?;
                    Client::new(server).map(Some)
                }
                Err(_) => Ok(None),
            },
        }
    }

    /// The server that an argument names.
    pub(super) const fn named_server(&self) -> Option<&ServerUrl> {
        self.server.as_ref()
    }

    /// Where a command reads.
    pub(super) fn reading(self) -> Result<Box<dyn Site>, CliError> {
        match self.server()? {
            Some(client) => Ok(Box::new(There::new(client))),
            None => Ok(Box::new(Here::new(open::to_read(self.data)?))),
        }
    }

    /// Where a command writes; a data directory is made where it is missing.
    pub(super) fn writing(self) -> Result<Box<dyn Site>, CliError> {
        match self.server()? {
            Some(client) => Ok(Box::new(There::new(client))),
            None => Ok(Box::new(Here::new(open::to_write(&open::config(self.data)?)?))),
        }
    }

    /// The data directory, for a command that no server carries out; `why` completes "…: " to a sentence.
    pub(super) fn only_data(self, why: &str) -> Result<Option<PathBuf>, CliError> {
        match self.server {
            Some(_) => Err(CliError::Usage(format!("--server does not go with this command: {why}"))),
            None => Ok(self.data),
        }
    }

    /// The data directory, for a command that a server could be thought to carry out: also where only a variable names
    /// one.
    pub(super) fn only_data_by_any_name(self, why: &str) -> Result<Option<PathBuf>, CliError> {
        if self.server.is_none() && self.server()?.is_some() {
            return Err(CliError::Usage(format!("{SERVER_VARIABLE} does not go with this command: {why}")));
        }
        self.only_data(why)
    }

    /// `--data`, or what stands in its place.
    pub(super) fn into_data(self) -> Option<PathBuf> {
        self.data
    }
}
