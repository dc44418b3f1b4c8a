//! What the control socket tells and refuses.

use std::os::unix::fs::PermissionsExt;

use skiff_runtime::{
    ErrorKind,
    local::balancer::{Client, Condition, Configuration, Rule, bounds, codes, serve},
    world::World,
};

use crate::{
    raw,
    setup::{Balanced, configuration, eventually, forward, group, pause},
    shadow::shadowed,
    target::Server,
};

#[tokio::test]
async fn what_is_in_effect_is_read_back_and_older_ones_are_refused() {
    let one = Server::start("a1").await;
    let mut balanced = Balanced::of(&[("a", &[one.target()], 100), ("b", &[], 0)]).await;
    balanced.weigh(&[("a", 90), ("b", 10)]).await;
    let read = balanced.client.configuration().await.expect("an answer").expect("a configuration");
    assert_eq!(read, balanced.configuration);
    let mut old = read.clone();
    old.revision = 1;
    let refused = balanced.client.put(&old).await.expect_err("a refusal");
    assert_eq!((refused.code(), refused.kind()), (&codes::STALE_CONFIGURATION, ErrorKind::Conflict));
    // The same once more is no harm.
    balanced.client.put(&read).await.expect("a repetition");
    assert_eq!(balanced.client.configuration().await.expect("an answer"), Some(read));
}

/// What the refusal says, and how the configuration is spoilt.
type Mistake = (&'static str, fn(&mut Configuration));

#[tokio::test]
async fn a_configuration_with_a_mistake_changes_nothing() {
    let one = Server::start("a1").await;
    let balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.healthy(1).await;
    let mistakes: [Mistake; 10] = [
        ("the shadow of `none`: it is no rule", |c| drop(c.shadows.insert("none".into(), shadowed("a", 0)))),
        ("101 of 100 requests", |c| drop(c.shadows.insert("all".into(), shadowed("a", 101)))),
        ("there is no group `c`", |c| c.rules[0].action = forward(&[("c", 1)])),
        ("is above 999", |c| c.rules[0].action = forward(&[("a", 1000)])),
        ("a name of its own", |c| c.rules.push(c.rules[0].clone())),
        ("`[` cannot be read", |c| {
            let condition = Condition::Path { values: Vec::new(), expressions: vec!["[".into()] };
            c.rules.push(Rule { name: "x".into(), conditions: vec![condition], action: forward(&[]), rewrite: None });
        }),
        ("no network", |c| c.rules[0].conditions = vec![Condition::Source { values: vec!["10.0.0.0/33".into()] }]),
        ("its schema is `other`", |c| c.schema = "other".into()),
        ("is there twice", |c| {
            let twice = c.groups["a"].targets[0].clone();
            c.groups.get_mut("a").expect("a group").targets.push(twice);
        }),
        ("the check's codes `2xx`", |c| c.groups.get_mut("a").expect("a group").check.codes = "2xx".into()),
    ];
    for (words, mistake) in mistakes {
        let mut wrong = balanced.configuration.clone();
        wrong.revision = 9;
        mistake(&mut wrong);
        let refused = balanced.client.put(&wrong).await.expect_err("a refusal");
        assert_eq!((refused.code(), refused.kind()), (&codes::BAD_CONFIGURATION, ErrorKind::Invalid));
        assert!(refused.message().contains(words) && refused.advice().is_some(), "{refused}");
    }
    assert_eq!(balanced.client.configuration().await.expect("an answer"), Some(balanced.configuration.clone()));
    assert_eq!(raw::status(&raw::get(balanced.address, "localhost", "/").await), 200);
}

#[tokio::test]
async fn nothing_is_served_before_the_first_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let control = folder.path().join("control.sock");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let own = control.clone();
    tokio::spawn(async move { serve(listener, &own, None, World::real()).await });
    let client = Client::new(&control);
    eventually("it answers", async || client.targets().await.is_ok()).await;
    assert_eq!(client.configuration().await.expect("an answer"), None);
    let asked = tokio::spawn(async move { raw::get(address, "localhost", "/").await });
    pause(300).await;
    assert!(!asked.is_finished());
    let one = Server::start("a1").await;
    client.put(&configuration(&[("a", &[one.target()], 1)])).await.expect("a configuration");
    assert_eq!(raw::status(&asked.await.expect("an answer")), 200);
    let mode = std::fs::metadata(&control).expect("the socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn the_socket_is_not_taken_from_one_who_lives_and_nobody_is_said_to_be_nobody() {
    let one = Server::start("a1").await;
    let balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let free = || std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let control = folder.path().join("control.sock");
    let first = tokio::spawn({
        let control = control.clone();
        async move { serve(free_listener(), &control, None, World::real()).await }
    });
    let client = Client::new(&control);
    eventually("it answers", async || client.targets().await.is_ok()).await;
    let refused = serve(free(), &control, None, World::real()).await.expect_err("a refusal");
    assert_eq!(refused.code(), &codes::NO_CONTROL_SOCKET);
    assert!(refused.message().contains("another process listens there"), "{refused}");
    first.abort();
    let nobody = Client::new(&folder.path().join("none.sock")).traffic().await.expect_err("nobody");
    assert_eq!((nobody.code(), nobody.kind()), (&codes::UNREACHABLE, ErrorKind::Unavailable));
    // Another server than a load balancer.
    let wrong = folder.path().join("wrong.sock");
    let other = tokio::net::UnixListener::bind(&wrong).expect("a socket");
    tokio::spawn(async move {
        loop {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let (mut stream, _) = other.accept().await.expect("a connection");
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
        }
    });
    let wrong = Client::new(&wrong).traffic().await.expect_err("an answer that means nothing");
    assert_eq!(wrong.code(), &codes::BAD_ANSWER);
    drop(balanced);
}

fn free_listener() -> std::net::TcpListener {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port")
}

#[tokio::test]
async fn traffic_and_metrics_say_the_same() {
    let (one, two) = (Server::start("a1").await, Server::start("b1").await);
    let mut configuration = configuration(&[("a", &[one.target()], 1), ("b", &[two.target()], 1)]);
    let mut labelled = group(&[one.target()]);
    labelled.labels = [("service", "we\"b"), ("slot", "a")].map(|(name, value)| (name.into(), value.into())).into();
    configuration.groups.insert("a".into(), labelled);
    let balanced = Balanced::start(configuration).await;
    balanced.healthy(2).await;
    for _ in 0..10 {
        raw::get(balanced.address, "localhost", "/").await;
    }
    let traffic = balanced.client.traffic().await.expect("traffic");
    let slot = &traffic.groups["a"].total;
    assert_eq!((slot.requests, slot.answers["2xx"], slot.in_flight), (5, 5, 0));
    assert_eq!(slot.latency.values().sum::<u64>(), 5);
    assert!(slot.latency.keys().all(|bound| bounds().contains(bound)) && slot.since.is_some());
    assert_eq!(traffic.groups["a"].targets["a1"].requests, 5);
    let metrics = balanced.client.metrics().await.expect("metrics");
    let words = "group=\"a\",service=\"we\\\"b\",slot=\"a\"";
    for line in [
        format!("skiff_balancer_requests_total{{{words}}} 5\n"),
        format!("skiff_balancer_answers_total{{{words},class=\"2xx\"}} 5\n"),
        format!("skiff_balancer_latency_seconds_bucket{{{words},le=\"+Inf\"}} 5\n"),
        "skiff_balancer_targets{group=\"b\",state=\"healthy\"} 1\n".to_owned(),
    ] {
        assert!(metrics.contains(&line), "{line} is not in {metrics}");
    }
}
