//! Committed plans as the load balancer is told of them.

use std::fs;

use jiff::Timestamp;
use skiff_wire::Plan;

use super::*;
use crate::{
    local::desired::{DesiredResource, ServiceFacts},
    provider::Shadow,
};

fn desired(name: &str) -> ScopeDesired {
    let path = format!("{}/../golden/plan/{name}/plan.json", env!("CARGO_MANIFEST_DIR"));
    let plan: Plan = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let resource = |resource: &skiff_wire::Resource| DesiredResource {
        resource_type: resource.resource_type.clone(),
        properties: resource.properties.clone(),
    };
    let service =
        |motion: &skiff_wire::Motion| ServiceDesired { facts: ServiceFacts::of(motion), ..ServiceDesired::default() };
    ScopeDesired {
        app: plan.app.clone(),
        environment: plan.environment.clone(),
        resources: plan.shape.iter().map(|(key, value)| (key.clone(), resource(value))).collect(),
        services: plan.services.iter().map(|(name, motion)| (name.clone(), service(motion))).collect(),
    }
}

fn of(desired: &ScopeDesired) -> Configuration {
    configuration(&Input { scopes: vec![desired], members: Vec::new() })
}

fn weights(configuration: &Configuration) -> Vec<(&str, u32)> {
    let rule = configuration.rules.first().unwrap();
    let Action::Forward { groups } = &rule.action else { panic!("{rule:?}") };
    groups.iter().map(|one| (one.group.as_str(), one.weight)).collect()
}

fn member(instance: &str, slot: &str, stage: Stage) -> MemberRecord {
    MemberRecord {
        instance: instance.into(),
        app: "shop".into(),
        environment: "default".into(),
        service: "web".into(),
        slot: slot.into(),
        launched_at: Timestamp::UNIX_EPOCH,
        stage,
        process: None,
        ports: BTreeMap::from([(8080, 20_001)]),
        health_port: 20_002,
        reason: None,
        before: None,
    }
}

#[test]
fn a_rule_forwards_by_the_weights_that_were_set_and_before_by_those_of_the_plan() {
    let mut desired = desired("web-minimal");
    assert_eq!(weights(&of(&desired)), [("shop/default/web/a", 100), ("shop/default/web/b", 0)]);
    let service = desired.services.get_mut("web").unwrap();
    service.weights = BTreeMap::from([("a".into(), 0), ("b".into(), 100)]);
    assert_eq!(weights(&of(&desired)), [("shop/default/web/a", 0), ("shop/default/web/b", 100)]);
    let service = desired.services.get_mut("web").unwrap();
    service.weights = BTreeMap::from([("b".into(), 7)]);
    assert_eq!(weights(&of(&desired)), [("shop/default/web/a", 0), ("shop/default/web/b", 7)], "unset is nothing");
}

#[test]
fn a_shadow_stands_beside_each_rule_of_its_service() {
    let mut desired = desired("routes-precedence");
    assert!(of(&desired).shadows.is_empty());
    let api = desired.services.get_mut("api").unwrap();
    api.shadow = Shadow { slot: Some("b".into()), mirror_percent: 5 };
    let rules = api.facts.rules.len();
    let shadows = of(&desired).shadows;
    assert!(rules > 1 && shadows.len() == rules, "{shadows:?}");
    let wanted = Shadowed { group: "shop/default/api/b".into(), mirror_percent: 5 };
    assert!(shadows.iter().all(|(rule, one)| rule.contains("/api.listener_rule.") && *one == wanted), "{shadows:?}");
}

#[test]
fn what_a_service_takes_over_from_is_a_group_only_where_its_address_is_known() {
    let mut desired = desired("web-cutover");
    assert_eq!(weights(&of(&desired)), [("shop/default/web/a", 0), ("shop/default/web/b", 0)]);
    let address = "127.0.0.1:9000".parse().unwrap();
    let facts = &mut desired.services.get_mut("web").unwrap().facts;
    facts.legacy = Some(LegacyFacts { target_group: "web.target_group.legacy".into(), address });
    let configuration = of(&desired);
    let legacy = ("shop/default/web/legacy", 100);
    assert_eq!(weights(&configuration), [legacy, ("shop/default/web/a", 0), ("shop/default/web/b", 0)]);
    let group = &configuration.groups["shop/default/web/legacy"];
    assert_eq!(group.targets, [Target { instance: "legacy".into(), address, health: address }]);
    assert_eq!((&*group.check.path, &*group.check.codes), ("/ready", "200-399"));
}

#[test]
fn running_members_are_targets_by_the_ports_they_were_given() {
    let desired = desired("web-minimal");
    let members = [
        member("i-one", "a", Stage::Running),
        member("i-two", "a", Stage::Draining),
        member("i-three", "b", Stage::Running),
        member("i-four", "a", Stage::Ended),
        member("i-five", "a", Stage::Launching),
        MemberRecord { before: Some("token".into()), ..member("i-six", "a", Stage::Running) },
    ];
    let configuration = configuration(&Input { scopes: vec![&desired], members: members.iter().collect() });
    let group = &configuration.groups["shop/default/web/a"];
    let target = Target {
        instance: "i-one".into(),
        address: "127.0.0.1:20001".parse().unwrap(),
        health: "127.0.0.1:20002".parse().unwrap(),
    };
    assert_eq!(group.targets, [target]);
    assert_eq!(configuration.groups["shop/default/web/b"].targets.len(), 1);
    let check = Check {
        path: "/healthz".into(),
        codes: "200".into(),
        interval_ms: 1000,
        timeout_ms: 5000,
        healthy: 2,
        unhealthy: 3,
    };
    assert_eq!((&group.check, group.deregistration_delay_ms), (&check, 30_000));
}

#[test]
fn rules_stand_in_the_order_of_the_compiler_when_they_have_no_priority_yet() {
    let configuration = of(&desired("routes-precedence"));
    let names: Vec<&str> = configuration.rules.iter().map(|rule| rule.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(
        names,
        [
            "api.listener_rule.shop-example-com-api-version-exact",
            "api.listener_rule.shop-example-com-api-v-0-9-orders-regex-0d4a216b",
            "api.listener_rule.shop-example-com-api-v2",
            "api.listener_rule.shop-example-com-api",
            "web.listener_rule.shop-example-com",
            "web.listener_rule.all",
        ]
    );
}

#[test]
fn priorities_decide_when_every_rule_has_one() {
    let configuration = of(&desired("routes-locked-priorities"));
    let desired = desired("routes-locked-priorities");
    let priority = |rule: &Rule| {
        let key = rule.name.strip_prefix("shop/default/").unwrap();
        desired.resources[key].properties["Priority"].as_u64().unwrap()
    };
    let priorities: Vec<u64> = configuration.rules.iter().map(priority).collect();
    assert!(priorities.len() > 1 && priorities.is_sorted(), "{priorities:?}");
}

#[test]
fn the_test_listener_and_the_way_to_https_are_left_out() {
    let desired = desired("load-balancer-test-listener");
    let names: Vec<String> = of(&desired).rules.into_iter().map(|rule| rule.name).collect();
    assert_eq!(names, ["shop/default/web.listener_rule.shop-example-com"]);
}

#[test]
fn every_rule_of_every_plan_is_understood() {
    let folder = format!("{}/../golden/plan", env!("CARGO_MANIFEST_DIR"));
    let mut rules = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let desired = desired(&name);
        for rule in of(&desired).rules {
            rules += 1;
            let key = rule.name.splitn(3, '/').nth(2).unwrap();
            let properties = &desired.resources[key].properties;
            assert_eq!(rule.conditions.len(), list(properties, "Conditions").len(), "{name}: {}", rule.name);
            assert_ne!(rule.action, nobody(), "{name}: {}", rule.name);
            let transforms = list(properties, "Transforms").len();
            let rewrites =
                rule.rewrite.map_or(0, |one| usize::from(one.path.is_some()) + usize::from(one.host.is_some()));
            assert_eq!(rewrites, transforms, "{name}: {}", rule.name);
        }
    }
    assert!(rules > 80, "{rules}");
}

#[test]
fn a_rule_with_a_condition_that_cannot_be_read_takes_no_request() {
    let mut desired = desired("web-minimal");
    assert!(!of(&desired).rules.is_empty());
    let rules = desired.resources.values_mut().filter(|resource| resource.resource_type.ends_with("::ListenerRule"));
    for rule in rules {
        let conditions = rule.properties.get_mut("Conditions").and_then(Value::as_array_mut).unwrap();
        conditions.push(serde_json::json!({ "Field": "source-ip", "SourceIpConfig": {} }));
    }
    assert_eq!(of(&desired).rules, []);
}
