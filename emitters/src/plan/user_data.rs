//! The cloud-init of a VM: it writes what the runner must know and starts it. The machine image has the boot service.

use std::sync::LazyLock;

use minijinja::{Environment, Error, UndefinedBehavior, context};
use serde_json::{Value, json};
use skiff_compiler::ir::{Expr, compute::UserData};

/// What a VM reads at its first boot.
const TEMPLATE: &str = include_str!("user_data.yaml.jinja");

const NAME: &str = "user_data";

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Should the template not parse, asking for it says so.
    let _ = environment.add_template(NAME, TEMPLATE);
    environment
});

/// Cloud-init, line by line so that a difference shows the line; it travels as base64.
pub(super) fn print(data: &UserData) -> Result<Value, Error> {
    Ok(json!({ "base64": { "join": parts(data)? } }))
}

/// The text of cloud-init: its lines, and inputs where a line holds one.
///
/// # Errors
/// A template that cannot be rendered.
pub(crate) fn parts(data: &UserData) -> Result<Vec<Expr>, Error> {
    let later = [&data.runner, &data.trust_root];
    let member = json!({
        "schema": "skiff.dev/member/v1",
        "app": data.app,
        "environment": data.environment,
        "service": data.service,
        "slot": data.slot,
        "region": data.region,
        "architecture": data.architecture,
        "state_root": data.state_root,
        "runner": known(&data.runner),
        "trust_root": known(&data.trust_root),
        "health_port": data.health_port,
        "log_group": data.log_group,
        "workload_role": data.workload_role,
    });
    let member = format!("{member:#}").replace('\n', "\n      ");
    // A file ends with a newline.
    let text = ENVIRONMENT.get_template(NAME)?.render(context! { member => member })? + "\n";
    Ok(text.split_inclusive('\n').flat_map(|line| with_inputs(line, &later)).collect())
}

/// The text, or a mark in its place.
fn known(expr: &Expr) -> String {
    match expr {
        Expr::Input(name) => mark(name),
        other => other.known().unwrap_or_default().to_owned(),
    }
}

fn mark(input: &str) -> String {
    format!("<<{input}>>")
}

/// A line with inputs in the place of their marks.
fn with_inputs(line: &str, later: &[&Expr]) -> Vec<Expr> {
    let mut parts = vec![Expr::text(line)];
    for expr in later {
        let Expr::Input(name) = expr else { continue };
        parts = parts.into_iter().flat_map(|part| put(part, &mark(name), expr)).collect();
    }
    parts
}

fn put(part: Expr, mark: &str, input: &Expr) -> Vec<Expr> {
    match part.known().and_then(|text| text.split_once(mark)) {
        Some((before, after)) => vec![Expr::text(before), input.clone(), Expr::text(after)],
        None => vec![part],
    }
}
