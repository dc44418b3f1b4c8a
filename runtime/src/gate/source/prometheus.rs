//! Prometheus: instant queries over its HTTP API, `/api/v1/query`, version 1 as its documentation has it.

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use serde_json::Value;

use super::{Asked, Reading, http::Message, token};
use crate::{error::Error, gate::Token};

/// Seconds for one query.
const SECONDS: u32 = 10;
/// What RFC 3986 leaves as it is in a query.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The envelope of every answer.
#[derive(Debug, Deserialize)]
struct Envelope {
    status: String,
    data: Option<Data>,
    #[serde(rename = "errorType")]
    kind: Option<String>,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Data {
    #[serde(rename = "resultType")]
    kind: String,
    result: Value,
}

/// Whom to ask, and as who.
pub(super) struct Server<'a> {
    pub(super) url: &'a str,
    pub(super) token: Option<&'a Token>,
    pub(super) roots: &'a [CertificateDer<'static>],
}

pub(super) async fn read(asked: &Asked<'_>, server: &Server<'_>, query: &str) -> Result<Reading, Error> {
    let token = token::read(asked, server.token)?;
    let token = token.as_ref().map(|token| token.as_str());
    let canary = ask(asked, server, &filled(asked, query, &asked.groups.canary), token).await?;
    let baseline = match asked.baseline() {
        None => None,
        Some(group) => ask(asked, server, &filled(asked, query, group), token).await?,
    };
    Ok(match canary {
        Some(canary) => Reading::Values { canary, baseline },
        None => Reading::NoData("Prometheus has no series for its query".into()),
    })
}

fn filled(asked: &Asked<'_>, query: &str, group: &str) -> String {
    let scope = &asked.service.scope;
    query
        .replace("{{service}}", &asked.service.service)
        .replace("{{environment}}", &scope.environment)
        .replace("{{app}}", &scope.app)
        .replace("{{group}}", group)
}

async fn ask(asked: &Asked<'_>, server: &Server<'_>, query: &str, token: Option<&str>) -> Result<Option<f64>, Error> {
    let base = server.url.trim_end_matches('/');
    let place = format!("Prometheus at `{base}`");
    let url = format!("{base}/api/v1/query?query={}", utf8_percent_encode(query, ESCAPED));
    let message = Message { method: Method::GET, url: &url, token, body: None };
    let (status, body) =
        super::http::exchange(message, SECONDS, server.roots).await.map_err(|why| asked.unreachable(&place, &why))?;
    let envelope: Envelope = match serde_json::from_slice(&body) {
        Ok(envelope) => envelope,
        Err(_) if status != 200 => return Err(asked.unreachable(&place, &format!("it answers with {status}"))),
        Err(error) => return Err(asked.unreadable(&place, &error.to_string())),
    };
    match (envelope.status.as_str(), envelope.data) {
        ("success", Some(data)) => value(&data).map_err(|why| asked.unreadable(&place, &why)),
        _ => {
            let kind = envelope.kind.unwrap_or_else(|| status.to_string());
            let why = format!("{kind}: {}", envelope.error.unwrap_or_else(|| "without a word".into()));
            Err(asked.unreachable(&place, &why).hint("correct the query of the gate, or what refuses it"))
        }
    }
}

/// The one number of an answer: a scalar, or a vector of one series.
fn value(data: &Data) -> Result<Option<f64>, String> {
    let sample = match (data.kind.as_str(), &data.result) {
        ("scalar", sample) => sample,
        ("vector", Value::Array(series)) => match series.as_slice() {
            [] => return Ok(None),
            [one] => one.get("value").ok_or("its one series has no plain value")?,
            many => return Err(format!("it has {} series, and one is wanted: `sum` or `max` makes one", many.len())),
        },
        (kind, _) => return Err(format!("it is a {kind}, and a scalar or a vector is wanted")),
    };
    let text = sample.get(1).and_then(Value::as_str).ok_or("a sample is no pair of a time and a text")?;
    text.parse().map(Some).map_err(|_| format!("`{text}` is no number"))
}
