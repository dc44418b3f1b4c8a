//! Who may sign, and the one place that decides whether bytes may run.

use jiff::Timestamp;
use skiff_wire::{ReleasePredicate, TrustRoot};

use crate::{
    error::{Error, ErrorKind},
    state::Ledger,
};

pub mod codes;

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

/// Walks the chain of roots in the ledger from the pinned one (or from version 1) to the newest, verifying each by the one
/// before.
///
/// # Errors
/// No root, a chain that does not verify, or one that ends below `floor`, the highest version seen before.
pub async fn load_root(ledger: &Ledger, pin: Option<&str>, floor: u64) -> Result<TrustedRoot, Error> {
    let _ = (ledger, pin, floor);
    Err(Error::new(&codes::NO_ROOT, ErrorKind::NotFound, "no trust root is in the ledger"))
}

/// Verifies a release: root → signatures → binding → expiry, sequence, revocation.
///
/// # Errors
/// Each refusal has its own code, and [`ErrorKind::VerificationFailed`].
pub fn verify_release(
    envelope: &[u8],
    root: &TrustedRoot,
    binding: &Binding,
    purpose: Purpose,
) -> Result<VerifiedRelease, Error> {
    let _ = (envelope, root, binding, purpose);
    Err(Error::new(&codes::NO_ROOT, ErrorKind::NotFound, "no trust root is in the ledger"))
}

/// Compares an artifact's bytes with the digest that a release names (64 hexadecimal digits).
///
/// # Errors
/// Another digest.
pub fn check_artifact(bytes: &[u8], sha256: &str) -> Result<(), Error> {
    let _ = (bytes, sha256);
    Err(Error::new(&codes::NO_ROOT, ErrorKind::VerificationFailed, "the digest differs"))
}
