//! One target while the load balancer runs: its health, its counts, its open connections.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::{
    configuration::{Check, Target},
    counts::Counts,
    health::{Health, Observed},
    pool::Pool,
    report::{TargetReport, TargetState},
};

/// A target with all that is known of it. It outlives configurations, as long as each of them has it.
pub(super) struct Member {
    pub(super) group: String,
    pub(super) target: Target,
    pub(super) counts: Counts,
    pub(super) pool: Pool,
    check: Mutex<Check>,
    health: Mutex<Health>,
    /// What [`Health`] comes to, for the choice of each request.
    eligible: AtomicBool,
    retired: AtomicBool,
    /// Asks for a health check at once.
    pub(super) poke: Notify,
    /// Nothing is in flight any more.
    quiet: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Member {
    pub(super) fn new(group: &str, target: &Target, check: &Check) -> Self {
        Self {
            group: group.to_owned(),
            target: target.clone(),
            counts: Counts::default(),
            pool: Pool::default(),
            check: Mutex::new(check.clone()),
            health: Mutex::new(Health::new(Instant::now())),
            eligible: AtomicBool::new(false),
            retired: AtomicBool::new(false),
            poke: Notify::new(),
            quiet: Notify::new(),
        }
    }

    /// Whether it may get a request now.
    pub(super) fn is_eligible(&self) -> bool {
        self.eligible.load(Ordering::Relaxed)
    }

    /// Whether a first check has been made.
    pub(super) fn was_checked(&self) -> bool {
        lock(&self.health).was_observed()
    }

    pub(super) fn check(&self) -> Check {
        lock(&self.check).clone()
    }

    pub(super) fn set_check(&self, check: &Check) {
        *lock(&self.check) = check.clone();
    }

    /// Takes in what a check found; true when it may get requests from now on and could not before.
    pub(super) fn observe(&self, observed: &Observed) -> bool {
        let check = self.check();
        let mut health = lock(&self.health);
        health.observe(observed, &check);
        self.settle(&health)
    }

    /// A connection to it failed: it gets nothing until its next good check, which is asked for at once.
    pub(super) fn suspect(&self, why: &str) {
        let mut health = lock(&self.health);
        health.suspect(why, Instant::now());
        self.settle(&health);
        self.poke.notify_one();
    }

    /// It was removed from the configuration: no new requests.
    pub(super) fn retire(&self) {
        let health = lock(&self.health);
        self.retired.store(true, Ordering::Relaxed);
        self.settle(&health);
    }

    fn settle(&self, health: &Health) -> bool {
        let eligible = health.is_good() && !self.retired.load(Ordering::Relaxed);
        !self.eligible.swap(eligible, Ordering::Relaxed) && eligible
    }

    /// How long to wait before the next check.
    pub(super) fn until_next_check(&self) -> Duration {
        lock(&self.health).until_next_check(&self.check())
    }

    pub(super) fn report(&self) -> TargetReport {
        let health = lock(&self.health);
        let retired = self.retired.load(Ordering::Relaxed);
        TargetReport {
            group: self.group.clone(),
            instance: self.target.instance.clone(),
            address: self.target.address,
            state: if retired { TargetState::Draining } else { health.state() },
            reason: health.reason().map(str::to_owned),
            in_flight: self.counts.in_flight(),
        }
    }

    /// Waits until nothing is in flight, at most this long.
    pub(super) async fn drained(&self, longest: Duration) {
        let quiet = async {
            loop {
                let notified = self.quiet.notified();
                if self.counts.in_flight() == 0 {
                    return;
                }
                notified.await;
            }
        };
        // Late is as good as quiet here: the delay is over, and what is left ends with the member.
        let _ = tokio::time::timeout(longest, quiet).await;
        self.pool.clear();
    }
}

/// One request in flight on a member; dropped when its answer has ended, however it ended.
pub(super) struct Flight {
    pub(super) member: Arc<Member>,
    pub(super) totals: Arc<Counts>,
    /// When the request was taken up.
    pub(super) begun: Instant,
}

impl Flight {
    pub(super) fn begin(member: Arc<Member>, totals: Arc<Counts>) -> Self {
        member.counts.enter();
        totals.enter();
        Self { member, totals, begun: Instant::now() }
    }

    pub(super) fn sent(&self) {
        self.member.counts.sent();
        self.totals.sent();
    }

    pub(super) fn answered(&self, status: u16) {
        let took = self.begun.elapsed();
        self.member.counts.answered(status, took);
        self.totals.answered(status, took);
    }

    pub(super) fn connect_failed(&self) {
        self.member.counts.connect_failed();
        self.totals.connect_failed();
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.totals.leave();
        if self.member.counts.leave() == 0 {
            self.member.quiet.notify_waiters();
        }
    }
}
