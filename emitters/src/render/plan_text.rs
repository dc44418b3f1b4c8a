//! A plan for people at a terminal: what will exist, how it is reached, who may do what, what it costs, what is missing.

use skiff_wire::{Finding, Plan};

use super::{
    WIDTH, bill, connections, counted, facts, inventory,
    permissions::{self, Allowance},
    table::{columns, ends, labelled, wrapped},
};

/// How wide the labels within a section are.
const LABEL: usize = 19;

/// The plan as text of at most 100 columns. A full listing, property by property, is the plan's JSON.
#[must_use]
pub fn plan_text(plan: &Plan, findings: &[Finding]) -> String {
    let mut sections = vec![header(plan)];
    sections.extend(owners(plan).into_iter().map(|owner| owned(plan, owner)));
    sections.extend([inputs(plan), cost(plan), found(findings)]);
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n")
}

fn header(plan: &Plan) -> String {
    let place = format!("account {} · {}", plan.account, plan.region);
    let counts = format!("{}, {}", counted(plan.shape.len(), "resource"), counted(plan.services.len(), "service"));
    let state = format!("state in {}", plan.state_root);
    let mut text = ends(WIDTH, &format!("{} · {}", plan.app, plan.environment), &place) + &ends(WIDTH, &counts, &state);
    if !plan.cost.monthly.is_empty() {
        text.push_str(&wrapped(0, WIDTH, &facts::total(&plan.cost)));
    }
    if !plan.inputs.is_empty() {
        let missing = counted(plan.inputs.len(), "value");
        text.push_str(&format!("{missing} still missing: `apply` and `deploy` refuse until then\n"));
    }
    text
}

/// Owners of resources, and services that own none.
fn owners(plan: &Plan) -> Vec<&str> {
    let mut owners = facts::owners(plan);
    owners.extend(plan.services.keys().map(String::as_str).filter(|name| !owners.contains(name)).collect::<Vec<_>>());
    owners
}

fn owned(plan: &Plan, owner: &str) -> String {
    let count = plan.shape.values().filter(|resource| resource.owner == owner).count();
    let motion = plan.services.get(owner);
    let heading = motion.map_or_else(|| owner.to_owned(), |motion| format!("{owner} ({})", motion.kind));
    let mut text = ends(WIDTH, &heading, &counted(count, "resource"));
    if let Some(motion) = motion {
        for (label, fact) in facts::of_service(plan, motion) {
            text.push_str(&labelled(2, LABEL + 2, WIDTH, label, &fact));
        }
    }
    for section in inventory::of_owner(plan, owner) {
        text.push_str(&format!("  {}\n", section.purpose.heading()));
        for line in section.lines {
            text.push_str(&labelled(4, LABEL, WIDTH, &line.label, &line.text));
        }
    }
    text.push_str(&connected(plan, owner));
    text.push_str(&allowed(plan, owner));
    let wiring = inventory::wiring(plan, owner);
    if !wiring.is_empty() {
        text.push_str(&labelled(2, LABEL + 2, WIDTH, "besides", &wiring));
    }
    text
}

fn connected(plan: &Plan, owner: &str) -> String {
    let connections = connections::of_owner(plan, owner);
    if connections.is_empty() {
        return String::new();
    }
    let lines = connections.iter().map(|connection| wrapped(4, WIDTH, &connection.line()));
    format!("  who may connect\n{}", lines.collect::<String>())
}

fn allowed(plan: &Plan, owner: &str) -> String {
    let allowances = permissions::of_owner(plan, owner);
    if allowances.is_empty() {
        return String::new();
    }
    let line = |allowance: &Allowance| labelled(4, LABEL, WIDTH, &allowance.who, &allowance.what.join("; "));
    let lines = allowances.iter().map(line);
    format!("  who may do what\n{}", lines.collect::<String>())
}

fn inputs(plan: &Plan) -> String {
    if plan.inputs.is_empty() {
        return String::new();
    }
    let mut text = "Still missing\n".to_owned();
    for (command, inputs) in facts::inputs_by_command(plan) {
        inputs.iter().for_each(|input| text.push_str(&wrapped(2, WIDTH, &input.description)));
        if !command.is_empty() {
            text.push_str(&format!("    $ {command}\n"));
        }
    }
    text
}

fn cost(plan: &Plan) -> String {
    let cost = &plan.cost;
    if cost.lines.is_empty() && cost.unknown.is_empty() {
        return String::new();
    }
    let mut text = ends(WIDTH, "Cost a month", &format!("{}, prices of {}", cost.currency, cost.prices_as_of));
    text.push_str(&amounts(plan));
    let by_use = bill::by_use(cost);
    if !by_use.is_empty() {
        text.push_str("  and what bills by use, so the amount is not known:\n");
        by_use.iter().for_each(|(item, places)| text.push_str(&wrapped(4, WIDTH, &format!("{item}: {places}"))));
    }
    text.push_str("  every line: --format json\n");
    text
}

fn amounts(plan: &Plan) -> String {
    let mut rows = vec![(String::new(), "minimum".to_owned(), "peak".to_owned())];
    for share in bill::shares(plan) {
        rows.push((share.owner, bill::amount(share.monthly), bill::amount(share.peak)));
        for part in share.parts {
            rows.push((format!("  {}", part.what), bill::amount(part.monthly), bill::amount(part.peak)));
        }
    }
    rows.push(("known total".to_owned(), plan.cost.monthly.clone(), plan.cost.monthly_peak.clone()));
    let row = |(what, minimum, peak): &(String, String, String)| {
        vec![what.clone(), format!("{minimum:>10}"), format!("{peak:>10}")]
    };
    columns(2, WIDTH, &rows.iter().map(row).collect::<Vec<_>>())
}

fn found(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut text = format!("{} to look at\n", counted(findings.len(), "finding"));
    for finding in findings {
        let place = facts::place(finding);
        let at = if place.is_empty() { String::new() } else { format!("{place} ") };
        let line = format!("{} {}: {at}{}", finding.severity.word(), finding.code, finding.message);
        text.push_str(&wrapped(2, WIDTH, &line));
        if let Some(hint) = &finding.hint {
            text.push_str(&wrapped(4, WIDTH, hint));
        }
    }
    text
}
