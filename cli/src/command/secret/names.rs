//! Which secrets a plan's services need.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use skiff_runtime::local::secret::local_name;
use skiff_wire::{EnvironmentValue, Plan, ReleaseManifest, Workload};

/// The services that need a secret, by its name.
pub(crate) type Users = BTreeMap<String, BTreeSet<String>>;

/// Every secret that the environment or a file of a workload refers to.
pub(crate) fn needed(plan: &Plan) -> Users {
    let mut users = Users::new();
    for (service, motion) in &plan.services {
        for name in workloads(&motion.release).flat_map(references).filter_map(local_name) {
            users.entry(name).or_default().insert(service.clone());
        }
    }
    users
}

fn workloads(release: &ReleaseManifest) -> impl Iterator<Item = &Workload> {
    std::iter::once(&release.main).chain(&release.init).chain(&release.sidecars)
}

fn references(workload: &Workload) -> impl Iterator<Item = &Value> {
    let variables = workload.environment.values().filter_map(|value| match value {
        EnvironmentValue::Secret { secret, .. } => Some(secret),
        _ => None,
    });
    variables.chain(workload.files.values().filter_map(|file| file.secret.as_ref()))
}
