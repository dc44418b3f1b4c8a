//! Reports what is not allowed, whoever asks for it.

use crate::{
    diagnostic::Diagnostics,
    facts::actions::{self, AccessLevel},
    ir::{Endpoint, Expr, Flow, Grant, Ir},
    pass::codes,
};

/// Takes an ARN only for metric datasets; what a workload publishes has none.
const WITHOUT_OWN_ARNS: &str = "cloudwatch:PutMetricData";

/// Checks connections and permissions; changes nothing.
#[must_use]
pub fn run(ir: Ir, diagnostics: &mut Diagnostics) -> Ir {
    ir.flows.iter().for_each(|flow| check_flow(flow, diagnostics));
    for grant in ir.grants.iter().filter(|grant| grant.origin.path.contains(".permissions[")) {
        check_grant(grant, diagnostics);
    }
    ir
}

fn check_flow(flow: &Flow, diagnostics: &mut Diagnostics) {
    if matches!(flow.port, 22 | 3389) {
        let message = format!("port {} is for remote shells", flow.port);
        diagnostics
            .push(&codes::REMOTE_SHELL, flow.origin.span, message)
            .hint("members are replaced, not logged in to; use Session Manager for a look inside");
    }
    let everywhere =
        matches!(&flow.to, Endpoint::Range(range) if range.known().is_some_and(|range| range.ends_with("/0")));
    if everywhere && flow.port != 443 {
        diagnostics
            .push(&codes::WIDE_EGRESS, flow.origin.span, format!("port {} to everywhere", flow.port))
            .hint("name the ranges that are really needed");
    }
}

fn check_grant(grant: &Grant, diagnostics: &mut Diagnostics) {
    let everything = grant.statement.resources.iter().any(|resource| resource == &Expr::text("*"));
    for action in &grant.statement.actions {
        check_action(action, everything, grant, diagnostics);
    }
    if grant.statement.actions.is_empty() || grant.statement.resources.is_empty() {
        diagnostics
            .push(&codes::UNKNOWN_ACTION, grant.origin.span, "a permission without actions or without resources")
            .hint("a permission needs both");
    }
}

fn check_action(action: &str, everything: bool, grant: &Grant, diagnostics: &mut Diagnostics) {
    let span = grant.origin.span;
    if action.contains(['*', '?']) {
        let known = actions::expand(action);
        let shown: Vec<_> = known.iter().take(6).map(|name| format!("`{name}`")).collect();
        let more = if known.len() > 6 { format!(" and {} more", known.len() - 6) } else { String::new() };
        let hint = if known.is_empty() {
            "name the actions".to_owned()
        } else {
            format!("today that is {}{more}", shown.join(", "))
        };
        diagnostics.push(&codes::WILDCARD_ACTION, span, format!("`{action}` grants what nobody has read")).hint(hint);
        return;
    }
    match actions::action(action) {
        None => unknown(action, span, diagnostics),
        Some(known) => {
            if everything && known.supports_resource_level() && action != WITHOUT_OWN_ARNS {
                let pattern = known.resources.first().map(|resource| resource.arn_pattern).unwrap_or_default();
                diagnostics
                    .push(&codes::WILDCARD_RESOURCE, span, format!("`{action}` on every resource"))
                    .hint(format!("name the ARNs, of the form `{pattern}`"));
            }
            if known.access_level == AccessLevel::PermissionsManagement {
                diagnostics
                    .push(&codes::MANAGES_PERMISSIONS, span, format!("`{action}` changes who may do what"))
                    .hint("take it away unless the workload exists for it");
            }
        }
    }
}

/// A service whose actions are not all known cannot be judged; one that is covered has no such action.
fn unknown(action: &str, span: crate::source::Span, diagnostics: &mut Diagnostics) {
    let (service, name) = action.split_once(':').unwrap_or((action, ""));
    let of_service = actions::expand(&format!("{service}:*"));
    if !actions::covers(service) && action.contains(':') && !name.is_empty() {
        return;
    }
    let near = crate::spec::decode::closest(action, of_service.iter().copied());
    diagnostics
        .push(&codes::UNKNOWN_ACTION, span, format!("`{action}` is not an action"))
        .hint(near.map_or_else(|| "actions look like `s3:GetObject`".into(), |near| format!("did you mean `{near}`?")));
}
