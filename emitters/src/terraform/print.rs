//! The model as HCL, laid out as `terraform fmt` would lay it out. Decides nothing but white space.
//!
//! `terraform fmt` aligns the `=` of neighbouring lines that each hold a whole argument; a comment, an empty line, a block
//! or an argument over several lines ends such a run (hclwrite's `formatCells`).

use hcl_edit::{
    Decorate, Ident,
    expr::{
        Array, Expression, FuncArgs, FuncCall, Object, ObjectKey, ObjectValue, ObjectValueTerminator, Traversal,
        TraversalOperator,
    },
    structure,
    template::{Element, HeredocTemplate, Interpolation, StringTemplate, Template},
};

use super::model::{Block, Item, Kind, Path, Step, Value};

/// Longer lists stand one element a line.
const LONGEST_LIST: usize = 88;

/// The text of a file.
///
/// # Errors
/// An expression that does not parse, or a name that is none: a defect of the emitter.
pub(super) fn file(items: &[Item]) -> Result<String, String> {
    let mut text = body(items, 0)?.to_string();
    let notes = items.last().filter(|item| matches!(item.kind, Kind::Note));
    for line in notes.into_iter().flat_map(|item| &item.comment) {
        text.push_str(&comment_line(line, 0));
    }
    Ok(text)
}

/// An expression as it is printed within a line.
///
/// # Errors
/// As for a [`file`].
pub(super) fn inline(value: &Value) -> Result<String, String> {
    Ok(expression(value, 0)?.to_string())
}

fn body(items: &[Item], depth: usize) -> Result<structure::Body, String> {
    let widths = key_widths(items);
    let mut printed = structure::Body::new();
    let mut lead = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 && apart(&items[index - 1], item, depth) {
            lead.push('\n');
        }
        item.comment.iter().for_each(|line| lead.push_str(&comment_line(line, depth)));
        let mut next = match &item.kind {
            Kind::Note => continue,
            Kind::Argument(name, value) => {
                structure::Structure::Attribute(argument(name, value, widths[index], depth)?)
            }
            Kind::Block(nested) => structure::Structure::Block(block(nested, depth)?),
        };
        lead.push_str(&indent(depth));
        next.decor_mut().set_prefix(std::mem::take(&mut lead));
        printed.push(next);
    }
    printed.decor_mut().set_suffix(indent(depth.saturating_sub(1)));
    Ok(printed)
}

/// Whether an empty line stands between two items.
fn apart(before: &Item, after: &Item, depth: usize) -> bool {
    let whole = |item: &Item| matches!(&item.kind, Kind::Argument(_, value) if !over_lines(value));
    let note = |item: &Item| matches!(item.kind, Kind::Note);
    if note(before) {
        return depth == 0;
    }
    !(whole(before) && whole(after) && after.comment.is_empty())
}

fn block(block: &Block, depth: usize) -> Result<structure::Block, String> {
    let mut printed = structure::Block::new(ident(&block.keyword)?);
    printed.labels = block.labels.iter().map(|label| structure::BlockLabel::from(label.as_str())).collect();
    let notes: Vec<&String> =
        block.body.items.iter().filter(|item| matches!(item.kind, Kind::Note)).flat_map(|item| &item.comment).collect();
    if block.body.items.is_empty() {
        printed.body.set_prefer_oneline(true);
        return Ok(printed);
    }
    printed.body = body(&block.body.items, depth + 1)?;
    if printed.body.is_empty() && !notes.is_empty() {
        let lines: String = notes.into_iter().map(|line| comment_line(line, depth + 1)).collect();
        printed.body.decor_mut().set_suffix(format!("{lines}{}", indent(depth)));
    }
    Ok(printed)
}

fn argument(name: &str, value: &Value, width: usize, depth: usize) -> Result<structure::Attribute, String> {
    let mut key = hcl_edit::repr::Decorated::new(ident(name)?);
    key.decor_mut().set_suffix(padding(name.len(), width));
    Ok(structure::Attribute::new(key, expression(value, depth)?))
}

/// The column of `=` for each item: that of the longest name in its run.
fn key_widths(items: &[Item]) -> Vec<usize> {
    let name = |item: &Item| match &item.kind {
        Kind::Argument(name, value) if !ends_run(value) => Some(name.len()),
        _ => None,
    };
    let breaks = |index: usize| index > 0 && apart(&items[index - 1], &items[index], 1);
    runs(items.len(), |index| name(&items[index]), breaks)
}

/// For each line its run's longest name; 0 for lines that are in none.
fn runs(count: usize, width: impl Fn(usize) -> Option<usize>, breaks: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut widths = vec![0; count];
    let mut start = 0;
    for index in 0..=count {
        let ends = index == count || width(index).is_none() || breaks(index);
        if !ends {
            continue;
        }
        let longest = (start..index).filter_map(&width).max().unwrap_or(0);
        widths[start..index].fill(longest);
        start = if index < count && width(index).is_some() { index } else { index + 1 };
    }
    widths
}

fn padding(length: usize, width: usize) -> String {
    " ".repeat(width.saturating_sub(length) + 1)
}

/// Whether the first line opens a bracket that it does not close.
fn ends_run(value: &Value) -> bool {
    over_lines(value) && !matches!(value, Value::Heredoc(_))
}

/// Whether a value takes more than one line.
fn over_lines(value: &Value) -> bool {
    match value {
        Value::Map(entries) => !entries.is_empty(),
        Value::List(items) => {
            items.iter().any(|item| over_lines(item) || matches!(item, Value::Commented(..)))
                || inline_width(value) > LONGEST_LIST
        }
        Value::Heredoc(_) | Value::Commented(..) => true,
        Value::Call(_, arguments) => arguments.iter().any(over_lines),
        Value::Code(code) => code.contains('\n'),
        _ => false,
    }
}

/// About how wide a value is on one line.
fn inline_width(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len() + 2,
        Value::List(items) => items.iter().map(|item| inline_width(item) + 2).sum(),
        Value::Path(path) => path.steps.iter().fold(path.root.len(), |width, step| width + step_width(step)),
        Value::Template(parts) => parts.iter().map(|part| inline_width(part) + 3).sum(),
        Value::Call(name, arguments) => name.len() + 2 + arguments.iter().map(|a| inline_width(a) + 2).sum::<usize>(),
        Value::Code(code) => code.len(),
        _ => 8,
    }
}

fn step_width(step: &Step) -> usize {
    match step {
        Step::Name(name) => name.len() + 1,
        Step::Key(key) => key.len() + 4,
        Step::EachKey => 10,
        Step::Splat => 3,
    }
}

fn expression(value: &Value, depth: usize) -> Result<Expression, String> {
    Ok(match value {
        Value::Text(text) => Expression::from(text.as_str()),
        Value::Whole(number) => Expression::from(*number),
        Value::Fraction(number) => Expression::from(*number),
        Value::Bool(value) => Expression::from(*value),
        Value::List(items) => Expression::Array(list(items, over_lines(value), depth)?),
        Value::Map(entries) => Expression::Object(map(entries, depth)?),
        Value::Path(path) => traversal(path)?,
        Value::Template(parts) => {
            let elements = parts.iter().map(|part| element(part, depth)).collect::<Result<Vec<_>, _>>()?;
            Expression::StringTemplate(elements.into_iter().collect::<StringTemplate>())
        }
        Value::Heredoc(parts) => heredoc(parts, depth)?,
        Value::Call(name, arguments) => {
            let mut printed = FuncArgs::new();
            for argument in arguments {
                printed.push(expression(argument, depth)?);
            }
            if let [Value::Heredoc(_)] = arguments.as_slice() {
                printed.set_trailing(format!("\n{}", indent(depth)));
            }
            FuncCall::new(ident(name)?, printed).into()
        }
        Value::Code(code) => code.parse::<Expression>().map_err(|error| format!("`{code}`: {error}"))?,
        Value::Commented(_, inner) => expression(inner, depth)?,
    })
}

fn list(items: &[Value], over_lines: bool, depth: usize) -> Result<Array, String> {
    let mut array = Array::new();
    for item in items {
        let mut printed = expression(item, depth + 1)?;
        if over_lines {
            let above = match item {
                Value::Commented(comment, _) => comment_line(comment, depth + 1),
                _ => String::new(),
            };
            printed.decor_mut().set_prefix(format!("\n{above}{}", indent(depth + 1)));
        }
        array.push(printed);
    }
    if over_lines {
        array.set_trailing_comma(true);
        array.set_trailing(format!("\n{}", indent(depth)));
    }
    Ok(array)
}

fn map(entries: &[(String, Value)], depth: usize) -> Result<Object, String> {
    let width = |index: usize| match &entries[index] {
        (key, value) if !ends_run(value) => Some(key_text(key).len()),
        _ => None,
    };
    let widths = runs(entries.len(), width, |_| false);
    let mut object = Object::new();
    for (index, (key, value)) in entries.iter().enumerate() {
        let opening = if index == 0 { "\n" } else { "" };
        let mut printed_key = match Ident::try_new(key.as_str()) {
            Ok(ident) => ObjectKey::Ident(hcl_edit::repr::Decorated::new(ident)),
            Err(_) => ObjectKey::Expression(Expression::from(key.as_str())),
        };
        let decor = printed_key.decor_mut();
        decor.set_prefix(format!("{opening}{}", indent(depth + 1)));
        decor.set_suffix(padding(key_text(key).len(), widths[index]));
        let mut printed = ObjectValue::new(expression(value, depth + 1)?);
        printed.set_terminator(ObjectValueTerminator::Newline);
        object.insert(printed_key, printed);
    }
    object.set_trailing(if entries.is_empty() { String::new() } else { indent(depth) });
    Ok(object)
}

/// A key as it is printed: quoted when it is no identifier.
fn key_text(key: &str) -> String {
    if Ident::try_new(key).is_ok() { key.to_owned() } else { format!("\"{key}\"") }
}

fn traversal(path: &Path) -> Result<Expression, String> {
    let operators = path.steps.iter().map(operator).collect::<Result<Vec<_>, _>>()?;
    let root = Expression::Variable(hcl_edit::repr::Decorated::new(ident(&path.root)?));
    let operators: Vec<_> = operators.into_iter().map(hcl_edit::repr::Decorated::new).collect();
    Ok(if operators.is_empty() { root } else { Traversal::new(root, operators).into() })
}

fn operator(step: &Step) -> Result<TraversalOperator, String> {
    Ok(match step {
        Step::Name(name) => TraversalOperator::GetAttr(hcl_edit::repr::Decorated::new(ident(name)?)),
        Step::Key(key) => TraversalOperator::Index(Expression::from(key.as_str())),
        Step::EachKey => TraversalOperator::Index(traversal(&Path::of(&["each", "key"]))?),
        Step::Splat => TraversalOperator::FullSplat(hcl_edit::repr::Decorated::new(hcl_edit::expr::Splat)),
    })
}

fn element(part: &Value, depth: usize) -> Result<Element, String> {
    Ok(match part {
        Value::Text(text) => Element::Literal(hcl_edit::repr::Spanned::new(text.clone())),
        other => {
            let mut inner = expression(other, depth)?;
            inner.decor_mut().set_prefix("");
            inner.decor_mut().set_suffix("");
            Element::Interpolation(Interpolation::new(inner))
        }
    })
}

fn heredoc(parts: &[Value], depth: usize) -> Result<Expression, String> {
    let mut template = Template::new();
    for part in parts {
        template.push(element(part, depth)?);
    }
    let mut printed = HeredocTemplate::new(ident("EOT")?, template);
    printed.set_indent(2 * (depth + 1));
    printed.set_trailing(indent(depth));
    Ok(Expression::HeredocTemplate(Box::new(printed)))
}

fn ident(name: &str) -> Result<Ident, String> {
    Ident::try_new(name).map_err(|_| format!("`{name}` is no identifier"))
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

fn comment_line(line: &str, depth: usize) -> String {
    // What a scanner reads has no space behind `#`.
    let mark = if line.starts_with("checkov:") { "#" } else { "# " };
    format!("{}{mark}{line}\n", indent(depth))
}
