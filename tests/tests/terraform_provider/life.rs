//! The tree is made, found, moved by the runtime, changed and destroyed.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use skiff_tests::terraform::Workspace;

use super::{ENVIRONMENT, SERVICE, applied, start, variables, workspace};

/// The attributes of the only instance of a resource in a state file.
fn attributes<'a>(state: &'a mut Value, kind: &str) -> &'a mut Value {
    let resources = state["resources"].as_array_mut().expect("resources");
    let resource = resources.iter_mut().find(|resource| resource["type"] == kind).expect(kind);
    &mut resource["instances"][0]["attributes"]
}

/// An attribute of a resource in the state.
fn in_state(workspace: &Workspace, address: &str, attribute: &str) -> Value {
    let state = workspace.state().expect("there is state");
    let resources = state["values"]["root_module"]["resources"].as_array().expect("resources");
    let resource = resources.iter().find(|resource| resource["address"] == address).expect(address);
    resource["values"][attribute].clone()
}

#[test]
fn both_root_modules_are_well_formed_and_valid() {
    let Some((terraform, server)) = start() else { return };
    for root in [ENVIRONMENT, SERVICE] {
        let workspace = workspace(&terraform, &server, root);
        workspace.fmt_check().unwrap_or_else(|failure| panic!("{failure}"));
        workspace.validate().unwrap_or_else(|failure| panic!("{failure}"));
    }
}

#[test]
fn a_plan_says_what_will_be_made_and_what_is_not_known_yet() {
    let Some((terraform, server)) = start() else { return };
    let workspace = workspace(&terraform, &server, ENVIRONMENT);
    let plan = workspace.plan(&BTreeMap::new()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(plan.changed().len(), 7, "{:?}", plan.changed());
    let balancer = &plan.resources["aws_lb.main"];
    assert_eq!((&balancer.actions[..], &balancer.after["name"]), (&["create".to_owned()][..], &json!("shop")));
    assert_eq!(balancer.after["tags_all"], json!({"app": "shop"}));
    assert_eq!(balancer.after_unknown["arn"], true);
    assert_eq!(plan.outputs["load_balancer_suffix"].actions, ["create"]);
    assert!(!plan.is_empty());
}

#[test]
fn a_second_plan_is_empty_and_values_look_like_those_of_aws() {
    let Some((terraform, server)) = start() else { return };
    let workspace = applied(&terraform, &server, ENVIRONMENT);
    let plan = workspace.plan(&BTreeMap::new()).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(plan.is_empty(), "{:?}", plan.changed());
    let arn = in_state(&workspace, "aws_lb.main", "arn");
    let arn = arn.as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/"), "{arn}");
    let suffix = in_state(&workspace, "aws_lb.main", "arn_suffix");
    assert!(suffix.as_str().is_some_and(|suffix| suffix.starts_with("app/shop/") && arn.ends_with(suffix)), "{suffix}");
    let network = in_state(&workspace, "aws_vpc.main", "id");
    assert_eq!(in_state(&workspace, "aws_lb.main", "vpc_id"), network);
}

#[test]
fn another_root_module_finds_the_load_balancer_by_name() {
    let Some((terraform, server)) = start() else { return };
    let service = workspace(&terraform, &server, SERVICE);
    let early = service.plan(&variables(SERVICE)).expect_err("there is no load balancer yet");
    assert!(early.says("no matching ELBv2 Load Balancer found"), "{early}");

    let environment = applied(&terraform, &server, ENVIRONMENT);
    service.apply(&variables(SERVICE)).unwrap_or_else(|failure| panic!("{failure}"));
    let plan = service.plan(&variables(SERVICE)).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(plan.is_empty(), "{:?}", plan.changed());
    assert_eq!(in_state(&service, "aws_iam_role.web", "arn"), "arn:aws:iam::111122223333:role/skiff/prod/web");
    let subnets = in_state(&service, "aws_autoscaling_group.web", "vpc_zone_identifier");
    assert_eq!(subnets.as_array().map(Vec::len), Some(2), "{subnets}");

    environment.destroy(&BTreeMap::new()).unwrap_or_else(|failure| panic!("{failure}"));
    let late = service.plan(&variables(SERVICE)).expect_err("it was destroyed");
    assert!(late.says("no matching ELBv2 Load Balancer found"), "{late}");
}

#[test]
fn a_policy_document_is_rendered_as_the_provider_renders_it() {
    let Some((terraform, server)) = start() else { return };
    let _environment = applied(&terraform, &server, ENVIRONMENT);
    let service = applied(&terraform, &server, SERVICE);
    let trust = in_state(&service, "aws_iam_role.web", "assume_role_policy");
    let trust: Value = serde_json::from_str(trust.as_str().expect("a text")).expect("JSON");
    let statement = json!({
        "Sid": "Ec2", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    });
    assert_eq!(trust, json!({"Version": "2012-10-17", "Statement": [statement]}));
}

#[test]
fn what_the_runtime_moves_is_not_moved_back() {
    let Some((terraform, server)) = start() else { return };
    let _environment = applied(&terraform, &server, ENVIRONMENT);
    let service = applied(&terraform, &server, SERVICE);
    let move_them = |state: &mut Value| {
        let group = attributes(state, "aws_autoscaling_group");
        group["min_size"] = json!(2);
        group["desired_capacity"] = json!(3);
        group["launch_template"][0]["version"] = json!("7");
        let forward = &mut attributes(state, "aws_lb_listener_rule")["action"][0]["forward"][0];
        for group in forward["target_group"].as_array_mut().expect("two groups") {
            group["weight"] = json!(50);
        }
    };
    service.edit_state(move_them).unwrap_or_else(|failure| panic!("{failure}"));
    let plan = service.plan(&variables(SERVICE)).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(plan.is_empty(), "{:?}", plan.changed());

    // What Terraform owns is moved back: the edit did arrive.
    service.edit_state(|state| attributes(state, "aws_autoscaling_group")["max_size"] = json!(9)).expect("state");
    let plan = service.plan(&variables(SERVICE)).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(plan.changed(), BTreeMap::from([("aws_autoscaling_group.web", "update".to_owned())]));
    assert_eq!(plan.resources["aws_autoscaling_group.web"].before["min_size"], 2);
}

#[test]
fn a_changed_template_is_a_new_version() {
    let Some((terraform, server)) = start() else { return };
    let _environment = applied(&terraform, &server, ENVIRONMENT);
    let service = applied(&terraform, &server, SERVICE);
    let next = BTreeMap::from([("image_id".to_owned(), json!("ami-0ffffffffffffffff"))]);
    let plan = service.plan(&next).unwrap_or_else(|failure| panic!("{failure}"));
    // The group ignores the version, so that only the template changes.
    assert_eq!(plan.changed(), BTreeMap::from([("aws_launch_template.web", "update".to_owned())]));
    assert_eq!(plan.resources["aws_launch_template.web"].after_unknown["latest_version"], true);
    service.apply_plan().unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(in_state(&service, "aws_launch_template.web", "latest_version"), 2);
}

#[test]
fn a_create_only_change_is_a_replacement_which_the_module_may_forbid() {
    let Some((terraform, server)) = start() else { return };
    let environment = applied(&terraform, &server, ENVIRONMENT);
    let main = super::tree()["environment/main.tf"].replace("\"The load balancer\"", "\"Another\"");
    environment.write("main.tf", &main).expect("the folder can be written");
    let plan = environment.plan(&BTreeMap::new()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(plan.changed()["aws_security_group.load_balancer"], "delete+create");

    let service = applied(&terraform, &server, SERVICE);
    let main = super::tree()["services/web/main.tf"].replace("= 8080", "= 8081");
    service.write("main.tf", &main).expect("the folder can be written");
    let refusal = service.plan(&variables(SERVICE)).expect_err("a target group may not be destroyed");
    assert!(refusal.says("Instance cannot be destroyed"), "{refusal}");
}

#[test]
fn what_somebody_else_removed_is_made_again() {
    let Some((terraform, server)) = start() else { return };
    let environment = applied(&terraform, &server, ENVIRONMENT);
    let balancer = server.account().all("aws_lb").remove(0);
    server.account().forget("aws_lb", balancer["id"].as_str().expect("an id"));
    let plan = environment.plan(&BTreeMap::new()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(plan.changed()["aws_lb.main"], "create");
}

#[test]
fn what_exists_can_be_imported() {
    let Some((terraform, server)) = start() else { return };
    let vpc = json!({
        "id": "vpc-0123456789abcdef0", "cidr_block": "10.0.0.0/16", "enable_dns_hostnames": true,
        "enable_dns_support": true, "instance_tenancy": "default", "region": "eu-central-1",
        "tags": {"Name": "shop"}, "tags_all": {"Name": "shop", "app": "shop"},
    });
    server.account().put("aws_vpc", &vpc).expect("it has an id");
    let environment = workspace(&terraform, &server, ENVIRONMENT);
    let none = BTreeMap::new();
    environment.import(&none, "aws_vpc.main", "vpc-0123456789abcdef0").unwrap_or_else(|failure| panic!("{failure}"));
    let plan = environment.plan(&none).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(!plan.changed().contains_key("aws_vpc.main"), "{:?}", plan.changed());
    let missing = environment.import(&none, "aws_lb.main", "arn:nothing").expect_err("there is no such thing");
    assert!(missing.says("Cannot import non-existent remote object"), "{missing}");
}

#[test]
fn the_modules_own_tests_run_with_a_mocked_provider() {
    let Some((terraform, server)) = start() else { return };
    let service = workspace(&terraform, &server, SERVICE);
    let said = service.test().unwrap_or_else(|failure| panic!("{failure}"));
    assert!(said.contains("2 passed, 0 failed"), "{said}");
    let main = super::tree()["services/web/main.tf"].replace("max_size            = 4", "max_size            = 5");
    service.write("main.tf", &main).expect("the folder can be written");
    let failure = service.test().expect_err("the promise is broken");
    assert!(failure.says("The service has at most four instances."), "{failure}");
}
