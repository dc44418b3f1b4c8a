//! The test of a root module: what the spec promises, as assertions of `terraform test`.
//!
//! The right side of every assertion comes from the IR, not from the lowered block, so that a mistake in between fails.
//! Everything is planned and nothing is applied: an apply of the test could not be taken down again, since
//! `prevent_destroy` holds for it as well. Values that AWS would choose are therefore mocked while planning, which
//! Terraform can do since 1.11.
//!
//! To promise more of a type: its function in the family's module. A type whose ARN or id the provider checks has a row in
//! [`mocks`].

mod compute;
mod identity;
mod inputs;
mod load_balancing;
mod mocks;
mod network;
mod observability;
mod promise;
mod storage;

use skiff_compiler::ir::{Body as Ir, Resource};

use super::{
    TerraformError,
    address::address,
    group::Group,
    model::{Block, Body, Item, Value, wrapped},
    module::{Module, item},
    scope::{Index, Scope},
};
use promise::{Promise, Promises};

/// Where the test stands in its root module.
pub(super) const FILE: &str = "tests/shape.tftest.hcl";

/// What the test file of a root module holds.
///
/// # Errors
/// A value that cannot be said in Terraform: a defect of Skiff.
pub(super) fn of(module: &Module<'_>, index: &Index<'_>) -> Result<Vec<Item>, TerraformError> {
    let mut items = vec![mocks::provider(module, index)];
    items.extend(inputs::good(module));
    items.push(shape(module, index)?);
    items.extend(inputs::refusals(module));
    if let Some(first) = items.first_mut() {
        first.comment = wrapped(
            "Needs the provider and no account: `terraform init -backend=false`, then `terraform test`, with Terraform 1.11 or newer. Nothing is applied.",
        );
    }
    Ok(items)
}

/// The run that plans with good values and looks at the result.
fn shape(module: &Module<'_>, index: &Index<'_>) -> Result<Item, TerraformError> {
    let mut body = Body::new().set("command", Value::path(&["plan"]));
    body = body.block("assert", promise::assertion(&account(module), "local", &[])?);
    body = body.block("assert", promise::assertion(&tags(module), "local.tags", &[])?);
    for group in module.groups.iter().filter(|group| !group.piece.data) {
        let members: Vec<Member<'_>> = group.members.iter().filter_map(|piece| index.get(&piece.from)).collect();
        if members.first().is_none_or(|first| address(first) != group.members[0].address) {
            // A block that belongs to another one, whose promises name it.
            continue;
        }
        for assertion in assertions(module, index, group, &members)? {
            body = body.block("assert", assertion);
        }
    }
    Ok(item(Block::new("run", &["shape"], body)))
}

type Member<'ir> = &'ir Resource;

/// The assertions about one block: said once for all of its members where they promise the same.
fn assertions(
    module: &Module<'_>,
    index: &Index<'_>,
    group: &Group,
    members: &[Member<'_>],
) -> Result<Vec<Body>, TerraformError> {
    let block = format!("{}.{}", group.piece.address.kind, group.piece.address.name);
    let promised = members.iter().map(|member| promises(module, index, member));
    let mut promised = promised.collect::<Result<Vec<_>, _>>()?;
    let keys = group.keys();
    if keys.is_empty() {
        return promised.concat().iter().map(|promise| promise::assertion(promise, &block, &[])).collect();
    }
    for (promises, key) in promised.iter_mut().zip(&keys) {
        promises.iter_mut().for_each(|promise| promise.by_key(key));
    }
    let said = by_members(promised, &keys);
    said.iter().map(|(promise, keys)| promise::assertion(promise, &block, keys)).collect()
}

/// Each promise with the members that make it, in the order of the first one's.
fn by_members<'key>(promised: Vec<Vec<Promise>>, keys: &[&'key str]) -> Vec<(Promise, Vec<&'key str>)> {
    let mut said: Vec<(Promise, Vec<&str>)> = Vec::new();
    for (promises, key) in promised.into_iter().zip(keys) {
        for promise in promises {
            match said.iter_mut().find(|(other, _)| *other == promise) {
                Some((_, members)) => members.push(key),
                None => said.push((promise, vec![key])),
            }
        }
    }
    said
}

/// What one resource promises.
fn promises(module: &Module<'_>, index: &Index<'_>, resource: &Resource) -> Result<Vec<Promise>, TerraformError> {
    let mut scope = Scope::new(index, module.owner);
    let mut promises = Promises::new(resource, &mut scope);
    dispatch(&mut promises);
    let mut made = promises.made;
    made.retain(|promise| !promise.is_open());
    match scope.failed {
        Some(failed) => Err(failed),
        None => Ok(made),
    }
}

fn dispatch(promises: &mut Promises<'_, '_>) {
    match &promises.resource.body {
        Ir::AutoScalingGroup(body) => compute::auto_scaling_group(promises, body),
        Ir::LaunchTemplate(body) => compute::launch_template(promises, body),
        Ir::LifecycleHook(body) => compute::lifecycle_hook(promises, body),
        Ir::ScalingPolicy(body) => compute::scaling_policy(promises, body),
        Ir::ScheduledAction(body) => compute::scheduled_action(promises, body),
        Ir::LoadBalancer(body) => load_balancing::load_balancer(promises, body),
        Ir::Listener(body) => load_balancing::listener(promises, body),
        Ir::ListenerCertificate(body) => load_balancing::listener_certificate(promises, body),
        Ir::ListenerRule(body) => load_balancing::listener_rule(promises, body),
        Ir::TargetGroup(body) => load_balancing::target_group(promises, body),
        Ir::RecordSet(body) => load_balancing::record_set(promises, body),
        Ir::WebAclAssociation(body) => load_balancing::web_acl_association(promises, body),
        Ir::Vpc(body) => network::vpc(promises, body),
        Ir::Subnet(body) => network::subnet(promises, body),
        Ir::FlowLog(body) => network::flow_log(promises, body),
        Ir::VpcEndpoint(body) => network::vpc_endpoint(promises, body),
        Ir::SecurityGroupEgress(body) => network::security_group_egress(promises, body),
        Ir::SecurityGroupIngress(body) => network::security_group_ingress(promises, body),
        Ir::Role(body) => identity::role(promises, body),
        Ir::Key(body) => identity::key(promises, body),
        Ir::Alarm(body) => observability::alarm(promises, body),
        Ir::LogGroup(body) => observability::log_group(promises, body),
        Ir::Subscription(body) => observability::subscription(promises, body),
        Ir::Topic(body) => observability::topic(promises, body),
        Ir::BackupPlan(body) => storage::backup_plan(promises, body),
        Ir::BackupVault(body) => storage::backup_vault(promises, body),
        Ir::Bucket(body) => storage::bucket(promises, body),
        Ir::DatabaseInstance(body) => storage::database_instance(promises, body),
        Ir::DatabaseParameterGroup(body) => storage::database_parameter_group(promises, body),
        Ir::Queue(body) => storage::queue(promises, body),
        Ir::Secret(body) => storage::secret(promises, body),
        Ir::Volume(body) => storage::volume(promises, body),
        // What only connects others, or takes its meaning from a policy document, has nothing of its own to promise.
        _ => {}
    }
}

/// Which account and region everything is for; the provider refuses credentials of another account.
fn account(module: &Module<'_>) -> Promise {
    let context = module.context;
    let mut promise = Promise::new(format!("account: this is for {} in {}.", context.account, context.region));
    promise.is("@.account_id", &context.account).is("@.region", &context.region);
    promise.is("@.partition", &context.partition);
    promise
}

/// The tags that the provider puts on everything.
fn tags(module: &Module<'_>) -> Promise {
    let mut promise = Promise::new("tags: every resource says whose it is.");
    for (key, value) in &module.tags {
        promise.is(format!("@[\"{key}\"]"), value);
    }
    promise
}

#[cfg(test)]
mod tests;
