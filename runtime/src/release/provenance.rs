//! How a release was made: SLSA Provenance v1.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use skiff_wire::{Artifact, ReleaseArtifact};

use crate::{
    release::{Content, NewRelease, content::workloads, materials::Materials},
    state::Ledger,
};

const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/v1";
/// What Skiff's own packing is called; its rules are in [`crate::release::bundle`].
const BUILD_TYPE: &str = "https://skiff.dev/build/release/v1";
const BUILDER: &str = concat!("https://skiff.dev/cli/v", env!("CARGO_PKG_VERSION"));

/// The provenance of a release that is made now.
pub(super) fn of(ledger: &Ledger, new: &NewRelease, content: &Content, started: Timestamp) -> Materials {
    let sources = workloads(&new.manifest).map(|workload| {
        let source = match &workload.artifact {
            Artifact::Bundle { path } => json!({ "bundle": path }),
            Artifact::Image { reference, .. } => json!({ "image": reference }),
        };
        (workload.name.clone(), source)
    });
    let predicate = json!({
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {
                "app": new.scope.scope.app,
                "environment": new.scope.scope.environment,
                "service": new.scope.service,
                "label": new.label,
                "rollbackOf": new.rollback_of,
                "workloads": sources.collect::<Map<String, Value>>(),
            },
            "internalParameters": {},
            "resolvedDependencies": images(content),
        },
        "runDetails": {
            "builder": { "id": BUILDER },
            "metadata": { "startedOn": started, "finishedOn": ledger.world.clock.now() },
        },
    });
    Materials { predicate_type: PREDICATE_TYPE.into(), predicate }
}

fn images(content: &Content) -> Vec<Value> {
    let image = |artifact: &ReleaseArtifact| match artifact {
        ReleaseArtifact::Image { repository, sha256 } => {
            Some(json!({ "uri": format!("oci://{repository}@sha256:{sha256}"), "digest": { "sha256": sha256 } }))
        }
        ReleaseArtifact::Bundle { .. } => None,
    };
    content.artifacts.values().filter_map(image).collect()
}
