//! The key of the local secrets: 32 random bytes in a file that only its owner may read.

use std::{
    env,
    ffi::OsString,
    fs, io,
    io::Write as _,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorKind},
    local::secret::{codes, disk::refused, encode},
    world::World,
};

/// What the file begins with: its form and its version.
const FORM: &str = "skiff-local-key-1 ";

/// A key with a name that gives nothing away.
pub(super) struct Key {
    pub(super) bytes: Zeroizing<[u8; 32]>,
    /// 16 hexadecimal digits of a hash of the key: tells two keys apart.
    pub(super) id: String,
}

/// Where the key is unless it was named: `$XDG_CONFIG_HOME/skiff/local.key`, else `~/.config/skiff/local.key`.
///
/// # Errors
/// Neither of the two variables is set.
pub fn default_key_file() -> Result<PathBuf, Error> {
    key_file_among(env::var_os("XDG_CONFIG_HOME"), env::var_os("HOME")).ok_or_else(|| {
        let message = "there is no place for the key of the local secrets: neither `XDG_CONFIG_HOME` nor `HOME` is set";
        Error::new(&codes::SECRET_KEY_MISSING, ErrorKind::Usage, message).hint("set `HOME`")
    })
}

/// The XDG Base Directory Specification: a relative path counts as unset.
pub(super) fn key_file_among(configuration: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let folder = configuration.and_then(absolute).or_else(|| home.and_then(absolute).map(|home| home.join(".config")));
    Some(folder?.join("skiff").join("local.key"))
}

/// The key; made when there is none.
pub(super) fn load_or_make(file: &Path, world: &World) -> Result<Key, Error> {
    if !file.try_exists().map_err(|error| refused("read", file, &error))? {
        make(file, world)?;
    }
    load(file)
}

/// The key.
pub(super) fn load(file: &Path) -> Result<Key, Error> {
    let text = match fs::read_to_string(file) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing(file)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(malformed(file)),
        Err(error) => return Err(refused("read", file, &error)),
    };
    check_private(file)?;
    let encoded = text.trim_end().strip_prefix(FORM).ok_or_else(|| malformed(file))?;
    let decoded = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| malformed(file))?);
    let bytes: [u8; 32] = decoded.as_slice().try_into().map_err(|_| malformed(file))?;
    Ok(named(Zeroizing::new(bytes)))
}

fn named(bytes: Zeroizing<[u8; 32]>) -> Key {
    let digest = Sha256::new_with_prefix("skiff local key id").chain_update(&bytes[..]).finalize();
    Key { bytes, id: digest[..8].iter().map(|byte| format!("{byte:02x}")).collect() }
}

/// Makes the key under another name and gives it its own only if that is still free: who comes second uses the first one's.
fn make(file: &Path, world: &World) -> Result<(), Error> {
    let failed = |error: &io::Error| refused("write", file, error);
    let folder = file.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let mut bytes = Zeroizing::new([0; 32]);
    world.random.fill(&mut bytes[..]);
    let line = Zeroizing::new(format!("{FORM}{}\n", encode(&bytes[..])));
    let private = fs::Permissions::from_mode(0o600);
    let mut new = tempfile::Builder::new().prefix(".local.key-").permissions(private).tempfile_in(folder);
    let new = new.as_mut().map_err(|error| failed(error))?;
    new.write_all(line.as_bytes()).and_then(|()| new.as_file().sync_all()).map_err(|error| failed(&error))?;
    match fs::hard_link(new.path(), file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(&error)),
        _ => super::disk::sync_folder(folder),
    }
}

fn check_private(file: &Path) -> Result<(), Error> {
    let metadata = fs::metadata(file).map_err(|error| refused("read", file, &error))?;
    if metadata.mode() & 0o077 == 0 {
        return Ok(());
    }
    let message = format!("others may read the key of the local secrets, `{}`", file.display());
    Err(Error::new(&codes::SECRET_KEY_UNSAFE, ErrorKind::NotAuthorised, message)
        .hint(format!("run `chmod 600 {}`", file.display())))
}

fn missing(file: &Path) -> Error {
    let message = format!("there is no key of the local secrets at `{}`", file.display());
    Error::new(&codes::SECRET_KEY_MISSING, ErrorKind::NotFound, message)
        .hint("put the file back, or set each secret again")
}

fn malformed(file: &Path) -> Error {
    let message = format!("`{}` is not a key of local secrets", file.display());
    Error::new(&codes::SECRET_KEY_UNSAFE, ErrorKind::Invalid, message)
        .hint("put the right file back; or remove it, and set each secret again")
}
