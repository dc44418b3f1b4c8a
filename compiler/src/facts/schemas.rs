//! What CloudFormation's resource schemas say of the types that Skiff makes.
//!
//! A pointer names a property from below `properties`, as in `/DnsOptions/PrivateDnsPreference`; an array is entered by
//! an index or by `*`.

use std::sync::{LazyLock, OnceLock};

use serde_json::Value;

use super::{schema_files::FILES, table::Table};

/// What every plan asks of a type; the schemas themselves are parsed only by comparisons and checks.
static SUMMARIES: Table = Table::new(include_str!("../../data/type-facts.tsv"), 1);
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| FILES.iter().map(|(name, _)| *name).collect());
static PARSED: [OnceLock<Value>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

/// The resource types with a schema, sorted.
#[must_use]
pub fn type_names() -> &'static [&'static str] {
    &NAMES
}

/// The schema of a type, parsed on first use and then kept.
#[must_use]
pub fn schema(type_name: &str) -> Option<&'static Value> {
    let index = FILES.binary_search_by_key(&type_name, |(name, _)| name).ok()?;
    let (_, text) = FILES.get(index)?;
    // A schema that does not parse would read as null; a test parses every one of them.
    Some(PARSED.get(index)?.get_or_init(|| serde_json::from_str(text).unwrap_or_default()))
}

/// Whether changing this property always means replacing the resource.
///
/// True for a create-only property and all below it, and for a property that holds a create-only one: to add or remove
/// the whole is to change the part. A comparison that descends to what differs gets the precise answer.
#[must_use]
pub fn is_create_only(type_name: &str, pointer: &str) -> bool {
    listed(type_name, "createOnlyProperties").any(|path| overlaps(path, pointer))
}

/// Whether changing this property may mean replacing the resource, which the schema alone cannot tell
/// (`conditionalCreateOnlyProperties`).
#[must_use]
pub fn is_conditional_create_only(type_name: &str, pointer: &str) -> bool {
    listed(type_name, "conditionalCreateOnlyProperties").any(|path| overlaps(path, pointer))
}

/// Whether AWS sets this property, so that a plan must not: the property itself or one above it is read-only.
#[must_use]
pub fn is_read_only(type_name: &str, pointer: &str) -> bool {
    listed(type_name, "readOnlyProperties").any(|path| covers(path, pointer))
}

/// Whether AWS never gives this property back, so that its drift is unknown: it or one above it is write-only.
#[must_use]
pub fn is_write_only(type_name: &str, pointer: &str) -> bool {
    listed(type_name, "writeOnlyProperties").any(|path| covers(path, pointer))
}

/// Where a resource type takes its tags, and in what form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagStyle {
    /// The property that holds the tags, as in `Tags` or `HostedZoneTags`.
    pub property: &'static str,
    /// The form of the tags in it.
    pub shape: TagShape,
}

/// The form of a resource's tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagShape {
    /// A list of `{Key, Value}`.
    List,
    /// A list of `{Key, Value, PropagateAtLaunch}`, all three required (an Auto Scaling group).
    PropagatedList,
    /// A map from key to value.
    Map,
}

/// How a type is tagged; `None` when it takes no tags or is not known.
#[must_use]
pub fn tag_style(type_name: &str) -> Option<TagStyle> {
    let mut columns = SUMMARIES.find(type_name)?.split('\t').skip(1);
    let property = columns.next()?;
    let shape = match columns.next()? {
        "list" => TagShape::List,
        "propagated" => TagShape::PropagatedList,
        "map" => TagShape::Map,
        _ => return None,
    };
    Some(TagStyle { property, shape })
}

/// The IAM actions that the type's create, read, update, delete and list handlers call, sorted, as the schema writes
/// them: wildcards and names that IAM does not know included ([`super::actions::resolve`] sorts them out).
#[must_use]
pub fn handler_actions(type_name: &str) -> Vec<&'static str> {
    let actions = SUMMARIES.find(type_name).and_then(|row| row.split('\t').nth(3));
    actions.unwrap_or_default().split(' ').filter(|action| !action.is_empty()).collect()
}

/// The paths that a schema lists under a keyword, from below `properties`.
fn listed(type_name: &str, keyword: &str) -> impl Iterator<Item = &'static str> {
    let paths = schema(type_name).and_then(|schema| schema.get(keyword));
    strings(paths).filter_map(|path| path.strip_prefix("/properties"))
}

fn strings(list: Option<&'static Value>) -> impl Iterator<Item = &'static str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn segments(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.split('/').skip(1)
}

/// Whether `path` is `pointer` or above it.
fn covers(path: &str, pointer: &str) -> bool {
    overlaps(path, pointer) && segments(path).count() <= segments(pointer).count()
}

/// Whether one of the two is the other or above it.
fn overlaps(path: &str, pointer: &str) -> bool {
    segments(path).zip(segments(pointer)).all(|(listed, asked)| listed == "*" || asked == "*" || listed == asked)
}

/// What the summary says, derived from the schema itself.
#[cfg(test)]
mod derived {
    use std::collections::BTreeSet;

    use super::*;

    fn tag_style(type_name: &str) -> Option<TagStyle> {
        let schema = schema(type_name)?;
        let tagging = schema.get("tagging")?;
        if tagging.get("taggable")?.as_bool() != Some(true) {
            return None;
        }
        let property = tagging.get("tagProperty")?.as_str()?.strip_prefix("/properties/")?;
        let definition = resolve(schema, schema.get("properties")?.get(property)?);
        let shape = match definition.get("items") {
            None => TagShape::Map,
            Some(item) if resolve(schema, item).pointer("/properties/PropagateAtLaunch").is_some() => {
                TagShape::PropagatedList
            }
            Some(_) => TagShape::List,
        };
        Some(TagStyle { property, shape })
    }

    fn handler_actions(type_name: &str) -> Vec<&'static str> {
        let handlers = schema(type_name).and_then(|schema| schema.get("handlers")).and_then(Value::as_object);
        let permissions = handlers
            .into_iter()
            .flat_map(|handlers| handlers.values())
            .flat_map(|handler| strings(handler.get("permissions")));
        permissions.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Follows a schema's `$ref` to its definition.
    fn resolve<'a>(schema: &'a Value, definition: &'a Value) -> &'a Value {
        let target = definition.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        target.and_then(|pointer| schema.pointer(pointer)).unwrap_or(definition)
    }

    #[test]
    fn the_summary_says_what_the_schemas_say() {
        for name in type_names() {
            assert_eq!(super::tag_style(name), tag_style(name), "{name}: run tools/summarise-schemas.py");
            assert_eq!(super::handler_actions(name), handler_actions(name), "{name}: run tools/summarise-schemas.py");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_parses_and_is_its_type() {
        assert_eq!(type_names().len(), 70);
        assert!(type_names().is_sorted());
        for name in type_names() {
            assert!(schema(name).and_then(|schema| schema.get("properties")).is_some(), "{name}");
        }
        assert_eq!(schema("AWS::EC2::Nothing"), None);
    }

    #[test]
    fn create_only_reaches_below_and_above() {
        let endpoint = "AWS::EC2::VPCEndpoint";
        assert!(is_create_only("AWS::ElasticLoadBalancingV2::TargetGroup", "/Port"));
        assert!(!is_create_only("AWS::ElasticLoadBalancingV2::TargetGroup", "/HealthCheckPath"));
        assert!(is_create_only(endpoint, "/DnsOptions/PrivateDnsPreference"));
        assert!(is_create_only(endpoint, "/DnsOptions/PrivateDnsSpecifiedDomains/0"));
        assert!(is_create_only(endpoint, "/DnsOptions"));
        assert!(!is_create_only(endpoint, "/DnsOptions/DnsRecordIpType"));
        assert!(!is_create_only("AWS::EC2::Nothing", "/Port"));
    }

    #[test]
    fn conditional_create_only_is_a_fact_of_its_own() {
        assert!(is_conditional_create_only("AWS::AutoScaling::AutoScalingGroup", "/LaunchTemplate/Version"));
        assert!(!is_create_only("AWS::AutoScaling::AutoScalingGroup", "/LaunchTemplate/Version"));
    }

    #[test]
    fn read_only_and_write_only_do_not_reach_above() {
        assert!(is_read_only("AWS::EC2::VPC", "/VpcId"));
        assert!(!is_read_only("AWS::CertificateManager::Certificate", "/DomainValidationOptions"));
        assert!(is_write_only("AWS::CertificateManager::Certificate", "/DomainValidationOptions/3/HostedZoneId"));
        assert!(is_write_only("AWS::EC2::LaunchTemplate", "/LaunchTemplateData/ImageId"));
        assert!(!is_write_only("AWS::EC2::VPC", "/CidrBlock"));
    }

    #[test]
    fn a_star_stands_for_any_item() {
        assert!(overlaps("/A/*/B", "/A/0/B"));
        assert!(covers("/A/*", "/A/7/B"));
        assert!(!covers("/A/*/B", "/A"));
        assert!(!overlaps("/A/*/B", "/A/0/C"));
    }

    #[test]
    fn tags_have_three_shapes_or_none() {
        let style = |name| tag_style(name).map(|style| (style.property, style.shape));
        assert_eq!(style("AWS::S3::Bucket"), Some(("Tags", TagShape::List)));
        assert_eq!(style("AWS::Route53::HostedZone"), Some(("HostedZoneTags", TagShape::List)));
        assert_eq!(style("AWS::SSM::Parameter"), Some(("Tags", TagShape::Map)));
        assert_eq!(style("AWS::Backup::BackupPlan"), Some(("BackupPlanTags", TagShape::Map)));
        assert_eq!(style("AWS::AutoScaling::AutoScalingGroup"), Some(("Tags", TagShape::PropagatedList)));
        assert_eq!(style("AWS::EC2::LaunchTemplate"), None);
        assert_eq!(style("AWS::ElasticLoadBalancingV2::ListenerCertificate"), None);
    }

    #[test]
    fn handler_actions_are_sorted_and_once() {
        let actions = handler_actions("AWS::SQS::Queue");
        assert!(actions.contains(&"sqs:CreateQueue"));
        assert!(actions.is_sorted_by(|left, right| left < right));
        assert!(handler_actions("AWS::ElasticLoadBalancingV2::ListenerCertificate").is_empty());
    }
}
