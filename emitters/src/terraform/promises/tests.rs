//! Assertions of generated tests: they follow the IR, and name what the spec promises.

use std::collections::BTreeSet;

use hcl_edit::structure::Body as Parsed;
use skiff_compiler::source::Sources;

use super::{Promise, by_members};
use crate::{
    sample,
    terraform::{Options, Tree, terraform},
};

fn tree(spec: &str) -> Tree {
    let sources = Sources::new("skiff.yaml", spec, None);
    let compilation = skiff_compiler::compile(&sources, &skiff_wire::Lock::default());
    let ir = compilation.ir.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics));
    terraform(&ir, Options { spec: &sources.file }).unwrap()
}

fn test_of(folder: &str) -> String {
    tree(sample::SHOP).files.remove(&format!("{folder}/{}", super::FILE)).unwrap()
}

#[test]
fn every_root_module_has_a_test_that_parses_and_is_the_same_again() {
    let (tree, again) = (tree(sample::SHOP), tree(sample::SHOP));
    let folders: BTreeSet<&str> = tree.files.keys().filter_map(|path| path.strip_suffix("/terraform.tf")).collect();
    assert_eq!(folders.len(), 3);
    for folder in folders {
        let path = format!("{folder}/{}", super::FILE);
        let text = &tree.files[&path];
        text.parse::<Parsed>().unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(*text, again.files[&path]);
    }
}

#[test]
fn slots_that_promise_the_same_are_said_once() {
    let text = test_of("services/web");
    assert!(text.contains(
        r#"    condition = alltrue([for key in ["a", "b"] : alltrue([
      aws_lb_target_group.web[key].port == 8080,
      aws_lb_target_group.web[key].protocol == "HTTP",
"#
    ));
    assert!(
        text.contains("aws_autoscaling_group.web[key].target_group_arns == toset([aws_lb_target_group.web[key].arn])")
    );
    assert!(text.contains(".content).slot == key,"));
    assert!(!text.contains(r#"for key in ["a"] :"#));
}

#[test]
fn members_that_promise_something_else_are_said_by_themselves() {
    let promise = |port: u16| {
        let mut promise = Promise::new("a port");
        promise.is("@.port", port);
        promise
    };
    let said = by_members(vec![vec![promise(1), promise(2)], vec![promise(1), promise(3)]], &["a", "b"]);
    let keys: Vec<&[&str]> = said.iter().map(|(_, keys)| keys.as_slice()).collect();
    assert_eq!(keys, [["a", "b"].as_slice(), &["a"], &["b"]]);
}

#[test]
fn weights_are_promised_by_target_group() {
    let text = test_of("services/web");
    assert!(text.contains(r#"one.weight if one.arn == aws_lb_target_group.web["a"].arn]) == 100,"#));
    assert!(text.contains(r#"one.weight if one.arn == aws_lb_target_group.web["b"].arn]) == 0,"#));
}

#[test]
fn the_environment_promises_tls_and_privacy() {
    let text = test_of("environment");
    for promised in [
        r#"aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS","#,
        r#"aws_lb_listener.https.ssl_policy == "ELBSecurityPolicy-TLS13"#,
        "aws_db_instance.orders.publicly_accessible == false,",
        "aws_s3_bucket_public_access_block.assets.restrict_public_buckets == true,",
        "jsondecode(aws_sqs_queue.jobs.redrive_policy).deadLetterTargetArn == aws_sqs_queue.jobs_dead_letters.arn,",
    ] {
        assert!(text.contains(promised), "{promised}");
    }
}

#[test]
fn every_variable_has_a_good_value_and_a_run_that_refuses_a_bad_one() {
    let tree = tree(sample::SHOP);
    let mut seen = 0;
    for (path, variables) in tree.files.iter().filter(|(path, _)| path.ends_with("variables.tf")) {
        let test = &tree.files[&path.replace("variables.tf", super::FILE)];
        for line in variables.lines().filter_map(|line| line.strip_prefix("variable \"")) {
            let name = line.trim_end_matches("\" {");
            assert!(test.contains(&format!("run \"refuses_{name}\" {{")), "{name}");
            assert!(test.contains(&format!("expect_failures = [var.{name}]")), "{name}");
            assert_eq!(test.matches(&format!("\n  {name} ")).count(), 1, "{name}");
            seen += 1;
        }
    }
    assert!(seen >= 7, "{seen}");
}
