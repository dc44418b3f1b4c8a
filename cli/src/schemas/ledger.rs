//! The forms of `data` of the commands about the ledger, keys, secrets, logs and this machine.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use skiff_wire::{LedgerEvent, PrincipalKind, ReleaseArtifact, Severity, TrustRoot};

use crate::{schemas::operation::Any, standing::ReleaseName};

/// Events, the oldest first.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Events {
    /// What happened.
    events: Vec<LedgerEvent>,
    /// The place before which there is more, for `--before`; null when there is none.
    older: Option<String>,
}

/// Lines of logs.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Logs {
    /// The lines in their order.
    lines: Vec<LogLine>,
    /// The place to go on from, for `--after`; null when there is none.
    next: Option<String>,
}

/// One line that a workload wrote.
#[derive(Serialize, JsonSchema)]
struct LogLine {
    /// When it was read.
    at: Timestamp,
    /// The member.
    instance: String,
    /// The workload.
    workload: String,
    /// `stdout`, `stderr`, or `runner` for what the runner says.
    stream: String,
    /// Its text, secrets blacked out.
    text: String,
}

/// What was looked at.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Doctored {
    /// Each thing that was looked at.
    checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Serialize, JsonSchema)]
struct Check {
    /// What.
    check: String,
    /// `ok` or `attention`.
    verdict: String,
    /// What was seen, in a sentence.
    summary: String,
}

/// A secret that was set.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SecretSet {
    /// Its name.
    name: String,
    /// Its version; absent in a dry run, null for one that was never set.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Option<u64>>,
    /// Whether the value is another one than before.
    changed: bool,
}

/// The secrets that services need, and those that are set.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Secrets {
    /// By name.
    secrets: Vec<Secret>,
}

/// One secret.
#[derive(Serialize, JsonSchema)]
struct Secret {
    /// Its name.
    name: String,
    /// Its version; null while it is not set.
    version: Option<u64>,
    /// When it was set; null likewise.
    set_at: Option<Timestamp>,
    /// The services that need it.
    services: Vec<String>,
}

/// A key that was made; nothing in a dry run.
#[derive(Serialize, JsonSchema)]
pub(crate) struct KeyMade {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<PrincipalKind>,
    /// Its public half, 64 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    /// The folder that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
}

/// The keys of this machine and of the trust root.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Keys {
    /// The folder of this machine's keys.
    folder: String,
    /// The keys.
    keys: Vec<Key>,
    /// The newest root of trust; null while there is none.
    trust_root: Option<Root>,
}

/// One key.
#[derive(Serialize, JsonSchema)]
struct Key {
    /// Its name on this machine, else the principal's.
    name: String,
    /// Whose it is.
    kind: PrincipalKind,
    /// Its public half, 64 hexadecimal digits.
    public_key: String,
    /// Whether its private half is on this machine.
    on_this_machine: bool,
    /// Whether a command signs with it.
    signed_by_command: bool,
    /// The principal whose key it is; null when it counts for nobody.
    principal: Option<String>,
    /// The roles that this gives.
    roles: Vec<String>,
}

/// A root of trust with its digest.
#[derive(Serialize, JsonSchema)]
struct Root {
    /// SHA-256 of its signed bytes.
    digest: String,
    /// What it says.
    root: TrustRoot,
}

/// A root of trust that was made, would be, or that others must sign too.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RootChanged {
    /// Its version; absent before it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    /// SHA-256 of its signed bytes; absent likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// The file that others add their signatures to.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<String>,
    /// What it says.
    root: TrustRoot,
    /// What is different from the one before, a clause each.
    changes: Vec<String>,
}

/// A release that was made, or would be.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ReleaseMade {
    /// The service.
    service: String,
    /// The release; absent in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<ReleaseName>,
    /// Who signed it; absent likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    signers: Option<Vec<String>>,
    /// When it may not be assigned any more.
    expires: Timestamp,
    /// What it would be called, in a dry run; null for no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<Option<String>>,
    /// What it would carry, by workload, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    artifacts: Option<BTreeMap<String, ReleaseArtifact>>,
}

/// A release that verifies.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ReleaseVerified {
    /// Its id: SHA-256 of the signed payload.
    id: String,
    /// The service.
    service: String,
    /// Whose signatures count.
    signers: Vec<String>,
    /// The version of the trust root by which.
    root_version: u64,
    /// The attestations beside it.
    attestations: Vec<Attestation>,
    /// Whether it may be assigned anew.
    assignable: bool,
    /// Why it may not; null when it may.
    not_assignable: Option<Why>,
}

/// A statement beside a release.
#[derive(Serialize, JsonSchema)]
struct Attestation {
    /// `sbom` or `provenance`.
    kind: String,
    /// The type of its predicate.
    predicate_type: Option<String>,
    /// Whose signatures count.
    signers: Vec<String>,
}

/// A code with its sentence.
#[derive(Serialize, JsonSchema)]
struct Why {
    /// A code that `skiff explain` knows.
    code: String,
    /// One sentence.
    message: String,
}

/// What a ledger has, and what is wrong with it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Verified {
    /// The ledger's folder.
    state: String,
    /// Objects that were read.
    objects: u64,
    /// Artifacts among them.
    artifacts: u64,
    /// Services.
    services: u64,
    /// Operations.
    operations: u64,
    /// Events.
    events: u64,
    /// What is wrong.
    findings: Vec<Found>,
}

/// Something that is wrong with a document.
#[derive(Serialize, JsonSchema)]
struct Found {
    /// Its code.
    code: String,
    /// How bad it is.
    severity: Severity,
    /// The document.
    key: String,
    /// One sentence.
    message: String,
    /// What to do.
    hint: String,
    /// Whether `skiff state repair` mends it.
    mendable: bool,
}

/// What was mended, or would be.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Repaired {
    /// Whether nothing was written.
    dry_run: bool,
    /// What was mended.
    mended: Vec<Mended>,
    /// What must be restored from a copy.
    left: Vec<Found>,
}

/// A document that was mended.
#[derive(Serialize, JsonSchema)]
struct Mended {
    /// The code of what was wrong.
    code: String,
    /// The document.
    key: String,
    /// What was wrong.
    message: String,
    /// What was done.
    action: String,
    /// Where what was there before is now; null when there was nothing.
    kept: Option<String>,
}

/// What nothing needs any more.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Collected {
    /// Whether nothing was removed.
    dry_run: bool,
    /// Releases, by key.
    releases: Vec<String>,
    /// Attestations, by key.
    attestations: Vec<String>,
    /// Artifacts, by key.
    artifacts: Vec<String>,
    /// Their bytes.
    artifact_bytes: u64,
    /// Events, by key.
    events: Vec<String>,
    /// Members' documents, by key.
    members: Vec<String>,
    /// Artifacts that a release needs by now, and that were moved back.
    restored: Vec<String>,
    /// Releases that are kept, with the reason, by key.
    kept: BTreeMap<String, String>,
}

/// The local provider, brought up; in a dry run only what would be applied.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is wanted: a command prints one or the other")]
pub(crate) enum Up {
    /// What was done.
    Done(UpDone),
    /// What would be.
    Would {
        /// Keys of the resources that are not as they were last applied.
        would_apply: Vec<String>,
    },
}

/// What bringing up has done.
#[derive(Serialize, JsonSchema)]
pub(crate) struct UpDone {
    /// Whether a supervisor was started; otherwise one was there.
    started: bool,
    /// The port that the load balancer listens on.
    port: u16,
    /// Keys of the resources that were made or changed.
    applied: Vec<String>,
    /// Keys of the resources that were removed.
    removed: Vec<String>,
    /// The root of trust that members start from; null while there is none.
    trust_root: Option<String>,
    /// What of the plan this machine cannot do.
    not_honoured: Vec<Any>,
}

/// The local provider, brought down.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Down {
    /// Whether there was anything to end.
    was_up: bool,
    /// What was ended.
    ended: Vec<Ended>,
}

/// A process that was ended.
#[derive(Serialize, JsonSchema)]
struct Ended {
    /// Its number.
    pid: i32,
    /// `supervisor`, `balancer`, or a member's instance id.
    role: String,
}

/// A job that was run once.
#[derive(Serialize, JsonSchema)]
pub(crate) struct JobRun {
    /// The job.
    service: String,
    /// Its release.
    release: String,
    /// The member that ran it; null in a dry run.
    instance: Option<String>,
}

/// The way of the quickstart.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Walked {
    /// Each command, with what it printed.
    stages: Vec<Stage>,
    /// What came of the requests that were sent meanwhile.
    loads: Vec<Load>,
    /// The folder that is left running; null when nothing is.
    kept: Option<String>,
}

/// A command that was run.
#[derive(Serialize, JsonSchema)]
struct Stage {
    /// The command.
    argv: Vec<String>,
    /// The envelope that it printed.
    result: Any,
}

/// What came of requests.
#[derive(Serialize, JsonSchema)]
struct Load {
    /// Requests that were sent.
    requests: u64,
    /// Those that got no answer, or one that is no success.
    failed: u64,
    /// Why the first few failed.
    failures: Vec<String>,
    /// How many each version answered.
    versions: BTreeMap<String, u64>,
    /// The slowest answer, in milliseconds.
    slowest_ms: u64,
}
