//! Logical ids: alphanumeric, at most 255 characters, unique over resources and parameters together (AWS
//! CloudFormation User Guide, template anatomy).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// Longer ids are cut, with room for a hash.
const LONGEST: usize = 200;

/// The logical id of every resource and every input of a plan.
#[derive(Debug)]
pub(crate) struct Names {
    resources: BTreeMap<String, String>,
    inputs: BTreeMap<String, String>,
}

impl Names {
    /// Names everything by its key; two keys that would read the same get a hash of the key at their end.
    pub(crate) fn of<'key>(
        resources: impl Iterator<Item = &'key str> + Clone,
        inputs: impl Iterator<Item = &'key str> + Clone,
    ) -> Self {
        let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
        for key in resources.clone().chain(inputs.clone()) {
            *wanted.entry(pascal_case(key)).or_default() += 1;
        }
        let name = |sort: &str, key: &str| {
            let plain = pascal_case(key);
            let alone = wanted.get(&plain) == Some(&1) && plain.len() <= LONGEST;
            let name = if alone { plain } else { hashed(&plain, &format!("{sort}/{key}")) };
            (key.to_owned(), name)
        };
        Self {
            resources: resources.map(|key| name("resource", key)).collect(),
            inputs: inputs.map(|key| name("input", key)).collect(),
        }
    }

    /// The logical id of a resource; one that the plan does not hold is still named, so that `cfn-lint` points at it.
    pub(crate) fn resource(&self, key: &str) -> String {
        self.resources.get(key).cloned().unwrap_or_else(|| pascal_case(key))
    }

    /// The logical id of an input's parameter.
    pub(super) fn input(&self, key: &str) -> String {
        self.inputs.get(key).cloned().unwrap_or_else(|| pascal_case(key))
    }
}

fn pascal_case(key: &str) -> String {
    let words = key.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.map(capitalised).collect();
    if name.is_empty() { "Resource".to_owned() } else { name }
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}

/// Twelve hexadecimal digits behind an `X`: a key would have to hold its own hash to collide with one.
fn hashed(plain: &str, key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}X{hex}", plain.get(..LONGEST).unwrap_or(plain))
}
