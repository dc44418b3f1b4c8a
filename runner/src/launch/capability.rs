//! Capabilities (capabilities(7)): which a workload keeps, and how the rest is given up.

use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, capability_is_in_bounding_set, configure_capability_in_ambient_set,
    remove_capability_from_bounding_set, set_capabilities,
};
use serde::{Deserialize, Serialize};

/// What a workload may ever have, and what it has from its start although it is not root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Capabilities {
    /// The bounding set, as bits of capabilities(7).
    pub(crate) most: u64,
    /// The ambient set.
    pub(crate) ambient: u64,
    /// Whether it runs as user 0, whom the kernel gives the bounding set.
    pub(crate) root: bool,
}

/// A set of names without `CAP_`; `ALL` is all that this kernel has. The error is the name that is none.
pub(crate) fn set(names: &[String]) -> Result<CapabilitySet, String> {
    names.iter().try_fold(CapabilitySet::empty(), |set, name| {
        let upper = name.to_ascii_uppercase();
        match upper.strip_prefix("CAP_").unwrap_or(&upper) {
            "ALL" => Ok(set | all()),
            plain => CapabilitySet::from_name(plain).map(|one| set | one).ok_or_else(|| name.clone()),
        }
    })
}

/// All capabilities that this kernel has.
pub(crate) fn all() -> CapabilitySet {
    let known = |bit: u32| capability_is_in_bounding_set(one(bit)).is_ok();
    (0..64).filter(|bit| known(*bit)).map(one).fold(CapabilitySet::empty(), |set, capability| set | capability)
}

/// What this process may use and hand on.
pub(crate) fn held() -> CapabilitySet {
    capabilities(None).map_or(CapabilitySet::empty(), |sets| sets.permitted)
}

/// Makes what is not wanted unreachable, for good. A process that may not is no root, and gains nothing once it forgoes new
/// privileges, which its order then says as well.
pub(super) fn bound(capabilities: &Capabilities) -> Result<(), String> {
    if !held().contains(CapabilitySet::SETPCAP) {
        return Ok(());
    }
    for bit in 0..64 {
        let is_there = capability_is_in_bounding_set(one(bit)).unwrap_or(false);
        if is_there && capabilities.most & (1 << bit) == 0 {
            remove_capability_from_bounding_set(one(bit))
                .map_err(|error| format!("could not give up capability {bit}: {error}"))?;
        }
    }
    Ok(())
}

/// Holds exactly what is wanted.
pub(super) fn hold(wanted: &Capabilities) -> Result<(), String> {
    let failed = |error: rustix::io::Errno| format!("could not set its capabilities: {error}");
    let permitted = capabilities(None).map_err(failed)?.permitted;
    let ambient = CapabilitySet::from_bits_retain(wanted.ambient) & permitted;
    let keep = if wanted.root { CapabilitySet::from_bits_retain(wanted.most) & permitted } else { ambient };
    set_capabilities(None, CapabilitySets { effective: keep, permitted: keep, inheritable: ambient })
        .map_err(failed)?;
    for bit in (0..64).filter(|bit| ambient.bits() & (1 << bit) != 0) {
        configure_capability_in_ambient_set(one(bit), true).map_err(failed)?;
    }
    Ok(())
}

fn one(bit: u32) -> CapabilitySet {
    CapabilitySet::from_bits_retain(1 << bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_with_and_without_their_prefix() {
        let names = ["NET_BIND_SERVICE".to_owned(), "cap_chown".to_owned()];
        assert_eq!(set(&names), Ok(CapabilitySet::NET_BIND_SERVICE | CapabilitySet::CHOWN));
        assert_eq!(set(&["NET_BIND".to_owned()]), Err("NET_BIND".into()));
        assert!(set(&["ALL".to_owned()]).unwrap().contains(CapabilitySet::SYS_ADMIN));
    }
}
