//! Who may sign what: the trust root, and the statements that are signed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ReleaseManifest;

/// The trust root: `trust/root.<version>.json` holds it in a [`SignedEnvelope`] of payload type [`TrustRoot::PAYLOAD_TYPE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustRoot {
    /// `skiff.dev/trust-root/v1`.
    pub schema: String,
    /// From one, one more with each.
    pub version: u64,
    /// After this no release or approval is accepted by it any more; what runs goes on, and a new root may still follow.
    pub expires: Timestamp,
    /// Principals by name.
    pub principals: BTreeMap<String, Principal>,
    /// Roles by name: `root`, `release`, `runner`, `approval`.
    pub roles: BTreeMap<String, RoleRule>,
    /// Releases that may not be assigned or booted any more, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub revoked_releases: Vec<String>,
}

impl TrustRoot {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/trust-root/v1";
    /// The payload type of its envelope.
    pub const PAYLOAD_TYPE: &'static str = "application/vnd.skiff.trust-root+json";
}

/// Someone or something with a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// What it is.
    pub kind: PrincipalKind,
    /// Its Ed25519 public key: 64 hexadecimal digits.
    pub public_key: String,
}

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// A person.
    Human,
    /// A program that decides; it may ask for an approval and never gives one.
    Agent,
    /// A build.
    Ci,
}

/// How many of whom must sign for a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// How many distinct keys, at least one.
    pub threshold: u32,
    /// Names of principals, sorted.
    pub principals: Vec<String>,
}

/// A DSSE v1 envelope: bytes, what they are, and who signed them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedEnvelope {
    /// The signed bytes as base64.
    pub payload: String,
    /// What they are; signed with them.
    pub payload_type: String,
    /// Signatures over the pre-authentication encoding of both.
    pub signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSignature {
    /// A hint whose key it is; nobody vouches for it.
    #[serde(default)]
    pub keyid: String,
    /// The signature as base64.
    pub sig: String,
}

/// An in-toto Statement v1 about a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseStatement {
    /// `https://in-toto.io/Statement/v1`.
    #[serde(rename = "_type")]
    pub statement_type: String,
    /// The artifacts, by workload.
    pub subject: Vec<StatementSubject>,
    /// `https://skiff.dev/release/v1`.
    pub predicate_type: String,
    /// What is said of them.
    pub predicate: ReleasePredicate,
}

impl ReleaseStatement {
    /// The payload type of a release's envelope.
    pub const PAYLOAD_TYPE: &'static str = "application/vnd.in-toto+json";
    /// What an in-toto statement calls itself.
    pub const STATEMENT_TYPE: &'static str = "https://in-toto.io/Statement/v1";
    /// What a release calls what it says.
    pub const PREDICATE_TYPE: &'static str = "https://skiff.dev/release/v1";
}

/// One artifact of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementSubject {
    /// The workload's name.
    pub name: String,
    /// `sha256` and its 64 hexadecimal digits.
    pub digest: BTreeMap<String, String>,
}

/// What a release binds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleasePredicate {
    /// Application it may run as.
    pub app: String,
    /// Environment it may run in.
    pub environment: String,
    /// Service it may run as.
    pub service: String,
    /// Higher than that of every release before it.
    pub sequence: u64,
    /// After this it may not be assigned any more; what was assigned goes on running, and boots.
    pub expires: Timestamp,
    /// What is run, by workload.
    pub artifacts: BTreeMap<String, ReleaseArtifact>,
    /// How it is run; every value that a resource gives is in it.
    pub manifest: ReleaseManifest,
    /// What people call it, such as `v2` or a commit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub label: Option<String>,
    /// The release that was the newest when this one was made.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous: Option<String>,
    /// The release whose artifacts and manifest this one repeats: a rollback.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rollback_of: Option<String>,
}

/// The bytes of one workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ReleaseArtifact {
    /// A reproducible archive in the ledger, under `artifacts/<sha256>`.
    Bundle {
        /// 64 hexadecimal digits.
        sha256: String,
        /// Bytes.
        size: u64,
    },
    /// An OCI image.
    Image {
        /// Registry and repository, without tag.
        repository: String,
        /// The manifest's SHA-256, 64 hexadecimal digits.
        sha256: String,
    },
}
