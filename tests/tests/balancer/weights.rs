//! Each group gets exactly its share, and a weight of zero nothing.

use std::sync::atomic::Ordering;

use crate::{
    raw,
    setup::{Balanced, pause},
    target::Server,
};

#[tokio::test]
async fn a_share_is_exact_over_each_turn() {
    let (one, two, three) = (Server::start("a1").await, Server::start("a2").await, Server::start("b1").await);
    let balanced = Balanced::of(&[("a", &[one.target(), two.target()], 95), ("b", &[three.target()], 5)]).await;
    balanced.healthy(3).await;
    let mut options = balanced.options();
    options.connections = 1;
    let load = skiff_tests::load::Load::start(&options).expect("load");
    while one.requests() + two.requests() + three.requests() < 500 {
        pause(5).await;
    }
    let report = load.stop().await;
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
    let all = report.requests;
    let share = three.requests();
    assert!(share.abs_diff(all / 20) <= 1, "{share} of {all}");
    // Alone in flight, members of one group take turns.
    assert!(one.requests().abs_diff(two.requests()) <= all / 20 + 2, "{} and {}", one.requests(), two.requests());
    let traffic = balanced.client.traffic().await.expect("traffic");
    assert_eq!(traffic.groups["b"].total.requests, share);
    assert_eq!(traffic.groups["a"].total.requests, one.requests() + two.requests());
}

#[tokio::test]
async fn nothing_goes_to_weight_zero_while_weights_move() {
    let (one, two) = (Server::start("a1").await, Server::start("b1").await);
    let mut balanced = Balanced::of(&[("a", &[one.target()], 100), ("b", &[two.target()], 0)]).await;
    balanced.healthy(2).await;
    let load = balanced.load();
    for _ in 0..5 {
        pause(60).await;
        assert_eq!(two.requests(), 0);
    }
    for _ in 0..10 {
        balanced.weigh(&[("a", 0), ("b", 100)]).await;
        // What had been given to the old slot may still arrive; once it is quiet, it stays so.
        pause(30).await;
        let before = one.requests();
        pause(30).await;
        assert_eq!(one.requests(), before);
        balanced.weigh(&[("a", 100), ("b", 0)]).await;
        pause(30).await;
        let before = two.requests();
        pause(30).await;
        assert_eq!(two.requests(), before);
    }
    let report = load.stop().await;
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
    assert!(report.releases["a1"].answers > 0 && report.releases["b1"].answers > 0);
}

#[tokio::test]
async fn shares_hold_while_targets_come_and_go() {
    let (one, two, other) = (Server::start("a1").await, Server::start("b1").await, Server::start("a2").await);
    let mut balanced = Balanced::of(&[("a", &[one.target()], 90), ("b", &[two.target()], 10)]).await;
    balanced.healthy(2).await;
    let load = balanced.load();
    for turn in 0..40 {
        let targets = if turn % 2 == 0 { vec![one.target(), other.target()] } else { vec![one.target()] };
        balanced.change(|configuration| configuration.groups.get_mut("a").expect("a group").targets = targets).await;
        pause(10).await;
    }
    let report = load.stop().await;
    assert_eq!(report.failed_requests(), 0, "{:?}", report.failures);
    let (share, all) = (two.requests(), report.requests);
    assert!(share.abs_diff(all / 10) <= 1, "{share} of {all}");
}

#[tokio::test]
async fn all_weights_zero_and_no_healthy_target_are_503() {
    let (one, two) = (Server::start("a1").await, Server::start("b1").await);
    let mut balanced = Balanced::of(&[("a", &[one.target()], 0), ("b", &[two.target()], 0)]).await;
    balanced.healthy(2).await;
    let answer = raw::get(balanced.address, "localhost", "/").await;
    assert_eq!(raw::status(&answer), 503);
    assert!(answer.contains("x-skiff-reason: no-healthy-target"), "{answer}");
    // The other group does not take over what a slot cannot do.
    two.behaviour.health.store(500, Ordering::Relaxed);
    balanced.healthy(1).await;
    balanced.weigh(&[("a", 50), ("b", 50)]).await;
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(raw::status(&raw::get(balanced.address, "localhost", "/").await));
    }
    assert_eq!(statuses.iter().filter(|status| **status == 503).count(), 5, "{statuses:?}");
    assert_eq!(two.requests(), 0);
}
