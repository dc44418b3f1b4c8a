//! What a worker says: a line for each event, for people or for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use skiff_runtime::{
    Error,
    engine::{Finished, Progress},
};
use skiff_wire::OperationIntent;

use crate::{
    acting::{Acting, progress::Lines},
    standing::text::status_word,
};

/// Says what happens.
pub(super) struct Teller<'a> {
    acting: &'a Acting,
    known: BTreeMap<String, Known>,
}

/// What is known of an operation.
struct Known {
    saga: String,
    service: Option<String>,
    lines: Lines,
}

impl<'a> Teller<'a> {
    pub(super) fn new(acting: &'a Acting) -> Self {
        Self { acting, known: BTreeMap::new() }
    }

    /// Something about the worker itself.
    pub(super) fn worker(&self, event: &str, message: &str) {
        self.say(&format!("worker: {message}"), &json!({ "event": event, "message": message }));
    }

    /// An operation is taken up.
    pub(super) fn taken_up(&mut self, intent: &OperationIntent) {
        let known = Known { saga: intent.saga.clone(), service: intent.service.clone(), lines: Lines::default() };
        self.known.insert(intent.operation.clone(), known);
        let by = format!("taken up; {} asked for it", intent.requested_by);
        self.of(&intent.operation, "taken-up", &by, json!({}));
    }

    /// Something happened to an operation.
    pub(super) fn progress(&mut self, operation: &str, progress: &Progress) {
        let Some(line) = self.known.get_mut(operation).and_then(|known| known.lines.next(progress)) else { return };
        let (event, step) = event(progress);
        self.of(operation, event, line.trim_start(), json!({ "step": step.map(|step| step + 1) }));
    }

    /// An operation ended or waits; nothing more of it is known from here on.
    pub(super) fn ended(&mut self, finished: &Finished) {
        let mut message = status_word(finished.status).to_owned();
        if let Some(reason) = &finished.reason {
            message += &format!(": {reason}");
        }
        self.of(&finished.operation, "ended", &message, json!({ "status": finished.status }));
        self.known.remove(&finished.operation);
    }

    /// Something about an operation that is no error of its own.
    pub(super) fn said(&self, operation: &str, event: &str, message: &str) {
        self.of(operation, event, message, json!({}));
    }

    /// An operation could not be driven on.
    pub(super) fn trouble(&self, operation: &str, event: &str, error: &Error) {
        self.of(operation, event, error.message(), json!({ "code": error.code().id }));
    }

    fn of(&self, operation: &str, event: &str, message: &str, more: Value) {
        let known = self.known.get(operation);
        let (saga, service) = (known.map(|it| &it.saga), known.and_then(|it| it.service.as_ref()));
        let mut note = json!({
            "event": event, "operation": operation, "saga": saga, "service": service, "message": message,
        });
        if let (Some(note), Value::Object(more)) = (note.as_object_mut(), more) {
            note.extend(more);
        }
        let what = saga.map_or_else(
            || "operation".into(),
            |saga| match service {
                Some(service) => format!("{saga} of {service}"),
                None => saga.clone(),
            },
        );
        self.say(&format!("{what} {operation}: {message}"), &note);
    }

    fn say(&self, line: &str, note: &Value) {
        let at = self.acting.operating.ledger.world.clock.now();
        self.acting.say(&format!("{at}  {line}"));
        let mut note = note.clone();
        if let Some(fields) = note.as_object_mut() {
            fields.insert("at".into(), json!(at));
        }
        self.acting.note(&note);
    }
}

/// The word of what happened, and the step that it happened at.
fn event(progress: &Progress) -> (&'static str, Option<u32>) {
    match progress {
        Progress::Claimed { .. } => ("claimed", None),
        Progress::StepStarted { step, .. } => ("step-started", Some(*step)),
        Progress::Waiting { step, .. } => ("waiting", Some(*step)),
        Progress::Retrying { step, .. } => ("retrying", Some(*step)),
        Progress::StepHeld { step, .. } => ("step-held", Some(*step)),
        Progress::StepSucceeded { step } => ("step-succeeded", Some(*step)),
        Progress::StepFailed { step, .. } => ("step-failed", Some(*step)),
        Progress::Compensating { step, .. } => ("compensating", Some(*step)),
        Progress::Compensated { step } => ("compensated", Some(*step)),
        Progress::ApprovalNeeded { step, .. } => ("approval-needed", Some(*step)),
    }
}
