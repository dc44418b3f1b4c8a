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
    let text = ENVIRONMENT.get_template(NAME)?.render(context! { member => member })?;
    let parts: Vec<Value> = text.split_inclusive('\n').flat_map(|line| with_inputs(line, &later)).collect();
    Ok(json!({ "base64": { "join": parts } }))
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
fn with_inputs(line: &str, later: &[&Expr]) -> Vec<Value> {
    let mut parts = vec![json!(line)];
    for expr in later {
        let Expr::Input(name) = expr else { continue };
        let input = json!({ "input": name });
        parts = parts.into_iter().flat_map(|part| put(part, &mark(name), &input)).collect();
    }
    parts
}

fn put(part: Value, mark: &str, input: &Value) -> Vec<Value> {
    match part.as_str().and_then(|text| text.split_once(mark)) {
        Some((before, after)) => vec![json!(before), input.clone(), json!(after)],
        None => vec![part],
    }
}
