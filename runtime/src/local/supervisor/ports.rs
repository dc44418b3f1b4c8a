//! Free ports for members.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, TcpListener},
    ops::Range,
};

use crate::{
    error::{Error, ErrorKind},
    local::codes,
    world::World,
};

/// Where members listen: below the ports that Linux gives to outgoing connections (32768 and up by default).
const RANGE: Range<u16> = 20_000..30_000;

/// The ports of a new member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ports {
    /// By declared port.
    pub(super) members: BTreeMap<u16, u16>,
    /// For the runner.
    pub(super) health: u16,
}

/// A free port for each declared one and one for health: taken by no member, and by nobody else at this moment. The search
/// begins somewhere by chance, so that two state folders of one machine do not want the same.
pub(super) fn allocate(declared: &BTreeSet<u16>, taken: &BTreeSet<u16>, world: &World) -> Result<Ports, Error> {
    let count = u64::try_from(RANGE.len()).unwrap_or(1);
    let offset = u16::try_from(world.below(count)).unwrap_or_default();
    let around = (RANGE.start + offset..RANGE.end).chain(RANGE.start..RANGE.start + offset);
    let mut free = around.filter(|port| !taken.contains(port) && is_free(*port));
    let health = free.next().ok_or_else(none_left)?;
    let mut members = BTreeMap::new();
    for port in declared {
        members.insert(*port, free.next().ok_or_else(none_left)?);
    }
    Ok(Ports { members, health })
}

/// Whether a process could listen there now, on this address and on all.
fn is_free(port: u16) -> bool {
    [Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED].iter().all(|address| TcpListener::bind((*address, port)).is_ok())
}

fn none_left() -> Error {
    let message = format!("every port from {} to {} is in use", RANGE.start, RANGE.end - 1);
    Error::new(&codes::NO_PORT, ErrorKind::Unavailable, message).hint("end what holds them, or have fewer members")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_port_is_free_and_another() {
        let world = World::real();
        let mut taken = BTreeSet::new();
        for _ in 0..20 {
            let ports = allocate(&BTreeSet::from([80, 9090]), &taken, &world).unwrap();
            for port in ports.members.values().chain([&ports.health]) {
                assert!(RANGE.contains(port) && taken.insert(*port), "{port}");
            }
        }
    }

    #[test]
    fn a_port_that_somebody_listens_on_is_passed_over() {
        let world = World::real();
        let port = allocate(&BTreeSet::new(), &BTreeSet::new(), &world).unwrap().health;
        let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let all_but_one = RANGE.filter(|one| *one != port).collect();
        let error = allocate(&BTreeSet::new(), &all_but_one, &world).unwrap_err();
        assert_eq!((error.code(), error.kind()), (&codes::NO_PORT, ErrorKind::Unavailable));
    }
}
