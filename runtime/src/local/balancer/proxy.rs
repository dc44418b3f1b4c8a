//! One request: what is done with it, and its way to a target and back.

use std::{net::IpAddr, sync::Arc, time::Duration};

use http::{Method, Request, Response, StatusCode, Version, header};
use http_body_util::Either;
use hyper::{
    body::{Body, Incoming},
    upgrade::OnUpgrade,
};
use tokio::time::Instant;

use super::{
    body::{Answer, Progress, Relay, Upload, UploadEnd},
    headers::{self, Client},
    member::{Flight, Member},
    mirror::{self, Head},
    page::{self, Reason},
    pool::{self, Connection, NoConnection},
    redirect,
    rules::Facts,
    state::Balancer,
    table::{Ready, Split, Table},
    tunnel,
};

/// How often one request is tried on a connection that turns out to be closed, or on a member that breaks it.
const MOST_ATTEMPTS: usize = 4;

/// Where a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entrance {
    /// The port of the socket.
    pub(super) port: u16,
    /// Whether it is the test listener, which leads to shadows only.
    pub(super) is_test: bool,
}

/// Answers one request.
pub(super) async fn answer(
    balancer: Arc<Balancer>,
    entrance: Entrance,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Response<Answer> {
    let reason = match decide(&balancer, entrance, peer, request).await {
        Ok(response) => return response,
        Err(reason) => reason,
    };
    balancer.count_refused(reason.word());
    reason.answer()
}

async fn decide(
    balancer: &Arc<Balancer>,
    entrance: Entrance,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Reason> {
    // A tunnel to anywhere and an echo of headers are nothing that a load balancer of applications gives.
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return Err(Reason::BadMethod);
    }
    let is_http_11 = request.version() == Version::HTTP_11;
    let host = headers::host(request.uri(), request.headers(), is_http_11).map_err(|_| Reason::BadRequest)?;
    let table = balancer.table();
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let (method, headers) = (request.method(), request.headers());
    let action = table.decide(&Facts { host: &host, path, query, method, headers, peer });
    match &*action {
        Ready::Respond(fixed) => Ok(page::fixed(fixed)),
        Ready::Redirect(redirecting) => {
            let from = redirect::From { host: &host, port: entrance.port, path, query };
            let location = redirecting.location(&from).ok_or(Reason::BadRequest)?;
            Ok(page::redirect(redirecting, location))
        }
        Ready::Forward(split) => {
            if entrance.is_test && split.shadow.is_none() {
                return Err(Reason::NoShadow);
            }
            let prepared = prepare(balancer, (peer, entrance.port), request, split, &table)?;
            let action = Arc::clone(&action);
            let is_test = entrance.is_test;
            let forwarding =
                Forwarding { balancer, table, action, is_test, group: None, tried: Vec::new(), attempts: 0 };
            forwarding.run(prepared).await
        }
    }
}

/// A request as a target gets it.
struct Prepared {
    request: Request<Upload>,
    progress: Arc<Progress>,
    /// Its head once more, when it may be sent twice: an idempotent method (RFC 9110, 9.2.2) without a body.
    again: Option<Head>,
    /// The client's side, when it wants to change the protocol.
    upgrade: Option<OnUpgrade>,
    idle: Duration,
}

fn prepare(
    balancer: &Balancer,
    (address, port): (IpAddr, u16),
    mut request: Request<Incoming>,
    split: &Split,
    table: &Table,
) -> Result<Prepared, Reason> {
    let limits = &table.configuration.limits;
    let idle = Duration::from_millis(limits.idle_ms);
    if limits.body_bytes.is_some_and(|most| request.body().size_hint().lower() > most) {
        return Err(Reason::TooLarge);
    }
    let protocol = headers::upgrade(request.headers());
    let upgrade = protocol.is_some().then(|| hyper::upgrade::on(&mut request));
    let (mut parts, body) = request.into_parts();
    let trace = || balancer.trace();
    headers::for_target(&mut parts.headers, &Client { address, port, trace: &trace });
    if let Some(protocol) = protocol {
        headers::set_upgrade(&mut parts.headers, protocol);
    }
    rewrite(&mut parts, split)?;
    parts.version = Version::HTTP_11;
    parts.extensions.clear();
    let is_repeatable = parts.method.is_idempotent() && body.is_end_stream() && upgrade.is_none();
    let again = is_repeatable.then(|| (parts.method.clone(), parts.uri.clone(), parts.headers.clone()));
    let (body, progress) = Upload::new(body, idle, limits.body_bytes);
    Ok(Prepared { request: Request::from_parts(parts, body), progress, again, upgrade, idle })
}

/// Path and host as the rule wants them; and the form of the address that a server gets, rather than that of a proxy.
fn rewrite(parts: &mut http::request::Parts, split: &Split) -> Result<(), Reason> {
    let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    if let Some(authority) = parts.uri.authority() {
        let host = authority.as_str().parse().map_err(|_| Reason::BadRequest)?;
        parts.headers.insert(header::HOST, host);
    }
    let changed = split.rewriting.path(path);
    let whole = parts.uri.authority().is_none() && changed.is_none();
    if !whole {
        let path = changed.unwrap_or_else(|| path.to_owned());
        let rooted = if path.starts_with('/') { path } else { format!("/{path}") };
        parts.uri = rooted.parse().map_err(|_| Reason::BadRequest)?;
    }
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if let Some(host) = split.rewriting.host(host) {
        parts.headers.insert(header::HOST, host.parse().map_err(|_| Reason::BadRequest)?);
    }
    Ok(())
}

/// The attempts of one request.
struct Forwarding<'a> {
    balancer: &'a Arc<Balancer>,
    table: Arc<Table>,
    action: Arc<Ready>,
    /// Whether it came in by the test listener.
    is_test: bool,
    /// The place of the group whose turn it was; kept through all attempts, so that a retry takes no other group's turn.
    group: Option<usize>,
    /// Members that could not be connected to or broke the connection.
    tried: Vec<Arc<Member>>,
    attempts: usize,
}

/// How an attempt ended.
enum Attempt {
    Answered(Box<Response<Answer>>),
    /// Nothing was sent; the request is whole.
    Unsent(Box<Prepared>),
    Failed(Reason),
}

impl Forwarding<'_> {
    async fn run(mut self, mut prepared: Prepared) -> Result<Response<Answer>, Reason> {
        loop {
            let flight = self.choose().await?;
            let Some((flight, connection)) = self.connect(flight).await else { continue };
            if self.attempts == 0 {
                self.mirror(&prepared, &flight);
            }
            match self.send(prepared, flight, connection).await {
                Attempt::Answered(response) => return Ok(*response),
                Attempt::Failed(reason) => return Err(reason),
                Attempt::Unsent(again) => prepared = *again,
            }
        }
    }

    /// A member for the next attempt, of the group whose turn it is. It waits as long as the limits say for one to be fit.
    async fn choose(&mut self) -> Result<Flight, Reason> {
        let patience = Duration::from_millis(self.table.configuration.limits.patience_ms);
        let deadline = Instant::now() + patience;
        loop {
            let balancer = Arc::clone(self.balancer);
            let mut changed = std::pin::pin!(balancer.changes().notified());
            // From here on no change is missed, also one between the look and the wait.
            changed.as_mut().enable();
            if let Some(flight) = self.look() {
                return Ok(flight);
            }
            if !self.tried.is_empty() {
                return Err(Reason::ConnectFailed);
            }
            tokio::time::timeout_at(deadline, changed).await.map_err(|_| Reason::NoHealthyTarget)?;
        }
    }

    fn look(&mut self) -> Option<Flight> {
        self.follow();
        let Ready::Forward(split) = &*self.action else { return None };
        if self.is_test {
            let group = &split.shadow.as_ref()?.group;
            let member = group.choose(&self.tried)?;
            return Some(Flight::begin(Arc::clone(member), Arc::clone(&group.totals)));
        }
        if self.group.is_none() {
            self.group = split.next();
        }
        let group = split.group(self.group?)?;
        let member = group.choose(&self.tried)?;
        Some(Flight::begin(Arc::clone(member), Arc::clone(&group.totals)))
    }

    /// Sends a user's request to the shadow as well when it is its turn, unless it is the shadow that answers it.
    fn mirror(&self, prepared: &Prepared, flight: &Flight) {
        let Ready::Forward(Split { shadow: Some(shadow), .. }) = &*self.action else { return };
        let Some(head) = prepared.again.as_ref().filter(|_| !self.is_test) else { return };
        if !Arc::ptr_eq(&shadow.group.totals, &flight.totals) {
            let connect = Duration::from_millis(self.table.configuration.limits.connect_ms);
            mirror::send(self.balancer, shadow, head, connect);
        }
    }

    /// Goes by the table that is in effect now, so that nothing is chosen by weights that are over.
    fn follow(&mut self) {
        if self.balancer.is_current(&self.table) {
            return;
        }
        let table = self.balancer.table();
        let action = match &*self.action {
            // Where its rule is gone, the default decides.
            Ready::Forward(split) => table.action(&split.rule).or_else(|| table.action("")),
            Ready::Redirect(_) | Ready::Respond(_) => None,
        };
        self.table = table;
        let Some(action) = action else { return };
        let keeps_turn = match (&*self.action, &*action) {
            (Ready::Forward(before), Ready::Forward(now)) => now.shares_turns(before),
            _ => false,
        };
        self.group = self.group.filter(|_| keeps_turn);
        self.action = action;
    }

    /// A connection to the chosen member; `None` when there is none, or when the member should not get the request any more.
    async fn connect(&mut self, flight: Flight) -> Option<(Flight, Connection)> {
        if let Some(connection) = flight.member.pool.take() {
            return Some((flight, connection));
        }
        let longest = Duration::from_millis(self.table.configuration.limits.connect_ms);
        let address = flight.member.target.address;
        match pool::open(address, longest).await {
            // Opening took a while, in which weights may have moved: then the choice is made again.
            Ok(connection) if !self.balancer.is_current(&self.table) || !flight.member.is_eligible() => {
                flight.member.pool.put(connection);
                None
            }
            Ok(connection) => Some((flight, connection)),
            Err(failure) => {
                flight.member.suspect(&match failure {
                    NoConnection::Failed(why) => format!("a connection to {address} failed: {why}"),
                    NoConnection::Late => {
                        format!("a connection to {address} took longer than {} ms", longest.as_millis())
                    }
                });
                flight.connect_failed();
                self.tried.push(Arc::clone(&flight.member));
                None
            }
        }
    }

    async fn send(&mut self, prepared: Prepared, flight: Flight, mut connection: Connection) -> Attempt {
        self.attempts += 1;
        let Prepared { request, progress, again, upgrade, idle } = prepared;
        let sent = connection.sender.try_send_request(request);
        let mut error = match within(sent, &progress, idle).await {
            Some(Ok(response)) => {
                flight.sent();
                flight.answered(response.status().as_u16());
                let answered = answered(response, upgrade, connection, flight, idle);
                return answered.map_or_else(Attempt::Failed, |response| Attempt::Answered(Box::new(response)));
            }
            Some(Err(error)) => error,
            None if progress.waits_for_client() => return client_failed(Reason::SlowRequest),
            None => return failed(&flight, Reason::LateAnswer),
        };
        if let Some(request) = error.take_message() {
            // Nothing of it was written: the connection had been closed while it waited.
            self.unsent(&flight, &connection);
            return Attempt::Unsent(Box::new(Prepared { request, progress, again, upgrade, idle }));
        }
        match progress.end() {
            UploadEnd::None => {}
            UploadEnd::Broken => return client_failed(Reason::BadRequest),
            UploadEnd::Idle => return client_failed(Reason::SlowRequest),
            UploadEnd::TooLarge => return client_failed(Reason::TooLarge),
        }
        let Some((method, uri, headers)) = again.filter(|_| self.attempts < MOST_ATTEMPTS) else {
            flight.member.poke.notify_one();
            return failed(&flight, Reason::NoAnswer);
        };
        self.broken(&flight, &connection);
        let mut request = Request::new(Upload::nothing(&progress));
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) =
            (method.clone(), uri.clone(), headers.clone());
        Attempt::Unsent(Box::new(Prepared { request, progress, again: Some((method, uri, headers)), upgrade, idle }))
    }

    /// A connection was closed before it took the request: a waiting one is replaced, a fresh one counts against the member.
    fn unsent(&mut self, flight: &Flight, connection: &Connection) {
        if !connection.used || self.attempts >= MOST_ATTEMPTS {
            flight.connect_failed();
            self.tried.push(Arc::clone(&flight.member));
            flight.member.poke.notify_one();
        }
    }

    /// A connection broke before any answer. One that had waited may simply have been closed in the meantime; the member of a
    /// fresh one has trouble, and gets no second chance from this request.
    fn broken(&mut self, flight: &Flight, connection: &Connection) {
        flight.connect_failed();
        if !connection.used {
            self.tried.push(Arc::clone(&flight.member));
            flight.member.poke.notify_one();
        }
    }
}

fn failed(flight: &Flight, reason: Reason) -> Attempt {
    flight.sent();
    flight.answered(reason.status());
    Attempt::Failed(reason)
}

/// The client's own doing, which says nothing about the target.
fn client_failed(reason: Reason) -> Attempt {
    Attempt::Failed(reason)
}

/// Waits for an answer's head while the request moves, and `idle` longer.
async fn within<F: Future>(sent: F, progress: &Progress, idle: Duration) -> Option<F::Output> {
    let mut sent = std::pin::pin!(sent);
    let mut deadline = progress.last().max(Instant::now()) + idle;
    loop {
        if let Ok(output) = tokio::time::timeout_at(deadline, &mut sent).await {
            return Some(output);
        }
        let later = progress.last() + idle;
        if later <= deadline {
            return None;
        }
        deadline = later;
    }
}

fn answered(
    mut response: Response<Incoming>,
    upgrade: Option<OnUpgrade>,
    connection: Connection,
    flight: Flight,
    idle: Duration,
) -> Result<Response<Answer>, Reason> {
    let protocol = headers::upgrade(response.headers());
    headers::strip(response.headers_mut());
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // A target that changes the protocol unasked would leave the client with bytes that it cannot read.
        let (Some(client), Some(protocol)) = (upgrade, protocol) else { return Err(Reason::NoAnswer) };
        let target = hyper::upgrade::on(&mut response);
        tunnel::start(client, target, flight, idle);
        let mut switching = page::empty(StatusCode::SWITCHING_PROTOCOLS);
        *switching.headers_mut() = std::mem::take(response.headers_mut());
        headers::set_upgrade(switching.headers_mut(), protocol);
        return Ok(switching);
    }
    let (mut parts, body) = response.into_parts();
    parts.version = Version::HTTP_11;
    parts.extensions.clear();
    Ok(Response::from_parts(parts, Either::Left(Relay::new(body, idle, connection, flight))))
}
