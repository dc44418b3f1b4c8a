//! Files of a volume at the place where a container mounts it.

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::spec::{
    decode::Decode,
    shorthand::{File, FileContent},
    values::{FileMode, Scalar},
};

use super::{
    contents::{Content, Contents, Entry},
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
    if let Some((secret, mode)) = contents.unknown_secret {
        return place_unknown(secret, mode, mount, (at, part), scope, files);
    }
    for entry in &contents.entries {
        let path = match part {
            "" => Some(join(at, &entry.path)),
            part if entry.path == part => Some(at.to_owned()),
            part => entry.path.strip_prefix(part).and_then(|rest| rest.strip_prefix('/')).map(|rest| join(at, rest)),
        };
        let Some(path) = path else { continue };
        if !is_path(&path) {
            mount.say(&codes::FILE, format!("`{path}` is no path of a file"), "use an absolute path without `..`");
            continue;
        }
        files.insert(path, file(entry, scope));
    }
}

/// A mount of one key of a Secret that is not in the import; of a whole one nobody knows the keys.
fn place_unknown<'c>(
    secret: &'c str,
    mode: u32,
    mount: Field<'c>,
    (at, part): (&str, &str),
    scope: &Scope<'_, 'c>,
    files: &mut BTreeMap<String, File>,
) {
    let keys = if part.is_empty() { named_below(at, scope.container) } else { BTreeSet::new() };
    if !keys.is_empty() {
        let names: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
        let reason = format!("Secret `{secret}` is not in the import; the container names {} of it", names.join(", "));
        mount.say(&workload::ASSUMED_CONFIG, reason, "import the Secret too, or add the keys that are missing");
        for key in keys {
            files.insert(join(at, key), File(secret_file(scope, secret, key, mode)));
        }
        return;
    }
    if part.is_empty() || part.contains('/') {
        let reason = format!("Secret `{secret}` is not in the import, so nobody knows its files");
        return mount.say(
            &workload::MISSING_CONFIG,
            reason,
            format!("import it too: `kubectl get secret {secret} -o yaml`"),
        );
    }
    files.insert(at.to_owned(), File(secret_file(scope, secret, part, mode)));
}

/// The names of files in a directory that a container's command, arguments and variables speak of.
fn named_below<'c>(directory: &str, container: Field<'c>) -> BTreeSet<&'c str> {
    let values = container.list("env").filter_map(|item| item.get("value"));
    let texts = container.list("command").chain(container.list("args")).chain(values).filter_map(Field::written);
    let inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let start = format!("{directory}/");
    let mut names = BTreeSet::new();
    for text in texts {
        for (at, _) in text.match_indices(&start) {
            let rest = &text[at + start.len()..];
            let end = rest.find(|letter| !inner(letter)).unwrap_or(rest.len());
            // What goes on below is a directory, and a key is a file.
            if !rest[end..].starts_with('/') {
                names.insert(rest[..end].trim_end_matches('.'));
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn file(entry: &Entry<'_>, scope: &Scope<'_, '_>) -> File {
    let mode = mode(entry.mode, MODES.0);
    File(match &entry.content {
        Content::Text(field) => {
            FileContent { content: Some(field.written().unwrap_or_default().to_owned()), mode, ..empty() }
        }
        Content::Bytes(field) => {
            let text: String = field.written().unwrap_or_default().split_whitespace().collect();
            FileContent { base64: Some(spanned(text)), mode, ..empty() }
        }
        Content::Known(text) => FileContent { content: Some(text.clone()), mode, ..empty() },
        Content::Secret { secret, key, field } => {
            if let Some(field) = field {
                field.touch();
            }
            secret_file(scope, secret, key, entry.mode)
        }
    })
}

fn secret_file(scope: &Scope<'_, '_>, secret: &str, key: &str, permissions: u32) -> FileContent {
    let reference = scope.secret(secret, key);
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
