//! Which moment a command asks for: `--version N`, `--version TAG`, `--at TIME`, else the newest.

use clap::Args;

use crate::canvas::{ParseTimeError, Time, When};

/// `--version` and `--at`.
#[derive(Debug, Args)]
pub(super) struct WhenArgs {
    /// After so many entries, or the version that a tag names [default: the newest]
    #[arg(long, value_name = "N|TAG", value_parser = When::named, conflicts_with = "at")]
    version: Option<When>,
    /// The last version at or before this time, as 2026-11-24T20:15:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Time>,
}

impl WhenArgs {
    pub(super) fn when(&self) -> When {
        self.version.clone().or(self.at.map(When::At)).unwrap_or(When::Head)
    }
}

/// A time, what is below a millisecond cut off.
pub(super) fn time(text: &str) -> Result<Time, String> {
    Time::parse(text).map_err(advice)
}

/// The same, the next millisecond where there is something below one.
pub(super) fn time_up(text: &str) -> Result<Time, String> {
    Time::parse_up(text).map_err(advice)
}

fn advice(_: ParseTimeError) -> String {
    "write a time as 2026-11-24T20:15:00Z".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_none_shows_how_to_write_one() {
        assert_eq!(
            (time("1970-01-01T00:00:01.5Z"), time_up("1970-01-01T00:00:00.0001Z")),
            (Ok(Time(1_500)), Ok(Time(1)))
        );
        assert!(time("1970-01-01").unwrap_err().starts_with("write a time"));
    }
}
