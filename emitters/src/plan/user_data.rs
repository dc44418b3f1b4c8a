//! The cloud-init of a VM: it writes what the runner must know and starts it. The machine image has the boot service.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{Environment, Error, UndefinedBehavior, context};
use serde_json::json;
use skiff_compiler::ir::compute::UserData;

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

/// Cloud-init as base64, the form a launch template takes.
pub(super) fn print(data: &UserData) -> Result<String, Error> {
    let member = json!({
        "schema": "skiff.dev/member/v1",
        "app": data.app,
        "environment": data.environment,
        "service": data.service,
        "slot": data.slot,
        "region": data.region,
        "architecture": data.architecture,
        "state_root": data.state_root,
        "runner": data.runner,
        "trust_root": data.trust_root,
        "health_port": data.health_port,
        "log_group": data.log_group,
        "workload_role": data.workload_role,
    });
    let text = ENVIRONMENT.get_template(NAME)?.render(context! { member => member.to_string() })?;
    Ok(STANDARD.encode(text))
}
