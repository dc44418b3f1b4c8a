//! The risk tables, row by row: what an operator would say of each change.

use serde_json::{Value, json};
use skiff_wire::{
    Reversibility::{self, Compensatable, Irreversible, PartiallyReversible, Reversible},
    Risk::{self, High, Low, Medium, None as NoRisk},
};

use crate::sample::{change, only, plan, shaped};

type Case = (&'static str, Value, Value, Risk, Reversibility);

fn assert_cases(cases: Vec<Case>) {
    for (kind, before, after, risk, reversibility) in cases {
        let said = only(kind, before.clone(), after.clone());
        let place = format!("{kind}: {before} → {after}: {}", said.reason);
        assert_eq!((said.risk, said.reversibility), (risk, reversibility), "{place}");
        assert!(!said.reason.is_empty() && !said.reason.contains("no rule judges"), "{place}");
    }
}

#[test]
fn data() {
    let (db, bucket, queue) = ("AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::SQS::Queue");
    let public = |on: bool| json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": on}});
    assert_cases(vec![
        (db, json!({"DeletionProtection": true}), json!({"DeletionProtection": false}), High, Reversible),
        (db, json!({"DeletionProtection": false}), json!({"DeletionProtection": true}), NoRisk, Reversible),
        (db, json!({"BackupRetentionPeriod": 14}), json!({"BackupRetentionPeriod": 7}), High, Irreversible),
        (db, json!({"BackupRetentionPeriod": 7}), json!({"BackupRetentionPeriod": 14}), Low, Reversible),
        (db, json!({"DBInstanceClass": "a"}), json!({"DBInstanceClass": "b"}), High, Reversible),
        (db, json!({"EngineVersion": "16"}), json!({"EngineVersion": "17"}), High, Irreversible),
        (db, json!({"Engine": "mysql"}), json!({"Engine": "postgres"}), High, Irreversible),
        (db, json!({"AllocatedStorage": "20"}), json!({"AllocatedStorage": "40"}), Medium, Irreversible),
        (db, json!({"PubliclyAccessible": false}), json!({"PubliclyAccessible": true}), High, Reversible),
        (db, json!({"MultiAZ": true}), json!({"MultiAZ": false}), Medium, Reversible),
        (db, json!({"StorageEncrypted": false}), json!({"StorageEncrypted": true}), High, Irreversible),
        (bucket, public(true), public(false), High, Reversible),
        (
            bucket,
            json!({"VersioningConfiguration": {"Status": "Enabled"}}),
            json!({"VersioningConfiguration": {"Status": "Suspended"}}),
            High,
            PartiallyReversible,
        ),
        (bucket, json!({"LifecycleConfiguration": 1}), json!({"LifecycleConfiguration": 2}), Medium, Irreversible),
        (queue, json!({"MessageRetentionPeriod": 9}), json!({"MessageRetentionPeriod": 8}), Medium, Irreversible),
        (queue, json!({"MessageRetentionPeriod": 8}), json!({"MessageRetentionPeriod": 9}), Low, Reversible),
        (queue, json!({"SqsManagedSseEnabled": true}), json!({"SqsManagedSseEnabled": false}), High, Reversible),
        ("AWS::EC2::Volume", json!({"Size": 1}), json!({"Size": 2}), Medium, Irreversible),
        ("AWS::KMS::Key", json!({"KeyPolicy": 1}), json!({"KeyPolicy": 2}), High, Reversible),
        ("AWS::KMS::Key", json!({"EnableKeyRotation": true}), json!({"EnableKeyRotation": false}), Medium, Reversible),
        ("AWS::SecretsManager::Secret", json!({"KmsKeyId": 1}), json!({"KmsKeyId": 2}), Medium, Reversible),
    ]);
}

#[test]
fn traffic() {
    let (balancer, listener) = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener");
    let (targets, rule) = ("AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancingV2::ListenerRule");
    let attribute = |name: &str, key: &str, value: &str| json!({name: [{"Key": key, "Value": value}]});
    let protection = |on: &str| attribute("LoadBalancerAttributes", "deletion_protection.enabled", on);
    let delay = |seconds: &str| attribute("TargetGroupAttributes", "deregistration_delay.timeout_seconds", seconds);
    assert_cases(vec![
        (balancer, protection("true"), protection("false"), High, Reversible),
        (balancer, json!({"Scheme": "internal"}), json!({"Scheme": "internet-facing"}), High, Compensatable),
        (listener, json!({"Certificates": ["a"]}), json!({"Certificates": ["b"]}), Medium, Reversible),
        (listener, json!({"SslPolicy": "a"}), json!({"SslPolicy": "b"}), Medium, Reversible),
        (listener, json!({"LoadBalancerArn": "a"}), json!({"LoadBalancerArn": "b"}), High, Compensatable),
        (targets, json!({"Port": 1}), json!({"Port": 2}), High, Compensatable),
        (targets, json!({"HealthCheckPath": "a"}), json!({"HealthCheckPath": "b"}), Medium, Reversible),
        (targets, delay("30"), delay("60"), Low, Reversible),
        (rule, json!({"Priority": 1}), json!({"Priority": 2}), Medium, Reversible),
        (
            rule,
            json!({"Conditions": [{"Field": "path-pattern", "Values": ["/a"]}]}),
            json!({"Conditions": [{"Field": "path-pattern", "Values": ["/b"]}]}),
            High,
            Reversible,
        ),
        ("AWS::Route53::RecordSet", json!({"TTL": 1}), json!({"TTL": 2}), High, Compensatable),
    ]);
}

#[test]
fn capacity() {
    let group = "AWS::AutoScaling::AutoScalingGroup";
    let template = |image: &str| json!({"LaunchTemplateData": {"ImageId": image}});
    let tokens = |tokens: &str| json!({"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": tokens}}});
    let version = |version: &str| json!({"LaunchTemplate": {"Version": version}});
    let kept = |share: u32| json!({"InstanceMaintenancePolicy": {"MinHealthyPercentage": share}});
    assert_cases(vec![
        (group, json!({"MaxSize": "4"}), json!({"MaxSize": "2"}), Medium, Reversible),
        (group, json!({"MaxSize": "2"}), json!({"MaxSize": "4"}), Medium, Reversible),
        (group, version("1"), version("2"), Low, Reversible),
        (group, json!({"HealthCheckType": "EC2"}), json!({"HealthCheckType": "ELB"}), High, Reversible),
        (group, kept(50), kept(90), Low, Reversible),
        (group, kept(50), json!({}), Medium, Reversible),
        ("AWS::AutoScaling::ScalingPolicy", json!({"PolicyType": 1}), json!({"PolicyType": 2}), Medium, Reversible),
        (
            "AWS::AutoScaling::LifecycleHook",
            json!({"HeartbeatTimeout": 2}),
            json!({"HeartbeatTimeout": 1}),
            Medium,
            Reversible,
        ),
        ("AWS::EC2::LaunchTemplate", template("ami-1"), template("ami-2"), Low, Reversible),
        ("AWS::EC2::LaunchTemplate", tokens("required"), tokens("optional"), High, Reversible),
    ]);
}

#[test]
fn access() {
    let (policy, role) = ("AWS::IAM::RolePolicy", "AWS::IAM::Role");
    let allow = |actions: Value| json!({"PolicyDocument": {"Statement": [{"Sid": "A", "Effect": "Allow", "Action": actions, "Resource": "r"}]}});
    let trust = |services: Value| json!({"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": services}}]}});
    let everybody = |principal: &str| json!({"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "q", "Principal": {"AWS": principal}}]}});
    assert_cases(vec![
        (policy, allow(json!(["s3:GetObject"])), allow(json!(["s3:GetObject", "s3:PutObject"])), Medium, Reversible),
        (policy, allow(json!(["s3:GetObject", "s3:PutObject"])), allow(json!(["s3:GetObject"])), Medium, Reversible),
        (policy, allow(json!("s3:GetObject")), allow(json!("s3:*")), High, Reversible),
        (
            role,
            trust(json!("ec2.amazonaws.com")),
            trust(json!(["ec2.amazonaws.com", "ecs.amazonaws.com"])),
            High,
            Reversible,
        ),
        (role, json!({"PermissionsBoundary": "b"}), json!({}), High, Reversible),
        ("AWS::SQS::QueuePolicy", everybody("1"), everybody("*"), High, Reversible),
    ]);
    let wider = only(policy, allow(json!("a:B")), allow(json!(["a:B", "a:C"]))).reason;
    let narrower = only(policy, allow(json!(["a:B", "a:C"])), allow(json!("a:B"))).reason;
    assert!(wider.contains("more") && narrower.contains("less"), "{wider} / {narrower}");
}

#[test]
fn network() {
    let ingress = "AWS::EC2::SecurityGroupIngress";
    let rules = |ranges: &[&str]| json!({"SecurityGroupIngress": ranges.iter().map(|range| json!({"CidrIp": range})).collect::<Vec<_>>()});
    assert_cases(vec![
        (ingress, json!({"CidrIp": "10.0.0.0/8"}), json!({"CidrIp": "0.0.0.0/0"}), High, Reversible),
        (ingress, json!({"CidrIp": "0.0.0.0/0"}), json!({"CidrIp": "10.0.0.0/8"}), Medium, Reversible),
        ("AWS::EC2::SecurityGroup", rules(&["10.0.0.0/8"]), rules(&["10.0.0.0/8", "0.0.0.0/0"]), High, Reversible),
        ("AWS::EC2::SecurityGroup", rules(&["10.0.0.0/8", "10.1.0.0/16"]), rules(&["10.0.0.0/8"]), Medium, Reversible),
        ("AWS::EC2::Route", json!({"GatewayId": 1}), json!({"GatewayId": 2}), High, Reversible),
        ("AWS::EC2::VPCEndpoint", json!({"PolicyDocument": 1}), json!({"PolicyDocument": 2}), Medium, Reversible),
    ]);
}

#[test]
fn what_only_observes() {
    assert_cases(vec![
        ("AWS::CloudWatch::Alarm", json!({"Threshold": 1}), json!({"Threshold": 2}), Low, Reversible),
        ("AWS::CloudWatch::Alarm", json!({"AlarmActions": ["a"]}), json!({"AlarmActions": []}), Medium, Reversible),
        ("AWS::Logs::LogGroup", json!({"RetentionInDays": 30}), json!({"RetentionInDays": 7}), Medium, Irreversible),
        ("AWS::Logs::LogGroup", json!({"RetentionInDays": 7}), json!({}), Low, Reversible),
        ("AWS::S3::Bucket", json!({"Tags": [{"Key": "a", "Value": "1"}]}), json!({"Tags": []}), NoRisk, Reversible),
    ]);
}

#[test]
fn the_worst_property_decides() {
    let said =
        only("AWS::RDS::DBInstance", json!({"DeletionProtection": true, "MultiAZ": true}), json!({"MultiAZ": false}));
    assert_eq!(said.risk, High);
    assert!(said.reason.contains("deletion protection"));
}

#[test]
fn removals() {
    let cases = [
        ("AWS::RDS::DBInstance", High, Irreversible),
        ("AWS::S3::Bucket", High, Irreversible),
        ("AWS::EC2::Volume", High, Irreversible),
        ("AWS::KMS::Key", High, Irreversible),
        ("AWS::SecretsManager::Secret", High, Irreversible),
        ("AWS::SQS::Queue", High, Irreversible),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", High, Compensatable),
        ("AWS::EC2::SecurityGroupIngress", Medium, Reversible),
        ("AWS::IAM::Role", Medium, Compensatable),
        ("AWS::CloudWatch::Alarm", Medium, Reversible),
        ("AWS::Logs::LogGroup", Medium, Irreversible),
        ("AWS::Made::Up", Medium, Compensatable),
    ];
    for (kind, risk, reversibility) in cases {
        let removed = &change(&shaped(&[("it", kind, json!({}))]), &plan()).shape[0];
        assert_eq!((removed.risk, removed.reversibility), (risk, reversibility), "{kind}");
    }
}

#[test]
fn an_addition_to_what_exists_is_judged_as_a_change_of_it() {
    let group = ("group", "AWS::EC2::SecurityGroup", json!({}));
    let of_group = json!({"resource": "group", "attribute": "GroupId"});
    let rule = |range: &str| ("rule", "AWS::EC2::SecurityGroupIngress", json!({"GroupId": of_group, "CidrIp": range}));
    let risk = |before: &skiff_wire::Plan, range: &str| {
        let change = change(before, &shaped(&[group.clone(), rule(range)]));
        change.shape.iter().find(|shape| shape.resource == "rule").unwrap().risk
    };
    assert_eq!(risk(&plan(), "0.0.0.0/0"), Low);
    assert_eq!(risk(&shaped(std::slice::from_ref(&group)), "10.0.0.0/8"), Medium);
    assert_eq!(risk(&shaped(std::slice::from_ref(&group)), "0.0.0.0/0"), High);
}

#[test]
fn a_new_role_that_may_use_an_existing_bucket_is_a_mere_addition() {
    let store = ("store", "AWS::S3::Bucket", json!({}));
    let role = ("role", "AWS::IAM::Role", json!({}));
    let allow = json!({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"resource": "store", "attribute": "Arn"}}]});
    let properties = json!({"RoleName": {"resource": "role", "attribute": "RoleName"}, "PolicyDocument": allow});
    let policy = ("policy", "AWS::IAM::RolePolicy", properties);
    let after = shaped(&[store.clone(), role.clone(), policy]);
    let risk = |before: &skiff_wire::Plan| {
        let change = change(before, &after);
        change.shape.iter().find(|shape| shape.resource == "policy").unwrap().risk
    };
    assert_eq!(risk(&shaped(std::slice::from_ref(&store))), Low);
    assert_eq!(risk(&shaped(&[store.clone(), role.clone()])), Medium);
}
