//! One look at a workload: http, tcp, grpc or exec. [`look`] says in words what it did not see.

pub(crate) mod grpc;
pub(crate) mod http;
mod tls;

use std::{net::Ipv4Addr, time::Duration};

use skiff_wire::HealthCheck;
use tokio::{net::TcpStream, time::timeout};

use crate::{
    configuration::Configuration,
    log::Logs,
    workload::{
        plan::Prepared,
        process::{Running, ending},
    },
};

/// Looks once; the error says what was seen instead.
pub(crate) async fn look(
    check: &HealthCheck,
    prepared: &Prepared,
    configuration: &Configuration,
    workload: &str,
    logs: &Logs,
) -> Result<(), String> {
    let within = Duration::from_secs(u64::from(check.timeout_seconds.max(1)));
    let port = check.port.map(|port| configuration.port(port));
    match (check.kind.as_str(), port) {
        ("http", Some(port)) => {
            let target = http::Target {
                port,
                path: check.path.clone().unwrap_or_else(|| "/".into()),
                tls: check.scheme.as_deref() == Some("https"),
                headers: check.headers.clone(),
            };
            http::get(&target, within).await
        }
        ("tcp", Some(port)) => connect(port, within).await.map(drop),
        ("grpc", Some(port)) => grpc::check(port, check.path.as_deref().unwrap_or_default(), within).await,
        ("exec", _) => exec(check, prepared, workload, logs, within).await,
        (kind, None) => Err(format!("a probe of kind `{kind}` names no port")),
        (kind, Some(_)) => Err(format!("`{kind}` is no kind of probe")),
    }
}

/// Connects to a port of this member.
pub(crate) async fn connect(port: u16, within: Duration) -> Result<TcpStream, String> {
    match timeout(within, TcpStream::connect((Ipv4Addr::LOCALHOST, port))).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(format!("nothing answers on port {port}: {error}")),
        Err(_) => Err(format!("no connection to port {port} within {} s", within.as_secs())),
    }
}

async fn exec(
    check: &HealthCheck,
    prepared: &Prepared,
    workload: &str,
    logs: &Logs,
    within: Duration,
) -> Result<(), String> {
    let mut process = Running::start(prepared.inside(&check.command), workload, logs)
        .map_err(|error| format!("its command cannot be started: {error}"))?;
    match timeout(within, process.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("its command {}", ending(status))),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("its command took longer than {} s", within.as_secs())),
    }
}
