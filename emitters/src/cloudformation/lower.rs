//! A plan's property values in CloudFormation's own terms.

use serde_json::{Map, Value, json};
use skiff_wire::Plan;

use super::{
    names::Names,
    reference::{self, Printed},
};

/// What lowering needs to know beside the value.
pub(super) struct Lowering<'p> {
    pub(super) plan: &'p Plan,
    pub(super) names: &'p Names,
    /// How many more properties may stand for their references; a plan in which two stand for each other has an end.
    pub(super) hops: u8,
}

impl Lowering<'_> {
    /// The value with every reference, pseudo-reference, input and concatenation as an intrinsic function.
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::Object(object) => self.special(object).unwrap_or_else(|| {
                Value::Object(object.iter().map(|(key, inner)| (key.clone(), self.value(inner))).collect())
            }),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.value(item)).collect()),
            other => other.clone(),
        }
    }

    fn special(&self, object: &Map<String, Value>) -> Option<Value> {
        if let Some(Value::Array(parts)) = only(object, "join") {
            return Some(self.join(parts));
        }
        if let Some(text) = only(object, "base64") {
            return Some(json!({ "Fn::Base64": self.value(text) }));
        }
        if let Some(pseudo) = only(object, "pseudo").and_then(Value::as_str) {
            return Some(json!({ "Ref": reference::pseudo(pseudo)? }));
        }
        if let Some(input) = only(object, "input").and_then(Value::as_str) {
            return Some(json!({ "Ref": self.names.input(input) }));
        }
        let (target, attribute) = target(object)?;
        Some(match reference::printed(target, attribute, self.plan) {
            Printed::Ref => json!({ "Ref": self.names.resource(target) }),
            Printed::Attribute(attribute) => json!({ "Fn::GetAtt": [self.names.resource(target), attribute] }),
            Printed::Property(property) if self.hops > 0 => Lowering { hops: self.hops - 1, ..*self }.value(&property),
            Printed::Property(_) => json!({ "Fn::GetAtt": [self.names.resource(target), attribute] }),
        })
    }

    /// `Fn::Sub`, since that reads as the text it makes; plain text when nothing is substituted.
    fn join(&self, parts: &[Value]) -> Value {
        let mut sub = Substitution::default();
        for part in parts {
            self.append(part, &mut sub);
        }
        match (sub.substitutes, sub.variables.is_empty()) {
            (false, _) => Value::String(sub.literal),
            (true, true) => json!({ "Fn::Sub": sub.text }),
            (true, false) => json!({ "Fn::Sub": [sub.text, sub.variables] }),
        }
    }

    fn append(&self, part: &Value, sub: &mut Substitution) {
        let lowered = match part {
            Value::Object(object) => match only(object, "join") {
                Some(Value::Array(parts)) => return parts.iter().for_each(|inner| self.append(inner, sub)),
                _ => self.value(part),
            },
            other => other.clone(),
        };
        match &lowered {
            Value::String(text) => sub.push_literal(text),
            Value::Number(_) | Value::Bool(_) => sub.push_literal(&lowered.to_string()),
            other => match placeholder(other) {
                Some(name) => sub.push_name(&name),
                None => sub.push_value(lowered),
            },
        }
    }
}

/// The text of an `Fn::Sub` while it grows.
#[derive(Default)]
struct Substitution {
    text: String,
    /// The same text while it substitutes nothing, and so without escapes.
    literal: String,
    substitutes: bool,
    variables: Map<String, Value>,
}

impl Substitution {
    /// `${!` is how CloudFormation writes a literal `${`.
    fn push_literal(&mut self, literal: &str) {
        self.literal.push_str(literal);
        self.text.push_str(&literal.replace("${", "${!"));
    }

    fn push_name(&mut self, name: &str) {
        self.substitutes = true;
        self.text.push_str("${");
        self.text.push_str(name);
        self.text.push('}');
    }

    fn push_value(&mut self, value: Value) {
        let name = format!("Part{}", self.variables.len() + 1);
        self.push_name(&name);
        self.variables.insert(name, value);
    }
}

/// How `Fn::Sub` names a `Ref` or an `Fn::GetAtt`.
fn placeholder(lowered: &Value) -> Option<String> {
    let object = lowered.as_object()?;
    if let Some(name) = only(object, "Ref") {
        return name.as_str().map(str::to_owned);
    }
    match only(object, "Fn::GetAtt")?.as_array()?.as_slice() {
        [Value::String(resource), Value::String(attribute)] => Some(format!("{resource}.{attribute}")),
        _ => None,
    }
}

/// The value of `key` when it is the object's only one.
fn only<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    object.get(key).filter(|_| object.len() == 1)
}

fn target(object: &Map<String, Value>) -> Option<(&str, &str)> {
    let pair = (object.get("resource")?.as_str()?, object.get("attribute")?.as_str()?);
    (object.len() == 2).then_some(pair)
}
