//! `skiff explain-resource`, from a spec and from the sidecar of a tree.

use std::fs;

use serde_json::{Value, json};

use crate::{Folder, recommended};

/// A sidecar with two instances of one block, and one resource of the environment.
fn sidecar() -> Value {
    let address = |module: &str, address: &str, resource: &str, id: &str, owned: Value| {
        json!({
            "module": module, "address": address, "file": "load_balancer.tf", "resource": resource,
            "type": "AWS::ElasticLoadBalancingV2::TargetGroup", "cloudformation_id": id, "origin": "services.web",
            "place": { "file": "skiff.yaml", "line": 1, "column": 6 }, "runtime_owned": owned,
        })
    };
    json!({
        "schema": "skiff.dev/origins/v1", "app": "shop", "environment": "prod",
        "addresses": [
            address("environment", "aws_lb.main", "environment.load_balancer", "EnvironmentLoadBalancer", json!([])),
            address("services/web", "aws_lb_target_group.web[\"a\"]", "web.target_group.a", "WebTargetGroupA", json!(["/X"])),
            address("services/web", "aws_lb_target_group.web[\"b\"]", "web.target_group.b", "WebTargetGroupB", json!([])),
        ],
    })
}

fn with_tree() -> Folder {
    let folder = Folder::empty();
    fs::create_dir(folder.path("infra")).unwrap();
    folder.write("infra/skiff-origins.json", sidecar().to_string());
    folder
}

fn resources(envelope: &Value) -> Vec<&str> {
    envelope["data"]["resources"].as_array().unwrap().iter().map(|one| one["resource"].as_str().unwrap()).collect()
}

#[test]
fn a_resource_of_a_spec_is_explained_by_its_ids() {
    let folder = Folder::with_spec("web");
    for name in ["web.auto_scaling_group.a", "WebAutoScalingGroupA"] {
        let envelope = folder.json(["explain-resource", name]);
        assert_eq!(
            (&envelope["code"], &envelope["schema"]),
            (&"RESOURCE_EXPLAINED".into(), &"skiff.dev/explain-resource/v1".into())
        );
        assert_eq!(resources(&envelope), ["web.auto_scaling_group.a"]);
        let one = &envelope["data"]["resources"][0];
        assert_eq!(one["type"], "AWS::AutoScaling::AutoScalingGroup");
        assert_eq!((&one["owner"], &one["cloudformation_id"]), (&"web".into(), &"WebAutoScalingGroupA".into()));
        assert_eq!(one["runtime_owned"], json!(["/DesiredCapacity", "/LaunchTemplate/Version", "/MinSize"]));
        assert!(one["depends_on"].as_array().unwrap().contains(&"web.launch_template.a".into()), "{one:#}");
        assert!(one["referred_by"].as_array().unwrap().contains(&"web.lifecycle_hook.a-launch".into()), "{one:#}");
        let line = one["place"]["line"].as_u64().unwrap() as usize;
        assert_eq!(one["line"], folder.read("skiff.yaml").lines().nth(line - 1).unwrap().trim_end());
    }
    let text = folder.run(["explain-resource", "WebAutoScalingGroupA"]);
    assert_eq!((text.exit, text.stderr.as_str()), (0, ""));
    assert!(text.stdout.starts_with("web.auto_scaling_group.a\n"), "{}", text.stdout);
    for words in ["`services.web.replicas` at skiff.yaml:", "│ replicas:", "/MinSize", "the service `web`"] {
        assert!(text.stdout.contains(words), "{words}: {}", text.stdout);
    }
}

#[test]
fn what_depends_on_what_is_the_same_from_both_ends() {
    let folder = Folder::with_spec("web");
    let plan = folder.json(["plan"]);
    let explain = |name: &str| folder.json(["explain-resource", name])["data"]["resources"][0].clone();
    let first = explain("web.auto_scaling_group.a");
    for needed in first["depends_on"].as_array().unwrap() {
        let needed = needed.as_str().unwrap();
        assert!(plan["data"]["shape"].get(needed).is_some(), "{needed}");
        assert!(
            explain(needed)["referred_by"].as_array().unwrap().contains(&"web.auto_scaling_group.a".into()),
            "{needed}"
        );
    }
}

#[test]
fn a_tree_explains_without_a_spec() {
    let folder = with_tree();
    let envelope = folder.json(["explain-resource", "aws_lb_target_group.web[\"a\"]", "--tree", "infra"]);
    assert_eq!(resources(&envelope), ["web.target_group.a"]);
    let one = &envelope["data"]["resources"][0];
    assert_eq!((&one["owner"], &one["runtime_owned"]), (&"web".into(), &json!(["/X"])));
    assert_eq!(one["addresses"][0]["asked"], true);
    assert!(one.get("line").is_none() && one.get("depends_on").is_none(), "{one:#}");
    let all = folder.json(["explain-resource", "aws_lb_target_group.web", "--tree", "infra"]);
    assert_eq!(resources(&all), ["web.target_group.a", "web.target_group.b"]);
    let text = folder.run(["explain-resource", "services/web:aws_lb_target_group.web[a]", "--tree", "infra"]);
    assert!(text.stdout.contains("aws_lb_target_group.web[\"a\"] in services/web/load_balancer.tf"), "{}", text.stdout);
    assert_eq!(folder.json(["explain-resource", "environment:aws_lb.main", "--tree", "infra"])["exit"], 0);
}

#[test]
fn the_line_is_shown_where_the_spec_is() {
    let folder = with_tree();
    folder.write("skiff.yaml", "app: [\n");
    let explain =
        || folder.json(["explain-resource", "aws_lb.main", "--tree", "infra"])["data"]["resources"][0].clone();
    assert!(explain().get("line").is_none(), "a spec with errors shows no lines");
    let spec = Folder::with_spec("web").read("skiff.yaml");
    folder.write("skiff.yaml", &spec);
    assert_eq!(explain()["line"], spec.lines().next().unwrap());
}

#[test]
fn an_unknown_name_is_guessed_at() {
    let folder = with_tree();
    let near = folder.json(["explain-resource", "aws_lb_target_groups.web[\"a\"]", "--tree", "infra"]);
    assert_eq!((&near["code"], &near["exit"]), (&"NOT_FOUND".into(), &5.into()));
    assert!(near["summary"].as_str().unwrap().contains("did you mean `aws_lb_target_group.web[\"a\"]`"), "{near:#}");
    assert_eq!(recommended(&near), ["skiff explain-resource aws_lb_target_group.web[\"a\"] --tree infra"]);
    let spec = Folder::with_spec("web").json(["explain-resource", "web.autoscaling_group.a"]);
    assert_eq!(recommended(&spec), ["skiff explain-resource web.auto_scaling_group.a"]);
    let far = folder.json(["explain-resource", "zzz", "--tree", "infra"]);
    assert_eq!((&far["exit"], recommended(&far).len()), (&5.into(), 0));
}

#[test]
fn a_tree_that_cannot_be_asked_is_said() {
    let folder = with_tree();
    let ask = |tree: &str| folder.json(["explain-resource", "aws_lb.main", "--tree", tree])["exit"].clone();
    assert_eq!(ask("elsewhere"), 5);
    assert_eq!(folder.json(["explain-resource", "aws_lb.main", "--tree", "infra", "--env", "staging"])["exit"], 2);
    let other = sidecar().to_string().replace("origins/v1", "origins/v9");
    for broken in ["{", "[]", other.as_str()] {
        folder.write("infra/skiff-origins.json", broken);
        assert_eq!(ask("infra"), 12, "{broken}");
    }
    assert_eq!(Folder::empty().json(["explain-resource", "aws_lb.main"])["exit"], 5, "there is no spec");
}

#[test]
fn the_sidecar_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(&Folder::empty().run(["schema", "origins"]).stdout).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&sidecar()));
}
