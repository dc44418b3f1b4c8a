//! What a service takes over from, as a third group behind its rules.

use std::{
    io::Write as _,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use skiff_runtime::{
    ErrorKind,
    local::codes,
    provider::{LEGACY, MemberView, Motion as _},
};

use crate::{
    traffic::{Load, ask, healthy, off},
    world::Local,
};

/// An old way of serving that answers `old`.
struct Old {
    address: String,
    gone: Arc<AtomicBool>,
}

impl Old {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let gone = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&gone);
        thread::spawn(move || {
            while !ended.load(Ordering::SeqCst) {
                let (stream, _) = listener.accept().unwrap();
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                thread::spawn(move || one(stream));
            }
        });
        Self { address, gone }
    }

    /// Listens no more.
    fn end(&self) {
        self.gone.store(true, Ordering::SeqCst);
        let _ = std::net::TcpStream::connect(&self.address);
    }
}

/// One request for each connection, so that nothing is left to be answered when it ends.
fn one(mut stream: std::net::TcpStream) {
    use std::io::Read as _;
    let mut request = [0; 4096];
    if matches!(stream.read(&mut request), Ok(1..)) {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\nold");
    }
}

fn is_healthy(members: &[MemberView]) -> bool {
    members.len() == 1 && members.iter().all(|one| one.target_health == "healthy" && one.lifecycle == "in-service")
}

#[tokio::test]
async fn requests_move_from_the_old_way_of_serving_to_a_slot_and_none_fails() {
    let old = Old::new();
    let local = Local::taking_over(Some(old.address.clone()));
    let report = local.up().await.unwrap();
    assert!(report.not_honoured.iter().all(|one| one.what != "services.web.cutover"), "{:?}", report.not_honoured);
    local.effective(&[("a", 0), ("b", 0), (LEGACY, 100)]).await;
    local.until(LEGACY, "a healthy old way", is_healthy).await;
    let port = report.port;
    assert_eq!(off(move || ask(port)).await.as_deref(), Ok("old"));
    let load = Load::on(port);
    local.capacity("a", 1).await;
    local.until("a", "a healthy member", |members| healthy(members, 1)).await;
    local.set_weights(&[("a", 50), ("b", 0), (LEGACY, 50)]).await.unwrap();
    local.effective(&[("a", 50), ("b", 0), (LEGACY, 50)]).await;
    // The load takes turns as well, so that only all requests together are shared evenly.
    let counted = async || {
        let traffic = local.cloud.traffic(&local.service()).await.unwrap();
        (traffic[LEGACY].requests, traffic["a"].requests)
    };
    let before = counted().await;
    off(move || (0..20).for_each(|_| drop(ask(port).unwrap()))).await;
    let after = counted().await;
    let (by_old, by_new) = (after.0 - before.0, after.1 - before.1);
    assert!(by_old.abs_diff(by_new) <= 3 && by_old + by_new >= 20, "{by_old} and {by_new}");
    // Whoever knows nothing of the old way does not take its requests away.
    local.weights(20, 0).await;
    local.effective(&[("a", 20), ("b", 0), (LEGACY, 50)]).await;
    local.set_weights(&[("a", 100), ("b", 0), (LEGACY, 0)]).await.unwrap();
    local.effective(&[("a", 100), ("b", 0), (LEGACY, 0)]).await;
    let traffic = local.cloud.traffic(&local.service()).await.unwrap();
    assert!(traffic[LEGACY].requests >= 10 && traffic["a"].requests >= 8, "{traffic:?}");
    let (good, bad) = off(move || load.end()).await;
    assert!(good > 3, "{good}");
    assert_eq!(bad, [] as [String; 0], "{}", local.log());
}

#[tokio::test]
async fn an_old_way_of_serving_that_is_gone_is_seen_and_its_share_is_refused() {
    let old = Old::new();
    let local = Local::taking_over(Some(old.address.clone()));
    let port = local.up().await.unwrap().port;
    local.until(LEGACY, "a healthy old way", is_healthy).await;
    old.end();
    let unhealthy = |members: &[MemberView]| members.iter().all(|one| one.target_health == "unhealthy");
    let members = local.until(LEGACY, "an unhealthy old way", unhealthy).await;
    assert!(members[0].reason.as_ref().unwrap().contains(&old.address), "{members:?}");
    assert_eq!(members[0].lifecycle, "pending");
    assert_eq!(off(move || ask(port)).await.unwrap_err(), "HTTP/1.1 503 Service Unavailable");
    assert!(local.cloud.traffic(&local.service()).await.unwrap().contains_key(LEGACY));
}

#[tokio::test]
async fn without_its_address_the_old_way_gets_nothing_and_that_is_said() {
    let local = Local::taking_over(None);
    let report = local.up().await.unwrap();
    let said = report.not_honoured.iter().find(|one| one.what == "services.web.cutover").unwrap();
    assert!(said.reason.contains("local.services.web.legacy"), "{said:?}");
    local.effective(&[("a", 0), ("b", 0)]).await;
    local.set_weights(&[("a", 100), ("b", 0), (LEGACY, 0)]).await.unwrap();
    local.effective(&[("a", 100), ("b", 0)]).await;
    let error = local.set_weights(&[("a", 95), ("b", 0), (LEGACY, 5)]).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), (&codes::NO_LEGACY, ErrorKind::NotFound));
    assert!(error.advice().unwrap().contains("local.services.web.legacy"));
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_refused_before_anything_is_started() {
    let local = Local::taking_over(Some("no-such-host.invalid:80".into()));
    let error = tokio::time::timeout(Duration::from_secs(30), local.up()).await.unwrap().unwrap_err();
    assert_eq!(error.code(), &codes::NO_LEGACY);
    assert_eq!(local.marked(), []);
}
