//! The IAM actions that AWS's own handlers of a resource type need (`aws-rules` 13: input to a policy, not the policy).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
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

/// What the handlers of several types need, sorted and each once.
pub(crate) struct Grouped {
    /// Actions that AWS binds to ARNs, by service.
    pub(crate) bound: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// Actions that it binds to none.
    pub(crate) free: BTreeSet<&'static str>,
}

/// What the handlers of these types need. Most applications are made of the same types, so the answers are kept.
pub(crate) fn of_types(types: BTreeSet<&'static str>) -> Arc<Grouped> {
    static KEPT: LazyLock<Mutex<BTreeMap<BTreeSet<&'static str>, Arc<Grouped>>>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(&types) {
        return Arc::clone(known);
    }
    let grouped = Arc::new(group(&types));
    kept.insert(types, Arc::clone(&grouped));
    grouped
}

fn group(types: &BTreeSet<&'static str>) -> Grouped {
    let mut grouped = Grouped { bound: BTreeMap::new(), free: BTreeSet::new() };
    for needed in types.iter().flat_map(|name| of_type(name)) {
        match needed.bound {
            true => drop(grouped.bound.entry(needed.service).or_default().insert(needed.action)),
            false => drop(grouped.free.insert(needed.action)),
        }
    }
    grouped
}

/// An action that a handler needs, and whether AWS binds it to ARNs.
struct Needed {
    service: &'static str,
    action: &'static str,
    bound: bool,
}

/// The actions of a type's handlers: wildcards expanded, those of services that Skiff makes nothing in left out.
fn of_type(type_name: &'static str) -> &'static [Needed] {
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
