//! Everything there is to explain, gathered from a compiled spec or from the sidecar of a generated tree.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::Value;
use skiff_compiler::source::{Lines, Span};
use skiff_wire::{AddressOrigin, ENVIRONMENT_OWNER, Origins, Place, Plan, Resource};

use super::{Address, Explanation};
use crate::{
    drawing,
    project::{Compiled, Project},
    seam,
};

/// A line of the spec beyond this many characters is cut.
const LONGEST_LINE: usize = 200;

/// What the sidecar of a tree knows, one explanation for each resource.
pub(crate) fn from_tree(origins: &Origins) -> Vec<Explanation> {
    let mut known: BTreeMap<(&str, &str), Explanation> = BTreeMap::new();
    for origin in &origins.addresses {
        let one = known.entry((&origin.resource, &origin.cloudformation_id)).or_insert_with(|| of_address(origin));
        one.addresses.push(address(origin));
    }
    known.into_values().collect()
}

fn of_address(origin: &AddressOrigin) -> Explanation {
    Explanation {
        resource: origin.resource.clone(),
        resource_type: origin.resource_type.clone(),
        name: None,
        owner: origin.module.strip_prefix("services/").unwrap_or(ENVIRONMENT_OWNER).into(),
        cloudformation_id: origin.cloudformation_id.clone(),
        origin: origin.origin.clone(),
        place: origin.place.clone(),
        line: None,
        runtime_owned: origin.runtime_owned.clone(),
        addresses: Vec::new(),
        depends_on: None,
        referred_by: None,
    }
}

fn address(origin: &AddressOrigin) -> Address {
    Address { module: origin.module.clone(), address: origin.address.clone(), file: origin.file.clone(), asked: false }
}

/// What a compiled spec knows: every resource of the plan, and what only the tree has.
pub(crate) fn from_spec(project: &Project, compiled: &Compiled, origins: &Origins) -> Vec<Explanation> {
    let (plan, lines) = (&compiled.plan, Lines::of(&project.file.text));
    let (ids, places) = (cloudformation_ids(plan), places(project, compiled, &lines));
    let needs: BTreeMap<&str, BTreeSet<&str>> =
        plan.shape.iter().map(|(id, one)| (id.as_str(), needs(id, one))).collect();
    let mut known = from_tree(origins);
    let mut addresses: BTreeMap<String, Vec<Address>> = BTreeMap::new();
    for one in &mut known {
        addresses.entry(one.resource.clone()).or_default().append(&mut one.addresses.clone());
    }
    known.retain(|one| !plan.shape.contains_key(&one.resource));
    let in_the_plan = plan.shape.iter().map(|(id, resource)| Explanation {
        resource: id.clone(),
        resource_type: resource.resource_type.clone(),
        name: name(resource),
        owner: resource.owner.clone(),
        cloudformation_id: ids.get(id).cloned().unwrap_or_default(),
        origin: resource.origin.clone(),
        place: places.get(id.as_str()).cloned(),
        line: None,
        runtime_owned: resource.runtime_owned.clone(),
        addresses: addresses.remove(id).unwrap_or_default(),
        depends_on: needs.get(id.as_str()).map(|needs| needs.iter().map(ToString::to_string).collect()),
        referred_by: Some(needed_by(id, &needs)),
    });
    in_the_plan.collect::<Vec<_>>().into_iter().chain(known).collect()
}

/// The logical ids of the template, by the key in the plan that each of its resources carries.
fn cloudformation_ids(plan: &Plan) -> BTreeMap<String, String> {
    let template = seam::cloudformation(plan);
    let resources = template["Resources"].as_object().into_iter().flatten();
    let pair = |(id, one): (&String, &Value)| Some((one["Metadata"]["Skiff"]["Resource"].as_str()?.into(), id.clone()));
    resources.filter_map(pair).collect()
}

fn places<'c>(project: &Project, compiled: &'c Compiled, lines: &Lines<'_>) -> BTreeMap<&'c str, Place> {
    let written = compiled.ir.resources.iter().filter(|resource| resource.origin.span != Span::NOWHERE);
    let place = |span: Span| {
        let (line, column) = lines.line_and_column(span.start);
        Place { file: project.file.name.clone(), line, column }
    };
    written.map(|resource| (&*resource.id, place(resource.origin.span))).collect()
}

/// The resources that one refers to or waits for.
fn needs<'p>(id: &str, resource: &'p Resource) -> BTreeSet<&'p str> {
    let mut needs: BTreeSet<&str> = resource.depends_on.iter().map(String::as_str).collect();
    resource.properties.values().for_each(|value| references(value, &mut needs));
    needs.remove(id);
    needs
}

fn references<'p>(value: &'p Value, found: &mut BTreeSet<&'p str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(object) => {
            let is_reference = object.len() == 2 && object.get("attribute").is_some_and(Value::is_string);
            match object.get("resource").and_then(Value::as_str).filter(|_| is_reference) {
                Some(resource) => drop(found.insert(resource)),
                None => object.values().for_each(|inner| references(inner, found)),
            }
        }
        _ => {}
    }
}

fn needed_by(id: &str, needs: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    needs.iter().filter(|(_, needs)| needs.contains(id)).map(|(other, _)| (*other).to_owned()).collect()
}

/// The property by which AWS knows a resource, as far as the plan says it in plain text.
fn name(resource: &Resource) -> Option<String> {
    let kind = resource.resource_type.rsplit("::").next().unwrap_or_default();
    let keys =
        [format!("{kind}Name"), format!("{kind}Identifier"), "Name".into(), "GroupName".into(), "PolicyName".into()];
    keys.iter().find_map(|key| resource.properties.get(key)?.as_str()).map(str::to_owned)
}

/// Adds the line of the spec to each, where the spec is the file that the place names.
///
/// What may be a secret is blanked out, as in every drawing: logs keep what is printed. A spec with errors shows no lines,
/// since the search for secrets may not have come to its end.
pub(crate) fn add_lines(explanations: &mut [Explanation], project: &Project, environment: &str) {
    let declared = seam::environments(&project.file).iter().any(|name| name == environment);
    let diagnostics = project.compile(Some(environment).filter(|_| declared)).diagnostics;
    if diagnostics.has_errors() {
        return;
    }
    let text = drawing::without_secrets(&project.file.text, &diagnostics);
    let lines: Vec<&str> = text.lines().collect();
    let name = |path: &str| Path::new(path).file_name().map(ToOwned::to_owned);
    for one in explanations {
        let place = one.place.as_ref().filter(|place| name(&place.file) == name(&project.file.name));
        let line = place.and_then(|place| lines.get((place.line as usize).checked_sub(1)?));
        one.line = line.map(|line| line.trim_end().chars().take(LONGEST_LINE).collect());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_at_any_depth() {
        let value = json!([{"join": ["a", {"resource": "one", "attribute": "Arn"}]},
            {"resource": "no reference"}, {"Deep": {"Er": [{"attribute": "Id", "resource": "two"}]}}]);
        let mut found = BTreeSet::new();
        references(&value, &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["one", "two"]);
    }

    #[test]
    fn addresses_of_one_resource_are_told_together() {
        let origin = |module: &str, address: &str, resource: &str| AddressOrigin {
            module: module.into(),
            address: address.into(),
            file: "data_stores.tf".into(),
            resource: resource.into(),
            resource_type: "AWS::S3::Bucket".into(),
            cloudformation_id: resource.replace('.', ""),
            origin: "data.files".into(),
            place: None,
            runtime_owned: Vec::new(),
        };
        let origins = Origins {
            schema: Origins::SCHEMA.into(),
            app: "shop".into(),
            environment: "prod".into(),
            addresses: vec![
                origin("environment", "aws_s3_bucket.files", "files.bucket"),
                origin("services/web", "aws_s3_bucket.own", "web.bucket"),
                origin("environment", "aws_s3_bucket_versioning.files", "files.bucket"),
            ],
        };
        let known = from_tree(&origins);
        assert_eq!(known.iter().map(|one| one.addresses.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(known.iter().map(|one| one.owner.as_str()).collect::<Vec<_>>(), ["environment", "web"]);
    }
}
