//! The ports that a member shares with all others of its machine.

use std::net::Ipv4Addr;

use skiff_runtime::{Error, ErrorKind};
use tokio::net::TcpListener;

use crate::{
    codes,
    configuration::Configuration,
    context::{Context, all},
    workload::board::Stage,
};

/// Looks whether a member can have its ports; another supervisor may have given the same ones away.
pub(super) async fn are_free(configuration: &Configuration) -> Result<(), Error> {
    let ports = configuration.document.local.iter().flat_map(|local| local.ports.values());
    for port in ports {
        is_free(*port).await?;
    }
    Ok(())
}

/// Comes back when a workload has ended and somebody else has its port: starting it again would not help.
pub(super) async fn lost(context: &Context) -> Error {
    if !context.configuration.is_local() {
        return std::future::pending().await;
    }
    let mut changes = context.board.changes();
    loop {
        changes.mark_unchanged();
        for (name, standing) in context.board.all() {
            if standing.stage == Stage::Pausing
                && let Err(error) = are_free_of(context, &name).await
            {
                return error;
            }
        }
        if changes.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

async fn are_free_of(context: &Context, workload: &str) -> Result<(), Error> {
    let workload = all(context.manifest()).find(|one| one.name == workload);
    for declared in workload.iter().flat_map(|workload| workload.ports.values()) {
        is_free(context.configuration.port(*declared)).await?;
    }
    Ok(())
}

async fn is_free(port: u16) -> Result<(), Error> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    bound.map(drop).map_err(|error| {
        let message = format!("the workload could not listen on port {port}: {error}");
        Error::new(&codes::PORT_TAKEN, ErrorKind::Conflict, message)
            .hint("nothing: a member with other ports is launched")
    })
}
