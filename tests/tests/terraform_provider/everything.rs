//! Every type of the schema is made, found by its data source, stays as it is, and is destroyed.

use std::collections::BTreeMap;

use serde_json::json;
use skiff_terraform_provider::schema;
use skiff_tests::terraform::{Server, Workspace};

use super::{start, tree, workspace};

const EVERYTHING: &str = "everything";

/// What the tree looks up and does not make.
fn put_what_is_there(server: &Server) {
    let zone = json!({"id": "Z0123456789ABCDEFGHIJ", "zone_id": "Z0123456789ABCDEFGHIJ", "name": "example.com"});
    let image = |id: &str, date: &str| json!({"id": id, "name": "al2023-ami-2023.9-arm64", "creation_date": date});
    let there = [
        ("aws_route53_zone", zone),
        ("aws_ami", image("ami-0000000000000000a", "2026-02-01")),
        ("aws_ami", image("ami-0000000000000000b", "2026-01-01")),
    ];
    for (kind, attributes) in there {
        server.account().put(kind, &attributes).expect("it has an id");
    }
}

fn assert_nothing_changes(workspace: &Workspace) {
    workspace.expect_no_changes(&BTreeMap::new()).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn every_type_of_the_schema_lives_through_apply_plan_and_destroy() {
    let Some((terraform, server)) = start() else { return };
    put_what_is_there(&server);
    let workspace = workspace(&terraform, &server, EVERYTHING);
    let none = BTreeMap::new();
    workspace.fmt_check().unwrap_or_else(|failure| panic!("{failure}"));
    workspace.validate().unwrap_or_else(|failure| panic!("{failure}"));
    workspace.apply(&none).unwrap_or_else(|failure| panic!("{failure}"));
    assert_nothing_changes(&workspace);

    let outputs = &workspace.state().unwrap_or_else(|failure| panic!("{failure}"))["values"]["outputs"];
    assert_eq!(outputs["who"]["value"], "aws 111122223333");
    assert_eq!(outputs["key_is_found_by_its_alias"]["value"], true);
    assert_eq!(
        outputs["latest_log_line_goes_to"]["value"],
        "arn:aws:logs:eu-central-1:111122223333:log-group:/skiff/main:*"
    );
    let secret = outputs["database_secret"]["value"].as_str().unwrap_or_default();
    assert!(secret.starts_with("arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!db-"), "{secret}");
    let template = &server.account().all("aws_launch_template")[0];
    assert_eq!(template["image_id"], "ami-0000000000000000a", "the newer of two images");

    workspace.destroy(&none).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(server.account().all("aws_vpc").is_empty() && server.account().all("aws_lb").is_empty());
}

#[test]
fn the_tree_has_every_type_of_the_schema() {
    let files = tree();
    let own = files.iter().filter(|(path, _)| path.starts_with(EVERYTHING));
    let text: String = own.map(|(_, text)| text.as_str()).collect();
    let schema = schema::aws().expect("the committed file is good");
    let resources = schema.resource_schemas.keys().map(|name| format!("resource \"{name}\" "));
    let data_sources = schema.data_source_schemas.keys().map(|name| format!("data \"{name}\" "));
    let missing: Vec<String> = resources.chain(data_sources).filter(|start| !text.contains(start.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
