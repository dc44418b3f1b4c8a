//! Requests over HTTP/1.1, one connection each: what is measured includes connecting, for old and new alike.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, header};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use tokio::{net::TcpStream, time::timeout};

use super::{Answer, Request, Requests};
use crate::{
    error::{Error, ErrorKind},
    saga::codes,
};

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends requests over the network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Client;

impl Client {
    /// A client without any state.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

#[async_trait]
impl Requests for Client {
    async fn send(&self, address: &str, request: &Request) -> Result<Answer, Error> {
        let built = build(address, request)?;
        let begun = Instant::now();
        let answered = match timeout(PATIENCE, exchange(address, built)).await {
            Ok(answered) => answered,
            Err(_) => Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
        };
        let microseconds = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(match answered {
            Ok((status, body)) => Answer { status: Ok(status), microseconds, body: Some(body) },
            Err(why) => Answer { status: Err(why), microseconds, body: None },
        })
    }
}

fn build(address: &str, request: &Request) -> Result<http::Request<Empty<Bytes>>, Error> {
    let bad = |why: String| {
        let message = format!("the request `{} {}` cannot be sent: {why}", request.method, request.path);
        Error::new(&codes::REHEARSAL_FAILED, ErrorKind::Usage, message).hint("correct it in the file of requests")
    };
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| bad(error.to_string()))?;
    let mut builder = http::Request::builder().method(method).uri(&request.path);
    if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        builder = builder.header(header::HOST, address);
    }
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    builder.body(Empty::new()).map_err(|error| bad(error.to_string()))
}

/// The status of the answer and the digest of its body, once all of it is there. However large it is, none of it is kept.
async fn exchange(address: &str, request: http::Request<Empty<Bytes>>) -> Result<(u16, String), String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let stream = TcpStream::connect(address).await.map_err(|error| words(&error))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| words(&error))?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| words(&error))?;
    let status = answer.status().as_u16();
    let (mut body, mut digest) = (answer.into_body(), Sha256::new());
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame.map_err(|error| words(&error))?.data_ref() {
            digest.update(data);
        }
    }
    drop(sender);
    connection.abort();
    Ok((status, digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}
