//! A collection of real manifests: a folder `corpus/` with one folder for each repository they are from.
//!
//! It is found by `SKIFF_KUBE_CORPUS`, else beside the checkout, and is no part of the project: where it is missing, the
//! tests that want it say so and pass.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use skiff_importers::import::Input;

use crate::checkout;

/// One repository of the collection.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Its folder's name, `owner__name`.
    pub name: String,
    /// Its manifests by their path below the collection, sorted.
    pub files: Vec<Input>,
}

/// All repositories by name; `None` where there is no collection, which is said on standard error.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn repositories() -> io::Result<Option<Vec<Repository>>> {
    let named = env::var_os("SKIFF_KUBE_CORPUS").map_or_else(|| checkout::root().join("../shared/kube"), PathBuf::from);
    let folder = named.join("corpus");
    if !folder.is_dir() {
        say("without the corpus of manifests (SKIFF_KUBE_CORPUS names it) the importer is not measured over it")?;
        return Ok(None);
    }
    let names = checkout::folders(&folder)?;
    names
        .into_iter()
        .map(|name| Ok(Repository { files: manifests(&folder, &name)?, name }))
        .collect::<io::Result<_>>()
        .map(Some)
}

/// Past the test harness, which keeps the output of passing tests to itself.
///
/// # Errors
/// Standard error is closed.
pub fn say(line: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{line}")
}

/// The files that an import of the repository's folder would read.
fn manifests(corpus: &Path, repository: &str) -> io::Result<Vec<Input>> {
    let mut names = Vec::new();
    let mut open = vec![repository.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(corpus.join(&folder))? {
            let entry = entry?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            match entry.file_type()?.is_dir() {
                true => open.push(name),
                false if [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending)) => names.push(name),
                false => {}
            }
        }
    }
    names.sort();
    names.into_iter().map(|name| Ok(Input { bytes: fs::read(corpus.join(&name))?, name })).collect()
}

impl Repository {
    /// The files by the folder that they lie in: what a person would import at once.
    #[must_use]
    pub fn folders(&self) -> BTreeMap<&str, Vec<Input>> {
        let mut folders: BTreeMap<&str, Vec<Input>> = BTreeMap::new();
        for file in &self.files {
            let folder = file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
            folders.entry(folder).or_default().push(file.clone());
        }
        folders
    }
}
