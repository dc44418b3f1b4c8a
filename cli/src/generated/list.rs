//! The list of what Skiff wrote, read with mistrust: it decides which files are overwritten and removed.

use std::{fs, io, path::Path};

use serde_json::json;
use skiff_wire::{ExitCode, Generated};

use super::{LIST, path};
use crate::{failure::Failure, words};

/// No list is longer, in bytes: a hundred thousand files are a tenth of it.
const LONGEST: u64 = 128 * 1024 * 1024;
/// Mistakes that are told one by one.
const SHOWN: usize = 20;

/// A list as it stands in its folder.
#[derive(Debug)]
pub(crate) struct List {
    /// What it says.
    pub(crate) document: Generated,
    /// Its text.
    pub(crate) text: String,
}

/// The list of a folder, `None` when it has none.
///
/// # Errors
/// Exit 10 for a list that cannot be read or believed.
pub(crate) fn read(root: &Path) -> Result<Option<List>, Failure> {
    let path = root.join(LIST);
    let metadata = match fs::symlink_metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::file("read", &path, &error)),
    };
    if !metadata.is_file() || metadata.len() > LONGEST {
        return Err(unbelievable(&path, "it is not a plain file of a believable size"));
    }
    let bytes = fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| unbelievable(&path, "it is not UTF-8 text"))?;
    let document: Generated = serde_json::from_str(&text).map_err(|error| unbelievable(&path, &error.to_string()))?;
    check(&document, &path)?;
    Ok(Some(List { document, text }))
}

fn check(list: &Generated, path: &Path) -> Result<(), Failure> {
    if list.schema != Generated::SCHEMA {
        let what = format!("it is a `{}` document, and a `{}` is needed", list.schema, Generated::SCHEMA);
        return Err(unbelievable(path, &what));
    }
    let entries = || list.files.iter().chain(&list.replacing);
    let paths = entries().filter_map(|(path, _)| Some(format!("`{path}` {}", path::problem(path)?)));
    let digests = entries().filter(|(_, digest)| !is_digest(digest));
    let digests = digests.map(|(path, digest)| format!("`{path}` has `{digest}`, which is no digest"));
    let mut mistakes: Vec<_> = paths.chain(digests).collect();
    mistakes.dedup();
    if mistakes.is_empty() {
        return Ok(());
    }
    let what = format!("{} of its entries cannot be those of a generated tree", mistakes.len());
    let data = json!({ "mistakes": mistakes });
    Err(unbelievable(path, &what).details(words::first(mistakes, SHOWN), data))
}

fn is_digest(text: &str) -> bool {
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(hexadecimal))
}

fn unbelievable(path: &Path, what: &str) -> Failure {
    let message = format!("`{}` is not a list that Skiff wrote: {what}", path.display());
    Failure::new("VERIFICATION_FAILED", ExitCode::VerificationFailed, message).hint(
        "bring it back from version control (after a merge, take either side whole); or move the folder away and \
         generate it anew",
    )
}
