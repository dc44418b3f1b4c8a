//! What a watched stage has shown so far: sums by group, and points in time that are kept as few as can be drawn.

use std::collections::BTreeMap;

use jiff::Timestamp;
use skiff_wire::{EvidencePoint, GroupPoint};

use super::{Groups, Observation, judge::members, served::Served};

/// The most points of a stage's evidence.
const POINTS: usize = 60;

/// Everything seen since watching began.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    groups: Groups,
    /// When the first look was.
    pub(super) from: Timestamp,
    /// The latest look.
    pub(super) latest: Observation,
    totals: BTreeMap<String, Served>,
    points: Vec<Point>,
    /// Which group an instance was of, also when it is gone.
    instances: BTreeMap<String, String>,
    /// Whether the baseline was meant to get requests at any time.
    baseline_serves: bool,
}

/// What was seen in a stretch of time.
#[derive(Debug, Clone)]
struct Point {
    at: Timestamp,
    groups: BTreeMap<String, Stretch>,
}

#[derive(Debug, Clone, Default)]
struct Stretch {
    weight: u32,
    served: Served,
    healthy: u32,
    members: u32,
}

impl Seen {
    pub(super) fn begin(groups: Groups, first: Observation) -> Self {
        let mut seen = Self {
            groups,
            from: first.at,
            latest: first,
            totals: BTreeMap::new(),
            points: Vec::new(),
            instances: BTreeMap::new(),
            baseline_serves: false,
        };
        seen.remember();
        seen
    }

    /// Adds a look.
    pub(super) fn add(&mut self, next: Observation) {
        let mut stretches = BTreeMap::new();
        for group in self.groups.all() {
            let stretch = self.stretch(group, &next);
            self.totals.entry(group.to_owned()).or_default().add(&stretch.served);
            stretches.insert(group.to_owned(), stretch);
        }
        self.points.push(Point { at: next.at, groups: stretches });
        if self.points.len() >= 2 * POINTS {
            self.points = halved(std::mem::take(&mut self.points));
        }
        self.latest = next;
        self.remember();
    }

    fn stretch(&self, group: &str, next: &Observation) -> Stretch {
        let before = self.latest.traffic.get(group);
        let served = next.traffic.get(group).map(|after| Served::between(before, self.latest.at, after));
        let (healthy, members) = members::healthy(next.members.get(group).map_or(&[], Vec::as_slice));
        let weight = next.weights.get(group).copied().unwrap_or(0);
        Stretch { weight, served: served.unwrap_or_default(), healthy, members }
    }

    fn remember(&mut self) {
        for (group, members) in &self.latest.members {
            for member in members {
                self.instances.insert(member.instance.clone(), group.clone());
            }
        }
        let weight = self.groups.baseline.as_ref().and_then(|baseline| self.latest.weights.get(baseline));
        self.baseline_serves |= weight.is_some_and(|weight| *weight > 0);
    }

    /// What the judged group has served.
    pub(super) fn canary(&self) -> Served {
        self.totals.get(&self.groups.canary).cloned().unwrap_or_default()
    }

    /// What the other group has served, absent where there is none, or none that is meant to get requests.
    pub(super) fn baseline(&self) -> Option<Served> {
        let baseline = self.groups.baseline.as_ref().filter(|_| self.baseline_serves)?;
        Some(self.totals.get(baseline).cloned().unwrap_or_default())
    }

    /// What the judged group has served over the last seconds, as exactly as the points allow.
    pub(super) fn canary_over(&self, seconds: f64) -> Served {
        let mut sum = Served::default();
        let recent = |point: &&Point| self.latest.at.duration_since(point.at).as_secs_f64() < seconds;
        for point in self.points.iter().rev().take_while(recent) {
            if let Some(stretch) = point.groups.get(&self.groups.canary) {
                sum.add(&stretch.served);
            }
        }
        sum
    }

    /// Seconds since watching began.
    pub(super) fn seconds(&self) -> f64 {
        self.latest.at.duration_since(self.from).as_secs_f64()
    }

    /// The group that an instance is or was of.
    pub(super) fn group_of(&self, instance: &str) -> Option<&str> {
        self.instances.get(instance).map(String::as_str)
    }

    pub(super) fn groups(&self) -> &Groups {
        &self.groups
    }

    /// The points to draw.
    pub(super) fn points(&self) -> Vec<EvidencePoint> {
        let mut points = self.points.clone();
        while points.len() > POINTS {
            points = halved(points);
        }
        points.into_iter().map(Point::told).collect()
    }
}

/// Each two neighbours become one: what they served is added, what was so at a moment is of the later one.
fn halved(points: Vec<Point>) -> Vec<Point> {
    let mut half: Vec<Point> = Vec::with_capacity(points.len().div_ceil(2));
    for (place, point) in points.into_iter().enumerate() {
        match half.last_mut() {
            Some(before) if place % 2 == 1 => before.absorb(point),
            _ => half.push(point),
        }
    }
    half
}

impl Point {
    fn absorb(&mut self, later: Self) {
        self.at = later.at;
        for (group, mut stretch) in later.groups {
            if let Some(before) = self.groups.get(&group) {
                stretch.served.add(&before.served);
            }
            self.groups.insert(group, stretch);
        }
    }

    fn told(self) -> EvidencePoint {
        let groups = self.groups.into_iter().map(|(group, stretch)| (group, stretch.told())).collect();
        EvidencePoint { at: self.at, groups }
    }
}

impl Stretch {
    fn told(self) -> GroupPoint {
        GroupPoint {
            weight: self.weight,
            requests: self.served.requests,
            errors: self.served.errors,
            latency_p50: self.served.bucket_of(500),
            latency_p99: self.served.bucket_of(990),
            healthy: self.healthy,
            members: self.members,
        }
    }
}
