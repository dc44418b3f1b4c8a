//! Rules for the Rust files.

use std::path::Path;

use super::texts;
use crate::Problems;

/// No file is longer than this many lines.
const LONGEST_FILE: usize = 800;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "core", "manager", "types", "misc"];

/// Marks of unfinished work, in two halves so that this file has none.
const UNFINISHED: &[[&str; 2]] = &[["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["todo", "!("], ["dbg", "!("]];

/// Endings of the files in which work can be left unfinished.
const CODE: &[&str] = &[".rs", ".toml", ".yml", ".sh", ".mjs", ".py", "justfile", ".ci/run"];

/// Every Rust file begins with what it is for.
///
/// # Errors
/// A folder that cannot be read.
pub fn begins_with_its_purpose() -> Result<Problems, String> {
    let files = texts(&[".rs"])?;
    let silent = files.iter().filter(|(_, text)| !first_line_of_code(text).starts_with("//! "));
    Ok(silent.map(|(file, _)| format!("{file}: does not begin with a `//!` that says what it is for")).collect())
}

/// The first line that is neither empty nor an attribute of the whole file.
fn first_line_of_code(text: &str) -> &str {
    let lines = text.lines().map(str::trim);
    lines.into_iter().find(|line| !line.is_empty() && !line.starts_with("#!")).unwrap_or_default()
}

/// No Rust file is longer than the cap.
///
/// # Errors
/// A folder that cannot be read.
pub fn is_short() -> Result<Problems, String> {
    let counted = texts(&[".rs"])?.into_iter().map(|(file, text)| (file, text.lines().count()));
    let long = counted.filter(|(_, lines)| *lines > LONGEST_FILE);
    Ok(long.map(|(file, lines)| format!("{file}: {lines} lines, more than {LONGEST_FILE}")).collect())
}

/// No module has a name that says nothing.
///
/// # Errors
/// A folder that cannot be read.
pub fn has_a_name_that_says_something() -> Result<Problems, String> {
    let files = texts(&[".rs"])?;
    let empty = files.iter().filter(|(file, _)| Path::new(file).with_extension("").iter().any(is_empty_name));
    Ok(empty.map(|(file, _)| format!("{file}: name the module for what is in it")).collect())
}

fn is_empty_name(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| EMPTY_NAMES.contains(&name))
}

/// Nothing is left for later.
///
/// # Errors
/// A folder that cannot be read.
pub fn is_finished() -> Result<Problems, String> {
    let mut problems = Vec::new();
    for (file, text) in texts(CODE)? {
        for (number, line) in text.lines().enumerate() {
            let mark = UNFINISHED.iter().map(|halves| halves.concat()).find(|mark| line.contains(mark.as_str()));
            problems.extend(mark.map(|mark| format!("{file}:{}: `{mark}`: do it or say it in an issue", number + 1)));
        }
    }
    Ok(problems)
}
