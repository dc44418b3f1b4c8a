//! A GET request, as the kubelet makes it: 200 to 399 is well, redirects are not followed, certificates are not verified.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

use super::{connect, tls};

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The port, on this machine.
    pub(crate) port: u16,
    /// Path and query.
    pub(crate) path: String,
    /// Whether TLS is spoken.
    pub(crate) tls: bool,
    /// Headers; `Host` replaces the address.
    pub(crate) headers: BTreeMap<String, String>,
}

/// Asks once; the error says what came instead.
pub(crate) async fn get(target: &Target, within: Duration) -> Result<(), String> {
    match timeout(within, ask(target, within)).await {
        Ok(Ok(200..=399)) => Ok(()),
        Ok(Ok(status)) => Err(format!("`{}` on port {} answered {status}", target.path, target.port)),
        Ok(Err(why)) => Err(why),
        Err(_) => {
            Err(format!("`{}` on port {} did not answer within {} s", target.path, target.port, within.as_secs()))
        }
    }
}

async fn ask(target: &Target, within: Duration) -> Result<u16, String> {
    let stream = connect(target.port, within).await?;
    if target.tls { send(tls::wrap(stream).await?, target).await } else { send(stream, target).await }
}

async fn send(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, target: &Target) -> Result<u16, String> {
    let lost = |error: hyper::Error| format!("port {} did not answer as HTTP: {error}", target.port);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
    // The connection ends with this probe; how it ends is of no interest.
    let driver = tokio::spawn(async move { drop(connection.await) });
    let answer = sender.send_request(request(target)?).await;
    driver.abort();
    Ok(answer.map_err(lost)?.status().as_u16())
}

fn request(target: &Target) -> Result<Request<Empty<Bytes>>, String> {
    let path = if target.path.starts_with('/') { target.path.clone() } else { format!("/{}", target.path) };
    let mut request =
        Request::get(path).body(Empty::new()).map_err(|error| format!("the probe is no request: {error}"))?;
    let headers = request.headers_mut();
    let host = format!("127.0.0.1:{}", target.port);
    headers.insert(header::HOST, HeaderValue::from_str(&host).unwrap_or(HeaderValue::from_static("127.0.0.1")));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("skiff-runner"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    for (name, value) in &target.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no name of a header"))?;
        let value = HeaderValue::from_str(value).map_err(|_| format!("the value of `{name}` is none of a header"))?;
        headers.insert(name, value);
    }
    Ok(request)
}
