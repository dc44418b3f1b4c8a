//! Printing of references, inputs, text, ids, policies and order.
#![allow(
    clippy::needless_pass_by_value,
    reason = "tests hand over fresh JSON; a borrow at each call would only be noise"
)]

use serde_json::{Value, json};
use skiff_wire::Plan;

use super::{cloudformation, cloudformation_text};
use crate::sample::{plan, shaped};

fn property(resources: &[(&str, &str, Value)], value: Value) -> Value {
    let mut all = resources.to_vec();
    all.push(("subject", "AWS::SNS::Topic", json!({ "It": value })));
    cloudformation(&shaped(&all))["Resources"]["Subject"]["Properties"]["It"].clone()
}

fn reference(kind: &str, attribute: &str) -> Value {
    property(&[("web.it", kind, json!({}))], json!({"resource": "web.it", "attribute": attribute}))
}

#[test]
fn ref_or_attribute_as_the_type_demands() {
    let by_ref = [
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn"),
        ("AWS::ElasticLoadBalancingV2::Listener", "ListenerArn"),
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::EC2::LaunchTemplate", "LaunchTemplateId"),
        ("AWS::SQS::Queue", "QueueUrl"),
        ("AWS::SecretsManager::Secret", "Id"),
        ("AWS::EC2::VPC", "VpcId"),
    ];
    for (kind, attribute) in by_ref {
        assert_eq!(reference(kind, attribute), json!({"Ref": "WebIt"}), "{kind} {attribute}");
    }
    let by_attribute = [
        ("AWS::EC2::SecurityGroup", "GroupId", "GroupId"),
        ("AWS::IAM::Role", "Arn", "Arn"),
        ("AWS::EC2::LaunchTemplate", "LatestVersionNumber", "LatestVersionNumber"),
        ("AWS::SQS::Queue", "Arn", "Arn"),
        ("AWS::SQS::Queue", "QueueName", "QueueName"),
        ("AWS::EC2::EIP", "AllocationId", "AllocationId"),
        ("AWS::RDS::DBInstance", "/Endpoint/Address", "Endpoint.Address"),
        ("AWS::RDS::DBInstance", "Endpoint.Port", "Endpoint.Port"),
    ];
    for (kind, attribute, printed) in by_attribute {
        assert_eq!(reference(kind, attribute), json!({"Fn::GetAtt": ["WebIt", printed]}), "{kind} {attribute}");
    }
}

#[test]
fn a_property_that_cannot_be_returned_stands_for_itself() {
    let database = ("db", "AWS::RDS::DBInstance", json!({"DBName": "shop"}));
    assert_eq!(property(&[database], json!({"resource": "db", "attribute": "DBName"})), json!("shop"));
    let looped = ("db", "AWS::RDS::DBInstance", json!({"DBName": {"resource": "db", "attribute": "DBName"}}));
    let printed = property(&[looped], json!({"resource": "db", "attribute": "DBName"}));
    assert_eq!(printed, json!({"Fn::GetAtt": ["Db", "DBName"]}));
}

#[test]
fn text_is_substituted_and_literal_dollars_are_escaped() {
    let queue = ("jobs", "AWS::SQS::Queue", json!({}));
    let joined = json!({"join": [
        "arn:", {"pseudo": "partition"}, ":x:", {"pseudo": "region"}, ":", {"pseudo": "account"}, "/${aws:userid}/",
        {"join": [{"resource": "jobs", "attribute": "Arn"}, 1]}
    ]});
    let text = "arn:${AWS::Partition}:x:${AWS::Region}:${AWS::AccountId}/${!aws:userid}/${Jobs.Arn}1";
    assert_eq!(property(std::slice::from_ref(&queue), joined), json!({"Fn::Sub": text}));
    assert_eq!(
        property(&[], json!({"join": ["a", "${b}"]})),
        json!("a${b}"),
        "nothing is substituted, nothing escaped"
    );
    let odd = property(&[], json!({"join": ["a", {"Fn::Select": [0, ["x"]]}]}));
    assert_eq!(odd, json!({"Fn::Sub": ["a${Part1}", {"Part1": {"Fn::Select": [0, ["x"]]}}]}));
}

#[test]
fn inputs_are_checked_parameters() {
    let taken = json!([{"input": "ami"}, {"join": ["a", {"input": "priority"}]}, {"image": {"input": "image"}}]);
    let mut plan = shaped(&[
        ("lb", "AWS::ElasticLoadBalancingV2::LoadBalancer", json!({"Subnets": {"input": "public-subnets"}})),
        ("other", "AWS::SNS::Topic", json!({ "It": taken })),
    ]);
    for (name, kind) in [
        ("public-subnets", "subnet-list"),
        ("ami", "ami"),
        ("priority", "rule-priority"),
        ("image", "digest"),
        ("unused", "runner-digest"),
    ] {
        let input = json!({"kind": kind, "description": "What it is.", "locked_by": ["skiff", "lock"]});
        plan.inputs.insert(name.to_owned(), serde_json::from_value(input).unwrap());
    }
    let template = cloudformation(&plan);
    assert_eq!(template["Resources"]["Lb"]["Properties"]["Subnets"], json!({"Ref": "PublicSubnets"}));
    let parameters = &template["Parameters"];
    assert_eq!(parameters["PublicSubnets"]["Type"], "List<AWS::EC2::Subnet::Id>");
    assert_eq!(parameters["Ami"]["Type"], "AWS::EC2::Image::Id");
    assert_eq!(parameters["Ami"]["AllowedPattern"], "^ami-[0-9a-f]{8,17}$");
    assert_eq!(parameters["Ami"]["Description"], "What it is. Locked by `skiff lock`.");
    assert_eq!(
        parameters["Priority"],
        json!({"Type": "Number", "MinValue": 1, "MaxValue": 50000, "Description": "What it is. Locked by `skiff lock`."})
    );
    assert_eq!(parameters["Image"]["AllowedPattern"], "^sha256:[0-9a-f]{64}$");
    assert!(parameters.get("Unused").is_none());
}

#[test]
fn ids_that_read_the_same_stay_apart() {
    let topic = "AWS::SNS::Topic";
    let mut plan = shaped(&[
        ("a.b_c", topic, json!({})),
        ("a-b.c", topic, json!({})),
        ("ü", topic, json!({})),
        ("1x", topic, json!({"It": {"input": "1x"}})),
    ]);
    let input = json!({"kind": "ami", "description": "", "locked_by": []});
    plan.inputs.insert("1x".to_owned(), serde_json::from_value(input).unwrap());
    let template = cloudformation(&plan);
    let mut ids: Vec<&String> =
        ["Resources", "Parameters"].iter().flat_map(|section| template[section].as_object().unwrap().keys()).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids.iter().all(|id| !id.is_empty() && id.chars().all(|letter| letter.is_ascii_alphanumeric())), "{ids:?}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[test]
fn decisions_travel_as_metadata() {
    let mut plan = shaped(&[("store", "AWS::S3::Bucket", json!({}))]);
    let store = plan.shape.get_mut("store").unwrap();
    store.retain = true;
    store.accepted =
        [("CKV_AWS_18".to_owned(), "logs of logs".to_owned()), ("W3045".to_owned(), "older".to_owned())].into();
    let printed = &cloudformation(&plan)["Resources"]["Store"];
    assert_eq!((&printed["DeletionPolicy"], &printed["UpdateReplacePolicy"]), (&json!("Retain"), &json!("Retain")));
    assert_eq!(printed["Metadata"]["checkov"]["skip"], json!([{"id": "CKV_AWS_18", "comment": "logs of logs"}]));
    assert_eq!(printed["Metadata"]["cfn-lint"]["config"]["ignore_checks"], json!(["W3045"]));
    assert_eq!(
        printed["Metadata"]["Skiff"],
        json!({"Resource": "store", "Origin": "network", "Accepted": {"W3045": "older"}})
    );
}

fn network() -> Plan {
    let of = |resource: &str, attribute: &str| json!({"resource": resource, "attribute": attribute});
    shaped(&[
        ("vpc", "AWS::EC2::VPC", json!({"CidrBlock": "10.0.0.0/16"})),
        ("gateway", "AWS::EC2::InternetGateway", json!({})),
        (
            "attachment",
            "AWS::EC2::VPCGatewayAttachment",
            json!({"VpcId": of("vpc", "VpcId"), "InternetGatewayId": of("gateway", "InternetGatewayId")}),
        ),
        ("table", "AWS::EC2::RouteTable", json!({"VpcId": of("vpc", "VpcId")})),
        (
            "route",
            "AWS::EC2::Route",
            json!({"RouteTableId": of("table", "RouteTableId"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": of("gateway", "InternetGatewayId")}),
        ),
        ("address", "AWS::EC2::EIP", json!({"Domain": "vpc"})),
    ])
}

#[test]
fn what_reaches_out_waits_for_the_gateway() {
    let template = cloudformation(&network());
    let waits = |id: &str| template["Resources"][id]["DependsOn"].clone();
    assert_eq!(waits("Route"), json!(["Attachment"]));
    assert_eq!(waits("Address"), json!(["Attachment"]));
    assert_eq!(waits("Vpc"), Value::Null);
}

#[test]
fn the_text_is_canonical() {
    let text = cloudformation_text(&network());
    assert!(text.starts_with(
        "{\n  \"AWSTemplateFormatVersion\": \"2010-09-09\",\n  \"Description\": \"shop (prod) in account"
    ));
    assert!(text.ends_with("}\n"));
    assert_eq!(text, cloudformation_text(&network()));
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), cloudformation(&network()));
    assert!(cloudformation(&plan()).get("Parameters").is_none());
}
