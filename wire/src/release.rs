//! What a signed release binds: the workloads of a member, and what they find on its VM.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::plan::is_zero;

/// The part of a service that a signed release binds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseManifest {
    /// The main workload.
    pub main: Workload,
    /// Run in order to success before the main workload starts.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub init: Vec<Workload>,
    /// The program and arguments that run once, as the main workload, before any member of the release serves.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub before: Vec<String>,
    /// Run beside the main workload.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sidecars: Vec<Workload>,
    /// Directories that the workloads share, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub volumes: BTreeMap<String, Volume>,
    /// How the workloads resolve names, absent for the VPC's resolver.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dns: Option<Resolver>,
    /// More lines of the workloads' `/etc/hosts`: address → host names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub hosts: BTreeMap<String, Vec<String>>,
    /// Kernel parameters of the VM, set before any workload starts, such as `net.core.somaxconn`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub sysctls: BTreeMap<String, String>,
}

/// What stands in the workloads' `/etc/resolv.conf` (resolv.conf(5)).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolver {
    /// Addresses of name servers; empty for the VPC's.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub servers: Vec<String>,
    /// Domains that are tried in turn behind a short name; empty for the VPC's.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub search: Vec<String>,
    /// Options, such as `ndots:2`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub options: Vec<String>,
}

/// A directory that the workloads of one member share; it goes with the VM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// `disk` or `memory`.
    pub medium: String,
    /// Size in MiB, absent for as much as the medium has.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub size_mib: Option<u32>,
}

/// One process or container on the VM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// Its name within the service.
    pub name: String,
    /// What is run.
    pub artifact: Artifact,
    /// How it is started.
    pub command: Command,
    /// Environment variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub environment: BTreeMap<String, EnvironmentValue>,
    /// Files written before the start: path → content. A path that ends with `/` is a directory: its secret holds a JSON
    /// object, and each of its keys becomes a file there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub files: BTreeMap<String, File>,
    /// Ports it listens on, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub ports: BTreeMap<String, u16>,
    /// Directories: mount path → volume.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub mounts: BTreeMap<String, Mount>,
    /// Whether it may serve.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub readiness: Option<HealthCheck>,
    /// Whether it must be restarted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub liveness: Option<HealthCheck>,
    /// Whether it has started; the other two wait for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub startup: Option<HealthCheck>,
    /// Whom it runs as and what it may do, absent for what the artifact says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub security: Option<Security>,
    /// The most that it may take of the VM, absent for all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limits: Option<Limits>,
    /// What runs after it has started and before it is stopped.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hooks: Option<Hooks>,
    /// Whether a sidecar starts before `init` and stops after the main workload.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub first: bool,
}

/// Whom a workload runs as, and what it may do on the VM.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// User id, absent for the artifact's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<u32>,
    /// Group id, absent for the artifact's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<u32>,
    /// More group ids.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub groups: Vec<u32>,
    /// Group id that is given the volumes it mounts before it starts, and that it is a member of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub volume_group: Option<u32>,
    /// Whether it is not started when it would run as user 0.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub non_root: bool,
    /// Whether its root file system cannot be written.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub read_only: bool,
    /// Whether no process of it may gain privileges that its parent has not (`no_new_privs`, prctl(2)).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub no_new_privileges: bool,
    /// Capabilities (capabilities(7)) that it gets, without `CAP_`; `ALL` for all.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub add_capabilities: Vec<String>,
    /// Capabilities that it loses, without `CAP_`; `ALL` for all but those it gets.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub drop_capabilities: Vec<String>,
    /// Whether it is root on the VM.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub privileged: bool,
}

/// The most that a workload may take of its VM.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Processor time in thousandths of a vCPU; above it the workload waits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpu_millis: Option<u32>,
    /// Memory in MiB; above it the workload is killed and restarted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub memory_mib: Option<u32>,
}

/// What runs when a workload has started and before it is stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hooks {
    /// Runs after the start; a failure restarts the workload.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after_start: Option<Hook>,
    /// Runs before SIGTERM, within the grace; a failure is logged and the stop goes on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before_stop: Option<Hook>,
}

/// One hook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// `exec` or `http`.
    pub kind: String,
    /// Command of an `exec` hook, run in the workload.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub command: Vec<String>,
    /// Path of an `http` hook.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path: Option<String>,
    /// Port of an `http` hook.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub port: Option<u16>,
}

/// A volume, or a part of one, as a workload sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// The volume by name; `volume` is the one that outlives a stateful member.
    pub volume: String,
    /// The directory or file within the volume, absent for all of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path: Option<String>,
    /// Whether it cannot be written.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub read_only: bool,
}

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Artifact {
    /// A folder that Skiff packs reproducibly when it makes a release.
    Bundle {
        /// Folder relative to the spec.
        path: String,
    },
    /// An OCI image.
    Image {
        /// The reference as written.
        reference: String,
        /// The locked digest, absent while it is not locked.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        digest: Option<String>,
    },
}

/// How a workload is started; both empty means the image's own. `$(NAME)` is replaced as in [`EnvironmentValue::Value`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Program and its first arguments; replaces the image's ENTRYPOINT.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub command: Vec<String>,
    /// Arguments; replace the image's CMD.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub arguments: Vec<String>,
    /// Working directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub working_directory: Option<String>,
}

/// The value of an environment variable; a secret is always a reference.
///
/// The runner replaces `$(NAME)` in plain values, in commands and arguments, in exec probes and hooks by the value of the
/// same workload's variable NAME. `$$` stands for one `$` that begins nothing, and an unknown name stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EnvironmentValue {
    /// Plain text, in which `$(NAME)` is replaced.
    Value(String),
    /// Taken from a resource of the plan once it exists: a reference or a join.
    From(Value),
    /// Fetched by the runner when the workload starts.
    Secret {
        /// Reference to the secret resource, or its ARN.
        secret: Value,
        /// The JSON key within the secret, absent for the whole.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        key: Option<String>,
    },
    /// What the runner knows of the member: `name`, `instance-id`, `ip`, `zone`, `region` or `release`.
    Member(String),
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Text, absent when it is no text or comes from a secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content: Option<String>,
    /// Bytes as base64 (RFC 4648, padded, without line breaks).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base64: Option<String>,
    /// Reference to the secret whose value is the content.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub secret: Option<Value>,
    /// The JSON key within the secret, absent for the whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// Octal permissions, such as `0644`.
    pub mode: String,
}

/// A probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// `http`, `tcp`, `grpc` or `exec`.
    pub kind: String,
    /// HTTP path, or gRPC service name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path: Option<String>,
    /// Port, absent for `exec`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub port: Option<u16>,
    /// `https`, which verifies no certificate; absent for `http`, and for kinds that are not HTTP.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scheme: Option<String>,
    /// Headers of an `http` probe; `Host` replaces the address.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub headers: BTreeMap<String, String>,
    /// Command of an `exec` probe.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub command: Vec<String>,
    /// Seconds between two probes.
    pub interval_seconds: u32,
    /// Seconds after which a probe has failed.
    pub timeout_seconds: u32,
    /// Failures in a row that turn the verdict.
    pub failures: u32,
    /// Successes in a row that turn it back.
    pub successes: u32,
    /// Seconds before the first probe.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub delay_seconds: u32,
}
