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
use tokio::net::TcpListener;

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
}

impl Server {
    pub(crate) async fn start(answers: impl Fn(&Question) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let questions = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(listener, Arc::new(answers), questions.clone()));
        Self { address, questions }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Question> {
        self.questions.lock().unwrap().clone()
    }
}

async fn serve(listener: TcpListener, answers: Answers, questions: Arc<Mutex<Vec<Question>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (answers, questions) = (answers.clone(), questions.clone());
        let service = service_fn(move |request| answer(request, answers.clone(), questions.clone()));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
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
