//! Stages and gates on the command line: `--steps 5,25,50,100 --bake 5m --gate error-rate=1%`.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use skiff_runtime::saga::canary::Stage;
use skiff_wire::{Gate, Rollout};

use crate::failure::Failure;

/// Shares, how long each is watched, and what must hold.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct StagesArguments {
    /// Shares of the new way of serving, of a hundred requests; those of the spec when none is named
    #[arg(long, value_name = "PERCENT,…", value_delimiter = ',', help_heading = "Stages",
          value_parser = clap::value_parser!(u32).range(0..=100))]
    steps: Vec<u32>,
    /// How long each share is watched; as the spec says when it is not named
    #[arg(long, value_name = "TIME", value_parser = crate::span::parse, help_heading = "Stages")]
    bake: Option<Duration>,
    /// What must hold at each share, such as `error-rate=1%` or `latency-p99=500ms`; the gates of the spec when none is named
    #[arg(long, value_name = "METRIC=LIMIT", help_heading = "Stages")]
    gate: Vec<String>,
}

impl StagesArguments {
    /// The shares in their order; what is not named is as the spec says.
    pub(super) fn stages(&self, rollout: &Rollout) -> Vec<Stage> {
        let spec = Stage::of(rollout);
        let usual = rollout.steps.first().map_or(0, |step| step.bake_seconds);
        let bake_seconds =
            self.bake.map_or(usual, |bake| u32::try_from(bake.as_secs_f64().ceil() as u64).unwrap_or(u32::MAX));
        let named = self.steps.iter().map(|percent| Stage { percent: *percent, bake_seconds });
        match (self.steps.is_empty(), self.bake) {
            (false, _) => named.collect(),
            (true, Some(_)) => spec.into_iter().map(|stage| Stage { bake_seconds, ..stage }).collect(),
            (true, None) => spec,
        }
    }

    /// What must hold.
    pub(super) fn gates(&self, rollout: &Rollout) -> Result<Vec<Gate>, Failure> {
        if self.gate.is_empty() {
            return Ok(rollout.gates.clone());
        }
        self.gate.iter().map(|written| gate(written)).collect()
    }
}

fn gate(written: &str) -> Result<Gate, Failure> {
    let wrong = |why: &str| {
        Failure::usage(format!("`--gate {written}` {why}")).hint("write it as `METRIC=LIMIT`, such as `error-rate=1%`")
    };
    let (metric, limit) = written.split_once('=').ok_or_else(|| wrong("has no limit"))?;
    if metric.is_empty() || limit.is_empty() {
        return Err(wrong("has no metric or no limit"));
    }
    serde_json::from_value(json!({ "metric": metric, "limit": limit }))
        .map_err(|error| wrong(&format!("is none: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rollout() -> Rollout {
        serde_json::from_value(json!({
            "strategy": "canary",
            "steps": [{"percent": 25, "bake_seconds": 60}, {"percent": 100, "bake_seconds": 60}],
            "gates": [{"metric": "error-rate", "limit": "1%"}],
            "deadline_seconds": 600,
        }))
        .unwrap()
    }

    #[test]
    fn what_is_not_named_is_as_the_spec_says() {
        let stage = |percent, bake_seconds| Stage { percent, bake_seconds };
        let none = StagesArguments::default();
        assert_eq!(none.stages(&rollout()), [stage(25, 60), stage(100, 60)]);
        assert_eq!(none.gates(&rollout()).unwrap(), rollout().gates);
        let bake = Some(Duration::from_millis(1500));
        assert_eq!(StagesArguments { bake, ..none.clone() }.stages(&rollout()), [stage(25, 2), stage(100, 2)]);
        let steps = StagesArguments { steps: vec![5, 0], ..none };
        assert_eq!(steps.stages(&rollout()), [stage(5, 60), stage(0, 60)]);
    }

    #[test]
    fn a_gate_has_a_metric_and_a_limit() {
        let gate = StagesArguments { gate: vec!["latency-p99=500ms".into()], ..StagesArguments::default() };
        let gates = gate.gates(&rollout()).unwrap();
        assert_eq!((&*gates[0].metric, &*gates[0].limit), ("latency-p99", "500ms"));
        for wrong in ["error-rate", "=1%", "error-rate="] {
            let gate = StagesArguments { gate: vec![wrong.into()], ..StagesArguments::default() };
            assert_eq!(gate.gates(&rollout()).unwrap_err().into_outcome().code, "USAGE", "{wrong}");
        }
    }
}
