//! The steps of an operation before it is started: what `--dry-run` and an approval show.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use skiff_runtime::saga::Saga;
use skiff_wire::{PlannedStep, Reversibility, Risk};

use crate::{failure::Failure, outcome::Outcome};

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

/// SHA-256 of what would be put on record: the saga, its parameters and its steps, 64 hexadecimal digits.
pub(crate) fn digest(saga: &Saga) -> Result<String, Failure> {
    let text = json!([saga.name(), saga.parameters()?, saga.plan()]).to_string();
    Ok(Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The outcome of a dry run of an operation that is not on record yet.
pub(crate) fn would_start(code: &'static str, summary: &str, saga: &Saga, more: &Value) -> Result<Outcome, Failure> {
    let (definition, plan) = (saga.steps().definition(), digest(saga)?);
    let mut outcome = would(code, summary, &saga.plan(), more);
    if let (Some(data), Some(body)) = (outcome.data.as_object_mut(), outcome.body.as_mut()) {
        body.push_str(&format!("plan sha256:{plan}\n"));
        data.extend([
            ("saga".into(), json!(saga.name())),
            ("definition".into(), json!(definition)),
            ("plan".into(), json!(plan)),
        ]);
        // It is not on record.
        data.entry("operation").or_insert(Value::Null);
    }
    Ok(outcome)
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
