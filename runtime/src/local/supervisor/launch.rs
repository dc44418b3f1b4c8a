//! Launching a member: its ports, its folder, its record, its runner.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    os::unix::{fs::DirBuilderExt, fs::symlink, process::CommandExt},
    path::Path,
    process::Child,
};

use skiff_wire::{LocalMember, MemberConfiguration, MemberLife};

use crate::{
    error::{Error, ErrorKind},
    local::{
        Place, Program, codes,
        desired::{MemberRecord, ServiceFacts},
        file, pin,
        place::cannot_write,
        process, secret,
    },
    provider::SlotAddress,
    world::World,
};

/// A fresh instance id: service, slot, and chance, so that none is ever used again.
pub(super) fn instance_id(slot: &SlotAddress, world: &World) -> String {
    let chance = world.nonce();
    format!("i-{}-{}-{}", slot.service.service, slot.slot, chance.get(..8).unwrap_or(&chance))
}

/// Makes a member's folder with its runner's configuration in it.
pub(super) fn prepare(place: &Place, record: &MemberRecord, facts: &ServiceFacts) -> Result<(), Error> {
    let folder = place.member(&record.instance);
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map_err(|error| cannot_write(&folder, &error))?;
    if facts.volume {
        lay_volume(&folder, &place.volume(&record.service())).map_err(|error| cannot_write(&folder, &error))?;
    }
    file::write(&folder.join("runner.json"), &configuration(place, record, facts)?)
}

/// Puts the volume that outlives a stateful member where its runner looks for it.
fn lay_volume(folder: &Path, volume: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(volume)?;
    let volumes = folder.join("volumes");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&volumes)?;
    match symlink(volume, volumes.join("volume")) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn configuration(place: &Place, record: &MemberRecord, facts: &ServiceFacts) -> Result<MemberConfiguration, Error> {
    let path = |path: &Path| path.to_string_lossy().into_owned();
    Ok(MemberConfiguration {
        schema: MemberConfiguration::SCHEMA.into(),
        app: record.app.clone(),
        environment: record.environment.clone(),
        service: record.service.clone(),
        slot: record.slot.clone(),
        region: "local".into(),
        architecture: architecture().into(),
        state_root: path(place.state()),
        // The runner is this very executable, so there is no other that could be meant.
        runner: "local".into(),
        trust_root: pin::read(place)?.unwrap_or_default(),
        health_port: record.health_port,
        log_group: format!("/skiff/{}-{}-{}", record.app, record.environment, record.service),
        workload_role: None,
        life: Some(MemberLife {
            kind: facts.kind.clone(),
            grace_seconds: facts.stop.grace_seconds,
            // The supervisor has taken the member out of the load balancer and waited before it asks the runner to end.
            drain_seconds: 0,
            timeout_seconds: match record.before {
                Some(_) => Some(facts.rollout_seconds).filter(|seconds| *seconds > 0),
                None => facts.timeout_seconds,
            },
            retries: facts.retries,
        }),
        before: record.before.is_some(),
        local: Some(LocalMember {
            instance: record.instance.clone(),
            ports: record.ports.clone(),
            folder: path(&place.member(&record.instance)),
            volume: facts.volume.then(|| path(&place.volume(&record.service()))),
            secrets: path(&place.secrets()),
            secrets_key: path(&secret::default_key_file()?),
        }),
    })
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    }
}

/// Starts the runner of a member, in a process group of its own.
pub(super) fn start(place: &Place, program: &Program, instance: &str) -> Result<Child, Error> {
    let folder = place.member(instance);
    let said = File::create(folder.join("runner.err")).map_err(|error| cannot_write(&folder, &error))?;
    let also = said.try_clone().map_err(|error| cannot_write(&folder, &error))?;
    let mut command = process::command(program, place, instance);
    command.arg("--config").arg(folder.join("runner.json")).stdout(said).stderr(also).process_group(0);
    command.spawn().map_err(|error| {
        let message = format!("`{}` could not be started for `{instance}`: {error}", program.path.display());
        Error::new(&codes::NOT_STARTED, ErrorKind::Unavailable, message)
    })
}

/// What a member's folder keeps once it has ended: its logs and what they are read by.
const KEPT: [&str; 3] = ["logs", "runner.json", "runner.err"];
/// How many ended members of a slot keep their logs.
const ENDED: usize = 10;

/// Removes what an ended member needs no more, and all of those that ended long before it.
pub(super) fn tidy(place: &Place, slot: &SlotAddress, instance: &str, living: &BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(place.member(instance))? {
        let path = entry?.path();
        if !path.file_name().is_some_and(|name| KEPT.iter().any(|kept| name == *kept)) {
            // A link to a volume is removed, and the volume stays: `remove_dir_all` follows no links.
            if fs::symlink_metadata(&path)?.is_dir() { fs::remove_dir_all(&path)? } else { fs::remove_file(&path)? }
        }
    }
    let prefix = format!("i-{}-{}-", slot.service.service, slot.slot);
    let mut ended = Vec::new();
    for entry in fs::read_dir(place.local().join("members"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&prefix) && !living.contains(&name) {
            ended.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    ended.sort();
    let many = ended.len().saturating_sub(ENDED);
    ended.into_iter().take(many).try_for_each(|(_, path)| fs::remove_dir_all(path))
}
