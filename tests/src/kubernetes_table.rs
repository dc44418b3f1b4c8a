//! The importer's field table against the API and against `skiff.yaml`: it says something of every field that the API
//! has, nothing of fields that the API has not, and sends fields to keys that exist.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use skiff_importers::kube::{
    api::{self, Type},
    table::{Expected, KINDS, Kind, Row},
};

use crate::Problems;

/// Fields of the API that no row speaks of, each with the kinds that have it.
#[must_use]
pub fn gaps() -> Problems {
    let mut gaps: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for kind in kinds() {
        let Some(name) = kind.api else { continue };
        let mut walk = Walk { kind: kind.name, open: Vec::new(), gaps: &mut gaps };
        walk.value(&Type::Object(name), Expected::root(kind.name), &mut String::new());
    }
    let of = |kinds: BTreeSet<&str>| kinds.into_iter().collect::<Vec<_>>().join(" ");
    gaps.into_iter().map(|(path, kinds)| format!("{path}: {}", of(kinds))).collect()
}

/// The kinds of Kubernetes: a Compose file has kinds of its own in the table, without an API's group and version.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    KINDS
        .iter()
        .copied()
        .flatten()
        .filter(|kind| api::fields(kind.name).is_some_and(|fields| fields.contains_key("kind")))
}

/// A walk through all fields of one kind.
struct Walk<'w> {
    kind: &'static str,
    /// The types that the walk is inside of: one that holds itself is looked at once.
    open: Vec<&'static str>,
    gaps: &'w mut BTreeMap<String, BTreeSet<&'static str>>,
}

impl Walk<'_> {
    fn value(&mut self, value: &Type, expected: Expected, path: &mut String) {
        if expected.begins_whole() {
            return;
        }
        match value {
            Type::List(inner) => self.below("[]", inner, expected.item(), path),
            Type::Map(inner) => self.below(".<map>", inner, expected.key("<map>"), path),
            Type::Object(name) => self.object(name, expected, path),
            _ if expected.row().is_none() => {
                self.gaps.entry(path.clone()).or_default().insert(self.kind);
            }
            _ => {}
        }
    }

    fn object(&mut self, name: &'static str, expected: Expected, path: &mut String) {
        let Some(fields) = api::fields(name) else {
            self.gaps.entry(format!("{path}: the data has no type `{name}`")).or_default().insert(self.kind);
            return;
        };
        if self.open.contains(&name) {
            return;
        }
        self.open.push(name);
        let fields: BTreeMap<_, _> = fields.iter().collect();
        for (field, inner) in fields {
            let step = if path.is_empty() { (*field).to_owned() } else { format!(".{field}") };
            self.below(&step, inner, expected.key(field), path);
        }
        self.open.pop();
    }

    fn below(&mut self, step: &str, value: &Type, expected: Expected, path: &mut String) {
        let length = path.len();
        path.push_str(step);
        self.value(value, expected, path);
        path.truncate(length);
    }
}

/// Rows that name a field which the API has in none of the kinds that share the row.
#[must_use]
pub fn dead_rows() -> Problems {
    let mut dead: BTreeMap<String, Result<(), String>> = BTreeMap::new();
    for (kind, path, _) in rows() {
        let Some(name) = kind.api else { continue };
        let resolved = resolve(name, &path).map_err(|problem| format!("{path}: {problem}"));
        let known = dead.entry(path).or_insert_with(|| resolved.clone());
        *known = known.clone().or(resolved);
    }
    dead.into_values().filter_map(Result::err).collect()
}

/// Every row with its kind and its path from the root.
fn rows() -> impl Iterator<Item = (&'static Kind, String, &'static Row)> {
    let sections = kinds().flat_map(|kind| kind.sections.iter().map(move |section| (kind, section)));
    sections.flat_map(|(kind, section)| {
        let rows = section.rows.iter().flat_map(|rows| rows.iter());
        rows.map(move |row| {
            let path = if section.at.is_empty() { row.field.into() } else { format!("{}.{}", section.at, row.field) };
            (kind, path, row)
        })
    })
}

fn resolve(root: &'static str, path: &str) -> Result<(), String> {
    let mut value = Type::Object(root);
    for part in path.split('.').filter(|part| !part.is_empty() && *part != "**") {
        let name = part.trim_end_matches("[]");
        value = match value {
            Type::Any => return Ok(()),
            Type::Map(inner) => *inner,
            Type::Object(object) => {
                let field = api::fields(object).and_then(|fields| fields.get(name));
                *field.ok_or_else(|| format!("`{object}` has no field `{name}`"))?
            }
            other => return Err(format!("{other:?} has no field `{name}`")),
        };
        for _ in 0..(part.len() - name.len()) / 2 {
            value = match value {
                Type::List(inner) => *inner,
                Type::Any => return Ok(()),
                other => return Err(format!("`{name}` is {other:?}, not a list")),
            };
        }
    }
    Ok(())
}

/// Rows whose home is no key of `skiff.yaml`, by its JSON Schema.
#[must_use]
pub fn lost_homes(schema: &Json) -> Problems {
    let lost = rows().filter(|(_, _, row)| !row.home.is_empty()).filter_map(|(kind, path, row)| {
        let home = row.home.strip_prefix('/').map_or_else(|| format!("services.any.{}", row.home), str::to_owned);
        let steps: Vec<_> = home.split('.').map(|step| step.trim_end_matches("[]")).collect();
        (!is_key(schema, schema, &steps)).then(|| format!("{}: {path}: there is no key `{}`", kind.name, row.home))
    });
    lost.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether keys lead somewhere in a schema; lists and shorthands are looked into, and any key fits a pattern. Recursion is as deep as the keys, and
/// the chain of references between two of them is that of the schema's own types.
fn is_key(root: &Json, schema: &Json, steps: &[&str]) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.is_some_and(|target| is_key(root, target, steps));
    }
    let choices = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
    if choices.chain(schema.get("items")).any(|choice| is_key(root, choice, steps)) {
        return true;
    }
    let Some((first, rest)) = steps.split_first() else { return true };
    let property = schema["properties"].get(first);
    let patterns = schema["patternProperties"].as_object().into_iter().flatten().map(|(_, inner)| inner);
    let free = schema.get("additionalProperties").filter(|free| free.is_object());
    property.into_iter().chain(patterns).chain(free).any(|inner| is_key(root, inner, rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_that_the_api_has_resolves() {
        for path in ["spec.template.spec.containers[].env[].value", "metadata.labels.<map>", "status.**", "status.any"]
        {
            assert_eq!(resolve("Deployment", path), Ok(()), "{path}");
        }
        for path in ["spec.template.spec.containers.env", "spec.replica", "spec.replicas.**.more", "metadata.labels[]"]
        {
            assert!(resolve("Deployment", path).is_err(), "{path}");
        }
    }

    #[test]
    fn homes_are_looked_up_through_references_lists_and_shorthands() {
        let schema = json!({
            "properties": {"services": {"patternProperties": {"^a": {"$ref": "#/definitions/Service"}}}},
            "definitions": {"Service": {"properties": {
                "health": {"anyOf": [{"type": "string"}, {"properties": {"readiness": {"type": "string"}}}]},
                "routes": {"type": "array", "items": {"properties": {"host": {"type": "string"}}}},
            }}},
        });
        let is = |home: &str| is_key(&schema, &schema, &home.split('.').collect::<Vec<_>>());
        assert!(is("services.any.health.readiness") && is("services.any.routes.host") && is("services.any.health"));
        assert!(!is("services.any.health.liveness") && !is("services.any.port"));
    }
}
