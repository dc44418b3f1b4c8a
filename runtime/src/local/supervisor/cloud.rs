//! What is wanted, in memory and on the disk, and the calls that change it.
//!
//! Each change is made on a copy, written, and only then taken: a call that could not be written has done nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    error::{Error, ErrorKind},
    local::{
        Place,
        call::{Owner, ServiceName, SlotName},
        codes,
        desired::{DesiredResource, ScopeDesired, ServiceDesired, ServiceFacts},
        file,
    },
    provider::{self, Capacity, Fence, LEGACY, Shadow, SlotAddress, Weights},
    state::layout::{Scope, ServiceScope},
};

/// The type whose properties bound a slot.
const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";

/// Everything that is wanted below one state folder.
pub(super) struct Cloud {
    place: Place,
    scopes: BTreeMap<Scope, ScopeDesired>,
}

impl Cloud {
    /// Reads what is wanted.
    pub(super) fn load(place: &Place) -> Result<Self, Error> {
        let scopes = place.read_scopes()?.into_iter();
        let scopes = scopes.map(|scope| (Scope::new(&scope.app, &scope.environment), scope)).collect();
        Ok(Self { place: place.clone(), scopes })
    }

    /// Every application and environment.
    pub(super) fn scopes(&self) -> impl Iterator<Item = (&Scope, &ScopeDesired)> {
        self.scopes.iter()
    }

    /// What is wanted of a service.
    pub(super) fn service(&self, service: &ServiceScope) -> Option<&ServiceDesired> {
        self.scopes.get(&service.scope)?.services.get(&service.service)
    }

    /// A resource's properties.
    pub(super) fn properties(&self, scope: &Scope, key: &str) -> Option<&Map<String, Value>> {
        self.scopes.get(scope)?.resources.get(key).map(|resource| &resource.properties)
    }

    /// Every slot there is.
    pub(super) fn slots(&self) -> Vec<SlotAddress> {
        let services = self.scopes.iter().flat_map(|(scope, desired)| {
            desired.services.iter().map(move |(name, service)| (scope.service(name), service))
        });
        services
            .flat_map(|(address, service)| {
                let slots = service.facts.slots.keys().cloned();
                slots.map(move |slot| SlotAddress { service: address.clone(), slot }).collect::<Vec<_>>()
            })
            .collect()
    }

    /// How many members a slot is to have.
    pub(super) fn capacity(&self, slot: &SlotAddress) -> Capacity {
        self.service(&slot.service).and_then(|service| service.capacity.get(&slot.slot)).copied().unwrap_or_default()
    }

    /// Makes a resource what it is to be.
    pub(super) fn put(&mut self, owner: &Owner, key: &str, resource: DesiredResource) -> Result<(), Error> {
        self.change(&owner.scope(), |scope| {
            scope.resources.insert(key.to_owned(), resource);
            Ok(())
        })
    }

    /// Removes a resource, unless members depend on it.
    pub(super) fn remove(&mut self, owner: &Owner, key: &str) -> Result<(), Error> {
        self.change(&owner.scope(), |scope| {
            if let Some((service, slot)) = inhabited(scope, key) {
                let message = format!("`{key}` would go while slot `{slot}` of `{service}` is to have members");
                return Err(Error::new(&codes::STILL_HAS_MEMBERS, ErrorKind::Conflict, message)
                    .hint(format!("end it first with `skiff destroy {service}`")));
            }
            scope.resources.remove(key);
            Ok(())
        })
    }

    /// Takes over what the plan says of the services. One that is gone from the plan stays while it is to have members.
    pub(super) fn services(&mut self, owner: &Owner, facts: BTreeMap<String, ServiceFacts>) -> Result<(), Error> {
        self.change(&owner.scope(), |scope| {
            let has_members = |service: &ServiceDesired| service.capacity.values().any(|capacity| capacity.desired > 0);
            scope.services.retain(|name, service| facts.contains_key(name) || has_members(service));
            for (name, facts) in facts {
                scope.services.entry(name).or_default().facts = facts;
            }
            Ok(())
        })
    }

    /// Sets how many members a slot is to have.
    pub(super) fn set_capacity(&mut self, slot: &SlotName, capacity: Capacity, fence: &Fence) -> Result<(), Error> {
        let most = self.maximum(slot)?;
        if capacity.desired > most || capacity.minimum > capacity.desired {
            return Err(out_of_bounds(slot, capacity, most));
        }
        self.fenced(&slot.service, fence, |service| {
            service.capacity.insert(slot.slot.clone(), capacity);
            Ok(())
        })
    }

    /// Sets the weights of a service. What it takes over from keeps its own where none is given: a caller that knows of no
    /// such thing must not take its requests away.
    pub(super) fn set_weights(&mut self, name: &ServiceName, weights: &Weights, fence: &Fence) -> Result<(), Error> {
        self.fenced(name, fence, |service| {
            for (group, weight) in &weights.by_slot {
                check_weight(&name.service, &service.facts, group, *weight)?;
            }
            let mut next = weights.by_slot.clone();
            match &service.facts.legacy {
                Some(_) => drop(next.entry(LEGACY.into()).or_insert(legacy_weight(service))),
                None => drop(next.remove(LEGACY)),
            }
            service.weights = next;
            Ok(())
        })
    }

    /// Sets what is beside the traffic of a service's users.
    pub(super) fn set_shadow(&mut self, name: &ServiceName, shadow: &Shadow, fence: &Fence) -> Result<(), Error> {
        self.fenced(name, fence, |service| {
            check_shadow(&name.service, &service.facts, shadow)?;
            service.shadow = shadow.clone();
            Ok(())
        })
    }

    /// Checks that whoever asks still holds the service, and remembers that it does.
    pub(super) fn check(&mut self, name: &ServiceName, fence: &Fence) -> Result<(), Error> {
        self.fenced(name, fence, |_| Ok(()))
    }

    /// One member of a job has ended: no other one takes its place.
    pub(super) fn job_ended(&mut self, slot: &SlotAddress) -> Result<(), Error> {
        self.change(&slot.service.scope, |scope| {
            let service = scope.services.get_mut(&slot.service.service);
            if let Some(capacity) = service.and_then(|service| service.capacity.get_mut(&slot.slot)) {
                capacity.desired = capacity.desired.saturating_sub(1);
                capacity.minimum = capacity.minimum.min(capacity.desired);
            }
            Ok(())
        })
    }

    /// Makes a change of a service for whoever holds its highest epoch.
    fn fenced(
        &mut self,
        name: &ServiceName,
        fence: &Fence,
        change: impl FnOnce(&mut ServiceDesired) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.change(&name.owner.scope(), |scope| {
            let Some(service) = scope.services.get_mut(&name.service) else {
                return Err(missing(&format!("service `{}`", name.service)));
            };
            if fence.epoch < service.epoch {
                let message = format!(
                    "operation `{}` has epoch {}, and `{}` was taken over with epoch {}",
                    fence.operation, fence.epoch, name.service, service.epoch
                );
                let error = Error::new(&provider::codes::FENCED, ErrorKind::Conflict, message);
                return Err(error.hint("look at the newer operation with `skiff status`"));
            }
            service.epoch = fence.epoch;
            change(service)
        })
    }

    /// Makes a change, writes it when it is one, and takes it.
    fn change(
        &mut self,
        scope: &Scope,
        change: impl FnOnce(&mut ScopeDesired) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let empty = || ScopeDesired {
            app: scope.app.clone(),
            environment: scope.environment.clone(),
            ..ScopeDesired::default()
        };
        let seen = self.scopes.get(scope);
        let mut next = seen.cloned().unwrap_or_else(empty);
        change(&mut next)?;
        if seen != Some(&next) {
            file::write(&self.place.scope(scope), &next)?;
            self.scopes.insert(scope.clone(), next);
        }
        Ok(())
    }

    /// The most members of a slot, as the shape says.
    fn maximum(&self, slot: &SlotName) -> Result<u32, Error> {
        let service = slot.service.scope();
        let unknown = || missing(&format!("slot `{}` of `{}`", slot.slot, service.service));
        let facts = &self.service(&service).ok_or_else(unknown)?.facts;
        let group = &facts.slots.get(&slot.slot).ok_or_else(unknown)?.auto_scaling_group;
        let properties = self.properties(&service.scope, group).ok_or_else(|| missing(&format!("`{group}`")))?;
        let number = properties.get("MaxSize").and_then(|most| most.as_str()?.parse().ok());
        number.ok_or_else(|| missing(&format!("`MaxSize` of `{group}`")))
    }
}

/// The service and slot of an Auto Scaling group that is to have members.
fn inhabited(scope: &ScopeDesired, key: &str) -> Option<(String, String)> {
    scope.resources.get(key).filter(|resource| resource.resource_type == GROUP)?;
    scope.services.iter().find_map(|(name, service)| {
        let (letter, _) = service.facts.slots.iter().find(|(_, slot)| slot.auto_scaling_group == key)?;
        let desired = service.capacity.get(letter).map_or(0, |capacity| capacity.desired);
        (desired > 0).then(|| (name.clone(), letter.clone()))
    })
}

/// What the service takes over from has now; a plan begins with all requests there.
fn legacy_weight(service: &ServiceDesired) -> u32 {
    if service.weights.is_empty() { 100 } else { service.weights.get(LEGACY).copied().unwrap_or_default() }
}

fn check_weight(service: &str, facts: &ServiceFacts, group: &str, weight: u32) -> Result<(), Error> {
    if weight > 100 {
        let message = format!("the weight of slot `{group}` is {weight}; it is at most 100");
        return Err(Error::new(&codes::BAD_CAPACITY, ErrorKind::Invalid, message));
    }
    if group == LEGACY && facts.legacy.is_none() && weight > 0 {
        let message = format!(
            "{weight} of 100 requests would go to what `{service}` takes over from, whose address here is not known"
        );
        return Err(Error::new(&codes::NO_LEGACY, ErrorKind::NotFound, message).hint(format!(
            "write `local.services.{service}.legacy: 127.0.0.1:9000` with its address into the spec, then run `skiff local up`"
        )));
    }
    if group != LEGACY && !facts.slots.contains_key(group) {
        return Err(missing(&format!("slot `{group}` of `{service}`")));
    }
    Ok(())
}

fn check_shadow(service: &str, facts: &ServiceFacts, shadow: &Shadow) -> Result<(), Error> {
    let Shadow { slot, mirror_percent } = shadow;
    if let Some(slot) = slot.as_ref().filter(|slot| facts.slots.get(*slot).is_none_or(|one| one.target_group.is_none()))
    {
        return Err(missing(&format!("slot `{slot}` behind the load balancer for `{service}`")));
    }
    if *mirror_percent > 100 || (*mirror_percent > 0 && slot.is_none()) {
        let place = if slot.is_none() { "no slot" } else { "a slot" };
        let message = format!("{mirror_percent} of 100 requests of `{service}` cannot be mirrored to {place}");
        return Err(Error::new(&codes::BAD_CAPACITY, ErrorKind::Invalid, message));
    }
    Ok(())
}

fn out_of_bounds(slot: &SlotName, capacity: Capacity, most: u32) -> Error {
    let service = &slot.service.service;
    let message = format!(
        "slot `{}` of `{service}` was to have {} members, at least {}; it may have {most}",
        slot.slot, capacity.desired, capacity.minimum
    );
    Error::new(&codes::BAD_CAPACITY, ErrorKind::Invalid, message)
        .hint("raise `replicas` in the spec, apply the shape with `skiff local up`, then ask again")
}

fn missing(what: &str) -> Error {
    let message = format!("there is no {what} on this machine");
    Error::new(&provider::codes::MISSING, ErrorKind::NotFound, message).hint("apply the shape with `skiff local up`")
}
