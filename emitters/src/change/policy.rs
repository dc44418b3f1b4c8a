//! What a policy document lets who do, as a set of grants: enough to say whether a change widens or narrows it.

use serde_json::{Map, Value};

/// One action on one resource for one principal under one condition, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Grant {
    action: String,
    resource: String,
    principal: String,
    condition: String,
}

/// The grants and refusals of every policy document within a value.
#[derive(Debug, Default)]
struct Grants {
    allowed: Vec<Grant>,
    denied: Vec<Grant>,
}

/// Whether something becomes possible that was not.
pub(super) fn widens(before: &Value, after: &Value) -> bool {
    let (old, new) = (Grants::of(before), Grants::of(after));
    uncovered(&new.allowed, &old.allowed).next().is_some() || uncovered(&old.denied, &new.denied).next().is_some()
}

/// Whether something becomes possible for everybody, or for every action of a service, that was not.
pub(super) fn gains_wildcard(before: &Value, after: &Value) -> bool {
    let (old, new) = (Grants::of(before), Grants::of(after));
    let open = |grant: &Grant| grant.action.ends_with('*') || (grant.principal == "*" && grant.condition.is_empty());
    uncovered(&new.allowed, &old.allowed).any(open)
}

fn uncovered<'g>(grants: &'g [Grant], by: &'g [Grant]) -> impl Iterator<Item = &'g Grant> {
    grants.iter().filter(move |grant| !by.iter().any(|other| other.covers(grant)))
}

impl Grant {
    fn covers(&self, other: &Self) -> bool {
        let condition = self.condition.is_empty() || self.condition == other.condition;
        let principal = self.principal == "*" || self.principal == other.principal;
        condition && principal && glob(&self.action, &other.action) && glob(&self.resource, &other.resource)
    }
}

impl Grants {
    fn of(value: &Value) -> Self {
        let mut grants = Self::default();
        grants.collect(value);
        grants
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::Object(object) => {
                if object.contains_key("Effect") {
                    self.read_statement(object);
                } else {
                    object.values().for_each(|inner| self.collect(inner));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            _ => {}
        }
    }

    fn read_statement(&mut self, statement: &Map<String, Value>) {
        let condition = statement.get("Condition").map(Value::to_string).unwrap_or_default();
        let denies = statement.get("Effect").and_then(Value::as_str) == Some("Deny");
        let grants = if denies { &mut self.denied } else { &mut self.allowed };
        for action in texts(statement, "Action") {
            for resource in texts(statement, "Resource") {
                for principal in principals(statement) {
                    let (action, resource, condition) = (action.to_lowercase(), resource.clone(), condition.clone());
                    grants.push(Grant { action, resource, principal, condition });
                }
            }
        }
    }
}

/// The values of `Action` or `Resource`; those of `NotAction` or `NotResource` stand as one opaque text.
fn texts(statement: &Map<String, Value>, name: &str) -> Vec<String> {
    match (statement.get(name), statement.get(&format!("Not{name}"))) {
        (Some(Value::Array(items)), _) => items.iter().map(text).collect(),
        (Some(value), _) => vec![text(value)],
        (None, Some(excluded)) => vec![format!("all but {excluded}")],
        (None, None) => vec![String::new()],
    }
}

fn principals(statement: &Map<String, Value>) -> Vec<String> {
    match statement.get("Principal") {
        Some(Value::Object(kinds)) => {
            let each = |(kind, value): (&String, &Value)| match value {
                Value::Array(items) => items.iter().map(|item| principal(kind, item)).collect(),
                one => vec![principal(kind, one)],
            };
            kinds.iter().flat_map(each).collect()
        }
        Some(value) => vec![text(value)],
        None => vec![String::new()],
    }
}

fn principal(kind: &str, value: &Value) -> String {
    match text(value) {
        everybody if everybody == "*" => everybody,
        one => format!("{kind}:{one}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// IAM's wildcards: `*` for any characters, `?` for one (IAM User Guide, `Action` and `Resource`).
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut place, mut star) = (0, 0, None);
    while place < text.len() {
        if at < pattern.len() && pattern[at] == '*' {
            star = Some((at, place));
            at += 1;
        } else if at < pattern.len() && (pattern[at] == '?' || pattern[at] == text[place]) {
            at += 1;
            place += 1;
        } else if let Some((star_at, taken)) = star {
            at = star_at + 1;
            place = taken + 1;
            star = Some((star_at, taken + 1));
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn allow(action: &str, resource: &str) -> Value {
        json!({"Statement": [{"Effect": "Allow", "Action": [action], "Resource": [resource]}]})
    }

    #[test]
    fn a_pattern_that_covers_makes_the_narrower_one_no_news() {
        let (wide, narrow) = (allow("s3:*", "arn:aws:s3:::b/*"), allow("s3:GetObject", "arn:aws:s3:::b/k"));
        assert!(widens(&narrow, &wide) && gains_wildcard(&narrow, &wide));
        assert!(!widens(&wide, &narrow));
        assert!(!widens(&wide, &wide));
    }

    #[test]
    fn a_refusal_taken_away_widens() {
        let deny = json!({"Statement": [{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}]});
        assert!(widens(&deny, &json!({})));
        assert!(!widens(&json!({}), &deny));
    }

    #[test]
    fn letting_everybody_in_is_a_wildcard() {
        let one = json!({"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "sqs:SendMessage", "Resource": "q"});
        let all = json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:SendMessage", "Resource": "q"});
        assert!(gains_wildcard(&one, &all));
        assert!(!gains_wildcard(&all, &one));
    }

    #[test]
    fn wildcards_match_as_in_iam() {
        assert!(glob("s3:Get*", "s3:GetObject") && glob("a?c", "abc") && glob("*", "") && glob("a*b*c", "aXbYc"));
        assert!(!glob("s3:Get*", "s3:PutObject") && !glob("a?c", "ac") && !glob("", "a"));
    }
}
