//! What policy promises holds in every golden plan: checked on the plan itself, whoever made it.

use std::sync::LazyLock;

use serde_json::Value;
use skiff_compiler::facts::actions;
use skiff_tests::{
    Problems,
    plan_case::{self, Planned},
};
use skiff_wire::{Plan, Resource};

/// The golden plans, compiled once for all tests of this file.
static PLANNED: LazyLock<(Vec<Planned>, Problems)> = LazyLock::new(plan_case::planned);

/// Every resource of a type in every golden plan, with a name for messages.
fn each(resource_type: &str, mut check: impl FnMut(&str, &Resource, &Plan)) {
    let (planned, problems) = &*PLANNED;
    assert!(problems.is_empty(), "golden cases that do not compile: {problems:?}");
    for case in planned {
        for (id, resource) in case.plan.shape.iter().filter(|(_, resource)| resource.resource_type == resource_type) {
            check(&format!("{} {id}", case.case.folder), resource, &case.plan);
        }
    }
}

fn at<'value>(resource: &'value Resource, pointer: &str) -> &'value Value {
    let mut segments = pointer.split('/').skip(1);
    let first = segments.next().and_then(|segment| resource.properties.get(segment));
    first.map_or(&Value::Null, |value| {
        segments.fold(value, |value, segment| match segment.parse::<usize>() {
            Ok(index) => &value[index],
            Err(_) => &value[segment],
        })
    })
}

#[test]
fn machines_answer_only_version_two_of_their_metadata_and_have_no_public_address() {
    each("AWS::EC2::LaunchTemplate", |name, template, _| {
        let data = "/LaunchTemplateData";
        assert_eq!(at(template, &format!("{data}/MetadataOptions/HttpTokens")), "required", "{name}");
        assert_eq!(at(template, &format!("{data}/MetadataOptions/HttpPutResponseHopLimit")), 1, "{name}");
        assert_eq!(at(template, &format!("{data}/NetworkInterfaces/0/AssociatePublicIpAddress")), false, "{name}");
        assert_eq!(at(template, &format!("{data}/KeyName")), &Value::Null, "{name}: no key to log in with");
    });
}

#[test]
fn whatever_rests_is_encrypted_with_a_key_of_ours() {
    for (resource_type, pointer) in [
        ("AWS::Logs::LogGroup", "/KmsKeyId"),
        ("AWS::SQS::Queue", "/KmsMasterKeyId"),
        ("AWS::SNS::Topic", "/KmsMasterKeyId"),
        ("AWS::SecretsManager::Secret", "/KmsKeyId"),
        ("AWS::EC2::Volume", "/KmsKeyId"),
        ("AWS::RDS::DBInstance", "/KmsKeyId"),
        ("AWS::RDS::DBInstance", "/MasterUserSecret/KmsKeyId"),
        ("AWS::Backup::BackupVault", "/EncryptionKeyArn"),
        ("AWS::EC2::LaunchTemplate", "/LaunchTemplateData/BlockDeviceMappings/0/Ebs/KmsKeyId"),
    ] {
        each(resource_type, |name, resource, _| assert!(!at(resource, pointer).is_null(), "{name} has no {pointer}"));
    }
    each("AWS::S3::Bucket", |name, bucket, _| {
        let rule = at(bucket, "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault");
        let expected = if name.ends_with("environment.access_logs") { "AES256" } else { "aws:kms" };
        assert_eq!(rule["SSEAlgorithm"], expected, "{name}");
    });
}

#[test]
fn databases_and_buckets_are_private() {
    each("AWS::RDS::DBInstance", |name, database, _| {
        assert_eq!(at(database, "/PubliclyAccessible"), false, "{name}");
        assert_eq!(at(database, "/ManageMasterUserPassword"), true, "{name}");
        assert_eq!(at(database, "/MasterUserPassword"), &Value::Null, "{name}");
    });
    each("AWS::S3::Bucket", |name, bucket, _| {
        let block = at(bucket, "/PublicAccessBlockConfiguration").as_object().expect("is there");
        assert!(block.len() == 4 && block.values().all(|value| value == true), "{name}");
    });
    each("AWS::SecretsManager::Secret", |name, secret, _| {
        let shell = ["/SecretString", "/GenerateSecretString"].iter().all(|pointer| at(secret, pointer).is_null());
        assert!(shell, "{name} has a value");
    });
}

#[test]
fn only_the_load_balancer_meets_the_world_and_nothing_meets_a_remote_shell() {
    each("AWS::EC2::SecurityGroupIngress", |name, rule, _| {
        assert!(at(rule, "/FromPort") != 22 && at(rule, "/FromPort") != 3389, "{name}");
        assert!(!at(rule, "/Description").as_str().unwrap_or_default().is_empty(), "{name} does not say why");
        if at(rule, "/CidrIp") == "0.0.0.0/0" {
            assert_eq!(at(rule, "/GroupId/resource"), "environment.security_group.load-balancer", "{name}");
        }
    });
    each("AWS::EC2::SecurityGroupEgress", |name, rule, _| {
        if at(rule, "/CidrIp") == "0.0.0.0/0" {
            assert_eq!(at(rule, "/FromPort"), 443, "{name}");
        }
    });
}

/// Statements of the policies that identities carry.
fn each_statement(mut check: impl FnMut(&str, &Value)) {
    for resource_type in ["AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"] {
        each(resource_type, |name, policy, _| {
            let statements = at(policy, "/PolicyDocument/Statement").as_array().into_iter().flatten();
            statements.for_each(|statement| check(&format!("{name} {}", statement["Sid"]), statement));
        });
    }
}

#[test]
fn no_policy_allows_a_wildcard_action_or_every_resource_without_need() {
    each_statement(|name, statement| {
        if statement["Effect"] != "Allow" {
            return;
        }
        let conditional = statement["Condition"].is_object();
        let everything = statement["Resource"].as_array().is_some_and(|arns| arns.iter().any(|arn| arn == "*"));
        let everything = everything && !conditional;
        for action in statement["Action"].as_array().expect("a statement has actions") {
            let action = action.as_str().expect("an action is text");
            assert!(!action.contains('*'), "{name} allows `{action}`");
            let narrower = actions::action(action).is_some_and(|known| known.supports_resource_level());
            assert!(
                !everything || !narrower,
                "{name} allows `{action}` on every resource, and AWS takes a narrower one"
            );
        }
    });
}

#[test]
fn roles_are_passed_only_to_named_services_and_nobody_who_deploys_reads_secrets() {
    let mut denied = 0;
    each_statement(|name, statement| {
        let has =
            |action: &str| statement["Action"].as_array().is_some_and(|actions| actions.iter().any(|it| it == action));
        if has("iam:PassRole") {
            assert!(statement["Condition"]["StringEquals"]["iam:PassedToService"].is_array(), "{name}");
        }
        if name.contains("policy.deployer") && has("secretsmanager:GetSecretValue") {
            assert_eq!(statement["Effect"], "Deny", "{name}");
            denied += 1;
        }
    });
    assert!(denied > 0, "no deployer is denied the values of secrets");
}

#[test]
fn roles_live_under_the_environments_path() {
    each("AWS::IAM::Role", |name, role, plan| {
        let path = at(role, "/Path").as_str().unwrap_or_default();
        assert!(path.starts_with(&format!("/skiff/{}/", plan.environment)), "{name} is at {path}");
    });
}

#[test]
fn every_billable_resource_is_in_the_estimate() {
    const BILL: &[&str] = &[
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::CloudWatch::Alarm",
        "AWS::EC2::EIP",
        "AWS::EC2::NatGateway",
        "AWS::EC2::VPCEndpoint",
        "AWS::EC2::Volume",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
        "AWS::ServiceDiscovery::PrivateDnsNamespace",
    ];
    for resource_type in BILL {
        each(resource_type, |name, _, plan| {
            let id = name.rsplit(' ').next().unwrap_or_default();
            let priced = plan.cost.lines.iter().any(|line| line.resource == id);
            let unknown = plan.cost.unknown.iter().any(|unknown| unknown.resource == id);
            assert!(priced || unknown, "{name} bills and is not in the estimate");
        });
    }
}

/// Characters of a policy as IAM counts them, with what is known later as long as it can be.
#[test]
fn policies_fit_what_aws_takes() {
    /// Shortens nothing: a reference, a pseudo-reference or an input stands for a text of its length.
    fn spelled(value: &Value) -> Value {
        match value {
            Value::Object(object) if object.contains_key("resource") => "r".repeat(120).into(),
            Value::Object(object) if object.contains_key("pseudo") => "p".repeat(14).into(),
            Value::Object(object) if object.contains_key("join") => {
                let parts = object["join"].as_array().into_iter().flatten();
                parts.map(|part| spelled(part).as_str().unwrap_or_default().to_owned()).collect::<String>().into()
            }
            Value::Object(object) => object.iter().map(|(key, inner)| (key.clone(), spelled(inner))).collect(),
            Value::Array(items) => items.iter().map(spelled).collect(),
            other => other.clone(),
        }
    }
    for (resource_type, most) in [("AWS::IAM::ManagedPolicy", 6_144), ("AWS::IAM::RolePolicy", 10_240)] {
        each(resource_type, |name, policy, _| {
            let size = spelled(at(policy, "/PolicyDocument")).to_string().len();
            assert!(size <= most, "{name} has {size} characters, AWS takes {most}");
        });
    }
}
