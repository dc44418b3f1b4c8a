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
    left, locate,
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
            return self.say(id, "", &format!("the table has no {}", resource.resource_type));
        };
        match owner(id, &properties, mapping.place) {
            Ok((owner, said)) => self.mapped(id, &properties, mapping, &owner, said),
            Err(cause) => self.say(id, "", &cause),
        }
    }

    fn mapped(&mut self, id: &str, properties: &Value, mapping: &TypeMapping, owner: &str, said: BTreeSet<String>) {
        let mut taken = said;
        for (index, block) in mapping.blocks.iter().enumerate() {
            let instances = self.world.cloud.instances(owner, block.terraform);
            if index == 0 && instances.len() != 1 {
                let cause =
                    format!("it is {} blocks `{}` in Terraform, one is wanted", instances.len(), block.terraform);
                return self.say(id, "", &cause);
            }
            for (instance, outcome) in self.block(properties, block, &instances) {
                taken.extend(self.take(id, mapping, instance, outcome));
            }
        }
        let left = left::in_plan(properties, &taken).into_iter();
        self.comparison.differences.extend(left.map(|left| Difference { resource: id.to_owned(), ..left }));
    }

    /// What each instance of a block says.
    fn block(
        &self,
        properties: &Value,
        block: &Block,
        instances: &[Instance<'work>],
    ) -> Vec<(Instance<'work>, Outcome)> {
        let Some((list, key)) = block.for_each else {
            let whole = |instance: &Instance<'work>| {
                let sides = sides(properties, properties, instance, "", "");
                (*instance, element::by_rows(self.world, sides, block.rows))
            };
            return instances.iter().map(whole).collect();
        };
        let items = properties.pointer(list).and_then(Value::as_array).into_iter().flatten().enumerate();
        let element = |(index, item): (usize, &Value)| {
            let instance = self.holder(item, key, instances)?;
            let (at, rows_at) = (format!("{list}/{index}"), format!("{list}[]"));
            let sides = sides(item, properties, &instance, &at, &rows_at);
            let mut outcome = element::by_rows(self.world, sides, block.rows);
            outcome.properties = BTreeSet::from([at]);
            Some((instance, outcome))
        };
        items.filter_map(element).collect()
    }

    /// The instance that holds an element of a list in one of its arguments.
    fn holder(&self, item: &Value, argument: &str, instances: &[Instance<'work>]) -> Option<Instance<'work>> {
        let wanted = self.world.resolve(item).ok()?;
        let holds = |instance: &&Instance<'_>| {
            locate::argument(instance.values, argument).is_some_and(|found| *found.value == wanted)
        };
        instances.iter().find(holds).copied()
    }

    fn take(
        &mut self,
        id: &str,
        mapping: &TypeMapping,
        instance: Instance<'work>,
        outcome: Outcome,
    ) -> BTreeSet<String> {
        let address = format!("{}: {}", instance.module, instance.address);
        let placed = |found: Difference| Difference { resource: id.to_owned(), address: address.clone(), ..found };
        self.comparison.differences.extend(outcome.differences.into_iter().map(placed));
        let used = outcome.used.into_iter().map(|row| (mapping.plan.to_owned(), row));
        self.comparison.used_rows.extend(used);
        self.taken.entry((instance.module, instance.address)).or_default().extend(outcome.arguments);
        outcome.properties
    }

    fn left_in_terraform(&mut self) {
        for instance in self.world.cloud.all() {
            let address = format!("{}: {}", instance.module, instance.address);
            let Some(taken) = self.taken.get(&(instance.module, instance.address)) else {
                self.say("", &address, "no resource of the plan has this block");
                continue;
            };
            let left = left::in_terraform(instance.values, instance.written, taken);
            let left = left.into_iter().map(|left| Difference { address: address.clone(), ..left });
            self.comparison.differences.extend(left);
        }
        for (module, address) in self.world.cloud.unwritten() {
            self.say("", &format!("{module}: {address}"), "it is in the state and in no configuration");
        }
    }

    fn say(&mut self, resource: &str, address: &str, cause: &str) {
        let (resource, address) = (resource.to_owned(), address.to_owned());
        let (property, argument) = (String::new(), String::new());
        let what = What::Unclear(cause.to_owned());
        self.comparison.differences.push(Difference { resource, address, property, argument, what });
    }
}

fn sides<'value>(
    plan: &'value Value,
    root: &'value Value,
    instance: &Instance<'value>,
    at: &'value str,
    rows_at: &'value str,
) -> Sides<'value> {
    Sides { plan, root, terraform: instance.values, written: instance.written, at: (at, ""), rows_at }
}

/// The resource whose blocks say it, and the properties that are said by being there.
fn owner(id: &str, properties: &Value, place: Place) -> Result<(String, BTreeSet<String>), String> {
    let Place::With(pointer) = place else { return Ok((id.to_owned(), BTreeSet::new())) };
    let other = properties.pointer(pointer).and_then(referred);
    let other = other.ok_or_else(|| format!("`{pointer}` refers to no resource"))?;
    Ok((other.to_owned(), BTreeSet::from([pointer.to_owned()])))
}
