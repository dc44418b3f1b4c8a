//! The IAM actions that AWS's own handlers of a resource type need (`aws-rules` 13: input to a policy, not the policy).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{LazyLock, OnceLock},
};

use crate::{
    facts::{
        actions::{self, Resolution},
        schemas,
    },
    ir::TYPE_NAMES,
    pass::scope,
};

/// Actions that statements of their own grant, or nobody.
const APART: &[&str] = &[
    "iam:AttachRolePolicy",
    "iam:CreateServiceLinkedRole",
    "iam:DetachRolePolicy",
    "iam:PassRole",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
];

/// An action that a handler needs, and whether AWS binds it to ARNs.
pub(crate) struct Needed {
    pub(crate) service: &'static str,
    pub(crate) action: &'static str,
    pub(crate) bound: bool,
}

/// The actions of a type's handlers: wildcards expanded, those of services that Skiff makes nothing in left out.
pub(crate) fn of_type(type_name: &'static str) -> &'static [Needed] {
    static BY_TYPE: LazyLock<BTreeMap<&'static str, OnceLock<Vec<Needed>>>> =
        LazyLock::new(|| TYPE_NAMES.iter().map(|name| (*name, OnceLock::new())).collect());
    BY_TYPE.get(type_name).map_or(&[], |cell| cell.get_or_init(|| find_actions(type_name)))
}

fn find_actions(type_name: &str) -> Vec<Needed> {
    let entries = schemas::handler_actions(type_name);
    let resolved = entries.into_iter().flat_map(|entry| match actions::resolve(entry) {
        Resolution::Actions(names) if entry.contains('*') => {
            names.into_iter().filter(|name| is_looked_at(name)).collect()
        }
        Resolution::Actions(names) => names,
        Resolution::Instead { action, .. } => vec![action],
        Resolution::Nothing { .. } | Resolution::Unknown => Vec::new(),
    });
    resolved
        .filter(|name| !APART.contains(name))
        .filter_map(|name| {
            let (service, _) = name.split_once(':')?;
            let bound = actions::is_bound(name).filter(|_| scope::is_known(service))?;
            Some(Needed { service, action: name, bound })
        })
        .collect()
}

/// A wildcard of a handler (`ec2:Describe*`) stands for hundreds of actions; what Skiff's types need of it is what the
/// handlers of those types name one by one, and what Auto Scaling looks up to check a launch template.
fn is_looked_at(name: &str) -> bool {
    const FOR_LAUNCH_TEMPLATES: &[&str] = &[
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeInstances",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetLaunchTemplateData",
    ];
    static NAMED: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
        TYPE_NAMES.iter().flat_map(|name| schemas::handler_actions(name)).filter(|entry| !entry.contains('*')).collect()
    });
    !name.starts_with("ec2:") && !name.starts_with("ssm:")
        || NAMED.contains(name)
        || FOR_LAUNCH_TEMPLATES.contains(&name)
}
