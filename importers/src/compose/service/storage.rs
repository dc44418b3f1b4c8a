//! Volumes, secrets and configs.

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::Decode,
    service::{Kind, Medium, StatefulVolume, Volume},
    shorthand::{File, FileContent, Mount, MountOf},
    values::{FileMode, MemorySize, Name, Scalar},
};

use super::Draft;
use crate::{
    compose::{codes, number, project::Project, variables},
    import::spanned,
    kube::object::Field,
    names::Names,
};

/// The size of a volume whose size nothing says.
const VOLUME_MEBIBYTES: u32 = 20 * 1024;

/// Where a mount comes from, and where it goes.
#[derive(Debug)]
pub(in crate::compose) struct Mounted {
    source: Option<String>,
    target: String,
    read_only: bool,
    /// The part of the volume that is mounted.
    within: Option<String>,
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
        let Some(text) = variables::whole(field) else { continue };
        let (path, options) = text.split_once(':').unwrap_or((&text, ""));
        let option = |name: &str| options.split(',').find_map(|option| option.strip_prefix(name));
        if ["mode=", "uid=", "gid="].iter().any(|name| option(name).is_some()) {
            let reason = "a directory in memory is open to the container, whoever runs in it";
            field.say(&codes::CHANGED, reason, "set owner and mode when the process starts");
        }
        memory(draft, path, option("size="), field);
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
    let text = variables::whole(field)?;
    if is_windows(&text) {
        bind(field);
        return None;
    }
    let parts: Vec<_> = text.split(':').collect();
    let (source, target, options) = match parts[..] {
        [target] => (None, target, ""),
        [source, target] => (Some(source.to_owned()), target, ""),
        [source, target, options] => (Some(source.to_owned()), target, options),
        _ => {
            let action = "write it as `volume:/path`, or as a mapping with `target`";
            field.say(&codes::BAD_VALUE, "this is no mount", action);
            return None;
        }
    };
    let read_only = options.split(',').any(|option| option == "ro");
    Some(Mounted { source, target: target.into(), read_only, within: None })
}

/// A path with the letter of a drive: `C:\data`.
fn is_windows(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', rest @ ..] if letter.is_ascii_alphabetic() && rest.contains(&b':'))
}

fn long(draft: &mut Draft<'_>, field: Field<'_>) -> Option<Mounted> {
    let given = |key: &str| field.get(key).map(variables::whole);
    let (target, source) = (given("target")??, given("source"));
    let read_only = field.get("read_only").is_some_and(super::truth);
    match field.text_of("type") {
        Some("tmpfs") => {
            let size = field.at("tmpfs.size").and_then(variables::whole);
            memory(draft, &target, size.as_deref(), field);
            None
        }
        Some("bind") => {
            bind(field);
            None
        }
        // A source that nobody knows is no volume without a name.
        Some("volume") | None if source == Some(None) => None,
        Some("volume") | None => {
            let within = field.at("volume.subpath").and_then(variables::whole);
            Some(Mounted { source: source.flatten(), target, read_only, within })
        }
        Some(_) => {
            field.say(&codes::UNSUPPORTED, "a member mounts volumes and memory", "use a volume");
            None
        }
    }
}

fn take<'o>(draft: &mut Draft<'o>, mount: Mounted, field: Field<'o>) {
    if !is_path(draft, &mount.target, field) {
        return;
    }
    match mount.source.as_deref() {
        Some(source) if source.starts_with(['.', '/', '~']) => bind(field),
        Some(_) => draft.volumes.push((field, mount)),
        None => scratch(draft, &mount.target, Volume::fallback(), mount.read_only),
    }
}

/// Whether a path can be mounted or written: absolute, without `..`, and free.
fn is_path(draft: &Draft<'_>, path: &str, field: Field<'_>) -> bool {
    let service = &draft.service;
    let used = service.mounts.contains_key(path)
        || service.files.contains_key(path)
        || draft.volumes.iter().any(|(_, mount)| mount.target == path);
    if !path.starts_with('/') || path.len() < 2 || path.split('/').any(|part| matches!(part, "." | "..")) {
        field.say(&codes::BAD_VALUE, "the path is not one within a container", "write an absolute path without `..`");
        return false;
    }
    if used {
        field.say(&codes::UNSUPPORTED, format!("`{path}` is filled already"), "choose another path for one of them");
    }
    !used
}

fn bind(field: Field<'_>) {
    field.say(&codes::BIND_MOUNT, "a VM starts without the machine's files", "put it into the image, or under `files`");
}

fn memory(draft: &mut Draft<'_>, path: &str, size: Option<&str>, field: Field<'_>) {
    field.touch();
    if !is_path(draft, path, field) {
        return;
    }
    let amount = size.and_then(number::mebibytes);
    if size.is_some_and(|size| size != "0") && amount.is_none() {
        field.say(&codes::BAD_VALUE, "the size is no amount", "write one such as `64m`");
    }
    let volume = Volume { medium: Some(Medium::Memory), size: amount.map(MemorySize), ..Volume::fallback() };
    scratch(draft, path, volume, false);
}

/// A directory that goes with the member.
fn scratch(draft: &mut Draft<'_>, path: &str, volume: Volume, read_only: bool) {
    let name = free(draft, path);
    let mount = MountOf { volume: spanned(name.clone()), read_only: read_only.then_some(true), ..MountOf::fallback() };
    draft.service.volumes.insert(name, volume);
    draft.service.mounts.insert(path.to_owned(), Mount(mount));
}

/// A name for the volume at a path; `volume` is the name of the one that a stateful service keeps.
fn free(draft: &Draft<'_>, path: &str) -> Name {
    let mut names = Names::default();
    for taken in draft.service.volumes.keys().map(Name::as_str).chain(["volume"]) {
        names.choose("", taken);
    }
    names.choose("volume", path)
}

/// A file from a secret: `/run/secrets/NAME` unless it says another path.
fn secret(draft: &mut Draft<'_>, field: Field<'_>, project: &Project<'_>) {
    let Some((source, target, mode)) = grant(draft, field, "/run/secrets") else { return };
    match project.find("secret", &source) {
        Some(declared) => {
            declared.object().belongs_to(draft.name.as_str());
            declared.touch();
        }
        None => {
            field.say(&codes::BAD_VALUE, "the file declares no such secret", "declare it under `secrets`");
            return;
        }
    }
    let name =
        project.secrets.borrow_mut().of_object("Compose secret", project.app.as_str(), &source, None, &draft.name);
    let content = FileContent { secret: Some(spanned(name)), mode, ..FileContent::fallback() };
    draft.service.files.insert(target, File(content));
}

/// A file with the content of a config: `/NAME` unless it says another path.
fn config<'o>(draft: &mut Draft<'o>, field: Field<'o>, project: &Project<'_>) {
    let Some((source, target, mode)) = grant(draft, field, "") else { return };
    let Some(declared) = project.find("config", &source) else {
        field.say(&codes::BAD_VALUE, "the file declares no such config", "declare it under `configs`");
        return;
    };
    declared.object().belongs_to(draft.name.as_str());
    declared.touch();
    let content = declared.get("content").and_then(variables::text);
    let Some(text) = content.clone().filter(|_| !target.ends_with('/')) else {
        field.say(&codes::OTHER_FILE, "its content is not in the Compose file", "write it under `files`");
        return;
    };
    draft.texts.push((text, field));
    draft.service.files.insert(target, File(FileContent { content, mode, ..FileContent::fallback() }));
}

/// Source, absolute target and mode of a secret or config that a service gets.
fn grant(draft: &Draft<'_>, field: Field<'_>, folder: &str) -> Option<(String, String, Option<FileMode>)> {
    if field.get("source").is_none() {
        let source = variables::whole(field)?;
        let target = format!("{folder}/{source}");
        return is_path(draft, &target, field).then_some((source, target, None));
    }
    let source = field.get("source").and_then(variables::whole)?;
    let target = field.get("target").and_then(variables::whole).unwrap_or_else(|| source.clone());
    let target = if target.starts_with('/') { target } else { format!("{folder}/{target}") };
    let mode = field.get("mode").and_then(|mode| {
        // A number was octal where it was written so; a text is octal digits.
        let octal = mode
            .integer()
            .map(|number| format!("{number:04o}"))
            .or_else(|| mode.text().map(|text| format!("{text:0>4}")));
        octal.and_then(|text| FileMode::parse(&text))
    });
    is_path(draft, &target, field).then_some((source, target, mode))
}

/// Gives named volumes to the services that can keep one.
pub(super) fn join(drafts: &mut [Draft<'_>], project: &Project<'_>) {
    let mut users: BTreeMap<String, usize> = BTreeMap::new();
    for source in drafts.iter().flat_map(|draft| &draft.volumes).filter_map(|(_, mount)| mount.source.clone()) {
        *users.entry(source).or_default() += 1;
    }
    for draft in drafts {
        let volumes = std::mem::take(&mut draft.volumes);
        let alone = volumes.len() == 1 && draft.replicas == 1;
        for (field, mount) in volumes {
            let source = mount.source.as_deref().unwrap_or_default();
            let Some(declared) = project.find("volume", source) else {
                let reason = format!("the file declares no volume `{source}`");
                field.say(&codes::BAD_VALUE, reason, "declare it under `volumes`");
                continue;
            };
            declared.object().belongs_to(draft.name.as_str());
            declared.touch();
            match (alone, users.get(source)) {
                (true, Some(1)) => keep(draft, field, &mount, declared),
                (_, Some(2..)) => lose(field, "several services mount this volume"),
                _ => lose(field, "a service keeps one volume, with one member"),
            }
        }
    }
}

fn keep(draft: &mut Draft<'_>, field: Field<'_>, mount: &Mounted, declared: Field<'_>) {
    draft.service.kind = Kind::Stateful;
    let (size, path) = (MemorySize(VOLUME_MEBIBYTES), mount.target.clone());
    draft.service.volume = Some(StatefulVolume { size, path, ..StatefulVolume::fallback() });
    let reason = "it is an EBS volume of 20 GiB in one zone; the old data is not in it";
    field.say(
        &codes::VOLUME,
        reason,
        "check `volume.size`, and copy the data; a database is better served by `databases:`",
    );
    if mount.within.is_some() {
        let part = field.at("volume.subpath").unwrap_or(field);
        part.say(&codes::UNSUPPORTED, "all of the volume is mounted", "name the folder in the service's configuration");
    }
    if mount.read_only {
        let only = field.get("read_only").unwrap_or(field);
        only.say(
            &codes::CHANGED,
            "the volume can be written",
            "put what is only read into the image, or under `files`",
        );
    }
    if let Some(external) = declared.get("external").filter(|field| super::truth(*field)) {
        external.say(&codes::CHANGED, "it is a new volume, not the one outside of the file", "copy its data first");
    }
}

fn lose(field: Field<'_>, reason: &str) {
    field.say(&codes::VOLUME_UNSUPPORTED, reason, "move the data to a database or a bucket");
}
