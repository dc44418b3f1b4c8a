//! Requests from a recording of a browser: HTTP Archive 1.2, `log.entries[].request`.

use serde::Deserialize;
use serde_json::Value;
use skiff_runtime::shadow::Request;

use super::{Read, is_credential, sendable};
use crate::{failure::Failure, words};

/// Headers that belong to one connection, or that whoever sends the request writes himself.
const OF_THE_CONNECTION: [&str; 6] = ["host", "connection", "content-length", "transfer-encoding", "upgrade", "te"];

#[derive(Deserialize)]
struct Archive {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: Recorded,
}

#[derive(Deserialize)]
struct Recorded {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

/// Reads a recording; what cannot be sent is left out, and counted.
pub(super) fn read(document: &Value, name: &str) -> Result<Read, Failure> {
    let archive = Archive::deserialize(document).map_err(|error| {
        Failure::unusable(format!("`{name}` is not a recording that can be read: {error}"))
            .hint("save it as HAR 1.2, or write JSON lines")
    })?;
    let (mut read, mut left_out, mut credentials) = (Read::default(), 0, 0);
    for entry in archive.log.entries {
        let Recorded { method, url, headers } = entry.request;
        let (kept, secret): (Vec<_>, Vec<_>) = headers.into_iter().partition(|header| !is_credential(&header.name));
        credentials += secret.len();
        let headers = kept.into_iter().filter(|header| is_of_the_request(&header.name));
        let headers = headers.map(|header| (header.name, header.value)).collect();
        match sendable(Request { method: method.to_uppercase(), path: path(&url), headers }) {
            Ok(request) => read.requests.push(request),
            Err(_) => left_out += 1,
        }
    }
    read.warnings = warnings(name, left_out, credentials);
    Ok(read)
}

fn warnings(name: &str, left_out: usize, credentials: usize) -> Vec<String> {
    let mut warnings = Vec::new();
    if left_out > 0 {
        let what = words::count(left_out, "request");
        warnings.push(format!("{what} of `{name}` may change something or cannot be sent, and was left out"));
    }
    if credentials > 0 {
        let what = words::count(credentials, "header");
        warnings.push(format!("{what} of `{name}` with credentials was left out: requests are kept in the ledger"));
    }
    warnings
}

/// Path and query of an address: what stands behind the authority (RFC 3986, section 3), without the fragment.
fn path(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (_, path) = rest.split_at(at);
    let path = path.split('#').next().unwrap_or_default();
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

fn is_of_the_request(name: &str) -> bool {
    !name.starts_with(':') && !OF_THE_CONNECTION.iter().any(|other| name.eq_ignore_ascii_case(other))
}
