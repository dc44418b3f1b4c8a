//! Stages and gates on the command line: `--steps 5,25,50,100 --bake 5m --gate 'error-rate<=1%'`.

use std::time::Duration;

use clap::Args;
use skiff_runtime::{gate::Gate, saga::canary::Stage};
use skiff_wire::Rollout;

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
    /// What must hold at each share, such as `error-rate<=1%` or `latency-p99<=500ms`; the gates of the spec when none is named
    #[arg(long, value_name = "GATE", help_heading = "Stages")]
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
            return Ok(Gate::all(&rollout.gates)?);
        }
        let mut gates: Vec<Gate> = Vec::new();
        for written in &self.gate {
            let gate = Gate::parse(written)?;
            if gates.iter().any(|other| other.name == gate.name) {
                return Err(Failure::usage(format!("two gates are called `{}`", gate.name))
                    .hint("give one of them a name: `--gate 'error-rate<=1%,name=errors'`"));
            }
            gates.push(gate);
        }
        Ok(gates)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
        assert_eq!(none.gates(&rollout()).unwrap()[0].name, "error-rate");
        let bake = Some(Duration::from_millis(1500));
        assert_eq!(StagesArguments { bake, ..none.clone() }.stages(&rollout()), [stage(25, 2), stage(100, 2)]);
        let steps = StagesArguments { steps: vec![5, 0], ..none };
        assert_eq!(steps.stages(&rollout()), [stage(5, 60), stage(0, 60)]);
    }

    #[test]
    fn a_gate_has_a_metric_and_a_bound() {
        let of = |written: &[&str]| {
            let gate = written.iter().map(ToString::to_string).collect();
            StagesArguments { gate, ..StagesArguments::default() }.gates(&rollout())
        };
        assert_eq!(of(&["latency-p99<=500ms", "healthy>=90%,dry-run"]).unwrap().len(), 2);
        for wrong in [&["error-rate"][..], &["<=1%"], &["error-rate<="], &["error-rate<=1%", "error-rate<=2%"]] {
            assert_eq!(of(wrong).unwrap_err().into_outcome().exit, skiff_wire::ExitCode::Usage, "{wrong:?}");
        }
    }
}
