//! How every path of a generated folder stands: what is wanted, what the list says, and what is there.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{STAGING, Wanted, digest, digests, list::List, path, written};
use crate::failure::Failure;

/// How one path stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// Wanted, and there as it is wanted.
    Current,
    /// Wanted, and not there.
    Missing,
    /// Wanted, and there as Skiff wrote it before.
    Stale,
    /// No longer wanted, and there as Skiff wrote it.
    Superfluous,
    /// No longer wanted, and gone already.
    Gone,
    /// On the list, and there as Skiff never wrote it.
    Edited,
    /// Wanted, and something is there that is not on the list.
    Foreign,
    /// Wanted, and what is on the way to it is not a folder, or what is there is one.
    Blocked,
    /// A symbolic link is on the way to it.
    LedAway,
}

/// One path.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Within the folder.
    pub(crate) path: String,
    /// How it stands.
    pub(crate) state: State,
    /// Whether there is to be a file.
    pub(crate) wanted: bool,
    /// The digest of the file that is there.
    pub(crate) found: Option<String>,
    /// The digest that the list has for it.
    pub(crate) listed: Option<String>,
    /// What the state is about: the path itself, or what is on the way to it.
    pub(crate) at: String,
}

/// All paths, sorted.
#[derive(Debug)]
pub(crate) struct Survey {
    /// Every path that is wanted or on the list.
    pub(crate) entries: Vec<Entry>,
    /// Whether the list says exactly what is wanted.
    pub(crate) list_current: bool,
    /// Whether a run that was killed left new bytes behind.
    pub(crate) leftover: bool,
}

impl Survey {
    /// Looks at every path; changes nothing.
    pub(super) fn of(root: &Path, wanted: &Wanted, list: Option<&List>, final_list: &str) -> Result<Self, Failure> {
        let listed = list.iter().flat_map(|list| list.document.files.keys().chain(list.document.replacing.keys()));
        let paths: BTreeSet<&String> = wanted.files.keys().chain(listed).collect();
        let mut entries = Vec::with_capacity(paths.len());
        for path in paths {
            let text = wanted.files.get(path).map(|text| digest(text.as_bytes()));
            entries.push(entry(root, path, text.as_deref(), &digests(list, path))?);
        }
        let leftover = staging(root)?;
        entries.extend(leftover.as_ref().err().cloned());
        let list_current = list.is_some_and(|list| list.text == final_list);
        Ok(Self { entries, list_current, leftover: leftover.unwrap_or(false) })
    }

    /// The paths in a state.
    pub(crate) fn with(&self, state: State) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.state == state)
    }

    /// What a refresh writes, edited files included.
    pub(crate) fn to_write(&self) -> impl Iterator<Item = &Entry> {
        let edited = |entry: &Entry| entry.state == State::Edited && entry.wanted;
        self.entries.iter().filter(move |entry| matches!(entry.state, State::Missing | State::Stale) || edited(entry))
    }

    /// What a refresh removes, edited files included.
    pub(crate) fn to_remove(&self) -> impl Iterator<Item = &Entry> {
        let edited = |entry: &Entry| entry.state == State::Edited && !entry.wanted;
        self.entries.iter().filter(move |entry| entry.state == State::Superfluous || edited(entry))
    }

    /// Whether the folder is as it should be.
    pub(crate) fn is_current(&self) -> bool {
        self.list_current && self.entries.iter().all(|entry| entry.state == State::Current)
    }
}

/// What is at a path, links never followed.
enum Found {
    Nothing,
    File(String),
    Link,
    Other,
}

fn entry(root: &Path, path: &str, wanted: Option<&str>, listed: &[&str]) -> Result<Entry, Failure> {
    let of = |state, at: &str, found| Entry {
        path: path.into(),
        state,
        wanted: wanted.is_some(),
        found,
        listed: listed.first().map(|digest| (*digest).to_owned()),
        at: at.into(),
    };
    match way(root, path)? {
        Way::Link(at) => return Ok(of(State::LedAway, at, None)),
        Way::NotAFolder(at) if wanted.is_some() => return Ok(of(State::Blocked, at, None)),
        Way::Missing | Way::Open | Way::NotAFolder(_) => {}
    }
    let found = look(&path::below(root, path))?;
    let state = judge(&found, wanted, listed);
    let found = if let Found::File(digest) = found { Some(digest) } else { None };
    Ok(of(state, path, found))
}

fn judge(found: &Found, wanted: Option<&str>, listed: &[&str]) -> State {
    match (found, wanted) {
        (Found::Nothing, Some(_)) => State::Missing,
        // A folder in the place of a file that is no longer wanted is somebody else's.
        (Found::Nothing | Found::Other, None) => State::Gone,
        (_, Some(_)) if listed.is_empty() => State::Foreign,
        (Found::Other, Some(_)) => State::Blocked,
        (Found::File(digest), Some(wanted)) if digest == wanted => State::Current,
        (Found::File(digest), _) if !listed.contains(&digest.as_str()) => State::Edited,
        (Found::File(_), Some(_)) => State::Stale,
        (Found::File(_), None) => State::Superfluous,
        (Found::Link, _) => State::Edited,
    }
}

/// What the folders on the way to a path are.
enum Way<'path> {
    Open,
    Missing,
    Link(&'path str),
    NotAFolder(&'path str),
}

fn way<'path>(root: &Path, path: &'path str) -> Result<Way<'path>, Failure> {
    for folder in path::folders(path) {
        let place = path::below(root, folder);
        match fs::symlink_metadata(&place) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(metadata) if metadata.is_symlink() => return Ok(Way::Link(folder)),
            Ok(_) => return Ok(Way::NotAFolder(folder)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Way::Missing),
            Err(error) => return Err(Failure::file("look at", &place, &error)),
        }
    }
    Ok(Way::Open)
}

fn look(place: &Path) -> Result<Found, Failure> {
    let metadata = match fs::symlink_metadata(place) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Found::Nothing);
        }
        Err(error) => return Err(Failure::file("look at", place, &error)),
    };
    if metadata.is_symlink() {
        Ok(Found::Link)
    } else if metadata.is_file() {
        let digest = digest_of(place).map_err(|error| Failure::file("read", place, &error))?;
        Ok(Found::File(digest))
    } else {
        Ok(Found::Other)
    }
}

/// Reads piece by piece: what somebody put in the place of a generated file can have any size.
fn digest_of(place: &Path) -> io::Result<String> {
    let (mut file, mut hasher, mut piece) = (File::open(place)?, Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(written(&hasher.finalize())),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// Whether there are new bytes of a run that was killed; an entry when what is there cannot be Skiff's.
fn staging(root: &Path) -> Result<Result<bool, Entry>, Failure> {
    let place = root.join(STAGING);
    let in_the_way = |state| {
        let at = STAGING.to_owned();
        Ok(Err(Entry { path: at.clone(), state, wanted: false, found: None, listed: None, at }))
    };
    match fs::symlink_metadata(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Ok(false)),
        Err(error) => Err(Failure::file("look at", &place, &error)),
        Ok(metadata) if metadata.is_symlink() => in_the_way(State::LedAway),
        Ok(metadata) if !metadata.is_dir() => in_the_way(State::Foreign),
        Ok(_) => match staged_names(&place) {
            Ok(Some(_)) => Ok(Ok(true)),
            Ok(None) => in_the_way(State::Foreign),
            Err(error) => Err(Failure::file("read", &place, &error)),
        },
    }
}

/// The names of staged files, which are numbers; `None` when anything else is there.
pub(super) fn staged_names(place: &Path) -> io::Result<Option<Vec<String>>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        match entry.file_name().into_string() {
            Ok(name) if name.bytes().all(|byte| byte.is_ascii_digit()) && entry.file_type()?.is_file() => {
                names.push(name);
            }
            _ => return Ok(None),
        }
    }
    names.sort();
    Ok(Some(names))
}
