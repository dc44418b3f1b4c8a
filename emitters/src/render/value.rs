//! Property values, short enough to read in a line.

use serde_json::Value;

use super::table::cut;
use crate::change::is_reference;

/// A value in at most `width` characters: references as `web.target_group.a.Arn`, lists as `[a, b]`.
pub(super) fn short(value: &Value, width: usize) -> String {
    cut(&text(value).replace(['\n', '\r', '\t'], " "), width)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Object(_) if is_reference(value) => reference(value),
        Value::Object(object) => {
            if let (Some(key), Some(value), 2) = (object.get("Key"), object.get("Value"), object.len()) {
                return format!("{}={}", text(key), text(value));
            }
            let member = |(key, inner): (&String, &Value)| format!("{key}: {}", text(inner));
            format!("{{{}}}", object.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn reference(value: &Value) -> String {
    let member = |name: &str| value.get(name).map(text).unwrap_or_default();
    if let Some(parts) = value.get("join").and_then(Value::as_array) {
        return parts
            .iter()
            .map(|part| if part.is_string() { text(part) } else { format!("${{{}}}", text(part)) })
            .collect();
    }
    if let Some(encoded) = value.get("base64") {
        return text(encoded);
    }
    if value.get("resource").is_some() {
        return format!("{}.{}", member("resource"), member("attribute"));
    }
    if value.get("input").is_some() {
        return format!("input {}", member("input"));
    }
    member("pseudo")
}

/// A JSON pointer as people say it: `/LaunchTemplateData/ImageId` is `LaunchTemplateData.ImageId`.
pub(super) fn dotted(pointer: &str) -> String {
    crate::change::segments(pointer).collect::<Vec<_>>().join(".")
}

/// `AWS::EC2::SecurityGroup` is `SecurityGroup`.
pub(super) fn short_type(resource_type: &str) -> &str {
    resource_type.rsplit("::").next().unwrap_or(resource_type)
}

/// Seconds as people say them: `90 s`, `5 min`, `2 h`.
pub(super) fn duration(seconds: u32) -> String {
    match seconds {
        whole if whole >= 3600 && whole % 3600 == 0 => format!("{} h", whole / 3600),
        whole if whole >= 120 && whole % 60 == 0 => format!("{} min", whole / 60),
        other => format!("{other} s"),
    }
}

/// A resource as people say it: `environment.database.orders` is `database orders`, `web.logs` is `web logs`.
pub(super) fn resource_words(id: &str) -> String {
    let id = id.strip_prefix(skiff_wire::ENVIRONMENT_OWNER).and_then(|rest| rest.strip_prefix('.')).unwrap_or(id);
    id.replace(['.', '_'], " ")
}

/// A long time in seconds as people say it: `4 days`, `12 h`.
pub(super) fn days(seconds: u64) -> String {
    const DAY: u64 = 86_400;
    if seconds >= DAY && seconds.is_multiple_of(DAY) {
        return super::counted(usize::try_from(seconds / DAY).unwrap_or(usize::MAX), "day");
    }
    duration(u32::try_from(seconds).unwrap_or(u32::MAX))
}
