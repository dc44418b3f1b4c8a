//! The files that a volume of configuration holds, before it is known where they are mounted.

use crate::kube::{
    codes::{general, pod as codes, workload},
    map::{
        config::{Source, get},
        pod::{
            environment::{Known, amount, known},
            scope::Scope,
        },
    },
    object::Field,
};

/// One file below the root of its volume.
#[derive(Debug, Clone)]
pub(super) struct Entry<'c> {
    pub(super) path: String,
    pub(super) content: Content<'c>,
    /// Its permissions, of the item or of the volume.
    pub(super) mode: u32,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub(super) enum Content<'c> {
    /// The text of this field of a ConfigMap.
    Text(Field<'c>),
    /// The bytes of this field of a ConfigMap, in base64.
    Bytes(Field<'c>),
    /// A text that the import knows.
    Known(String),
    /// The key of a Secret, or of a ConfigMap that is not there; and the field of its value, which is never read.
    Secret { kind: &'static str, secret: &'c str, key: &'c str, field: Option<Field<'c>> },
}

/// A ConfigMap or Secret that is not in the import: a secret takes its place, with the same keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown<'c> {
    pub(super) kind: &'static str,
    pub(super) name: &'c str,
    pub(super) mode: u32,
    pub(super) field: Field<'c>,
}

/// The files of a volume, and what else is known of it.
#[derive(Debug, Default)]
pub(super) struct Contents<'c> {
    pub(super) entries: Vec<Entry<'c>>,
    /// ConfigMaps and Secrets that are not in the import, whose keys nobody knows.
    pub(super) unknown: Vec<Unknown<'c>>,
    /// Whether a file of the volume was reported as lost.
    pub(super) lost: bool,
    /// The sources whose files a cluster would change in a running pod.
    pub(super) changing: Vec<Field<'c>>,
}

/// The mode of files when nothing else is said.
const MODE: i64 = 0o644;

/// The files of a `configMap`, `secret`, `downwardAPI` or `projected` volume; `None` for any other.
pub(super) fn of<'c>(volume: Field<'c>, scope: &Scope<'_, 'c>) -> Option<Contents<'c>> {
    let mut contents = Contents::default();
    if let Some(map) = volume.get("configMap") {
        contents.add_config_map(map, mode(map, "defaultMode", MODE), scope);
    } else if let Some(secret) = volume.get("secret") {
        let name = secret.text_of("secretName").unwrap_or_default();
        contents.add_secret(name, secret, mode(secret, "defaultMode", MODE), scope);
    } else if let Some(downward) = volume.get("downwardAPI") {
        contents.add_downward(downward, mode(downward, "defaultMode", MODE), scope);
    } else {
        let projected = volume.get("projected")?;
        let mode = mode(projected, "defaultMode", MODE);
        for source in projected.list("sources") {
            contents.add_source(source, mode, scope);
        }
    }
    Some(contents)
}

impl<'c> Contents<'c> {
    fn add_source(&mut self, source: Field<'c>, mode: i64, scope: &Scope<'_, 'c>) {
        if let Some(map) = source.get("configMap") {
            self.add_config_map(map, mode, scope);
        }
        if let Some(secret) = source.get("secret") {
            let name = secret.text_of("name").unwrap_or_default();
            self.add_secret(name, secret, mode, scope);
        }
        if let Some(downward) = source.get("downwardAPI") {
            self.add_downward(downward, mode, scope);
        }
    }

    fn add_config_map(&mut self, field: Field<'c>, mode: i64, scope: &Scope<'_, 'c>) {
        let name = field.text_of("name").unwrap_or_default();
        let Some(source) = Source::find(scope.context, "ConfigMap", scope.namespace(), name, scope.service.as_str())
        else {
            return self.add_unknown("ConfigMap", name, field, mode);
        };
        self.changing.push(field);
        let texts = source.texts().map(|(key, field)| (key, Content::Text(field)));
        let all: Vec<_> = texts.chain(source.bytes().map(|(key, field)| (key, Content::Bytes(field)))).collect();
        self.add_items(field, mode, all, "ConfigMap", name);
    }

    fn add_secret(&mut self, name: &'c str, field: Field<'c>, mode: i64, scope: &Scope<'_, 'c>) {
        let Some(source) = Source::find(scope.context, "Secret", scope.namespace(), name, scope.service.as_str())
        else {
            return self.add_unknown("Secret", name, field, mode);
        };
        let content = |key, field| Content::Secret { kind: "Secret", secret: name, key, field: Some(field) };
        let all = source.texts().map(|(key, field)| (key, content(key, field))).collect();
        self.add_items(field, mode, all, "Secret", name);
    }

    /// The keys of what is not in the import are known by its items; else each key of the secret becomes a file.
    fn add_unknown(&mut self, kind: &'static str, name: &'c str, field: Field<'c>, mode: i64) {
        say_absent(field, kind, name);
        let keys: Vec<_> = field.list("items").filter_map(|item| item.text_of("key")).collect();
        if keys.is_empty() {
            let mode = permissions(mode, field).unwrap_or(0o644);
            self.unknown.push(Unknown { kind, name, mode, field });
            return;
        }
        let content = |key| Content::Secret { kind, secret: name, key, field: None };
        let all = keys.into_iter().map(|key| (key, content(key))).collect();
        self.add_items(field, mode, all, kind, name);
    }

    /// All keys, or those that are listed, each under the path that the list says.
    fn add_items(&mut self, field: Field<'c>, default: i64, all: Vec<(&'c str, Content<'c>)>, kind: &str, name: &str) {
        let optional = field.get("optional").and_then(Field::boolean) == Some(true);
        if field.get("items").is_none() {
            let mode = permissions(default, field).unwrap_or(0o644);
            self.entries.extend(all.into_iter().map(|(key, content)| Entry { path: key.into(), content, mode }));
            return;
        }
        for item in field.list("items") {
            let key = item.text_of("key").unwrap_or_default();
            let Some(path) = path_of(item) else {
                self.lost = true;
                continue;
            };
            let Some(mode) = permissions(mode(item, "mode", default), item) else {
                self.lost = true;
                continue;
            };
            match all.iter().find(|(other, _)| *other == key) {
                Some((_, content)) => self.entries.push(Entry { path, content: content.clone(), mode }),
                None if optional => item.ignore(format!("the {kind} does not have the key, and need not")),
                None => {
                    let reason = format!("{kind} `{name}` has no key `{key}`");
                    item.say(&workload::MISSING_KEY, reason, "correct the key, or add it");
                    self.lost = true;
                }
            }
        }
    }

    fn add_downward(&mut self, downward: Field<'c>, default: i64, scope: &Scope<'_, 'c>) {
        self.changing.push(downward);
        for item in downward.list("items") {
            let Some(path) = path_of(item) else { continue };
            let Some(mode) = permissions(mode(item, "mode", default), item) else { continue };
            let text = match (item.get("fieldRef"), item.get("resourceFieldRef")) {
                (Some(reference), _) => known_text(item, reference, scope),
                (None, Some(reference)) => amount(reference, scope),
                (None, None) => None,
            };
            self.lost |= text.is_none();
            if let Some(text) = text {
                self.entries.push(Entry { path, content: Content::Known(text), mode });
            }
        }
    }
}

/// Where an item puts its file within the volume; a path that leads out of it is reported.
fn path_of(item: Field<'_>) -> Option<String> {
    let field = item.get("path");
    if let Some(other) = field.filter(|field| field.text().is_none()) {
        // It is said here, because what is said of the volume as a whole would speak for it.
        other.say(&general::WRONG_TYPE, "the API takes a text here", "quote it");
        item.share(&general::WRONG_TYPE, "the API refuses the path of the file");
        return None;
    }
    let path = field.and_then(Field::text).unwrap_or_default();
    if path.is_empty() || path.starts_with('/') || path.split('/').any(|step| step == "..") {
        let place = field.unwrap_or(item);
        let reason = format!("`{path}` is no path within the volume");
        place.say(&codes::FILE, reason, "write a relative path without `..`");
        item.share(&codes::FILE, "the file has no path within its volume");
        return None;
    }
    Some(path.to_owned())
}

/// The text of a field of the pod; what only the member knows cannot be in a file.
fn known_text(item: Field<'_>, reference: Field<'_>, scope: &Scope<'_, '_>) -> Option<String> {
    if let Some(version) = reference.get("apiVersion") {
        version.touch();
    }
    let path = reference.get("fieldPath")?;
    let written = path.text().unwrap_or_default();
    let pairs = |map: &str| {
        let entries = scope.template.into_iter().flat_map(|template| template.map(map));
        entries.map(|(key, value)| format!("{key}={:?}\n", value.written().unwrap_or_default())).collect::<String>()
    };
    match written {
        "metadata.labels" => return Some(pairs("labels").trim_end().to_owned()),
        "metadata.annotations" => return Some(pairs("annotations").trim_end().to_owned()),
        _ => {}
    }
    if let Known::Text(text) = known(written, scope) {
        return Some(text);
    }
    let reason = format!("`{written}` is known when the member runs, and files are written before");
    item.say(&codes::FILE, reason, "read it from a variable under `facts:`");
    None
}

/// A mode that is written, or the default.
fn mode(field: Field<'_>, key: &str, default: i64) -> i64 {
    field.get(key).and_then(Field::integer).unwrap_or(default)
}

/// Permissions; a number that is none, such as 644 instead of 0644, is reported.
fn permissions(mode: i64, place: Field<'_>) -> Option<u32> {
    let permissions = u32::try_from(mode).ok().filter(|mode| *mode <= 0o777);
    if permissions.is_none() {
        let reason = format!("{mode} is {mode:o} in octal, which is no mode of a file, and the API refuses it");
        place.say(&codes::FILE, reason, "write it in octal with a leading 0, such as `0644`");
    }
    permissions
}

/// Says that a secret takes the place of what is not in the import.
fn say_absent(field: Field<'_>, kind: &str, name: &str) {
    let optional = field.get("optional").and_then(Field::boolean) == Some(true);
    let (reason, action) = match (kind, optional) {
        ("Secret", false) => return,
        (_, true) => (
            format!("{kind} `{name}` is not in the import, and optional; Skiff asks for a secret in its place"),
            "take the file away if the cluster does not have it".to_owned(),
        ),
        _ => (
            format!("{kind} `{name}` is not in the import: a secret takes its place, with the same keys"),
            format!("import it too: `{}`, or fill the secret in", get(kind, name, field)),
        ),
    };
    let named = field.get("name").or_else(|| field.get("secretName")).unwrap_or(field);
    named.say(&workload::ASSUMED_CONFIG, reason, action);
}
