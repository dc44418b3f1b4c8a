//! Where a container sees volumes and files.

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::{At, Spanned},
    shorthand::{File, Mount, MountOf},
    values::Name,
};

use super::{
    environment::Variables,
    files::{self, is_path},
    scope::Scope,
    volumes::{Kept, OUTLIVING, Volumes},
};
use crate::{
    import::spanned,
    kube::{codes::pod as codes, map::draft::Draft, object::Field},
    names,
};

/// The files and mounts of the container of this scope; what mounts a claim is noted in the draft.
pub(super) fn of<'c>(
    scope: &Scope<'_, 'c>,
    volumes: &Volumes<'c>,
    variables: &Variables<'c>,
    draft: &mut Draft<'c>,
) -> (BTreeMap<String, File>, BTreeMap<String, Mount>) {
    let (mut files, mut mounts) = (BTreeMap::new(), BTreeMap::new());
    for mount in scope.container.list("volumeMounts") {
        say_options(mount);
        let Some((at, part)) = paths(mount, variables) else { continue };
        match volumes.get(mount.text_of("name").unwrap_or_default()) {
            Some(Kept::Directory(name)) => {
                mounts.insert(at, directory(name.clone(), &part, mount));
            }
            Some(Kept::Files(contents)) => {
                if part.is_empty() {
                    contents.changing.iter().for_each(|source| say_changes(*source));
                }
                if let Some(read_only) = mount.get("readOnly") {
                    read_only.ignore("nobody writes to files of configuration");
                }
                files::place(contents, mount, (&at, &part), scope, &mut files);
            }
            Some(Kept::Claim(index)) => {
                if let Some(claim) = draft.claims.get_mut(*index) {
                    claim.mounts.push(mount);
                }
                mounts.insert(at, directory(names::tidy(OUTLIVING), &part, mount));
            }
            Some(Kept::Lost(code)) => mount.share(code, "its volume is not imported"),
            None => mount.say(&codes::MOUNT, "the pod has no such volume", "declare it, or remove the mount"),
        }
    }
    mounts.retain(|path, _| !files.contains_key(path));
    (files, mounts)
}

/// Where the mount is, and which part of the volume is there.
fn paths(mount: Field<'_>, variables: &Variables<'_>) -> Option<(String, String)> {
    let written = mount.text_of("mountPath").unwrap_or_default().trim_end_matches('/');
    let at = if written.starts_with('/') { written.to_owned() } else { format!("/{written}") };
    let part = match mount.get("subPathExpr") {
        None => Some(mount.text_of("subPath").unwrap_or_default().to_owned()),
        Some(expression) => variables.plain(expression.text().unwrap_or_default()),
    };
    let part = part
        .map(|part| part.trim_matches('/').trim_start_matches("./").to_owned())
        .map(|part| if part == "." { String::new() } else { part });
    let (Some(part), true) = (part, is_path(&at)) else {
        let reason = "the path is none within a container, or known only to the member";
        mount.say(&codes::MOUNT, reason, "mount the whole volume at an absolute path");
        return None;
    };
    if part.split('/').any(|step| step == "..") {
        mount.say(&codes::MOUNT, "the path leads out of its volume", "correct `subPath`");
        return None;
    }
    Some((at, part))
}

fn read_only(mount: Field<'_>) -> Option<bool> {
    mount.get("readOnly").and_then(Field::boolean).filter(|read_only| *read_only)
}

fn directory(volume: Name, part: &str, mount: Field<'_>) -> Mount {
    let path: Option<Spanned<String>> = Some(part).filter(|part| !part.is_empty()).map(|part| spanned(part.to_owned()));
    Mount(MountOf { volume: spanned(volume), path, read_only: read_only(mount), at: At::default() })
}

/// A cluster changes the files of a whole volume while the pod runs, and those of a part of it never.
fn say_changes(source: Field<'_>) {
    let reason = "the files are written with a release, and a cluster changes them while the pod runs";
    source.say(&codes::FIXED_FILES, reason, "deploy after a change");
}

/// Options of a mount that say what is so anyway.
fn say_options(mount: Field<'_>) {
    for (key, word) in [("mountPropagation", "None"), ("recursiveReadOnly", "Disabled")] {
        if let Some(field) = mount.get(key).filter(|field| field.text() == Some(word)) {
            field.ignore(format!("`{word}` is as good as absent"));
        }
    }
}
