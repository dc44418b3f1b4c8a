//! The fields of the Kubernetes API as lines, one for each field of each type: `PodSpec containers [Container]`.
//!
//! Made from the JSON Schemas that `k8s-openapi` has for its types. A type goes by the last part of its schema's name;
//! where two types share that part, the one of the core API keeps it, and the other has its group in front:
//! `io.k8s.api.discovery.v1.EndpointPort` is `DiscoveryEndpointPort`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Schemas by the name of their type, as `$defs` holds them.
pub type Definitions = Map<String, Value>;

/// The lines of all types that are reachable from the roots, sorted; the roots are names of schemas.
///
/// A root's `status` is anything: a cluster writes it, and nobody maps it.
///
/// # Errors
/// A sentence for a schema that is not there, or that says something no line can say.
pub fn lines(definitions: &Definitions, roots: &BTreeSet<String>) -> Result<String, String> {
    let mut lines = BTreeSet::new();
    let reachable = reachable(definitions, roots)?;
    let names = short_names(&reachable)?;
    for name in &reachable {
        for (field, schema) in properties(definitions, name)? {
            let status = field == "status" && roots.contains(name);
            let word = if status { "any".to_owned() } else { word(schema, definitions, &names)? };
            lines.insert(format!("{} {field} {word}\n", names[name.as_str()]));
        }
    }
    Ok(lines.into_iter().collect())
}

/// The schemas with fields that can be reached from the roots, a root's `status` excepted.
fn reachable(definitions: &Definitions, roots: &BTreeSet<String>) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = roots.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let fields = properties(definitions, &name)?;
        if fields.is_empty() || !found.insert(name.clone()) {
            continue;
        }
        let kept = fields.iter().filter(|(field, _)| *field != "status" || !roots.contains(&name));
        kept.for_each(|(_, schema)| open.extend(reference(schema)));
    }
    Ok(found)
}

fn properties<'d>(definitions: &'d Definitions, name: &str) -> Result<Vec<(&'d str, &'d Value)>, String> {
    let schema = definitions.get(name).ok_or_else(|| format!("there is no schema `{name}`"))?;
    let properties = schema["properties"].as_object().into_iter().flatten();
    Ok(properties.map(|(field, schema)| (field.as_str(), schema)).collect())
}

/// The schema that a field's own schema leads to, through lists and maps.
fn reference(schema: &Value) -> Option<String> {
    let mut schema = schema;
    while let Some(inner) = schema.get("items").or_else(|| schema.get("additionalProperties")) {
        schema = inner;
    }
    target(schema).map(str::to_owned)
}

fn target(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// A short name for each schema, different for each.
fn short_names(reachable: &BTreeSet<String>) -> Result<BTreeMap<&str, String>, String> {
    let mut names = BTreeMap::new();
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    for name in reachable {
        let twins: Vec<_> = reachable.iter().filter(|other| last(other) == last(name)).collect();
        let short = match twins.len() {
            1 => last(name),
            _ if name.starts_with("io.k8s.api.core.") => last(name),
            _ => format!("{}{}", group(name), last(name)),
        };
        if let Some((other, _)) = names.iter().find(|(_, taken)| **taken == short) {
            return Err(format!("`{other}` and `{name}` would both be `{short}`"));
        }
        names.insert(name.as_str(), short);
    }
    Ok(names)
}

/// `Discovery` of `io.k8s.api.discovery.v1.EndpointPort`.
fn group(name: &str) -> String {
    let group = name.rsplit('.').nth(2).unwrap_or_default();
    let mut letters = group.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The type of a field as the data writes it.
fn word(schema: &Value, definitions: &Definitions, names: &BTreeMap<&str, String>) -> Result<String, String> {
    if let Some(name) = target(schema) {
        let inner = definitions.get(name).ok_or_else(|| format!("there is no schema `{name}`"))?;
        return match names.get(name) {
            Some(short) => Ok(short.clone()),
            None if name.ends_with(".Quantity") => Ok("quantity".into()),
            None => word(inner, definitions, names),
        };
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return Ok("int-or-string".into());
    }
    match (schema["type"].as_str(), schema.get("additionalProperties")) {
        (Some(simple @ ("string" | "integer" | "number" | "boolean")), _) => Ok(simple.into()),
        (Some("array"), _) => Ok(format!("[{}]", word(&schema["items"], definitions, names)?)),
        (Some("object"), Some(value)) => Ok(format!("{{{}}}", word(value, definitions, names)?)),
        (Some("object") | None, None) => Ok("any".into()),
        _ => Err(format!("no line can say `{schema}`")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(definitions: &Value, roots: &[&str]) -> Result<String, String> {
        lines(definitions.as_object().unwrap(), &roots.iter().map(|root| (*root).to_owned()).collect())
    }

    #[test]
    fn what_a_root_leads_to_is_listed_and_nothing_else() {
        let definitions = json!({
            "io.k8s.api.core.v1.Pod": {"properties": {
                "spec": {"$ref": "#/$defs/io.k8s.api.core.v1.PodSpec"},
                "status": {"$ref": "#/$defs/io.k8s.api.core.v1.PodStatus"},
            }},
            "io.k8s.api.core.v1.PodSpec": {"properties": {
                "again": {"type": "array", "items": {"$ref": "#/$defs/io.k8s.api.core.v1.PodSpec"}},
                "limits": {"type": "object", "additionalProperties": {"$ref": "#/$defs/io.k8s.Quantity"}},
                "port": {"x-kubernetes-int-or-string": true},
                "raw": {"type": "object"},
            }},
            "io.k8s.Quantity": {"x-kubernetes-int-or-string": true},
        });
        let lines = of(&definitions, &["io.k8s.api.core.v1.Pod"]).unwrap();
        let wanted = "Pod spec PodSpec\nPod status any\nPodSpec again [PodSpec]\nPodSpec limits {quantity}\n\
                      PodSpec port int-or-string\nPodSpec raw any\n";
        assert_eq!(lines, wanted);
    }

    #[test]
    fn two_types_with_one_name_are_told_apart() {
        let port = json!({"properties": {"port": {"type": "integer"}}});
        let definitions = json!({"io.k8s.api.core.v1.Port": port, "io.k8s.api.discovery.v1.Port": port});
        let lines = of(&definitions, &["io.k8s.api.core.v1.Port", "io.k8s.api.discovery.v1.Port"]).unwrap();
        assert_eq!(lines, "DiscoveryPort port integer\nPort port integer\n");
        let definitions = json!({"io.k8s.api.apps.v1.Port": port, "io.k8s.api.apps.v2.Port": port});
        assert!(of(&definitions, &["io.k8s.api.apps.v1.Port", "io.k8s.api.apps.v2.Port"]).is_err());
    }
}
