//! Who may sign, and the one place that decides whether bytes may run.
//!
//! | module | gives |
//! |---|---|
//! | [`json`] | the form of what is signed: JSON that can mean one thing only |
//! | [`envelope`] | DSSE: signing bytes, and the bytes that enough keys have signed |
//! | [`keys`] | public keys that are worth trusting, private ones that never show themselves |
//! | [`root`], [`edit`] | the chain of roots, and the next one |
//! | [`verify`] | [`verify_release`]: the only door from bytes to a release that may run |
//!
//! **Signed, verified and parsed are the same bytes**; nothing is canonicalised. Absent on purpose: any key, digest or
//! algorithm that an envelope could choose for itself.

use jiff::Timestamp;
use skiff_wire::{ReleasePredicate, TrustRoot};

pub mod codes;
pub mod edit;
pub mod envelope;
pub mod json;
pub mod keys;
pub mod root;
pub mod verify;

pub use keys::{KeyEntry, KeyFolder, Passphrase, PublicKey, SigningKey};
pub use root::load_root;
pub use verify::{VerifiedArtifact, check_artifact, verify_payload, verify_release};

/// A root that was verified from a pinned one on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedRoot {
    /// The root.
    pub root: TrustRoot,
    /// `sha256:` and the SHA-256 of its signed bytes: what a member pins.
    pub digest: String,
}

/// What a release must be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// Service.
    pub service: String,
}

/// What the release is verified for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To assign it: it must not have expired, and its sequence must be higher than `sequence`.
    Assign {
        /// The time.
        now: Timestamp,
        /// The highest sequence that was ever assigned to the service.
        sequence: u64,
    },
    /// To boot it, once it is assigned: expiry does not matter, a revocation does, and its sequence must not be lower.
    Boot {
        /// The highest sequence that this member has seen.
        sequence: u64,
    },
}

/// A release whose signatures, binding and standing were verified; its manifest was parsed from the verified bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedRelease {
    /// SHA-256 of the signed payload, 64 hexadecimal digits.
    pub id: String,
    /// What it says.
    pub predicate: ReleasePredicate,
    /// The principals whose signatures counted, sorted.
    pub signers: Vec<String>,
}
