//! The socket that the supervisor answers on: HTTP/1.1, one path, one call at a time.

use std::{convert::Infallible, fs, io, os::unix::fs::PermissionsExt, path::Path};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{UnixListener, UnixStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{
    error::{Error, ErrorKind},
    local::{
        call::{Answer, Call, PATH, Refusal},
        codes,
        place::cannot_write,
    },
};

/// The most bytes of a call: a resource's properties, with room to spare.
const LIMIT: usize = 8 << 20;

/// A call with where its answer goes.
pub(super) type Asked = (Call, oneshot::Sender<Answer>);

/// Listens; calls come out of the channel. Whoever holds the lock of the folder may take the place of an old socket.
pub(super) fn listen(path: &Path, calls: mpsc::Sender<Asked>) -> Result<JoinHandle<()>, Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot_write(path, &error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(|error| cannot_write(path, &error))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(|error| cannot_write(path, &error))?;
    Ok(tokio::spawn(accept(listener, calls)))
}

async fn accept(listener: UnixListener, calls: mpsc::Sender<Asked>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, calls.clone()));
            }
            // Out of descriptors, most likely: others will be closed soon.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}

async fn serve(stream: UnixStream, calls: mpsc::Sender<Asked>) {
    let service = service_fn(|request| {
        let calls = calls.clone();
        async move { Ok::<_, Infallible>(respond(request, calls).await) }
    });
    // A client that goes away in the middle is none of the supervisor's trouble.
    let _gone = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(request: Request<Incoming>, calls: mpsc::Sender<Asked>) -> Response<Full<Bytes>> {
    if request.method() != Method::POST || request.uri().path() != PATH {
        return response(StatusCode::NOT_FOUND, &refuse(&format!("there is no `{}`", request.uri().path())));
    }
    let body = match Limited::new(request.into_body(), LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return response(StatusCode::BAD_REQUEST, &refuse(&error.to_string())),
    };
    let call = match serde_json::from_slice::<Call>(&body) {
        Ok(call) => call,
        Err(error) => return response(StatusCode::BAD_REQUEST, &refuse(&error.to_string())),
    };
    let (reply, answer) = oneshot::channel();
    if calls.send((call, reply)).await.is_err() {
        return response(StatusCode::SERVICE_UNAVAILABLE, &refuse("the supervisor is ending"));
    }
    match answer.await {
        Ok(answer) => response(StatusCode::OK, &answer),
        Err(_) => response(StatusCode::SERVICE_UNAVAILABLE, &refuse("the supervisor is ending")),
    }
}

fn refuse(why: &str) -> Answer {
    let message = format!("the supervisor could not do what it was asked: {why}");
    let error = Error::new(&codes::BAD_ANSWER, ErrorKind::Internal, message);
    Answer::Refused(Refusal::from(&error.hint("run `skiff local down`, then `skiff local up`")))
}

fn response(status: StatusCode, answer: &Answer) -> Response<Full<Bytes>> {
    let body = serde_json::to_vec(answer).unwrap_or_default();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response
}
