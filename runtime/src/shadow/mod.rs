//! What is sent to a release that no user sees: recorded or given requests, and the answers to compare.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::Error;

pub mod bodies;
mod client;

pub use client::Client;

/// One request to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `GET`, `HEAD` or `OPTIONS`: what may be sent twice, and to two releases.
    #[serde(default = "get")]
    pub method: String,
    /// Its path with the query, such as `/orders?limit=10`.
    pub path: String,
    /// Headers by name; none that carries a credential, since requests are kept in the ledger.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
}

fn get() -> String {
    "GET".to_owned()
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status, or why there was none.
    pub status: Result<u16, String>,
    /// Microseconds until its last byte.
    pub microseconds: u64,
    /// SHA-256 of its body, 64 hexadecimal digits; absent where there was no answer, or nobody looked.
    pub body: Option<String>,
}

/// What of a rehearsal may decide beside statuses, which always do. Without being asked for it only reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Whether bodies are the same.
    Bodies,
    /// Whether the new release is slower.
    Latency,
}

/// Sends requests.
#[async_trait]
pub trait Requests: Send + Sync {
    /// Sends one, and waits for all of the answer.
    ///
    /// # Errors
    /// An address or a request that cannot be; that nobody answers is an answer.
    async fn send(&self, address: &str, request: &Request) -> Result<Answer, Error>;
}
