//! How a member stops and how a release is rolled out, every default explicit.

use skiff_wire as wire;

use super::{Reporter, codes, gate};
use crate::spec::{
    decode::Spanned,
    service::{Kind, Rollout, Service, Strategy},
    values::Duration,
};

/// How a member stops. A terminate hook must outlive the grace (`aws-rules` 5) and lasts two hours at most; a target
/// group drains for an hour at most.
pub(crate) fn stop(service: &Service, report: &mut Reporter<'_>) -> wire::Stop {
    let stop = service.stop.as_ref();
    let grace = bounded(stop.and_then(|stop| stop.grace.as_ref()), 30, 7_080, "a grace", report);
    let drain = bounded(stop.and_then(|stop| stop.drain.as_ref()), grace.min(3_600), 3_600, "a drain", report);
    wire::Stop { grace_seconds: grace, drain_seconds: drain }
}

fn bounded(written: Option<&Spanned<Duration>>, default: u32, most: u32, what: &str, report: &mut Reporter<'_>) -> u32 {
    let Some(written) = written else { return default };
    if written.0 > most {
        let message = format!("{what} of `{}` is longer than AWS waits", written.value);
        report.report(&codes::OUT_OF_RANGE, written.span(), message, format!("at most `{}`", Duration(most)));
    }
    written.0
}

pub(crate) fn resolve(service: &Service, report: &mut Reporter<'_>) -> wire::Rollout {
    let rollout = service.rollout.as_ref();
    let strategy = strategy(service.kind, rollout, report);
    let bake = rollout.and_then(|rollout| rollout.bake).map_or(300, |bake| bake.0);
    let percents = match (strategy, rollout) {
        (Strategy::Canary, Some(rollout)) if !rollout.steps.is_empty() => steps(rollout, report),
        (Strategy::Canary, _) => vec![5, 25, 50, 100],
        _ => vec![100],
    };
    if let Some(rollout) = rollout.filter(|rollout| strategy != Strategy::Canary && !rollout.steps.is_empty()) {
        let message = format!("`{}` has no steps", strategy.word());
        report.report(&codes::BAD_STEPS, rollout.at.field("steps"), message, "take `steps` away, or choose `canary`");
    }
    wire::Rollout {
        strategy: strategy.word().into(),
        steps: percents.into_iter().map(|percent| wire::Step { percent, bake_seconds: bake }).collect(),
        gates: rollout.map(|rollout| gates(rollout, service.kind, report)).unwrap_or_default(),
        before: rollout.map(|rollout| rollout.before.clone()).unwrap_or_default(),
        deadline_seconds: rollout.and_then(|rollout| rollout.deadline).map_or(1_800, |deadline| deadline.0),
    }
}

fn strategy(kind: Kind, rollout: Option<&Rollout>, report: &mut Reporter<'_>) -> Strategy {
    let default = match kind {
        Kind::Web => Strategy::Canary,
        Kind::Worker => Strategy::BlueGreen,
        Kind::Job | Kind::Stateful => Strategy::Recreate,
    };
    let Some(written) = rollout.and_then(|rollout| rollout.strategy.as_ref()) else { return default };
    let possible: &[Strategy] = match kind {
        Kind::Web => &[Strategy::Canary, Strategy::BlueGreen, Strategy::Recreate],
        Kind::Worker => &[Strategy::BlueGreen, Strategy::Recreate],
        Kind::Job | Kind::Stateful => &[Strategy::Recreate],
    };
    if !possible.contains(&written.value) {
        let words: Vec<_> = possible.iter().map(|strategy| format!("`{}`", strategy.word())).collect();
        let message = format!("a {} service cannot be rolled out by `{}`", kind.word(), written.word());
        report.report(&codes::BAD_STRATEGY, written.span(), message, format!("possible: {}", words.join(", ")));
    }
    written.value
}

fn steps(rollout: &Rollout, report: &mut Reporter<'_>) -> Vec<u32> {
    let steps: Vec<u32> = rollout.steps.iter().map(|step| step.value).collect();
    let rises = steps.windows(2).all(|pair| pair[0] < pair[1]);
    if !rises || steps.first() == Some(&0) || steps.last() != Some(&100) {
        let message = "the steps do not rise from above 0 to 100".to_owned();
        report.report(&codes::BAD_STEPS, rollout.at.field("steps"), message, "for example `[5, 25, 50, 100]`");
    }
    steps
}

fn gates(rollout: &Rollout, kind: Kind, report: &mut Reporter<'_>) -> Vec<wire::Gate> {
    rollout.gates.iter().map(|written| gate::resolve(written, kind, report)).collect()
}
