//! A small HTTP server in this process that answers as it is told, and remembers what it was asked.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What was asked: method, path with query, the bearer token, and the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
}

type Answers = Arc<dyn Fn(&Question) -> (u16, String) + Send + Sync>;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    questions: Arc<Mutex<Vec<Question>>>,
    /// The certificate that it shows, when it speaks TLS.
    pub(crate) certificate: Option<CertificateDer<'static>>,
}

impl Server {
    pub(crate) async fn start(answers: impl Fn(&Question) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let questions = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(listener, Arc::new(answers), questions.clone(), None));
        Self { address, questions, certificate: None }
    }

    /// The same over TLS, with a certificate for a name that is made here and that nobody else trusts.
    pub(crate) async fn start_secure(
        name: &str,
        answers: impl Fn(&Question) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let questions = Arc::new(Mutex::new(Vec::new()));
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let acceptor = acceptor(certificate.clone(), key);
        tokio::spawn(serve(listener, Arc::new(answers), questions.clone(), Some(acceptor)));
        Self { address, questions, certificate: Some(certificate) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Question> {
        self.questions.lock().unwrap().clone()
    }
}

fn acceptor(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(configuration))
}

async fn serve(
    listener: TcpListener,
    answers: Answers,
    questions: Arc<Mutex<Vec<Question>>>,
    acceptor: Option<TlsAcceptor>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (answers, questions) = (answers.clone(), questions.clone());
        let service = service_fn(move |request| answer(request, answers.clone(), questions.clone()));
        match &acceptor {
            None => drop(tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service))),
            Some(acceptor) => {
                // A client that does not trust the certificate breaks off here.
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    answers: Answers,
    questions: Arc<Mutex<Vec<Question>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let question = Question {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        authorization: head.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned()),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let (status, text) = answers(&question);
    questions.lock().unwrap().push(question);
    Ok(Response::builder().status(status).body(Full::new(text.into())).unwrap())
}
