//! Requests of users that are sent to another group as well. Their answers are read and thrown away.
//!
//! A mirrored request goes its own way from the moment it is begun: no user waits for it, and what fails with it is counted in its
//! group and nowhere else. So many may be under way at once; beyond that they are left out, and that is counted too.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use super::{
    body::{Relay, Upload},
    headers,
    member::Flight,
    page::Reason,
    pool::{self, Connection},
    state::Balancer,
    table::Shadow,
};

/// The most mirrored requests that are under way at once.
pub(super) const MOST: usize = 64;
/// How long one may take, its answer's body included.
const PATIENCE: Duration = Duration::from_secs(10);

/// The head of a request as a target gets it.
pub(super) type Head = (Method, Uri, HeaderMap);

/// Whether a request changes nothing where it is sent (RFC 9110, 9.2.1), so that it may be sent to two.
pub(super) fn may_be(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Sends a request to the shadow when it is its turn, in a task of its own.
pub(super) fn send(balancer: &Balancer, shadow: &Shadow, head: &Head, connect: Duration) {
    if !may_be(&head.0) || !shadow.takes_next() {
        return;
    }
    let group = Arc::clone(&shadow.group);
    let (Ok(room), Some(member)) = (Arc::clone(&balancer.mirrors).try_acquire_owned(), group.choose(&[])) else {
        return group.totals.mirrored(false);
    };
    group.totals.mirrored(true);
    let flight = Flight::begin(Arc::clone(member), Arc::clone(&group.totals));
    let head = head.clone();
    tokio::spawn(async move {
        exchange(flight, head, connect).await;
        drop(room);
    });
}

/// Sends it, once more on a fresh connection when one that had waited turned out to be closed, and reads the answer to its end.
async fn exchange(flight: Flight, head: Head, connect: Duration) {
    let end = Instant::now() + PATIENCE;
    loop {
        let Some(mut connection) = connection(&flight, connect).await else { return flight.connect_failed() };
        let sent = timeout_at(end, connection.sender.send_request(request(&head))).await;
        let status = match &sent {
            Ok(Ok(response)) => response.status().as_u16(),
            Ok(Err(_)) if connection.used => continue,
            Ok(Err(_)) => Reason::NoAnswer.status(),
            Err(_) => Reason::LateAnswer.status(),
        };
        flight.sent();
        flight.answered(status);
        if let Ok(Ok(response)) = sent {
            let answer = Relay::new(response.into_body(), PATIENCE, connection, flight);
            // What is not read in time is cut off: nobody waits for it.
            let _ = timeout_at(end, read(answer)).await;
        }
        return;
    }
}

async fn connection(flight: &Flight, connect: Duration) -> Option<Connection> {
    if let Some(connection) = flight.member.pool.take() {
        return Some(connection);
    }
    match pool::open(flight.member.target.address, connect).await {
        Ok(connection) => Some(connection),
        Err(_) => {
            flight.member.suspect("a connection for a mirrored request failed");
            None
        }
    }
}

fn request((method, uri, headers): &Head) -> Request<Upload> {
    let mut request = Request::new(Upload::none());
    (*request.method_mut(), *request.uri_mut()) = (method.clone(), uri.clone());
    request.headers_mut().clone_from(headers);
    request.headers_mut().insert(headers::MIRRORED, HeaderValue::from_static("1"));
    request
}

async fn read(mut answer: Relay) {
    while matches!(answer.frame().await, Some(Ok(_))) {}
}
