//! The load balancer as one thing: the table in effect, the members of it, and those that drain.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    sync::{Notify, Semaphore},
    task::AbortHandle,
};

use super::{
    codes,
    configuration::{Configuration, Group},
    counts::Counts,
    health,
    member::Member,
    mirror,
    report::{GroupTraffic, TargetReport, TrafficReport},
    table::Table,
};
use crate::{
    error::{Error, ErrorKind},
    world::World,
};

/// What all connections share.
pub(super) struct Balancer {
    table: Mutex<Arc<Table>>,
    members: Mutex<Members>,
    /// When counting began.
    pub(super) since: Timestamp,
    refused: Mutex<BTreeMap<&'static str, u64>>,
    trace: Trace,
    /// Room for requests that are mirrored.
    pub(super) mirrors: Arc<Semaphore>,
    /// A member became fit, or the table changed: whoever waits for a member looks again.
    changed: Notify,
    ending: AtomicBool,
}

#[derive(Default)]
struct Members {
    /// With the task that checks each of them.
    serving: Vec<(Arc<Member>, AbortHandle)>,
    draining: Vec<Arc<Member>>,
    totals: BTreeMap<String, Arc<Counts>>,
}

/// Ids of requests: unique by a random part of this process and a number.
struct Trace {
    random: String,
    next: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Balancer {
    /// With nothing to serve yet.
    pub(super) fn new(world: &World) -> Result<Arc<Self>, Error> {
        let none = Table::new(Configuration::empty(), None, &mut |_, _| (Vec::new(), Arc::default()))?;
        let random = world.nonce().chars().take(16).collect();
        Ok(Arc::new(Self {
            table: Mutex::new(Arc::new(none)),
            members: Mutex::default(),
            since: world.clock.now(),
            refused: Mutex::default(),
            trace: Trace { random, next: AtomicU64::new(0) },
            mirrors: Arc::new(Semaphore::new(mirror::MOST)),
            changed: Notify::new(),
            ending: AtomicBool::new(false),
        }))
    }

    /// What requests are decided by now.
    pub(super) fn table(&self) -> Arc<Table> {
        Arc::clone(&lock(&self.table))
    }

    /// Whether a table is still the one in effect.
    pub(super) fn is_current(&self, table: &Arc<Table>) -> bool {
        Arc::ptr_eq(&lock(&self.table), table)
    }

    /// Puts a configuration into effect: whole, at once, or not at all.
    ///
    /// # Errors
    /// `SK2550` for one that cannot be applied, `SK2551` for one that is older than what is in effect.
    pub(super) fn apply(self: &Arc<Self>, configuration: Configuration) -> Result<(), Error> {
        let mut members = lock(&self.members);
        let previous = self.table();
        refuse_stale(previous.configuration.revision, configuration.revision)?;
        let mut kept = Vec::new();
        let table = Table::new(configuration, Some(&previous), &mut |name, group| {
            let own: Vec<_> = group.targets.iter().map(|target| self.member(name, target, group, &members)).collect();
            kept.extend(own.iter().map(|(member, task)| (Arc::clone(member), task.clone())));
            let totals = members.totals.get(name).cloned().unwrap_or_default();
            (own.into_iter().map(|(member, _)| member).collect(), totals)
        })?;
        kept.iter().for_each(|(member, _)| member.pool.keep_for(table.configuration.limits.target_keep_alive_ms));
        members.totals = table.groups.iter().map(|(name, group)| (name.clone(), Arc::clone(&group.totals))).collect();
        let gone = std::mem::replace(&mut members.serving, kept);
        *lock(&self.table) = Arc::new(table);
        self.retire(gone, &mut members, &previous.configuration);
        self.changed.notify_waiters();
        Ok(())
    }

    /// The member that there is for a target already, or a new one with its checks begun.
    fn member(
        self: &Arc<Self>,
        name: &str,
        target: &super::Target,
        group: &Group,
        members: &Members,
    ) -> (Arc<Member>, AbortHandle) {
        let mut known = members.serving.iter();
        let (member, task) =
            known.find(|(member, _)| member.group == name && member.target == *target).cloned().unwrap_or_else(|| {
                let member = Arc::new(Member::new(name, target, &group.check));
                let task = tokio::spawn(health::watch(Arc::clone(self), Arc::clone(&member)));
                (member, task.abort_handle())
            });
        member.set_check(&group.check);
        (member, task)
    }

    /// Members that no group has any more drain; their delay is what their group said while it had them.
    fn retire(
        self: &Arc<Self>,
        gone: Vec<(Arc<Member>, AbortHandle)>,
        members: &mut Members,
        previous: &Configuration,
    ) {
        for (member, task) in gone {
            if members.serving.iter().any(|(kept, _)| Arc::ptr_eq(kept, &member)) {
                continue;
            }
            task.abort();
            member.retire();
            members.draining.push(Arc::clone(&member));
            let delay = previous.groups.get(&member.group).map_or(0, |group| group.deregistration_delay_ms);
            let own = Arc::clone(self);
            tokio::spawn(async move {
                member.drained(Duration::from_millis(delay)).await;
                lock(&own.members).draining.retain(|other| !Arc::ptr_eq(other, &member));
            });
        }
    }

    /// A member can get requests that could not before.
    pub(super) fn someone_became_eligible(&self) {
        self.changed.notify_waiters();
    }

    /// From now on each answer is the last one of its connection.
    pub(super) fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Whether connections are to end.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    /// What is told when members or the table change.
    pub(super) fn changes(&self) -> &Notify {
        &self.changed
    }

    /// Whether every target was checked at least once.
    pub(super) fn all_were_checked(&self) -> bool {
        lock(&self.members).serving.iter().all(|(member, _)| member.was_checked())
    }

    /// Counts a request that no target got.
    pub(super) fn count_refused(&self, reason: &'static str) {
        *lock(&self.refused).entry(reason).or_default() += 1;
    }

    /// A trace id that no other request has, in the form of Elastic Load Balancing: version, seconds, 24 digits.
    pub(super) fn trace(&self) -> String {
        let number = self.trace.next.fetch_add(1, Ordering::Relaxed);
        let seconds = self.since.as_second();
        format!("1-{seconds:08x}-{}{number:08x}", self.trace.random)
    }

    /// `GET /traffic`.
    pub(super) fn traffic(&self) -> TrafficReport {
        let members = lock(&self.members);
        let since = Some(self.since);
        let all = || members.serving.iter().map(|(member, _)| member).chain(&members.draining);
        let group = |(name, totals): (&String, &Arc<Counts>)| {
            let own = all().filter(|member| member.group == *name);
            let targets = own.map(|member| (member.target.instance.clone(), member.counts.report(since))).collect();
            (name.clone(), GroupTraffic { total: totals.report(since), targets, mirror: totals.mirrors() })
        };
        let groups = members.totals.iter().map(group).collect();
        let refused = lock(&self.refused).iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
        TrafficReport { since, groups, refused }
    }

    /// `GET /targets`, by group and instance.
    pub(super) fn targets(&self) -> Vec<TargetReport> {
        let members = lock(&self.members);
        let all = members.serving.iter().map(|(member, _)| member).chain(&members.draining);
        let mut reports: Vec<TargetReport> = all.map(|member| member.report()).collect();
        reports.sort_by(|one, other| (&one.group, &one.instance).cmp(&(&other.group, &other.instance)));
        reports
    }
}

fn refuse_stale(in_effect: u64, offered: u64) -> Result<(), Error> {
    if offered >= in_effect {
        return Ok(());
    }
    let message = format!(
        "revision {offered} of the load balancer's configuration is older than {in_effect}, which is in effect"
    );
    Err(Error::new(&codes::STALE_CONFIGURATION, ErrorKind::Conflict, message)
        .hint("read the one in effect, and build on it"))
}
