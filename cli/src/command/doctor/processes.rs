//! Processes of the local provider: whether they are there, and whether they are this Skiff.

use std::{fs, net::TcpListener, os::unix::fs::MetadataExt as _};

use skiff_runtime::{
    doctor::codes::{OTHER_VERSION, PORT_TAKEN},
    local::{LocalStatus, process::listener_on, status, up::DEFAULT_PORT},
};

use super::check::Check;
use crate::{failure::Failure, operating::Operating, words};

/// Looks at supervisor, load balancer, runners and the port.
pub(super) async fn check(operating: &Operating, place: &[String]) -> Check {
    Check::made("processes", look(operating, place).await)
}

async fn look(operating: &Operating, place: &[String]) -> Result<Check, Failure> {
    let status = status(&operating.cloud()?).await?;
    if !status.up {
        return Ok(free_port(&status, operating.compiled.ir.local.port));
    }
    let members = words::count(status.members.len(), "member");
    let port = status.port.map_or_else(|| "no port".into(), |port| format!("port {port}"));
    let check = Check::new("processes", format!("the local provider is up on {port}, with {members}"));
    let others = others(&status);
    if others.is_empty() {
        return Ok(check);
    }
    let message = format!("{} run another executable than this one", words::list(&others));
    Ok(check
        .finding(&OTHER_VERSION, message, "bring them down and up again; members come back with their releases")
        .remedy("down", &["local", "down"], place, "ends what the local provider started")
        .remedy("up", &["local", "up"], place, "starts it anew, as this version"))
}

/// When it is not up: whether its port is free for when it will be.
fn free_port(status: &LocalStatus, of_spec: Option<u16>) -> Check {
    let port = status.port.or(of_spec).unwrap_or(DEFAULT_PORT);
    let check = Check::new("processes", "the local provider is not up");
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => check,
        Err(error) => {
            let who = listener_on(port).map_or_else(String::new, |who| format!(" by {who}"));
            let message = format!("port {port} cannot be opened: {error}{who}");
            check.finding(&PORT_TAKEN, message, "end that program, or `skiff local up --port 0` for any free port")
        }
    }
}

/// The processes whose executable is another file than this one's; also when that file has been replaced since.
fn others(status: &LocalStatus) -> Vec<String> {
    let supervisor = status.supervisor.iter().map(|record| ("the supervisor".to_owned(), record.process));
    let balancer = status.balancer.iter().map(|record| ("the load balancer".to_owned(), record.process));
    let runners =
        status.members.iter().filter_map(|member| Some((format!("`{}`", member.view.instance), member.process?)));
    let own = identity("self");
    let differs = |pid: i32| matches!((&own, identity(&pid.to_string())), (Some(own), Some(other)) if *own != other);
    supervisor
        .chain(balancer)
        .chain(runners)
        .filter(|(_, process)| differs(process.pid))
        .map(|(name, _)| name)
        .collect()
}

/// Device and inode of a process's executable (proc(5)); `None` where the system does not say.
fn identity(process: &str) -> Option<(u64, u64)> {
    let metadata = fs::metadata(format!("/proc/{process}/exe")).ok()?;
    Some((metadata.dev(), metadata.ino()))
}
