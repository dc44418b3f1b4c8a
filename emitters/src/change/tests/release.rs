//! What moves outside the shape.

use serde_json::{Value, json};
use skiff_wire::{
    Difference,
    Risk::{self, High, Low, Medium, None as NoRisk},
};

use crate::sample::{change, plan, resource, with_service};

fn difference(before: Value, after: Value) -> Vec<Difference> {
    change(&with_service(before), &with_service(after)).release
}

fn assert_only(before: Value, after: Value, pointer: &str, risk: Risk) {
    let found = difference(before, after);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].pointer.as_str(), found[0].risk), (pointer, risk), "{}", found[0].reason);
    assert!(!found[0].reason.contains("no rule judges"));
}

#[test]
fn a_release_moves_with_the_next_deploy() {
    let image = |digest: &str| json!({"release": {"main": {"artifact": {"image": {"digest": digest}}}}});
    assert_only(image("sha256:1"), image("sha256:2"), "/services/web/release/main/artifact/image/digest", Low);
    let level = |level: &str| json!({"release": {"main": {"environment": {"LOG_LEVEL": {"value": level}}}}});
    assert_only(level("info"), level("debug"), "/services/web/release/main/environment/LOG_LEVEL/value", Low);
    let ready = |path: &str| json!({"release": {"main": {"readiness": {"path": path}}}});
    assert_only(ready("/a"), ready("/b"), "/services/web/release/main/readiness/path", Medium);
}

#[test]
fn what_a_container_may_do_is_judged_by_what_it_opens() {
    let security = |security: Value| json!({"release": {"main": {"security": security}}});
    let place = "/services/web/release/main/security";
    assert_only(json!({}), security(json!({"user": 1000})), place, Medium);
    assert_only(security(json!({"user": 0})), security(json!({"user": 1000})), &format!("{place}/user"), Medium);
    assert_only(json!({}), security(json!({"privileged": true})), place, High);
    let (closed, open) = (json!({"non_root": true}), json!({"non_root": true, "privileged": true}));
    assert_only(security(closed.clone()), security(open.clone()), &format!("{place}/privileged"), High);
    assert_only(security(open), security(closed), &format!("{place}/privileged"), Medium);
    let drop = |words: Value| security(json!({"drop_capabilities": words}));
    assert!(difference(drop(json!(["KILL", "CHOWN"])), drop(json!(["CHOWN", "KILL"]))).is_empty(), "a set");
}

#[test]
fn a_container_beside_is_judged_like_the_main_one() {
    let beside = |more: Value| {
        let mut container = json!({"name": "device", "command": {}, "artifact": {"bundle": {"path": "device"}}});
        container.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"release": {"sidecars": [container]}})
    };
    let bare = beside(json!({}));
    let privileged = beside(json!({"security": {"privileged": true}}));
    assert_only(json!({}), bare.clone(), "/services/web/release/sidecars", Low);
    assert_only(json!({}), privileged.clone(), "/services/web/release/sidecars", High);
    assert_only(bare.clone(), privileged, "/services/web/release/sidecars/device/security", High);
    let limited = beside(json!({"limits": {"memory_mib": 256}}));
    assert_only(bare, limited, "/services/web/release/sidecars/device/limits", Medium);
}

#[test]
fn limits_hooks_and_names_of_a_member() {
    let limits = |limits: Value| json!({"release": {"main": {"limits": limits}}});
    let memory = |memory: u32| limits(json!({"memory_mib": memory}));
    let place = "/services/web/release/main/limits";
    assert_only(memory(512), memory(256), &format!("{place}/memory_mib"), Medium);
    assert_only(memory(256), memory(512), &format!("{place}/memory_mib"), Low);
    assert_only(memory(256), json!({}), place, Low);
    let hooks = |path: &str| {
        let hook = json!({"kind": "http", "path": path, "port": 8080});
        json!({"release": {"main": {"hooks": {"before_stop": hook}}}})
    };
    assert_only(hooks("/a"), hooks("/b"), "/services/web/release/main/hooks/before_stop/path", Medium);
    let dns = json!({"release": {"dns": {"servers": ["10.20.0.2"]}}});
    assert_only(json!({}), dns, "/services/web/release/dns", Medium);
    let hosts = json!({"release": {"hosts": {"10.20.0.9": ["ledger"]}}});
    assert_only(json!({}), hosts, "/services/web/release/hosts", Medium);
    let sysctls = json!({"release": {"sysctls": {"net.core.somaxconn": "4096"}}});
    assert_only(json!({}), sysctls, "/services/web/release/sysctls", Medium);
    assert_only(json!({"retries": 1}), json!({"retries": 3}), "/services/web/retries", Low);
    assert_only(json!({"retries": 3}), json!({}), "/services/web/retries", Medium);
}

#[test]
fn a_rollout_is_judged_by_what_it_stops() {
    let gates = |gates: Value| json!({"rollout": {"gates": gates}});
    let (errors, latency) =
        (json!({"metric": "error-rate", "limit": "1%"}), json!({"metric": "latency-p99", "limit": "500ms"}));
    let both = gates(json!([errors, latency]));
    assert_only(both.clone(), gates(json!([errors])), "/services/web/rollout/gates/latency-p99", Medium);
    assert_only(gates(json!([errors])), both.clone(), "/services/web/rollout/gates/latency-p99", Low);
    let dry = gates(json!([{"metric": "error-rate", "limit": "1%", "dry_run": true}, latency]));
    assert_only(both.clone(), dry.clone(), "/services/web/rollout/gates/error-rate/dry_run", Medium);
    assert_only(dry, both.clone(), "/services/web/rollout/gates/error-rate/dry_run", Low);
    assert!(difference(both, gates(json!([latency, errors]))).is_empty(), "the order of gates means nothing");
    assert_only(json!({}), json!({"rollout": {"strategy": "rolling"}}), "/services/web/rollout/strategy", Medium);
}

#[test]
fn limits_and_stops() {
    assert_only(json!({}), json!({"maximum": 3}), "/services/web/maximum", Medium);
    assert_only(json!({}), json!({"minimum": 1}), "/services/web/minimum", Medium);
    assert_only(json!({}), json!({"stop": {"grace_seconds": 5}}), "/services/web/stop/grace_seconds", Medium);
    assert_only(json!({}), json!({"stop": {"grace_seconds": 50}}), "/services/web/stop/grace_seconds", Low);
}

#[test]
fn a_schedule_is_switched_off_and_on() {
    assert_only(json!({}), json!({"suspended": true}), "/services/web/suspended", Medium);
    assert_only(json!({"suspended": true}), json!({}), "/services/web/suspended", Medium);
}

#[test]
fn who_looks_for_an_old_name_or_port_finds_nobody() {
    let names = |names: Value| json!({"discovery_aliases": names});
    let forward = |to: u16| json!({"forward": [{"port": 80, "to": to}]});
    let found = difference(names(json!(["web.discovery.a"])), names(json!(["web.discovery.b"])));
    assert_eq!(found.iter().map(|one| one.risk).max(), Some(Medium), "{found:#?}");
    assert_only(json!({}), names(json!(["web.discovery.a"])), "/services/web/discovery_aliases", Low);
    assert_only(json!({}), forward(8080), "/services/web/forward", Low);
    let found = difference(forward(8080), forward(9090));
    assert_eq!(found.iter().map(|one| one.risk).max(), Some(Medium), "{found:#?}");
}

#[test]
fn another_old_service_is_another_beginning_of_the_cutover() {
    let legacy = |service: &str| json!({"legacy": {"service": service}});
    assert_only(legacy("kubernetes/a"), legacy("kubernetes/b"), "/services/web/legacy/service", Medium);
}

#[test]
fn services_come_and_go() {
    let (with, without) = (with_service(json!({})), plan());
    assert_eq!(change(&without, &with).release[0].risk, Low);
    assert_eq!(change(&with, &without).release[0].risk, High);
}

#[test]
fn a_locked_input_and_a_new_price_change_nothing_that_runs() {
    let mut before = plan();
    let input = json!({"kind": "ami", "description": "The image.", "locked_by": ["skiff", "lock"]});
    before.inputs.insert("ami".to_owned(), serde_json::from_value(input).unwrap());
    let mut after = plan();
    after.cost.monthly = "11.00".to_owned();
    let change = change(&before, &after);
    let said: Vec<_> = change.release.iter().map(|one| (one.pointer.as_str(), one.risk)).collect();
    assert_eq!(said, [("/cost/monthly", NoRisk), ("/inputs/ami", NoRisk)]);
    assert_eq!((change.monthly_before.as_deref(), change.monthly_after.as_deref()), (Some("10.00"), Some("11.00")));
}

#[test]
fn a_renamed_service_is_not_a_new_one() {
    let mut before = with_service(json!({}));
    let group = |owner: &str, was: Option<&str>| {
        let mut group = resource("AWS::AutoScaling::AutoScalingGroup", json!({}));
        group.owner = owner.to_owned();
        group.was = was.map(str::to_owned);
        group
    };
    before.shape.insert("web.group.a".to_owned(), group("web", None));
    let mut after = with_service(json!({"slots": {"a": {"auto_scaling_group": "front.group.a"}}}));
    after.shape.insert("front.group.a".to_owned(), group("front", Some("web.group.a")));
    let motion = after.services.remove("web").unwrap();
    after.services.insert("front".to_owned(), motion);
    let change = change(&before, &after);
    assert!(change.release.is_empty(), "{:#?}", change.release);
    assert_eq!((change.summary.rename, change.shape.len()), (1, 1));
}

#[test]
fn what_the_plan_says_of_a_resource_beside_its_properties_counts() {
    let mut before = plan();
    before.shape.insert("b".to_owned(), resource("AWS::S3::Bucket", json!({})));
    let mut after = before.clone();
    before.shape.get_mut("b").unwrap().retain = true;
    after.shape.get_mut("b").unwrap().accepted.insert("CKV_AWS_18".to_owned(), "why".to_owned());
    let said = change(&before, &after).release;
    let said: Vec<_> = said.iter().map(|one| (one.pointer.as_str(), one.risk)).collect();
    assert_eq!(said, [("/shape/b/accepted/CKV_AWS_18", Low), ("/shape/b/retain", Medium)]);
}
