//! What exists in the pretended AWS account: everything that was applied, and what a test puts there.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{schema, value::Value};

/// The number of the account unless a test says another: the one of AWS's own examples.
pub const ACCOUNT_ID: &str = "111122223333";

/// One account: its number, and its resources by type and id.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) number: String,
    resources: BTreeMap<(String, String), Value>,
}

impl Default for Account {
    fn default() -> Self {
        Self { number: ACCOUNT_ID.to_owned(), resources: BTreeMap::new() }
    }
}

impl Account {
    pub(crate) fn put(&mut self, type_name: &str, id: &str, resource: Value) {
        self.resources.insert((type_name.to_owned(), id.to_owned()), resource);
    }

    pub(crate) fn get(&self, type_name: &str, id: &str) -> Option<&Value> {
        self.resources.get(&(type_name.to_owned(), id.to_owned()))
    }

    pub(crate) fn forget(&mut self, type_name: &str, id: &str) {
        self.resources.remove(&(type_name.to_owned(), id.to_owned()));
    }

    /// The resources of one type, by id.
    pub(crate) fn all<'a>(&'a self, type_name: &str) -> impl Iterator<Item = &'a Value> {
        let of_type = self.resources.iter().filter(move |((name, _), _)| name == type_name);
        of_type.map(|(_, resource)| resource).collect::<Vec<_>>().into_iter()
    }
}

/// An account that a server and a test share.
#[derive(Debug, Clone, Default)]
pub struct SharedAccount(Arc<Mutex<Account>>);

impl SharedAccount {
    /// Puts a resource there, as if something else than Terraform had made it, or replaces the one with the same `id`.
    ///
    /// The attributes are those of the resource type; of a type without schema (`aws_route53_zone`, `aws_prefix_list`,
    /// `aws_ami`) those that its data source looks for. Tags are given as `tags`.
    ///
    /// # Errors
    /// A sentence when the attributes are no object with an `id`.
    pub fn put(&self, type_name: &str, attributes: &serde_json::Value) -> Result<(), String> {
        let id = attributes["id"].as_str().ok_or_else(|| format!("{type_name} without an `id`: {attributes}"))?;
        let mut resource = Value::from(attributes);
        if resource.get("tags_all").is_null() {
            let tags = resource.get("tags").clone();
            resource.set("tags_all", tags);
        }
        if let Some(schema) = schema::aws()?.resource_schemas.get(type_name) {
            resource = schema.block.conform(&resource);
        }
        self.lock().put(type_name, id, resource);
        Ok(())
    }

    /// The attributes of a resource.
    #[must_use]
    pub fn get(&self, type_name: &str, id: &str) -> Option<serde_json::Value> {
        self.lock().get(type_name, id).map(Value::to_json)
    }

    /// All resources of a type, by id.
    #[must_use]
    pub fn all(&self, type_name: &str) -> Vec<serde_json::Value> {
        self.lock().all(type_name).map(Value::to_json).collect()
    }

    /// Takes a resource away, as if something else than Terraform had removed it.
    pub fn forget(&self, type_name: &str, id: &str) {
        self.lock().forget(type_name, id);
    }

    /// Gives the account another number than [`ACCOUNT_ID`]; what exists already keeps its names.
    pub fn set_number(&self, number: &str) {
        number.clone_into(&mut self.lock().number);
    }

    /// The account; what a panicking test left behind is whole, since every change is one step.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_put_is_found_until_it_is_forgotten() {
        let account = SharedAccount::default();
        let vpc = json!({"id": "vpc-1", "cidr_block": "10.0.0.0/16", "tags": {"Name": "main"}});
        account.put("aws_vpc", &vpc).expect("it has an id");
        let found = account.get("aws_vpc", "vpc-1").expect("it is there");
        assert_eq!((&found["cidr_block"], &found["tags_all"]["Name"]), (&json!("10.0.0.0/16"), &json!("main")));
        account.forget("aws_vpc", "vpc-1");
        assert_eq!(account.get("aws_vpc", "vpc-1"), None);
        assert!(account.all("aws_vpc").is_empty());
    }

    #[test]
    fn a_resource_without_id_is_refused_with_words() {
        let refusal = SharedAccount::default().put("aws_vpc", &json!({})).expect_err("no id");
        assert_eq!(refusal, "aws_vpc without an `id`: {}");
    }
}
