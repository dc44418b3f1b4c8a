//! Lines that cannot wait for a command's end: logs that are followed, stages of a long walk, what a service says.
//!
//! Beside [`crate::output`] this is the only door to standard output. A reader that has gone is not an error: the caller is
//! told, and ends.

use std::io::{self, Write as _};

/// Whether somebody still reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// What was said has been taken.
    There,
    /// The pipe is closed, or what is behind it cannot be written.
    Gone,
}

/// Says something on standard output, now.
pub(crate) fn say(text: &str) -> Reader {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Reader::There,
        Err(_) => Reader::Gone,
    }
}
