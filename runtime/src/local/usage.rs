//! How much processor time members use: from `/proc`, between two looks of this process.
//!
//! Nobody samples in the background, so the first look of a process knows nothing yet. A container's processes are its engine's
//! children and not the member's: of those nothing is said rather than something wrong.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::local::{
    place::Place,
    process::{Marked, ProcessId, marked},
};

/// The least time between two samples, and between those that are compared.
const APART: Duration = Duration::from_secs(1);
/// How far back is looked.
const BACK: Duration = Duration::from_secs(5);
/// Programs whose work is done by processes elsewhere.
const ENGINES: [&str; 2] = ["podman", "docker"];

/// The samples of the last seconds, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    samples: Mutex<VecDeque<Sample>>,
}

/// Clock ticks that were used, by instance and process.
type Ticks = BTreeMap<String, BTreeMap<ProcessId, u64>>;

#[derive(Debug, Clone)]
struct Sample {
    at: Instant,
    ticks: Ticks,
}

impl Usage {
    /// What each member's workloads used of what they may have, in thousandths over the last seconds. Runners are not counted:
    /// they are Skiff's.
    pub(crate) fn look(&self, place: &Place, runners: &BTreeSet<ProcessId>) -> BTreeMap<String, u32> {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if samples.back().is_none_or(|newest| now.duration_since(newest.at) >= APART) {
            samples.retain(|sample| now.duration_since(sample.at) <= BACK);
            samples.push_back(Sample { at: now, ticks: ticks(marked(place), runners) });
        }
        let (Some(first), Some(last)) = (samples.front(), samples.back()) else { return BTreeMap::new() };
        let elapsed = last.at.duration_since(first.at);
        if elapsed < APART {
            return BTreeMap::new();
        }
        let shares = last.ticks.iter().filter_map(|(instance, now)| {
            let before = first.ticks.get(instance)?;
            Some((instance.clone(), permille(before, now, elapsed, cores(now))))
        });
        shares.collect()
    }
}

/// Thousandths of so many cores that were used between two samples, by processes that are in both.
fn permille(before: &BTreeMap<ProcessId, u64>, now: &BTreeMap<ProcessId, u64>, elapsed: Duration, cores: f64) -> u32 {
    let used = now.iter().filter_map(|(process, ticks)| Some(ticks.saturating_sub(*before.get(process)?)));
    let seconds = used.sum::<u64>() as f64 / rustix::param::clock_ticks_per_second() as f64;
    let share = seconds / (elapsed.as_secs_f64() * cores.max(0.001)) * 1000.0;
    // A float becomes the nearest number that there is.
    share.round().min(1000.0) as u32
}

fn ticks(processes: Vec<Marked>, runners: &BTreeSet<ProcessId>) -> Ticks {
    let (mut ticks, mut elsewhere) = (Ticks::new(), BTreeSet::new());
    for Marked { process, role } in processes {
        if runners.contains(&process) || matches!(role.as_str(), "supervisor" | "balancer") {
            continue;
        }
        let Some((name, used)) = used(process) else { continue };
        if ENGINES.contains(&name.as_str()) {
            elsewhere.insert(role.clone());
        }
        ticks.entry(role).or_default().insert(process, used);
    }
    ticks.retain(|instance, _| !elsewhere.contains(instance));
    ticks
}

/// A process's name, and the clock ticks that it used (`/proc/<pid>/stat`, fields 2, 14 and 15 in proc(5)).
fn used(process: ProcessId) -> Option<(String, u64)> {
    let text = fs::read_to_string(format!("/proc/{}/stat", process.pid)).ok()?;
    let (before, after) = text.rsplit_once(')')?;
    let mut fields = after.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((before.split_once('(')?.1.to_owned(), user + system))
}

/// The cores that processes may use: this machine's, or what the control group of one of them is limited to.
fn cores(processes: &BTreeMap<ProcessId, u64>) -> f64 {
    let machine = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as f64;
    let limits = processes.keys().filter_map(|process| limit(*process));
    limits.fold(machine, f64::min)
}

/// The quota of a process's control group in cores (`cpu.max` of cgroups v2), where it has one.
fn limit(process: ProcessId) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{}/cgroup", process.pid)).ok()?;
    let path = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let file = Path::new("/sys/fs/cgroup").join(path).join("cpu.max");
    quota(&fs::read_to_string(file).ok()?)
}

fn quota(text: &str) -> Option<f64> {
    let (quota, period) = text.trim().split_once(' ')?;
    let (quota, period): (f64, f64) = (quota.parse().ok()?, period.parse().ok()?);
    (period > 0.0).then_some(quota / period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_cores_and_of_processes_that_were_there_before() {
        let id = |pid| ProcessId { pid, started: 1 };
        let second = rustix::param::clock_ticks_per_second();
        let before = BTreeMap::from([(id(1), 5), (id(2), 7)]);
        let now = BTreeMap::from([(id(1), 5 + second), (id(3), 100 * second)]);
        assert_eq!(permille(&before, &now, Duration::from_secs(2), 2.0), 250);
        assert_eq!(permille(&before, &now, Duration::from_secs(2), 0.25), 1000);
        assert_eq!(permille(&now, &before, Duration::from_secs(2), 1.0), 0);
    }

    #[test]
    fn a_quota_is_in_cores_and_may_be_none() {
        assert_eq!((quota("25000 100000\n"), quota("max 100000\n"), quota("")), (Some(0.25), None, None));
    }

    #[test]
    fn a_process_has_a_name_and_has_used_something() {
        let (name, _) = used(ProcessId::own().unwrap()).unwrap();
        assert!(!name.is_empty());
    }
}
