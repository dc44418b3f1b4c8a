//! What the launcher is told of a workload's protections, decided before anything starts.
//!
//! A protection that cannot be given refuses the workload. What eases it (a user that only its own VM has, capabilities on
//! a machine that is shared) is said and left out on a member of this machine.

use rustix::{process::geteuid, thread::CapabilitySet};
use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{Artifact, Security, Workload};

use crate::{
    codes,
    context::{self, Context},
    launch::{
        Order,
        capability::{self, Capabilities},
    },
    variables,
};

/// What the runner itself may do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Powers {
    /// Its effective user.
    pub(crate) user: u32,
    /// Its capabilities.
    pub(crate) held: CapabilitySet,
    /// Whether it shares the machine with its user.
    pub(crate) local: bool,
}

impl Powers {
    /// Of this process.
    pub(crate) fn own(local: bool) -> Self {
        Self { user: geteuid().as_raw(), held: capability::held(), local }
    }
}

/// The order for a bundle's launcher, and sentences about what is left out.
pub(crate) fn order(workload: &Workload, powers: Powers, parent: i32) -> Result<(Order, Vec<String>), Error> {
    let mut order = Order { parent, ..Order::default() };
    let Some(security) = &workload.security else { return Ok((order, Vec::new())) };
    let mut left_out = Vec::new();
    check(workload, security, powers)?;
    identity(security, powers, &mut order, &mut left_out, workload)?;
    order.capabilities = capabilities(workload, security, powers, order.user, &mut left_out)?;
    // Without the power to bound what can ever be gained, nothing may be gained at all.
    let unbound = order.capabilities.is_some() && !powers.held.contains(CapabilitySet::SETPCAP);
    order.no_new_privileges = security.no_new_privileges || unbound;
    Ok((order, left_out))
}

/// Refuses a release of which a workload asks for what cannot be given, or for a value that is not there.
pub(crate) fn check_all(context: &Context) -> Result<(), Error> {
    for workload in context::all(context.manifest()) {
        if matches!(workload.artifact, Artifact::Bundle { .. }) {
            order(workload, context.powers, 0)?;
        }
        variables::check_resolved(workload)?;
    }
    Ok(())
}

fn check(workload: &Workload, security: &Security, powers: Powers) -> Result<(), Error> {
    let user = security.user.unwrap_or(powers.user);
    if security.non_root && user == 0 {
        return Err(refused(workload, "`non_root` is asked for, and it would run as user 0", "set `user`"));
    }
    if security.read_only {
        let advice =
            "run it as an image, or leave `read_only` out: a bundle's own files are compared before each start";
        return Err(refused(
            workload,
            "`read_only` is asked for, and a bundle has no root file system of its own",
            advice,
        ));
    }
    Ok(())
}

/// Users and groups can be changed by root alone.
fn identity(
    security: &Security,
    powers: Powers,
    order: &mut Order,
    left_out: &mut Vec<String>,
    workload: &Workload,
) -> Result<(), Error> {
    let changes = |wanted: Option<u32>| wanted.is_some_and(|wanted| wanted != powers.user);
    let groups: Vec<u32> = security.groups.iter().chain(&security.volume_group).copied().collect();
    if powers.user == 0 {
        order.user = security.user;
        order.group = security.group.or(security.user.filter(|user| *user != 0));
        order.groups = (order.user.is_some() || !groups.is_empty()).then_some(groups);
        return Ok(());
    }
    if !changes(security.user) && security.group.is_none() && groups.is_empty() {
        return Ok(());
    }
    if !powers.local {
        let why = format!("it is to run as another user or group, and the runner is user {}", powers.user);
        return Err(refused(workload, &why, "run the runner as root"));
    }
    left_out.push(format!("`user` and `group`: it runs as user {}, who started all of it", powers.user));
    Ok(())
}

fn capabilities(
    workload: &Workload,
    security: &Security,
    powers: Powers,
    user: Option<u32>,
    left_out: &mut Vec<String>,
) -> Result<Option<Capabilities>, Error> {
    if security.privileged {
        if powers.user != 0 {
            left_out.push("`privileged`: the runner is not root itself".into());
        }
        return Ok(None);
    }
    if security.add_capabilities.is_empty() && security.drop_capabilities.is_empty() {
        return Ok(None);
    }
    let unknown = |name: String| refused(workload, &format!("`{name}` is no capability"), "see capabilities(7)");
    let added = capability::set(&security.add_capabilities).map_err(unknown)?;
    let dropped = capability::set(&security.drop_capabilities).map_err(unknown)?;
    let lacking = added - powers.held;
    if !lacking.is_empty() {
        let why = format!("`add_capabilities`: the runner does not have {lacking:?}");
        if !powers.local {
            return Err(refused(workload, &why, "run the runner as root"));
        }
        left_out.push(why);
    }
    let most = (capability::all() - dropped) | added;
    let root = user.unwrap_or(powers.user) == 0;
    Ok(Some(Capabilities { most: most.bits(), ambient: (added & powers.held).bits(), root }))
}

fn refused(workload: &Workload, why: &str, advice: &str) -> Error {
    let message = format!("`{}` is not started: {why}", workload.name);
    Error::new(&codes::PROTECTION_REFUSED, ErrorKind::Invalid, message).hint(advice)
}

#[cfg(test)]
mod tests {
    use skiff_wire::Command;

    use super::*;

    fn workload(security: Security) -> Workload {
        Workload {
            name: "main".into(),
            artifact: Artifact::Bundle { path: "app".into() },
            command: Command::default(),
            environment: Default::default(),
            files: Default::default(),
            ports: Default::default(),
            mounts: Default::default(),
            readiness: None,
            liveness: None,
            startup: None,
            security: Some(security),
            limits: None,
            hooks: None,
            first: false,
        }
    }

    const ROOT: Powers = Powers { user: 0, held: CapabilitySet::all(), local: false };
    const PERSON: Powers = Powers { user: 1000, held: CapabilitySet::empty(), local: true };

    fn of(security: Security, powers: Powers) -> Result<(Order, Vec<String>), Error> {
        order(&workload(security), powers, 7)
    }

    #[test]
    fn a_root_workload_that_must_not_be_root_is_refused() {
        let security = Security { non_root: true, ..Security::default() };
        assert_eq!(of(security.clone(), ROOT).unwrap_err().code(), &codes::PROTECTION_REFUSED);
        of(security, PERSON).unwrap();
        let security = Security { non_root: true, user: Some(1000), ..Security::default() };
        assert_eq!(of(security, ROOT).unwrap().0.user, Some(1000));
    }

    #[test]
    fn what_only_root_can_change_is_refused_on_a_vm_and_said_on_a_shared_machine() {
        let security = Security { user: Some(10_001), ..Security::default() };
        let (order, left_out) = of(security.clone(), PERSON).unwrap();
        assert_eq!((order.user, left_out.len()), (None, 1));
        let powers = Powers { local: false, ..PERSON };
        assert_eq!(of(security, powers).unwrap_err().code(), &codes::PROTECTION_REFUSED);
    }

    #[test]
    fn capabilities_are_bounded_or_nothing_can_be_gained() {
        let security = Security {
            drop_capabilities: vec!["ALL".into()],
            add_capabilities: vec!["NET_BIND_SERVICE".into()],
            user: Some(1000),
            ..Security::default()
        };
        let (order, _) = of(security.clone(), ROOT).unwrap();
        let capabilities = order.capabilities.unwrap();
        assert_eq!(capabilities.most, CapabilitySet::NET_BIND_SERVICE.bits());
        assert_eq!((capabilities.ambient, capabilities.root), (CapabilitySet::NET_BIND_SERVICE.bits(), false));
        assert!(!order.no_new_privileges);
        assert!(of(security, PERSON).unwrap().0.no_new_privileges);
    }
}
