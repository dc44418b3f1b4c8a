//! What will exist, grouped by what it is for; siblings are merged into one line.

use skiff_wire::Plan;

use super::{
    highlights::{self, Noun, Purpose},
    siblings::{stem, unique},
};

/// One line: what sort of thing, and which ones.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) label: String,
    pub(super) text: String,
}

/// The lines of one purpose.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Section {
    pub(super) purpose: Purpose,
    pub(super) lines: Vec<Line>,
}

/// Resources that differ only by slot, zone or number.
struct Family {
    noun: &'static Noun,
    stem: String,
    marks: Vec<String>,
    summaries: Vec<String>,
}

/// Everything one owner has, in reading order.
pub(super) fn of_owner(plan: &Plan, owner: &str) -> Vec<Section> {
    let families = families(plan, owner);
    let section = |purpose: &Purpose| {
        let of_purpose: Vec<&Family> = families.iter().filter(|family| family.noun.purpose == *purpose).collect();
        Section { purpose: *purpose, lines: lines(&of_purpose) }
    };
    Purpose::ALL.iter().map(section).filter(|section| !section.lines.is_empty()).collect()
}

fn families(plan: &Plan, owner: &str) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for (id, resource) in plan.shape.iter().filter(|(_, resource)| resource.owner == owner) {
        let noun = Noun::of(&resource.resource_type);
        let own = id.strip_prefix(owner).and_then(|rest| rest.strip_prefix('.')).unwrap_or(id);
        let (stem, mark) = stem(own);
        let family = families.iter_mut().find(|family| std::ptr::eq(family.noun, noun) && family.stem == stem);
        let summary = highlights::summary(resource);
        match family {
            Some(family) => {
                family.marks.extend(mark.map(str::to_owned));
                family.summaries.push(summary);
            }
            None => {
                let marks = mark.map(str::to_owned).into_iter().collect();
                families.push(Family { noun, stem, marks, summaries: vec![summary] });
            }
        }
    }
    families
}

/// One line for each noun.
fn lines(families: &[&Family]) -> Vec<Line> {
    let mut lines: Vec<(&Noun, Vec<String>, usize)> = Vec::new();
    for family in families.iter().filter(|family| !family.noun.wiring) {
        let (text, count) = (item(family), family.summaries.len());
        match lines.iter_mut().find(|(noun, ..)| std::ptr::eq(*noun, family.noun)) {
            Some((_, texts, sum)) => {
                texts.push(text);
                *sum += count;
            }
            None => lines.push((family.noun, vec![text], count)),
        }
    }
    lines.sort_by_key(|(noun, ..)| noun.position());
    let line = |(noun, texts, count): (&Noun, Vec<String>, usize)| {
        let texts = unique(texts.into_iter().filter(|text| !text.is_empty()));
        Line { label: noun.counted(count).to_owned(), text: texts.join("; ") }
    };
    lines.into_iter().map(line).collect()
}

/// What only holds the others together, counted: `3 route tables, 2 queue policies`.
pub(super) fn wiring(plan: &Plan, owner: &str) -> String {
    let types = plan.shape.values().filter(|resource| resource.owner == owner).map(|resource| &resource.resource_type);
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for noun in types.map(|resource_type| Noun::of(resource_type)).filter(|noun| noun.wiring) {
        match counts.iter_mut().find(|(one, _)| *one == noun.one) {
            Some((_, count)) => *count += 1,
            None => counts.push((noun.one, 1)),
        }
    }
    counts.sort_unstable();
    counts.iter().map(|(one, count)| super::counted(*count, one)).collect::<Vec<_>>().join(", ")
}

/// `private a, b: 10.0.0.0/18, 10.0.64.0/18`, or what all of them share once.
fn item(family: &Family) -> String {
    let name = name(family);
    let mut summaries = unique(family.summaries.iter().filter(|text| !text.is_empty()).cloned());
    if summaries.len() > 1 && family.summaries.len() != summaries.len() {
        summaries.truncate(3);
    }
    let summary = summaries.join(", ");
    match (name.is_empty(), summary.is_empty()) {
        (_, true) => name,
        (true, _) => summary,
        _ if family.noun.speaks_for_itself() => summary,
        _ if summary.starts_with(&format!("{name} ")) => summary,
        _ => format!("{name}: {summary}"),
    }
}

/// What tells a family from others of its noun: nothing when the noun says it all.
fn name(family: &Family) -> String {
    let own = match family.stem.split_once('.') {
        Some(("dead_letter_queue", own)) => format!("{own}, dead letters"),
        Some((_, own)) => own.to_owned(),
        None if family.noun.one.replace(' ', "_").eq_ignore_ascii_case(&family.stem) => String::new(),
        None => family.stem.replace('_', " "),
    };
    let bare = own.trim_matches(['*', '-']).to_owned();
    let marks = family.marks.join(", ");
    [bare, marks].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
