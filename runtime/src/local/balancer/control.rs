//! The control socket: HTTP/1.1 for the supervisor and whoever reads what is in effect.
//!
//! | request | does |
//! |---|---|
//! | `PUT /configuration` | applies a configuration, whole or not at all |
//! | `GET /configuration` | what is in effect; 404 before the first |
//! | `GET /traffic` | [`TrafficReport`](super::TrafficReport) |
//! | `GET /targets` | a list of [`TargetReport`](super::TargetReport) |
//! | `GET /metrics` | the same for Prometheus, as text |
//! | `POST /listener` | passes the listening socket, after a change of protocol to `skiff-listener` |
//! | `PUT /test-listener` | takes the socket of the test listener, after the same change; it takes the place of another |
//! | `POST /test-listener` | passes that one; 404 while there is none |
//! | `POST /drain` | ends the process as SIGTERM does |

use std::{
    convert::Infallible,
    io,
    net::TcpListener,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::{
    net::{UnixListener, UnixStream},
    sync::watch,
    task::AbortHandle,
};

use super::{codes, configuration::Configuration, metrics, pass, report::Refusal, state::Balancer};
use crate::error::{Error, ErrorKind};

/// The largest configuration: far more than thousands of targets need.
const LARGEST: usize = 32 << 20;

/// The open control socket.
pub(super) struct Control {
    shared: Arc<Shared>,
    path: PathBuf,
    /// Which file it is, so that a successor's is not removed.
    inode: u64,
    accepting: Mutex<Option<AbortHandle>>,
}

struct Shared {
    balancer: Arc<Balancer>,
    listener: TcpListener,
    test: watch::Sender<Option<Arc<TcpListener>>>,
    configured: watch::Sender<bool>,
    ending: watch::Sender<bool>,
}

impl Control {
    /// Opens the socket and answers on it from now on. A file that nobody listens on any more is replaced.
    ///
    /// # Errors
    /// `SK2554`.
    pub(super) fn open(path: &Path, balancer: Arc<Balancer>, listener: TcpListener) -> Result<Self, Error> {
        let failed = |error: &io::Error| {
            let message = format!("the control socket `{}` could not be opened: {error}", path.display());
            Error::new(&codes::NO_CONTROL_SOCKET, ErrorKind::Internal, message)
                .hint("`skiff local down` ends what may listen there")
        };
        let socket = bind(path).map_err(|error| failed(&error))?;
        let inode = std::fs::metadata(path).map_err(|error| failed(&error))?.ino();
        let shared = Arc::new(Shared {
            balancer,
            listener,
            test: watch::Sender::new(None),
            configured: watch::Sender::new(false),
            ending: watch::Sender::new(false),
        });
        let task = tokio::spawn(accept(socket, Arc::clone(&shared)));
        Ok(Self { shared, path: path.to_owned(), inode, accepting: Mutex::new(Some(task.abort_handle())) })
    }

    /// Applies a configuration as `PUT /configuration` does.
    pub(super) fn apply(&self, configuration: Configuration) -> Result<(), Error> {
        self.shared.apply(configuration)
    }

    /// Waits for the first configuration.
    pub(super) async fn configured(&self) {
        is_set(&self.shared.configured).await;
    }

    /// The socket of the test listener, as it is given.
    pub(super) fn test_listener(&self) -> watch::Receiver<Option<Arc<TcpListener>>> {
        self.shared.test.subscribe()
    }

    /// Waits for `POST /drain`.
    pub(super) async fn asked_to_end(&self) {
        is_set(&self.shared.ending).await;
    }

    /// Answers no more, and makes room for a successor.
    pub(super) fn close(&self) {
        let task = self.accepting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            let is_own = std::fs::metadata(&self.path).is_ok_and(|file| file.ino() == self.inode);
            if is_own {
                // A file that is left behind is replaced by the next process.
                let _ = std::fs::remove_file(&self.path);
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.close();
    }
}

async fn is_set(flag: &watch::Sender<bool>) {
    // The sender is borrowed for as long as the wait, so that it cannot be gone.
    let _ = flag.subscribe().wait_for(|set| *set).await;
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    let listens = std::os::unix::net::UnixStream::connect(path);
    match listens {
        Ok(_) => return Err(io::Error::new(io::ErrorKind::AddrInUse, "another process listens there")),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => std::fs::remove_file(path)?,
        Err(_) => {}
    }
    let socket = UnixListener::bind(path)?;
    // Only the owner may move traffic.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(socket)
}

async fn accept(socket: UnixListener, shared: Arc<Shared>) {
    loop {
        match socket.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(answer_all(stream, Arc::clone(&shared)))),
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
}

async fn answer_all(stream: UnixStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(&shared, request).await) }
    });
    // Whoever asked is gone before the end: there is nobody left to tell.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
}

async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    match (request.method(), request.uri().path()) {
        (&Method::PUT, "/configuration") => put(shared, request).await,
        (&Method::GET, "/configuration") if *shared.configured.borrow() => json(&shared.balancer.table().configuration),
        (&Method::GET, "/traffic") => json(&shared.balancer.traffic()),
        (&Method::GET, "/targets") => json(&shared.balancer.targets()),
        (&Method::GET, "/metrics") => metrics(shared),
        (&Method::POST, "/listener") => give(&shared.listener, request),
        (&Method::POST, "/test-listener") => match &*shared.test.borrow() {
            Some(listener) => give(listener, request),
            None => of(StatusCode::NOT_FOUND, "text/plain", "there is no test listener\n".into()),
        },
        (&Method::PUT, "/test-listener") => take(shared, request),
        (&Method::POST, "/drain") => {
            shared.ending.send_replace(true);
            of(StatusCode::ACCEPTED, "application/json", "{}".into())
        }
        (_, "/configuration" | "/traffic" | "/targets" | "/metrics" | "/listener" | "/test-listener" | "/drain") => {
            of(StatusCode::NOT_FOUND, "text/plain", "there is none yet, or not by this method\n".into())
        }
        _ => of(StatusCode::NOT_FOUND, "text/plain", "there is no such thing\n".into()),
    }
}

impl Shared {
    fn apply(&self, configuration: Configuration) -> Result<(), Error> {
        self.balancer.apply(configuration)?;
        self.configured.send_replace(true);
        Ok(())
    }
}

async fn put(shared: &Shared, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let unread = |why: String| {
        let message = format!("the load balancer's configuration cannot be read: {why}");
        refusal(&Error::new(&codes::BAD_CONFIGURATION, ErrorKind::Invalid, message))
    };
    let body = match Limited::new(request.into_body(), LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return unread(error.to_string()),
    };
    let configuration: Configuration = match serde_json::from_slice(&body) {
        Ok(configuration) => configuration,
        Err(error) => return unread(error.to_string()),
    };
    let revision = configuration.revision;
    match shared.apply(configuration) {
        Ok(()) => json(&serde_json::json!({ "revision": revision })),
        Err(error) => refusal(&error),
    }
}

fn metrics(shared: &Shared) -> Response<Full<Bytes>> {
    of(StatusCode::OK, "text/plain; version=0.0.4", metrics::text(&shared.balancer))
}

/// Gives whoever asks a copy of a socket.
fn give(listener: &TcpListener, mut request: Request<Incoming>) -> Response<Full<Bytes>> {
    let Ok(listener) = listener.try_clone() else {
        return of(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "the socket could not be copied\n".into());
    };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        // Whoever asked sees the end of the connection instead of a socket.
        let _ = pass::give(upgrade, listener).await;
    });
    switching()
}

/// Takes the socket that whoever asks gives.
fn take(shared: &Arc<Shared>, mut request: Request<Incoming>) -> Response<Full<Bytes>> {
    let upgrade = hyper::upgrade::on(&mut request);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        if let Ok(listener) = pass::take(upgrade).await {
            shared.test.send_replace(Some(Arc::new(listener)));
        }
    });
    switching()
}

fn switching() -> Response<Full<Bytes>> {
    let mut response = of(StatusCode::SWITCHING_PROTOCOLS, "text/plain", String::new());
    response.headers_mut().remove(header::CONTENT_TYPE);
    super::headers::set_upgrade(response.headers_mut(), HeaderValue::from_static(pass::PROTOCOL));
    response
}

fn refusal(error: &Error) -> Response<Full<Bytes>> {
    let status = if error.kind() == ErrorKind::Conflict { StatusCode::CONFLICT } else { StatusCode::BAD_REQUEST };
    let [code, message] = [error.code().id.to_owned(), error.message().to_owned()];
    let refusal = Refusal { code, message, hint: error.advice().map(str::to_owned) };
    let mut response = json(&refusal);
    *response.status_mut() = status;
    response
}

fn json(document: &impl Serialize) -> Response<Full<Bytes>> {
    match serde_json::to_string(document) {
        Ok(text) => of(StatusCode::OK, "application/json", text),
        Err(error) => of(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", format!("{error}\n")),
    }
}

fn of(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
