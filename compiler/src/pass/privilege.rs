//! Least privilege: each role gets the policy that follows from what it may do, and nothing else.

use std::collections::BTreeMap;

use crate::{
    diagnostic::Diagnostics,
    facts::limits,
    ir::{
        Body, Expr, Grant, Handle, Id, Ir, Origin, Owner,
        identity::{PolicyDocument, Role, RolePolicy, Statement},
    },
    pass::{codes, principals},
};

/// What a role may do, and where the first of it comes from.
struct Permissions {
    origin: Origin,
    statements: Vec<Statement>,
}

impl Permissions {
    /// What is said twice is said once; different statements of one name are numbered.
    fn add(&mut self, mut statement: Statement) {
        if self.statements.contains(&statement) {
            return;
        }
        let named = |other: &&Statement| other.sid.trim_end_matches(char::is_numeric) == statement.sid;
        let same = self.statements.iter().filter(named).count();
        if same > 0 {
            statement.sid = format!("{}{}", statement.sid, same + 1).into();
        }
        self.statements.push(statement);
    }
}

/// Turns grants into inline policies, sets the permissions boundary, and adds the principals of the environment.
#[must_use]
pub fn run(mut ir: Ir, diagnostics: &mut Diagnostics) -> Ir {
    let mut by_role: BTreeMap<Id, Permissions> = BTreeMap::new();
    for Grant { role, statement, origin } in std::mem::take(&mut ir.grants) {
        let permissions = by_role.entry(role).or_insert_with(|| Permissions { origin, statements: Vec::new() });
        permissions.add(statement);
    }
    let places: BTreeMap<Id, usize> = ir
        .resources
        .iter()
        .enumerate()
        .filter(|(_, it)| matches!(it.body, Body::Role(_)))
        .map(|(index, it)| (it.id.clone(), index))
        .collect();
    for (role, permissions) in by_role {
        if let Some(index) = places.get(&role) {
            policy(&mut ir, (&role, *index), permissions, diagnostics);
        }
    }
    principals::add(&mut ir);
    let boundary = ir.context.permissions_boundary.clone();
    for resource in &mut ir.resources {
        if let Body::Role(role) = &mut resource.body {
            role.permissions_boundary = boundary.clone().map(Expr::text);
        }
    }
    ir
}

fn policy(ir: &mut Ir, (role, index): (&Id, usize), permissions: Permissions, diagnostics: &mut Diagnostics) {
    let Permissions { origin, statements } = permissions;
    let resource = &ir.resources[index];
    let (owner, was) = (resource.owner.clone(), resource.was.clone());
    let name = match &resource.body {
        Body::Role(role) => role.role_name.clone(),
        _ => return,
    };
    let document = PolicyDocument { statements };
    let size: usize = document.statements.iter().map(Statement::characters).sum();
    if size > limits::ROLE_INLINE_POLICY_CHARACTERS {
        let message = format!(
            "the permissions of `{name}` have up to {size} characters, a role takes {}",
            limits::ROLE_INLINE_POLICY_CHARACTERS
        );
        diagnostics
            .push(&codes::POLICY_TOO_LARGE, origin.span, message)
            .hint("use fewer and wider ARNs, or split the service");
    }
    let handle: Handle<Role> = Handle::new(role.clone());
    let body = RolePolicy { policy_name: name, role_name: handle.name(), policy_document: document };
    ir.add(&owner, policy_id(role, &owner), &origin, body);
    if let (Some(was), Some(last)) = (was, ir.resources.last_mut()) {
        last.was = Some(policy_id(&was, &owner));
    }
}

/// `web.role.runtime` has `web.role_policy.runtime`.
fn policy_id(role: &str, owner: &Owner) -> Id {
    match owner {
        Owner::Service(_) => role.replacen(".role.", ".role_policy.", 1).into(),
        Owner::Environment => format!("{role}_policy").into(),
    }
}
