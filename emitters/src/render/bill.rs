//! The estimate in a few lines: each owner's sum, its largest parts, and what bills by use.

use skiff_wire::{Cost, CostLine, ENVIRONMENT_OWNER, Plan};

use super::{
    siblings::{stem, unique},
    value::resource_words,
};

/// A part with what it costs a month, in cents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) what: String,
    pub(super) monthly: i64,
    pub(super) peak: i64,
}

/// One owner's share.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Share {
    pub(super) owner: String,
    pub(super) monthly: i64,
    pub(super) peak: i64,
    /// The largest parts; the last one sums up what is left.
    pub(super) parts: Vec<Part>,
}

/// How many parts of an owner are worth a line.
const SHOWN: usize = 3;

/// The known amounts by owner: the environment, then the services by name.
pub(super) fn shares(plan: &Plan) -> Vec<Share> {
    let owners = super::facts::owners(plan);
    let share = |owner: &&str| {
        let lines = plan.cost.lines.iter().filter(|line| owner_of(plan, &line.resource) == *owner);
        let parts = merged(owner, lines);
        let (monthly, peak) = total(&parts);
        Share { owner: (*owner).to_owned(), monthly, peak, parts: largest(parts) }
    };
    owners.iter().map(share).filter(|share| share.peak > 0).collect()
}

fn owner_of<'p>(plan: &'p Plan, resource: &str) -> &'p str {
    plan.shape.get(resource).map_or(ENVIRONMENT_OWNER, |resource| &resource.owner)
}

fn merged<'c>(owner: &str, lines: impl Iterator<Item = &'c CostLine>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in lines {
        let what = described(owner, &line.resource, &line.item);
        let (monthly, peak) = (cents(&line.monthly), cents(&line.monthly_peak));
        match parts.iter_mut().find(|part| part.what == what) {
            Some(part) => (part.monthly, part.peak) = (part.monthly + monthly, part.peak + peak),
            None => parts.push(Part { what, monthly, peak }),
        }
    }
    parts
}

/// Parts whose item says what they are.
const SAID_BY_ITEM: &[&str] = &["alarm", "auto_scaling_group", "key", "load_balancer", "nat_gateway", "volume"];

fn described(owner: &str, resource: &str, item: &str) -> String {
    let own = resource.strip_prefix(owner).and_then(|rest| rest.strip_prefix('.')).unwrap_or(resource);
    let (stem, _) = stem(own);
    if SAID_BY_ITEM.contains(&own.split('.').next().unwrap_or(own)) {
        return item.to_owned();
    }
    format!("{item} · {}", resource_words(stem.trim_end_matches(['*', '.', '-'])))
}

fn total(parts: &[Part]) -> (i64, i64) {
    (parts.iter().map(|part| part.monthly).sum(), parts.iter().map(|part| part.peak).sum())
}

fn largest(mut parts: Vec<Part>) -> Vec<Part> {
    parts.retain(|part| part.peak > 0);
    parts.sort_by(|left, right| (right.peak, &left.what).cmp(&(left.peak, &right.what)));
    if parts.len() <= SHOWN + 1 {
        return parts;
    }
    let rest = parts.split_off(SHOWN);
    let (monthly, peak) = total(&rest);
    parts.push(Part { what: format!("{} smaller parts", rest.len()), monthly, peak });
    parts
}

/// What bills by use: each item with what it is billed for, those with one reason together.
pub(super) fn by_use(cost: &Cost) -> Vec<(String, String)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for part in &cost.unknown {
        let plain = part.reason == "billed by use";
        let item = if plain { part.item.clone() } else { format!("{}, {}", part.item, part.reason) };
        let words = match part.resource.split_once('.') {
            Some((owner, rest)) if owner != ENVIRONMENT_OWNER => format!("{} of {owner}", resource_words(rest)),
            _ => resource_words(&part.resource),
        };
        match found.iter_mut().find(|(known, _)| *known == item) {
            Some((_, places)) => places.push(words),
            None => found.push((item, vec![words])),
        }
    }
    found.into_iter().map(|(item, places)| (item, super::siblings::few(&unique(places), 4))).collect()
}

/// An amount with two decimals in cents; what is not such an amount counts as nothing.
fn cents(amount: &str) -> i64 {
    amount.replacen('.', "", 1).parse().unwrap_or(0)
}

/// Cents as an amount with two decimals.
pub(super) fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
