//! The listening socket of the load balancer: the supervisor holds it, so that connections wait while the load balancer is
//! started anew.

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
        let up = file::read::<Up>(&self.place.up())?.unwrap_or(Up { requested: DEFAULT_PORT, port: None });
        let listener = match self.from_balancer().await {
            Some(listener) => listener,
            None => bind(up)?,
        };
        let unusable = |error: io::Error| {
            let message = format!("the listening socket cannot be used: {error}");
            Error::new(&codes::NOT_STARTED, ErrorKind::Unavailable, message)
        };
        self.port = listener.local_addr().map_err(unusable)?.port();
        file::write(&self.place.up(), &Up { port: Some(self.port), ..up })?;
        self.balancer.listen_on(listener);
        Ok(())
    }

    /// The socket of the load balancer that was adopted; one that does not give it is ended, or it would keep the port.
    async fn from_balancer(&mut self) -> Option<TcpListener> {
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
