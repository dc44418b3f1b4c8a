//! One thing that the spec promises, and how it is asserted.

use skiff_compiler::ir::{Expr, Resource};

use super::{Body, TerraformError, Value};
use crate::terraform::{print, scope::Scope};

/// What stands for the block in the left side of a check.
const SUBJECT: char = '@';

/// A promise: words for people, and the checks that must all hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Promise {
    words: String,
    /// The type of a block of the same name that the checks are about, instead of the resource's own.
    of: Option<&'static str>,
    checks: Vec<Check>,
}

/// `left == right`
#[derive(Debug, Clone, PartialEq)]
struct Check {
    /// In Terraform's own words, with [`SUBJECT`] for the block.
    left: String,
    right: Value,
}

impl Promise {
    /// A promise without checks.
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), of: None, checks: Vec::new() }
    }

    /// With a check: an expression in which `@` stands for the block, and the value that it must have.
    pub(super) fn is(&mut self, left: impl Into<String>, right: impl Into<Value>) -> &mut Self {
        self.checks.push(Check { left: left.into(), right: right.into() });
        self
    }

    /// The same, when there is a value to compare with.
    pub(super) fn is_some(&mut self, left: impl Into<String>, right: Option<impl Into<Value>>) -> &mut Self {
        match right {
            Some(right) => self.is(left, right),
            None => self,
        }
    }

    /// Whether there is nothing to compare: an option that the spec leaves open.
    pub(super) fn is_open(&self) -> bool {
        self.checks.is_empty()
    }

    /// About the block of this type that has the same name.
    pub(super) fn of(&mut self, kind: &'static str) -> &mut Self {
        self.of = Some(kind);
        self
    }

    /// Says `key` where a check names this member, so that members can be compared.
    pub(super) fn by_key(&mut self, key: &str) {
        let (named, member) = (format!("[\"{key}\"]"), Value::text(key));
        for check in &mut self.checks {
            check.left = check.left.replace(&named, "[key]");
            check.right = match print::inline(&check.right) {
                _ if check.right == member => Value::path(&["key"]),
                Ok(text) if text.contains(&named) => Value::Code(text.replace(&named, "[key]")),
                _ => continue,
            };
        }
    }
}

/// Collects the promises of one resource.
pub(super) struct Promises<'scope, 'ir> {
    /// Whose promises they are.
    pub(super) resource: &'scope Resource,
    scope: &'scope mut Scope<'ir>,
    /// What was promised.
    pub(super) made: Vec<Promise>,
}

impl<'scope, 'ir> Promises<'scope, 'ir> {
    /// No promises yet.
    pub(super) fn new(resource: &'scope Resource, scope: &'scope mut Scope<'ir>) -> Self {
        Self { resource, scope, made: Vec::new() }
    }

    /// A promise in words, behind the place in the spec that makes it.
    pub(super) fn promise(&mut self, words: impl AsRef<str>) -> &mut Promise {
        self.made.push(Promise::new(format!("{}: {}.", self.resource.origin.path, words.as_ref())));
        let last = self.made.len() - 1;
        &mut self.made[last]
    }

    /// Remembers what could not be said.
    pub(super) fn fail(&mut self, cause: &str) {
        self.scope.fail(&self.resource.id, cause);
    }

    /// An expression of the IR as this root module says it.
    pub(super) fn value(&mut self, expr: &Expr) -> Value {
        self.scope.value(expr)
    }

    /// The same for what may be absent.
    pub(super) fn some(&mut self, expr: Option<&Expr>) -> Option<Value> {
        self.scope.some(expr)
    }

    /// Several expressions as a set.
    pub(super) fn set(&mut self, exprs: &[Expr]) -> Value {
        Value::Call("toset", vec![self.scope.list(exprs)])
    }
}

/// Texts as a set.
pub(super) fn set_of<Text: AsRef<str>>(texts: impl IntoIterator<Item = Text>) -> Value {
    Value::Call("toset", vec![Value::texts(texts)])
}

/// An expression, or `null` where there must be none.
pub(super) fn or_null(value: Option<Value>) -> Value {
    value.unwrap_or_else(|| Value::Code("null".to_owned()))
}

/// The `assert` block of a promise about a block, or about these members of it.
///
/// # Errors
/// A value that cannot be printed: a defect of Skiff.
pub(super) fn assertion(promise: &Promise, block: &str, keys: &[&str]) -> Result<Body, TerraformError> {
    let subject = match (promise.of, block.split_once('.')) {
        (Some(kind), Some((_, name))) => format!("{kind}.{name}"),
        _ => block.to_owned(),
    };
    let subject = if keys.is_empty() { subject } else { format!("{subject}[key]") };
    let checks = promise.checks.iter().map(|check| text(check, &subject)).collect::<Result<Vec<_>, _>>();
    let checks = checks.map_err(|cause| TerraformError { resource: block.to_owned(), cause })?;
    Ok(Body::new().set("condition", Value::Code(condition(&checks, keys))).set("error_message", &promise.words))
}

fn text(check: &Check, subject: &str) -> Result<String, String> {
    let left = check.left.replace(SUBJECT, subject);
    Ok(format!("{left} == {}", print::inline(&check.right)?))
}

/// One check on one line, several below each other; said for each key when there are some.
///
/// The indentation is that of an argument in an `assert` block of a `run` block.
fn condition(checks: &[String], keys: &[&str]) -> String {
    let all = match checks {
        [one] => one.clone(),
        several => {
            format!("alltrue([\n{}    ])", several.iter().map(|line| format!("      {line},\n")).collect::<String>())
        }
    };
    if keys.is_empty() {
        return all;
    }
    let keys: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
    format!("alltrue([for key in [{}] : {all}])", keys.join(", "))
}
