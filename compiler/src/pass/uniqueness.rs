//! Reports two resources that would have one name: AWS takes it once.
//!
//! Names are parts joined by hyphens, so different parts can give the same name: the dead-letter queue of `jobs` and a
//! queue `jobs-dead`. The check looks at what was made and not at how, so a new resource needs one line here at most.

use std::collections::{BTreeSet, HashMap};

use crate::{
    diagnostic::Diagnostics,
    ir::{Body, Ir, Resource},
    resolve::codes,
};

/// Checks physical names and logical ids; changes nothing.
#[must_use]
pub fn run(ir: Ir, diagnostics: &mut Diagnostics) -> Ir {
    // Two things of one name in the spec were reported already, and all that is made for them has one name too.
    if !diagnostics.any_of(&[&codes::NAME_TAKEN, &codes::STALE_RENAME, &codes::DISCOVERY_NAME_TAKEN]) {
        check(&ir, diagnostics);
    }
    ir
}

fn check(ir: &Ir, diagnostics: &mut Diagnostics) {
    let mut names: HashMap<(usize, &str), &Resource> = HashMap::with_capacity(ir.resources.len());
    let mut ids: HashMap<&str, &Resource> = HashMap::with_capacity(ir.resources.len());
    let mut reported = BTreeSet::new();
    for resource in &ir.resources {
        let name = physical_name(&resource.body);
        let same_name = name.and_then(|name| names.insert((resource.body.type_index(), name), resource));
        let same_id = ids.insert(&resource.id, resource);
        let Some(other) = same_name.or(same_id) else { continue };
        // One thing twice in itself, such as a zone, has been reported where it is written.
        if other.origin.path != resource.origin.path && reported.insert((&other.origin.path, &resource.origin.path)) {
            report(other, resource, name.unwrap_or(&resource.id), diagnostics);
        }
    }
}

fn report(one: &Resource, other: &Resource, name: &str, diagnostics: &mut Diagnostics) {
    let (first, second) = if one.origin.span <= other.origin.span { (one, other) } else { (other, one) };
    if diagnostics.is_poisoned(first.origin.span) || diagnostics.is_poisoned(second.origin.span) {
        return;
    }
    let (kind, here, there) = (one.body.type_name(), &second.origin.path, &first.origin.path);
    diagnostics
        .push(
            &codes::PHYSICAL_NAME_TAKEN,
            second.origin.span,
            format!("`{there}` and `{here}` would both be called `{name}` in AWS, as `{kind}`"),
        )
        .hint("give one of them another name: AWS names are the names of the spec joined by hyphens")
        .related(first.origin.span, "the other one");
}

/// The name that must be unique among its type in the account and region; a worldwide one ends with a hash.
///
/// Private names are unique within their zone, which `resolve` has seen to.
fn physical_name(body: &Body) -> Option<&str> {
    Some(match body {
        Body::AutoScalingGroup(it) => &it.auto_scaling_group_name,
        Body::LaunchTemplate(it) => &it.launch_template_name,
        Body::BackupVault(it) => &it.backup_vault_name,
        Body::Alarm(it) => &it.alarm_name,
        Body::SecurityGroup(it) => &it.group_name,
        Body::LoadBalancer(it) => &it.name,
        Body::TargetGroup(it) => &it.name,
        Body::InstanceProfile(it) => &it.instance_profile_name,
        Body::ManagedPolicy(it) => &it.managed_policy_name,
        Body::Role(it) => &it.role_name,
        Body::Alias(it) => &it.alias_name,
        Body::LogGroup(it) => &it.log_group_name,
        Body::DatabaseInstance(it) => &it.instance_identifier,
        Body::DatabaseParameterGroup(it) => &it.name,
        Body::DatabaseSubnetGroup(it) => &it.name,
        Body::Bucket(it) => &it.bucket_name,
        Body::Topic(it) => &it.topic_name,
        Body::Queue(it) => &it.queue_name,
        Body::Secret(it) => &it.name,
        _ => return None,
    })
}
