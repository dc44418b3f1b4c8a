//! A change for a pull request: the highest risk first, the properties folded away.

use skiff_wire::{Change, Risk};

use super::{
    change_text::{cost, headline, reversibility_word, risk_word, symbol, warning},
    counted,
    groups::{self, Group},
    markdown::{code, details, escaped, prose, table},
    moved_releases,
};

/// GitHub refuses a comment of more than 65,536 characters; what is left is for a heading around it.
const LONGEST: usize = 64_000;

/// The change as GitHub-flavoured Markdown, at most 65,536 characters.
#[must_use]
pub fn change_markdown(change: &Change) -> String {
    let groups = groups::of(&change.shape);
    let mut text = format!("**{}**\n", escaped(&headline(change)));
    let mut sections: Vec<String> = cost(change).map(|cost| format!("{}\n", escaped(&cost))).into_iter().collect();
    sections.extend(loud(&groups));
    sections.extend(table_of(&groups));
    sections.extend(outside(change));
    sections.extend(moves(&groups));
    let whole: usize = sections.len();
    let fitting: Vec<String> = sections.into_iter().scan(text.len(), fits).collect();
    let cut = fitting.len() < whole;
    fitting.iter().for_each(|section| text.push_str(&format!("\n{section}")));
    if cut {
        text.push_str("\nMore than a comment has room for: see `skiff diff`, or its `--format json` for all.\n");
    }
    text
}

#[allow(clippy::unnecessary_wraps, reason = "the signature that `scan` asks for")]
fn fits(length: &mut usize, section: String) -> Option<String> {
    *length += section.len() + 1;
    (*length < LONGEST).then_some(section)
}

/// What is made anew stands out before any table.
fn loud(groups: &[Group]) -> Option<String> {
    let warnings: Vec<String> =
        groups.iter().filter_map(warning).map(|warning| format!("> {}\n", escaped(&warning))).collect();
    (!warnings.is_empty()).then(|| format!("> [!WARNING]\n{}", warnings.join(">\n")))
}

fn table_of(groups: &[Group]) -> Option<String> {
    let rows: Vec<_> = groups.iter().map(row).collect();
    (!rows.is_empty()).then(|| table(&["", "What", "Risk", "Can be taken back", "Why"], &rows))
}

fn row(group: &Group) -> Vec<String> {
    let what = match (group.members.as_slice(), group.names()) {
        ([one], _) => {
            let was = one.was.as_ref().map(|was| format!(" (was {})", code(was))).unwrap_or_default();
            format!("{} {}{was}", group.kind(), code(&one.resource))
        }
        (_, names) => format!("{}: {}", group.title(), code(&names.unwrap_or_default())),
    };
    let taken_back = reversibility_word(group.reversibility).to_owned();
    vec![code(symbol(group.verb)), what, risk(group.risk), taken_back, prose(&group.reason)]
}

fn outside(change: &Change) -> Option<String> {
    let row = |reason: &moved_releases::Reason| {
        let moved = reason.moves.iter().map(|(place, moved)| format!("{}: {}", code(place), code(moved)));
        vec![moved.collect::<Vec<_>>().join("<br>"), risk(reason.risk), prose(reason.reason)]
    };
    let rows: Vec<_> = moved_releases::of(change).iter().map(row).collect();
    (!rows.is_empty()).then(|| table(&["Outside the shape", "Risk", "Why"], &rows))
}

fn moves(groups: &[Group]) -> Option<String> {
    let shown = groups.iter().filter(|group| !group.moves.is_empty());
    let row = |group: &Group| {
        let lines: Vec<String> = group.moves.iter().map(|line| code(line)).collect();
        vec![code(&group.names().unwrap_or_else(|| group.title())), lines.join("<br>")]
    };
    let rows: Vec<_> = shown.clone().map(row).collect();
    let count: usize = shown.map(|group| group.moves.len()).sum();
    let heading = format!("{} before and after", counted(count, "property"));
    (!rows.is_empty()).then(|| details(&heading, &table(&["Resource", "Before → after"], &rows)))
}

/// High stands out.
fn risk(risk: Risk) -> String {
    if risk == Risk::High { format!("**{}**", risk_word(risk)) } else { risk_word(risk).to_owned() }
}
