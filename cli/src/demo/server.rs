//! Listens, answers, and on SIGTERM finishes what is in flight before it ends.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use skiff_wire::ExitCode;
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{Signal, SignalKind, signal},
};

use super::{answer::Answers, settings::Settings};
use crate::{failure::Failure, stream};

/// How long requests in flight may take once the service was told to stop; longer than the slowest answer.
const PATIENCE: Duration = Duration::from_secs(150);

/// Serves until a signal ends it; gives the address it had.
pub(crate) async fn run(settings: Settings) -> Result<SocketAddr, Failure> {
    // The handlers come first: a signal that arrives while the port is opened must not kill.
    let mut signals = Signals::new().map_err(|error| Failure::defect(format!("no signal can be caught: {error}")))?;
    let (host, port) = (settings.host.clone(), settings.port);
    let listener = TcpListener::bind((&*host, port)).await.map_err(|error| not_bound(&host, port, &error))?;
    let address = listener.local_addr().map_err(|error| not_bound(&host, port, &error))?;
    let answers = Arc::new(Answers::new(settings));
    stream::say(&format!("{} listens on {address}\n", answers.version()));
    let connections = GracefulShutdown::new();
    let signal = accept(&listener, &answers, &connections, &mut signals).await;
    drop(listener);
    stream::say(&format!("{} got {signal}: finishes {} connections\n", answers.version(), connections.count()));
    if tokio::time::timeout(PATIENCE, connections.shutdown()).await.is_err() {
        stream::say(&format!("{} leaves connections behind that did not end\n", answers.version()));
    }
    stream::say(&format!("{} ends\n", answers.version()));
    Ok(address)
}

/// Takes connections until a signal comes; gives its name.
async fn accept(
    listener: &TcpListener,
    answers: &Arc<Answers>,
    connections: &GracefulShutdown,
    signals: &mut Signals,
) -> &'static str {
    loop {
        tokio::select! {
            signal = signals.next() => return signal,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => serve(stream, answers, connections),
                // Out of file descriptors, mostly: taking a breath is all that helps, and clients wait in the queue.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
        }
    }
}

fn serve(stream: TcpStream, answers: &Arc<Answers>, connections: &GracefulShutdown) {
    let answers = Arc::clone(answers);
    let service = service_fn(move |request| answer(Arc::clone(&answers), request));
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        // A client that goes away in the middle is no news.
        let _ = connection.await;
    });
}

async fn answer(answers: Arc<Answers>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = answers.decide(request.uri().path(), request.uri().query());
    tokio::time::sleep(answer.after).await;
    if answer.status == 500 {
        stream::say(&format!("{} {} 500\n", request.method(), request.uri().path()));
    }
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = hyper::StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain"));
    if let Ok(version) = header::HeaderValue::from_str(answers.version()) {
        headers.insert("x-version", version);
    }
    Ok(response)
}

/// The two signals that end a service.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

fn not_bound(host: &str, port: u16, error: &io::Error) -> Failure {
    let message = format!("could not listen on `{host}:{port}`: {error}");
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            Failure::new("PORT_TAKEN", ExitCode::Conflict, message).hint("set `PORT` to another one, or to 0 for any")
        }
        io::ErrorKind::PermissionDenied => {
            Failure::new("NOT_AUTHORISED", ExitCode::NotAuthorised, message).hint("take a port from 1024 on")
        }
        _ => Failure::usage(message).hint("set `HOST` and `PORT` to an address of this machine"),
    }
}
