//! As much of gRPC as a plugin of Terraform needs: unary calls over HTTP/2, without TLS, over one connection.
//!
//! A call is a POST whose path names service and method. Request and answer are one message each, behind five bytes: a
//! flag (0, not compressed) and the length. The status comes in trailers. Source: "gRPC over HTTP2" in grpc's repository.

use std::sync::Arc;

use bytes::Bytes;
use h2::{RecvStream, server::SendResponse};
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::net::TcpStream;

/// A flag and a length.
const PREFIX: usize = 5;

/// Enough for every message in one go, so that no answer waits for a window.
const WINDOW: u32 = 16 << 20;

/// gRPC's number for a method that is not there.
const UNIMPLEMENTED: u16 = 12;
/// gRPC's number for a broken request.
const INTERNAL: u16 = 13;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such method.
    Unimplemented,
    /// The request cannot be read, or something is broken here; the sentence says what.
    Broken(String),
}

/// What answers calls; each connection has its own.
pub(crate) trait Service: Send + Sync + 'static {
    /// Answers the message of one call, both as protobuf.
    fn call(&self, path: &str, message: &[u8]) -> Result<Vec<u8>, Refusal>;
}

/// Serves one connection until the other side closes it. How it ends is of no interest: Terraform reports lost calls.
pub(crate) async fn serve(socket: TcpStream, service: Arc<dyn Service>) {
    // Answers are several small frames; without this each waits 40 ms for the one before to be acknowledged.
    let _ = socket.set_nodelay(true);
    let mut builder = h2::server::Builder::new();
    builder.initial_window_size(WINDOW).initial_connection_window_size(WINDOW);
    let Ok(mut connection) = builder.handshake::<_, Bytes>(socket).await else { return };
    while let Some(Ok((request, respond))) = connection.accept().await {
        let service = Arc::clone(&service);
        tokio::spawn(async move { answer(&*service, request, respond).await });
    }
}

/// Answers one call. An error here means that the connection is gone.
async fn answer(service: &dyn Service, request: Request<RecvStream>, mut respond: SendResponse<Bytes>) -> Option<()> {
    let path = request.uri().path().to_owned();
    let answer = match message(request.into_body()).await {
        Ok(message) => service.call(&path, &message),
        Err(broken) => Err(Refusal::Broken(broken)),
    };
    let mut head = Response::new(());
    head.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    let mut stream = respond.send_response(head, false).ok()?;
    if let Ok(message) = &answer {
        stream.send_data(framed(message), false).ok()?;
    }
    stream.send_trailers(status(&answer)).ok()
}

async fn message(mut body: RecvStream) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.map_err(|error| error.to_string())?;
        bytes.extend_from_slice(&chunk);
        body.flow_control().release_capacity(chunk.len()).map_err(|error| error.to_string())?;
    }
    unframed(&bytes).map(<[u8]>::to_vec)
}

fn unframed(bytes: &[u8]) -> Result<&[u8], String> {
    let (prefix, message) = bytes.split_first_chunk::<PREFIX>().ok_or("a message without its prefix")?;
    let [compressed, length @ ..] = prefix;
    let length = u32::from_be_bytes(*length);
    match (compressed, usize::try_from(length).is_ok_and(|length| length == message.len())) {
        (0, true) => Ok(message),
        (0, false) => Err(format!("{} bytes where the prefix says {length}", message.len())),
        _ => Err("a compressed message".to_owned()),
    }
}

fn framed(message: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(PREFIX + message.len());
    bytes.push(0);
    // The largest answer is the schema, below a megabyte.
    bytes.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(message);
    bytes.into()
}

fn status(answer: &Result<Vec<u8>, Refusal>) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    let (code, words) = match answer {
        Ok(_) => (0, ""),
        Err(Refusal::Unimplemented) => (UNIMPLEMENTED, "not implemented"),
        Err(Refusal::Broken(words)) => (INTERNAL, words.as_str()),
    };
    trailers.insert("grpc-status", HeaderValue::from(code));
    if let Ok(words) = HeaderValue::from_str(words) {
        trailers.insert("grpc-message", words);
    }
    trailers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_through_its_frame() {
        assert_eq!(unframed(&framed(b"terraform")), Ok(&b"terraform"[..]));
        assert_eq!(unframed(&framed(b"")), Ok(&b""[..]));
    }

    #[test]
    fn a_broken_frame_is_refused_with_words() {
        assert_eq!(unframed(&[0, 0]), Err("a message without its prefix".to_owned()));
        assert_eq!(unframed(&[0, 0, 0, 0, 2, 9]), Err("1 bytes where the prefix says 2".to_owned()));
        assert_eq!(unframed(&[1, 0, 0, 0, 0]), Err("a compressed message".to_owned()));
    }
}
