//! Requests as JSON lines: `{"method": "GET", "path": "/orders", "headers": {"accept": "application/json"}}`.

use std::collections::BTreeMap;

use serde::Deserialize;
use skiff_runtime::shadow::Request;

use super::{Read, is_credential, sendable};
use crate::failure::Failure;

/// One line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default = "get")]
    method: String,
    path: String,
    #[serde(default)]
    headers: Headers,
}

/// Headers by name, or as pairs where one comes several times.
#[derive(Deserialize)]
#[serde(untagged)]
enum Headers {
    Named(BTreeMap<String, String>),
    Pairs(Vec<(String, String)>),
}

impl Default for Headers {
    fn default() -> Self {
        Self::Pairs(Vec::new())
    }
}

fn get() -> String {
    "GET".into()
}

/// Reads each line; an empty one is none.
pub(super) fn read(text: &str, name: &str) -> Result<Read, Failure> {
    let mut requests = Vec::new();
    let written = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (index, line) in written {
        let request = of_line(line).map_err(|why| {
            Failure::unusable(format!("`{name}`, line {}: {why}", index + 1))
                .hint("write one JSON object in each line: {\"method\": \"GET\", \"path\": \"/\"}")
        })?;
        requests.push(request);
    }
    Ok(Read { requests, warnings: Vec::new() })
}

fn of_line(line: &str) -> Result<Request, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| format!("it is no request: {error}"))?;
    let headers = match line.headers {
        Headers::Named(named) => named.into_iter().collect(),
        Headers::Pairs(pairs) => pairs,
    };
    if let Some((name, _)) = headers.iter().find(|(name, _)| is_credential(name)) {
        return Err(format!("the header `{name}` carries a credential, and requests are kept in the ledger"));
    }
    sendable(Request { method: line.method.to_uppercase(), path: line.path, headers })
}
