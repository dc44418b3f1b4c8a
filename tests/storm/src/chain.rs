//! Whether the versions of a control document follow from one another: what was really written, in its order.

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_runtime::store::Key;

/// What counts of a version.
struct Version {
    revision: u64,
    epoch: u64,
    holder: Option<String>,
}

/// What does not follow, one sentence each.
#[must_use]
pub fn broken(written: &[(Key, Vec<u8>)]) -> Vec<String> {
    let mut last: BTreeMap<&Key, Version> = BTreeMap::new();
    let mut broken = Vec::new();
    for (key, body) in written.iter().filter(|(key, _)| key.as_str().ends_with("/control.json")) {
        let Some(version) = version(body) else {
            broken.push(format!("`{key}` was written, and cannot be read"));
            continue;
        };
        if let Some(before) = last.get(key) {
            broken.extend(follows(key, before, &version));
        }
        last.insert(key, version);
    }
    broken
}

fn version(body: &[u8]) -> Option<Version> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let number = |name: &str| document.get(name).and_then(Value::as_u64);
    let holder = document.get("holder").and_then(Value::as_str).map(str::to_owned);
    Some(Version { revision: number("revision")?, epoch: number("epoch")?, holder })
}

fn follows(key: &Key, before: &Version, now: &Version) -> Option<String> {
    if now.revision != before.revision + 1 {
        return Some(format!("`{key}`: revision {} was written behind {}", now.revision, before.revision));
    }
    if now.epoch < before.epoch {
        return Some(format!("`{key}`: epoch {} was written behind {}", now.epoch, before.epoch));
    }
    // An operation is taken over by a higher epoch; a service only when it was given back.
    let taken = matches!((&before.holder, &now.holder), (Some(before), Some(now)) if before != now);
    let is_service = key.as_str().contains("/services/");
    (taken && is_service)
        .then(|| format!("`{key}`: the service was taken from {:?} by {:?}", before.holder, now.holder))
}
