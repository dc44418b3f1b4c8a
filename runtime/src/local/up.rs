//! `up`: starts the supervisor when none runs, applies the shape of a plan, and pins the root of trust.

use std::{collections::BTreeMap, fs, net::SocketAddr};

use serde::Serialize;
use skiff_wire::Plan;

use crate::{
    error::{Error, ErrorKind},
    local::{
        LocalCloud, applying,
        call::{Call, Greeting, Owner},
        client, codes,
        desired::{LegacyFacts, ServiceFacts, Up},
        file, pin,
    },
    provider::NotHonoured,
    state::{Ledger, layout::Scope},
};

/// The port of the load balancer unless another is asked for.
pub const DEFAULT_PORT: u16 = 8080;

/// How `up` is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpOptions {
    /// The port of the load balancer, 0 for any free one; absent for the one it has, or [`UpOptions::default_port`].
    pub port: Option<u16>,
    /// The port of a load balancer that has none yet, when none is asked for; absent for [`DEFAULT_PORT`].
    pub default_port: Option<u16>,
    /// The trust root that members start from, `sha256:` and 64 hexadecimal digits; absent for the one that the plan names,
    /// that is pinned, or that is the newest of the ledger.
    pub trust_root: Option<String>,
    /// Where what a service takes over from is reached, `host:port` by service: `local.services.NAME.legacy` of the spec. A
    /// name is resolved once, now.
    pub legacy: BTreeMap<String, String>,
}

/// What `up` did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpReport {
    /// Whether a supervisor was started; otherwise one was there.
    pub started: bool,
    /// The port that the load balancer listens on.
    pub port: u16,
    /// Keys of the resources that were made or changed, sorted.
    pub applied: Vec<String>,
    /// Keys of the resources that were removed, sorted.
    pub removed: Vec<String>,
    /// The root of trust that members start from, absent while there is none in the ledger.
    pub trust_root: Option<String>,
    /// What of the plan this machine cannot do.
    pub not_honoured: Vec<NotHonoured>,
}

/// Brings the provider up and applies the shape of a plan; a second time it changes nothing.
///
/// # Errors
/// A port that is taken, a folder that cannot be written, a supervisor that does not start, or a slot with members that
/// the plan has no more.
pub async fn up(cloud: &LocalCloud, ledger: &Ledger, plan: &Plan, options: &UpOptions) -> Result<UpReport, Error> {
    let services = services(plan, &options.legacy).await?;
    let known = services.iter().filter(|(_, facts)| facts.legacy.is_some()).map(|(name, _)| name.clone()).collect();
    let (started, greeting) = start(cloud, options).await?;
    let scope = Scope::new(&plan.app, &plan.environment);
    cloud.change(&Call::Services { owner: Owner::from(&scope), services }).await?;
    let applied = applying::apply(cloud, ledger, plan).await?;
    let named = options.trust_root.clone().or_else(|| pin::named(plan));
    let trust_root = pin::write(cloud.place(), ledger, named.as_deref()).await?;
    Ok(UpReport {
        started,
        port: greeting.port,
        applied: applied.changed,
        removed: applied.removed,
        trust_root,
        not_honoured: client::not_honoured(plan, &known),
    })
}

/// What the supervisor must know of each service.
async fn services(plan: &Plan, legacy: &BTreeMap<String, String>) -> Result<BTreeMap<String, ServiceFacts>, Error> {
    let mut services = BTreeMap::new();
    for (name, motion) in &plan.services {
        let mut facts = ServiceFacts::of(motion);
        if let (Some(address), Some(target_group)) = (legacy.get(name), &motion.legacy_target_group) {
            let address = resolve(name, address).await?;
            facts.legacy = Some(LegacyFacts { target_group: target_group.clone(), address });
        }
        services.insert(name.clone(), facts);
    }
    Ok(services)
}

/// The first address of a host and port, as the system resolves it.
async fn resolve(service: &str, address: &str) -> Result<SocketAddr, Error> {
    let found = tokio::net::lookup_host(address).await.map(|mut found| found.next());
    let why = match found {
        Ok(Some(found)) => return Ok(found),
        Ok(None) => "it has no address".to_owned(),
        Err(error) => error.to_string(),
    };
    let message = format!("`{address}`, which `{service}` takes over from, could not be resolved: {why}");
    let hint = format!("correct `local.services.{service}.legacy` in the spec, then run `skiff local up` again");
    Err(Error::new(&codes::NO_LEGACY, ErrorKind::NotFound, message).hint(hint))
}

/// A supervisor on the port that is asked for; whether it had to be started.
async fn start(cloud: &LocalCloud, options: &UpOptions) -> Result<(bool, Greeting), Error> {
    let place = cloud.place();
    fs::create_dir_all(place.cloud()).map_err(|error| crate::local::place::cannot_write(&place.cloud(), &error))?;
    place.prepare_sockets()?;
    if let Some(greeting) = cloud.hello().await? {
        same_port(&greeting, options.port)?;
        return Ok((false, greeting));
    }
    let before: Option<Up> = file::read(&place.up())?;
    let requested = options.port.or(before.map(|up| up.requested)).or(options.default_port).unwrap_or(DEFAULT_PORT);
    let same = before.filter(|up| up.requested == requested);
    let (port, test_port) = (same.and_then(|up| up.port), same.and_then(|up| up.test_port));
    cloud.write_up(Up { requested, port, test_port })?;
    match cloud.ensure().await {
        Ok(greeting) => Ok((true, greeting)),
        Err(error) => {
            // What did not come up is not meant to be up: no later command shall try to revive it.
            if before.is_none() {
                file::remove(&place.up())?;
            }
            Err(error)
        }
    }
}

fn same_port(greeting: &Greeting, wanted: Option<u16>) -> Result<(), Error> {
    match wanted {
        Some(port) if port != 0 && port != greeting.port => {
            let message = format!("the local provider is up on port {}, not {port}", greeting.port);
            Err(Error::new(&codes::OTHER_PORT, ErrorKind::Conflict, message)
                .hint(format!("run `skiff local down`, then `skiff local up --port {port}`")))
        }
        _ => Ok(()),
    }
}
