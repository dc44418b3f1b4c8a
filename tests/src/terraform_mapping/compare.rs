//! Compares a plan with what Terraform made, resource by resource.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;
use skiff_wire::{Origins, Plan, Resource};

use super::{
    applied::{Applied, Cloud, Instance},
    difference::{Difference, What},
    element::{self, Outcome, Sides},
    locate::argument,
    resolve::{World, referred},
    row::{Block, Place, TypeMapping},
    table,
};

/// What comparing one plan gave.
#[derive(Debug, Default)]
pub struct Comparison {
    /// What the two sides do not say alike, in the order of the plan, then of Terraform.
    pub differences: Vec<Difference>,
    /// The rows that had something to compare: CloudFormation type, and the row's name.
    pub used_rows: BTreeSet<(String, String)>,
    /// The attributes that references asked for: CloudFormation type and attribute.
    pub used_attributes: BTreeSet<(String, String)>,
}

/// Compares every property of a plan with what Terraform made of the same IR, and every argument with the plan.
///
/// `modules` are the root modules by their folders; `inputs` the values of the plan's inputs, which Terraform was given as
/// variables.
#[must_use]
pub fn compare(
    plan: &Plan,
    origins: &Origins,
    modules: &BTreeMap<String, Applied>,
    inputs: &BTreeMap<String, Value>,
) -> Comparison {
    let cloud = Cloud::read(plan, origins, modules);
    let world = World { plan, cloud: &cloud, inputs, asked: RefCell::default() };
    let mut work = Work { world: &world, comparison: Comparison::default(), taken: BTreeMap::new() };
    for (id, resource) in &plan.shape {
        work.resource(id, resource);
    }
    work.left_in_terraform();
    let mut comparison = work.comparison;
    comparison.used_attributes = world.asked.take();
    comparison
}

/// A comparison under way.
struct Work<'work> {
    world: &'work World<'work>,
    comparison: Comparison,
    /// The arguments that rows took, by root module and address.
    taken: BTreeMap<(&'work str, &'work str), BTreeSet<String>>,
}

impl<'work> Work<'work> {
    fn resource(&mut self, id: &str, resource: &'work Resource) {
        let properties = Value::Object(resource.properties.clone());
        let Some(mapping) = table::mapping(&resource.resource_type) else {
            let cause = format!("the table has no {}", resource.resource_type);
            return self.say(id, "", What::Unclear(cause));
        };
        let (owner, mut properties_taken) = match owner(id, &properties, mapping.place) {
            Ok(owner) => owner,
            Err(cause) => return self.say(id, "", What::Unclear(cause)),
        };
        for (index, block) in mapping.blocks.iter().enumerate() {
            let instances = self.world.cloud.instances(&owner, block.terraform);
            if index == 0 && instances.len() != 1 {
                let cause =
                    format!("it is {} blocks `{}` in Terraform, one is wanted", instances.len(), block.terraform);
                return self.say(id, "", What::Unclear(cause));
            }
            let outcomes = self.block(id, &properties, block, &instances);
            self.take(id, mapping, outcomes, &mut properties_taken);
        }
        let left = element::left_in_plan(&properties, &properties_taken);
        self.comparison.differences.extend(left.into_iter().map(|left| Difference { resource: id.to_owned(), ..left }));
    }

    fn block(
        &mut self,
        id: &str,
        properties: &Value,
        block: &Block,
        instances: &[Instance<'work>],
    ) -> Vec<(Option<Instance<'work>>, Outcome)> {
        let whole = |instance: &Instance<'work>, plan: &Value, at: (&str, &str)| {
            let sides = Sides {
                plan,
                root: properties,
                terraform: instance.values,
                written: instance.written,
                at: (at.0, ""),
                rows_at: at.1,
            };
            (Some(*instance), element::by_rows(self.world, sides, block.rows))
        };
        let Some((list, key)) = block.for_each else {
            return instances.iter().map(|instance| whole(instance, properties, ("", ""))).collect();
        };
        let mut outcomes = Vec::new();
        for (index, item) in properties.pointer(list).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let at = format!("{list}/{index}");
            let wanted = self.world.resolve(item);
            let is_it = |instance: &&Instance<'work>| {
                let found = argument(instance.values, key);
                found.is_some_and(|found| wanted.as_ref().is_ok_and(|wanted| wanted == found.value))
            };
            let Some(instance) = instances.iter().find(is_it) else { continue };
            let (instance, mut outcome) = whole(instance, item, (&at, &format!("{list}[]")));
            outcome.properties = BTreeSet::from([at]);
            outcomes.push((instance, outcome));
        }
        let _ = id;
        outcomes
    }

    fn take(
        &mut self,
        id: &str,
        mapping: &TypeMapping,
        outcomes: Vec<(Option<Instance<'work>>, Outcome)>,
        properties_taken: &mut BTreeSet<String>,
    ) {
        for (instance, outcome) in outcomes {
            let Some(instance) = instance else { continue };
            let address = format!("{}: {}", instance.module, instance.address);
            let placed = |found: Difference| Difference { resource: id.to_owned(), address: address.clone(), ..found };
            self.comparison.differences.extend(outcome.differences.into_iter().map(placed));
            let used = outcome.used.into_iter().map(|row| (mapping.plan.to_owned(), row));
            self.comparison.used_rows.extend(used);
            properties_taken.extend(outcome.properties);
            self.taken.entry((instance.module, instance.address)).or_default().extend(outcome.arguments);
        }
    }

    fn left_in_terraform(&mut self) {
        let none = BTreeSet::new();
        let mut left = Vec::new();
        for instance in self.world.cloud.all() {
            let taken = self.taken.get(&(instance.module, instance.address));
            let address = format!("{}: {}", instance.module, instance.address);
            let found = element::left_in_terraform(instance.values, instance.written, taken.unwrap_or(&none));
            left.extend(found.into_iter().map(|left| Difference { address: address.clone(), ..left }));
            if taken.is_none() {
                left.push(nothing(String::new(), address.clone(), "no resource of the plan has this block"));
            }
        }
        for (resource, address) in self.world.cloud.missing() {
            left.push(nothing(resource.to_owned(), address, "the origins name this address and Terraform made none"));
        }
        self.comparison.differences.extend(left);
    }

    fn say(&mut self, id: &str, address: &str, what: What) {
        let (resource, address) = (id.to_owned(), address.to_owned());
        let empty = String::new;
        self.comparison.differences.push(Difference { resource, address, property: empty(), argument: empty(), what });
    }
}

fn nothing(resource: String, address: String, cause: &str) -> Difference {
    let empty = String::new;
    Difference { resource, address, property: empty(), argument: empty(), what: What::Unclear(cause.to_owned()) }
}

/// The resource whose blocks say it, and the properties that are said by being there.
fn owner(id: &str, properties: &Value, place: Place) -> Result<(String, BTreeSet<String>), String> {
    let Place::With(pointer) = place else { return Ok((id.to_owned(), BTreeSet::new())) };
    let other = properties.pointer(pointer).and_then(referred);
    let other = other.ok_or_else(|| format!("`{pointer}` refers to no resource"))?;
    Ok((other.to_owned(), BTreeSet::from([pointer.to_owned()])))
}
