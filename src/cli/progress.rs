//! Progress on standard error, and only where that is a terminal.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::words;

/// A bar of `length` steps; `what` stands before it and may be changed later.
pub(super) fn bar(length: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), target()).with_message(what.to_owned());
    let template = "{msg}  {percent:>3} %  [{wide_bar}]  {human_pos}/{human_len}  {rate} a second  {eta} left";
    // A wrong template would only leave the plain style.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.with_key("rate", |state: &ProgressState, to: &mut dyn Write| {
        // What cannot be shown of a bar is no matter.
        let _ = to.write_str(&words::rounded(state.per_sec()));
    }));
    bar
}

fn target() -> ProgressDrawTarget {
    if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// A bar of bytes: of `length`, where that is known.
pub(super) fn bytes(length: Option<u64>, what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, target()).with_message(what.to_owned());
    let template = match length {
        Some(_) => "{msg}  {percent:>3} %  [{wide_bar}]  {decimal_bytes}/{decimal_total_bytes}  {eta} left",
        None => "{msg}  {spinner}  {decimal_bytes}  {decimal_bytes_per_sec}",
    };
    // A wrong template would only leave the plain style.
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Something of unknown length is going on.
pub(super) fn spinner(what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target()).with_message(what.to_owned());
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

/// Something worth knowing that is neither a result nor an error.
pub(super) fn notice(text: &str) {
    // Where standard error is closed nobody wants to know.
    let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("{text}\n"));
}
