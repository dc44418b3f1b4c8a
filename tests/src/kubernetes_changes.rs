//! Is what an account says of a leaf true? The leaf is changed, and everything is imported again.
//!
//! - A leaf that is *mapped* must matter: with some other value the spec, the secrets or what is said of other leaves is
//!   another one, or the leaf itself is no longer mapped.
//! - A leaf that is *ignored* must not matter: with every other value that is ignored too, the spec stays as it is.
//!
//! The other values are those that the same field has elsewhere, the words that the API takes, and some of the same type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use skiff_importers::{
    account::{Account, Fate},
    import::{Import, Input},
    kube::{
        read::{Meaning, Node, Path, Scalar, Value},
        table,
    },
};

use crate::{kubernetes_documents::Documents, kubernetes_import, kubernetes_words::WORDS};

/// A kind and a field, such as `Deployment` and `spec.replicas`.
pub type Field = (String, String);

/// Values of a field, as they are elsewhere, that are tried beside those of its type.
const VALUES: usize = 3;

/// Values that are tried of an ignored field; of a mapped one all are, until one matters.
const IGNORED: usize = 3;

/// The values that each field has over a collection, a few of each.
#[derive(Debug, Default)]
pub struct Pool(BTreeMap<Field, BTreeSet<String>>);

/// What was tried, and what was found.
#[derive(Debug, Default)]
pub struct Tried {
    /// How many leaves of each field and fate were changed; a kind that the table does not have is one field, as one
    /// thing is said of all of it.
    pub leaves: BTreeMap<(Field, Fate), usize>,
    /// What is wrong, by field, with an example.
    pub wrong: BTreeMap<(Field, Fate), String>,
}

impl Pool {
    /// Takes the values of some files' fields.
    pub fn add(&mut self, documents: &Documents) {
        for manifest in &documents.manifests {
            for leaf in manifest.leaves() {
                let values = self.0.entry((manifest.kind.to_string(), leaf.field())).or_default();
                if let Some(value) = scalar(leaf.node).filter(|_| values.len() < VALUES) {
                    values.insert(value.to_string());
                }
            }
        }
    }

    /// Other values for a leaf, of the type that it has.
    fn others(&self, field: &Field, value: &Json) -> Vec<Json> {
        let same_type = |other: &Json| other.is_string() == value.is_string() && other.is_number() == value.is_number();
        let pool = self.0.get(field).into_iter().flatten();
        let mut others: Vec<Json> = pool.filter_map(|text| serde_json::from_str(text).ok()).filter(same_type).collect();
        let last = field.1.rsplit('.').next().map(|last| last.trim_end_matches("[]"));
        let words = WORDS.iter().filter(|(known, _)| value.is_string() && Some(*known) == last);
        others.extend(words.flat_map(|(_, words)| words.iter().map(|word| json!(word))));
        others.extend(made(value));
        others.retain(|other| other != value);
        others
    }
}

/// Other values of a value's own type.
fn made(value: &Json) -> Vec<Json> {
    match (value, value.as_i64()) {
        (Json::Bool(boolean), _) => vec![json!(!boolean)],
        (_, Some(number)) => vec![json!(number.saturating_add(1)), json!(number.saturating_mul(3).saturating_add(7))],
        (Json::String(text), _) => match text.parse::<i64>() {
            Ok(number) => vec![json!(number.saturating_add(1).to_string())],
            Err(_) => vec![json!(format!("{text}x")), json!("other")],
        },
        _ => Vec::new(),
    }
}

fn scalar(node: &Node) -> Option<Json> {
    let Value::Scalar(Scalar { text, meaning }) = &node.value else { return None };
    match meaning {
        Meaning::Null | Meaning::Float(_) => None,
        Meaning::Boolean(boolean) => Some(json!(boolean)),
        Meaning::Integer(integer) => Some(json!(integer)),
        Meaning::Text => Some(json!(&**text)),
    }
}

impl Tried {
    /// Changes leaves of some files that are imported together, as long as fewer than `each` of a field were tried.
    ///
    /// # Errors
    /// The importer panicked.
    pub fn add(&mut self, files: &[Input], pool: &Pool, each: usize) -> Result<(), String> {
        let documents = Documents::of(files);
        let before = kubernetes_import::import(&documents.inputs)?;
        let fates = fates(&before.account);
        for (number, manifest) in documents.manifests.iter().enumerate() {
            for leaf in manifest.leaves() {
                let path = leaf.path.to_string();
                let (Some(value), Some(fate)) = (scalar(leaf.node), fates.get(&(number, path.clone()))) else {
                    continue;
                };
                let whole = table::kind(&manifest.api_version, &manifest.kind).is_none();
                let field = (manifest.kind.to_string(), if whole { String::new() } else { leaf.field() });
                if is_identity(&path) || !matches!(fate, Fate::Mapped | Fate::Ignored) {
                    continue;
                }
                let count = self.leaves.entry((field.clone(), *fate)).or_default();
                if *count >= each {
                    continue;
                }
                *count += 1;
                let others = pool.others(&field, &value);
                let leaf = Changed { documents: &documents, before: &before, number, path: &leaf.path, fate: *fate };
                if let Some(problem) = leaf.problem(&others)? {
                    self.wrong.entry((field, *fate)).or_insert(format!("{path} of {}: {problem}", manifest.file));
                }
            }
        }
        Ok(())
    }
}

/// What something is found by, which matters only where something else says the same.
fn is_identity(path: &str) -> bool {
    const NAMED: &[&str] = &["ontainers", "ports", "listeners", "volumes", "rules"];
    let item_name = path.rsplit_once("].name").is_some_and(|(list, rest)| {
        rest.is_empty()
            && list.rsplit_once('[').is_some_and(|(list, _)| NAMED.iter().any(|named| list.ends_with(named)))
    });
    let own = matches!(path, "kind" | "metadata.name" | "metadata.namespace");
    own || item_name || path == "apiVersion" || path.ends_with(".apiVersion")
}

/// One leaf to be changed.
struct Changed<'c> {
    documents: &'c Documents,
    before: &'c Import,
    number: usize,
    path: &'c Path<'c>,
    fate: Fate,
}

impl Changed<'_> {
    fn problem(&self, others: &[Json]) -> Result<Option<String>, String> {
        let count = if self.fate == Fate::Ignored { IGNORED } else { others.len() };
        for other in others.iter().take(count) {
            let after = kubernetes_import::import(&self.documents.with(self.number, self.path, other.clone()))?;
            let fate = fates(&after.account).get(&(self.number, self.path.to_string())).copied();
            let same_fate = fate == Some(self.fate);
            match self.fate {
                Fate::Mapped if !same_fate || self.matters(&after) => return Ok(None),
                Fate::Ignored if same_fate && after.spec != self.before.spec => {
                    return Ok(Some(format!("it is ignored, and `{other}` makes another spec")));
                }
                _ => {}
            }
        }
        let lost = self.fate == Fate::Mapped && !others.is_empty();
        Ok(lost.then(|| format!("it is mapped, and nothing changes with any of {}", Json::from(others.to_vec()))))
    }

    /// Whether anything but the leaf itself is different.
    fn matters(&self, after: &Import) -> bool {
        let before = self.before;
        after.spec != before.spec
            || after.secrets != before.secrets
            || after.services != before.services
            || self.others(&after.account) != self.others(&before.account)
            || self.findings(&after.account) != self.findings(&before.account)
    }

    fn is_it(&self, file: &str, path: &str) -> bool {
        Documents::number(file) == Some(self.number) && path == self.path.to_string()
    }

    fn others<'a>(&self, account: &'a Account) -> Vec<(&'a str, Fate, &'a str, &'a str)> {
        let leaves = account.objects.iter().flat_map(|object| object.leaves.iter().map(move |leaf| (object, leaf)));
        let others = leaves.filter(|(object, leaf)| !self.is_it(&object.file, &leaf.path));
        others.map(|(_, leaf)| (&*leaf.path, leaf.fate, &*leaf.home, &*leaf.reason)).collect()
    }

    fn findings<'a>(&self, account: &'a Account) -> Vec<(&'a str, &'a str, &'a str)> {
        let others = account.findings.iter().filter(|found| !self.is_it(&found.file, &found.path));
        others.map(|found| (found.code.id, &*found.path, &*found.reason)).collect()
    }
}

/// What became of each leaf, by its manifest and path.
fn fates(account: &Account) -> BTreeMap<(usize, String), Fate> {
    let objects = account.objects.iter().filter_map(|object| Some((Documents::number(&object.file)?, object)));
    let leaves = objects.flat_map(|(number, object)| object.leaves.iter().map(move |leaf| (number, leaf)));
    leaves.map(|(number, leaf)| ((number, leaf.path.clone()), leaf.fate)).collect()
}
