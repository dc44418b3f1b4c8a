//! A change for people at a terminal.

use skiff_wire::{Change, Risk, ShapeVerb};

use super::{
    WIDTH, counted,
    groups::{self, Group},
    moved_releases,
    table::{ends, length, wrapped},
};

/// The change as text of at most 100 columns: one line of summary, what is made anew, then the highest risk first.
#[must_use]
pub fn change_text(change: &Change) -> String {
    let mut text = wrapped(0, WIDTH, &headline(change));
    if let Some(cost) = cost(change) {
        text.push_str(&wrapped(0, WIDTH, &cost));
    }
    let groups = groups::of(&change.shape);
    groups.iter().filter_map(warning).for_each(|warning| text.push_str(&wrapped(0, WIDTH, &warning)));
    for group in &groups {
        text.push('\n');
        text.push_str(&entry(group));
    }
    let reasons = moved_releases::of(change);
    if !reasons.is_empty() {
        text.push_str("\nOutside the shape\n");
        reasons.iter().for_each(|reason| text.push_str(&outside(reason)));
    }
    text
}

/// What nobody may overlook: something that serves or stores today is made anew.
pub(super) fn warning(group: &Group) -> Option<String> {
    let names = group.names().map(|names| format!(" ({names})")).unwrap_or_default();
    group.is_loud().then(|| format!("REPLACED, not changed in place: {}{names}.", group.title()))
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
    let outside = moved_releases::count(change);
    if outside > 0 {
        parts.push(format!("{} outside the shape", counted(outside, "difference")));
    }
    if parts.is_empty() {
        return "Only the estimate differs.".to_owned();
    }
    format!("{}; highest risk {}.", parts.join(", "), risk_word(summary.risk))
}

/// What happens to the known cost; nothing when nothing differs or when it is not known.
pub(super) fn cost(change: &Change) -> Option<String> {
    let (before, after) = (change.monthly_before.as_ref()?, change.monthly_after.as_ref()?);
    if change.is_empty() {
        return None;
    }
    let peak = change.release.iter().find(|difference| difference.pointer == "/cost/monthly_peak");
    let peak = peak.and_then(|peak| Some((peak.before.as_ref()?.as_str()?, peak.after.as_ref()?.as_str()?)));
    let peak = peak.map(|(before, after)| format!(", at the peak {before} → {after}")).unwrap_or_default();
    Some(if before == after {
        format!("Known cost stays {after} USD a month{peak}.")
    } else {
        format!("Known cost {before} → {after} USD a month{peak}.")
    })
}

fn entry(group: &Group) -> String {
    let left = format!("{:<3} {}  {}", symbol(group.verb), group.title(), group.kind());
    let label = format!("risk {}, {}", risk_word(group.risk), reversibility_word(group.reversibility));
    let left = left.trim_end();
    let mut text = if length(left) + length(&label) + 2 > WIDTH {
        wrapped(0, WIDTH, left) + &ends(WIDTH, "", &label)
    } else {
        ends(WIDTH, left, &label)
    };
    if let Some(names) = group.names() {
        text.push_str(&wrapped(4, WIDTH, &names));
    }
    text.push_str(&wrapped(4, WIDTH, &sentence(&group.reason)));
    group.moves.iter().for_each(|line| text.push_str(&wrapped(6, WIDTH, line)));
    text
}

fn outside(reason: &moved_releases::Reason) -> String {
    let (left, label) = (format!("  {}", sentence(reason.reason)), format!("risk {}", risk_word(reason.risk)));
    let mut text = if length(&left) + length(&label) + 2 > WIDTH {
        wrapped(2, WIDTH, &format!("{} ({label})", left.trim()))
    } else {
        ends(WIDTH, &left, &label)
    };
    for (place, moved) in &reason.moves {
        text.push_str(&wrapped(6, WIDTH, &format!("{place}: {moved}")));
    }
    text
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
pub(super) fn reversibility_word(reversibility: skiff_wire::Reversibility) -> &'static str {
    match reversibility {
        skiff_wire::Reversibility::Reversible => "reversible",
        skiff_wire::Reversibility::Compensatable => "compensatable",
        skiff_wire::Reversibility::PartiallyReversible => "partially reversible",
        skiff_wire::Reversibility::Irreversible => "irreversible",
    }
}
