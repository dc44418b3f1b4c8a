//! `skiff.lock`: what is not in the spec and must not drift.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The content of `skiff.lock`, committed beside `skiff.yaml` and written only by `skiff lock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// `skiff.dev/lock/v1`.
    pub schema: String,
    /// Image reference as written in the spec → digest, such as `sha256:…`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub images: BTreeMap<String, String>,
    /// Region → architecture (`arm64`, `x86_64`) → AMI id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub amis: BTreeMap<String, BTreeMap<String, String>>,
    /// Environment → what is particular to it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environments: BTreeMap<String, EnvironmentLock>,
}

/// What is locked for one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentLock {
    /// Route (`service host kind:path`) → listener-rule priority.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub priorities: BTreeMap<String, u32>,
    /// Plan input → value, such as `vpc_id: vpc-0abc` or `zone_id: Z123`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
}

impl Default for Lock {
    fn default() -> Self {
        Self {
            schema: Self::SCHEMA.into(),
            images: BTreeMap::new(),
            amis: BTreeMap::new(),
            environments: BTreeMap::new(),
        }
    }
}

impl Lock {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/lock/v1";

    /// The locked AMI of an architecture in a region.
    #[must_use]
    pub fn ami(&self, region: &str, architecture: &str) -> Option<&str> {
        self.amis.get(region)?.get(architecture).map(String::as_str)
    }

    /// The locked value of a plan input in an environment.
    #[must_use]
    pub fn input(&self, environment: &str, name: &str) -> Option<&str> {
        self.environments.get(environment)?.inputs.get(name).map(String::as_str)
    }

    /// The locked priority of a route in an environment.
    #[must_use]
    pub fn priority(&self, environment: &str, route: &str) -> Option<u32> {
        self.environments.get(environment)?.priorities.get(route).copied()
    }
}
