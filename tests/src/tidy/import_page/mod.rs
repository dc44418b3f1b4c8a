//! The pages of the imports (`docs/import-kubernetes.md`, `docs/import-compose.md`): prose, and the field table as the
//! mapping has it.

mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use skiff_compiler::diagnostic::Code;
use skiff_importers::{
    account::Fate,
    kube::table::{KINDS, Kind, OTHERS, Other, Row, fate_of},
};

/// Rows that a page has shown already: where, and of which kind.
type Shown = BTreeMap<String, (&'static str, &'static str)>;

/// The page of the import from Kubernetes, made from the declarations that do the mapping.
#[must_use]
pub fn kubernetes() -> String {
    words::INTRODUCTION.to_owned() + &tables(|kind| !is_compose(kind)) + &others(OTHERS)
}

/// The page of the import from Compose, made from the declarations that do the mapping.
#[must_use]
pub fn compose() -> String {
    words::COMPOSE.to_owned() + &tables(is_compose)
}

fn is_compose(kind: &Kind) -> bool {
    kind.groups == ["compose"]
}

fn tables(wanted: fn(&Kind) -> bool) -> String {
    let mut shown = Shown::new();
    KINDS.iter().copied().flatten().filter(|kind| wanted(kind)).map(|kind| section(kind, &mut shown)).collect()
}

/// One kind: a table of its fields, and references to the tables of fields that it shares with a kind above.
fn section(kind: &'static Kind, shown: &mut Shown) -> String {
    let mut text = format!("\n### {}\n\n{}\n\n", kind.name, groups(kind));
    let (mut table, mut shared) = (String::new(), BTreeMap::<_, BTreeSet<&str>>::new());
    for section in kind.sections {
        for rows in section.rows.iter().filter(|rows| !rows.is_empty()) {
            match shown.get(&identity(rows)) {
                Some(place) => {
                    shared.entry(*place).or_default().insert(section.at);
                }
                None => {
                    shown.insert(identity(rows), (kind.name, section.at));
                    rows.iter().for_each(|row| table.push_str(&line(section.at, row)));
                }
            }
        }
    }
    if !table.is_empty() {
        let _ = writeln!(text, "{HEAD}{table}");
    }
    for ((other, at), here) in shared {
        for place in here {
            let _ = writeln!(text, "- {} as {} of [{other}](#{})", fields(place), fields(at), other.to_lowercase());
        }
    }
    text.trim_end().to_owned() + "\n"
}

const HEAD: &str = "| field | fate | in `skiff.yaml` | why, and what to do | code |\n|---|---|---|---|---|\n";

fn groups(kind: &Kind) -> String {
    let named = |group: &&str| if group.is_empty() { "the core group".to_owned() } else { format!("`{group}`") };
    if is_compose(kind) {
        return "Of a Compose file.".into();
    }
    format!("API groups: {}.", kind.groups.iter().map(named).collect::<Vec<_>>().join(", "))
}

fn fields(at: &str) -> String {
    if at.is_empty() { "the object's own fields".into() } else { format!("`{at}`") }
}

/// What makes two tables one: that they say the same.
fn identity(rows: &[Row]) -> String {
    let row = |row: &Row| {
        let code = row.code.map_or("", |code| code.id);
        [row.field, row.fate.word(), code, row.home, row.reason, row.action].join("\u{0}")
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\u{1}")
}

fn line(at: &str, row: &Row) -> String {
    let dot = if at.is_empty() || row.field.is_empty() { "" } else { "." };
    let home = match row.home.strip_prefix('/') {
        Some(root) => code_span(root),
        None if row.home.is_empty() => String::new(),
        None => code_span(&format!("services.<name>.{}", row.home)),
    };
    let field = code_span(&format!("{at}{dot}{}", row.field));
    let said = said(row.reason, row.action);
    format!("| {field} | {} | {home} | {said} | {} |\n", row.fate.word(), code(row.code))
}

fn others(others: &[Other]) -> String {
    let mut text = words::OTHERS.to_owned();
    text.push_str("| API group | kind | fate | why, and what to do | code |\n|---|---|---|---|---|\n");
    for other in others {
        let group = if other.group.is_empty() { "the core group".into() } else { code_span(other.group) };
        let kind = if other.kind == "*" { "every kind".into() } else { code_span(other.kind) };
        let fate = other.code.map_or(Fate::Ignored, fate_of).word();
        let said = said(other.reason, other.action);
        let _ = writeln!(text, "| {group} | {kind} | {fate} | {said} | {} |", code(other.code));
    }
    text
}

fn said(reason: &str, action: &str) -> String {
    let joined = if action.is_empty() { reason.to_owned() } else { format!("{reason}; {action}") };
    joined.replace('|', "\\|")
}

fn code(code: Option<&Code>) -> String {
    code.map_or_else(String::new, |code| format!("[{}](diagnostics.md#{})", code.id, code.id.to_lowercase()))
}

fn code_span(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
