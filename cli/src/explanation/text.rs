//! An explanation for people.

use skiff_wire::ENVIRONMENT_OWNER;

use super::{Address, Explanation};

/// Names that are listed one by one.
const SHOWN: usize = 8;

/// Explanations one below the other, with an empty line between them.
pub(crate) fn of_all(explanations: &[Explanation]) -> String {
    explanations.iter().map(of_one).collect::<Vec<_>>().join("\n")
}

fn of_one(one: &Explanation) -> String {
    let mut text = format!("{}\n", one.resource);
    for (label, line) in rows(one) {
        text.push_str(format!("  {label:14}  {line}").trim_end());
        text.push('\n');
    }
    text
}

fn rows(one: &Explanation) -> Vec<(&'static str, String)> {
    let mut rows = vec![("is a", one.resource_type.clone())];
    rows.extend(one.name.iter().map(|name| ("named", name.clone())));
    rows.extend(addresses(one));
    rows.push(("CloudFormation", one.cloudformation_id.clone()));
    rows.push(("belongs to", owner(&one.owner)));
    rows.push(("exists for", origin(one)));
    rows.extend(one.line.iter().map(|line| ("", format!("│ {}", line.trim_start()))));
    if !one.runtime_owned.is_empty() {
        rows.push(("runtime owns", one.runtime_owned.join(", ")));
        rows.push(("", "Skiff's operations set these; no apply changes them, and Terraform ignores them".into()));
    }
    for (label, names) in [("depends on", &one.depends_on), ("needed by", &one.referred_by)] {
        let names = names.iter().flatten().cloned().collect::<Vec<_>>();
        rows.extend((!names.is_empty()).then(|| (label, names_of(&names))));
    }
    rows
}

/// What was asked for first; the rest of the resource's blocks after it.
fn addresses(one: &Explanation) -> Vec<(&'static str, String)> {
    let line = |address: &Address| format!("{} in {}/{}", address.address, address.module, address.file);
    let asked = one.addresses.iter().any(|address| address.asked);
    let (first, rest): (Vec<_>, Vec<_>) = one.addresses.iter().partition(|address| address.asked == asked);
    let labelled = |label: &'static str, addresses: Vec<&Address>| {
        let label = move |number: usize| if number == 0 { label } else { "" };
        addresses.into_iter().map(line).enumerate().map(move |(number, line)| (label(number), line)).collect::<Vec<_>>()
    };
    [labelled("Terraform", first), labelled("together with", rest)].concat()
}

fn owner(owner: &str) -> String {
    if owner == ENVIRONMENT_OWNER { "the environment".into() } else { format!("the service `{owner}`") }
}

fn origin(one: &Explanation) -> String {
    match &one.place {
        Some(place) => format!("`{}` at {}:{}:{}", one.origin, place.file, place.line, place.column),
        None => format!("`{}`, which nobody had to write", one.origin),
    }
}

fn names_of(names: &[String]) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
