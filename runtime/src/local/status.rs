//! `status`: which processes there are, and what they do.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    error::Error,
    local::{
        LocalCloud,
        desired::{ProcessRecord, Stage, Up},
        file, pin,
        process::ProcessId,
    },
    provider::{MemberView, Motion},
};

/// What runs on this machine for one state folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LocalStatus {
    /// Whether the supervisor answers.
    pub up: bool,
    /// Whether it is meant to: it was brought up, and not down.
    pub wanted: bool,
    /// The port that the load balancer listens on, absent while it is not known.
    pub port: Option<u16>,
    /// The port of its test listener, absent while it is not known.
    pub test_port: Option<u16>,
    /// The supervisor, absent when it does not live.
    pub supervisor: Option<ProcessRecord>,
    /// The load balancer, absent when it does not live.
    pub balancer: Option<ProcessRecord>,
    /// The members, sorted by instance.
    pub members: Vec<LocalMemberStatus>,
    /// The root of trust that members start from.
    pub trust_root: Option<String>,
}

/// One member, with what only this machine knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LocalMemberStatus {
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// Service.
    pub service: String,
    /// As any provider would describe it.
    #[serde(flatten)]
    pub view: MemberView,
    /// Its runner, absent when it does not live.
    pub process: Option<ProcessId>,
    /// Its ports: the declared one and the one in its place.
    pub ports: std::collections::BTreeMap<u16, u16>,
    /// Where its runner answers for its health.
    pub health_port: u16,
    /// Since when it is there.
    pub since: Timestamp,
}

/// Reads what there is; nothing is started.
///
/// # Errors
/// A file of the provider that cannot be read.
pub async fn status(cloud: &LocalCloud) -> Result<LocalStatus, Error> {
    let place = cloud.place();
    let greeting = cloud.hello().await?;
    let up: Option<Up> = file::read(&place.up())?;
    let alive = |record: &ProcessRecord| record.process.is_alive();
    Ok(LocalStatus {
        up: greeting.is_some(),
        wanted: up.is_some(),
        port: greeting.map(|greeting| greeting.port).or(up.and_then(|up| up.port)),
        test_port: up.and_then(|up| up.test_port),
        supervisor: file::read(&place.supervisor())?.filter(alive),
        balancer: file::read(&place.balancer())?.filter(alive),
        members: members(cloud).await?,
        trust_root: pin::read(place)?,
    })
}

async fn members(cloud: &LocalCloud) -> Result<Vec<LocalMemberStatus>, Error> {
    let mut members = Vec::new();
    for record in cloud.place().read_members()? {
        let views = cloud.members(&record.address()).await?;
        let Some(view) = views.into_iter().find(|view| view.instance == record.instance) else { continue };
        members.push(LocalMemberStatus {
            view,
            process: record.process.filter(|process| process.is_alive() && record.stage != Stage::Ended),
            app: record.app,
            environment: record.environment,
            service: record.service,
            ports: record.ports,
            health_port: record.health_port,
            since: record.launched_at,
        });
    }
    Ok(members)
}
