//! A change for a pull request: the highest risk first, the properties folded away.

use skiff_wire::{Change, Difference, PropertyChange, Risk, ShapeChange};

use super::{
    change_text::{cost, headline, movement, reversibility_word, risk_word, symbol},
    counted,
    markdown::{code, details, escaped, prose, table},
    value::{dotted, short_type},
};

/// How wide a value may be in a cell.
const VALUE: usize = 80;

/// The change as GitHub-flavoured Markdown.
#[must_use]
pub fn change_markdown(change: &Change) -> String {
    let mut sections = vec![format!("**{}**\n", escaped(&headline(change)))];
    sections.extend(cost(change).map(|cost| format!("{}\n", escaped(&cost))));
    if !change.shape.is_empty() {
        let rows: Vec<_> = change.shape.iter().map(shape_row).collect();
        sections.push(table(&["", "Resource", "Type", "Risk", "Can be taken back", "Why"], &rows));
    }
    sections.extend(properties(&change.shape));
    if !change.release.is_empty() {
        let mut sorted: Vec<&Difference> = change.release.iter().collect();
        sorted.sort_by_key(|difference| std::cmp::Reverse(difference.risk));
        let rows: Vec<_> = sorted.into_iter().map(release_row).collect();
        sections.push(table(&["Outside the shape", "Risk", "Before → after", "Why"], &rows));
    }
    sections.join("\n")
}

fn shape_row(shape: &ShapeChange) -> Vec<String> {
    let was = shape.was.as_ref().map(|was| format!(" (was {})", code(was))).unwrap_or_default();
    vec![
        code(symbol(shape.verb)),
        format!("{}{was}", code(&shape.resource)),
        escaped(short_type(&shape.resource_type)),
        risk(shape.risk),
        reversibility_word(shape).to_owned(),
        prose(&shape.reason),
    ]
}

fn release_row(difference: &Difference) -> Vec<String> {
    let moved = movement(difference.before.as_ref(), difference.after.as_ref(), VALUE);
    vec![code(&dotted(&difference.pointer)), risk(difference.risk), code(&moved), prose(&difference.reason)]
}

fn properties(shape: &[ShapeChange]) -> Option<String> {
    let row = |shape: &ShapeChange, property: &PropertyChange| {
        let mark = if property.create_only { " (set at creation)" } else { "" };
        let moved = movement(property.before.as_ref(), property.after.as_ref(), VALUE);
        vec![code(&shape.resource), format!("{}{mark}", code(&dotted(&property.pointer))), code(&moved)]
    };
    let rows: Vec<_> =
        shape.iter().flat_map(|shape| shape.properties.iter().map(move |property| row(shape, property))).collect();
    let count = counted(rows.len(), "property").replace("propertys", "properties");
    (!rows.is_empty()).then(|| {
        details(&format!("{count} before and after"), &table(&["Resource", "Property", "Before → after"], &rows))
    })
}

/// High stands out.
fn risk(risk: Risk) -> String {
    if risk == Risk::High { format!("**{}**", risk_word(risk)) } else { risk_word(risk).to_owned() }
}
