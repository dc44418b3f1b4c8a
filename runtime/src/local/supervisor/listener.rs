//! The listening sockets of the load balancer, for users and for tests: the supervisor holds them, so that connections wait while
//! the load balancer is started anew.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
};

use serde_json::json;

use super::Supervisor;
use crate::{
    error::{Error, ErrorKind},
    local::{codes, desired::Up, file, link, process, up::DEFAULT_PORT},
};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

impl Supervisor {
    /// Has the listening socket: from the load balancer that was adopted, or a new one. Connections that a socket of the
    /// load balancer has accepted or queued stay alive, because it is the same one.
    pub(super) async fn take_listener(&mut self) -> Result<(), Error> {
        let up =
            file::read::<Up>(&self.place.up())?.unwrap_or(Up { requested: DEFAULT_PORT, port: None, test_port: None });
        let listener = match self.take_from_balancer().await {
            Some(listener) => listener,
            None => bind(up)?,
        };
        let unusable = |error: io::Error| {
            let message = format!("the listening socket cannot be used: {error}");
            Error::new(&codes::NOT_STARTED, ErrorKind::Unavailable, message)
        };
        self.port = listener.local_addr().map_err(unusable)?.port();
        let tests = self.take_test_listener(up).await;
        let test_port = tests.as_ref().and_then(|tests| tests.local_addr().ok()).map(|address| address.port());
        file::write(&self.place.up(), &Up { port: Some(self.port), test_port, ..up })?;
        self.balancer.listen_on(listener, tests);
        Ok(())
    }

    /// The socket of the test listener: that of the load balancer that was adopted, or a new one on the port that it had, else on
    /// the one after the users' port, else on any. Only this machine reaches it. Users are served without one, too.
    async fn take_test_listener(&mut self, up: Up) -> Option<TcpListener> {
        if !self.balancer.is_gone()
            && let Ok(listener) = link::client(&self.place).test_listener().await
        {
            self.balancer.has_test_listener();
            return Some(listener);
        }
        let wanted = [up.test_port, self.port.checked_add(1), Some(0)];
        let mut listeners = wanted.into_iter().flatten().map(listen);
        match listeners.find_map(Result::ok) {
            Some(listener) => Some(listener),
            None => {
                self.log.say("trouble", "no port can be listened on for tests", json!({}));
                None
            }
        }
    }

    /// The socket of the load balancer that was adopted; one that does not give it is ended, or it would keep the port.
    async fn take_from_balancer(&mut self) -> Option<TcpListener> {
        let process = self.balancer.record()?.process;
        match link::client(&self.place).listener().await {
            Ok(listener) => Some(listener),
            Err(error) => {
                let message = format!("the load balancer does not give its socket and is started anew: {error}");
                self.log.say("trouble", &message, json!({ "process": process }));
                self.balancer.kill().await;
                None
            }
        }
    }
}

fn bind(up: Up) -> Result<TcpListener, Error> {
    let port = up.port.unwrap_or(up.requested);
    listen(port).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => taken(port),
        _ => {
            let message = format!("port {port} of 127.0.0.1 cannot be listened on: {error}");
            Error::new(&codes::PORT_TAKEN, ErrorKind::NotAuthorised, message)
                .hint("choose another with `skiff local up --port N`; ports below 1024 are the system's")
        }
    })
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    // Connections of a load balancer that has ended may linger; they are no reason to wait.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)?.into_std()
}

fn taken(port: u16) -> Error {
    let who = process::listener_on(port).map_or_else(String::new, |who| format!(" by {who}"));
    Error::new(&codes::PORT_TAKEN, ErrorKind::Conflict, format!("port {port} of 127.0.0.1 is taken{who}"))
        .hint("end what listens there, or choose another with `skiff local up --port N` (0 takes any free one)")
}
