//! A plan for people at a terminal.

use skiff_wire::{Cost, Finding, Plan};

use super::{
    WIDTH, counted, facts, highlights,
    table::{columns, cut, ends, wrapped},
    value::short_type,
};

/// The plan as text of at most 100 columns: resources by owner, services, missing inputs, cost, findings.
#[must_use]
pub fn plan_text(plan: &Plan, findings: &[Finding]) -> String {
    let sections = [header(plan), shape(plan), services(plan), inputs(plan), cost(&plan.cost), found(findings)];
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n")
}

fn header(plan: &Plan) -> String {
    let place = format!("account {} · {}", plan.account, plan.region);
    let counts = format!("{}, {}", counted(plan.shape.len(), "resource"), counted(plan.services.len(), "service"));
    let state = format!("state in {}", plan.state_root);
    ends(WIDTH, &format!("{} · {}", plan.app, plan.environment), &place) + &ends(WIDTH, &counts, &state)
}

fn shape(plan: &Plan) -> String {
    let sections: Vec<String> = facts::owners(plan).into_iter().map(|owner| owned(plan, owner)).collect();
    sections.join("\n")
}

fn owned(plan: &Plan, owner: &str) -> String {
    let mut rows = Vec::new();
    for (id, resource) in plan.shape.iter().filter(|(_, resource)| resource.owner == owner) {
        // Under its owner's heading, a service's name in front of every id would only be noise.
        let id = id.strip_prefix(owner).and_then(|rest| rest.strip_prefix('.')).unwrap_or(id);
        let (kind, name) = (short_type(&resource.resource_type).to_owned(), highlights::name(resource, 40));
        // The name comes last: it can be guessed from the id, so it is what a narrow line may lose.
        rows.push(vec![cut(id, 32), kind, cut(&highlights::summary(resource), 28), name]);
    }
    let heading = ends(WIDTH, owner, &counted(rows.len(), "resource"));
    heading + &columns(2, WIDTH, &rows)
}

fn services(plan: &Plan) -> String {
    let service = |(name, motion): (&String, &skiff_wire::Motion)| {
        let rows: Vec<Vec<String>> =
            facts::of_service(motion).into_iter().map(|(label, text)| vec![label.to_owned(), text]).collect();
        format!("  {name} ({})\n{}", motion.kind, columns(4, WIDTH, &rows))
    };
    let services: Vec<String> = plan.services.iter().map(service).collect();
    if services.is_empty() { String::new() } else { format!("Services\n{}", services.join("\n")) }
}

fn inputs(plan: &Plan) -> String {
    if plan.inputs.is_empty() {
        return String::new();
    }
    let mut text =
        format!("Still missing: {}; `apply` and `deploy` refuse until then\n", counted(plan.inputs.len(), "value"));
    for (name, input) in &plan.inputs {
        text.push_str(&format!("  {name}\n"));
        text.push_str(&wrapped(4, WIDTH, &input.description));
        if !input.locked_by.is_empty() {
            text.push_str(&format!("    $ {}\n", input.locked_by.join(" ")));
        }
    }
    text
}

fn cost(cost: &Cost) -> String {
    if cost.lines.is_empty() && cost.unknown.is_empty() {
        return String::new();
    }
    let mut text = ends(WIDTH, "Cost a month", &format!("{}, prices of {}", cost.currency, cost.prices_as_of));
    text.push_str(&amounts(cost));
    if !cost.unknown.is_empty() {
        text.push_str("  bills by use, so the amount is not known:\n");
        let line =
            |part: &skiff_wire::UnknownCost| vec![cut(&part.resource, 30), cut(&part.item, 28), part.reason.clone()];
        text.push_str(&columns(4, WIDTH, &cost.unknown.iter().map(line).collect::<Vec<_>>()));
    }
    text
}

fn amounts(cost: &Cost) -> String {
    let mut rows = vec![["", "", "", "minimum", "peak"].map(str::to_owned)];
    for line in &cost.lines {
        let quantity = format!("{} at {}", line.quantity, line.unit_price);
        rows.push([
            cut(&line.resource, 28),
            cut(&line.item, 21),
            cut(&quantity, 23),
            line.monthly.clone(),
            line.monthly_peak.clone(),
        ]);
    }
    rows.push([
        "known total".to_owned(),
        String::new(),
        String::new(),
        cost.monthly.clone(),
        cost.monthly_peak.clone(),
    ]);
    let widest = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let (minimum, peak) = (widest(3), widest(4));
    let aligned = |row: &[String; 5]| {
        let amounts = [format!("{:>minimum$}", row[3]), format!("{:>peak$}", row[4])];
        row[..3].iter().cloned().chain(amounts).collect()
    };
    columns(2, WIDTH, &rows.iter().map(aligned).collect::<Vec<_>>())
}

fn found(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut text = format!("{} to look at\n", counted(findings.len(), "finding"));
    for finding in findings {
        let place = facts::place(finding);
        let at = if place.is_empty() { String::new() } else { format!("{place} ") };
        let line = format!("{} {}: {at}{}", facts::severity(finding.severity), finding.code, finding.message);
        text.push_str(&wrapped(2, WIDTH, &line));
        if let Some(hint) = &finding.hint {
            text.push_str(&wrapped(4, WIDTH, hint));
        }
    }
    text
}
