//! What is wrong with the table itself: rows that claim the same, rows that nothing needs.

use std::collections::BTreeSet;

use super::{
    compare::Comparison,
    element::row_name,
    locate::within,
    reference::ATTRIBUTES,
    row::{Row, TypeMapping},
    table::all,
};
use crate::Problems;

/// What is wrong with the table: a type, property or argument that two rows claim.
#[must_use]
pub fn claimed_twice() -> Problems {
    let mut problems = Vec::new();
    let mut types = BTreeSet::new();
    for mapping in all() {
        if !types.insert(mapping.plan) {
            problems.push(format!("{} is there twice", mapping.plan));
        }
        let rows = mapping.blocks.iter().filter(|block| block.for_each.is_none()).flat_map(|block| block.rows);
        problems.extend(overlaps(mapping.plan, rows.filter_map(property)));
        for block in mapping.blocks {
            let place = format!("{} {}", mapping.plan, block.terraform);
            problems.extend(overlaps(&place, block.rows.iter().filter_map(argument)));
            nested(&place, block.rows, &mut problems);
        }
    }
    problems
}

fn nested(place: &str, rows: &[Row], problems: &mut Problems) {
    for row in rows {
        let Row::Each { plan, rows, .. } = row else { continue };
        let place = format!("{place} {plan}[]");
        problems.extend(overlaps(&place, rows.iter().filter_map(property)));
        problems.extend(overlaps(&place, rows.iter().filter_map(argument)));
        nested(&place, rows, problems);
    }
}

fn property(row: &Row) -> Option<&'static str> {
    match row {
        Row::Pair { plan, .. } | Row::Each { plan, .. } | Row::PlanOnly { plan, .. } => Some(plan),
        Row::TerraformOnly { .. } | Row::Again { .. } => None,
    }
}

fn argument(row: &Row) -> Option<&'static str> {
    match row {
        Row::Pair { terraform, .. }
        | Row::Each { terraform, .. }
        | Row::TerraformOnly { terraform, .. }
        | Row::Again { terraform, .. } => Some(terraform),
        Row::PlanOnly { .. } => None,
    }
}

fn overlaps(place: &str, names: impl Iterator<Item = &'static str>) -> Problems {
    let names: Vec<&str> = names.collect();
    let pairs =
        names.iter().enumerate().flat_map(|(index, one)| names[index + 1..].iter().map(move |other| (one, other)));
    let twice = pairs.filter(|(one, other)| within(one, other) || within(other, one));
    twice.map(|(one, other)| format!("{place}: two rows claim `{one}` and `{other}`")).collect()
}

/// Rows and attributes that none of these comparisons used.
#[must_use]
pub fn unused(comparisons: &[Comparison]) -> Problems {
    let used: BTreeSet<_> = comparisons.iter().flat_map(|comparison| &comparison.used_rows).collect();
    let mut problems = Vec::new();
    for mapping in all() {
        for name in names(mapping) {
            if !used.contains(&(mapping.plan.to_owned(), name.clone())) {
                problems.push(format!("{}: no case uses the row `{name}`", mapping.plan));
            }
        }
    }
    let asked: BTreeSet<_> = comparisons.iter().flat_map(|comparison| &comparison.used_attributes).collect();
    let unasked = ATTRIBUTES.iter().filter(|row| !asked.contains(&(row.plan_type.to_owned(), row.plan.to_owned())));
    problems.extend(unasked.map(|row| format!("{}: no case refers to its `{}`", row.plan_type, row.plan)));
    problems
}

/// The names of all rows of a type.
fn names(mapping: &TypeMapping) -> Vec<String> {
    let mut names = Vec::new();
    for block in mapping.blocks {
        let at = block.for_each.map_or(String::new(), |(list, _)| format!("{list}[]"));
        row_names(block.rows, &at, &mut names);
    }
    names
}

fn row_names(rows: &[Row], at: &str, names: &mut Vec<String>) {
    for row in rows {
        names.push(row_name(at, row));
        if let Row::Each { plan, rows, .. } = row {
            row_names(rows, &format!("{at}{plan}[]"), names);
        }
    }
}
