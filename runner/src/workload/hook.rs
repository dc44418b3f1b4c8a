//! Hooks: a command in the workload, or a request to it.

use std::time::Duration;

use skiff_wire::Hook;

use super::{plan::Prepared, process::ending};
use crate::{
    configuration::Configuration,
    log::Logs,
    probe::http::{Target, get},
    workload::process::Running,
};

/// Runs a hook; the error says what it gave.
pub(crate) async fn run(
    hook: &Hook,
    prepared: &Prepared,
    configuration: &Configuration,
    workload: &str,
    logs: &Logs,
    within: Duration,
) -> Result<(), String> {
    match hook.kind.as_str() {
        "exec" => {
            let mut process = Running::start(prepared.inside(&hook.command), workload, logs)
                .map_err(|error| format!("its command cannot be started: {error}"))?;
            match tokio::time::timeout(within, process.wait()).await {
                Ok(Ok(status)) if status.success() => Ok(()),
                Ok(Ok(status)) => Err(format!("its command {}", ending(status))),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err(format!("its command took longer than {} s", within.as_secs())),
            }
        }
        "http" => {
            let Some(port) = hook.port else { return Err("it names no port".into()) };
            let target = Target {
                port: configuration.port(port),
                path: hook.path.clone().unwrap_or_else(|| "/".into()),
                tls: false,
                headers: Default::default(),
            };
            get(&target, within).await
        }
        other => Err(format!("`{other}` is no kind of hook")),
    }
}
