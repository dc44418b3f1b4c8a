//! The volumes of a pod: shared directories, files of configuration, claims, and what a VM does not have.

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::{
    diagnostic::Code,
    spec::{
        decode::Decode,
        service::{Medium, Volume},
        values::{MemorySize, Name},
    },
};

use super::{
    claim_template,
    containers::Containers,
    contents::{self, Contents},
    scope::Scope,
};
use crate::{
    kube::{
        codes::{pod as codes, workload},
        map::{
            config::get,
            context::Context,
            draft::{Claim, Draft},
            quantity::whole_mebibytes,
        },
        object::Field,
    },
    names,
};

/// What a volume of the pod became.
#[derive(Debug)]
pub(super) enum Kept<'c> {
    /// A directory of the service.
    Directory(Name),
    /// Files.
    Files(Contents<'c>),
    /// A claim: the place in the draft's list.
    Claim(usize),
    /// Nothing, for this reason.
    Lost(&'static Code),
}

/// The volumes of a pod by their names there.
pub(super) type Volumes<'c> = BTreeMap<&'c str, Kept<'c>>;

/// What mounts call the volume of a stateful service.
pub(super) const OUTLIVING: &str = "volume";

/// Reads the volumes that containers mount; directories go into the service, claims into the draft.
pub(super) fn collect<'c>(draft: &mut Draft<'c>, containers: &Containers<'c>, context: &Context<'c>) -> Volumes<'c> {
    let used: BTreeSet<_> = containers
        .all()
        .flat_map(|container| container.list("volumeMounts").chain(container.list("volumeDevices")))
        .filter_map(|mount| mount.text_of("name"))
        .collect();
    let service = draft.name.clone();
    let scope = Scope::new(draft, &service, containers.main, context);
    let mut volumes = Volumes::new();
    for volume in draft.pod.list("volumes") {
        let name = volume.text_of("name").unwrap_or_default();
        if !used.contains(name) {
            volume.ignore("no container mounts it");
            continue;
        }
        let kept = keep(volume, name, draft, &scope);
        volumes.insert(name, kept);
    }
    for name in used {
        if let Some(template) = claim_template(draft.workload, name).filter(|_| !volumes.contains_key(name)) {
            volumes.insert(name, template_claim(template, draft));
        }
    }
    volumes
}

fn keep<'c>(volume: Field<'c>, name: &str, draft: &mut Draft<'c>, scope: &Scope<'_, 'c>) -> Kept<'c> {
    if let Some(contents) = contents::of(volume, scope) {
        return Kept::Files(contents);
    }
    if let Some(claim) = volume.get("persistentVolumeClaim") {
        return claimed(claim, volume, draft, scope);
    }
    if let Some(ephemeral) = volume.get("ephemeral") {
        return directory(name, ephemeral_volume(ephemeral), draft);
    }
    match volume.get("emptyDir") {
        Some(empty) => match shared(empty) {
            Some(shared) => directory(name, shared, draft),
            None => {
                volume.share(&codes::VOLUME_KIND, "the volume is not imported");
                Kept::Lost(&codes::VOLUME_KIND)
            }
        },
        // A volume that says nothing of where it comes from is an empty directory.
        None if volume.entries().count() == 1 => directory(name, Volume::fallback(), draft),
        None => lost(volume),
    }
}

fn directory<'c>(name: &str, volume: Volume, draft: &mut Draft<'c>) -> Kept<'c> {
    let own = if name == OUTLIVING { names::tidy("shared-volume") } else { names::tidy(name) };
    draft.service.volumes.insert(own.clone(), volume);
    Kept::Directory(own)
}

fn shared(empty: Field<'_>) -> Option<Volume> {
    empty.touch();
    let medium = match empty.text_of("medium").unwrap_or_default() {
        "" => None,
        "Memory" => Some(Medium::Memory),
        other => {
            let reason = format!("a directory cannot be kept on `{other}`");
            empty.say(&codes::VOLUME_KIND, reason, "use `medium: memory`");
            return None;
        }
    };
    if let Some(mode) = empty.get("mode") {
        mode.say(
            &codes::FILE,
            "a shared directory has the mode that the runner gives it",
            "set it by an init container",
        );
    }
    let limit = empty.get("sizeLimit").filter(|limit| limit.written() != Some("0"));
    Some(Volume { medium, size: limit.and_then(size), ..Volume::fallback() })
}

/// A size in whole MiB; one that has a rest is rounded up, and reported.
pub(super) fn size(field: Field<'_>) -> Option<MemorySize> {
    let (number, exact) = whole_mebibytes(field.written().unwrap_or_default())?;
    if !exact {
        field.say(&codes::CLAIM, format!("it is rounded up to {number} MiB"), "");
    }
    Some(MemorySize(number))
}

fn ephemeral_volume(ephemeral: Field<'_>) -> Volume {
    ephemeral.touch();
    let asked = ephemeral.at("volumeClaimTemplate.spec.resources.requests.storage");
    let size = asked.and_then(Field::written).and_then(whole_mebibytes).map(|(number, _)| MemorySize(number));
    Volume { size, ..Volume::fallback() }
}

/// A claim of the import; of one that is not there nobody knows who else may use it.
fn claimed<'c>(field: Field<'c>, volume: Field<'c>, draft: &mut Draft<'c>, scope: &Scope<'_, 'c>) -> Kept<'c> {
    let name = field.text_of("claimName").unwrap_or_default();
    match field.get("readOnly").map(|read_only| (read_only, read_only.boolean())) {
        Some((read_only, Some(true))) => {
            let reason = "the volume is read-only as a whole in the pod, and here each mount says it for itself";
            read_only.say(&codes::MOUNT, reason, "set `read_only` on its mounts");
        }
        Some((read_only, _)) => read_only.ignore("`false` is as good as absent"),
        None => {}
    }
    let claim = scope.context.cluster.find("PersistentVolumeClaim", scope.namespace(), name);
    let spec = claim.and_then(|claim| claim.at("spec")).unwrap_or_else(|| {
        let reason = format!("claim `{name}` is not in the import: one member alone is assumed to use it");
        field.note(&workload::ASSUMED_CONFIG, reason, format!("import it too: `{}`", get("pvc", name, field)));
        field
    });
    if let Some(claim) = claim {
        claim.belongs_to(draft.name.as_str());
    }
    draft.claims.push(Claim { volume, spec, mounts: Vec::new() });
    Kept::Claim(draft.claims.len() - 1)
}

fn template_claim<'c>(template: Field<'c>, draft: &mut Draft<'c>) -> Kept<'c> {
    let Some(spec) = template.get("spec") else {
        template.say(&codes::SHARED_CLAIM, "the claim does not say what it asks for", "add its `spec`");
        return Kept::Lost(&codes::SHARED_CLAIM);
    };
    draft.claims.push(Claim { volume: template, spec, mounts: Vec::new() });
    Kept::Claim(draft.claims.len() - 1)
}

/// Any other kind: the table says what is the matter, some get a closer word.
fn lost<'c>(volume: Field<'c>) -> Kept<'c> {
    if let Some(path) = volume.get("hostPath") {
        let (reason, action) = host_path(path.text_of("path").unwrap_or_default());
        volume.say(&codes::VOLUME_KIND, reason, action);
    } else if let Some(csi) = volume.get("csi").filter(|csi| csi.text_of("driver") == Some("secrets-store.csi.k8s.io"))
    {
        let reason = "the secrets store driver does not run on a member";
        csi.say(&codes::VOLUME_KIND, reason, "name the secrets of AWS Secrets Manager under `secrets:` or `files:`");
    }
    if let Some(name) = volume.get("name") {
        name.share(&codes::VOLUME_KIND, "the name of a volume that is not imported");
    }
    Kept::Lost(&codes::VOLUME_KIND)
}

/// What a directory of the node was for.
fn host_path(path: &str) -> (String, &'static str) {
    let (what, action) = match path {
        "/var/run/docker.sock" | "/run/docker.sock" | "/run/containerd/containerd.sock" => {
            ("it controls the node's containers", "find out what it starts, and make that a service or a job")
        }
        "/etc/localtime" | "/usr/share/zoneinfo" => ("it brings the node's clock", "set the variable `TZ`"),
        _ if path.starts_with("/proc") || path.starts_with("/sys") => {
            ("it looks at the node", "leave it out: Skiff's runner reports the metrics of each member")
        }
        _ if path.starts_with("/var/log") || path.starts_with("/var/lib/docker") => {
            ("it reads logs of the node", "leave it out: Skiff's runner ships the logs of each member")
        }
        _ => ("it shares a directory of the node", "use a volume, a bucket, or a file of the image"),
    };
    (format!("`{path}` of the node: {what}, and there is no node"), action)
}
