//! What is different on one's own machine: the `local:` part of `skiff.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the local provider puts in the place of what a plan says; no plan contains it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalOverlay {
    /// The port of the load balancer, absent for the default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub port: Option<u16>,
    /// By service.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub services: BTreeMap<String, LocalService>,
    /// Stand-ins: what is used → variable → value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub uses: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is different in one service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalService {
    /// A folder in the place of the main workload's artifact, relative to the spec.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bundle: Option<String>,
    /// The main workload's program and arguments, empty for those it has.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub command: Vec<String>,
    /// Environment variables of the main workload, in the place of those with the same name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub environment: BTreeMap<String, String>,
    /// Where what the service takes over from is reached, `host:port`: the address behind `cutover.from`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legacy: Option<String>,
    /// How many members, absent for the plan's minimum.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replicas: Option<u32>,
}
