//! The test listener and mirrored requests, while processes are killed.

use std::{fs, net::TcpListener};

use skiff_runtime::{
    ErrorKind,
    local::codes,
    provider::{Motion as _, Shadow, ShadowRead},
};

use crate::{
    traffic::{Load, ask, healthy, off},
    world::{Local, fence},
};

impl Local {
    async fn shadow(&self, slot: Option<&str>, mirror_percent: u32) -> ShadowRead {
        let shadow = Shadow { slot: slot.map(str::to_owned), mirror_percent };
        self.cloud.set_shadow(&self.service(), &shadow, &fence(1)).await.unwrap();
        let read = self.cloud.shadow(&self.service()).await.unwrap();
        assert_eq!((&read.set, &read.effective), (&shadow, &shadow));
        read
    }
}

fn port(address: Option<&String>) -> u16 {
    address.unwrap().strip_prefix("127.0.0.1:").unwrap().parse().unwrap()
}

/// One member in each slot, all requests to slot `a`; the ports of users and of tests.
async fn two_slots() -> (Local, u16, u16) {
    let local = Local::new();
    let users = local.up().await.unwrap().port;
    local.weights(100, 0).await;
    local.capacity("a", 1).await;
    local.capacity("b", 1).await;
    for slot in ["a", "b"] {
        local.until(slot, "a healthy member", |members| healthy(members, 1)).await;
    }
    let read = local.cloud.shadow(&local.service()).await.unwrap();
    assert_eq!((port(read.address.as_ref()), &read.set), (users, &Shadow::default()));
    let tests = port(read.test_address.as_ref());
    (local, users, tests)
}

async fn answers(port: u16) -> Result<String, String> {
    off(move || ask(port)).await
}

#[tokio::test]
async fn the_test_listener_leads_to_a_slot_without_weight_and_outlives_every_kill() {
    let (local, users, tests) = two_slots().await;
    assert_eq!(answers(tests).await.unwrap_err(), "HTTP/1.1 503 Service Unavailable");
    local.shadow(Some("b"), 0).await;
    for killed in ["", "balancer", "supervisor"] {
        if !killed.is_empty() {
            local.kill(killed);
            // A supervisor is revived by whoever wants something of it.
            local.capacity("b", 1).await;
            local.until("b", "a healthy member", |members| healthy(members, 1)).await;
        }
        assert!(answers(tests).await.unwrap().starts_with("i-web-b-"), "after {killed}: {}", local.log());
        assert!(answers(users).await.unwrap().starts_with("i-web-a-"), "after {killed}: {}", local.log());
    }
    local.kill("supervisor");
    local.kill("balancer");
    local.capacity("b", 1).await;
    local.until("b", "a healthy member", |members| healthy(members, 1)).await;
    let read = local.shadow(Some("b"), 0).await;
    assert_eq!(port(read.test_address.as_ref()), tests, "{}", local.log());
    assert!(answers(tests).await.unwrap().starts_with("i-web-b-"));
    local.shadow(None, 0).await;
    assert_eq!(answers(tests).await.unwrap_err(), "HTTP/1.1 503 Service Unavailable");
}

#[tokio::test]
async fn mirrored_requests_are_counted_for_the_shadow_and_disturb_nobody() {
    let (local, users, _) = two_slots().await;
    local.shadow(Some("b"), 50).await;
    let load = Load::on(users);
    let counted = async || {
        let traffic = local.cloud.traffic(&local.service()).await.unwrap();
        (traffic["a"].requests, traffic["b"].requests)
    };
    while counted().await.1 < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let member = local.members("b").await[0].instance.clone();
    local.kill(&member);
    local.until("b", "another", |members| healthy(members, 1) && members[0].instance != member).await;
    let (good, bad) = off(move || load.end()).await;
    assert_eq!(bad, [] as [String; 0], "{}", local.log());
    let (a, b) = counted().await;
    assert!(b <= a && a >= u64::try_from(good).unwrap() - 1, "{a} {b} {good}");
}

#[tokio::test]
async fn nothing_is_mirrored_once_nothing_is_set() {
    let (local, users, _) = two_slots().await;
    let counted = async || {
        let traffic = local.cloud.traffic(&local.service()).await.unwrap();
        (traffic["a"].requests, traffic["b"].requests)
    };
    let ask_some = async |number: usize| {
        off(move || (0..number).for_each(|_| assert!(ask(users).unwrap().starts_with("i-web-a-")))).await;
    };
    local.shadow(Some("b"), 30).await;
    let before = counted().await;
    ask_some(200).await;
    // Exactly thirty of each hundred, once those that are under way have arrived.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while counted().await.1 - before.1 < 60 {
        assert!(std::time::Instant::now() < deadline, "{:?} after {before:?}", counted().await);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    local.shadow(None, 0).await;
    ask_some(100).await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let after = counted().await;
    assert_eq!((after.0 - before.0, after.1 - before.1), (300, 60));
    assert!(healthy(&local.members("b").await, 1), "the shadow is still there, and gets nothing");
}

#[tokio::test]
async fn what_cannot_be_a_shadow_is_refused() {
    let local = Local::new();
    local.up().await.unwrap();
    let set = async |slot: Option<&str>, mirror_percent, epoch| {
        let shadow = Shadow { slot: slot.map(str::to_owned), mirror_percent };
        let set = local.cloud.set_shadow(&local.service(), &shadow, &fence(epoch)).await;
        set.unwrap_err()
    };
    assert_eq!(set(Some("c"), 0, 1).await.kind(), ErrorKind::NotFound);
    assert_eq!(set(Some("a"), 101, 1).await.code(), &codes::BAD_CAPACITY);
    assert_eq!(set(None, 5, 1).await.code(), &codes::BAD_CAPACITY);
    local.cloud.set_shadow(&local.service(), &Shadow::default(), &fence(7)).await.unwrap();
    assert_eq!(set(Some("a"), 0, 6).await.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn the_test_listener_is_next_to_the_users_port_when_that_is_free() {
    let local = Local::new();
    let users = local.up().await.unwrap().port;
    let read = local.cloud.shadow(&local.service()).await.unwrap();
    let tests = port(read.test_address.as_ref());
    assert!(tests == users + 1 || TcpListener::bind(("127.0.0.1", users + 1)).is_err(), "{users} {tests}");
    let up = fs::read_to_string(local.place().up()).unwrap();
    assert!(up.contains(&format!("\"test_port\": {tests}")), "{up}");
}
