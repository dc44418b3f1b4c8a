//! What is beside the traffic of users, and never in its way: the test listener and mirrored requests.

use std::{
    net::{SocketAddr, TcpListener},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use skiff_runtime::local::balancer::{MirrorTraffic, Shadowed};

use crate::{
    raw,
    setup::{Balanced, eventually},
    target::Server,
};

pub fn shadowed(group: &str, mirror_percent: u32) -> Shadowed {
    Shadowed { group: group.into(), mirror_percent }
}

impl Balanced {
    async fn shadow(&mut self, shadowed: Option<Shadowed>) {
        let shadows = shadowed.map(|shadowed| ("all".to_owned(), shadowed)).into_iter().collect();
        self.change(|configuration| configuration.shadows = shadows).await;
    }

    /// Gives it a test listener.
    async fn tests(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        self.client.give_test_listener(listener).await.expect("a socket that is taken");
        eventually("it has the socket", async || self.client.test_listener().await.is_ok()).await;
        address
    }

    async fn mirrors(&self, group: &str) -> MirrorTraffic {
        self.client.traffic().await.expect("traffic").groups[group].mirror
    }
}

async fn pair() -> (Server, Server, Balanced) {
    let (one, two) = (Server::start("live").await, Server::start("next").await);
    let balanced = Balanced::of(&[("a", &[one.target()], 100), ("b", &[two.target()], 0)]).await;
    balanced.healthy(2).await;
    (one, two, balanced)
}

#[tokio::test]
async fn the_test_listener_alone_leads_to_a_group_without_weight() {
    let (one, two, mut balanced) = pair().await;
    assert!(balanced.client.test_listener().await.is_err(), "it has none yet");
    let tests = balanced.tests().await;
    let answer = raw::get(tests, "shop.example.com", "/").await;
    assert_eq!(raw::status(&answer), 503);
    assert!(answer.contains("x-skiff-reason: no-shadow"), "{answer}");
    balanced.shadow(Some(shadowed("b", 0))).await;
    for _ in 0..5 {
        assert!(raw::get(tests, "shop.example.com", "/").await.ends_with("next\n"));
        assert!(raw::get(balanced.address, "shop.example.com", "/").await.ends_with("live\n"));
    }
    let seen = raw::get(tests, "shop.example.com", "/seen").await;
    assert!(seen.contains(&format!("x-forwarded-port: {}", tests.port())), "{seen}");
    assert_eq!((one.requests(), two.requests()), (5, 6));
    // Health counts there as well.
    two.behaviour.health.store(500, Ordering::Relaxed);
    eventually("nobody is fit", async || {
        raw::get(tests, "shop.example.com", "/").await.contains("x-skiff-reason: no-healthy-target")
    })
    .await;
    balanced.shadow(None).await;
    assert!(raw::get(tests, "shop.example.com", "/").await.contains("no-shadow"));
}

#[tokio::test]
async fn another_test_listener_takes_the_place_of_the_first() {
    let (_one, _two, mut balanced) = pair().await;
    balanced.shadow(Some(shadowed("b", 0))).await;
    let first = balanced.tests().await;
    let second = balanced.tests().await;
    assert!(raw::get(second, "a", "/").await.ends_with("next\n"));
    eventually("the first is closed", async || tokio::net::TcpStream::connect(first).await.is_err()).await;
    let taken = balanced.client.test_listener().await.expect("a socket");
    assert_eq!(taken.local_addr().expect("an address"), second);
}

#[tokio::test]
async fn a_share_of_what_changes_nothing_is_mirrored_exactly() {
    let (one, two, mut balanced) = pair().await;
    balanced.shadow(Some(shadowed("b", 20))).await;
    for turn in 0..100 {
        // A client cannot say that its request is a mirrored one.
        let head = "HTTP/1.1\r\nHost: a\r\nX-Skiff-Mirrored: 1\r\nConnection: close\r\n";
        assert!(raw::say(balanced.address, &format!("GET /{turn} {head}\r\n")).await.ends_with("live\n"));
        if turn % 10 == 0 {
            let post = format!("POST / {head}Content-Length: 2\r\n\r\nhi");
            assert_eq!(raw::status(&raw::say(balanced.address, &post).await), 200);
            let delete = format!("DELETE / {head}\r\n");
            assert_eq!(raw::status(&raw::say(balanced.address, &delete).await), 200);
        }
    }
    eventually("twenty came", async || two.requests() == 20).await;
    assert_eq!((one.requests(), two.behaviour.mirrored.load(Ordering::Relaxed)), (120, 20));
    assert_eq!(one.behaviour.mirrored.load(Ordering::Relaxed), 0);
    assert_eq!(balanced.mirrors("b").await, MirrorTraffic { sent: 20, left_out: 0 });
    eventually("all were answered", async || {
        let traffic = balanced.client.traffic().await.expect("traffic").groups["b"].total.clone();
        traffic.in_flight == 0 && traffic.answers.get("2xx") == Some(&20)
    })
    .await;
    let metrics = balanced.client.metrics().await.expect("metrics");
    assert!(metrics.contains("skiff_balancer_mirrored_total{group=\"b\",outcome=\"sent\"} 20"), "{metrics}");
}

#[tokio::test]
async fn a_slow_shadow_delays_nobody_and_no_more_than_so_many_are_under_way() {
    let (one, two, mut balanced) = pair().await;
    two.behaviour.delay_ms.store(60_000, Ordering::Relaxed);
    balanced.shadow(Some(shadowed("b", 100))).await;
    let load = balanced.load();
    let begun = Instant::now();
    while one.requests() < 300 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{} in {:?}", one.requests(), begun.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let report = load.stop().await;
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
    let mirrors = balanced.mirrors("b").await;
    assert_eq!(mirrors.sent, 64, "{mirrors:?}");
    assert!(mirrors.left_out >= 200, "{mirrors:?}");
    assert_eq!(two.requests(), 64);
}

#[tokio::test]
async fn a_dead_shadow_fails_nobody() {
    let (one, two, mut balanced) = pair().await;
    balanced.shadow(Some(shadowed("b", 100))).await;
    let load = balanced.load();
    eventually("some were mirrored", async || two.requests() > 10).await;
    two.kill();
    let before = one.requests();
    eventually("many more were served", async || one.requests() > before + 200).await;
    let report = load.stop().await;
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
    assert!(balanced.mirrors("b").await.left_out > 0);
    assert!(report.releases.keys().eq(["live"]), "{:?}", report.releases.keys());
}

#[tokio::test]
async fn what_the_shadow_answers_itself_is_not_mirrored_to_it() {
    let (_one, two, mut balanced) = pair().await;
    let tests = balanced.tests().await;
    balanced.shadow(Some(shadowed("b", 100))).await;
    balanced.weigh(&[("a", 0), ("b", 100)]).await;
    for address in [balanced.address, tests] {
        assert!(raw::get(address, "a", "/").await.ends_with("next\n"));
    }
    assert_eq!((two.requests(), balanced.mirrors("b").await.sent), (2, 0));
}
