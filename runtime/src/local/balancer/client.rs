//! The other end of the control socket: what the supervisor tells the load balancer, and what anybody reads of it.

use std::{
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, client::conn::http1, upgrade::OnUpgrade};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use super::{
    ask, codes,
    configuration::Configuration,
    pass,
    report::{Refusal, TargetReport, TrafficReport},
};
use crate::error::{Error, ErrorKind};

/// How long an answer may take: the load balancer answers from memory.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer.
const LARGEST: usize = 64 << 20;

/// Speaks with the load balancer on a control socket, one connection for each question.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
}

impl Client {
    /// Of the load balancer that listens on this path.
    #[must_use]
    pub fn new(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    /// Puts a configuration into effect.
    ///
    /// # Errors
    /// `SK2550` and `SK2551` when it is refused; `SK2552` when nobody answers: then it may be in effect, so ask.
    pub async fn put(&self, configuration: &Configuration) -> Result<(), Error> {
        let body = serde_json::to_vec(configuration).map_err(|error| bad_answer(&error.to_string()))?;
        let (status, body) = self.ask(Method::PUT, "/configuration", body).await?;
        if status == StatusCode::OK {
            return Ok(());
        }
        let refusal: Refusal = serde_json::from_slice(&body).map_err(|error| bad_answer(&error.to_string()))?;
        Err(refused(&refusal))
    }

    /// What is in effect; `None` before the first configuration.
    ///
    /// # Errors
    /// `SK2552`, `SK2555`.
    pub async fn configuration(&self) -> Result<Option<Configuration>, Error> {
        let (status, body) = self.ask(Method::GET, "/configuration", Vec::new()).await?;
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        read(status, &body).map(Some)
    }

    /// What was served since the load balancer began to count.
    ///
    /// # Errors
    /// `SK2552`, `SK2555`.
    pub async fn traffic(&self) -> Result<TrafficReport, Error> {
        self.get("/traffic").await
    }

    /// Its targets, those that drain included, sorted by group and instance.
    ///
    /// # Errors
    /// `SK2552`, `SK2555`.
    pub async fn targets(&self) -> Result<Vec<TargetReport>, Error> {
        self.get("/targets").await
    }

    /// The same for Prometheus.
    ///
    /// # Errors
    /// `SK2552`, `SK2555`.
    pub async fn metrics(&self) -> Result<String, Error> {
        let (_, body) = self.ask(Method::GET, "/metrics", Vec::new()).await?;
        String::from_utf8(body.to_vec()).map_err(|error| bad_answer(&error.to_string()))
    }

    /// Asks it to end: it accepts nothing more, finishes what it has, and exits.
    ///
    /// # Errors
    /// `SK2552`.
    pub async fn drain(&self) -> Result<(), Error> {
        self.ask(Method::POST, "/drain", Vec::new()).await.map(|_| ())
    }

    /// A copy of its listening socket: a successor takes it over without a refused connection.
    ///
    /// # Errors
    /// `SK2552`.
    pub async fn listener(&self) -> Result<TcpListener, Error> {
        self.in_time(self.over("/listener", Method::POST, pass::take)).await
    }

    /// A copy of the socket of its test listener.
    ///
    /// # Errors
    /// `SK2552`, also when it has none.
    pub async fn test_listener(&self) -> Result<TcpListener, Error> {
        self.in_time(self.over("/test-listener", Method::POST, pass::take)).await
    }

    /// Gives it the socket of its test listener, in the place of the one that it has.
    ///
    /// # Errors
    /// `SK2552`.
    pub async fn give_test_listener(&self, listener: TcpListener) -> Result<(), Error> {
        let given = self.over("/test-listener", Method::PUT, |upgrade| pass::give(upgrade, listener));
        self.in_time(given).await
    }

    /// Changes the protocol, and does what comes then.
    async fn over<R, T>(&self, path: &str, method: Method, then: impl FnOnce(OnUpgrade) -> R) -> io::Result<T>
    where
        R: Future<Output = io::Result<T>>,
    {
        let mut request = self.request(method, path, Vec::new())?;
        request.headers_mut().insert(header::CONNECTION, http::HeaderValue::from_static("upgrade"));
        request.headers_mut().insert(header::UPGRADE, http::HeaderValue::from_static(pass::PROTOCOL));
        let stream = UnixStream::connect(&self.socket).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        // The connection hands itself over when the protocol changes, and ends with that.
        let driven = tokio::spawn(connection.with_upgrades());
        let response = sender.send_request(request).await.map_err(io::Error::other)?;
        let done = then(hyper::upgrade::on(response)).await;
        driven.abort();
        done
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let (status, body) = self.ask(Method::GET, path, Vec::new()).await?;
        read(status, &body)
    }

    fn request(&self, method: Method, path: &str, body: Vec<u8>) -> io::Result<Request<Full<Bytes>>> {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        request.body(Full::new(Bytes::from(body))).map_err(io::Error::other)
    }

    async fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Result<(StatusCode, Bytes), Error> {
        let request = self.request(method, path, body);
        let asked = async {
            let stream = UnixStream::connect(&self.socket).await?;
            ask::exchange(stream, request?, whole).await
        };
        self.in_time(asked).await
    }

    async fn in_time<T>(&self, asked: impl Future<Output = io::Result<T>>) -> Result<T, Error> {
        let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no answer in time");
        let outcome = tokio::time::timeout(PATIENCE, asked).await.map_err(late).and_then(|outcome| outcome);
        outcome.map_err(|error| {
            let message = format!("the load balancer at `{}` does not answer: {error}", self.socket.display());
            Error::new(&codes::UNREACHABLE, ErrorKind::Unavailable, message)
                .hint("look with `skiff local status`; the supervisor starts it again when it has ended")
        })
    }
}

async fn whole(response: Response<Incoming>) -> io::Result<(StatusCode, Bytes)> {
    let status = response.status();
    let body = Limited::new(response.into_body(), LARGEST).collect().await.map_err(io::Error::other)?;
    Ok((status, body.to_bytes()))
}

fn read<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<T, Error> {
    if status != StatusCode::OK {
        return Err(bad_answer(&format!("status {status}")));
    }
    serde_json::from_slice(body).map_err(|error| bad_answer(&error.to_string()))
}

fn refused(refusal: &Refusal) -> Error {
    let stale = refusal.code == codes::STALE_CONFIGURATION.id;
    let (code, kind) = match stale {
        true => (&codes::STALE_CONFIGURATION, ErrorKind::Conflict),
        false => (&codes::BAD_CONFIGURATION, ErrorKind::Invalid),
    };
    let error = Error::new(code, kind, &refusal.message);
    match &refusal.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn bad_answer(why: &str) -> Error {
    let message = format!("the load balancer gave an answer that means nothing here: {why}");
    Error::new(&codes::BAD_ANSWER, ErrorKind::Internal, message)
        .hint("run `skiff local down` and `skiff local up` with the same `skiff`")
}
