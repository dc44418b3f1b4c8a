//! What a member's VM tells its runner.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::is_zero;

/// The runner's configuration, from the VM's user data (`/etc/skiff/runner.json`): places and digests, no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberConfiguration {
    /// `skiff.dev/member/v1`.
    pub schema: String,
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// Service.
    pub service: String,
    /// Slot.
    pub slot: String,
    /// Region, `local` for the local provider.
    pub region: String,
    /// `arm64` or `x86_64`.
    pub architecture: String,
    /// The ledger: a folder, or `s3://bucket/prefix`.
    pub state_root: String,
    /// The digest of the runner that may run here.
    pub runner: String,
    /// The digest of the trust root to start from: `sha256:` and 64 hexadecimal digits.
    pub trust_root: String,
    /// Where the runner answers for the member's health.
    pub health_port: u16,
    /// The log group, or a name without meaning where there is none.
    pub log_group: String,
    /// The role of the workload, absent when it has none.
    pub workload_role: Option<String>,
    /// How it lives and stops, absent for a service that runs until it is told to stop.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub life: Option<MemberLife>,
    /// Whether it runs the release's `before` command once and ends, in the place of its workloads. What that command is, the
    /// signed release says and nothing else.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub before: bool,
    /// What only a member on this machine has.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub local: Option<LocalMember>,
}

impl MemberConfiguration {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/member/v1";
}

/// How a member lives and stops: what the runner needs of the service beside its release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberLife {
    /// `web`, `worker`, `job` or `stateful`; the main workload of a job ends, all others are started again when they end.
    pub kind: String,
    /// Seconds between SIGTERM and SIGKILL.
    pub grace_seconds: u32,
    /// Seconds that the runner itself waits, unhealthy, before it stops the workloads; zero where whoever ends the member
    /// has taken it out of the load balancer and waited already, as Auto Scaling does.
    pub drain_seconds: u32,
    /// Longest run of a job in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_seconds: Option<u32>,
    /// How often a failed run of a job is tried again.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub retries: u32,
}

/// How a `before` command ended: what its runner leaves in the member's folder as `before.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BeforeOutcome {
    /// Its exit code, absent when it did not end by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub exit: Option<i32>,
    /// Why it failed, one clause; absent when it succeeded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

impl BeforeOutcome {
    /// Its name in the member's folder.
    pub const FILE: &'static str = "before.json";
}

/// What a member on this machine has in the place of a VM of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalMember {
    /// Its instance id, such as `i-web-a-0f3c9d12`.
    pub instance: String,
    /// The port that it listens on in the place of a declared one; handed to the process as `PORT`.
    pub ports: BTreeMap<u16, u16>,
    /// Its folder: unpacked bundles, files, volumes, logs, the last verified assignment.
    pub folder: String,
    /// The folder of the volume that outlives the member, absent for a service without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub volume: Option<String>,
    /// Where the encrypted secrets of the local provider are.
    pub secrets: String,
    /// The file with the key of those secrets.
    pub secrets_key: String,
}
