//! The last word on who uses whom: no circles, and no variable that is set twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use skiff_compiler::spec::{service::Service, shorthand::Use, values::Name};

/// A use that was taken away because it closes a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// The service that used the other one.
    pub(crate) service: Name,
    /// The one that it used.
    pub(crate) used: Name,
}

/// Makes the uses of all services pass `skiff check`, which refuses circles and variables that a use sets beside `env`.
pub(crate) fn settle(services: &mut BTreeMap<Name, Arc<Service>>) -> Vec<Dropped> {
    let dropped = break_circles(services);
    for service in services.values_mut().map(Arc::make_mut) {
        let own: BTreeSet<String> = service
            .env
            .keys()
            .chain(service.secrets.keys())
            .chain(service.facts.keys())
            .map(ToString::to_string)
            .collect();
        for Use(used) in &mut service.uses {
            if own.contains(&variable(&used.name.value)) {
                used.variables = Some(false);
            }
        }
    }
    dropped
}

/// The variable by which a service finds another one: `ORDERS_URL`.
fn variable(name: &Name) -> String {
    format!("{}_URL", name.as_str().replace('-', "_").to_ascii_uppercase())
}

/// Takes away each use whose target leads back to where it comes from, in the order of names.
fn break_circles(services: &mut BTreeMap<Name, Arc<Service>>) -> Vec<Dropped> {
    let mut kept: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    let mut dropped = Vec::new();
    for (name, service) in services.iter_mut() {
        let closes = |used: &Name, kept: &BTreeMap<Name, BTreeSet<Name>>| used == name || leads_to(used, name, kept);
        if !service.uses.iter().any(|Use(used)| closes(&used.name.value, &kept)) {
            let uses = service.uses.iter().map(|Use(used)| used.name.value.clone());
            kept.entry(name.clone()).or_default().extend(uses);
            continue;
        }
        Arc::make_mut(service).uses.retain(|Use(used)| {
            let used = &used.name.value;
            let circle = closes(used, &kept);
            if circle {
                dropped.push(Dropped { service: name.clone(), used: used.clone() });
            } else {
                kept.entry(name.clone()).or_default().insert(used.clone());
            }
            !circle
        });
    }
    dropped
}

/// Whether one service leads to another along uses.
fn leads_to(from: &Name, to: &Name, uses: &BTreeMap<Name, BTreeSet<Name>>) -> bool {
    let (mut waiting, mut seen) = (vec![from], BTreeSet::new());
    while let Some(name) = waiting.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            waiting.extend(uses.get(name).into_iter().flatten());
        }
    }
    false
}
