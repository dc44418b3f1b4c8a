//! Servers for probes to ask.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI32, AtomicU16, Ordering},
    },
    thread,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
};

fn on_a_thread<F: Future<Output = ()> + 'static>(serve: impl FnOnce(TcpListener) -> F + Send + 'static) -> u16 {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        waiting.block_on(async move { serve(TcpListener::from_std(listener).unwrap()).await });
    });
    port
}

/// Answers every request with one status, over TCP or TLS with a certificate of its own.
pub(crate) struct Http {
    pub(crate) port: u16,
    pub(crate) status: Arc<AtomicU16>,
    pub(crate) last: Arc<Mutex<String>>,
}

impl Http {
    pub(crate) fn start(tls: bool) -> Self {
        let (status, last) = (Arc::new(AtomicU16::new(200)), Arc::new(Mutex::new(String::new())));
        let (its_status, its_last) = (Arc::clone(&status), Arc::clone(&last));
        let port = on_a_thread(move |listener| async move {
            let acceptor = tls.then(acceptor);
            while let Ok((stream, _)) = listener.accept().await {
                let status = its_status.load(Ordering::SeqCst);
                match &acceptor {
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            answer(stream, status, &its_last).await;
                        }
                    }
                    None => answer(stream, status, &its_last).await,
                }
            }
        });
        Self { port, status, last }
    }
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, status: u16, last: &Mutex<String>) {
    let mut buffer = vec![0; 4096];
    let length = stream.read(&mut buffer).await.unwrap_or(0);
    if length > 0 {
        *last.lock().unwrap() = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let text =
            format!("HTTP/1.1 {status} Well\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(text.as_bytes()).await;
    }
    let _ = stream.shutdown().await;
}

fn acceptor() -> tokio_rustls::TlsAcceptor {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
    let certificate = CertificateDer::from_pem_slice(include_bytes!("certificate.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    tokio_rustls::TlsAcceptor::from(Arc::new(configuration))
}

/// The health service of gRPC, with one status for all.
pub(crate) struct Grpc {
    pub(crate) port: u16,
    pub(crate) status: Arc<AtomicI32>,
    /// The path and the body of the last request.
    pub(crate) last: Arc<Mutex<(String, Vec<u8>)>>,
}

impl Grpc {
    pub(crate) fn start() -> Self {
        let (status, last) = (Arc::new(AtomicI32::new(1)), Arc::new(Mutex::default()));
        let (its_status, its_last) = (Arc::clone(&status), Arc::clone(&last));
        let port = on_a_thread(move |listener| async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (status, last) = (Arc::clone(&its_status), Arc::clone(&its_last));
                let service = service_fn(move |request| check(request, Arc::clone(&status), Arc::clone(&last)));
                let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { port, status, last }
    }
}

type Answer = Response<BoxBody<Bytes, std::convert::Infallible>>;

async fn check(
    request: Request<Incoming>,
    status: Arc<AtomicI32>,
    last: Arc<Mutex<(String, Vec<u8>)>>,
) -> Result<Answer, std::convert::Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes().to_vec();
    *last.lock().unwrap() = (path, body);
    let status = u8::try_from(status.load(Ordering::SeqCst)).unwrap();
    let message = Bytes::from(vec![0, 0, 0, 0, 2, 0x08, status]);
    let trailers =
        HeaderMap::from_iter([(http::HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"))]);
    let body = Full::new(message).with_trailers(async move { Some(Ok(trailers)) });
    let mut answer = Response::new(body.boxed());
    answer.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    Ok(answer)
}
