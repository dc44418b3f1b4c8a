//! What each group of a service serves right now: weights, error rates and latencies, from two looks at the load balancer.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use skiff_runtime::{
    Error,
    provider::{LEGACY, MemberView, Motion, SlotAddress, SlotTraffic},
    state::layout::ServiceScope,
};

/// One look at a service.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    at: Timestamp,
    traffic: BTreeMap<String, SlotTraffic>,
    weights: BTreeMap<String, u32>,
    members: BTreeMap<String, Vec<MemberView>>,
}

/// What groups have served between two looks.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub(crate) struct Live {
    /// Seconds between the looks.
    pub(crate) seconds: f64,
    /// By group: slots by their letter, and `legacy` for what a service takes over from.
    pub(crate) groups: BTreeMap<String, Group>,
}

/// One group.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema, Serialize)]
pub(crate) struct Group {
    /// The weight that is in effect.
    pub(crate) weight: u32,
    /// Requests since the look before.
    pub(crate) requests: u64,
    /// Of these, those that were answered by 5xx or not at all.
    pub(crate) errors: u64,
    /// Errors of all requests, 0 to 1; absent without a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_rate: Option<f64>,
    /// Median latency in microseconds, the upper bound of its bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latency_p50: Option<u64>,
    /// 99th percentile of the latency, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latency_p99: Option<u64>,
    /// Members that are healthy.
    pub(crate) healthy: usize,
    /// Members there are.
    pub(crate) members: usize,
}

impl Look {
    /// Looks once.
    ///
    /// # Errors
    /// A provider that does not answer.
    pub(crate) async fn at(
        motion: &dyn Motion,
        service: &ServiceScope,
        slots: &[String],
        now: Timestamp,
    ) -> Result<Self, Error> {
        let traffic = motion.traffic(service).await?;
        let weights = motion.weights(service).await?.effective.by_slot;
        let mut members = BTreeMap::new();
        for slot in slots {
            let address = SlotAddress { service: service.clone(), slot: slot.clone() };
            members.insert(slot.clone(), motion.members(&address).await?);
        }
        Ok(Self { at: now, traffic, weights, members })
    }

    /// What was served since an earlier look, for each group that has weight, members or requests.
    pub(crate) fn since(&self, before: &Self) -> Live {
        let span = Duration::try_from(self.at.duration_since(before.at)).unwrap_or_default();
        let names = self.weights.keys().chain(self.members.keys()).chain(self.traffic.keys());
        let all: BTreeMap<String, Group> = names.map(|name| (name.clone(), self.group(name, before))).collect();
        let there = |group: &Group| group.weight > 0 || group.members > 0 || group.requests > 0;
        Live { seconds: span.as_secs_f64(), groups: all.into_iter().filter(|(_, group)| there(group)).collect() }
    }

    fn group(&self, name: &str, before: &Self) -> Group {
        let none = SlotTraffic::default();
        let now = self.traffic.get(name).unwrap_or(&none);
        // Whoever counts has started anew: everything is new.
        let then = before.traffic.get(name).filter(|then| then.since == now.since).unwrap_or(&none);
        let (requests, errors) = (now.requests.saturating_sub(then.requests), errors(now, then));
        let latency = latency(now, then);
        let members = self.members.get(name).map(Vec::as_slice).unwrap_or_default();
        #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let error_rate = (requests > 0).then(|| errors as f64 / requests as f64);
        Group {
            weight: self.weights.get(name).copied().unwrap_or_default(),
            requests,
            errors,
            error_rate,
            latency_p50: percentile(&latency, 50),
            latency_p99: percentile(&latency, 99),
            healthy: members.iter().filter(|member| member.target_health == "healthy").count(),
            members: members.len(),
        }
    }
}

fn errors(now: &SlotTraffic, then: &SlotTraffic) -> u64 {
    let of = |traffic: &SlotTraffic, class: &str| traffic.answers.get(class).copied().unwrap_or_default();
    ["5xx", "connect"].into_iter().map(|class| of(now, class).saturating_sub(of(then, class))).sum()
}

fn latency(now: &SlotTraffic, then: &SlotTraffic) -> BTreeMap<u64, u64> {
    let before = |bound: &u64| then.latency.get(bound).copied().unwrap_or_default();
    now.latency.iter().map(|(bound, count)| (*bound, count.saturating_sub(before(bound)))).collect()
}

/// The upper bound of the bucket in which a percentile lies.
fn percentile(latency: &BTreeMap<u64, u64>, percent: u64) -> Option<u64> {
    let total: u64 = latency.values().sum();
    let rank = (total * percent).div_ceil(100);
    let mut seen = 0;
    latency.iter().filter(|_| total > 0).find_map(|(bound, count)| {
        seen += count;
        (seen >= rank).then_some(*bound)
    })
}

/// A group as people name it.
pub(crate) fn name(group: &str) -> String {
    if group == LEGACY { "old way".into() } else { format!("slot {group}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(requests: u64, failed: u64, slow: u64) -> SlotTraffic {
        let answers = [("2xx".to_owned(), requests - failed), ("5xx".to_owned(), failed)].into();
        let latency = [(1_000, requests - slow), (50_000, slow)].into();
        SlotTraffic { requests, answers, latency, ..SlotTraffic::default() }
    }

    fn look(second: i64, of_b: SlotTraffic) -> Look {
        let at = Timestamp::from_second(second).unwrap();
        let weights = [("a".to_owned(), 0), ("b".to_owned(), 100)].into();
        Look { at, traffic: [("b".to_owned(), of_b)].into(), weights, members: BTreeMap::new() }
    }

    #[test]
    fn only_what_happened_between_two_looks_counts() {
        let live = look(12, traffic(300, 12, 10)).since(&look(10, traffic(100, 2, 0)));
        assert_eq!(live.groups.keys().collect::<Vec<_>>(), ["b"], "what has nothing is not shown");
        let group = &live.groups["b"];
        assert_eq!((live.seconds, group.requests, group.errors), (2.0, 200, 10));
        assert_eq!((group.error_rate, group.latency_p50, group.latency_p99), (Some(0.05), Some(1_000), Some(50_000)));
    }

    #[test]
    fn a_counter_that_starts_anew_is_all_new() {
        let mut anew = traffic(3, 0, 0);
        anew.since = Some(Timestamp::from_second(11).unwrap());
        let live = look(12, anew).since(&look(10, traffic(100, 2, 0)));
        assert_eq!((live.groups["b"].requests, live.groups["b"].errors), (3, 0));
    }
}
