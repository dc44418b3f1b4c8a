//! Requests through the load balancer while processes are killed and weights move.

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use skiff_runtime::{
    local,
    provider::{MemberView, Motion as _},
};

use crate::world::Local;

/// One request on a connection of its own; the instance that answered, or what went wrong.
pub(crate) fn ask(port: u16) -> Result<String, String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(|error| format!("connect: {error}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(|error| error.to_string())?;
    let request = "GET / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).map_err(|error| format!("write: {error}"))?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(|error| format!("read: {error}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    if head.starts_with("HTTP/1.1 200") { Ok(body.to_owned()) } else { Err(head.lines().next().unwrap().to_owned()) }
}

/// Requests one after the other until it is stopped.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<(usize, Vec<String>)>,
}

impl Load {
    pub(crate) fn on(port: u16) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let (mut good, mut bad) = (0, Vec::new());
            while !stopped.load(Ordering::SeqCst) {
                match ask(port) {
                    Ok(_) => good += 1,
                    Err(why) => bad.push(why),
                }
                thread::sleep(Duration::from_millis(2));
            }
            (good, bad)
        });
        Self { stop, thread }
    }

    pub(crate) fn end(self) -> (usize, Vec<String>) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

pub(crate) fn healthy(members: &[MemberView], number: usize) -> bool {
    members.iter().filter(|one| one.target_health == "healthy" && one.lifecycle == "in-service").count() == number
}

async fn effective(local: &Local, a: u32, b: u32) {
    local.effective(&[("a", a), ("b", b)]).await;
}

/// Two healthy members in slot `a`, which has all the weight.
async fn serving() -> (Local, u16) {
    let local = Local::new();
    let port = local.up().await.unwrap().port;
    local.weights(100, 0).await;
    local.capacity("a", 2).await;
    local.until("a", "two healthy members", |members| healthy(members, 2)).await;
    effective(&local, 100, 0).await;
    (local, port)
}

pub(crate) async fn off<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test]
async fn weights_move_requests_from_slot_to_slot_and_none_fails() {
    let (local, port) = serving().await;
    let load = Load::on(port);
    local.capacity("b", 2).await;
    local.until("b", "two healthy members", |members| healthy(members, 2)).await;
    local.weights(0, 100).await;
    effective(&local, 0, 100).await;
    local.capacity("a", 0).await;
    local.until("a", "no member", <[_]>::is_empty).await;
    let (good, bad) = off(move || load.end()).await;
    assert!(good > 3, "{good}");
    assert_eq!(bad, [] as [String; 0], "{}", local.log());
    let answered: BTreeSet<String> = off(move || (0..10).map(|_| ask(port).unwrap()).collect()).await;
    assert!(answered.iter().all(|instance| instance.starts_with("i-web-b-")), "{answered:?}");
    let traffic = local.cloud.traffic(&local.service()).await.unwrap();
    assert!(traffic["a"].requests > 0 && traffic["b"].requests >= 10, "{traffic:?}");
    let report = local::down(&local.cloud).await.unwrap();
    assert!(report.ended.iter().any(|one| one.role == "balancer"));
    assert_eq!(local.marked(), []);
}

#[tokio::test]
async fn until_weights_are_set_those_of_the_rule_are() {
    let local = Local::new();
    local.up().await.unwrap();
    effective(&local, 100, 0).await;
}

#[tokio::test]
async fn a_killed_supervisor_is_not_noticed_by_anybody_who_asks() {
    let (local, port) = serving().await;
    let balancer = local.role("balancer");
    let load = Load::on(port);
    for _ in 0..3 {
        local.kill("supervisor");
        local.weights(100, 0).await;
        effective(&local, 100, 0).await;
    }
    assert_eq!(local.role("balancer"), balancer, "it was adopted, not started anew: {}", local.log());
    let (good, bad) = off(move || load.end()).await;
    assert!(good > 3, "{good}");
    assert_eq!(bad, [] as [String; 0], "{}", local.log());
}

#[tokio::test]
async fn a_killed_load_balancer_is_started_again_on_the_same_socket() {
    let (local, port) = serving().await;
    let load = Load::on(port);
    for _ in 0..3 {
        local.kill("balancer");
        tokio::time::sleep(Duration::from_millis(50)).await;
        effective(&local, 100, 0).await;
        local.until("a", "two healthy members", |members| healthy(members, 2)).await;
    }
    let (good, bad) = off(move || load.end()).await;
    assert!(good > 3, "{good}");
    // At most the one request that was in flight with each of the three.
    assert!(bad.len() <= 3, "{bad:?}\n{}", local.log());
}

#[tokio::test]
async fn a_killed_load_balancer_and_supervisor_come_back_together_on_the_same_port() {
    let (local, port) = serving().await;
    local.kill("supervisor");
    local.kill("balancer");
    local.weights(100, 0).await;
    effective(&local, 100, 0).await;
    local.until("a", "two healthy members", |members| healthy(members, 2)).await;
    assert!(off(move || ask(port)).await.unwrap().starts_with("i-web-a-"));
}

#[tokio::test]
async fn a_killed_member_costs_at_most_the_request_that_it_had() {
    let (local, port) = serving().await;
    let load = Load::on(port);
    let first = local.members("a").await[0].instance.clone();
    local.kill(&first);
    local
        .until("a", "two others", |members| healthy(members, 2) && members.iter().all(|one| one.instance != first))
        .await;
    let (good, bad) = off(move || load.end()).await;
    assert!(good > 3, "{good}");
    assert!(bad.len() <= 1, "{bad:?}\n{}", local.log());
}

#[tokio::test]
async fn processes_killed_at_random_leave_nothing_behind_and_the_state_converges() {
    let (local, port) = serving().await;
    // The moments differ from run to run by themselves; the order is drawn from a fixed seed.
    let mut seed: u64 = 0x5eed;
    for round in 0..8 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let marked = local.marked();
        let victim = &marked[usize::try_from(seed >> 33).unwrap() % marked.len()];
        let _ = victim.process.signal(rustix::process::Signal::KILL);
        let (a, b) = if round % 2 == 0 { (1, 2) } else { (2, 1) };
        local.capacity("a", a).await;
        local.capacity("b", b).await;
        tokio::time::sleep(Duration::from_millis(seed % 300)).await;
    }
    local.weights(50, 50).await;
    local.until("a", "two healthy members", |members| healthy(members, 2) && members.len() == 2).await;
    local.until("b", "a healthy member", |members| healthy(members, 1) && members.len() == 1).await;
    effective(&local, 50, 50).await;
    let records: BTreeSet<String> =
        local.place().read_members().unwrap().into_iter().map(|record| record.instance).collect();
    let running: BTreeSet<String> =
        local.marked().into_iter().map(|one| one.role).filter(|role| role.starts_with("i-")).collect();
    assert_eq!(records, running, "what runs is what is written down");
    assert!(off(move || ask(port)).await.is_ok());
    local::down(&local.cloud).await.unwrap();
    assert_eq!(local.marked(), []);
}
