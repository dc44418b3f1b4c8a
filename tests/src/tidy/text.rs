//! Rules for all text of the project.

use std::{fs, path::Path};

use super::texts;
use crate::{Problems, checkout};

/// Folders of one machine, in halves so that this file names none.
const MACHINE: &[[&str; 2]] = &[["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"]];

/// Hosts and settings of package registries: the ordinary clients know where to look.
const REGISTRIES: &[[&str; 2]] = &[
    ["static.", "crates.io"],
    ["index.", "crates.io"],
    ["registry.", "npmjs.org"],
    ["files.", "pythonhosted.org"],
    ["pypi.org/", "simple"],
    ["index-", "url"],
    ["replace-", "with ="],
];

/// Data sets and the lock file are quoted, not written.
const QUOTED: &[&str] = &["compiler/data/", "Cargo.lock", "fuzz/Cargo.lock", "fuzz/seeds/"];

/// Where bytes that are not text belong: inputs that must be refused, and fuzz seeds.
const BINARIES: &[&str] = &["golden/import/", "golden/reject/", "fuzz/seeds/"];

/// No text names a folder of one machine or the host of a package registry.
///
/// # Errors
/// A folder that cannot be read.
pub fn names_no_machine() -> Result<Problems, String> {
    let words: Vec<String> = MACHINE.iter().chain(REGISTRIES).map(|halves| halves.concat()).collect();
    let mut problems = Vec::new();
    for (file, text) in texts(&[""])? {
        if QUOTED.iter().any(|quoted| file.starts_with(quoted)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let word = words.iter().find(|word| mentions(line, word));
            problems.extend(word.map(|word| format!("{file}:{}: names `{word}`", number + 1)));
        }
    }
    Ok(problems)
}

/// A path counts from where it begins: the end of a longer path is another folder.
fn mentions(line: &str, word: &str) -> bool {
    let begins = |at: usize| !line[..at].ends_with(|before: char| before.is_alphanumeric() || "._-*}".contains(before));
    line.match_indices(word).any(|(at, _)| !word.starts_with('/') || begins(at))
}

/// Every file is text, except those that are there because they are not.
///
/// # Errors
/// A folder that cannot be read.
pub fn no_binaries() -> Result<Problems, String> {
    let files = checkout::files().map_err(|error| error.to_string())?;
    let checked = files.iter().filter(|file| !BINARIES.iter().any(|folder| file.starts_with(folder)));
    let binary = checked.filter(|file| fs::read(checkout::root().join(file)).is_ok_and(|bytes| !is_text(&bytes)));
    Ok(binary.map(|file| format!("{file}: is not text")).collect())
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// Every relative link of a Markdown page leads to a file or folder of the project.
///
/// # Errors
/// A folder that cannot be read.
pub fn links_resolve() -> Result<Problems, String> {
    let mut problems = Vec::new();
    for (file, text) in texts(&[".md"])? {
        let root = checkout::root();
        let folder = root.join(&file).parent().map(Path::to_path_buf).unwrap_or(root);
        let broken = links(&text).into_iter().filter(|link| !folder.join(link).exists());
        problems.extend(broken.map(|link| format!("{file}: the link `{link}` leads nowhere")));
    }
    Ok(problems)
}

/// The relative link targets of a Markdown page, without anchors, outside fenced code and inline code.
#[must_use]
pub fn links(markdown: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let prose = line.split('`').step_by(2);
            found.extend(prose.flat_map(|prose| prose.split("](").skip(1)).filter_map(target));
        }
    }
    found
}

fn target(after: &str) -> Option<&str> {
    let link = after.split(')').next()?.split(['#', ' ']).next()?;
    let elsewhere = link.is_empty() || link.contains("://") || link.starts_with("mailto:");
    (!elsewhere).then_some(link)
}

/// Every data file of the compiler is named in `docs/data-sources.md`, by itself or by its folder.
///
/// # Errors
/// A folder that cannot be read.
pub fn data_has_a_source() -> Result<Problems, String> {
    const DATA: &str = "compiler/data/";
    let files = checkout::files().map_err(|error| error.to_string())?;
    let data: Vec<&str> = files.iter().filter_map(|file| file.strip_prefix(DATA)).collect();
    if data.is_empty() {
        return Ok(Vec::new());
    }
    let page = checkout::text("docs/data-sources.md")?;
    let named = |file: &str| {
        page.contains(file) || file.split_once('/').is_some_and(|(folder, _)| page.contains(&format!("{folder}/")))
    };
    let silent = data.into_iter().filter(|file| !named(file));
    Ok(silent.map(|file| format!("{DATA}{file}: docs/data-sources.md does not say where it is from")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_links_outside_code_count() {
        let page =
            "[a](one.md#x) [b](https://example.com) `[c](no.md)`\n```\n[d](no.md)\n```\n[e](two/three)[f](#here)\n";
        assert_eq!(links(page), ["one.md", "two/three"]);
    }

    #[test]
    fn a_path_counts_from_where_it_begins() {
        let word = MACHINE[0].concat();
        assert!(mentions(&format!("cd {word}x"), &word));
        assert!(!mentions(&format!("frame{word}x"), &word));
    }
}
