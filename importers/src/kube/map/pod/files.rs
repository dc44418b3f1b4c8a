//! Files of a volume at the place where a container mounts it.

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::Decode,
    shorthand::{File, FileContent},
    values::{FileMode, Scalar},
};

use super::{
    contents::{Content, Contents, Entry, Unknown},
    scope::Scope,
};
use crate::{
    import::spanned,
    kube::{
        codes::{pod as codes, workload},
        object::Field,
    },
};

/// The modes that Skiff gives by itself: to a file, and to one with a secret in it.
const MODES: (u32, u32) = (0o644, 0o400);

/// Puts the files of a volume to where they are mounted; `part` is the mount's path within the volume.
pub(super) fn place<'c>(
    contents: &Contents<'c>,
    mount: Field<'c>,
    (at, part): (&str, &str),
    scope: &Scope<'_, 'c>,
    files: &mut BTreeMap<String, File>,
) {
    for unknown in &contents.unknown {
        place_unknown(unknown, mount, (at, part), scope, files);
    }
    say_missing(contents, mount, part);
    for entry in &contents.entries {
        let path = match part {
            "" => Some(join(at, &entry.path)),
            part if entry.path == part => Some(at.to_owned()),
            part => entry.path.strip_prefix(part).and_then(|rest| rest.strip_prefix('/')).map(|rest| join(at, rest)),
        };
        let Some(path) = path else { continue };
        if !is_path(&path) {
            mount.say(&codes::FILE, format!("`{path}` is no path of a file"), "use a path without `.` and `..`");
            continue;
        }
        files.insert(path, file(entry, scope));
    }
}

/// Reports a mount of a part that the volume does not have: no file would be written.
fn say_missing(contents: &Contents<'_>, mount: Field<'_>, part: &str) {
    let within = |path: &str| path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let found = contents.entries.iter().any(|entry| within(&entry.path));
    if part.is_empty() || found || !contents.unknown.is_empty() {
        return;
    }
    let reason = format!("its volume has no file `{part}`");
    if contents.lost {
        mount.share(&workload::MISSING_KEY, reason);
    } else {
        mount.say(&workload::MISSING_KEY, reason, "correct `subPath`, or add the key");
    }
}

/// A mount of what is not in the import: of one key, or of all as a directory that the secret's keys fill.
fn place_unknown<'c>(
    unknown: &Unknown<'c>,
    mount: Field<'c>,
    (at, part): (&str, &str),
    scope: &Scope<'_, 'c>,
    files: &mut BTreeMap<String, File>,
) {
    let Unknown { kind, name, mode: permissions, field } = *unknown;
    if part.contains('/') {
        let reason = format!("`{part}` is no key of {kind} `{name}`, which is not in the import");
        return mount.say(&workload::MISSING_KEY, reason, "mount one key, or all of them");
    }
    if !part.is_empty() {
        files.insert(at.to_owned(), File(secret_file(scope, kind, name, part, permissions)));
        return;
    }
    let reason = format!("{kind} `{name}` is not in the import: each key of the secret becomes a file");
    field.note(&workload::ASSUMED_CONFIG, reason, "fill the secret in with a JSON object that has the same keys");
    let secret = scope.context.secrets.borrow_mut().of_object(kind, scope.namespace(), name, None, scope.service);
    let content = FileContent { secret: Some(spanned(secret)), mode: mode(permissions, MODES.1), ..empty() };
    files.insert(format!("{}/", at.trim_end_matches('/')), File(content));
}

fn file(entry: &Entry<'_>, scope: &Scope<'_, '_>) -> File {
    let mode = mode(entry.mode, MODES.0);
    File(match &entry.content {
        Content::Text(field) => {
            field.mapped_to("files");
            FileContent { content: Some(field.written().unwrap_or_default().to_owned()), mode, ..empty() }
        }
        Content::Bytes(field) => {
            let text: String = field.written().unwrap_or_default().split_whitespace().collect();
            FileContent { base64: Some(spanned(text)), mode, ..empty() }
        }
        Content::Known(text) => FileContent { content: Some(text.clone()), mode, ..empty() },
        Content::Secret { kind, secret, key, field } => {
            if let Some(field) = field {
                field.touch();
            }
            secret_file(scope, kind, secret, key, entry.mode)
        }
    })
}

fn secret_file(scope: &Scope<'_, '_>, kind: &str, secret: &str, key: &str, permissions: u32) -> FileContent {
    let reference = scope.key_of(kind, secret, key);
    FileContent { secret: reference.name, key: reference.key, mode: mode(permissions, MODES.1), ..empty() }
}

fn empty() -> FileContent {
    FileContent { content: None, ..FileContent::fallback() }
}

/// The mode, when it is another one than Skiff gives by itself.
fn mode(mode: u32, own: u32) -> Option<FileMode> {
    (mode != own).then(|| FileMode::parse(&format!("{mode:04o}")))?
}

fn join(directory: &str, path: &str) -> String {
    format!("{}/{}", directory.trim_end_matches('/'), path.trim_start_matches('/'))
}

/// Whether the compiler takes it as a path within a member.
pub(super) fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.len() > 1 && !path.split('/').any(|part| part == ".." || part == ".")
}
