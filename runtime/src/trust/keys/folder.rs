//! A folder of keys: for each a private file, encrypted, and beside it what may be known of it.
//!
//! ```text
//! <name>.pem    encrypted PKCS#8 (scrypt, AES-256-CBC), mode 0600; absent for a key that is elsewhere
//! <name>.json   name, kind, public key, and the command that signs where there is no private file
//! ```

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use ed25519_dalek::pkcs8::{EncodePrivateKey as _, KeypairBytes};
use pkcs8::{
    DecodePrivateKey as _, EncryptedPrivateKeyInfoOwned, EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef,
    SecretDocument,
    der::pem::PemLabel as _,
    pkcs5::{pbes2::Parameters, scrypt},
};
use serde::{Deserialize, Serialize};
use skiff_wire::PrincipalKind;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    error::{Error, ErrorKind},
    trust::{
        codes,
        keys::{Passphrase, PublicKey, SigningKey},
    },
    world::Random,
};

/// The cost of scrypt, as log2 N, r and p: one of the settings that OWASP's Password Storage Cheat Sheet calls equal, and
/// the one of them that OpenSSL reads without more memory than it allows itself.
const COST: (u8, u32, u32) = (14, 8, 5);

/// A folder of keys.
#[derive(Debug, Clone)]
pub struct KeyFolder {
    path: PathBuf,
}

/// What may be known of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEntry {
    /// `skiff.dev/key/v1`.
    pub schema: String,
    /// What its owner calls it; the principal's name, unless an enrolment says otherwise.
    pub name: String,
    /// What its owner is.
    pub kind: PrincipalKind,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// The command that signs, empty for a private file.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub command: Vec<String>,
}

impl KeyEntry {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/key/v1";
}

impl KeyFolder {
    /// A folder; it is made with the first key.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a key, and keeps it encrypted.
    ///
    /// # Errors
    /// A name that cannot be one or is taken, and a folder that cannot be written.
    pub fn create(
        &self,
        name: &str,
        kind: PrincipalKind,
        passphrase: &Passphrase,
        random: &dyn Random,
    ) -> Result<KeyEntry, Error> {
        self.make_room(name)?;
        let mut secret = Zeroizing::new([0; 32]);
        random.fill(&mut *secret);
        let key = ed25519_dalek::SigningKey::from_bytes(&secret);
        let text = encrypt(&key, passphrase, random)
            .ok_or_else(|| Error::new(&codes::UNREADABLE_KEY, ErrorKind::Internal, "the key could not be encrypted"))?;
        self.write(name, "pem", &text)?;
        self.enter(name, kind, &PublicKey::of(&key.verifying_key().to_bytes())?, Vec::new())
    }

    /// Notes a key that a command signs with.
    ///
    /// # Errors
    /// As [`KeyFolder::create`].
    pub fn refer(
        &self,
        name: &str,
        kind: PrincipalKind,
        public: &PublicKey,
        command: Vec<String>,
    ) -> Result<KeyEntry, Error> {
        self.make_room(name)?;
        self.enter(name, kind, public, command)
    }

    /// All keys, sorted by name; none when there is no such folder.
    ///
    /// # Errors
    /// A folder or an entry that cannot be read.
    pub fn entries(&self) -> Result<Vec<KeyEntry>, Error> {
        let files = match fs::read_dir(&self.path) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.path, &error)),
        };
        let mut names = Vec::new();
        for file in files {
            let path = file.map_err(|error| unreadable(&self.path, &error))?.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            names.extend(name.filter(|_| path.extension().is_some_and(|end| end == "json")).map(str::to_owned));
        }
        names.sort();
        names.iter().map(|name| self.entry(name)).collect()
    }

    /// What may be known of a key.
    ///
    /// # Errors
    /// No such key, or one that cannot be read.
    pub fn entry(&self, name: &str) -> Result<KeyEntry, Error> {
        let path = self.file(check_name(name)?, "json");
        let text = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        let damaged = |why: String| {
            let message = format!("could not read the key `{}`: {why}", path.display());
            Error::new(&codes::UNREADABLE_KEY, ErrorKind::Invalid, message)
        };
        let entry: KeyEntry = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if entry.schema != KeyEntry::SCHEMA || entry.name != name {
            return Err(damaged(format!("it is a `{}` of `{}`", entry.schema, entry.name)));
        }
        Ok(entry)
    }

    /// A key that can sign. The passphrase is asked for only where one is needed.
    ///
    /// # Errors
    /// A key that is not there, is open to others, or does not open; what `passphrase` gives.
    pub fn load<E: From<Error>>(
        &self,
        name: &str,
        passphrase: impl FnOnce() -> Result<Passphrase, E>,
    ) -> Result<SigningKey, E> {
        let entry = self.entry(name)?;
        let public = PublicKey::parse(&entry.public_key)?;
        if !entry.command.is_empty() {
            return Ok(SigningKey::elsewhere(name, public, entry.command));
        }
        let path = self.file(name, "pem");
        let text = read_private(&path)?;
        let key = SigningKey::held(name, decrypt(&text, &passphrase()?, &path)?)?;
        if key.public() != public {
            let message = format!("`{}` and the `.json` beside it are of different keys", path.display());
            return Err(Error::new(&codes::UNREADABLE_KEY, ErrorKind::Invalid, message).into());
        }
        Ok(key)
    }

    /// Gives a key another name: how the old key of a principal makes room for the new one. Nothing is overwritten.
    ///
    /// # Errors
    /// No such key, or one that has the new name already.
    pub fn rename(&self, name: &str, to: &str) -> Result<(), Error> {
        let entry = self.entry(name)?;
        self.make_room(to)?;
        let public = PublicKey::parse(&entry.public_key)?;
        if entry.command.is_empty() {
            let (from, to) = (self.file(name, "pem"), self.file(to, "pem"));
            fs::rename(&from, &to).map_err(|error| unreadable(&from, &error))?;
        }
        self.enter(to, entry.kind, &public, entry.command)?;
        let old = self.file(name, "json");
        fs::remove_file(&old).map_err(|error| unreadable(&old, &error))
    }

    fn enter(
        &self,
        name: &str,
        kind: PrincipalKind,
        public: &PublicKey,
        command: Vec<String>,
    ) -> Result<KeyEntry, Error> {
        let (schema, public_key) = (KeyEntry::SCHEMA.into(), public.hex());
        let entry = KeyEntry { schema, name: name.into(), kind, public_key, command };
        let text = String::from_utf8_lossy(&crate::state::document::print(&entry)?).into_owned();
        self.write(name, "json", &text)?;
        Ok(entry)
    }

    fn make_room(&self, name: &str) -> Result<(), Error> {
        check_name(name)?;
        for end in ["pem", "json"] {
            let path = self.file(name, end);
            if path.exists() {
                return Err(taken(&path));
            }
        }
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path);
        made.map_err(|error| unwritable(&self.path, &error))
    }

    /// Writes a new file that only its owner can read, and waits until it is on the disk.
    fn write(&self, name: &str, end: &str, text: &str) -> Result<(), Error> {
        let path = self.file(name, end);
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let written = opened.and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        let written = written.and_then(|()| fs::File::open(&self.path)?.sync_all());
        written.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => taken(&path),
            _ => unwritable(&path, &error),
        })
    }

    fn file(&self, name: &str, end: &str) -> PathBuf {
        self.path.join(format!("{name}.{end}"))
    }
}

/// Checks what becomes the name of a file and of a principal.
///
/// # Errors
/// [`codes::BAD_NAME`].
pub fn check_name(name: &str) -> Result<&str, Error> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if first && name.len() <= 63 && name.bytes().all(plain) {
        return Ok(name);
    }
    Err(Error::new(&codes::BAD_NAME, ErrorKind::Usage, format!("`{name}` cannot be the name of a key"))
        .hint("small letters, digits, `.`, `_` and `-`, at most 63, beginning with a letter or a digit"))
}

fn encrypt(key: &ed25519_dalek::SigningKey, passphrase: &Passphrase, random: &dyn Random) -> Option<Zeroizing<String>> {
    let (mut salt, mut start) = ([0; 16], [0; 16]);
    random.fill(&mut salt);
    random.fill(&mut start);
    let cost = scrypt::Params::new(COST.0, COST.1, COST.2).ok()?;
    let parameters = Parameters::generate_scrypt_aes256cbc(cost, &salt, start).ok()?;
    // Without the public half, as PKCS#8 had it first: OpenSSL and others do not read the newer form (RFC 5958).
    let mut pair = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
    let plain = pair.to_pkcs8_der();
    pair.secret_key.zeroize();
    let plain = plain.ok()?;
    let plain = PrivateKeyInfoRef::try_from(plain.as_bytes()).ok()?;
    let sealed = plain.encrypt_with_params(parameters, passphrase.bytes()).ok()?;
    sealed.to_pem(EncryptedPrivateKeyInfoOwned::PEM_LABEL, LineEnding::LF).ok()
}

fn decrypt(text: &str, passphrase: &Passphrase, path: &Path) -> Result<ed25519_dalek::SigningKey, Error> {
    let sealed = SecretDocument::from_pem(text).ok().filter(|(label, document)| {
        *label == EncryptedPrivateKeyInfoOwned::PEM_LABEL
            && EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).is_ok()
    });
    if sealed.is_none() {
        let message = format!("`{}` is no encrypted PKCS#8 file", path.display());
        return Err(Error::new(&codes::UNREADABLE_KEY, ErrorKind::Invalid, message));
    }
    ed25519_dalek::SigningKey::from_pkcs8_encrypted_pem(text, passphrase.bytes()).map_err(|_| {
        let message = format!("the passphrase does not open `{}`", path.display());
        Error::new(&codes::WRONG_PASSPHRASE, ErrorKind::NotAuthorised, message)
            .hint("give the right one with `--passphrase-file FILE`")
    })
}

fn read_private(path: &Path) -> Result<Zeroizing<String>, Error> {
    let failed = |error: io::Error| unreadable(path, &error);
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        let message = format!("`{}` can be read or written by others (mode {:o})", path.display(), mode & 0o777);
        return Err(Error::new(&codes::OPEN_KEY, ErrorKind::NotAuthorised, message)
            .hint(format!("chmod 600 {}", path.display())));
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(failed)
}

fn taken(path: &Path) -> Error {
    Error::new(&codes::KEY_EXISTS, ErrorKind::Conflict, format!("`{}` is there already", path.display()))
        .hint("choose another name; no key is ever overwritten")
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::NotAuthorised,
        _ => ErrorKind::Invalid,
    };
    let message = format!("could not read the key `{}`: {error}", path.display());
    Error::new(&codes::UNREADABLE_KEY, kind, message)
        .hint("`skiff keys list` shows the keys there are; `SKIFF_KEYS` names another folder")
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::NotAuthorised,
        _ => ErrorKind::Invalid,
    };
    Error::new(&codes::UNREADABLE_KEY, kind, format!("could not write the key `{}`: {error}", path.display()))
        .hint("`SKIFF_KEYS` names another folder")
}
