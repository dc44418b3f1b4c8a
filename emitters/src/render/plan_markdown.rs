//! A plan for a pull request: what it is at a glance, the rest folded away, and never more than a comment may hold.

use skiff_wire::{Finding, Input, Plan};

use super::{
    bill, connections, counted, facts, inventory,
    markdown::{code, details, escaped, prose, table},
    permissions,
};

/// GitHub refuses a comment of more than 65,536 characters; what is left is for the note and for a heading around it.
const LONGEST: usize = 64_000;

/// The plan as GitHub-flavoured Markdown, at most 65,536 characters: what does not fit is named in a note.
#[must_use]
pub fn plan_markdown(plan: &Plan, findings: &[Finding]) -> String {
    let title = format!("### Plan: {} · {}\n", escaped(&plan.app), escaped(&plan.environment));
    let mut text = format!("{title}\n{}", summary(plan));
    let mut left_out = Vec::new();
    let fixed = [("the findings", found(findings)), ("the missing values", inputs(plan)), ("the cost", cost(plan))];
    let named = fixed.into_iter().filter_map(|(name, section)| Some((name.to_owned(), section?)));
    let owned = facts::owners(plan).into_iter().map(|owner| (code(owner), owned(plan, owner)));
    for (name, section) in named.chain(owned) {
        if text.len() + section.len() < LONGEST {
            text.push('\n');
            text.push_str(&section);
        } else {
            left_out.push(name);
        }
    }
    text + &note(&left_out)
}

/// What a comment had no room for; a thousand names would not fit either.
fn note(left_out: &[String]) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let names: Vec<String> = left_out.iter().filter(|name| name.len() < 80).cloned().collect();
    let names = super::siblings::few(&names, 10);
    format!("\nNot shown, since a comment has no room for it: {names}. See `skiff plan`, or `--format json` for all.\n")
}

fn summary(plan: &Plan) -> String {
    let names: Vec<String> = plan.services.keys().map(|name| code(name)).collect();
    let mut rows = vec![
        vec!["Account".to_owned(), format!("{} in {}", code(&plan.account), code(&plan.region))],
        vec!["State".to_owned(), code(&plan.state_root)],
        vec!["Resources".to_owned(), plan.shape.len().to_string()],
        vec!["Services".to_owned(), super::siblings::few(&names, 30)],
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
        vec![finding.severity.word().to_owned(), code(&finding.code), code(&facts::place(finding)), message]
    };
    let rows: Vec<_> = findings.iter().map(row).collect();
    (!rows.is_empty()).then(|| table(&["Severity", "Code", "Place", "Finding"], &rows))
}

fn inputs(plan: &Plan) -> Option<String> {
    let row = |(command, inputs): (String, Vec<&Input>)| {
        let what: Vec<String> = inputs.iter().map(|input| prose(&input.description)).collect();
        vec![what.join("<br>"), code(&command)]
    };
    let rows: Vec<_> = facts::inputs_by_command(plan).into_iter().map(row).collect();
    (!rows.is_empty()).then(|| table(&["Still missing", "Lock it with"], &rows))
}

fn owned(plan: &Plan, owner: &str) -> String {
    let count = plan.shape.values().filter(|resource| resource.owner == owner).count();
    let motion = plan.services.get(owner);
    let kind = motion.map(|motion| format!(" ({})", motion.kind)).unwrap_or_default();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (label, fact) in motion.map(|motion| facts::of_service(plan, motion)).unwrap_or_default() {
        rows.push(vec![label.to_owned(), escaped(&fact)]);
    }
    for section in inventory::of_owner(plan, owner) {
        let lines = section.lines.iter().map(|line| format!("{}: {}", line.label, escaped(&line.text)));
        rows.push(vec![section.purpose.heading().to_owned(), lines.collect::<Vec<_>>().join("<br>")]);
    }
    let connections = connections::of_owner(plan, owner);
    let lines: Vec<String> = connections.iter().map(|connection| escaped(&connection.line())).collect();
    rows.extend((!lines.is_empty()).then(|| vec!["who may connect".to_owned(), lines.join("<br>")]));
    for allowance in permissions::of_owner(plan, owner) {
        let what: Vec<String> = allowance.what.iter().map(|what| escaped(what)).collect();
        rows.push(vec![format!("{} may", escaped(&allowance.who)), what.join("<br>")]);
    }
    let wiring = inventory::wiring(plan, owner);
    rows.extend((!wiring.is_empty()).then(|| vec!["besides".to_owned(), wiring]));
    details(&format!("{owner}{kind}: {}", counted(count, "resource")), &table(&["", ""], &rows))
}

fn cost(plan: &Plan) -> Option<String> {
    let mut rows = Vec::new();
    for share in bill::shares(plan) {
        rows.push(vec![
            format!("**{}**", escaped(&share.owner)),
            bill::amount(share.monthly),
            bill::amount(share.peak),
        ]);
        for part in share.parts {
            rows.push(vec![escaped(&part.what), bill::amount(part.monthly), bill::amount(part.peak)]);
        }
    }
    for (item, places) in bill::by_use(&plan.cost) {
        rows.push(vec![escaped(&format!("{item}: {places}")), "by use".to_owned(), "by use".to_owned()]);
    }
    let heading = format!("cost: {}, prices of {}", facts::total(&plan.cost), plan.cost.prices_as_of);
    (!rows.is_empty()).then(|| details(&heading, &table(&["", "Minimum", "Peak"], &rows)))
}
