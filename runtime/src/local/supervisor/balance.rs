//! The load balancer's process, and the configuration that it is to have.

use std::{
    fs::{File, OpenOptions},
    net::TcpListener,
    os::{fd::OwnedFd, unix::process::CommandExt},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::json;
use tokio::time::sleep;

use super::{Supervisor, member::Ended};
use crate::{
    error::{Error, ErrorKind},
    local::{
        balancer::Configuration,
        codes,
        desired::ProcessRecord,
        file,
        link::{self, Serving},
        place::cannot_write,
        process::{self, ProcessId},
        routing,
    },
};

/// How soon after its start a load balancer that ended is started again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long the load balancer may finish requests when everything ends.
const FINISH: Duration = Duration::from_secs(35);
/// How often the marks of all processes are looked at.
const SWEEP: Duration = Duration::from_secs(5);

/// The load balancer, as far as there is one.
#[derive(Default)]
pub(super) struct Balancer {
    record: Option<ProcessRecord>,
    child: Option<Child>,
    listener: Option<TcpListener>,
    tests: Option<TcpListener>,
    /// Whether it has the socket of the test listener.
    has_tests: bool,
    /// What it was last told, and took.
    applied: Option<Configuration>,
    /// What it is to be told.
    wanted: Option<Configuration>,
    started: Option<Instant>,
    ending: Option<Instant>,
    swept: Option<Instant>,
}

impl Balancer {
    /// Takes over one that runs.
    pub(super) fn adopt(&mut self, record: ProcessRecord) {
        self.record = Some(record);
    }

    /// Keeps the sockets for this load balancer and for those after it.
    pub(super) fn listen_on(&mut self, listener: TcpListener, tests: Option<TcpListener>) {
        (self.listener, self.tests) = (Some(listener), tests);
    }

    /// It was adopted with its test listener.
    pub(super) fn has_test_listener(&mut self) {
        self.has_tests = true;
    }

    /// Its process.
    pub(super) fn record(&self) -> Option<ProcessRecord> {
        self.record.clone()
    }

    /// Whether there is none.
    pub(super) fn is_gone(&self) -> bool {
        self.record.is_none()
    }

    /// Kills it and waits until it is gone.
    pub(super) async fn kill(&mut self) {
        let Some(record) = self.record.take() else { return };
        while record.process.is_alive() && record.process.signal(Signal::KILL).unwrap_or(false) {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// How it ended, `None` while it lives or there is none.
    fn ended(&mut self) -> Option<Ended> {
        let process = self.record.as_ref()?.process;
        match &mut self.child {
            Some(child) => match child.try_wait() {
                Ok(None) => None,
                Ok(Some(status)) => Some(Ended::from(status)),
                Err(_) => Some(Ended::Unseen),
            },
            None => (!process.is_alive()).then_some(Ended::Unseen),
        }
    }
}

impl Supervisor {
    /// Starts the load balancer again when it has ended, or ends it when everything ends.
    pub(super) async fn keep_balancer(&mut self) {
        if let Some(how) = self.balancer.ended() {
            self.log.say("balancer-ended", &how.words().replace("its runner", "the load balancer"), json!({}));
            self.balancer.record = None;
            self.balancer.child = None;
            self.balancer.applied = None;
            self.balancer.has_tests = false;
        }
        if self.stopping {
            return self.end_balancer();
        }
        let early = self.balancer.started.is_some_and(|started| started.elapsed() < PAUSE);
        if self.balancer.is_gone()
            && !early
            && let Err(error) = self.start_balancer()
        {
            self.complain("the load balancer could not be started", &error);
        }
    }

    fn end_balancer(&mut self) {
        let Some(process) = self.balancer.record.as_ref().map(|record| record.process) else { return };
        let signal = match self.balancer.ending {
            None => {
                self.balancer.ending = Some(Instant::now());
                Signal::TERM
            }
            Some(since) if since.elapsed() > FINISH => Signal::KILL,
            Some(_) => return,
        };
        if let Err(error) = process.signal(signal) {
            self.log.say("trouble", &format!("the load balancer could not be signalled: {error}"), json!({}));
        }
    }

    fn start_balancer(&mut self) -> Result<(), Error> {
        self.balancer.started = Some(Instant::now());
        let Some(listener) = &self.balancer.listener else { return Ok(()) };
        let failed = |error: std::io::Error| {
            Error::new(&codes::NOT_STARTED, ErrorKind::Unavailable, format!("the load balancer did not start: {error}"))
        };
        let socket = OwnedFd::from(listener.try_clone().map_err(failed)?);
        let mut command = process::command(&self.programs.balancer, &self.place, "balancer");
        let said = self.balancer_log()?;
        let also = said.try_clone().map_err(failed)?;
        command.arg("--control").arg(self.place.balancer_socket());
        command.stdin(Stdio::from(socket)).stdout(said).stderr(also).process_group(0);
        let child = command.spawn().map_err(failed)?;
        let Some(process) = i32::try_from(child.id()).ok().and_then(ProcessId::of) else { return Ok(()) };
        let record =
            ProcessRecord { process, version: env!("CARGO_PKG_VERSION").into(), since: self.world.clock.now() };
        self.log.say("balancer-started", "started the load balancer", json!({ "process": process }));
        self.balancer.child = Some(child);
        self.balancer.record = Some(record.clone());
        file::write(&self.place.balancer(), &record)
    }

    fn balancer_log(&self) -> Result<File, Error> {
        let path = self.place.local().join("balancer.log");
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        opened.map_err(|error| cannot_write(&path, &error))
    }

    /// Brings the load balancer to the configuration that follows from what is wanted and from the members there are.
    pub(super) async fn configure_balancer(&mut self) {
        if self.balancer.is_gone() || self.stopping {
            return;
        }
        self.give_test_listener().await;
        let mut wanted = routing::configuration(&self.routing_input());
        if self.balancer.applied.as_ref().is_some_and(|applied| same(applied, &wanted)) {
            return;
        }
        wanted.revision = self.next_revision().await;
        self.balancer.wanted = Some(wanted.clone());
        match link::client(&self.place).put(&wanted).await {
            Ok(()) => {
                self.log.say(
                    "configured",
                    "the load balancer has a new configuration",
                    json!({ "revision": wanted.revision }),
                );
                self.balancer.applied = Some(wanted);
            }
            Err(error) => {
                self.balancer.applied = None;
                // It is about to listen; the next look comes soon.
                if self.balancer.started.is_none_or(|started| started.elapsed() > Duration::from_secs(5)) {
                    self.complain("the load balancer was not configured", &error);
                }
            }
        }
    }

    /// Gives a load balancer that was started the socket of its test listener, since standard input has room for one only.
    async fn give_test_listener(&mut self) {
        if self.balancer.has_tests {
            return;
        }
        let Some(Ok(listener)) = self.balancer.tests.as_ref().map(TcpListener::try_clone) else { return };
        // It is about to answer; the next look comes soon.
        self.balancer.has_tests = link::client(&self.place).give_test_listener(listener).await.is_ok();
    }

    /// One more than what is in effect, whoever set that.
    async fn next_revision(&self) -> u64 {
        let known = self.balancer.applied.as_ref().map(|applied| applied.revision);
        match known {
            Some(revision) => revision + 1,
            None => {
                let there = link::client(&self.place).configuration().await.ok().flatten();
                there.map_or(0, |configuration| configuration.revision) + 1
            }
        }
    }

    /// Whether the load balancer has taken the configuration that follows from what is wanted now.
    pub(super) fn balancer_is_current(&self) -> bool {
        let wanted = routing::configuration(&self.routing_input());
        self.balancer.applied.as_ref().is_some_and(|applied| same(applied, &wanted))
    }

    /// What the load balancer says, `None` when it does not answer.
    pub(super) async fn serving(&self) -> Option<Serving> {
        if self.balancer.is_gone() { None } else { link::serving(&self.place).await }
    }

    fn routing_input(&self) -> routing::Input<'_> {
        routing::Input {
            scopes: self.cloud.scopes().map(|(_, desired)| desired).collect(),
            members: self.members.values().map(|member| &member.record).collect(),
        }
    }

    /// Whether it is time to look for processes that belong to nobody.
    pub(super) fn sweep_due(&mut self) -> bool {
        let due = self.balancer.swept.is_none_or(|swept| swept.elapsed() > SWEEP);
        if due {
            self.balancer.swept = Some(Instant::now());
        }
        due
    }
}

fn same(one: &Configuration, other: &Configuration) -> bool {
    let mut other = other.clone();
    other.revision = one.revision;
    *one == other
}
