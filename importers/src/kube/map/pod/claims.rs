//! Claims: one of a single member that is not routed to becomes its volume, any other is reported.

use std::collections::BTreeSet;

use skiff_compiler::spec::{
    decode::Decode,
    service::{Kind, StatefulVolume},
    shorthand::{Mount, MountOf},
    values::MemorySize,
};

use super::volumes::{OUTLIVING, size};
use crate::kube::{
    codes::pod as codes,
    map::draft::{Claim, Draft},
    object::Field,
};

/// The size of a volume whose claim says none.
const SIZE: MemorySize = MemorySize(8 * 1024);

/// The namespace and name of a claim.
type Key = (String, String);

fn key(claim: &Claim<'_>) -> Key {
    let object = claim.spec.object();
    let name = claim.volume.at("persistentVolumeClaim.claimName").and_then(Field::text).unwrap_or(object.name());
    (object.namespace().to_owned(), name.to_owned())
}

/// The claims that more than one workload mounts.
pub(super) fn shared(drafts: &[Draft<'_>]) -> BTreeSet<Key> {
    let mut seen = BTreeSet::new();
    let keys = |draft: &Draft<'_>| draft.claims.iter().map(key).collect::<BTreeSet<_>>();
    drafts.iter().flat_map(keys).filter(|key| !seen.insert(key.clone())).collect()
}

/// Decides what becomes of the claims, when it is known what leads to the service and how many members it has.
pub(super) fn settle(draft: &mut Draft<'_>, shared: &BTreeSet<Key>) {
    let claims = std::mem::take(&mut draft.claims);
    let Some((claim, others)) = claims.split_first() else { return };
    for other in others {
        refuse(other, "a stateful service has one volume", "put the data into one volume, a bucket or a database");
    }
    if let Some((reason, action)) = objection(draft, claim, shared) {
        refuse(claim, &reason, action);
        return drop_mounts(draft);
    }
    if others.is_empty() {
        keep(draft, claim);
    } else {
        refuse(claim, "a stateful service has one volume", "put the data into one volume, a bucket or a database");
        drop_mounts(draft);
    }
}

/// Why the service cannot have the volume.
fn objection(draft: &Draft<'_>, claim: &Claim<'_>, shared: &BTreeSet<Key>) -> Option<(String, &'static str)> {
    let share = "put shared files into a bucket, data into a database";
    let modes = claim.spec.get("accessModes").map(Field::texts).unwrap_or_default();
    let single = modes.is_empty() || modes.iter().any(|mode| matches!(*mode, "ReadWriteOnce" | "ReadWriteOncePod"));
    let template = draft.workload.kind() == "StatefulSet";
    if !draft.service.routes.is_empty() {
        let action = "split the part that needs the volume off into a service of its own, or use a bucket";
        return Some(("the service is behind the load balancer, and a volume belongs to one member".into(), action));
    }
    match draft.service.kind {
        Kind::Job => Some(("a job has no volume".into(), share)),
        _ if shared.contains(&key(claim)) => Some(("several workloads share the claim".into(), share)),
        _ if draft.replicas.1 > 1 => Some((format!("{} members cannot share a volume", draft.replicas.1), share)),
        _ if !single && !template => Some((format!("several pods may share the claim ({})", modes.join(", ")), share)),
        _ if claim.spec.text_of("volumeMode") == Some("Block") => Some(("a block device has no files".into(), share)),
        _ => None,
    }
}

fn refuse(claim: &Claim<'_>, reason: &str, action: &str) {
    claim.volume.say(&codes::SHARED_CLAIM, reason, action);
    for mount in &claim.mounts {
        mount.share(&codes::SHARED_CLAIM, "its volume is not imported");
    }
    if claim.spec.object().kind() == "PersistentVolumeClaim" {
        claim.spec.share(&codes::SHARED_CLAIM, reason);
    }
}

/// Takes the mounts of the volume away that is not there.
fn drop_mounts(draft: &mut Draft<'_>) {
    let service = &mut draft.service;
    let beside = service.containers.values_mut().map(|container| &mut container.mounts);
    let before = service.init.iter_mut().map(|container| &mut container.mounts);
    for mounts in std::iter::once(&mut service.mounts).chain(beside).chain(before) {
        mounts.retain(|_, Mount(mount)| mount.volume.value.as_str() != OUTLIVING);
    }
}

fn keep(draft: &mut Draft<'_>, claim: &Claim<'_>) {
    draft.service.kind = Kind::Stateful;
    let size = claim.spec.at("resources.requests.storage").and_then(size).unwrap_or(SIZE);
    let path = main_path(draft);
    draft.service.volume = Some(StatefulVolume { size, path, ..StatefulVolume::fallback() });
    if let Some(rollout) = &mut draft.service.rollout {
        rollout.strategy = None;
        rollout.steps.clear();
    }
    say_kept(claim);
}

/// The path where the main container sees the whole volume; that mount is the volume's own.
fn main_path(draft: &mut Draft<'_>) -> String {
    let whole = |(_, Mount(mount)): &(&String, &Mount)| matches!(mount, MountOf { volume, path: None, read_only: None, .. } if volume.value.as_str() == OUTLIVING);
    let path = draft.service.mounts.iter().find(whole).map(|(path, _)| path.clone());
    match path {
        Some(path) => {
            draft.service.mounts.remove(&path);
            path
        }
        None => format!("/mnt/{OUTLIVING}"),
    }
}

fn say_kept(claim: &Claim<'_>) {
    if let Some(modes) = claim.spec.get("accessModes") {
        modes.touch();
    }
    if let Some(mode) = claim.spec.get("volumeMode") {
        mode.ignore("a volume has a file system");
    }
    let reason = "it becomes an EBS volume of type gp3 of the one member, in one zone";
    let action = "set `zone`, `backup`, `volume.iops` and `volume.throughput` as you need them";
    if let Some(class) = claim.spec.get("storageClassName") {
        class.share(&codes::CLAIM, "every volume is of type gp3");
    }
    let named = claim.volume.get("persistentVolumeClaim").unwrap_or(claim.volume);
    named.say(&codes::CLAIM, reason, action);
    let reason = "what is in the volume today stays in the cluster";
    named.note(
        &codes::COPY_DATA,
        reason,
        "stop the writer, copy the data to the new volume, compare, then start the service",
    );
}
