//! Objects of kinds that become nothing as a whole: each is named, none is silent.

use super::cluster::Cluster;
use crate::kube::{codes, table};

/// Says of every object that the table does not map field by field what becomes of it.
pub(super) fn say(cluster: &Cluster<'_>) {
    for object in cluster.objects() {
        let version = &object.manifest.api_version;
        if table::kind(version, object.kind()).is_some() {
            continue;
        }
        match table::other(version, object.kind()) {
            None => {
                let reason = format!("Skiff does not know `{}` of `{version}`", object.kind());
                object.say(
                    &codes::general::UNKNOWN_KIND,
                    reason,
                    "do by hand what its operator does, or import what it creates",
                );
            }
            Some(other) => match other.code {
                Some(code) => object.say(code, other.reason, other.action),
                None => object.root().ignore(other.reason),
            },
        }
    }
}
