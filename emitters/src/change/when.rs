//! The conditions under which a row of a risk table holds: in which direction a value moves.

use std::collections::BTreeSet;

use serde_json::Value;

use super::policy;

/// In which direction a value must move for a row to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// In any.
    Always,
    /// A number gets larger; one that is absent is 0.
    Grows,
    /// A number gets smaller; one that is absent is 0.
    Shrinks,
    /// A time to live gets shorter; one that is absent is forever.
    Sooner,
    /// A switch goes off: `true` or `Enabled` becomes anything else.
    TurnsOff,
    /// A switch goes on: anything else becomes `true` or `Enabled`.
    TurnsOn,
    /// The new value is this text.
    Becomes(&'static str),
    /// There was a value and now there is none, or fewer.
    Loses,
    /// There was no value.
    Appears,
    /// An address range of the whole internet is let in or out.
    OpensToWorld,
    /// A container becomes root on its VM, somewhere within the value.
    GainsPrivilege,
    /// A policy allows more.
    Widens,
    /// A policy lets everybody in, or allows every action of a service.
    GainsWildcard,
}

impl When {
    /// Whether the way from `before` to `after` is this one; `None` is an absent value.
    pub(super) fn holds(self, before: Option<&Value>, after: Option<&Value>) -> bool {
        match self {
            Self::Always => true,
            Self::Grows => number(after) > number(before),
            Self::Shrinks => number(after) < number(before),
            Self::Sooner => lifetime(after) < lifetime(before),
            Self::TurnsOff => is_on(before) && !is_on(after),
            Self::TurnsOn => !is_on(before) && is_on(after),
            Self::Becomes(text) => after.and_then(Value::as_str) == Some(text) && before != after,
            Self::Loses => loses(before, after),
            Self::Appears => before.is_none() && after.is_some(),
            Self::OpensToWorld => world_ranges(after) > world_ranges(before),
            Self::GainsPrivilege => privileged(after) > privileged(before),
            Self::Widens => policy::widens(before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null)),
            Self::GainsWildcard => {
                policy::gains_wildcard(before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null))
            }
        }
    }

    /// Whether the row must see the whole property, because a part of it does not tell.
    pub(super) fn needs_whole_property(self) -> bool {
        matches!(self, Self::Widens | Self::GainsWildcard)
    }
}

fn number(value: Option<&Value>) -> f64 {
    match value {
        Some(Value::Number(number)) => number.as_f64().unwrap_or(0.0),
        Some(Value::String(text)) => text.trim().parse().unwrap_or(0.0),
        _ => 0.0,
    }
}

fn lifetime(value: Option<&Value>) -> f64 {
    if value.is_some() { number(value) } else { f64::INFINITY }
}

fn is_on(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(on)) => *on,
        Some(Value::String(text)) => matches!(text.as_str(), "true" | "Enabled" | "ENABLED"),
        _ => false,
    }
}

fn loses(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(_), None) => true,
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            let kept: BTreeSet<String> = new.iter().map(Value::to_string).collect();
            old.iter().any(|item| !kept.contains(&item.to_string()))
        }
        _ => false,
    }
}

fn world_ranges(value: Option<&Value>) -> usize {
    match value {
        Some(Value::String(text)) => usize::from(matches!(text.as_str(), "0.0.0.0/0" | "::/0")),
        Some(Value::Array(items)) => items.iter().map(|item| world_ranges(Some(item))).sum(),
        Some(Value::Object(object)) => object.values().map(|inner| world_ranges(Some(inner))).sum(),
        _ => 0,
    }
}

/// How many containers within a value are root on the VM.
fn privileged(value: Option<&Value>) -> usize {
    match value {
        Some(Value::Array(items)) => items.iter().map(|item| privileged(Some(item))).sum(),
        Some(Value::Object(object)) => {
            let own = usize::from(object.get("privileged") == Some(&Value::Bool(true)));
            own + object.values().map(|inner| privileged(Some(inner))).sum::<usize>()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(when: When, before: Value, after: Value) -> bool {
        let given = |value: Value| (!value.is_null()).then_some(value);
        when.holds(given(before).as_ref(), given(after).as_ref())
    }

    #[test]
    fn numbers_move_in_both_spellings() {
        assert!(holds(When::Grows, json!("1"), json!(2)) && holds(When::Shrinks, json!(2), Value::Null));
        assert!(!holds(When::Shrinks, json!(2), json!(2)));
    }

    #[test]
    fn forever_is_the_longest_time() {
        assert!(holds(When::Sooner, Value::Null, json!(30)) && holds(When::Sooner, json!(30), json!(7)));
        assert!(!holds(When::Sooner, json!(30), Value::Null));
    }

    #[test]
    fn switches_know_both_spellings() {
        assert!(
            holds(When::TurnsOff, json!("true"), json!("false")) && holds(When::TurnsOff, json!(true), Value::Null)
        );
        assert!(holds(When::TurnsOn, Value::Null, json!(true)) && !holds(When::TurnsOff, json!(false), json!(false)));
    }

    #[test]
    fn a_list_that_keeps_its_elements_loses_nothing() {
        assert!(holds(When::Loses, json!(["a", "b"]), json!(["a"])) && holds(When::Loses, json!("a"), Value::Null));
        assert!(!holds(When::Loses, json!(["a"]), json!(["b", "a"])));
    }

    #[test]
    fn a_privilege_is_found_wherever_it_is() {
        let sidecar = |privileged: bool| json!([{"name": "device", "security": {"privileged": privileged}}]);
        assert!(holds(When::GainsPrivilege, Value::Null, sidecar(true)));
        assert!(holds(When::GainsPrivilege, sidecar(false), sidecar(true)));
        assert!(!holds(When::GainsPrivilege, sidecar(true), sidecar(true)));
        assert!(!holds(When::GainsPrivilege, sidecar(true), Value::Null));
    }

    #[test]
    fn the_world_is_both_families() {
        assert!(holds(When::OpensToWorld, json!([]), json!([{"CidrIpv6": "::/0"}])));
        assert!(!holds(When::OpensToWorld, json!("0.0.0.0/0"), json!("10.0.0.0/8")));
    }
}
