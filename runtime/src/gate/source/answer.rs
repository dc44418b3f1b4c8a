//! What judges by itself: what it is told, what it may say, and asking one over HTTP.

use http::Method;
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};
use skiff_wire::Verdict;

use super::{Asked, Reading, http::Message, token};
use crate::{error::Error, gate::Token};

/// The longest reason that is kept, in characters.
const REASON: usize = 300;

/// What it is told.
#[derive(Debug, Serialize)]
pub(super) struct Question<'a> {
    pub(super) app: &'a str,
    pub(super) environment: &'a str,
    pub(super) service: &'a str,
    pub(super) gate: &'a str,
    pub(super) canary: &'a str,
    pub(super) baseline: Option<&'a str>,
    pub(super) from: String,
    pub(super) at: String,
}

impl<'a> Question<'a> {
    pub(super) fn of(asked: &Asked<'a>) -> Self {
        Self {
            app: &asked.service.scope.app,
            environment: &asked.service.scope.environment,
            service: &asked.service.service,
            gate: &asked.gate.name,
            canary: &asked.groups.canary,
            baseline: asked.groups.baseline.as_deref(),
            from: asked.from.to_string(),
            at: asked.at.to_string(),
        }
    }
}

/// What it may say: a verdict, or a number that the bound of the gate is for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Answer {
    pub(super) verdict: Option<Verdict>,
    pub(super) reason: Option<String>,
    pub(super) value: Option<f64>,
    pub(super) baseline: Option<f64>,
}

impl Answer {
    /// A verdict goes before a number, and a number is nothing without a bound.
    pub(super) fn reading(self, asked: &Asked<'_>) -> Option<Reading> {
        let reason = self.reason.unwrap_or_else(|| "without a reason".into());
        match (self.verdict, self.value, &asked.gate.bound) {
            (Some(verdict), ..) => Some(Reading::Verdict(verdict, shortened(&reason))),
            (None, Some(canary), Some(_)) => Some(Reading::Values { canary, baseline: self.baseline }),
            _ => None,
        }
    }
}

/// A text of a stranger, as long as a line and without what would move a terminal's cursor.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(REASON).collect()
}

pub(super) async fn read(
    asked: &Asked<'_>,
    url: &str,
    seconds: u32,
    by: Option<&Token>,
    roots: &[CertificateDer<'static>],
) -> Result<Reading, Error> {
    let token = token::read(asked, by)?;
    let place = format!("`{url}`");
    let body =
        serde_json::to_vec(&Question::of(asked)).map_err(|error| asked.unreachable(&place, &error.to_string()))?;
    let message = Message {
        method: Method::POST,
        url,
        token: token.as_ref().map(|token| token.as_str()),
        body: Some(("application/json", body)),
    };
    let (status, body) =
        super::http::exchange(message, seconds, roots).await.map_err(|why| asked.unreachable(&place, &why))?;
    if status != 200 {
        return Err(asked.unreachable(&place, &format!("it answers with {status}")));
    }
    let answer: Answer = serde_json::from_slice(&body).map_err(|error| asked.unreadable(&place, &error.to_string()))?;
    answer.reading(asked).ok_or_else(|| asked.unreadable(&place, "it has neither a `verdict` nor a `value` to bound"))
}
