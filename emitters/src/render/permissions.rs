//! Policy documents in words: what they allow, on what.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use skiff_wire::Plan;

use super::{
    counted,
    siblings::{few, listed, unique},
    value::{resource_words, short},
};

/// From so many actions on, a policy is said by services and counts.
const MANY: usize = 60;

/// Who may do what: the principal, and what it may in short.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Allowance {
    pub(super) who: String,
    pub(super) what: Vec<String>,
}

/// The policies of one owner; those of a principal are one.
pub(super) fn of_owner(plan: &Plan, owner: &str) -> Vec<Allowance> {
    let mut documents: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for (id, resource) in plan.shape.iter().filter(|(_, resource)| resource.owner == owner) {
        let policy = matches!(resource.resource_type.as_str(), "AWS::IAM::RolePolicy" | "AWS::IAM::ManagedPolicy");
        if let (true, Some(document)) = (policy, resource.properties.get("PolicyDocument")) {
            documents.entry(principal(id)).or_default().push(document);
        }
    }
    let root = plan.state_root.strip_prefix("s3://").unwrap_or(&plan.state_root);
    let in_ledger = |what: Vec<String>| what.into_iter().map(|what| said_of_ledger(&what, root)).collect();
    documents.into_iter().map(|(who, documents)| Allowance { who, what: in_ledger(phrases(&documents)) }).collect()
}

/// The state root is called the ledger everywhere else.
fn said_of_ledger(what: &str, root: &str) -> String {
    let bucket = root.split('/').next().unwrap_or(root);
    if bucket.is_empty() {
        return what.to_owned();
    }
    what.replace(root, "ledger").replace(&format!(" on {bucket}"), " on ledger")
}

/// `environment.policy.deployer-network` is about the deployer.
fn principal(id: &str) -> String {
    if let Some((_, policy)) = id.split_once(".policy.") {
        return policy.split('-').next().unwrap_or(policy).to_owned();
    }
    let (stem, _) = super::siblings::stem(id);
    let last = stem.rsplit('.').next().unwrap_or(&stem);
    last.trim_end_matches("_policy").trim_end_matches("_role").trim_end_matches("-*").replace('_', " ")
}

fn phrases(documents: &[&Value]) -> Vec<String> {
    let statements: Vec<&Map<String, Value>> = documents.iter().flat_map(|document| statements(document)).collect();
    let actions: usize = statements.iter().map(|statement| texts(statement.get("Action")).len()).sum();
    if actions < MANY {
        return statements.into_iter().map(phrase).collect();
    }
    let (denied, allowed): (Vec<_>, Vec<_>) = statements.into_iter().partition(|statement| denies(statement));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for action in allowed.iter().flat_map(|statement| texts(statement.get("Action"))) {
        *counts.entry(service(&action).to_owned()).or_default() += 1;
    }
    let services: Vec<String> = counts.into_iter().map(|(service, count)| format!("{service} {count}")).collect();
    let scope = format!("{} by service: {}", counted(actions, "action"), services.join(", "));
    std::iter::once(scope).chain(denied.into_iter().map(phrase)).collect()
}

fn statements(document: &Value) -> Vec<&Map<String, Value>> {
    match document.get("Statement") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(one)) => vec![one],
        _ => Vec::new(),
    }
}

/// One statement: `s3:GetObject on bucket assets`; a refusal begins with `never`.
pub(super) fn phrase(statement: &Map<String, Value>) -> String {
    let never = if denies(statement) { "never " } else { "" };
    let (subjects, but) = match (statement.get("Action"), statement.get("NotAction")) {
        (None, Some(others)) => (Some(others), "everything but "),
        (subjects, _) => (subjects, ""),
    };
    let on = match (statement.get("Resource"), statement.get("NotResource")) {
        (None, None) => String::new(),
        (None, others) => format!(" on anything but {}", few(&targets(others), 2)),
        (some, _) => format!(" on {}", few(&targets(some), 2)),
    };
    format!("{never}{but}{}{on}{}", actions(&texts(subjects)), condition(statement))
}

/// Whether a value is a statement of a policy.
pub(super) fn is_statement(value: &Value) -> bool {
    value.get("Effect").is_some() && value.is_object()
}

fn denies(statement: &Map<String, Value>) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some("Deny")
}

/// One or two actions by name; more as what they come down to for each service.
fn actions(names: &[String]) -> String {
    const SHOWN: usize = 2;
    if names.len() <= SHOWN {
        return names.join(", ");
    }
    let services = unique(names.iter().map(|name| service(name).to_owned()));
    let each = |wanted: &String| {
        let verbs = names.iter().filter(|name| service(name) == wanted).map(|name| access(name).to_owned());
        let mut verbs = unique(verbs);
        verbs.sort_by_key(|verb| ["read", "write", "delete"].iter().position(|known| known == verb));
        format!("{wanted} {}", verbs.join("/"))
    };
    services.iter().map(each).collect::<Vec<_>>().join(", ")
}

/// What an action comes down to, by the verb that begins its name.
fn access(action: &str) -> &'static str {
    const READ: &[&str] = &["Batch", "Check", "Describe", "Filter", "Get", "Head", "List", "Query", "Read", "Receive"];
    let verb = action.split(':').nth(1).unwrap_or(action);
    let begins = |words: &[&str]| words.iter().any(|word| verb.starts_with(word));
    match () {
        () if begins(&["BatchDelete", "Delete", "Remove", "Terminate"]) => "delete",
        () if begins(&["BatchWrite", "BatchPut"]) => "write",
        () if begins(READ) => "read",
        () => "write",
    }
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or(action)
}

fn condition(statement: &Map<String, Value>) -> String {
    let Some(Value::Object(operators)) = statement.get("Condition") else { return String::new() };
    let tests = operators.iter().filter_map(|(operator, keys)| Some((operator, keys.as_object()?)));
    let words = tests.flat_map(|(operator, keys)| keys.iter().map(move |(key, value)| test(operator, key, value)));
    format!(" ({})", unique(words).join(", "))
}

/// One test of a condition; the two that every policy here has are said in words.
fn test(operator: &str, key: &str, value: &Value) -> String {
    let values = texts(Some(value));
    match (operator, key) {
        ("StringEquals", "kms:ViaService") => {
            format!("through {}", listed(&unique(values.iter().map(|name| host(name)))))
        }
        ("Bool", "aws:SecureTransport") if values == ["false"] => "without TLS".to_owned(),
        ("Null", _) if values == ["true"] => format!("if {key} is absent"),
        ("Null", _) => format!("if {key} is present"),
        _ if operator.contains("Not") => format!("unless {key} is {}", few(&values, 2)),
        _ => format!("if {key} is {}", few(&values, 2)),
    }
}

fn host(name: &str) -> String {
    name.split('.').next().unwrap_or(name).to_owned()
}

/// The texts of a scalar or a list.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().map(|item| short(item, usize::MAX)).collect(),
        Some(one) => vec![short(one, usize::MAX)],
        None => Vec::new(),
    }
}

fn targets(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => unique(items.iter().map(target)),
        Some(one) => vec![target(one)],
        None => Vec::new(),
    }
}

/// An ARN without what every ARN begins with; a reference as the resource it means.
pub(super) fn target(value: &Value) -> String {
    if value.as_str() == Some("*") {
        return "anything".to_owned();
    }
    if let Some(resource) = value.get("resource").and_then(Value::as_str) {
        return resource_words(resource);
    }
    if let Some([first, rest @ ..]) = value.get("join").and_then(Value::as_array).map(Vec::as_slice)
        && let Some(resource) = first.get("resource").and_then(Value::as_str)
    {
        let rest: String = rest.iter().map(|part| short(part, usize::MAX)).collect();
        return format!("{}{rest}", resource_words(resource));
    }
    let parts = value.get("join").and_then(Value::as_array);
    let words = |part: &Value| match part.get("resource").and_then(Value::as_str) {
        Some(resource) => resource_words(resource),
        None => short(part, usize::MAX),
    };
    let text = parts.map_or_else(|| short(value, usize::MAX), |parts| parts.iter().map(words).collect());
    bare_arn(&text)
}

/// The service's part of an ARN: the sixth field, or all of another text.
fn bare_arn(text: &str) -> String {
    let mut fields = text.splitn(6, ':');
    match (fields.next(), fields.nth(4)) {
        (Some("arn"), Some(rest)) if !rest.is_empty() => {
            // An Auto Scaling group's ARN holds an id before its name.
            rest.rsplit_once("autoScalingGroupName/").map_or(rest, |(_, name)| name).to_owned()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_statement_keeps_its_meaning_in_words() {
        let said = |statement: Value| phrase(statement.as_object().unwrap());
        let deny = json!({
            "Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*",
            "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": "b"}, "Null": {"aws:MultiFactorAuthAge": "true"}}
        });
        let words = "never iam:CreateRole on anything (if aws:MultiFactorAuthAge is absent, unless iam:PermissionsBoundary is b)";
        assert_eq!(said(deny), words);
        let but = json!({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::kept"});
        assert_eq!(said(but), "everything but iam:* on anything but kept");
        let through = json!({
            "Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
            "Resource": {"resource": "environment.queue.jobs", "attribute": "Arn"},
            "Condition": {"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}
        });
        assert_eq!(said(through), "sqs read/write/delete on queue jobs (through sqs)");
    }
}
