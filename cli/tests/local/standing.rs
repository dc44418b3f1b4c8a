//! How things stand in a world: what serves, what is left to do, and what must be so when an operation has ended.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::Value;

use crate::world::World;

/// A bound for waiting, not a measure: these machines are shared.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

impl World {
    /// The operation that nobody works on and that status says to resume.
    pub(crate) fn unfinished(&self) -> Option<String> {
        to_resume(&self.done(&["status"]))
    }

    /// The release is live, every member runs it, the other slot is empty, and nothing is left over. One command says all of
    /// it: each takes as long as many requests do.
    pub(crate) fn assert_live(&self, version: &str, when: &str) {
        let status = self.done(&["status", "--direct"]);
        assert_eq!(self.version(), version, "{when}: {status:#}");
        let services = self.processes("skiff demo").len();
        assert_eq!(services, 2, "{when}: {services} workloads run: {status:#}\n{}", self.logs());
        let findings = status["findings"].as_array().map_or(0, Vec::len);
        assert_eq!(findings, 0, "{when}: {status:#}");
        assert_eq!(to_resume(&status), None, "{when}");
    }

    /// What one request says is served.
    pub(crate) fn version(&self) -> String {
        crate::load::ask(self.known_address()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Waits until two members serve again, as the load balancer sees them. It is asked when there are two: a look at the
    /// machine's processes costs little, and a command costs what the others would need.
    pub(crate) fn settle(&self) {
        self.until("two members", || self.processes("skiff demo").len() == 2 && self.healthy() == 2);
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}\n{}", self.logs());
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// How many members get requests, of whatever slot has weight in the load balancer itself; the fewest, when more than
    /// one has, and of all that have members when all requests go the old way.
    pub(crate) fn healthy(&self) -> usize {
        let status = self.done(&["status", "--direct"]);
        let service = &status["data"]["services"][0];
        let effective = &service["direct"]["weights"]["effective"]["by_slot"];
        let slots = service["slots"].as_array().cloned().unwrap_or_default();
        let weight = |group: &str| effective[group].as_u64().unwrap_or_default();
        let members = |slot: &Value| slot["members"].as_array().cloned().unwrap_or_default();
        let healthy = |slot: &Value| {
            members(slot).iter().filter(|member| member["provider"]["target_health"] == "healthy").count()
        };
        let old_way = weight("legacy") == 100;
        let counts = |slot: &&Value| {
            let letter = slot["slot"].as_str().unwrap_or_default();
            weight(letter) > 0 || (old_way && !members(slot).is_empty())
        };
        slots.iter().filter(counts).map(healthy).min().unwrap_or_default()
    }

    /// No workload was started by a runner that had not said before which signed release it has verified; gives how many
    /// starts were looked at.
    pub(crate) fn assert_all_verified(&self) -> usize {
        let members = fs::read_dir(self.path(".skiff/local/members")).unwrap().flatten();
        members.map(|member| verified_starts(&member.path().join("logs"))).sum()
    }
}

/// The operation that a status says to resume.
fn to_resume(status: &Value) -> Option<String> {
    let actions = status["recommended_actions"].as_array().cloned().unwrap_or_default();
    let resume = actions.iter().find(|action| action["argv"][1] == "resume");
    resume.and_then(|action| action["argv"][2].as_str().map(str::to_owned))
}

/// How many starts the logs of a member have, each of them after a verification.
fn verified_starts(logs: &Path) -> usize {
    let files = fs::read_dir(logs).into_iter().flatten().flatten();
    let text: String = files.map(|file| fs::read_to_string(file.path()).unwrap_or_default()).collect();
    let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let times = |words: &str| {
        let said = |line: &&Value| line["text"].as_str().is_some_and(|text| text.starts_with(words));
        let time = |line: &Value| line["at"].as_str()?.parse().ok();
        let mut times: Vec<Timestamp> = lines.iter().filter(said).filter_map(time).collect();
        times.sort_unstable();
        times
    };
    let (verified, started) = (times("verified release "), times("started as "));
    if let Some(first) = started.first() {
        assert!(verified.first().is_some_and(|verified| verified <= first), "{}: {text}", logs.display());
    }
    started.len()
}
