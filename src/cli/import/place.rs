//! Rows of the public data of r/place.
//!
//! 2017, as Reddit described it on r/redditdata: `ts,user_hash,x_coordinate,y_coordinate,color`, the colour a number in
//! a table of 16; coordinates run from 0 to 1000. 2022, as described on r/place: `timestamp,user_id,pixel_color,coordinate`,
//! the coordinate `"x,y"`, or `"x1,y1,x2,y2"` where a moderator filled a rectangle from corner to corner.

use memchr::memchr;
use thiserror::Error;

use crate::canvas::{Colour, Rect, Size, Time};

use super::stamp::{Stamps, number};

/// The colours of 2017, by their numbers.
const COLOURS_2017: [u32; 16] = [
    0xff_ffff, 0xe4_e4e4, 0x88_8888, 0x22_2222, 0xff_a7d1, 0xe5_0000, 0xe5_9500, 0xa0_6a42, 0xe5_d900, 0x94_e044,
    0x02_be01, 0x00_e5f0, 0x00_83c7, 0x00_00ea, 0xe0_4aff, 0x82_0080,
];

/// Digits of a coordinate, at most.
const COORDINATE_DIGITS_MAX: usize = 9;

/// Characters of a field that an error repeats.
const SHOWN_CHARS: usize = 40;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(in crate::cli) enum RowProblem {
    #[error(
        "it is neither a log of pixlog, nor a picture, nor CSV of r/place: that begins with \
         ts,user,x_coordinate,y_coordinate,color (2017) or timestamp,user_id,pixel_color,coordinate (2022)"
    )]
    Unknown,
    #[error("these are the columns of r/place 2023, whose negative coordinates and circles no canvas has")]
    Of2023,
    #[error("the columns are not those of the files before it")]
    OtherColumns,
    #[error("it has not the {0} columns of the first row")]
    Columns(u8),
    #[error("{0:?} is not a time: write milliseconds since 1970, or as 2022-04-04 00:53:51.577 UTC")]
    Time(String),
    #[error("{0:?} is not UTF-8")]
    Text(String),
    #[error("{0:?} is not a coordinate")]
    Coordinate(String),
    #[error("{0:?} is a circle, as in r/place 2023, which is not taken")]
    Circle(String),
    #[error("{x},{y} lies outside the canvas of {width}×{height}; --width and --height make a larger one")]
    Outside { x: u32, y: u32, width: u32, height: u32 },
    #[error("{0:?} is not a colour")]
    Colour(String),
    #[error("a user has at most 128 characters and no control characters")]
    User,
}

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Year {
    Y2017,
    Y2022,
}

impl Year {
    /// The year whose columns these are.
    pub(super) fn of(header: &[u8]) -> Result<Self, RowProblem> {
        match header {
            b"ts,user,x_coordinate,y_coordinate,color" | b"ts,user_hash,x_coordinate,y_coordinate,color" => {
                Ok(Self::Y2017)
            }
            b"timestamp,user_id,pixel_color,coordinate" => Ok(Self::Y2022),
            b"timestamp,user,coordinate,pixel_color" => Err(RowProblem::Of2023),
            _ => Err(RowProblem::Unknown),
        }
    }

    /// The size that every row of the public files fits in. Of 2017 that is a row and a column more than was shown.
    pub(super) fn size(self) -> Size {
        let side = match self {
            Self::Y2017 => 1_001,
            Self::Y2022 => 2_000,
        };
        Size::new(side, side).unwrap_or(Size::ONE)
    }

    const fn columns(self) -> u8 {
        match self {
            Self::Y2017 => 5,
            Self::Y2022 => 4,
        }
    }
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) time: Time,
    /// Empty where nobody is named.
    pub(super) user: &'a str,
    /// One cell, or what a moderator filled.
    pub(super) region: Rect,
    pub(super) is_rectangle: bool,
    pub(super) colour: Colour,
}

/// Reads rows.
#[derive(Debug)]
pub(super) struct Rows {
    year: Year,
    size: Size,
    stamps: Stamps,
}

impl Rows {
    /// Of that year, for a canvas of that size.
    pub(super) fn new(year: Year, size: Size) -> Self {
        Self { year, size, stamps: Stamps::default() }
    }

    /// Reads a line without its end.
    pub(super) fn parse<'a>(&mut self, line: &'a [u8]) -> Result<Row<'a>, RowProblem> {
        let missing = || RowProblem::Columns(self.year.columns());
        let (time, rest) = field(line).ok_or_else(missing)?;
        let (user, rest) = field(rest).ok_or_else(missing)?;
        let (region, is_rectangle, colour) = match self.year {
            Year::Y2017 => {
                let (x, rest) = field(rest).ok_or_else(missing)?;
                let (y, colour) = field(rest).ok_or_else(missing)?;
                if memchr(b',', colour).is_some() {
                    return Err(missing());
                }
                (self.cell(coordinate(x)?, coordinate(y)?)?, false, indexed(colour)?)
            }
            Year::Y2022 => {
                let (colour, place) = field(rest).ok_or_else(missing)?;
                let place =
                    place.strip_prefix(b"\"").and_then(|place| place.strip_suffix(b"\"")).ok_or_else(missing)?;
                let (region, is_rectangle) = self.place(place)?;
                (region, is_rectangle, hexadecimal(colour)?)
            }
        };
        let time = self.stamps.parse(time).ok_or_else(|| RowProblem::Time(shown(time)))?;
        let user = std::str::from_utf8(user).map_err(|_| RowProblem::Text(shown(user)))?;
        Ok(Row { time, user, region, is_rectangle, colour })
    }

    fn cell(&self, x: u32, y: u32) -> Result<Rect, RowProblem> {
        let (width, height) = (self.size.width(), self.size.height());
        if x < width && y < height {
            Ok(Rect { x, y, w: 1, h: 1 })
        } else {
            Err(RowProblem::Outside { x, y, width, height })
        }
    }

    /// `x,y`, or `x1,y1,x2,y2` with both corners inside; and whether it is the latter.
    fn place(&self, text: &[u8]) -> Result<(Rect, bool), RowProblem> {
        if text.starts_with(b"{") {
            return Err(RowProblem::Circle(shown(text)));
        }
        let bad = || RowProblem::Coordinate(shown(text));
        let mut numbers = [0; 4];
        let mut count = 0;
        for part in text.split(|byte| *byte == b',') {
            *numbers.get_mut(count).ok_or_else(bad)? = coordinate(part).map_err(|_| bad())?;
            count += 1;
        }
        let [x1, y1, x2, y2] = numbers;
        match count {
            2 => Ok((self.cell(x1, y1)?, false)),
            4 => Ok((self.cell(x1, y1)?.union(self.cell(x2, y2)?), true)),
            _ => Err(bad()),
        }
    }
}

/// The text before the next comma, and what comes after it.
fn field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let comma = memchr(b',', text)?;
    Some((text.get(..comma)?, text.get(comma + 1..)?))
}

fn coordinate(text: &[u8]) -> Result<u32, RowProblem> {
    let found = number(text, COORDINATE_DIGITS_MAX).and_then(|number| u32::try_from(number).ok());
    found.ok_or_else(|| RowProblem::Coordinate(shown(text)))
}

/// A colour of 2017.
fn indexed(text: &[u8]) -> Result<Colour, RowProblem> {
    let index = number(text, 2).and_then(|number| usize::try_from(number).ok());
    let found = index.and_then(|index| COLOURS_2017.get(index));
    found.map(|number| Colour::from_rgb_number(*number)).ok_or_else(|| RowProblem::Colour(shown(text)))
}

/// `#RRGGBB`.
fn hexadecimal(text: &[u8]) -> Result<Colour, RowProblem> {
    let found = std::str::from_utf8(text).ok().filter(|text| text.len() == 7).and_then(|text| text.parse().ok());
    found.ok_or_else(|| RowProblem::Colour(shown(text)))
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().take(SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(year: Year) -> Rows {
        Rows::new(year, year.size())
    }

    #[test]
    fn the_columns_tell_the_year() {
        assert_eq!(Year::of(b"ts,user,x_coordinate,y_coordinate,color"), Ok(Year::Y2017));
        assert_eq!(Year::of(b"ts,user_hash,x_coordinate,y_coordinate,color"), Ok(Year::Y2017));
        assert_eq!(Year::of(b"timestamp,user_id,pixel_color,coordinate"), Ok(Year::Y2022));
        assert_eq!(Year::of(b"timestamp,user,coordinate,pixel_color"), Err(RowProblem::Of2023));
        assert_eq!(Year::of(b"x,y"), Err(RowProblem::Unknown));
        assert_eq!([Year::Y2017, Year::Y2022].map(|year| year.size().width()), [1_001, 2_000]);
    }

    #[test]
    fn a_row_of_2017_is_read() {
        let row = rows(Year::Y2017).parse(b"1490918688000,abc=,1000,7,13").unwrap();
        let region = Rect { x: 1_000, y: 7, w: 1, h: 1 };
        let colour = Colour::rgb(0, 0, 0xea);
        assert_eq!(row, Row { time: Time(1_490_918_688_000), user: "abc=", region, is_rectangle: false, colour });
    }

    #[test]
    fn rows_of_2022_are_cells_and_rectangles() {
        let mut rows = rows(Year::Y2022);
        let row = rows.parse(b"2022-04-04 00:53:51.577 UTC,ovTZ+/==,#00CCC0,\"826,1048\"").unwrap();
        let colour = Colour::rgb(0, 0xcc, 0xc0);
        let region = Rect { x: 826, y: 1_048, w: 1, h: 1 };
        assert_eq!(row, Row { time: Time(1_649_033_631_577), user: "ovTZ+/==", region, is_rectangle: false, colour });
        for corners in ["3,4,5,4", "5,4,3,4"] {
            let line = format!("0,,#00ccc0,\"{corners}\"");
            let row = rows.parse(line.as_bytes()).unwrap();
            assert_eq!((row.region, row.is_rectangle), (Rect { x: 3, y: 4, w: 3, h: 1 }, true), "{corners}");
            assert_eq!(row.user, "");
        }
    }

    #[test]
    fn each_kind_of_wrong_row_is_told() {
        let coordinate = |text: &str| RowProblem::Coordinate(text.to_owned());
        let colour = |text: &str| RowProblem::Colour(text.to_owned());
        let outside = |x, y, side| RowProblem::Outside { x, y, width: side, height: side };
        for (year, line, problem) in [
            (Year::Y2017, "", RowProblem::Columns(5)),
            (Year::Y2017, "0,a,1,2", RowProblem::Columns(5)),
            (Year::Y2017, "0,a,1,2,3,4", RowProblem::Columns(5)),
            (Year::Y2017, "now,a,1,2,3", RowProblem::Time("now".to_owned())),
            (Year::Y2017, "0,a,,2,3", coordinate("")),
            (Year::Y2017, "0,a,1,-2,3", coordinate("-2")),
            (Year::Y2017, "0,a,1,1001,3", outside(1, 1_001, 1_001)),
            (Year::Y2017, "0,a,1,2,16", colour("16")),
            (Year::Y2017, "0,a,1,2,", colour("")),
            (Year::Y2022, "0,a,#00CCC0", RowProblem::Columns(4)),
            (Year::Y2022, "0,a,#00CCC0,1,2", RowProblem::Columns(4)),
            (Year::Y2022, "0,a,#00CCC0,\"1,2", RowProblem::Columns(4)),
            (Year::Y2022, "0,a,#00CCC0,\"1\"", coordinate("1")),
            (Year::Y2022, "0,a,#00CCC0,\"1,2,3\"", coordinate("1,2,3")),
            (Year::Y2022, "0,a,#00CCC0,\"1,2,3,4,5\"", coordinate("1,2,3,4,5")),
            (Year::Y2022, "0,a,#00CCC0,\"1,2000\"", outside(1, 2_000, 2_000)),
            (Year::Y2022, "0,a,#00CCC0,\"1,2,2000,3\"", outside(2_000, 3, 2_000)),
            (Year::Y2022, "0,a,#00CCC0,\"{X: 1, Y: 2, R: 3}\"", RowProblem::Circle("{X: 1, Y: 2, R: 3}".to_owned())),
            (Year::Y2022, "0,a,00CCC0,\"1,2\"", colour("00CCC0")),
            (Year::Y2022, "0,a,#00CCC0FF,\"1,2\"", colour("#00CCC0FF")),
        ] {
            assert_eq!(rows(year).parse(line.as_bytes()), Err(problem), "{line}");
        }
        let problem = rows(Year::Y2017).parse(b"0,\xff,1,2,3");
        assert_eq!(problem, Err(RowProblem::Text("\u{fffd}".to_owned())));
    }
}
