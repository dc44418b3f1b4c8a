//! Volumes, secrets and configs.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Kind, Medium, StatefulVolume, Volume},
    shorthand::{File, FileContent, Mount, MountOf},
    values::{FileMode, MemorySize, Scalar},
};

use super::Draft;
use crate::{
    compose::{codes, number, project::Project, variables},
    import::spanned,
    kube::object::Field,
    names,
};

/// The size of a volume whose size nothing says.
const VOLUME_MEBIBYTES: u32 = 20 * 1024;

/// Where a mount comes from, and where it goes.
struct Mounted {
    source: Option<String>,
    target: String,
    read_only: bool,
}

pub(super) fn apply<'o>(draft: &mut Draft<'o>, root: Field<'o>, project: &Project<'o>) {
    for field in root.list("volumes") {
        let mount = if field.get("target").is_some() { long(draft, field) } else { short(field) };
        if let Some(mount) = mount {
            take(draft, mount, field);
        }
    }
    for field in root
        .get("tmpfs")
        .into_iter()
        .flat_map(|all| if all.items().next().is_some() { all.items().collect() } else { vec![all] })
    {
        let Some(text) = variables::text(field) else { continue };
        let (path, options) = text.split_once(':').unwrap_or((&text, ""));
        let size = options.split(',').find_map(|option| option.strip_prefix("size=")).and_then(number::mebibytes);
        memory(draft, path, size, field);
    }
    for field in root.list("secrets") {
        secret(draft, field, project);
    }
    for field in root.list("configs") {
        config(draft, field, project);
    }
}

/// `[source:]target[:options]`.
fn short(field: Field<'_>) -> Option<Mounted> {
    let text = variables::text(field)?;
    let parts: Vec<_> = text.split(':').collect();
    let (source, target, options) = match parts[..] {
        [target] => (None, target, ""),
        [source, target] => (Some(source.to_owned()), target, ""),
        [source, target, options] => (Some(source.to_owned()), target, options),
        _ => {
            field.say(
                &codes::BAD_VALUE,
                "this is no mount",
                "write it as `volume:/path`, or as a mapping with `target`",
            );
            return None;
        }
    };
    Some(Mounted { source, target: target.into(), read_only: options.split(',').any(|option| option == "ro") })
}

fn long(draft: &mut Draft<'_>, field: Field<'_>) -> Option<Mounted> {
    let target = field.get("target").and_then(variables::text)?;
    let source = field.get("source").and_then(variables::text);
    let read_only = field.get("read_only").is_some_and(super::truth);
    match field.text_of("type") {
        Some("tmpfs") => {
            let size = field.at("tmpfs.size").and_then(variables::text).and_then(|text| number::mebibytes(&text));
            memory(draft, &target, size, field);
            None
        }
        Some("bind") => {
            bind(field);
            None
        }
        Some("volume") | None => Some(Mounted { source, target, read_only }),
        Some(_) => {
            field.say(&codes::UNSUPPORTED, "a member mounts volumes and memory", "use a volume");
            None
        }
    }
}

fn take<'o>(draft: &mut Draft<'o>, mount: Mounted, field: Field<'o>) {
    let Mounted { source, target, read_only } = mount;
    if !target.starts_with('/') {
        field.say(&codes::BAD_VALUE, "a mount's path begins with `/`", "write an absolute path");
        return;
    }
    match source {
        Some(source) if source.starts_with(['.', '/', '~']) => bind(field),
        Some(source) => draft.volumes.push((field, source, target)),
        None => scratch(draft, &target, Volume::fallback(), read_only),
    }
}

fn bind(field: Field<'_>) {
    field.say(&codes::BIND_MOUNT, "a VM starts without the machine's files", "put it into the image, or under `files`");
}

fn memory(draft: &mut Draft<'_>, path: &str, size: Option<u32>, field: Field<'_>) {
    field.touch();
    let volume = Volume { medium: Some(Medium::Memory), size: size.map(MemorySize), ..Volume::fallback() };
    scratch(draft, path, volume, false);
}

/// A directory that goes with the member.
fn scratch(draft: &mut Draft<'_>, path: &str, volume: Volume, read_only: bool) {
    let name = names::tidy(path);
    let mount = MountOf { volume: spanned(name.clone()), read_only: read_only.then_some(true), ..MountOf::fallback() };
    draft.service.volumes.insert(name, volume);
    draft.service.mounts.insert(path.to_owned(), Mount(mount));
}

/// A file from a secret: `/run/secrets/NAME` unless it says another path.
fn secret(draft: &mut Draft<'_>, field: Field<'_>, project: &Project<'_>) {
    let Some((source, target, mode)) = grant(field, "/run/secrets") else { return };
    match project.find("secret", &source) {
        Some(declared) => {
            declared.object().belongs_to(draft.name.as_str());
            declared.touch();
        }
        None => field.say(&codes::UNSUPPORTED, "the file declares no such secret", "declare it under `secrets`"),
    }
    let name =
        project.secrets.borrow_mut().of_object("Compose secret", project.app.as_str(), &source, None, &draft.name);
    let content = FileContent { secret: Some(spanned(name)), mode, ..FileContent::fallback() };
    draft.service.files.insert(target, File(content));
}

/// A file with the content of a config: `/NAME` unless it says another path.
fn config(draft: &mut Draft<'_>, field: Field<'_>, project: &Project<'_>) {
    let Some((source, target, mode)) = grant(field, "") else { return };
    let Some(declared) = project.find("config", &source) else {
        field.say(&codes::UNSUPPORTED, "the file declares no such config", "declare it under `configs`");
        return;
    };
    declared.object().belongs_to(draft.name.as_str());
    declared.touch();
    let content = declared.get("content").and_then(variables::text);
    if content.is_none() {
        field.say(&codes::OTHER_FILE, "its content is not in the Compose file", "write it under `files`");
        return;
    }
    draft.service.files.insert(target, File(FileContent { content, mode, ..FileContent::fallback() }));
}

/// Source, absolute target and mode of a secret or config that a service gets.
fn grant(field: Field<'_>, folder: &str) -> Option<(String, String, Option<FileMode>)> {
    if field.get("source").is_none() {
        let source = variables::text(field)?;
        let target = format!("{folder}/{source}");
        return Some((source, target, None));
    }
    let source = field.get("source").and_then(variables::text)?;
    let target = field.get("target").and_then(variables::text).unwrap_or_else(|| source.clone());
    let target = if target.starts_with('/') { target } else { format!("{folder}/{target}") };
    let mode = field.get("mode").and_then(|mode| {
        // A number was octal where it was written so; a text is octal digits.
        let octal = mode
            .integer()
            .map(|number| format!("{number:04o}"))
            .or_else(|| mode.text().map(|text| format!("{text:0>4}")));
        octal.and_then(|text| FileMode::parse(&text))
    });
    Some((source, target, mode))
}

/// Gives named volumes to the services that can keep one.
pub(super) fn join(drafts: &mut [Draft<'_>], project: &Project<'_>) {
    let mut users: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for (_, source, _) in drafts.iter().flat_map(|draft| &draft.volumes) {
        *users.entry(source.clone()).or_default() += 1;
    }
    for draft in drafts {
        let volumes = std::mem::take(&mut draft.volumes);
        let alone = volumes.len() == 1 && draft.replicas == 1;
        for (field, source, target) in volumes {
            let declared = project.find("volume", &source);
            if let Some(declared) = declared {
                declared.object().belongs_to(draft.name.as_str());
                declared.touch();
            }
            match (alone, users.get(&source)) {
                (true, Some(1)) => keep(draft, field, target),
                (_, Some(2..)) => lose(field, "several services mount this volume"),
                _ => lose(field, "a service keeps one volume, with one member"),
            }
        }
    }
}

fn keep(draft: &mut Draft<'_>, field: Field<'_>, path: String) {
    draft.service.kind = Kind::Stateful;
    draft.service.volume =
        Some(StatefulVolume { size: MemorySize(VOLUME_MEBIBYTES), path, ..StatefulVolume::fallback() });
    let reason = "it is an EBS volume of 20 GiB in one zone; the old data is not in it";
    field.say(
        &codes::VOLUME,
        reason,
        "check `volume.size`, and copy the data; a database is better served by `databases:`",
    );
}

fn lose(field: Field<'_>, reason: &str) {
    field.say(&codes::VOLUME_UNSUPPORTED, reason, "move the data to a database or a bucket");
}
