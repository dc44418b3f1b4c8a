//! Real Terraform runs over our provider as it would over AWS's: a small tree goes through its whole life, and every way
//! of breaking it is refused with Terraform's or the provider's words.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod everything;
mod install;
mod life;
mod refused;

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_tests::{
    checkout,
    terraform::{Server, Terraform, Workspace},
};

const TREE: &str = "tests/tests/terraform_provider/tree";

/// The root module that makes the load balancer.
const ENVIRONMENT: &str = "environment";
/// The root module that looks it up.
const SERVICE: &str = "services/web";

/// The files of both root modules.
fn tree() -> BTreeMap<String, String> {
    let files = checkout::files().expect("the checkout can be listed").into_iter();
    let within = files.filter_map(|file| file.strip_prefix(&format!("{TREE}/")).map(str::to_owned));
    within.map(|path| (path.clone(), checkout::text(&format!("{TREE}/{path}")).expect("a text"))).collect()
}

/// The value of every variable of a root module.
fn variables(root: &str) -> BTreeMap<String, Value> {
    let image = ("image_id".to_owned(), Value::from("ami-0123456789abcdef0"));
    if root == SERVICE { BTreeMap::from([image]) } else { BTreeMap::new() }
}

/// A root module of the tree, with an account of its own to be applied to.
fn workspace(terraform: &Terraform, server: &Server, root: &str) -> Workspace {
    Workspace::new(terraform, server, &tree(), root).unwrap_or_else(|failure| panic!("{failure}"))
}

/// The same, applied.
fn applied(terraform: &Terraform, server: &Server, root: &str) -> Workspace {
    let workspace = workspace(terraform, server, root);
    workspace.apply(&variables(root)).unwrap_or_else(|failure| panic!("{failure}"));
    workspace
}

/// Terraform and a fresh account; nothing where there is no Terraform, which is then said.
fn start() -> Option<(Terraform, Server)> {
    let terraform = Terraform::find().unwrap_or_else(|problem| panic!("{problem}"))?;
    Some((terraform, Server::start().expect("a port of this machine is free")))
}
