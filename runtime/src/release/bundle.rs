//! Bundles: a folder as bytes, the same on every machine.
//!
//! A tar archive (POSIX.1-1988 with GNU's long names) of what a process needs: entries sorted by path, no times, no owners,
//! modes 0644 and 0755 alone, no extended attributes. Symbolic links stay within. Left out are `.git` and `.skiff`.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::{Component, Path, PathBuf},
};

use tar::{Builder, EntryType, Header};

use crate::{
    error::{Error, ErrorKind},
    release::codes,
};

/// The most bytes of a bundle: it is kept in memory while it is hashed, so that what was hashed is what is stored.
pub const MOST_BYTES: u64 = 1024 * 1024 * 1024;
/// The most files, folders and links.
const MOST_ENTRIES: usize = 200_000;
/// What the tools of a checkout keep beside a program, and what no program needs.
const LEFT_OUT: [&str; 2] = [".git", ".skiff"];

/// A packed folder, and what was in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The archive.
    pub bytes: Vec<u8>,
    /// Its files, sorted by path.
    pub files: Vec<BundledFile>,
}

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundledFile {
    /// Its path, with `/`.
    pub path: String,
    /// SHA-256 of its content, 64 hexadecimal digits.
    pub sha256: String,
    /// Its content, when it is a lock file of a package manager; nothing else is kept.
    pub lock_file: Option<String>,
}

/// Packs a folder.
///
/// # Errors
/// A folder that is missing, and whatever in it cannot be packed, by name.
pub fn pack(folder: &Path) -> Result<Bundle, Error> {
    let metadata = fs::metadata(folder).map_err(|error| missing(folder, &error.to_string()))?;
    if !metadata.is_dir() {
        return Err(missing(folder, "it is no folder"));
    }
    let mut entries = Vec::new();
    walk(folder, "", &mut entries)?;
    entries.sort();
    let mut packer = Packer { folder, builder: Builder::new(Vec::new()), files: Vec::new(), bytes: 0 };
    entries.iter().try_for_each(|path| packer.add(path))?;
    let bytes = packer.builder.into_inner().map_err(|error| unpackable(folder, &error.to_string()))?;
    Ok(Bundle { bytes, files: packer.files })
}

/// The paths of all entries below a folder.
fn walk(folder: &Path, below: &str, entries: &mut Vec<String>) -> Result<(), Error> {
    let here = folder.join(below);
    for entry in fs::read_dir(&here).map_err(|error| missing(&here, &error.to_string()))? {
        let entry = entry.map_err(|error| missing(&here, &error.to_string()))?;
        let name = entry.file_name().into_string().map_err(|_| unpackable(&entry.path(), "its name is not UTF-8"))?;
        if LEFT_OUT.contains(&&*name) {
            continue;
        }
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        let kind = entry.file_type().map_err(|error| unpackable(&entry.path(), &error.to_string()))?;
        entries.push(path.clone());
        if entries.len() > MOST_ENTRIES {
            return Err(too_large(folder, &format!("more than {MOST_ENTRIES} entries")));
        }
        if kind.is_dir() {
            walk(folder, &path, entries)?;
        }
    }
    Ok(())
}

struct Packer<'folder> {
    folder: &'folder Path,
    builder: Builder<Vec<u8>>,
    files: Vec<BundledFile>,
    bytes: u64,
}

impl Packer<'_> {
    fn add(&mut self, path: &str) -> Result<(), Error> {
        let full = self.folder.join(path);
        let failed = |error: io::Error| unpackable(&full, &error.to_string());
        let metadata = fs::symlink_metadata(&full).map_err(failed)?;
        let kind = metadata.file_type();
        if kind.is_symlink() {
            let target = fs::read_link(&full).map_err(failed)?;
            check_link(Path::new(path), &target).map_err(|why| unpackable(&full, &why))?;
            let mut header = header(EntryType::Symlink, 0o755, 0);
            return self.builder.append_link(&mut header, path, target).map_err(failed);
        }
        if kind.is_dir() {
            let mut header = header(EntryType::Directory, 0o755, 0);
            return self.builder.append_data(&mut header, format!("{path}/"), io::empty()).map_err(failed);
        }
        if !kind.is_file() {
            return Err(unpackable(&full, "it is a device, a socket or a pipe"));
        }
        self.add_file(path, &full, &metadata)
    }

    fn add_file(&mut self, path: &str, full: &Path, metadata: &Metadata) -> Result<(), Error> {
        self.bytes = self.bytes.saturating_add(metadata.len());
        if self.bytes > MOST_BYTES {
            return Err(too_large(self.folder, &format!("more than {MOST_BYTES} bytes")));
        }
        let failed = |error: io::Error| unpackable(full, &error.to_string());
        let mut content = Vec::new();
        // Never more than was counted, even of a file that grows while it is read.
        File::open(full).map_err(failed)?.take(metadata.len()).read_to_end(&mut content).map_err(failed)?;
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let mode = if metadata.permissions().mode() & 0o100 == 0 { 0o644 } else { 0o755 };
        let mut header = header(EntryType::Regular, mode, size);
        self.builder.append_data(&mut header, path, &*content).map_err(failed)?;
        let sha256 = crate::trust::verify::digest(&content);
        let lock_file = is_lock_file(path).then(|| String::from_utf8(content).ok()).flatten();
        self.files.push(BundledFile { path: path.into(), sha256, lock_file });
        Ok(())
    }
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// The lock files whose packages a bill of materials lists.
fn is_lock_file(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("Cargo.lock" | "package-lock.json" | "requirements.txt"))
}

/// Checks that a link stays within the bundle, wherever its steps lead: it may climb only at its beginning, and not above
/// the bundle. A `..` behind a name could leave through another link, so there is none.
pub(crate) fn check_link(path: &Path, target: &Path) -> Result<(), String> {
    let mut room = path.components().count().saturating_sub(1);
    let mut climbing = true;
    for step in target.components() {
        match step {
            Component::Normal(_) => climbing = false,
            Component::CurDir => {}
            Component::ParentDir if climbing && room > 0 => room -= 1,
            _ => return Err(format!("the link to `{}` may lead out of the bundle", target.display())),
        }
    }
    let written = PathBuf::from(target);
    if written.as_os_str().is_empty() { Err("the link leads nowhere".into()) } else { Ok(()) }
}

fn missing(folder: &Path, why: &str) -> Error {
    let message = format!("could not pack `{}`: {why}", folder.display());
    Error::new(&codes::NO_BUNDLE, ErrorKind::NotFound, message).hint("build it first, or correct `bundle:` in the spec")
}

fn unpackable(path: &Path, why: &str) -> Error {
    let message = format!("`{}` cannot be packed: {why}", path.display());
    Error::new(&codes::UNPACKABLE, ErrorKind::Invalid, message).hint("take it out of the folder")
}

fn too_large(folder: &Path, why: &str) -> Error {
    let message = format!("`{}` cannot be packed: {why}", folder.display());
    Error::new(&codes::TOO_LARGE, ErrorKind::Invalid, message).hint("leave out what the service does not need to run")
}
