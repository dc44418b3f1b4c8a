//! Policy documents as `aws_iam_policy_document`, so that a reviewer reads statements and not JSON.

use skiff_compiler::ir::{
    Expr,
    identity::{Effect, PolicyDocument, Principal, Statement},
};

use super::{Body, Maker, Value, address};

/// Adds the document as a data source of this name, and gives the path to its JSON.
pub(super) fn document(maker: &mut Maker<'_, '_>, name: String, file: super::File, document: &PolicyDocument) -> Value {
    let statements: Vec<Body> = document.statements.iter().map(|statement| body(maker, statement)).collect();
    let path = maker.data("aws_iam_policy_document", name, file, Body::new().blocks("statement", statements));
    path.name("json").into()
}

/// The name of the document that belongs to a resource's block.
pub(super) fn name(maker: &Maker<'_, '_>, suffix: &str) -> String {
    let name = address::address(maker.resource).name;
    if suffix.is_empty() { name } else { format!("{name}_{suffix}") }
}

fn body(maker: &mut Maker<'_, '_>, statement: &Statement) -> Body {
    let mut body = Body::new().set("sid", &statement.sid);
    if statement.effect == Effect::Deny {
        body = body.set("effect", "Deny");
    }
    body = body.set("actions", Value::texts(&statement.actions));
    if !statement.resources.is_empty() {
        let resources = values(maker, &statement.resources);
        body = body.set(if statement.all_but { "not_resources" } else { "resources" }, resources);
    }
    if let Some(principal) = &statement.principal {
        let principal = principals(maker, principal);
        body = body.block("principals", principal);
    }
    for condition in &statement.conditions {
        let values = values(maker, &condition.values);
        let condition =
            Body::new().set("test", condition.operator).set("variable", condition.key).set("values", values);
        body = body.block("condition", condition);
    }
    body
}

fn principals(maker: &mut Maker<'_, '_>, principal: &Principal) -> Body {
    let (kind, identifiers) = match principal {
        Principal::Service(services) => ("Service", Value::texts(services)),
        Principal::Aws(arns) => ("AWS", values(maker, arns)),
        Principal::Everyone => ("AWS", Value::texts(["*"])),
    };
    Body::new().set("type", kind).set("identifiers", identifiers)
}

fn values(maker: &mut Maker<'_, '_>, exprs: &[Expr]) -> Value {
    Value::List(exprs.iter().map(|expr| maker.scope.value(expr)).collect())
}
