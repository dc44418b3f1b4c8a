//! What evidence suggests: hypotheses, each with how sure it is.

use skiff_runtime::saga::step::rehearse::Rehearsed;
use skiff_wire::Evidence;

use super::{Served, served};

/// From this share of errors on, a group is said to fail.
const ERRORS: f64 = 0.01;
/// How many times the other's share or latency is more than chance for a sentence that proves nothing.
const MUCH_MORE: f64 = 2.0;

/// What a watched stage suggests.
pub(super) fn of_watched(evidence: &Evidence) -> Vec<String> {
    let groups = served(evidence);
    let canary = groups.get(evidence.canary.as_str()).copied().unwrap_or_default();
    let baseline = evidence.baseline.as_ref().and_then(|name| groups.get(name.as_str()).copied()).unwrap_or_default();
    let (new, old) = (words(&evidence.canary), evidence.baseline.as_deref().map(words));
    let pair = Pair { new, old: old.unwrap_or_else(|| "the other".into()), canary, baseline };
    [pair.silence(), pair.errors(), pair.latency(), pair.sickness()].into_iter().flatten().collect()
}

/// What a rehearsal suggests.
pub(super) fn of_rehearsed(seen: &Rehearsed) -> Option<String> {
    if seen.failed > 0 {
        return Some(sure("the new release fails requests that the live one answers", 0.9));
    }
    (seen.differed > 0)
        .then(|| sure("the new release answers some requests in another way on purpose, or by mistake", 0.5))
}

/// Two groups that are compared.
struct Pair {
    new: String,
    old: String,
    canary: Served,
    baseline: Served,
}

impl Pair {
    fn silence(&self) -> Option<String> {
        (self.canary.requests == 0)
            .then(|| sure(&format!("{} got no request, so there was nothing to judge", self.new), 0.9))
    }

    fn errors(&self) -> Option<String> {
        let (new, old) = (self.canary.error_share()?, self.baseline.error_share().unwrap_or_default());
        if new < ERRORS {
            return None;
        }
        let numbers = format!(
            "{} of {} requests against {} of {}",
            self.canary.errors, self.canary.requests, self.baseline.errors, self.baseline.requests
        );
        Some(if new > old * MUCH_MORE {
            sure(&format!("errors rose only in {}, {numbers}: the release is the cause", self.new), self.confidence())
        } else {
            let (new, old) = (&self.new, &self.old);
            sure(&format!("{new} and {old} both fail, {numbers}: something that they share is the cause"), 0.6)
        })
    }

    fn latency(&self) -> Option<String> {
        let (new, old) = (self.canary.slowest?, self.baseline.slowest?);
        #[allow(clippy::cast_precision_loss, reason = "latencies are far below 2^52 microseconds")]
        let slower = new as f64 > old as f64 * MUCH_MORE;
        let sentence = format!("answers are slower only in {}: the release is the cause", self.new);
        slower.then(|| sure(&sentence, self.confidence() - 0.2))
    }

    fn sickness(&self) -> Option<String> {
        (self.canary.sick > 0).then(|| {
            let members = crate::words::count(self.canary.sick as usize, "member");
            sure(&format!("load is too much for {}: {members} not healthy in the end", self.new), 0.6)
        })
    }

    /// More samples, surer.
    fn confidence(&self) -> f64 {
        match self.canary.requests {
            0..20 => 0.5,
            20..100 => 0.7,
            _ => 0.9,
        }
    }
}

fn words(group: &str) -> String {
    if group == skiff_runtime::provider::LEGACY { "the old way".into() } else { format!("slot `{group}`") }
}

fn sure(sentence: &str, confidence: f64) -> String {
    format!("{sentence} (confidence {confidence:.1})")
}

#[cfg(test)]
mod tests {
    use skiff_wire::{EvidencePoint, GroupPoint};

    use super::*;

    fn evidence(canary: GroupPoint, baseline: GroupPoint) -> Evidence {
        let at = "2026-11-21T09:00:00Z".parse().unwrap();
        let groups = [("b".to_owned(), canary), ("a".to_owned(), baseline)].into();
        Evidence {
            from: at,
            until: at,
            canary: "b".into(),
            baseline: Some("a".into()),
            points: vec![EvidencePoint { at, groups }],
            gates: Vec::new(),
        }
    }

    fn served(requests: u64, errors: u64) -> GroupPoint {
        GroupPoint { requests, errors, latency_p99: Some(1000), healthy: 1, members: 1, ..GroupPoint::default() }
    }

    #[test]
    fn errors_of_one_slot_are_the_releases_and_those_of_both_are_not() {
        assert_eq!(
            of_watched(&evidence(served(200, 12), served(1800, 0))),
            ["errors rose only in slot `b`, 12 of 200 requests against 0 of 1800: the release is the cause \
              (confidence 0.9)"]
        );
        let both = of_watched(&evidence(served(200, 12), served(1800, 110)));
        assert!(both.len() == 1 && both[0].contains("something that they share"), "{both:?}");
        assert_eq!(of_watched(&evidence(served(200, 0), served(1800, 0))), [""; 0]);
    }

    #[test]
    fn silence_slowness_and_sickness_are_said() {
        let silent = of_watched(&evidence(served(0, 0), served(1800, 0)));
        assert!(silent.len() == 1 && silent[0].contains("got no request"), "{silent:?}");
        let slow = GroupPoint { latency_p99: Some(9000), healthy: 0, ..served(50, 0) };
        let slow = of_watched(&evidence(slow, served(1800, 0)));
        assert!(slow.len() == 2 && slow[0].contains("slower") && slow[1].contains("1 member not healthy"), "{slow:?}");
    }
}
