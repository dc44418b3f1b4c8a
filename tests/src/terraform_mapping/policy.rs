//! IAM policies by their meaning.
//!
//! The order of statements and of values means nothing, one value is a list of one, and a principal `*` is every AWS
//! principal (IAM's policy grammar; `aws_iam_policy_document` writes a list of one as its element).

use serde_json::{Map, Value, json};

/// Elements of a statement that hold one value or several.
const SEVERAL: &[&str] = &["Action", "NotAction", "Resource", "NotResource"];

/// Elements of a statement that hold such values one or two levels deeper.
const NESTED: &[&str] = &["Principal", "NotPrincipal", "Condition"];

/// The one form of all policies of a meaning; other things than policies stay as they are.
pub(super) fn canonical(policy: &Value) -> Value {
    let Value::Object(policy) = policy else { return policy.clone() };
    let element = |(name, value): (&String, &Value)| {
        let value =
            if name == "Statement" { sorted(several(value).iter().map(statement).collect()) } else { value.clone() };
        (name.clone(), value)
    };
    Value::Object(policy.iter().map(element).collect())
}

fn statement(statement: &Value) -> Value {
    let Value::Object(statement) = statement else { return statement.clone() };
    let element = |(name, value): (&String, &Value)| {
        let value = match name.as_str() {
            "Principal" | "NotPrincipal" if value == "*" => json!({"AWS": ["*"]}),
            name if SEVERAL.contains(&name) => sorted(several(value)),
            name if NESTED.contains(&name) => nested(value),
            _ => value.clone(),
        };
        (name.clone(), value)
    };
    Value::Object(statement.iter().map(element).collect())
}

/// `{"StringEquals": {"key": "value"}}`, or `{"Service": "name"}`.
fn nested(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), nested(value))).collect::<Map<_, _>>().into()
        }
        value => sorted(several(value)),
    }
}

fn several(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

fn sorted(mut items: Vec<Value>) -> Value {
    items.sort_by_cached_key(Value::to_string);
    Value::Array(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_lists_of_one_mean_nothing() {
        let one = json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["x"], "Principal": "*"},
            {"Sid": "B", "Effect": "Deny", "Action": ["s3:*"], "Resource": ["y"], "Condition": {"Bool": {"k": ["true"]}}},
        ]});
        let other = json!({"Statement": [
            {"Sid": "B", "Effect": "Deny", "Action": "s3:*", "Resource": "y", "Condition": {"Bool": {"k": "true"}}},
            {"Sid": "A", "Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "x", "Principal": {"AWS": "*"}},
        ], "Version": "2012-10-17"});
        assert_eq!(canonical(&one), canonical(&other));
    }

    #[test]
    fn what_is_allowed_means_something() {
        let allows = |action: &str| json!({"Statement": [{"Effect": "Allow", "Action": [action], "Resource": "*"}]});
        assert_ne!(canonical(&allows("s3:GetObject")), canonical(&allows("s3:PutObject")));
    }
}
