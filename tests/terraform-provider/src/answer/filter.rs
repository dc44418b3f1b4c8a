//! `filter` blocks and `tags` of data sources, as EC2 reads them.

use crate::value::Value;

/// Filters whose name is not the attribute's with dashes.
const NAMED_OTHERWISE: &[(&str, &str)] = &[
    ("cidr", "cidr_block"),
    ("group-id", "id"),
    ("group-name", "name"),
    ("image-id", "id"),
    ("is-default", "default"),
    ("owner-id", "owner_id"),
    ("prefix-list-id", "id"),
    ("prefix-list-name", "name"),
    ("subnet-id", "id"),
];

/// Filters that name the kind of resource that is looked for.
const OWN_ID: &[(&str, &str)] = &[("aws_vpc", "vpc-id")];

/// Whether a resource passes every filter, and has every tag that is asked for.
pub(super) fn passes(kind: &str, resource: &Value, filters: &Value, tags: &Value) -> bool {
    let has_tag = |(name, value): (&String, &Value)| resource.get("tags_all").get(name) == value;
    tags.fields().is_none_or(|tags| tags.iter().all(has_tag))
        && filters.items().iter().all(|filter| passes_one(kind, resource, filter))
}

fn passes_one(kind: &str, resource: &Value, filter: &Value) -> bool {
    let name = filter.text_of("name").unwrap_or_default();
    let mut patterns = filter.get("values").texts();
    let tags = resource.get("tags_all");
    if name == "tag-key" {
        return patterns.any(|key| !tags.get(key).is_null());
    }
    let value = match name.strip_prefix("tag:") {
        Some(key) => tags.get(key),
        None => resource.get(&attribute(kind, name)),
    };
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        _ => return false,
    };
    patterns.any(|pattern| is_like(&text, pattern))
}

fn attribute(kind: &str, filter: &str) -> String {
    if OWN_ID.contains(&(kind, filter)) {
        return "id".to_owned();
    }
    let other = NAMED_OTHERWISE.iter().find(|(name, _)| *name == filter);
    other.map_or_else(|| filter.replace('-', "_"), |(_, attribute)| (*attribute).to_owned())
}

/// Whether a text matches a pattern in which `*` is any text and `?` any character.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return text.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    let mut letters = text.chars();
    match first {
        '*' => is_like(text, rest) || (letters.next().is_some() && is_like(letters.as_str(), pattern)),
        '?' => letters.next().is_some() && is_like(letters.as_str(), rest),
        _ => letters.next() == Some(first) && is_like(letters.as_str(), rest),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_are_those_of_ec2() {
        assert!(is_like("al2023-ami-2023.6-arm64", "al2023-ami-*-arm64"));
        assert!(is_like("a", "?") && is_like("", "*") && is_like("", ""));
        assert!(!is_like("ab", "?") && !is_like("al2023", "al2022*") && !is_like("a", ""));
    }

    #[test]
    fn filters_name_attributes_and_tags() {
        let subnet = Value::from(
            &json!({"id": "subnet-1", "vpc_id": "vpc-1", "default": false, "tags_all": {"tier": "private"}}),
        );
        let passes = |filters: serde_json::Value| passes("aws_subnet", &subnet, &Value::from(&filters), &Value::Null);
        assert!(passes(
            json!([{"name": "vpc-id", "values": ["vpc-1"]}, {"name": "tag:tier", "values": ["pub", "priv*"]}])
        ));
        assert!(passes(json!([{"name": "is-default", "values": ["false"]}, {"name": "tag-key", "values": ["tier"]}])));
        assert!(!passes(json!([{"name": "vpc-id", "values": ["vpc-2"]}])));
        assert!(!passes(json!([{"name": "colour", "values": ["red"]}])));
    }

    #[test]
    fn tags_must_all_be_there() {
        let vpc = Value::from(&json!({"id": "vpc-1", "tags_all": {"a": "1", "b": "2"}}));
        let passes = |tags: serde_json::Value| passes("aws_vpc", &vpc, &Value::Null, &Value::from(&tags));
        assert!(passes(json!({"a": "1"})) && passes(json!(null)));
        assert!(!passes(json!({"a": "1", "c": "3"})));
        assert_eq!(attribute("aws_vpc", "vpc-id"), "id");
    }
}
