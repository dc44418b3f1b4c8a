//! The READMEs of generated trees: every section is true of its tree.

use skiff_compiler::source::Sources;

use crate::{
    sample,
    terraform::{Options, Tree, terraform},
};

/// Two services without a load balancer, of which the first by name calls the second.
const WORKERS: &str = r#"
app: shop
account: "111122223333"
region: us-east-1
network: { egress: nat }
alerts: { email: ops@example.com }
services:
  left: { kind: worker, image: "ghcr.io/acme/left:1", port: 8080, uses: [right] }
  right: { kind: worker, image: "ghcr.io/acme/right:1", port: 8080 }
"#;

fn tree(spec: &str) -> Tree {
    let sources = Sources::new("infra/skiff.yaml", spec, None);
    let compilation = skiff_compiler::compile(&sources, &skiff_wire::Lock::default());
    let ir = compilation.ir.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics));
    terraform(&ir, Options { spec: &sources.file }).unwrap()
}

fn readmes(tree: &Tree) -> Vec<(&String, &String)> {
    tree.files.iter().filter(|(path, _)| path.ends_with("README.md")).collect()
}

#[test]
fn every_folder_has_one() {
    let tree = tree(sample::SHOP);
    let paths: Vec<&str> = readmes(&tree).iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["README.md", "environment/README.md", "services/thumbs/README.md", "services/web/README.md"]);
}

#[test]
fn the_spec_is_named_without_the_folder_of_who_generates() {
    let tree = tree(sample::SHOP);
    assert!(tree.files["README.md"].contains("from `skiff.yaml`"));
    assert!(readmes(&tree).iter().all(|(_, text)| !text.contains("infra/")));
}

#[test]
fn a_tree_without_routes_says_nothing_of_traffic() {
    let tree = tree(WORKERS);
    let text = &tree.files["README.md"];
    for absent in ["weights", "forward", "traffic", "load balancer", "target group", "database"] {
        assert!(!text.contains(absent), "{absent}");
    }
    assert!(text.contains("`min_size` and `desired_capacity` are ignored"));
    assert!(text.contains("AWS asks the address for alerts to confirm"));
}

#[test]
fn a_service_is_applied_after_those_it_uses() {
    let tree = tree(WORKERS);
    let text = &tree.files["README.md"];
    let place = |line: &str| text.find(line).unwrap_or_else(|| panic!("{line}"));
    assert!(place("\n| 2 | [`services/right`]") < place("\n| 3 | [`services/left`]"));
    assert!(text.contains(" | `environment`, `services/right` |\n"));
    assert!(place("terraform -chdir=services/right apply") < place("terraform -chdir=services/left apply"));
}

#[test]
fn every_variable_and_every_decision_is_in_a_table() {
    let tree = tree(sample::SHOP);
    let text = &tree.files["README.md"];
    let of = |mark: &'static str| {
        let files = tree.files.iter().filter(|(path, _)| path.ends_with(".tf"));
        files.flat_map(move |(_, file)| file.lines().filter_map(move |line| line.trim().strip_prefix(mark)))
    };
    let mut seen = 0;
    for variable in of("variable \"") {
        let name = variable.trim_end_matches("\" {");
        assert!(text.contains(&format!("\n| `{name}` | ")), "{name}");
        seen += 1;
    }
    for skip in of("#checkov:skip=") {
        let (check, reason) = skip.split_once(':').unwrap();
        assert!(text.contains(&format!("\n| {check} | ")) && text.contains(reason), "{skip}");
        seen += 1;
    }
    assert!(seen > 6, "{seen}");
}

#[test]
fn the_layout_is_clean() {
    for spec in [sample::SHOP, WORKERS] {
        let tree = tree(spec);
        for (path, text) in readmes(&tree) {
            assert!(!text.contains("\n\n\n") && !text.contains(" \n") && !text.contains("{%"), "{path}\n{text}");
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
        }
    }
}

#[test]
fn a_renamed_service_takes_its_state_along() {
    let renamed = sample::SHOP.replace("  thumbs:\n", "  previews:\n    was: thumbs\n");
    let tree = tree(&renamed);
    let text = &tree.files["README.md"];
    assert!(text.contains("-backend-config=key=skiff/shop/default/services/thumbs.tfstate\n"));
    assert!(text.contains("-backend-config=key=skiff/shop/default/services/previews.tfstate -migrate-state\n"));
}
