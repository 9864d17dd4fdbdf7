//! What a canvas is limited to, as a record says it.

use crate::canvas::{Colour, Palette};
use crate::format::{FormatError, SettingsRecord};

use super::Settings;

impl Settings {
    /// The record that says so.
    pub(super) fn record(&self) -> SettingsRecord {
        let colours = |palette: &Palette| palette.colours().iter().map(|colour| colour.0).collect();
        SettingsRecord { cooldown_ms: self.cooldown_ms, palette: self.palette.as_ref().map(colours) }
    }

    /// What `record` says.
    pub(super) fn from_record(record: SettingsRecord) -> Result<Self, FormatError> {
        let SettingsRecord { cooldown_ms, palette } = record;
        let palette = palette.map(|colours| Palette::new(colours.into_iter().map(Colour).collect())).transpose();
        let palette = palette.map_err(|_| FormatError::Content("palette"))?;
        Ok(Self { palette, cooldown_ms })
    }
}
