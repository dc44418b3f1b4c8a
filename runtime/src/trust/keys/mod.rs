//! Ed25519 keys: public ones that are worth trusting, private ones that never show themselves.
//!
//! [`folder`] keeps private keys as encrypted PKCS#8, [`elsewhere`] asks a command for signatures instead.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, VerifyingKey, pkcs8::DecodePublicKey as _};
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorKind},
    trust::codes,
    world::Random,
};

pub mod elsewhere;
pub mod folder;

pub use folder::{KeyEntry, KeyFolder};

/// A public key that is a point of the curve, written in the one canonical way, and not weak.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// A key from 64 lower-case hexadecimal digits, or from a PEM file (`-----BEGIN PUBLIC KEY-----`).
    ///
    /// # Errors
    /// [`codes::BAD_PUBLIC_KEY`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.starts_with("-----BEGIN PUBLIC KEY-----") {
            let key = VerifyingKey::from_public_key_pem(text).map_err(|error| refuse(text, &error.to_string()))?;
            return Self::of(&key.to_bytes());
        }
        let bytes = unhex(text).ok_or_else(|| refuse(text, "it is not 64 lower-case hexadecimal digits"))?;
        Self::of(&bytes)
    }

    /// A key from its 32 bytes.
    ///
    /// # Errors
    /// [`codes::BAD_PUBLIC_KEY`].
    pub fn of(bytes: &[u8; 32]) -> Result<Self, Error> {
        if !is_canonical(bytes) {
            return Err(refuse(&hex(bytes), "its coordinate is not below 2^255 - 19"));
        }
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| refuse(&hex(bytes), "it is no point of the curve"))?;
        if key.is_weak() {
            return Err(refuse(&hex(bytes), "it is weak: one signature fits many messages"));
        }
        Ok(Self(key))
    }

    /// Its 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(self.0.as_bytes())
    }

    /// Whether a signature is by this key over these bytes, strictly (RFC 8032, 8.4, and no points of small order).
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.hex())
    }
}

/// A private key, or who has it. Nothing of it can be printed but its name and its public half.
pub struct SigningKey {
    name: String,
    public: PublicKey,
    place: Place,
}

enum Place {
    /// In memory; overwritten when it is dropped.
    Here(Box<ed25519_dalek::SigningKey>),
    /// Behind a command.
    Elsewhere(Vec<String>),
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// None that a working source of randomness leads to.
    pub fn generate(name: &str, random: &dyn Random) -> Result<Self, Error> {
        let mut secret = Zeroizing::new([0; 32]);
        random.fill(&mut *secret);
        Self::held(name, ed25519_dalek::SigningKey::from_bytes(&secret))
    }

    /// A key in memory.
    fn held(name: &str, key: ed25519_dalek::SigningKey) -> Result<Self, Error> {
        let public = PublicKey::of(&key.verifying_key().to_bytes())?;
        Ok(Self { name: name.into(), public, place: Place::Here(Box::new(key)) })
    }

    /// A key that a command signs with: it gets the bytes on its standard input and prints the signature as base64.
    #[must_use]
    pub fn elsewhere(name: &str, public: PublicKey, command: Vec<String>) -> Self {
        Self { name: name.into(), public, place: Place::Elsewhere(command) }
    }

    /// What its owner calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs. There is no public key to pass, so it cannot be a wrong one (RUSTSEC-2022-0093).
    ///
    /// # Errors
    /// [`codes::SIGNER_FAILED`] for a key elsewhere.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], Error> {
        match &self.place {
            Place::Here(key) => Ok(key.sign(message).to_bytes()),
            Place::Elsewhere(command) => elsewhere::sign(&self.name, command, &self.public, message),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({} {:?})", self.name, self.public)
    }
}

/// A passphrase; overwritten when it is dropped, and never printed.
#[derive(PartialEq, Eq)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// A passphrase from what was typed or read; one line end at its end is not part of it.
    #[must_use]
    pub fn new(text: String) -> Self {
        let mut text = Zeroizing::new(text);
        if text.ends_with('\n') {
            text.pop();
        }
        if text.ends_with('\r') {
            text.pop();
        }
        Self(text)
    }

    /// How many characters it has.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.0.chars().count()
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The field's elements are the numbers below 2^255 - 19; the nineteen above are second spellings of the smallest.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    bytes[31] & 0x7f != 0x7f || bytes[1..31].iter().any(|byte| *byte != 0xff) || bytes[0] < 0xed
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs: Option<Vec<u8>> =
        text.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect();
    pairs?.try_into().ok()
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refuse(key: &str, why: &str) -> Error {
    let shown: String = key.chars().take(64).collect();
    Error::new(&codes::BAD_PUBLIC_KEY, ErrorKind::VerificationFailed, format!("the public key `{shown}`: {why}"))
        .hint("make a key with `skiff keys new`")
}
