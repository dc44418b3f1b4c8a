//! What Terraform says it made, and what it was told.

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_wire::{Origins, Plan};

use super::order::folder;

/// One root module after its apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// `configuration` of `terraform show -json PLAN`: which arguments were written.
    pub configuration: Value,
    /// `terraform show -json`: the value of every argument.
    pub state: Value,
}

/// Which arguments of a block were written, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// An argument.
    Argument,
    /// Nested blocks of one name, all together.
    Blocks(BTreeMap<String, Written>),
}

impl Written {
    /// Reads the expressions of a block.
    fn of_block(expressions: &Value, into: &mut BTreeMap<String, Self>) {
        for (name, expression) in expressions.as_object().into_iter().flatten() {
            let Value::Array(blocks) = expression else {
                into.insert(name.clone(), Self::Argument);
                continue;
            };
            let nested = into.entry(name.clone()).or_insert_with(|| Self::Blocks(BTreeMap::new()));
            if let Self::Blocks(nested) = nested {
                blocks.iter().for_each(|block| Self::of_block(block, nested));
            }
        }
    }
}

/// One instance of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instance<'world> {
    /// Its root module.
    pub(super) module: &'world str,
    /// Its address there, with its key.
    pub(super) address: &'world str,
    /// Its values.
    pub(super) values: &'world Value,
    /// Its arguments that were written.
    pub(super) written: &'world BTreeMap<String, Written>,
}

/// The instances of all root modules, by the resource of the plan they stand for.
#[derive(Debug)]
pub(super) struct Cloud {
    written: BTreeMap<(String, String), BTreeMap<String, Written>>,
    values: BTreeMap<(String, String), (String, Value)>,
    by_resource: BTreeMap<String, Vec<(String, String)>>,
}

impl Cloud {
    /// Reads what Terraform printed.
    pub(super) fn read(plan: &Plan, origins: &Origins, modules: &BTreeMap<String, Applied>) -> Self {
        let mut cloud = Self { written: BTreeMap::new(), values: BTreeMap::new(), by_resource: BTreeMap::new() };
        for (module, applied) in modules {
            cloud.read_module(module, applied);
        }
        for origin in &origins.addresses {
            let made_here =
                plan.shape.get(&origin.resource).is_some_and(|resource| folder(&resource.owner) == origin.module);
            if made_here && !origin.address.starts_with("data.") {
                let place = (origin.module.clone(), origin.address.clone());
                cloud.by_resource.entry(origin.resource.clone()).or_default().push(place);
            }
        }
        cloud
    }

    fn read_module(&mut self, module: &str, applied: &Applied) {
        for block in managed(&applied.configuration["root_module"]) {
            let mut written = BTreeMap::new();
            Written::of_block(&block["expressions"], &mut written);
            self.written.insert((module.to_owned(), text(&block["address"])), written);
        }
        for resource in managed(&applied.state["values"]["root_module"]) {
            let value = (text(&resource["type"]), resource["values"].clone());
            self.values.insert((module.to_owned(), text(&resource["address"])), value);
        }
    }

    /// The instances of one Terraform type that stand for a resource.
    pub(super) fn instances(&self, resource: &str, terraform: &str) -> Vec<Instance<'_>> {
        let places = self.by_resource.get(resource).into_iter().flatten();
        places
            .filter_map(|place| self.instance(place))
            .filter(|(kind, _)| *kind == terraform)
            .map(|(_, found)| found)
            .collect()
    }

    fn instance(&self, place: &(String, String)) -> Option<(&str, Instance<'_>)> {
        let ((module, address), (kind, values)) = self.values.get_key_value(place)?;
        let written = self.written.get(&(module.clone(), block_of(address).to_owned()))?;
        Some((kind, Instance { module, address, values, written }))
    }

    /// Every instance, with its root module and address.
    pub(super) fn all(&self) -> impl Iterator<Item = Instance<'_>> {
        self.values.keys().filter_map(|place| self.instance(place)).map(|(_, instance)| instance)
    }

    /// Root modules and addresses of what is in the state and in no configuration.
    pub(super) fn unwritten(&self) -> impl Iterator<Item = &(String, String)> {
        self.values.keys().filter(|place| self.instance(place).is_none())
    }
}

/// The block of an address, without the key of the instance.
fn block_of(address: &str) -> &str {
    address.split_once('[').map_or(address, |(block, _)| block)
}

fn managed(root_module: &Value) -> impl Iterator<Item = &Value> {
    root_module["resources"].as_array().into_iter().flatten().filter(|resource| resource["mode"] == "managed")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
