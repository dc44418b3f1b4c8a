//! Questions over a Unix socket, in HTTP/1.1.

use std::{io, path::Path, time::Duration};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

/// Asks once and gives status and body.
///
/// # Errors
/// Nobody listens, or the answer did not come whole and in time: what was asked may have been done.
pub(crate) async fn ask(
    socket: &Path,
    method: Method,
    path: &str,
    body: Vec<u8>,
    patience: Duration,
) -> io::Result<(StatusCode, Bytes)> {
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no answer in time");
    tokio::time::timeout(patience, exchange(socket, method, path, body)).await.map_err(late)?
}

async fn exchange(socket: &Path, method: Method, path: &str, body: Vec<u8>) -> io::Result<(StatusCode, Bytes)> {
    let stream = UnixStream::connect(socket).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .map_err(io::Error::other)?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(io::Error::other)?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
        Ok((status, body))
    };
    // The connection is driven here rather than in a task of its own, so that nothing outlives the question.
    tokio::pin!(connection, answer);
    tokio::select! {
        biased;
        outcome = &mut answer => outcome,
        outcome = &mut connection => {
            outcome.map_err(io::Error::other)?;
            answer.await
        }
    }
}
