//! Where the project's files are, and which of them belong to it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// Folders that hold only what can be made again.
const MADE: &[&str] = &["target", ".git", "node_modules", "corpus", "artifacts"];

/// The folder of the workspace's `Cargo.toml`.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The project's files relative to [`root`], sorted, with `/` between folders.
///
/// In a checkout these are the tracked files and those that are new and not ignored, as far as they exist; elsewhere
/// (an unpacked archive) every file outside build folders.
///
/// # Errors
/// A folder that cannot be read.
pub fn files() -> io::Result<Vec<String>> {
    let mut files = match listed_by_git() {
        Some(files) => files,
        None => walk(&root())?,
    };
    files.retain(|file| root().join(file).is_file());
    files.sort();
    files.dedup();
    Ok(files)
}

fn listed_by_git() -> Option<Vec<String>> {
    if !root().join(".git").exists() {
        return None;
    }
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(root()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.split_terminator('\0').map(str::to_owned).collect())
}

/// Every file below a folder, relative to it, sorted; build folders are left out.
///
/// # Errors
/// A folder that cannot be read.
pub fn walk(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(relative) = open.pop() {
        for entry in fs::read_dir(folder.join(&relative))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = relative.join(&name);
            if !entry.file_type()?.is_dir() {
                found.push(path.to_string_lossy().replace('\\', "/"));
            } else if !MADE.contains(&name.as_str()) {
                open.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The names of the folders directly in a folder, sorted; none when it does not exist.
///
/// # Errors
/// A folder that exists and cannot be read.
pub fn folders(folder: &Path) -> io::Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Files below a folder of cases that belong to no case: those that do not lie directly in a folder of it.
///
/// # Errors
/// A folder that exists and cannot be read.
pub fn loose(cases: &str) -> io::Result<Vec<String>> {
    let folder = root().join(cases);
    let mut files = if folder.exists() { walk(&folder)? } else { Vec::new() };
    files.retain(|file| file.matches('/').count() != 1);
    Ok(files)
}

/// The text of one of the project's files.
///
/// # Errors
/// A sentence with the path when it is missing or not UTF-8.
pub fn text(file: &str) -> Result<String, String> {
    fs::read_to_string(root().join(file)).map_err(|error| format!("{file}: {error}"))
}
