//! Columns of text.

/// Lays out rows in columns two spaces apart, each line indented; a last cell that is too long for the width is cut.
pub(super) fn columns(indent: usize, width: usize, rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| length(cell)).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (cell, wide) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(wide.saturating_sub(length(cell)) + 2));
        }
        text.push_str(cut(line.trim_end(), width).trim_end());
        text.push('\n');
    }
    text
}

/// The number of characters.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// The text, or as much of it as fits with an ellipsis.
pub(super) fn cut(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// Spreads words over lines of at most `width` characters, each indented.
pub(super) fn wrapped(indent: usize, width: usize, text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line_full =
            lines.last().is_some_and(|line| !line.is_empty() && indent + length(line) + 1 + length(word) > width);
        if line_full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            let gap = if line.is_empty() { "" } else { " " };
            line.push_str(gap);
            line.push_str(word);
        }
    }
    lines.iter().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect()
}

/// `left` and `right` at the two ends of a line.
pub(super) fn ends(width: usize, left: &str, right: &str) -> String {
    let gap = width.saturating_sub(length(left) + length(right)).max(2);
    format!("{left}{}{right}\n", " ".repeat(gap))
}

/// A label in a column of its own, and words beside it over as many lines as they need.
pub(super) fn labelled(indent: usize, column: usize, width: usize, label: &str, text: &str) -> String {
    let body = wrapped(indent + column + 2, width, text);
    let start = " ".repeat(indent);
    let head = format!("{start}{label}{}", " ".repeat((column + 2).saturating_sub(length(label)).max(2)));
    match body.get(indent + column + 2..) {
        Some(rest) if !rest.trim().is_empty() => head + rest,
        _ => format!("{}\n", head.trim_end()),
    }
}
