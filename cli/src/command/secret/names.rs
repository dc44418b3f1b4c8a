//! Which secrets the services of a spec need on this machine.

use std::collections::{BTreeMap, BTreeSet};

use crate::{operating::manifest::local_secret_names, project::Compiled};

/// The services that need a secret, by its name.
pub(crate) type Users = BTreeMap<String, BTreeSet<String>>;

/// Every secret that the environment or a file of a workload refers to, as a deploy to this machine asks for it.
pub(crate) fn needed(compiled: &Compiled) -> Users {
    let mut users = Users::new();
    for (service, motion) in &compiled.plan.services {
        for name in local_secret_names(service, &motion.release, &compiled.ir.local) {
            users.entry(name).or_default().insert(service.clone());
        }
    }
    users
}
