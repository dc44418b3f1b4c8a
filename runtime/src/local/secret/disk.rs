//! Files of secrets: `<folder>/<app>/<environment>/<name>.json`, written whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

use crate::{
    error::{Error, ErrorKind},
    local::secret::{
        codes,
        name::segment,
        seal::{SCHEMA, Sealed},
    },
    state::layout::Scope,
};

/// Where one secret is.
pub(super) struct Place {
    folder: PathBuf,
    pub(super) path: PathBuf,
}

impl Place {
    pub(super) fn new(root: &Path, scope: &Scope, name: &str) -> Self {
        let folder = folder_of(root, scope);
        let path = folder.join(format!("{}.json", segment(name)));
        Self { folder, path }
    }

    /// Keeps other processes from setting a secret of the same environment until it is dropped.
    pub(super) fn lock(&self) -> Result<File, Error> {
        let failed = |error: &io::Error| refused("write", &self.folder, error);
        fs::create_dir_all(&self.folder).map_err(|error| failed(&error))?;
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700)).map_err(|error| failed(&error))?;
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).mode(0o600).open(self.folder.join(".lock"));
        let file = file.map_err(|error| failed(&error))?;
        flock(&file, FlockOperation::LockExclusive).map_err(|error| failed(&error.into()))?;
        Ok(file)
    }

    pub(super) fn read(&self) -> Result<Option<Sealed>, Error> {
        read(&self.path)
    }

    /// Writes beside the file and renames, so that a reader sees the old value or the new one.
    pub(super) fn write(&self, sealed: &Sealed) -> Result<(), Error> {
        let failed = |error: &io::Error| refused("write", &self.path, error);
        let text = serde_json::to_string_pretty(sealed).map_err(|error| failed(&error.into()))? + "\n";
        let mut file =
            tempfile::Builder::new().prefix(".new-").tempfile_in(&self.folder).map_err(|error| failed(&error))?;
        file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|error| failed(&error))?;
        file.persist(&self.path).map_err(|error| failed(&error.error))?;
        sync_folder(&self.folder)
    }

    /// Whether the file names what its place promises.
    pub(super) fn check_belongs(&self, sealed: &Sealed, scope: &Scope, name: &str) -> Result<(), Error> {
        if (&*sealed.app, &*sealed.environment, &*sealed.name) == (&scope.app, &scope.environment, name) {
            return Ok(());
        }
        let message = format!(
            "`{}` holds the secret `{}` of `{}` in `{}`, and not `{name}` of `{}` in `{}`",
            self.path.display(),
            sealed.name,
            sealed.app,
            sealed.environment,
            scope.app,
            scope.environment
        );
        Err(Error::new(&codes::SECRET_SWAPPED, ErrorKind::VerificationFailed, message)
            .hint(format!("find out who copied it, then `skiff secret set {name}`")))
    }
}

/// Every secret of an application in an environment, in the order of the file names.
pub(super) fn all(root: &Path, scope: &Scope) -> Result<Vec<Sealed>, Error> {
    let folder = folder_of(root, scope);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(refused("read", &folder, &error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| refused("read", &folder, &error))?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.iter().filter_map(|path| read(path).transpose()).collect()
}

fn folder_of(root: &Path, scope: &Scope) -> PathBuf {
    root.join(segment(&scope.app)).join(segment(&scope.environment))
}

fn read(path: &Path) -> Result<Option<Sealed>, Error> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused("read", path, &error)),
    };
    let unreadable = |what: String| {
        let message = format!("`{}` is not a secret that this version reads: {what}", path.display());
        Error::new(&codes::SECRET_UNREADABLE, ErrorKind::Invalid, message)
            .hint("remove the file and set the secret again; use the newer Skiff if one has written it")
    };
    let sealed: Sealed = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
    if sealed.schema != SCHEMA {
        return Err(unreadable(format!("it is a `{}` document, and a `{SCHEMA}` is needed", sealed.schema)));
    }
    Ok(Some(sealed))
}

/// Makes a rename durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| refused("write", folder, &error))
}

/// What the operating system says, with the place.
pub(super) fn refused(verb: &str, path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::NotAuthorised,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Unavailable,
        _ => ErrorKind::Internal,
    };
    let message = format!("could not {verb} `{}`: {error}", path.display());
    Error::new(&codes::SECRET_FOLDER, kind, message).hint("check the permissions and the space that is left there")
}
