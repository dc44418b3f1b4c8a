//! Is the house in order? Rules that no compiler knows, each a function that gives problems.
//!
//! | rules | about |
//! |---|---|
//! | [`source`] | the Rust files: documentation, size, names, unfinished work |
//! | [`manifest`] | the Cargo files: lints, reasons for dependencies, where packages come from |
//! | [`text`] | all text: paths of one machine, registry hosts, links, binaries |
//! | [`codes`] | the codes of what acts: each is seen raised by a test |
//! | [`generated`] | what is made from the code and committed: JSON Schemas, the list of diagnostics, [`spec_page`], [`import_page`] |

pub mod codes;
pub mod generated;
pub mod import_page;
pub mod manifest;
pub mod source;
pub mod spec_page;
pub mod text;

use crate::checkout;

/// The project's files that end like this, with their text; what is not UTF-8 is left to [`text::no_binaries`].
///
/// # Errors
/// A folder that cannot be read.
pub fn texts(ends: &[&str]) -> Result<Vec<(String, String)>, String> {
    let files = checkout::files().map_err(|error| error.to_string())?;
    let wanted = files.into_iter().filter(|file| ends.iter().any(|end| file.ends_with(end)));
    Ok(wanted.filter_map(|file| checkout::text(&file).ok().map(|text| (file, text))).collect())
}
