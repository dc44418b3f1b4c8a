//! Who suffers when a target dies, and who is asked again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use skiff_runtime::local::balancer::{Target, TargetState};
use skiff_tests::load::Load;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    raw,
    setup::{Balanced, eventually, pause},
    target::Server,
};

#[tokio::test]
async fn a_killed_target_fails_only_what_was_in_flight_on_it() {
    let (one, two) = (Server::start("a1").await, Server::start("a2").await);
    for server in [&one, &two] {
        server.behaviour.delay_ms.store(20, Ordering::Relaxed);
    }
    let balanced = Balanced::of(&[("a", &[one.target(), two.target()], 1)]).await;
    balanced.healthy(2).await;
    let mut options = balanced.options();
    (options.method, options.body_bytes) = (http::Method::POST, 100);
    let load = Load::start(&options).expect("load");
    pause(300).await;
    let killed = load.now_ms();
    one.kill();
    pause(500).await;
    let report = load.stop().await;
    // Eight connections over two targets: no more than those can have been on it.
    assert!(report.failures.len() <= 8, "{:?}", report.failures);
    assert!(
        report.failures.iter().all(|failure| failure.was_in_flight(killed) || failure.sent_ms <= killed + 20),
        "{:?}",
        report.failures
    );
    assert!(two.requests() > 50);
}

#[tokio::test]
async fn what_may_be_repeated_survives_a_killed_target() {
    let (one, two) = (Server::start("a1").await, Server::start("a2").await);
    for server in [&one, &two] {
        server.behaviour.delay_ms.store(20, Ordering::Relaxed);
    }
    let balanced = Balanced::of(&[("a", &[one.target(), two.target()], 1)]).await;
    balanced.healthy(2).await;
    let load = balanced.load();
    pause(200).await;
    one.kill();
    pause(400).await;
    let report = load.stop().await;
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
}

#[tokio::test]
async fn a_refused_connection_is_tried_elsewhere_whatever_the_method_and_makes_suspect() {
    let (gone, two) = (Server::start("a1").await, Server::start("a2").await);
    let health = Server::start("health").await;
    let mut target = gone.target();
    target.health = health.address;
    let balanced = Balanced::of(&[("a", &[target, two.target()], 1)]).await;
    balanced.healthy(2).await;
    gone.kill();
    pause(20).await;
    let post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    for _ in 0..4 {
        assert_eq!(raw::status(&raw::say(balanced.address, post).await), 200);
    }
    let traffic = balanced.client.traffic().await.expect("traffic");
    let of_gone = &traffic.groups["a"].targets["a1"];
    assert!(of_gone.answers["connect"] >= 1 && of_gone.requests == 0, "{of_gone:?}");
    assert_eq!(traffic.groups["a"].total.answers["2xx"], 4);
}

#[tokio::test]
async fn nobody_to_connect_to_is_502_and_nobody_healthy_503() {
    let gone = Server::start("a1").await;
    let mut balanced = Balanced::of(&[("a", &[gone.target()], 1)]).await;
    balanced.healthy(1).await;
    // So that only the request itself finds out.
    balanced
        .change(|configuration| configuration.groups.get_mut("a").expect("a group").check.interval_ms = 60_000)
        .await;
    pause(100).await;
    gone.kill();
    pause(20).await;
    let answer = raw::get(balanced.address, "localhost", "/").await;
    assert!(raw::status(&answer) == 502 && answer.contains("x-skiff-reason: connect-failed"), "{answer}");
    let answer = raw::get(balanced.address, "localhost", "/").await;
    assert!(raw::status(&answer) == 503 && answer.contains("x-skiff-reason: no-healthy-target"), "{answer}");
    let targets = balanced.client.targets().await.expect("targets");
    assert_eq!(targets[0].state, TargetState::Unhealthy);
    assert!(targets[0].reason.as_ref().is_some_and(|why| why.contains("refused")), "{targets:?}");
    let back = Server::start_on("a1", gone.address).await;
    balanced.healthy(1).await;
    assert_eq!(raw::status(&raw::get(balanced.address, "localhost", "/").await), 200);
    assert_eq!(back.requests(), 1);
}

#[tokio::test]
async fn an_unhealthy_target_gets_nothing_until_its_checks_are_good_again() {
    let (one, two) = (Server::start("a1").await, Server::start("a2").await);
    let balanced = Balanced::of(&[("a", &[one.target(), two.target()], 1)]).await;
    balanced.healthy(2).await;
    let load = balanced.load();
    one.behaviour.health.store(503, Ordering::Relaxed);
    balanced.healthy(1).await;
    pause(50).await;
    let before = one.requests();
    pause(200).await;
    assert_eq!(one.requests(), before);
    one.behaviour.health.store(200, Ordering::Relaxed);
    balanced.healthy(2).await;
    pause(100).await;
    let report = load.stop().await;
    assert!(one.requests() > before);
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
}

/// Reads heads and closes the connection without an answer; counts them.
async fn closes_without_an_answer() -> (Target, Arc<AtomicU64>, Server) {
    let health = Server::start("health").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let count = stream.read(&mut [0; 4096]).await.unwrap_or_default();
            counted.fetch_add(u64::from(count > 0), Ordering::Relaxed);
        }
    });
    (Target { instance: "bad".into(), address, health: health.address }, seen, health)
}

#[tokio::test]
async fn a_request_that_was_sent_is_repeated_only_when_that_is_safe() {
    let (bad, seen, _health) = closes_without_an_answer().await;
    let good = Server::start("good").await;
    let balanced = Balanced::of(&[("a", &[bad, good.target()], 1)]).await;
    balanced.healthy(2).await;
    for _ in 0..10 {
        assert_eq!(raw::status(&raw::get(balanced.address, "localhost", "/").await), 200);
    }
    let read_only = seen.load(Ordering::Relaxed);
    assert!(read_only > 0);
    let post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    let put = "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    for request in [post, put] {
        let (seen_before, good_before) = (seen.load(Ordering::Relaxed), good.requests());
        let mut failed = 0;
        for _ in 0..10 {
            let answer = raw::say(balanced.address, request).await;
            failed += u64::from(raw::status(&answer) == 502 && answer.contains("x-skiff-reason: no-answer"));
        }
        // Each of the ten was seen by exactly one of the two.
        assert_eq!(seen.load(Ordering::Relaxed) - seen_before, failed);
        assert_eq!(good.requests() - good_before, 10 - failed);
        assert!(failed > 0);
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_while_it_waited_is_replaced() {
    let health = Server::start("health").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(async move {
                // One answer that promises to stay, and a quiet end.
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
                pause(1).await;
            });
        }
    });
    let target = Target { instance: "closes".into(), address, health: health.address };
    let balanced = Balanced::of(&[("a", &[target], 1)]).await;
    balanced.healthy(1).await;
    let post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    for _ in 0..20 {
        assert_eq!(raw::status(&raw::say(balanced.address, post).await), 200);
        pause(10).await;
    }
}

#[tokio::test]
async fn a_late_answer_is_504_and_a_gone_client_ends_its_request() {
    let one = Server::start("a1").await;
    one.behaviour.delay_ms.store(60_000, Ordering::Relaxed);
    let mut balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.change(|configuration| configuration.limits.idle_ms = 200).await;
    balanced.healthy(1).await;
    let answer = raw::get(balanced.address, "localhost", "/").await;
    assert!(raw::status(&answer) == 504 && answer.contains("x-skiff-reason: late-answer"), "{answer}");
    eventually("the target is rid of it", async || one.behaviour.abandoned.load(Ordering::Relaxed) == 1).await;
    balanced.change(|configuration| configuration.limits.idle_ms = 60_000).await;
    let mut stream = tokio::net::TcpStream::connect(balanced.address).await.expect("a connection");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("bytes that are taken");
    eventually("the request is in flight", async || balanced.in_flight().await == 1).await;
    drop(stream);
    eventually("nothing is in flight", async || balanced.in_flight().await == 0).await;
    eventually("the target is rid of it", async || one.behaviour.abandoned.load(Ordering::Relaxed) == 2).await;
}

#[tokio::test]
async fn patience_bridges_a_restart() {
    let one = Server::start("a1").await;
    let mut balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.change(|configuration| configuration.limits.patience_ms = 5_000).await;
    balanced.healthy(1).await;
    one.kill();
    balanced.healthy(0).await;
    let address = balanced.address;
    let asked = tokio::spawn(async move { raw::get(address, "localhost", "/").await });
    pause(300).await;
    assert!(!asked.is_finished());
    let _back = Server::start_on("a1", one.address).await;
    assert_eq!(raw::status(&asked.await.expect("an answer")), 200);
}
