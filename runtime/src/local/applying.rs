//! The shape of a plan, made so on this machine by way of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use skiff_wire::{Control, Plan, Resource, ShapeRecord};

use crate::{
    error::Error,
    local::{LocalCloud, client::HONOURED},
    provider::{ResourceAddress, Shape},
    state::{Ledger, control::Next, document::Body, layout::Scope},
    store::Key,
};

impl Body for ShapeRecord {
    const SCHEMA: &'static str = Self::SCHEMA;
}

/// What an application of the shape changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Keys of the resources that were made or changed, sorted.
    pub changed: Vec<String>,
    /// Keys of the resources that were removed, sorted.
    pub removed: Vec<String>,
}

/// Makes the honoured resources of a plan, and removes those that are in the ledger and not in the plan.
///
/// What is wanted is written before the provider is asked, and what was applied after it, so that an interrupted
/// application is seen and the next one goes on.
///
/// # Errors
/// A ledger or a supervisor that fails.
pub async fn apply(cloud: &LocalCloud, ledger: &Ledger, plan: &Plan) -> Result<Applied, Error> {
    let scope = Scope::new(&plan.app, &plan.environment);
    let mut applied = Applied::default();
    for (key, resource) in honoured(plan) {
        if put(cloud, ledger, &scope, key, resource).await? {
            applied.changed.push(key.clone());
        }
    }
    for (key, record) in records(ledger, &scope).await? {
        if !plan.shape.contains_key(&key) && record.last_applied.is_some() {
            remove(cloud, ledger, &scope, &key, &record).await?;
            applied.removed.push(key);
        }
    }
    Ok(applied)
}

/// Keys of the resources that are not what was last applied, sorted; empty when a deploy may go on.
///
/// # Errors
/// A ledger that fails.
pub async fn shape_differs(ledger: &Ledger, plan: &Plan) -> Result<Vec<String>, Error> {
    let scope = Scope::new(&plan.app, &plan.environment);
    let records = records(ledger, &scope).await?;
    let mut differing = BTreeSet::new();
    for (key, resource) in honoured(plan) {
        let applied = records.get(key).and_then(|record| record.last_applied.as_ref());
        if applied != Some(&shape_of(resource)) {
            differing.insert(key.clone());
        }
    }
    let gone =
        records.into_iter().filter(|(key, record)| !plan.shape.contains_key(key) && record.last_applied.is_some());
    differing.extend(gone.map(|(key, _)| key));
    Ok(differing.into_iter().collect())
}

/// The resources that mean something on this machine, those that others refer to before the others.
fn honoured(plan: &Plan) -> Vec<(&String, &Resource)> {
    let rank = |resource: &Resource| match resource.resource_type.as_str() {
        "AWS::ElasticLoadBalancingV2::LoadBalancer" | "AWS::EC2::LaunchTemplate" => 0,
        "AWS::ElasticLoadBalancingV2::Listener" | "AWS::ElasticLoadBalancingV2::TargetGroup" => 1,
        "AWS::AutoScaling::AutoScalingGroup" => 2,
        _ => 3,
    };
    let mut resources: Vec<_> =
        plan.shape.iter().filter(|(_, resource)| HONOURED.contains(&resource.resource_type.as_str())).collect();
    resources.sort_by_key(|(key, resource)| (rank(resource), *key));
    resources
}

/// A resource's properties without those that the runtime moves.
fn shape_of(resource: &Resource) -> Map<String, Value> {
    let mut properties = Value::Object(resource.properties.clone());
    for pointer in &resource.runtime_owned {
        let Some((parent, name)) = pointer.rsplit_once('/') else { continue };
        if let Some(Value::Object(object)) = properties.pointer_mut(parent) {
            object.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
    }
    match properties {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

async fn put(
    cloud: &LocalCloud,
    ledger: &Ledger,
    scope: &Scope,
    key: &str,
    resource: &Resource,
) -> Result<bool, Error> {
    let wanted = shape_of(resource);
    let address = address(scope, key, &resource.resource_type);
    let record = ledger.read::<ShapeRecord>(&scope.shape(key)).await?.map(|seen| seen.control.body);
    if record.as_ref().is_some_and(|record| record.desired.as_ref() == Some(&wanted))
        && record.as_ref().and_then(|record| record.last_applied.as_ref()) == Some(&wanted)
        && cloud.read(&address).await?.is_some_and(|view| view.properties == resource.properties)
    {
        return Ok(false);
    }
    let intended = ShapeRecord {
        resource_type: resource.resource_type.clone(),
        desired: Some(wanted.clone()),
        ..record.unwrap_or_default()
    };
    note(ledger, &scope.shape(key), &intended).await?;
    let identifier = cloud.create(&address, &resource.properties, &format!("shape/{key}")).await?;
    let done = ShapeRecord { last_applied: Some(wanted), identifier: Some(identifier), ..intended };
    note(ledger, &scope.shape(key), &done).await?;
    Ok(true)
}

async fn remove(
    cloud: &LocalCloud,
    ledger: &Ledger,
    scope: &Scope,
    key: &str,
    record: &ShapeRecord,
) -> Result<(), Error> {
    let intended = ShapeRecord { desired: None, ..record.clone() };
    note(ledger, &scope.shape(key), &intended).await?;
    cloud.delete(&address(scope, key, &record.resource_type)).await?;
    note(ledger, &scope.shape(key), &ShapeRecord { last_applied: None, identifier: None, ..intended }).await
}

fn address(scope: &Scope, key: &str, resource_type: &str) -> ResourceAddress {
    ResourceAddress {
        app: scope.app.clone(),
        environment: scope.environment.clone(),
        resource_type: resource_type.into(),
        key: key.into(),
    }
}

/// Writes a record when it says something new.
async fn note(ledger: &Ledger, key: &Key, record: &ShapeRecord) -> Result<(), Error> {
    let change = |seen: Option<&Control<ShapeRecord>>| {
        let next = match seen {
            Some(control) if control.body == *record => return Ok(None),
            Some(control) => Next { body: record.clone(), ..Next::of(control) },
            None => Next { epoch: 0, holder: None, lease_until: None, body: record.clone() },
        };
        Ok(Some(next))
    };
    ledger.update(key, change).await.map(|_| ())
}

/// Every record of the shape by the key of its resource.
async fn records(ledger: &Ledger, scope: &Scope) -> Result<BTreeMap<String, ShapeRecord>, Error> {
    let prefix = format!("{}shape/", scope.prefix());
    let mut records = BTreeMap::new();
    let mut after = None;
    loop {
        let page = ledger.store.list(&prefix, after.as_ref(), 1000).await;
        let page = page.map_err(crate::state::document::store_error)?;
        for key in &page.keys {
            let name = key.as_str().strip_prefix(&prefix).and_then(|name| name.strip_suffix(".json"));
            if let (Some(name), Some(seen)) = (name, ledger.read::<ShapeRecord>(key).await?) {
                records.insert(name.to_owned(), seen.control.body);
            }
        }
        match page.keys.last() {
            Some(last) if page.more => after = Some(last.clone()),
            _ => return Ok(records),
        }
    }
}
