//! A change for people at a terminal.

use serde_json::Value;
use skiff_wire::{Change, Difference, PropertyChange, Risk, ShapeChange, ShapeVerb};

use super::{
    WIDTH, counted,
    table::{ends, wrapped},
    value::{dotted, short, short_type},
};

/// The change as text of at most 100 columns: one line of summary, then the highest risk first.
#[must_use]
pub fn change_text(change: &Change) -> String {
    let mut text = wrapped(0, WIDTH, &headline(change));
    if let Some(cost) = cost(change) {
        text.push_str(&format!("{cost}\n"));
    }
    for shape in &change.shape {
        text.push('\n');
        text.push_str(&shape_entry(shape));
    }
    if !change.release.is_empty() {
        text.push_str("\nOutside the shape\n");
        let mut sorted: Vec<&Difference> = change.release.iter().collect();
        sorted.sort_by_key(|difference| std::cmp::Reverse(difference.risk));
        sorted.iter().for_each(|difference| text.push_str(&release_entry(difference)));
    }
    text
}

/// One sentence that says it all.
pub(super) fn headline(change: &Change) -> String {
    if change.is_empty() {
        return "No difference: the two plans mean the same.".to_owned();
    }
    let summary = &change.summary;
    let shape = [
        (summary.add, "to add"),
        (summary.change, "to change"),
        (summary.replace, "to replace"),
        (summary.rename, "to rename"),
        (summary.remove, "to remove"),
    ];
    let mut parts: Vec<String> =
        shape.iter().filter(|(count, _)| *count > 0).map(|(count, verb)| format!("{count} {verb}")).collect();
    if summary.release > 0 {
        parts.push(format!("{} outside the shape", counted(summary.release, "difference")));
    }
    format!("{}; highest risk {}.", parts.join(", "), risk_word(summary.risk))
}

/// What happens to the known cost; nothing when nothing differs or when it is not known.
pub(super) fn cost(change: &Change) -> Option<String> {
    let (before, after) = (change.monthly_before.as_ref()?, change.monthly_after.as_ref()?);
    if change.is_empty() {
        return None;
    }
    Some(if before == after {
        format!("Known cost stays {after} USD a month.")
    } else {
        format!("Known cost {before} → {after} USD a month.")
    })
}

fn shape_entry(shape: &ShapeChange) -> String {
    let was = shape.was.as_ref().map(|was| format!(" (was {was})")).unwrap_or_default();
    let left = format!("{:<3} {}{was}  {}", symbol(shape.verb), shape.resource, short_type(&shape.resource_type));
    let mut text = ends(WIDTH, &left, &format!("risk {}, {}", risk_word(shape.risk), reversibility_word(shape)));
    text.push_str(&wrapped(4, WIDTH, &sentence(&shape.reason)));
    shape.properties.iter().for_each(|property| text.push_str(&property_entry(property)));
    text
}

fn property_entry(property: &PropertyChange) -> String {
    let mark = if property.create_only { " (set at creation)" } else { "" };
    let name = format!("      {}{mark}", dotted(&property.pointer));
    format!("{name}: {}\n", movement(property.before.as_ref(), property.after.as_ref(), room(&name)))
}

fn release_entry(difference: &Difference) -> String {
    let left = format!("  {}", dotted(&difference.pointer));
    let mut text = ends(WIDTH, &left, &format!("risk {}", risk_word(difference.risk)));
    let moved = movement(difference.before.as_ref(), difference.after.as_ref(), 40);
    text.push_str(&format!("      {moved}\n"));
    text.push_str(&wrapped(6, WIDTH, &sentence(&difference.reason)));
    text
}

/// How wide each of two values may be beside a name.
fn room(name: &str) -> usize {
    (WIDTH.saturating_sub(name.chars().count() + 16) / 2).clamp(16, 40)
}

/// `before → after`; of two lists only what joins and what leaves.
pub(super) fn movement(before: Option<&Value>, after: Option<&Value>, width: usize) -> String {
    match (before, after) {
        (Some(Value::Array(old)), Some(Value::Array(new))) if old != new => members(old, new, width),
        (Some(old), Some(new)) if old == new => format!("a new value of {}", short(new, width)),
        (Some(old), Some(new)) => {
            let (old, new) = apart(&short(old, usize::MAX), &short(new, usize::MAX), width);
            format!("{old} → {new}")
        }
        (None, Some(new)) => format!("set to {}", short(new, width)),
        (Some(old), None) => format!("no longer {}", short(old, width)),
        (None, None) => String::new(),
    }
}

fn members(old: &[Value], new: &[Value], width: usize) -> String {
    let sign = |sign: &str, item: &Value| format!("{sign} {}", short(item, width));
    let gone = old.iter().filter(|item| !new.contains(item)).map(|item| sign("-", item));
    let come = new.iter().filter(|item| !old.contains(item)).map(|item| sign("+", item));
    let moved: Vec<String> = gone.chain(come).collect();
    if moved.is_empty() {
        "the same in another order".to_owned()
    } else {
        super::table::cut(&moved.join(", "), width * 2)
    }
}

/// Two long texts shortened so that the place at which they part is seen.
fn apart(old: &str, new: &str, width: usize) -> (String, String) {
    let same = old.chars().zip(new.chars()).take_while(|(left, right)| left == right).count();
    let skipped = if same + 8 > width { same.saturating_sub(8) } else { 0 };
    let from = |text: &str| {
        let rest: String = text.chars().skip(skipped).collect();
        super::table::cut(&if skipped > 0 { format!("…{rest}") } else { rest }, width)
    };
    (from(old), from(new))
}

fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// The sign of a verb.
pub(super) fn symbol(verb: ShapeVerb) -> &'static str {
    match verb {
        ShapeVerb::Add => "+",
        ShapeVerb::Change => "~",
        ShapeVerb::Replace => "-/+",
        ShapeVerb::Rename => "→",
        ShapeVerb::Remove => "-",
    }
}

/// The word for a risk.
pub(super) fn risk_word(risk: Risk) -> &'static str {
    match risk {
        Risk::None => "none",
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
    }
}

/// The words for whether it can be taken back.
pub(super) fn reversibility_word(shape: &ShapeChange) -> &'static str {
    match shape.reversibility {
        skiff_wire::Reversibility::Reversible => "reversible",
        skiff_wire::Reversibility::Compensatable => "compensatable",
        skiff_wire::Reversibility::PartiallyReversible => "partially reversible",
        skiff_wire::Reversibility::Irreversible => "irreversible",
    }
}
