//! Targets: small HTTP servers whose answers say who they are.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use skiff_runtime::local::balancer::Target;
use tokio::{net::TcpListener, task::JoinSet};

/// What a target does and has seen.
#[derive(Default)]
pub struct Behaviour {
    /// How long each answer takes, in milliseconds.
    pub delay_ms: AtomicU64,
    /// What `/health` answers; zero for 200.
    pub health: AtomicU16,
    /// Requests that it has seen, health checks not included.
    pub requests: AtomicU64,
    /// Those of them that were mirrored.
    pub mirrored: AtomicU64,
    /// Requests whose answer was dropped before it was given: the other side was gone.
    pub abandoned: AtomicU64,
    /// Connections are closed after each answer, without saying so before.
    pub closes: AtomicBool,
}

/// A running target; it ends, with its connections, when it is dropped.
pub struct Server {
    pub name: String,
    pub address: SocketAddr,
    pub behaviour: Arc<Behaviour>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// On a port of its own.
    pub async fn start(name: &str) -> Self {
        Self::start_on(name, "127.0.0.1:0".parse().expect("an address")).await
    }

    /// On this port.
    pub async fn start_on(name: &str, address: SocketAddr) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("an option");
        socket.bind(address).expect("a port");
        let listener = socket.listen(1024).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let behaviour = Arc::new(Behaviour::default());
        let task = tokio::spawn(accept(listener, name.to_owned(), Arc::clone(&behaviour)));
        Self { name: name.to_owned(), address, behaviour, task }
    }

    /// As the load balancer knows it.
    pub fn target(&self) -> Target {
        Target { instance: self.name.clone(), address: self.address, health: self.address }
    }

    pub fn requests(&self) -> u64 {
        self.behaviour.requests.load(Ordering::Relaxed)
    }

    /// Ends at once, in the middle of whatever it does.
    pub fn kill(&self) {
        self.task.abort();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn accept(listener: TcpListener, name: String, behaviour: Arc<Behaviour>) {
    // Dropped with this task, and so are the connections.
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let (name, behaviour) = (name.clone(), Arc::clone(&behaviour));
        let served = Arc::clone(&behaviour);
        let service = service_fn(move |request| answer(request, name.clone(), Arc::clone(&behaviour)));
        connections.spawn(async move {
            let mut builder = http1::Builder::new();
            builder.keep_alive(!served.closes.load(Ordering::Relaxed));
            builder.serve_connection(TokioIo::new(stream), service).await.unwrap_or_default();
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Counts itself as abandoned unless it is told that it was finished.
struct Watch(Arc<Behaviour>, bool);

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.1 {
            self.0.abandoned.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    name: String,
    behaviour: Arc<Behaviour>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/health" {
        let status = behaviour.health.load(Ordering::Relaxed).max(200);
        return Ok(Response::builder().status(status).body(Full::default()).expect("an answer"));
    }
    behaviour.requests.fetch_add(1, Ordering::Relaxed);
    let is_mirrored = request.headers().get("x-skiff-mirrored").is_some_and(|value| value == "1");
    behaviour.mirrored.fetch_add(u64::from(is_mirrored), Ordering::Relaxed);
    let mut watch = Watch(Arc::clone(&behaviour), false);
    tokio::time::sleep(Duration::from_millis(behaviour.delay_ms.load(Ordering::Relaxed))).await;
    let seen = format!("{} {}\n{}", request.method(), request.uri(), lines(&request));
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    watch.1 = true;
    let content = match path.as_str() {
        "/echo" => body,
        "/seen" => Bytes::from(seen),
        _ => Bytes::from(format!("{name}\n")),
    };
    Ok(Response::builder().header("x-skiff-release", name).body(Full::new(content)).expect("an answer"))
}

fn lines(request: &Request<Incoming>) -> String {
    let line =
        |(name, value): (&http::HeaderName, &http::HeaderValue)| format!("{name}: {}\n", value.to_str().unwrap_or("?"));
    request.headers().iter().map(line).collect()
}
