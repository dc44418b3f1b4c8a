//! A plan for a pull request: what it is at a glance, the rest folded away.

use skiff_wire::{Cost, Finding, Plan};

use super::{
    counted, facts, highlights,
    markdown::{code, details, escaped, prose, table},
    value::short_type,
};

/// The plan as GitHub-flavoured Markdown.
#[must_use]
pub fn plan_markdown(plan: &Plan, findings: &[Finding]) -> String {
    let mut sections =
        vec![format!("### Plan: {} · {}\n", escaped(&plan.app), escaped(&plan.environment)), summary(plan)];
    sections.extend(found(findings));
    sections.extend(inputs(plan));
    sections.extend(facts::owners(plan).into_iter().map(|owner| owned(plan, owner)));
    sections.extend(services(plan));
    sections.extend(cost(&plan.cost));
    sections.join("\n")
}

fn summary(plan: &Plan) -> String {
    let mut rows = vec![
        vec!["Account".to_owned(), format!("{} in {}", code(&plan.account), code(&plan.region))],
        vec!["State".to_owned(), code(&plan.state_root)],
        vec!["Resources".to_owned(), plan.shape.len().to_string()],
        vec!["Services".to_owned(), plan.services.keys().map(|name| code(name)).collect::<Vec<_>>().join(", ")],
        vec!["Cost".to_owned(), escaped(&facts::total(&plan.cost))],
    ];
    if !plan.inputs.is_empty() {
        rows.push(vec!["Still missing".to_owned(), counted(plan.inputs.len(), "value")]);
    }
    table(&["", ""], &rows)
}

fn found(findings: &[Finding]) -> Option<String> {
    let row = |finding: &Finding| {
        let hint = finding.hint.as_ref().map(|hint| format!(" {}", prose(hint))).unwrap_or_default();
        let message = format!("{}{hint}", prose(&finding.message));
        vec![facts::severity(finding.severity).to_owned(), code(&finding.code), code(&facts::place(finding)), message]
    };
    let rows: Vec<_> = findings.iter().map(row).collect();
    (!rows.is_empty()).then(|| table(&["Severity", "Code", "Place", "Finding"], &rows))
}

fn inputs(plan: &Plan) -> Option<String> {
    let row = |(name, input): (&String, &skiff_wire::Input)| {
        vec![code(name), prose(&input.description), code(&input.locked_by.join(" "))]
    };
    let rows: Vec<_> = plan.inputs.iter().map(row).collect();
    (!rows.is_empty()).then(|| table(&["Still missing", "What it is", "Lock it with"], &rows))
}

fn owned(plan: &Plan, owner: &str) -> String {
    let owned = plan.shape.iter().filter(|(_, resource)| resource.owner == owner);
    let rows: Vec<_> = owned
        .map(|(id, resource)| {
            let name = code(&highlights::name(resource, 64));
            vec![code(id), escaped(short_type(&resource.resource_type)), name, escaped(&highlights::summary(resource))]
        })
        .collect();
    let heading = format!("{owner}: {}", counted(rows.len(), "resource"));
    details(&heading, &table(&["Resource", "Type", "Name", "Properties"], &rows))
}

fn services(plan: &Plan) -> Option<String> {
    let mut rows = Vec::new();
    for (name, motion) in &plan.services {
        for (at, (label, text)) in facts::of_service(motion).into_iter().enumerate() {
            let first = if at == 0 { format!("{} ({})", code(name), escaped(&motion.kind)) } else { String::new() };
            rows.push(vec![first, label.to_owned(), escaped(&text)]);
        }
    }
    let heading = format!("{} as released", counted(plan.services.len(), "service"));
    (!rows.is_empty()).then(|| details(&heading, &table(&["Service", "", ""], &rows)))
}

fn cost(cost: &Cost) -> Option<String> {
    let known = cost.lines.iter().map(|line| {
        let quantity = format!("{} at {}", line.quantity, line.unit_price);
        vec![
            code(&line.resource),
            escaped(&line.item),
            escaped(&quantity),
            escaped(&line.monthly),
            escaped(&line.monthly_peak),
        ]
    });
    let unknown = cost.unknown.iter().map(|part| {
        vec![code(&part.resource), escaped(&part.item), escaped(&part.reason), "by use".to_owned(), "by use".to_owned()]
    });
    let rows: Vec<_> = known.chain(unknown).collect();
    let heading = format!("cost: {}, prices of {}", facts::total(cost), cost.prices_as_of);
    (!rows.is_empty()).then(|| details(&heading, &table(&["Resource", "Item", "Quantity", "Minimum", "Peak"], &rows)))
}
