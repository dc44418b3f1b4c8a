//! Gives up users, groups and capabilities, in the order that the kernel asks for.

use rustix::{
    process::{Gid, Uid},
    thread::{set_keep_capabilities, set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};

use super::{Order, capability};

/// Takes on what the order says. The launcher has one thread, so a thread's credentials are the process's.
pub(super) fn take(order: &Order) -> Result<(), String> {
    let said = |what: &'static str| move |error: rustix::io::Errno| format!("could not {what}: {error}");
    if let Some(capabilities) = &order.capabilities {
        capability::bound(capabilities)?;
        set_keep_capabilities(true).map_err(said("keep capabilities"))?;
    }
    if let Some(groups) = &order.groups {
        let groups: Vec<Gid> = groups.iter().map(|group| Gid::from_raw(*group)).collect();
        set_thread_groups(&groups).map_err(said("set its groups"))?;
    }
    if let Some(group) = order.group {
        let group = Gid::from_raw(group);
        set_thread_res_gid(group, group, group).map_err(said("set its group"))?;
    }
    if let Some(user) = order.user {
        let user = Uid::from_raw(user);
        set_thread_res_uid(user, user, user).map_err(said("set its user"))?;
    }
    if let Some(capabilities) = &order.capabilities {
        capability::hold(capabilities)?;
    }
    if order.no_new_privileges {
        set_no_new_privs(true).map_err(said("forgo new privileges"))?;
    }
    Ok(())
}
