//! Listing: keys in byte order, from names alone.

use std::{io, path::Path};

use crate::store::{
    Key, Page,
    folder::{
        disk::{Disk, Kind},
        place,
    },
};

/// What is listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// What the keys begin with.
    pub(super) prefix: &'a str,
    /// The key they come after.
    pub(super) after: Option<&'a Key>,
    /// How many at most.
    pub(super) limit: usize,
}

/// The keys below a root.
pub(super) fn list(disk: &dyn Disk, root: &Path, wanted: Wanted<'_>) -> io::Result<Page> {
    let mut keys = Vec::new();
    if let Some((path, base)) = place::start(root, wanted.prefix) {
        walk(disk, &path, &base, wanted, &mut keys)?;
    }
    let more = keys.len() > wanted.limit;
    keys.truncate(wanted.limit);
    Ok(Page { keys, more })
}

fn walk(disk: &dyn Disk, path: &Path, base: &str, wanted: Wanted<'_>, keys: &mut Vec<Key>) -> io::Result<()> {
    for (text, name, kind) in sorted(disk, path, base)? {
        if keys.len() > wanted.limit {
            break;
        }
        match kind {
            Kind::Folder if wanted.can_be_below(&text) => walk(disk, &path.join(name), &text, wanted, keys)?,
            Kind::File if wanted.is_met_by(&text) => keys.extend(Key::parse(&text)),
            Kind::Foreign => return Err(foreign(&path.join(name))),
            _ => {}
        }
    }
    Ok(())
}

/// The names of a folder as beginnings of keys, in the byte order of the keys: a folder counts with its `/`.
fn sorted(disk: &dyn Disk, path: &Path, base: &str) -> io::Result<Vec<(String, String, Kind)>> {
    let entries = match disk.entries(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries?,
    };
    let as_key = |(name, kind): (String, Kind)| {
        let end = if kind == Kind::Folder { "/" } else { "" };
        let text = format!("{base}{}{end}", place::segment(&name, base.is_empty())?);
        Some((text, name, kind))
    };
    let mut found: Vec<_> = entries.into_iter().filter_map(as_key).collect();
    found.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    // An object that was being moved aside has two files for a moment.
    found.dedup_by(|one, other| one.0 == other.0);
    Ok(found)
}

pub(super) fn foreign(path: &Path) -> io::Error {
    let message = format!("`{}` is neither a file nor a folder, and links are not followed", path.display());
    io::Error::new(io::ErrorKind::InvalidData, message)
}

impl Wanted<'_> {
    fn is_met_by(&self, key: &str) -> bool {
        key.starts_with(self.prefix) && self.after.is_none_or(|after| key > after.as_str())
    }

    /// Whether a key that begins with `folder`, which ends in `/`, can be one of them.
    fn can_be_below(&self, folder: &str) -> bool {
        let begins = folder.starts_with(self.prefix) || self.prefix.starts_with(folder);
        begins && self.after.is_none_or(|after| after.as_str().starts_with(folder) || folder > after.as_str())
    }
}
