//! No request is lost while configurations change and targets drain.

use std::sync::atomic::Ordering;

use skiff_runtime::local::balancer::TargetState;

use crate::{
    raw,
    setup::{Balanced, eventually, pause},
    target::Server,
};

#[tokio::test]
async fn a_target_drains_without_a_failed_request() {
    let (one, two) = (Server::start("a1").await, Server::start("a2").await);
    for server in [&one, &two] {
        server.behaviour.delay_ms.store(400, Ordering::Relaxed);
    }
    let mut balanced = Balanced::of(&[("a", &[one.target(), two.target()], 1)]).await;
    balanced.healthy(2).await;
    let load = balanced.load();
    pause(600).await;
    let keep = two.target();
    balanced.change(|configuration| configuration.groups.get_mut("a").expect("a group").targets = vec![keep]).await;
    let targets = balanced.client.targets().await.expect("targets");
    let drained = targets.iter().find(|target| target.instance == "a1").expect("a target that drains");
    assert_eq!(drained.state, TargetState::Draining);
    assert!(drained.in_flight > 0, "{drained:?}");
    eventually("it has drained", async || {
        balanced.client.targets().await.expect("targets").iter().all(|target| target.instance != "a1")
    })
    .await;
    let before = one.requests();
    one.kill();
    pause(200).await;
    let report = load.stop().await;
    assert_eq!(one.requests(), before);
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
}

#[tokio::test]
async fn a_delay_that_is_over_ends_the_drain_but_not_the_request() {
    let one = Server::start("a1").await;
    one.behaviour.delay_ms.store(600, Ordering::Relaxed);
    let mut balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced
        .change(|configuration| configuration.groups.get_mut("a").expect("a group").deregistration_delay_ms = 100)
        .await;
    balanced.healthy(1).await;
    let address = balanced.address;
    let asked = tokio::spawn(async move { raw::get(address, "localhost", "/").await });
    eventually("the request is in flight", async || balanced.in_flight().await == 1).await;
    balanced.change(|configuration| configuration.groups.get_mut("a").expect("a group").targets.clear()).await;
    pause(200).await;
    assert!(balanced.client.targets().await.expect("targets").is_empty());
    assert_eq!(raw::status(&asked.await.expect("an answer")), 200);
}

#[tokio::test]
async fn configurations_change_under_load_without_a_failed_request() {
    let servers =
        [Server::start("a1").await, Server::start("a2").await, Server::start("b1").await, Server::start("b2").await];
    let [one, two, three, four] = servers.each_ref().map(Server::target);
    let mut balanced = Balanced::of(&[("a", &[one.clone(), two.clone()], 50), ("b", &[three, four], 50)]).await;
    balanced.healthy(4).await;
    let mut options = balanced.options();
    options.connections = 32;
    let load = skiff_tests::load::Load::start(&options).expect("load");
    for turn in 0..60 {
        match turn % 4 {
            0 => balanced.weigh(&[("a", 100), ("b", 0)]).await,
            1 => balanced.weigh(&[("a", 0), ("b", 100)]).await,
            2 => balanced.weigh(&[("a", 1), ("b", 99)]).await,
            _ => {
                let targets = if turn % 8 == 3 { vec![one.clone()] } else { vec![one.clone(), two.clone()] };
                balanced
                    .change(|configuration| configuration.groups.get_mut("a").expect("a group").targets = targets)
                    .await;
            }
        }
        pause(10).await;
    }
    let report = load.stop().await;
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
    assert!(report.requests > 500, "{report:?}");
}

#[tokio::test]
async fn an_end_that_was_asked_for_loses_nothing() {
    let one = Server::start("a1").await;
    one.behaviour.delay_ms.store(300, Ordering::Relaxed);
    let balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.healthy(1).await;
    let address = balanced.address;
    let asked = tokio::spawn(async move { raw::get(address, "localhost", "/").await });
    eventually("the request is in flight", async || balanced.in_flight().await == 1).await;
    let successor = balanced.client.listener().await.expect("the socket");
    balanced.client.drain().await.expect("a load balancer that ends");
    assert_eq!(raw::status(&asked.await.expect("an answer")), 200);
    balanced.task.await.expect("a task that ends").expect("a good end");
    // Whoever has the socket now has the connections that wait.
    assert_eq!(successor.local_addr().expect("an address"), address);
    assert!(std::net::TcpStream::connect(address).is_ok());
}
