//! The process: it accepts connections once it knows what to do with them, and ends without cutting a request off.

use std::{
    convert::Infallible,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use http::{HeaderValue, Request, StatusCode, header};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{HttpService, service_fn},
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::TcpStream,
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::Instant,
};

use super::{
    body::Answer,
    codes,
    configuration::Configuration,
    control::Control,
    page::Reason,
    proxy::{self, Entrance},
    state::Balancer,
    stream::Guarded,
};
use crate::{
    error::{Error, ErrorKind},
    world::World,
};

/// The longest that the first health checks hold the first request up.
const FIRST_CHECKS: Duration = Duration::from_secs(5);
/// How long idle connections stay open at the end.
const LINGER: Duration = Duration::from_secs(1);
/// The pause after a connection could not be accepted, as when there are no file descriptors left.
const BREATH: Duration = Duration::from_millis(20);

/// Serves until SIGTERM or `POST /drain`. Connections wait in the socket's queue until a configuration was applied, here or by
/// `PUT /configuration`, and each target was checked once. At the end the socket is left as it is to whoever shares it.
///
/// # Errors
/// `SK2550` for the initial configuration, `SK2553` for the socket, `SK2554` for the control socket.
pub async fn serve(
    listener: TcpListener,
    control: &Path,
    initial: Option<Configuration>,
    world: World,
) -> Result<(), Error> {
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| no_listener(&error))?;
    let port = listener.local_addr().map_err(|error| no_listener(&error))?.port();
    let shared = listener.try_clone().map_err(|error| no_listener(&error))?;
    listener.set_nonblocking(true).map_err(|error| no_listener(&error))?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(|error| no_listener(&error))?;
    let balancer = Balancer::new(&world)?;
    let control = Control::open(control, Arc::clone(&balancer), shared)?;
    if let Some(initial) = initial {
        control.apply(initial)?;
    }
    let ending = watch::Sender::new(());
    tokio::select! {
        () = accept(&listener, Entrance { port, is_test: false }, &balancer, &control, &ending) => {}
        () = accept_tests(&balancer, &control, &ending) => {}
        () = control.asked_to_end() => {}
        _ = terminated.recv() => {}
    }
    // Others may accept from the same socket, and listen on the same path, from here on.
    drop(listener);
    control.close();
    let finish = Duration::from_millis(balancer.table().configuration.limits.finish_ms);
    balancer.end();
    ending.send_replace(());
    // Each connection holds a receiver until it has ended; what takes longer is cut off, as was asked.
    let _ = tokio::time::timeout(finish, ending.closed()).await;
    Ok(())
}

/// [`serve`] with the socket that standard input is, as the supervisor starts it.
///
/// # Errors
/// As [`serve`]; `SK2553` when standard input is no listening socket.
pub async fn serve_standard_input(control: &Path, world: World) -> Result<(), Error> {
    use std::os::fd::AsFd;
    allow_many_connections();
    let owned = std::io::stdin().as_fd().try_clone_to_owned().map_err(|error| no_listener(&error))?;
    let listening = rustix::net::sockopt::socket_acceptconn(&owned).map_err(|error| no_listener(&error.into()))?;
    if !listening {
        return Err(no_listener(&std::io::Error::other("standard input is a socket that does not listen")));
    }
    serve(TcpListener::from(owned), control, None, world).await
}

/// Two descriptors for each request are soon more than the usual limit; where the system refuses, it stays as it is.
fn allow_many_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

fn no_listener(error: &std::io::Error) -> Error {
    let message = format!("the load balancer cannot use its listening socket: {error}");
    Error::new(&codes::NO_LISTENER, ErrorKind::Internal, message).hint("start it by `skiff local up`")
}

/// Accepts from the test listener once there is one, and from the one that takes its place.
async fn accept_tests(balancer: &Arc<Balancer>, control: &Control, ending: &watch::Sender<()>) {
    let mut given = control.test_listener();
    loop {
        let listener = given.borrow_and_update().clone().and_then(|listener| usable(&listener).ok());
        let changed = given.changed();
        match listener {
            Some((listener, port)) => tokio::select! {
                () = accept(&listener, Entrance { port, is_test: true }, balancer, control, ending) => {}
                _ = changed => {}
            },
            // The sender is the control socket's, which outlives this.
            None => drop(changed.await),
        }
    }
}

fn usable(listener: &TcpListener) -> std::io::Result<(tokio::net::TcpListener, u16)> {
    let listener = listener.try_clone()?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    Ok((tokio::net::TcpListener::from_std(listener)?, port))
}

async fn accept(
    listener: &tokio::net::TcpListener,
    entrance: Entrance,
    balancer: &Arc<Balancer>,
    control: &Control,
    ending: &watch::Sender<()>,
) {
    control.configured().await;
    first_checks(balancer).await;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => connection(stream, (entrance, peer), Arc::clone(balancer), ending.subscribe()),
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

/// Without them a restarted load balancer would refuse what healthy targets could serve.
async fn first_checks(balancer: &Balancer) {
    let latest = Instant::now() + FIRST_CHECKS;
    while !balancer.all_were_checked() && Instant::now() < latest {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn connection(
    stream: TcpStream,
    (entrance, peer): (Entrance, SocketAddr),
    balancer: Arc<Balancer>,
    ending: watch::Receiver<()>,
) {
    let limits = balancer.table().configuration.limits.clone();
    // Answers are written whole; waiting for more would only add latency.
    let _ = stream.set_nodelay(true);
    let (guarded, twice) = Guarded::new(stream, Duration::from_millis(limits.idle_ms));
    let service = service_fn(move |request: Request<Incoming>| {
        let balancer = Arc::clone(&balancer);
        let twice = twice.load(Ordering::Relaxed);
        async move {
            if twice {
                balancer.count_refused(Reason::BadRequest.word());
                return Ok::<_, Infallible>(Reason::BadRequest.answer());
            }
            let mut response = proxy::answer(Arc::clone(&balancer), entrance, peer.ip(), request).await;
            if balancer.is_ending() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.keep_alive_ms))
        .max_buf_size(limits.head_bytes)
        .max_header_size(limits.head_bytes)
        .serve_connection(TokioIo::new(guarded), service)
        .with_upgrades();
    tokio::spawn(async move { finish_on(served, ending).await });
}

/// Drives a connection; when the end is announced, the request in flight or the next one is its last.
async fn finish_on<S>(served: http1::UpgradeableConnection<TokioIo<Guarded>, S>, mut ending: watch::Receiver<()>)
where
    S: HttpService<Incoming, ResBody = Answer, Error = Infallible> + Send,
    S::Future: Send,
{
    let mut served = std::pin::pin!(served);
    // A client that is gone or speaks no HTTP ends its connection; hyper has told it what could be told.
    tokio::select! {
        _ = served.as_mut() => return,
        _ = ending.changed() => {}
    }
    // A client that sends a request just now would see it lost if its idle connection were closed at once; most clients
    // are told by the `Connection: close` of their next answer instead.
    if tokio::time::timeout(LINGER, served.as_mut()).await.is_err() {
        served.as_mut().graceful_shutdown();
        let _ = served.await;
    }
}
