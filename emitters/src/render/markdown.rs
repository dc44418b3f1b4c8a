//! Pieces of Markdown that show foreign text as it is, whatever it holds.

/// Text in which nothing is Markdown, HTML or a cell's end.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '|' | '\\' | '*' | '_' | '[' | ']' | '#' | '~' | '@' | '`' => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
    }
    out
}

/// Prose of our own with identifiers in backticks: those stay code, the rest is escaped.
pub(super) fn prose(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    // An odd number of backticks is not ours to interpret.
    if pieces.len().is_multiple_of(2) {
        return escaped(text);
    }
    let piece = |(at, piece): (usize, &&str)| if at % 2 == 1 { code(piece) } else { escaped(piece) };
    pieces.iter().enumerate().map(piece).collect()
}

/// A code span for a table's cell. HTML instead of backticks, since those cannot hold every text.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let plain = !text.contains(['`', '|', '\\', '\n', '\r', '<', '>', '&']) && text.trim() == text;
    if plain { format!("`{text}`") } else { format!("<code>{}</code>", escaped(text)) }
}

/// A table; the cells are Markdown already.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let rule: Vec<String> = headings.iter().map(|_| "---".to_owned()).collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}", line(&headings), line(&rule))
}

/// A section that is closed until somebody wants it.
pub(super) fn details(summary: &str, body: &str) -> String {
    format!("<details>\n<summary>{}</summary>\n\n{}\n\n</details>\n", html(summary), body.trim_end())
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
