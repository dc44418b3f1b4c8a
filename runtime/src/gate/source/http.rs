//! One bounded exchange over HTTP/1.1, with TLS where the address says `https`.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::CertificateDer;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};

use super::tls;

/// The largest answer.
const BYTES: usize = 1 << 20;

/// What is sent.
pub(super) struct Message<'a> {
    pub(super) method: Method,
    pub(super) url: &'a str,
    pub(super) token: Option<&'a str>,
    /// The body and its type, absent for none.
    pub(super) body: Option<(&'static str, Vec<u8>)>,
}

/// Sends, and waits for all of the answer: its status and its body.
pub(super) async fn exchange(
    message: Message<'_>,
    seconds: u32,
    roots: &[CertificateDer<'static>],
) -> Result<(u16, Bytes), String> {
    let request = request(message)?;
    let time = Duration::from_secs(u64::from(seconds));
    timeout(time, send(request, roots)).await.unwrap_or_else(|_| Err(format!("no answer within {seconds} seconds")))
}

fn request(message: Message<'_>) -> Result<Request<Full<Bytes>>, String> {
    let url: Uri = message.url.parse().map_err(|error| format!("its address is none: {error}"))?;
    let authority = url.authority().ok_or("its address has no host")?;
    let scheme = Scheme { tls: url.scheme_str() == Some("https") };
    let target = url.path_and_query().map_or("/", |target| target.as_str());
    let mut builder = Request::builder().method(message.method).uri(target).header(header::HOST, authority.as_str());
    builder = builder.header(header::USER_AGENT, "skiff").header(header::ACCEPT, "application/json");
    if let Some(token) = message.token {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| "its token is no header")?;
        value.set_sensitive(true);
        builder = builder.header(header::AUTHORIZATION, value);
    }
    let body = match message.body {
        None => Bytes::new(),
        Some((kind, body)) => {
            builder = builder.header(header::CONTENT_TYPE, kind);
            body.into()
        }
    };
    // `request` goes out in origin form; where to connect to is kept beside it.
    builder.extension(authority.clone()).extension(scheme).body(Full::new(body)).map_err(|error| error.to_string())
}

/// How the address begins.
#[derive(Clone, Copy)]
struct Scheme {
    tls: bool,
}

async fn send(request: Request<Full<Bytes>>, roots: &[CertificateDer<'static>]) -> Result<(u16, Bytes), String> {
    let authority = request.extensions().get::<http::uri::Authority>().ok_or("its address has no host")?;
    let tls = request.extensions().get::<Scheme>().is_some_and(|scheme| scheme.tls);
    let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
    let stream = TcpStream::connect((host.as_str(), port)).await.map_err(|error| error.to_string())?;
    if tls { speak(tls::wrap(stream, &host, roots).await?, request).await } else { speak(stream, request).await }
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<(u16, Bytes), String> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), BYTES).collect().await;
    connection.abort();
    let body = body.map_err(|error| format!("its answer breaks off or is larger than a mebibyte: {error}"))?;
    Ok((status, body.to_bytes()))
}
