//! The steps of an operation before it is started: what `--dry-run` and an approval show.

use serde_json::{Value, json};
use skiff_wire::{PlannedStep, Reversibility, Risk};

use crate::outcome::Outcome;

/// Steps as people read them: number, title, and what is not harmless about them.
pub(crate) fn lines(steps: &[PlannedStep]) -> Vec<String> {
    let line = |(index, step): (usize, &PlannedStep)| {
        let mut line = format!("{:>2}. {}", index + 1, step.title);
        let remarks = [risk_word(step.risk), reversibility_word(step.reversibility)];
        let remarks: Vec<_> = remarks.into_iter().flatten().collect();
        if !remarks.is_empty() {
            line += &format!(" ({})", remarks.join(", "));
        }
        line
    };
    steps.iter().enumerate().map(line).collect()
}

/// The outcome of a dry run.
pub(crate) fn would(code: &'static str, summary: &str, steps: &[PlannedStep], more: &Value) -> Outcome {
    let mut data = json!({ "steps": steps });
    if let (Some(data), Some(more)) = (data.as_object_mut(), more.as_object()) {
        data.extend(more.clone());
    }
    let body = lines(steps).join("\n") + "\n";
    Outcome::done(code, format!("{summary}; nothing was written")).body(body).announced().data(data)
}

fn risk_word(risk: Risk) -> Option<&'static str> {
    match risk {
        Risk::None | Risk::Low => None,
        Risk::Medium => Some("medium risk"),
        Risk::High => Some("high risk: needs an approval"),
    }
}

fn reversibility_word(reversibility: Reversibility) -> Option<&'static str> {
    match reversibility {
        Reversibility::Reversible | Reversibility::Compensatable => None,
        Reversibility::PartiallyReversible => Some("can be taken back in part"),
        Reversibility::Irreversible => Some("cannot be taken back"),
    }
}
