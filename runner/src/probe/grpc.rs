//! The health protocol of gRPC (`grpc.health.v1.Health/Check`), over HTTP/2 without TLS.

use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::time::timeout;

use super::connect;

/// `HealthCheckRequest` of `grpc/health/v1/health.proto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct HealthCheckRequest {
    /// The service that is asked about, empty for the whole server.
    #[prost(string, tag = "1")]
    pub(crate) service: String,
}

/// `HealthCheckResponse` of the same file.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct HealthCheckResponse {
    /// 1 is `SERVING`.
    #[prost(int32, tag = "1")]
    pub(crate) status: i32,
}

const SERVING: i32 = 1;
/// A message's prefix: one byte for compression, four for its length (gRPC over HTTP/2, "Length-Prefixed-Message").
const PREFIX: usize = 5;

/// Asks once; the error says what came instead.
pub(crate) async fn check(port: u16, service: &str, within: Duration) -> Result<(), String> {
    match timeout(within, ask(port, service, within)).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("the gRPC server on port {port} did not answer within {} s", within.as_secs())),
    }
}

async fn ask(port: u16, service: &str, within: Duration) -> Result<(), String> {
    let stream = connect(port, within).await?;
    let lost = |error: hyper::Error| format!("port {port} did not answer as HTTP/2: {error}");
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.map_err(lost)?;
    let driver = tokio::spawn(async move { drop(connection.await) });
    let answer = async {
        let answer = sender.send_request(request(port, service)?).await.map_err(lost)?;
        let status = answer.status();
        let early = answer.headers().get("grpc-status").cloned();
        let body = answer.into_body().collect().await.map_err(lost)?;
        let late = body.trailers().and_then(|trailers| trailers.get("grpc-status").cloned());
        let code = late.or(early).and_then(|code| code.to_str().map(str::to_owned).ok());
        judge(status.as_u16(), code.as_deref(), &body.to_bytes())
    };
    let answer = answer.await;
    driver.abort();
    answer
}

fn request(port: u16, service: &str) -> Result<Request<Full<Bytes>>, String> {
    let message = HealthCheckRequest { service: service.to_owned() };
    let length = message.encoded_len();
    let mut body = BytesMut::with_capacity(PREFIX + length);
    body.put_u8(0);
    body.put_u32(u32::try_from(length).map_err(|error| error.to_string())?);
    message.encode(&mut body).map_err(|error| error.to_string())?;
    Request::post(format!("http://127.0.0.1:{port}/grpc.health.v1.Health/Check"))
        .header(header::CONTENT_TYPE, "application/grpc")
        .header(header::TE, "trailers")
        .header(header::USER_AGENT, "skiff-runner")
        .body(Full::new(body.freeze()))
        .map_err(|error| error.to_string())
}

/// What an answer means.
fn judge(status: u16, code: Option<&str>, body: &[u8]) -> Result<(), String> {
    if status != 200 {
        return Err(format!("the gRPC server answered {status}"));
    }
    match code {
        Some("0") => {}
        Some("5") => return Err("the gRPC server does not know this service".into()),
        Some("12") => return Err("the gRPC server has no health service".into()),
        Some(code) => return Err(format!("the gRPC server answered with status {code}")),
        None => return Err("the gRPC server gave no status".into()),
    }
    let message = body.get(PREFIX..).unwrap_or_default();
    match HealthCheckResponse::decode(message) {
        Ok(HealthCheckResponse { status: SERVING }) => Ok(()),
        Ok(HealthCheckResponse { status: 2 }) => Err("the gRPC service says that it is not serving".into()),
        Ok(HealthCheckResponse { status }) => Err(format!("the gRPC service says {status}, and 1 is serving")),
        Err(error) => Err(format!("the gRPC server's answer cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_serving_is_well() {
        let serving = [0, 0, 0, 0, 2, 0x08, 1];
        assert_eq!(judge(200, Some("0"), &serving), Ok(()));
        let not = [0, 0, 0, 0, 2, 0x08, 2];
        assert!(judge(200, Some("0"), &not).unwrap_err().contains("not serving"));
        assert!(judge(200, Some("12"), &[]).is_err() && judge(200, None, &serving).is_err());
        assert!(judge(503, Some("0"), &serving).is_err());
        assert!(judge(200, Some("0"), &[0, 0, 0, 0, 0]).is_err(), "0 is UNKNOWN");
    }
}
