//! What a container says of itself, as the release manifest says it.

use std::collections::BTreeMap;

use skiff_wire::{
    Artifact, Command, EnvironmentValue, Limits as LimitsDocument, Mount as MountDocument,
    Security as SecurityDocument, Volume as VolumeDocument, Workload,
};

use crate::{
    resolve::Written,
    spec::{
        decode::Spanned,
        service::{Medium, Volume},
        shorthand::{Mount, MountOf},
        workload::{Limits, Security},
    },
};

/// A container without what must be looked up first: secrets, files, ports, probes and hooks.
pub(super) fn of(written: &Written<'_>, artifact: Artifact) -> Workload {
    Workload {
        name: written.name.into(),
        artifact,
        command: Command {
            command: written.command.to_vec(),
            arguments: written.args.to_vec(),
            working_directory: written.working_directory.cloned(),
        },
        environment: environment(written),
        mounts: written.mounts.iter().map(|(at, Mount(mount))| (at.clone(), document(mount))).collect(),
        security: written.security.and_then(security),
        limits: written.limits.and_then(limits),
        files: BTreeMap::new(),
        ports: BTreeMap::new(),
        readiness: None,
        liveness: None,
        startup: None,
        hooks: None,
        first: false,
    }
}

/// Plain values, and facts about the member.
fn environment(written: &Written<'_>) -> BTreeMap<String, EnvironmentValue> {
    let plain = written.env.iter().map(|(name, value)| (name, EnvironmentValue::Value(value.value.clone())));
    let facts = written.facts.iter().map(|(name, fact)| (name, EnvironmentValue::Member(fact.word().into())));
    plain.chain(facts).map(|(name, value)| (name.to_string(), value)).collect()
}

fn document(MountOf { volume, path, read_only, .. }: &MountOf) -> MountDocument {
    MountDocument {
        volume: volume.value.to_string(),
        path: path.as_ref().map(|path| path.value.clone()),
        read_only: read_only.unwrap_or(false),
    }
}

/// All of the volume that outlives a stateful member.
pub(super) fn whole_volume() -> MountDocument {
    MountDocument { volume: "volume".into(), path: None, read_only: false }
}

/// A directory that containers share.
pub(super) fn volume(volume: &Volume) -> VolumeDocument {
    VolumeDocument {
        medium: volume.medium.unwrap_or(Medium::Disk).word().into(),
        size_mib: volume.size.map(|size| size.0),
    }
}

/// Nothing when nothing is said.
fn security(security: &Security) -> Option<SecurityDocument> {
    let id = |id: &Option<Spanned<u32>>| id.as_ref().map(|id| id.value);
    let words = |words: &[Spanned<String>]| words.iter().map(|word| word.value.clone()).collect();
    let document = SecurityDocument {
        user: id(&security.user),
        group: id(&security.group),
        groups: security.groups.iter().map(|group| group.value).collect(),
        volume_group: id(&security.volume_group),
        non_root: security.non_root.unwrap_or(false),
        read_only: security.read_only.unwrap_or(false),
        no_new_privileges: security.privilege_escalation == Some(false),
        add_capabilities: words(&security.add_capabilities),
        drop_capabilities: words(&security.drop_capabilities),
        privileged: security.privileged.unwrap_or(false),
    };
    (document != SecurityDocument::default()).then_some(document)
}

/// Nothing when nothing is said.
fn limits(limits: &Limits) -> Option<LimitsDocument> {
    let document =
        LimitsDocument { cpu_millis: limits.cpu.map(|cpu| cpu.0), memory_mib: limits.memory.map(|memory| memory.0) };
    (document != LimitsDocument::default()).then_some(document)
}
