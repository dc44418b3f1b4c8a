//! The throwaway project: a spec, a bundle with this program in it, a passphrase.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use skiff_runtime::world::World;
use skiff_wire::ExitCode;

use crate::failure::Failure;

/// The spec of the first release.
const SPEC: &str = include_str!("../../templates/quickstart.yaml");

/// A project, and whether it goes when all is over.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Whether the folder was there before; then only what is in it goes.
    found: bool,
}

impl Folder {
    /// Makes the project in the folder that was named, or in a fresh one of the system's temporary folder.
    pub(super) fn make(named: Option<&Path>, executable: &Path) -> Result<Self, Failure> {
        let folder = match named {
            Some(path) => Self::named(path)?,
            None => Self::fresh()?,
        };
        match folder.fill(executable) {
            Ok(()) => Ok(folder),
            Err(failure) => {
                let _ = folder.remove();
                Err(failure)
            }
        }
    }

    fn named(path: &Path) -> Result<Self, Failure> {
        let path = std::path::absolute(path).map_err(|error| Failure::file("make", path, &error))?;
        match fs::read_dir(&path) {
            Ok(mut entries) => match entries.next() {
                None => Ok(Self { path, found: true }),
                Some(_) => {
                    Err(Failure::new("CONFLICT", ExitCode::Conflict, format!("`{}` is not empty", path.display()))
                        .hint("name a folder that is empty or not there yet"))
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&path).map_err(|error| Failure::file("make", &path, &error))?;
                Ok(Self { path, found: false })
            }
            Err(error) => Err(Failure::file("read", &path, &error)),
        }
    }

    fn fresh() -> Result<Self, Failure> {
        let failed =
            |error: &io::Error| Failure::file("make", &std::env::temp_dir(), error).hint("name one: `--dir DIR`");
        let folder = tempfile::Builder::new().prefix("skiff-quickstart-").tempdir().map_err(|error| failed(&error))?;
        Ok(Self { path: folder.keep(), found: false })
    }

    fn fill(&self, executable: &Path) -> Result<(), Failure> {
        let make = |path: &Path, what: io::Result<()>| what.map_err(|error| Failure::file("write", path, &error));
        let bundle = self.path.join("bundle");
        make(&bundle, fs::create_dir(&bundle))?;
        let program = bundle.join("demo-service");
        // A second name costs nothing; where the file systems differ, a copy does as well.
        make(&program, fs::hard_link(executable, &program).or_else(|_| fs::copy(executable, &program).map(drop)))?;
        let spec = self.spec();
        make(&spec, fs::write(&spec, SPEC))?;
        let passphrase = self.path.join("passphrase");
        make(&passphrase, write_private(&passphrase, &(World::real().nonce() + "\n")))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn spec(&self) -> PathBuf {
        self.path.join("skiff.yaml")
    }

    /// Changes the spec as an editor would.
    pub(super) fn edit(&self, from: &str, to: &str) -> Result<(), Failure> {
        let spec = self.spec();
        let text = fs::read_to_string(&spec).map_err(|error| Failure::file("read", &spec, &error))?;
        fs::write(&spec, text.replace(from, to)).map_err(|error| Failure::file("write", &spec, &error))
    }

    /// Removes what was made.
    pub(super) fn remove(&self) -> Result<(), Failure> {
        let failed = |error: &io::Error| Failure::file("remove", &self.path, error);
        if !self.found {
            return fs::remove_dir_all(&self.path).map_err(|error| failed(&error));
        }
        for entry in fs::read_dir(&self.path).map_err(|error| failed(&error))? {
            let path = entry.map_err(|error| failed(&error))?.path();
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

fn write_private(path: &Path, content: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    file.write_all(content.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_project_is_made_and_leaves_nothing_behind() {
        let around = tempfile::tempdir().unwrap();
        let executable = around.path().join("program");
        fs::write(&executable, "#!/bin/sh\n").unwrap();
        let (new, empty) = (around.path().join("a/new"), around.path().join("empty"));
        fs::create_dir(&empty).unwrap();
        for path in [&new, &empty] {
            let folder = Folder::make(Some(path), &executable).unwrap();
            let mode = fs::metadata(path.join("passphrase")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            folder.edit("VERSION: v1", "VERSION: v2").unwrap();
            assert!(fs::read_to_string(path.join("skiff.yaml")).unwrap().contains("VERSION: v2"));
            folder.remove().unwrap();
        }
        assert!(!new.exists() && fs::read_dir(&empty).unwrap().next().is_none());
        assert!(executable.exists());
    }

    #[test]
    fn what_is_in_a_folder_is_safe() {
        let around = tempfile::tempdir().unwrap();
        fs::write(around.path().join("mine"), "").unwrap();
        let failure = Folder::make(Some(around.path()), Path::new("/none")).unwrap_err().into_outcome();
        assert_eq!((&*failure.code, failure.exit), ("CONFLICT", ExitCode::Conflict));
        assert!(around.path().join("mine").exists());
    }
}
