//! Physical names: the ones AWS lets nobody change later.

use serde_json::Value;

use super::schema_path;
use crate::Problems;

/// The longest name that every service takes: target groups and load balancers stop at 32 (Elastic Load Balancing
/// API, `CreateTargetGroup`).
pub const LONGEST: usize = 32;

/// Names that people read at night are whole: create-only ones, and how many characters AWS takes (`PutMetricAlarm`,
/// `PutLifecycleHook`, `CreateDBParameterGroup`; IAM user guide, "IAM and AWS STS quotas").
const READ_BY_PEOPLE: &[(&str, &str, usize)] = &[
    ("AWS::AutoScaling::LifecycleHook", "LifecycleHookName", 255),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", 128),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName", 255),
];

/// Create-only `…Name` properties that are paths, domain names or the name of something else.
const NOT_OURS_TO_SHORTEN: &[(&str, &str, &str)] = &[
    ("AWS::EC2::VPCEndpoint", "ServiceName", "the name of an AWS service"),
    ("AWS::Logs::LogGroup", "LogGroupName", "a path, up to 512 characters"),
    ("AWS::Route53::HostedZone", "Name", "a domain name"),
    ("AWS::Route53::RecordSet", "HostedZoneName", "a domain name"),
    ("AWS::SSM::Parameter", "Name", "a path, up to 2048 characters"),
    ("AWS::SecretsManager::Secret", "Name", "a path, up to 512 characters"),
    ("AWS::ServiceDiscovery::PrivateDnsNamespace", "Name", "a domain name"),
    ("AWS::ServiceDiscovery::Service", "Name", "a label of a domain name, up to 63 characters"),
];

/// Create-only names that are longer than [`LONGEST`], or than their type takes where they are whole.
#[must_use]
pub fn problems(type_name: &str, schema: &Value, properties: &Value) -> Problems {
    let names = schema_path::pointers(schema, "createOnlyProperties").into_iter().filter_map(|path| match path[..] {
        [name] if name.ends_with("Name") && !is_exempt(type_name, name) => Some(name),
        _ => None,
    });
    let written = names.filter_map(|name| Some((name, properties[name].as_str()?, longest(type_name, name))));
    let long = written.filter(|(_, text, longest)| text.chars().count() > *longest);
    long.map(|(name, text, longest)| format!("`{name}` is `{text}`: more than {longest} characters")).collect()
}

fn longest(type_name: &str, property: &str) -> usize {
    let whole = READ_BY_PEOPLE.iter().find(|(of, name, _)| *of == type_name && *name == property);
    whole.map_or(LONGEST, |(.., longest)| *longest)
}

fn is_exempt(type_name: &str, property: &str) -> bool {
    NOT_OURS_TO_SHORTEN.iter().any(|(of, name, _)| *of == type_name && *name == property)
}
