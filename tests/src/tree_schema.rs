//! A Terraform tree against the schema of the AWS provider, in process: for many trees, where running Terraform on each
//! would take hours.
//!
//! Every argument and block of every resource and data source must be one that its type takes, with a value of a fitting
//! type where that can be seen, none that is required may be missing, and blocks must be as many as they may. What only
//! Terraform can judge, references and what an expression gives, it does judge for the golden trees.

use hcl_edit::{
    expr::{Expression, ObjectKey},
    structure::{Block as Written, Body, Structure},
};
use skiff_emitters::terraform::Tree;
use skiff_terraform_provider::schema::{self, Block, Catalogue, Type};

use crate::Problems;

/// What Terraform itself takes in every resource.
const META_ARGUMENTS: &[&str] = &["count", "depends_on", "for_each", "provider"];
const META_BLOCKS: &[&str] = &["connection", "lifecycle", "provisioner", "timeouts"];

/// Everything that the provider's schema has against a tree, each with its file and address.
#[must_use]
pub fn problems(tree: &Tree) -> Problems {
    let catalogue = match schema::aws() {
        Ok(catalogue) => catalogue,
        Err(problem) => return vec![problem.to_owned()],
    };
    let files = tree.files.iter().filter(|(path, _)| path.ends_with(".tf"));
    files.flat_map(|(path, text)| of_file(path, text, catalogue)).collect()
}

fn of_file(path: &str, text: &str, catalogue: &Catalogue) -> Problems {
    let body: Body = match text.parse() {
        Ok(body) => body,
        Err(error) => return vec![format!("{path}: no HCL: {error}")],
    };
    let mut problems = Problems::new();
    for block in body.iter().filter_map(Structure::as_block) {
        let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
        let (schemas, [kind, name]) = (catalogue_of(block, catalogue), labels.as_slice()) else { continue };
        let Some(schemas) = schemas.filter(|_| kind.starts_with("aws_")) else { continue };
        let at = format!("{path}: {kind}.{name}");
        match schemas.get(*kind) {
            Some(schema) => of_block(&at, &block.body, &schema.block, true, &mut problems),
            None => problems.push(format!("{at}: the provider has no such type")),
        }
    }
    problems
}

fn catalogue_of<'c>(
    block: &Written,
    catalogue: &'c Catalogue,
) -> Option<&'c std::collections::BTreeMap<String, schema::Schema>> {
    match block.ident.as_str() {
        "resource" => Some(&catalogue.resource_schemas),
        "data" => Some(&catalogue.data_source_schemas),
        _ => None,
    }
}

/// What stands between two braces. Recursion is safe: it goes no deeper than the provider's schema.
fn of_block(at: &str, body: &Body, schema: &Block, outermost: bool, problems: &mut Problems) {
    for argument in body.attributes() {
        let name = argument.key.as_str();
        match schema.attributes.get(name) {
            _ if outermost && META_ARGUMENTS.contains(&name) => {}
            None => problems.push(format!("{at}: there is no argument `{name}`")),
            Some(known) if !known.optional && !known.required => problems.push(format!("{at}: `{name}` is read-only")),
            Some(known) if !fits(&argument.value, &known.value_type) => {
                problems.push(format!("{at}: `{name}` takes another type than {}", argument.value));
            }
            Some(_) => {}
        }
    }
    let required = schema.attributes.iter().filter(|(_, attribute)| attribute.required);
    let missing = required.filter(|(name, _)| !body.has_attribute(name));
    problems.extend(missing.map(|(name, _)| format!("{at}: `{name}` is required")));
    of_nested(at, body, schema, outermost, problems);
}

fn of_nested(at: &str, body: &Body, schema: &Block, outermost: bool, problems: &mut Problems) {
    for block in body.blocks() {
        let name = block.ident.as_str();
        match schema.block_types.get(name) {
            _ if outermost && META_BLOCKS.contains(&name) => {}
            None => problems.push(format!("{at}: there is no block `{name}`")),
            Some(nested) => of_block(&format!("{at}.{name}"), &block.body, &nested.block, false, problems),
        }
    }
    for (name, nested) in &schema.block_types {
        let count = i64::try_from(body.get_blocks(name).count()).unwrap_or(i64::MAX);
        if count < nested.min_items || (nested.max_items > 0 && count > nested.max_items) {
            problems.push(format!("{at}: {count} blocks `{name}`, from {} to {}", nested.min_items, nested.max_items));
        }
    }
}

/// Whether a written value can be of a type; what only an evaluation would give may be of any.
fn fits(value: &Expression, wanted: &Type) -> bool {
    match (value, wanted) {
        (Expression::String(text), Type::Number) => text.parse::<f64>().is_ok(),
        (Expression::String(text), Type::Bool) => ["true", "false"].contains(&text.as_str()),
        (Expression::Number(_) | Expression::Bool(_) | Expression::String(_), Type::Text) => true,
        (Expression::Number(_), wanted) => *wanted == Type::Number,
        (Expression::Bool(_), wanted) => *wanted == Type::Bool,
        (Expression::Array(items), Type::List(inner) | Type::Set(inner)) => items.iter().all(|item| fits(item, inner)),
        (Expression::Object(object), Type::Map(inner)) => object.iter().all(|(_, value)| fits(value.expr(), inner)),
        (Expression::Object(object), Type::Object(fields)) => object.iter().all(|(key, value)| {
            key_name(key).is_none_or(|name| fields.get(name).is_some_and(|field| fits(value.expr(), field)))
        }),
        (Expression::Array(_) | Expression::Object(_) | Expression::String(_), _) => false,
        _ => true,
    }
}

fn key_name(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str()),
        ObjectKey::Expression(Expression::String(text)) => Some(text.as_str()),
        ObjectKey::Expression(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Problems {
        of_file("main.tf", text, schema::aws().unwrap())
    }

    #[test]
    fn what_the_provider_takes_is_accepted() {
        let text = "resource \"aws_sqs_queue\" \"mail\" {\n  name = \"mail\"\n  delay_seconds = \"3\"\n  count = 1\n  \
                    tags = { team = var.team }\n  lifecycle {\n    ignore_changes = [name]\n  }\n}\n";
        assert_eq!(found(text), Problems::new());
    }

    #[test]
    fn what_it_refuses_is_found() {
        let of = |body: &str| found(&format!("resource \"aws_lb_target_group\" \"a\" {{\n{body}\n}}\n")).join("\n");
        assert!(of("colour = 1").contains("no argument `colour`"));
        assert!(of("paint {}").contains("no block `paint`"));
        assert!(of("arn = \"a\"").contains("read-only"));
        assert!(of("port = \"eighty\"").contains("`port` takes another type"));
        assert!(of("health_check {\n  path = []\n}").contains(".health_check: `path` takes another type"));
        assert!(of("stickiness {}").contains("`type` is required"));
        assert!(of("health_check {}\nhealth_check {}").contains("2 blocks `health_check`"));
        assert!(found("resource \"aws_tube\" \"a\" {}\n")[0].contains("no such type"));
    }
}
