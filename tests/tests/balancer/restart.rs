//! A load balancer that is killed or ended loses what it had in its hands, and nothing else.

use std::{net::TcpListener, process::Child, time::Duration};

use skiff_runtime::local::balancer::Client;
use skiff_tests::load::{Load, Options, Report};

use crate::{
    process,
    setup::{configuration, eventually, pause},
    target::Server,
};

struct Case {
    listener: TcpListener,
    folder: tempfile::TempDir,
    servers: [Server; 2],
}

impl Case {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let folder = tempfile::tempdir().expect("a folder");
        Self { listener, folder, servers: [Server::start("a1").await, Server::start("a2").await] }
    }

    /// A process, with its configuration.
    async fn start(&self) -> Child {
        let control = self.folder.path().join("control.sock");
        let child = process::start(&self.listener, &control);
        let client = Client::new(&control);
        eventually("it answers", async || client.traffic().await.is_ok()).await;
        let targets = self.servers.each_ref().map(Server::target);
        client.put(&configuration(&[("a", &targets, 1)])).await.expect("a configuration");
        child
    }

    fn load(&self, rate: f64) -> Load {
        let mut options = Options::new(self.listener.local_addr().expect("an address"));
        options.rate = Some(rate);
        options.timeout = Duration::from_secs(20);
        Load::start(&options).expect("load")
    }
}

fn in_flight(report: &Report, at: u64) -> bool {
    // Time passes between the clock's reading and the signal.
    report.failures.iter().all(|failure| failure.was_in_flight(at) || failure.sent_ms.abs_diff(at) <= 100)
}

#[tokio::test]
async fn killed_and_started_again_on_the_same_socket_it_loses_what_was_in_flight() {
    let case = Case::new().await;
    let mut first = case.start().await;
    let load = case.load(400.0);
    pause(500).await;
    let killed = load.now_ms();
    first.kill().expect("a signal");
    first.wait().expect("its end");
    // Connections wait in the socket's queue meanwhile.
    pause(300).await;
    let mut second = case.start().await;
    pause(1_000).await;
    let report = load.stop().await;
    second.kill().expect("a signal");
    second.wait().expect("its end");
    assert!(report.failures.len() <= 8, "{:?}", report.failures);
    assert!(in_flight(&report, killed), "killed at {killed}: {:?}", report.failures);
    assert!(report.answered > 500, "{report:?}");
}

#[tokio::test]
async fn ended_by_sigterm_it_loses_nothing() {
    let case = Case::new().await;
    let first = case.start().await;
    let load = case.load(400.0);
    pause(300).await;
    let mut child = first;
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .expect("a signal");
    // The path of the control socket is free as soon as it accepts no more.
    let mut second = tokio::task::spawn_blocking(move || child.wait().expect("its end"))
        .await
        .map(|end| {
            assert!(end.success(), "{end}");
            process::start(&case.listener, &case.folder.path().join("control.sock"))
        })
        .expect("a second process");
    let client = Client::new(&case.folder.path().join("control.sock"));
    eventually("it answers", async || client.traffic().await.is_ok()).await;
    let targets = case.servers.each_ref().map(Server::target);
    client.put(&configuration(&[("a", &targets, 1)])).await.expect("a configuration");
    pause(500).await;
    let report = load.stop().await;
    second.kill().expect("a signal");
    second.wait().expect("its end");
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
    assert!(report.answered > 200, "{report:?}");
}
