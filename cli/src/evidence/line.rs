//! What came out of one step, in one line.

use serde_json::Value;
use skiff_runtime::{provider::Weights, saga::step::rehearse::Rehearsed};
use skiff_wire::Evidence;

use super::{judgement_words, rehearsed, served, watched};
use crate::words;

/// What a step says by its output, or by what it had seen when it failed or was held; nothing where that says nothing.
pub(crate) fn of(output: Option<&Value>, evidence: &Value) -> Option<String> {
    let value = output.filter(|output| !output.is_null()).unwrap_or(evidence);
    if let Some(seen) = watched(value) {
        return Some(of_watched(&seen));
    }
    if let Some(seen) = rehearsed(value) {
        return Some(of_rehearsed(&seen));
    }
    of_weights(value).or_else(|| of_members(value)).or_else(|| of_quiet(value))
}

fn of_watched(evidence: &Evidence) -> String {
    if !evidence.gates.is_empty() {
        return evidence.gates.iter().map(judgement_words).collect::<Vec<_>>().join("; ");
    }
    let groups = served(evidence);
    let group = |(name, seen): (&&str, &super::Served)| {
        format!("{name} answered {} with {}", words::count(number(seen.requests), "request"), errors(seen.errors))
    };
    match groups.is_empty() {
        true => "no gate was asked".into(),
        false => groups.iter().map(group).collect::<Vec<_>>().join(", "),
    }
}

fn of_rehearsed(seen: &Rehearsed) -> String {
    let sent = words::count(number(seen.sent), "request");
    let mut said = format!("{sent} sent to each, {} failed, {} answered in another way", seen.failed, seen.differed);
    if let Some(bodies) = &seen.bodies {
        said += &format!("; {} of {} bodies differ", bodies.differed, bodies.compared);
        if bodies.varying > 0 {
            said += &format!(", {} vary by themselves", words::count(number(bodies.varying), "request"));
        }
    }
    if let Some(latency) = &seen.latency {
        said += &format!("; {}", judgement_words(latency));
    }
    said
}

fn of_weights(value: &Value) -> Option<String> {
    value.get("by_slot")?;
    let weights: Weights = serde_json::from_value(value.clone()).ok()?;
    let each: Vec<String> = weights.by_slot.iter().map(|(group, weight)| format!("{group} {weight}")).collect();
    Some(format!("weights read back: {}", each.join(", ")))
}

fn of_members(value: &Value) -> Option<String> {
    let members: Vec<&str> = value.get("members")?.as_array()?.iter().filter_map(Value::as_str).collect();
    (!members.is_empty()).then(|| members.join(", "))
}

fn of_quiet(value: &Value) -> Option<String> {
    let left = value.as_object().filter(|fields| fields.len() == 1)?.get("in_flight")?.as_u64()?;
    Some(format!("{} left in flight", words::count(number(left), "request")))
}

fn errors(count: u64) -> String {
    if count == 0 { "no error".into() } else { words::count(number(count), "error") }
}

fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_of_output_has_its_line() {
        let line = |output: Value| of(Some(&output), &Value::Null);
        assert_eq!(line(json!({"by_slot": {"a": 75, "b": 25}})).as_deref(), Some("weights read back: a 75, b 25"));
        assert_eq!(line(json!({"members": ["i-1", "i-2"]})).as_deref(), Some("i-1, i-2"));
        assert_eq!(line(json!({"in_flight": 1})).as_deref(), Some("1 request left in flight"));
        let rehearsal = json!({"sent": 40, "failed": 0, "differed": 1});
        assert_eq!(
            line(rehearsal.clone()).as_deref(),
            Some("40 requests sent to each, 0 failed, 1 answered in another way")
        );
        assert_eq!(of(None, &json!({"rehearsal": rehearsal})), line(rehearsal));
        assert_eq!((line(json!(null)), line(json!({"slot": "a"}))), (None, None));
    }

    #[test]
    fn a_watched_stage_says_what_its_gates_say() {
        let at = "2026-11-21T09:00:00Z";
        let gate = json!({
            "gate": "error-rate", "verdict": "fail", "reason": "4.1% of 310 requests, and 1% is the most", "limit": "1%",
            "evaluations": {"pass": 1, "fail": 2, "inconclusive": 0, "error": 0},
        });
        let points = json!([{"at": at, "groups": {"b": {"weight": 5, "requests": 310, "errors": 13, "healthy": 1,
            "members": 1}}}]);
        let evidence = json!({"from": at, "until": at, "canary": "b", "points": points, "gates": [gate]});
        let line = of(None, &evidence);
        assert_eq!(line.as_deref(), Some("error-rate fail: 4.1% of 310 requests, and 1% is the most"));
        let mut without = evidence;
        without["gates"] = json!([]);
        assert_eq!(of(None, &without).as_deref(), Some("b answered 310 requests with 13 errors"));
    }
}
