//! Requests to the load balancer, as a client outside would send them.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, header};
use hyper_util::{
    client::legacy::{Client as Pool, connect::HttpConnector},
    rt::TokioExecutor,
};

/// The longest that an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends requests to one port of this machine.
#[derive(Clone)]
pub(super) struct Client {
    pool: Pool<HttpConnector, Empty<Bytes>>,
    port: u16,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// The status, such as `200 OK`.
    pub(super) status: String,
    /// Whether the service did what it was asked.
    pub(super) well: bool,
    /// What the service calls itself.
    pub(super) version: Option<String>,
    /// What it said.
    pub(super) body: String,
    /// How long it took.
    pub(super) took: Duration,
}

impl Client {
    pub(super) fn new(port: u16) -> Self {
        Self { pool: Pool::builder(TokioExecutor::new()).build_http(), port }
    }

    /// Where it asks.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Asks once. A failure is a sentence: what a client would have seen instead of an answer.
    pub(super) async fn get(&self) -> Result<Reply, String> {
        let begun = Instant::now();
        let answer = tokio::time::timeout(PATIENCE, self.exchange());
        let (status, version, body) = answer.await.map_err(|_| "no answer in 10 s".to_owned())??;
        let well = status.is_success();
        Ok(Reply { status: status.to_string(), well, version, body, took: begun.elapsed() })
    }

    async fn exchange(&self) -> Result<(hyper::StatusCode, Option<String>, String), String> {
        let request = Request::get(self.url()).header(header::USER_AGENT, "skiff-quickstart").body(Empty::new());
        let request = request.map_err(|error| error.to_string())?;
        let response = self.pool.request(request).await.map_err(|error| error.to_string())?;
        let version = response.headers().get("x-version").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok((status, version, String::from_utf8_lossy(&body).into_owned()))
    }
}
