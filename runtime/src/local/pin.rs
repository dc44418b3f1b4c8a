//! The root of trust that members on this machine start from.

use std::{fs, io};

use serde_json::Value;
use skiff_wire::Plan;

use crate::{
    error::Error,
    local::{file, place::Place},
    state::Ledger,
    trust::{self, load_root},
};

/// What is pinned, `None` while nothing is.
///
/// # Errors
/// A file that cannot be read: what is pinned there is not known, which is not the same as nothing.
pub fn read(place: &Place) -> Result<Option<String>, Error> {
    let path = place.trust_pin();
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|digest| !digest.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file::unreadable(&path, &error)),
    }
}

/// Pins the root that is named, or else keeps the one that is pinned, or else takes the newest of the ledger: the same
/// trust on first use that a new machine gives. Gives what is pinned, `None` while the ledger has no root.
///
/// # Errors
/// A chain of roots that does not verify, or a folder that cannot be written.
pub async fn write(place: &Place, ledger: &Ledger, named: Option<&str>) -> Result<Option<String>, Error> {
    let pinned = read(place)?;
    let wanted = match (named, pinned.clone()) {
        (Some(named), _) => Some(named.to_owned()),
        (None, Some(pinned)) => Some(pinned),
        (None, None) => newest(ledger).await?,
    };
    if wanted != pinned
        && let Some(digest) = &wanted
    {
        file::write_bytes(&place.trust_pin(), format!("{digest}\n").as_bytes())?;
    }
    Ok(wanted)
}

/// The trust root that a plan names: what its members would find in their user data, `None` while it is an open input.
#[must_use]
pub fn named(plan: &Plan) -> Option<String> {
    let templates = plan.shape.values().filter(|resource| resource.resource_type == "AWS::EC2::LaunchTemplate");
    let mut texts = Vec::new();
    for template in templates {
        collect(template.properties.get("LaunchTemplateData")?.get("UserData")?, &mut texts);
    }
    texts.iter().find_map(|text| {
        let (_, rest) = text.split_once("\"trust_root\": \"")?;
        let (digest, _) = rest.split_once('"')?;
        digest.starts_with("sha256:").then(|| digest.to_owned())
    })
}

/// Every text of a value, in its order.
fn collect<'value>(value: &'value Value, texts: &mut Vec<&'value str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(values) => values.values().for_each(|value| collect(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

async fn newest(ledger: &Ledger) -> Result<Option<String>, Error> {
    match load_root(ledger, None, 0).await {
        Ok(root) => Ok(Some(root.digest)),
        Err(error) if error.code() == &trust::codes::NO_ROOT => Ok(None),
        Err(error) => Err(error),
    }
}
