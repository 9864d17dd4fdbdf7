//! A canvas out of rows of r/place.

use std::io;

use memchr::memchr;

use crate::canvas::{Author, Colour, Mode, Name, Pixel, Rect, Size, Time};
use crate::cli::error::CliError;
use crate::cli::progress::notice;
use crate::cli::stop::Stop;
use crate::cli::words;
use crate::journal::{Canvas, ImportBuilder, Journal, JournalError, NewCanvas, Records, RowSource};

use super::lines::{Chunk, Lines};
use super::place::{Row, RowProblem, Rows, Year};

/// Builds a canvas of all rows, in the order they come in. Nothing is left of one that is not complete.
pub(super) fn build(
    journal: &Journal,
    lines: &Lines,
    name: Option<Name>,
    size: Option<Size>,
    stop: &Stop,
) -> Result<Canvas, CliError> {
    let mut build = Build { journal, lines, name, wanted: size, going: None, file: None, row: 0 };
    while let Some(chunk) = lines.next(stop)? {
        build.take(&chunk)?;
    }
    let Some(Going { builder, raised, .. }) = build.going else { return Err(build.bad(RowProblem::Unknown)) };
    let canvas = builder.finish(Records::default())?;
    if raised > 0 {
        let entries = words::counted(raised, "entry has", "entries have");
        notice(&format!("{entries} the time of one before: theirs ran backwards"));
    }
    Ok(canvas)
}

struct Build<'a> {
    journal: &'a Journal,
    lines: &'a Lines,
    name: Option<Name>,
    wanted: Option<Size>,
    /// Once a first line has told the year.
    going: Option<Going>,
    /// Which of the files is being read, and the row reached in it, the header being row 1.
    file: Option<usize>,
    row: u64,
}

struct Going {
    year: Year,
    size: Size,
    rows: Rows,
    builder: ImportBuilder,
    author: Author,
    newest: Time,
    /// Rows whose time lay before that of one before.
    raised: u64,
}

impl Build<'_> {
    fn bad(&self, problem: RowProblem) -> CliError {
        let file = self.lines.names.get(self.file.unwrap_or_default()).cloned().unwrap_or_default();
        CliError::Row { file, row: self.row.max(1), problem }
    }

    fn take(&mut self, chunk: &Chunk) -> Result<(), CliError> {
        if self.file.replace(chunk.file) != Some(chunk.file) {
            self.row = 0;
        }
        let mut rest = chunk.bytes.as_slice();
        while !rest.is_empty() {
            let end = memchr(b'\n', rest);
            let (line, after) = match end {
                Some(end) => (rest.get(..end).unwrap_or_default(), rest.get(end + 1..).unwrap_or_default()),
                None => (rest, &[][..]),
            };
            rest = after;
            self.row += 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match (&mut self.going, self.row) {
                (Some(going), 2..) => match going.push(line) {
                    Ok(()) => {}
                    Err(Refusal::Row(problem)) => return Err(self.bad(problem)),
                    Err(Refusal::Journal(error)) => return Err(error.into()),
                },
                _ => self.begin(line)?,
            }
        }
        Ok(())
    }

    /// Takes the first line of a file.
    fn begin(&mut self, header: &[u8]) -> Result<(), CliError> {
        let year = Year::of(header).map_err(|problem| self.bad(problem))?;
        if let Some(going) = &self.going {
            return if going.year == year { Ok(()) } else { Err(self.bad(RowProblem::OtherColumns)) };
        }
        let size = self.wanted.unwrap_or_else(|| year.size());
        let new = NewCanvas { name: self.name.take(), size, mode: Mode::Rgb, background: Colour::WHITE };
        self.going = Some(Going {
            year,
            size,
            rows: Rows::new(year, size),
            builder: self.journal.import(new, None)?,
            author: Author { name: String::new(), authenticated: false },
            newest: Time(i64::MIN),
            raised: 0,
        });
        Ok(())
    }
}

/// Why a row is not taken.
enum Refusal {
    Row(RowProblem),
    Journal(JournalError),
}

impl Going {
    fn push(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let Row { time, user, region, is_rectangle, colour } = self.rows.parse(line).map_err(Refusal::Row)?;
        self.raised += u64::from(time < self.newest);
        self.newest = self.newest.max(time);
        self.author.name.clear();
        self.author.name.push_str(user);
        let author = (!user.is_empty()).then_some(&self.author);
        let pushed = match self.size.cell(region.x, region.y) {
            Some(cell) if !is_rectangle => self.builder.push_pixel(author, time, Pixel { cell, colour }),
            _ => {
                let mut open = || Ok(Box::new(Fill { colour, region }) as Box<dyn RowSource>);
                self.builder.push_state(author, time, region, &mut open).map(drop)
            }
        };
        pushed.map_err(|error| match error {
            JournalError::BadAuthor => Refusal::Row(RowProblem::User),
            error => Refusal::Journal(error),
        })
    }
}

/// A rectangle of one colour.
struct Fill {
    colour: Colour,
    region: Rect,
}

impl RowSource for Fill {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        let cell = self.colour.bytes(Mode::Rgb);
        debug_assert_eq!(row.len(), self.region.w as usize * cell.len());
        row.chunks_exact_mut(cell.len()).for_each(|to| to.copy_from_slice(cell));
        Ok(())
    }
}
