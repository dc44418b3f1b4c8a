//! The plan's expressions as the values that Terraform made.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value};
use skiff_wire::Plan;

use super::{applied::Cloud, form, locate, reference, table};

/// What expressions refer to.
#[derive(Debug)]
pub(super) struct World<'plan> {
    pub(super) plan: &'plan Plan,
    pub(super) cloud: &'plan Cloud,
    pub(super) inputs: &'plan BTreeMap<String, Value>,
    /// The attributes that were asked for, as type and attribute.
    pub(super) asked: RefCell<BTreeSet<(String, String)>>,
}

impl World<'_> {
    /// A value of the plan without expressions.
    ///
    /// # Errors
    /// A sentence when an expression leads nowhere.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::Array(items) => items.iter().map(|item| self.resolve(item)).collect(),
            Value::Object(fields) => match expression(fields) {
                Some(expression) => self.evaluate(&expression),
                None => self.resolve_fields(fields),
            },
            plain => Ok(plain.clone()),
        }
    }

    fn resolve_fields(&self, fields: &Map<String, Value>) -> Result<Value, String> {
        let field = |(name, value): (&String, &Value)| Ok((name.clone(), self.resolve(value)?));
        fields.iter().map(field).collect::<Result<Map<_, _>, String>>().map(Value::Object)
    }

    fn evaluate(&self, expression: &Expression<'_>) -> Result<Value, String> {
        match *expression {
            Expression::Reference(id, attribute) => self.attribute(id, attribute),
            Expression::Pseudo(name) => self.pseudo(name).map(Value::from),
            Expression::Input(name) => {
                self.inputs.get(name).cloned().ok_or_else(|| format!("the input `{name}` has no value"))
            }
            Expression::Join(parts) => self.joined(parts).map(Value::from),
            Expression::Base64(inner) => {
                let text = self.resolve(inner)?;
                text.as_str().map(|text| form::encoded(text).into()).ok_or_else(|| format!("no text: {text}"))
            }
        }
    }

    fn joined(&self, parts: &[Value]) -> Result<String, String> {
        let part = |part: &Value| match self.resolve(part)? {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            other => Err(format!("no text to join: {other}")),
        };
        parts.iter().map(part).collect()
    }

    fn pseudo(&self, name: &str) -> Result<String, String> {
        match name {
            "account" => Ok(self.plan.account.clone()),
            "region" => Ok(self.plan.region.clone()),
            "partition" => Ok(partition(&self.plan.region).to_owned()),
            other => Err(format!("`{other}` is no pseudo-reference")),
        }
    }

    fn attribute(&self, id: &str, attribute: &str) -> Result<Value, String> {
        let resource = self.plan.shape.get(id).ok_or_else(|| format!("the plan has no `{id}`"))?;
        let plan_type = &resource.resource_type;
        let row = reference::attribute_of(plan_type, attribute)
            .ok_or_else(|| format!("the table has no attribute `{attribute}` of {plan_type}"))?;
        self.asked.borrow_mut().insert((plan_type.clone(), attribute.to_owned()));
        let value = self.made(id, row.terraform)?;
        match (row.suffix, &value) {
            ("", _) => Ok(value),
            (suffix, Value::String(text)) => Ok(format!("{text}{suffix}").into()),
            _ => Err(format!("`{id}` has `{}` = {value}, and text is wanted", row.terraform)),
        }
    }

    /// What Terraform made of an argument or attribute of a resource.
    ///
    /// # Errors
    /// A sentence when it made none, or several.
    pub(super) fn made(&self, id: &str, path: &str) -> Result<Value, String> {
        let resource = self.plan.shape.get(id).ok_or_else(|| format!("the plan has no `{id}`"))?;
        let mapping = table::mapping(&resource.resource_type)
            .ok_or_else(|| format!("the table has no {}", resource.resource_type))?;
        let kind = mapping.blocks.first().map(|block| block.terraform).unwrap_or_default();
        let [instance] = self.cloud.instances(id, kind)[..] else {
            return Err(format!("`{id}` is not one `{kind}` in Terraform"));
        };
        let found = locate::argument(instance.values, path).map(|found| found.value.clone());
        found.ok_or_else(|| format!("`{}: {}` has no `{path}`", instance.module, instance.address))
    }
}

/// A value that is known later.
enum Expression<'value> {
    Reference(&'value str, &'value str),
    Pseudo(&'value str),
    Input(&'value str),
    Join(&'value [Value]),
    Base64(&'value Value),
}

/// The expression that an object is, by its fields.
fn expression(fields: &Map<String, Value>) -> Option<Expression<'_>> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    if fields.len() == 2 {
        return Some(Expression::Reference(text("resource")?, text("attribute")?));
    }
    let (name, value) = fields.iter().next().filter(|_| fields.len() == 1)?;
    match (name.as_str(), value) {
        ("pseudo", Value::String(name)) => Some(Expression::Pseudo(name)),
        ("input", Value::String(name)) => Some(Expression::Input(name)),
        ("join", Value::Array(parts)) => Some(Expression::Join(parts)),
        ("base64", inner) => Some(Expression::Base64(inner)),
        _ => None,
    }
}

/// Whether a value of the plan is known only later.
pub(super) fn is_expression(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| expression(fields).is_some())
}

/// The id that a reference names.
pub(super) fn referred(value: &Value) -> Option<&str> {
    match expression(value.as_object()?)? {
        Expression::Reference(id, _) => Some(id),
        _ => None,
    }
}

/// The part of AWS that a region is in.
fn partition(region: &str) -> &'static str {
    match region.split('-').collect::<Vec<_>>()[..] {
        ["cn", ..] => "aws-cn",
        ["us", "gov", ..] => "aws-us-gov",
        _ => "aws",
    }
}
