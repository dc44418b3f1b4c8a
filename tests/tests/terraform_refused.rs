//! What is wrong in an emitted tree is refused by real Terraform: the proof of the golden trees can fail.

use skiff_tests::{
    listed,
    plan_case::PlanCase,
    terraform::{Server, Terraform, Workspace},
    tree_case,
};

/// A tree made wrong, and what Terraform says of it.
struct Breakage {
    what: &'static str,
    module: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    says: &'static str,
}

const fn breakage(
    what: &'static str,
    (module, file): (&'static str, &'static str),
    (from, to): (&'static str, &'static str),
    says: &'static str,
) -> Breakage {
    Breakage { what, module, file, from, to, says }
}

const BALANCING: (&str, &str) = ("services/web", "load_balancer.tf");
const COMPUTE: (&str, &str) = ("services/web", "compute.tf");
const BALANCER: (&str, &str) = ("environment", "load_balancer.tf");
const NETWORK: (&str, &str) = ("services/web", "network.tf");

const BREAKAGES: &[Breakage] = &[
    breakage("an unknown argument", BALANCING, ("  target_type ", "  target_kind "), "Unsupported argument"),
    breakage("an unknown argument of a block", BALANCING, ("    matcher ", "    matches "), "Unsupported argument"),
    breakage(
        "a missing argument",
        BALANCING,
        ("  listener_arn = data.aws_lb_listener.https.arn\n", ""),
        "Missing required argument",
    ),
    breakage("a missing block", BALANCER, ("default_action", "defaulted_action"), "Unsupported block type"),
    breakage(
        "a wrong type",
        COMPUTE,
        ("ebs_optimized = true", "ebs_optimized = [true]"),
        "Incorrect attribute value type",
    ),
    breakage(
        "a text for a number",
        COMPUTE,
        ("heartbeat_timeout      = 600", "heartbeat_timeout      = \"long\""),
        "a number is required",
    ),
    breakage(
        "an argument written as a block",
        COMPUTE,
        ("tags = {\n    Name = \"shop-default-web-${each.key}\"\n  }", "tags {\n  }"),
        "Unsupported block type",
    ),
    breakage(
        "a reference to nothing",
        NETWORK,
        ("aws_security_group.web.id", "aws_security_group.other.id"),
        "Reference to undeclared resource",
    ),
    breakage(
        "a reference to no attribute",
        BALANCER,
        (
            "= aws_lb.main.arn
",
            "= aws_lb.main.arns
",
        ),
        "Unsupported attribute",
    ),
    breakage(
        "an ignored argument that is none",
        COMPUTE,
        ("      desired_capacity,", "      wanted_capacity,"),
        "Unsupported attribute",
    ),
    breakage(
        "a variable that is none",
        COMPUTE,
        ("var.ami_arm64", "var.ami"),
        "Reference to undeclared input variable",
    ),
    breakage(
        "an unknown type",
        NETWORK,
        ("resource \"aws_security_group\" \"web\"", "resource \"aws_security_groups\" \"web\""),
        "Invalid resource type",
    ),
    breakage("a word that AWS does not know", BALANCING, ("\"HTTP1\"", "\"HTTP9\""), "protocol_version"),
    breakage(
        "a name that is too long",
        BALANCER,
        ("shop-default-lb", "shop-default-load-balancer-of-all-services"),
        "name",
    ),
    breakage(
        "two things where one must be",
        NETWORK,
        ("  ip_protocol ", "  cidr_ipv4 = \"10.0.0.0/8\"\n  cidr_ipv6 = \"::/0\"\n  ip_protocol "),
        "cidr_ipv4",
    ),
    breakage(
        "a value that AWS chooses",
        BALANCER,
        ("  load_balancer_type ", "  arn_suffix = \"app/x\"\n  load_balancer_type "),
        "unconfigurable attribute",
    ),
];

#[test]
fn a_broken_tree_is_refused() {
    let Some(terraform) = Terraform::find().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    let case = PlanCase::read("golden/plan/web-minimal").expect("a case");
    let tree = tree_case::tree(&case).unwrap_or_else(|problem| panic!("{problem}"));
    let server = Server::start().expect("a port of this machine is free");
    let mut problems = Vec::new();
    for breakage in BREAKAGES {
        let path = format!("{}/{}", breakage.module, breakage.file);
        let text = tree.files.get(&path).unwrap_or_else(|| panic!("{path} is in the tree"));
        assert!(text.contains(breakage.from), "{}: `{}` is not in {path}", breakage.what, breakage.from);
        let mut files = tree.files.clone();
        files.insert(path, text.replacen(breakage.from, breakage.to, 1));
        let workspace = Workspace::new(&terraform, &server, &files, breakage.module);
        match workspace.and_then(|workspace| workspace.validate()) {
            Ok(()) => problems.push(format!("{}: accepted", breakage.what)),
            Err(failure) if failure.says(breakage.says) => {}
            Err(failure) => problems.push(format!("{}: not refused for `{}`\n{failure}", breakage.what, breakage.says)),
        }
    }
    assert!(problems.is_empty(), "{}", listed(&problems));
}
