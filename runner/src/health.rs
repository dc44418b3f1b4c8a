//! The member's endpoint: `/healthz` for load balancers, `/metrics` for Prometheus.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use skiff_runtime::{Error, ErrorKind};
use tokio::net::{TcpListener, TcpStream};

use crate::{
    codes, configuration::Configuration, metrics::Metrics, probe::connect, report::Report, workload::board::Board,
};

/// How long the application's port may take to accept a connection.
const ACCEPT: Duration = Duration::from_secs(1);
/// How long a client may take to send its request.
const REQUEST: Duration = Duration::from_secs(10);

/// What the endpoint answers from.
#[derive(Clone)]
pub(crate) struct Health {
    board: Board,
    metrics: Metrics,
    report: Report,
    draining: Arc<AtomicBool>,
    port: Arc<std::sync::OnceLock<u16>>,
}

impl Health {
    /// Answers that nothing runs yet.
    pub(crate) fn new(metrics: Metrics, report: Report) -> Self {
        Self { board: Board::default(), metrics, report, draining: Arc::default(), port: Arc::default() }
    }

    /// What the workloads are at.
    pub(crate) fn board(&self) -> &Board {
        &self.board
    }

    /// From now on also looks whether the application answers on its port.
    pub(crate) fn look_at(&self, port: u16) {
        // The port of a member never changes.
        let _ = self.port.set(port);
    }

    /// From now on the member is unhealthy, whatever its workloads say.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Why the member may not serve, or `None`.
    pub(crate) async fn unhealthy(&self) -> Option<String> {
        if self.draining.load(Ordering::SeqCst) {
            return Some("draining".into());
        }
        if let Some(why) = self.board.unready() {
            return Some(why);
        }
        match self.port.get() {
            Some(port) => connect(*port, ACCEPT).await.err(),
            None => None,
        }
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        Ok(match request.uri().path() {
            _ if !read => text(StatusCode::METHOD_NOT_ALLOWED, "only GET\n"),
            "/healthz" => match self.unhealthy().await {
                None => text(StatusCode::OK, "ok\n"),
                Some(why) => text(StatusCode::SERVICE_UNAVAILABLE, &format!("{why}\n")),
            },
            "/metrics" => {
                let mut answer = text(StatusCode::OK, &self.metrics.text(self.report.state().phase));
                let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
                answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
                answer
            }
            _ => text(StatusCode::NOT_FOUND, "there are /healthz and /metrics\n"),
        })
    }
}

/// Listens: on this machine alone for a local member, for the load balancer on a VM.
pub(crate) async fn listen(configuration: &Configuration) -> Result<TcpListener, Error> {
    let address = if configuration.is_local() { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
    let address = SocketAddr::new(IpAddr::V4(address), configuration.document.health_port);
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(&codes::HEALTH_PORT, ErrorKind::Unavailable, format!("could not listen on {address}: {error}"))
            .hint("`ss -ltnp` names the process that has the port")
    })
}

/// Answers until the runner ends.
pub(crate) async fn serve(listener: TcpListener, health: Health) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(connection(stream, health.clone()))),
            // Too many open files, or a client that is gone: the next one may fare better.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection(stream: TcpStream, health: Health) {
    let service = service_fn(move |request| health.clone().answer(request));
    // A client that breaks off is no trouble of ours.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn text(status: StatusCode, body: &str) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::copy_from_slice(body.as_bytes())));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}
