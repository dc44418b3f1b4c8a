//! Every way of breaking the tree is refused by real Terraform, in its own words or the provider's.

use std::collections::BTreeMap;

use serde_json::json;
use skiff_tests::terraform::{Failure, Workspace};

use super::{ENVIRONMENT, SERVICE, start, tree, variables, workspace};

/// A root module, what to replace in its `main.tf` by what, and the words of the refusal.
struct Breakage {
    what: &'static str,
    root: &'static str,
    text: &'static str,
    by: &'static str,
    words: &'static str,
}

const BREAKAGES: &[Breakage] = &[
    Breakage {
        what: "an unknown argument",
        root: ENVIRONMENT,
        text: "  internal ",
        by: "  colour = \"red\"\n  internal ",
        words: "An argument named \"colour\" is not expected here.",
    },
    Breakage {
        what: "an unknown argument four blocks deep",
        root: SERVICE,
        text: "weight = 100",
        by: "weight = 100\n        colour = \"red\"",
        words: "An argument named \"colour\" is not expected here.",
    },
    Breakage {
        what: "a missing required argument",
        root: SERVICE,
        text: "  max_size            = 4\n",
        by: "",
        words: "The argument \"max_size\" is required, but no definition was found.",
    },
    Breakage {
        what: "a missing required block",
        root: SERVICE,
        text: "  condition {\n    host_header {\n      values = [\"shop.example.com\"]\n    }\n  }\n",
        by: "",
        words: "At least 1 \"condition\" blocks are required.",
    },
    Breakage {
        what: "two blocks where one may be",
        root: SERVICE,
        text: "  health_check {\n",
        by: "  health_check {\n  }\n  health_check {\n",
        words: "No more than 1 \"health_check\" blocks are allowed",
    },
    Breakage {
        what: "a wrong type",
        root: SERVICE,
        text: "max_size            = 4",
        by: "max_size            = \"many\"",
        words: "Inappropriate value for attribute \"max_size\": a number is required.",
    },
    Breakage {
        what: "an attribute where a block belongs",
        root: SERVICE,
        text: "  metadata_options {\n",
        by: "  metadata_options = {\n",
        words: "An argument named \"metadata_options\" is not expected here. Did you mean to define a block",
    },
    Breakage {
        what: "a reference to an attribute that is not there",
        root: ENVIRONMENT,
        text: "aws_lb.main.arn\n",
        by: "aws_lb.main.arm\n",
        words: "This object has no argument, nested block, or exported attribute named \"arm\".",
    },
    Breakage {
        what: "a reference to a resource that is not there",
        root: ENVIRONMENT,
        text: "aws_lb.main.arn\n",
        by: "aws_lb.shop.arn\n",
        words: "A managed resource \"aws_lb\" \"shop\" has not been declared in the root module.",
    },
    Breakage {
        what: "a resource type that is not there",
        root: ENVIRONMENT,
        text: "resource \"aws_lb\" \"main\"",
        by: "resource \"aws_elb3\" \"main\"",
        words: "The provider hashicorp/aws does not support resource type \"aws_elb3\".",
    },
    Breakage {
        what: "an ignored attribute that is not there",
        root: SERVICE,
        text: "ignore_changes = [min_size,",
        by: "ignore_changes = [least_size,",
        words: "This object has no argument, nested block, or exported attribute named \"least_size\".",
    },
    Breakage {
        what: "a misspelt word",
        root: ENVIRONMENT,
        text: "\"fixed-response\"",
        by: "\"fixed-respond\"",
        words: "expected default_action.0.type to be one of",
    },
    Breakage {
        what: "two arguments that do not combine",
        root: SERVICE,
        text: "  image_id ",
        by: "  name_prefix = \"web\"\n  image_id ",
        words: "\"name\": conflicts with name_prefix",
    },
    Breakage {
        what: "two of which one may be",
        root: ENVIRONMENT,
        text: "  cidr_ipv4 ",
        by: "  cidr_ipv6 = \"::/0\"\n  cidr_ipv4 ",
        words: "only one of `cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id` can be specified",
    },
    Breakage {
        what: "none of which one must be",
        root: ENVIRONMENT,
        text: "  cidr_ipv4         = \"0.0.0.0/0\"\n",
        by: "",
        words: "one of `cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id` must be specified",
    },
    Breakage {
        what: "a long name",
        root: ENVIRONMENT,
        text: "name                       = \"shop\"",
        by: "name                       = \"shop-shop-shop-shop-shop-shop-shop\"",
        words: "\"name\" cannot be longer than 32 characters",
    },
    Breakage {
        what: "an attribute that only AWS sets",
        root: ENVIRONMENT,
        text: "  internal ",
        by: "  dns_name = \"shop.example.com\"\n  internal ",
        words: "Can't configure a value for \"dns_name\": its value will be decided automatically",
    },
    Breakage {
        what: "something else than an ARN",
        root: ENVIRONMENT,
        text: "\"arn:aws:acm:",
        by: "\"aws:acm:",
        words: "is an invalid ARN: arn: invalid prefix",
    },
    Breakage {
        what: "an id of something else",
        root: SERVICE,
        text: "vpc_id   = data.aws_lb.main.vpc_id",
        by: "vpc_id   = \"subnet-0123456789abcdef0\"",
        words: "must be an id like vpc…",
    },
    Breakage {
        what: "a network with host bits",
        root: ENVIRONMENT,
        text: "\"10.0.0.0/16\"",
        by: "\"10.0.0.1/16\"",
        words: "is not a valid CIDR block",
    },
    Breakage {
        what: "a policy that is no JSON",
        root: SERVICE,
        text: "assume_role_policy = data.aws_iam_policy_document.trust.json",
        by: "assume_role_policy = \"allow\"",
        words: "contains an invalid JSON policy",
    },
];

#[test]
fn every_breakage_is_refused_by_validate() {
    let Some((terraform, server)) = start() else { return };
    let roots = [ENVIRONMENT, SERVICE].map(|root| (root, workspace(&terraform, &server, root)));
    let roots = BTreeMap::from(roots);
    let problems: Vec<String> =
        BREAKAGES.iter().filter_map(|breakage| unnoticed(breakage, &roots[breakage.root])).collect();
    assert!(problems.is_empty(), "{}", skiff_tests::listed(&problems));
}

/// What is wrong with how a breakage is refused.
fn unnoticed(breakage: &Breakage, workspace: &Workspace) -> Option<String> {
    let main = &tree()[&format!("{}/main.tf", breakage.root)];
    if !main.contains(breakage.text) {
        return Some(format!("{}: the text to break is not in main.tf", breakage.what));
    }
    workspace.write("main.tf", &main.replacen(breakage.text, breakage.by, 1)).expect("the folder can be written");
    match workspace.validate() {
        Ok(()) => Some(format!("{} was accepted", breakage.what)),
        Err(refusal) if !refusal.says(breakage.words) => {
            Some(format!("{}: no {:?} in {refusal}", breakage.what, breakage.words))
        }
        Err(_) => None,
    }
}

#[test]
fn a_file_that_is_not_in_canonical_form_is_refused() {
    let Some((terraform, server)) = start() else { return };
    let workspace = workspace(&terraform, &server, ENVIRONMENT);
    workspace.write("outputs.tf", "output \"a\" {\nvalue=1\n}\n").expect("the folder can be written");
    let refusal: Failure = workspace.fmt_check().expect_err("it is not indented");
    assert!(refusal.says("value=1"), "{refusal}");
}

#[test]
fn a_bad_variable_is_refused_by_its_own_validation() {
    let Some((terraform, server)) = start() else { return };
    let service = workspace(&terraform, &server, SERVICE);
    let latest = BTreeMap::from([("image_id".to_owned(), json!("latest"))]);
    let refusal = service.plan(&latest).expect_err("an image has an id");
    assert!(refusal.says("An image is named ami-…"), "{refusal}");
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let Some((terraform, server)) = start() else { return };
    server.account().put("aws_iam_role", &json!({"id": "web", "name": "web"})).expect("it has an id");
    let _environment = super::applied(&terraform, &server, ENVIRONMENT);
    let service = workspace(&terraform, &server, SERVICE);
    let refusal = service.apply(&variables(SERVICE)).expect_err("somebody else has that role");
    assert!(refusal.says("creating aws_iam_role (web): already exists"), "{refusal}");
}

#[test]
fn an_account_that_is_not_allowed_is_refused() {
    let Some((terraform, server)) = start() else { return };
    let environment = workspace(&terraform, &server, ENVIRONMENT);
    let providers =
        tree()["environment/providers.tf"].replace("region =", "allowed_account_ids = [\"444455556666\"]\n  region =");
    environment.write("providers.tf", &providers).expect("the folder can be written");
    let refusal = environment.plan(&BTreeMap::new()).expect_err("another account");
    assert!(refusal.says("AWS account ID not allowed: 111122223333"), "{refusal}");
}
