//! A finding drawn under the line it is about.

use std::{fmt, sync::Arc};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use skiff_compiler::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{SourceFile, Span, line_and_column},
};
use skiff_wire::Severity;

use crate::seam;

/// Beyond this many bytes in one line, the line is not drawn: it would fill the terminal and say nothing.
const LONGEST_LINE: usize = 400;
/// Beyond this many, the rest is counted instead of drawn; `--format json` lists all.
const MOST: usize = 200;
/// Columns that a drawing may take.
const WIDTH: usize = 110;

/// One finding and the text it is about.
#[derive(Debug, Clone)]
pub(crate) struct Drawing {
    code: &'static str,
    severity: Severity,
    message: String,
    hint: Option<String>,
    source: Option<Arc<NamedSource<String>>>,
    labels: Vec<LabeledSpan>,
}

/// Everything that was found in one file, ready to be drawn.
pub(crate) fn of(file: &SourceFile, diagnostics: &Diagnostics) -> Vec<Drawing> {
    let shown = without_secrets(&file.text, diagnostics);
    let source = Arc::new(NamedSource::new(&file.name, shown).with_language("yaml"));
    diagnostics.sorted().into_iter().map(|diagnostic| Drawing::new(file, &source, diagnostic)).collect()
}

/// The text with everything that may be a secret blanked out: a drawing shows whole lines, and logs keep drawings.
pub(crate) fn without_secrets(text: &str, diagnostics: &Diagnostics) -> String {
    let mut shown = text.as_bytes().to_vec();
    let secret = |diagnostic: &&Diagnostic| seam::MAY_BE_SECRETS.contains(&diagnostic.code.id);
    for diagnostic in diagnostics.sorted().into_iter().filter(secret) {
        let range = diagnostic.span.start as usize..diagnostic.span.end as usize;
        let bytes = shown.get_mut(range).unwrap_or_default();
        bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b'*');
    }
    String::from_utf8(shown).unwrap_or_else(|_| String::new())
}

/// Draws findings, in colour or plain, each followed by an empty line.
pub(crate) fn draw(drawings: &[Drawing], color: bool) -> String {
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH).with_links(false);
    let mut text = String::new();
    for drawing in drawings.iter().take(MOST) {
        if handler.render_report(&mut text, drawing).is_err() {
            text.push_str(&format!("{drawing}\n"));
        }
        text.push('\n');
    }
    if drawings.len() > MOST {
        text.push_str(&format!("… and {} more; `--format json` lists all of them\n\n", drawings.len() - MOST));
    }
    text
}

impl Drawing {
    fn new(file: &SourceFile, source: &Arc<NamedSource<String>>, diagnostic: &Diagnostic) -> Self {
        let mut drawing = Self {
            code: diagnostic.code.id,
            severity: diagnostic.code.severity,
            message: diagnostic.message.clone(),
            hint: diagnostic.hint.clone(),
            source: Some(Arc::clone(source)),
            labels: labels(file, diagnostic),
        };
        let places = std::iter::once(diagnostic.span).chain(diagnostic.related.iter().map(|(span, _)| *span));
        if places.into_iter().any(|span| longest_line(&file.text, span) > LONGEST_LINE) {
            let (line, column) = line_and_column(&file.text, diagnostic.span.start);
            drawing.message = format!("{} ({}:{line}:{column})", drawing.message, file.name);
            drawing.source = None;
            drawing.labels.clear();
        }
        drawing
    }
}

fn labels(file: &SourceFile, diagnostic: &Diagnostic) -> Vec<LabeledSpan> {
    let mut labels = vec![LabeledSpan::new_primary_with_span(None, first_line(&file.text, diagnostic.span))];
    if let Some((span, what)) = &diagnostic.related {
        labels.push(LabeledSpan::new_with_span(Some(what.clone()), first_line(&file.text, *span)));
    }
    labels
}

/// The part of a span on its first line, as offset and length inside the text: a whole service need not be underlined.
fn first_line(text: &str, span: Span) -> (usize, usize) {
    let start = (span.start as usize).min(text.len());
    let end = (span.end as usize).clamp(start, text.len());
    let length = text.as_bytes()[start..end].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count();
    (start, length)
}

/// The length in bytes of the line a span starts on.
fn longest_line(text: &str, span: Span) -> usize {
    let start = (span.start as usize).min(text.len());
    let newline = |byte: &u8| *byte == b'\n';
    let before = text.as_bytes()[..start].iter().rev().take(LONGEST_LINE + 1).position(newline);
    let after = text.as_bytes()[start..].iter().take(LONGEST_LINE + 1).position(newline);
    before.unwrap_or(start.min(LONGEST_LINE + 1)) + after.unwrap_or((text.len() - start).min(LONGEST_LINE + 1))
}

impl fmt::Display for Drawing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Drawing {}

impl miette::Diagnostic for Drawing {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning | Severity::Unsupported | Severity::Unknown => miette::Severity::Warning,
            Severity::Note | Severity::Changed | Severity::Assumed | Severity::Ignored => miette::Severity::Advice,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.hint.as_ref().map(|hint| Box::new(hint) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_deref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use skiff_compiler::read::codes::SYNTAX;

    use super::*;

    fn drawn(text: &str, span: Span) -> String {
        let file = SourceFile { name: "skiff.yaml".into(), text: text.into() };
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(&SYNTAX, span, "`[` is never closed").hint("close it");
        draw(&of(&file, &diagnostics), false)
    }

    #[test]
    fn the_mark_stands_under_the_place() {
        let text = drawn("app: shop\nroutes: [\n", Span::new(18, 19));
        assert!(text.contains("skiff.yaml:2:9"), "{text}");
        assert!(text.contains("2 │ routes: ["), "{text}");
        assert!(text.contains("help: close it"), "{text}");
    }

    #[test]
    fn a_line_of_a_megabyte_is_named_and_not_drawn() {
        let text = drawn(&format!("app: {}", "x".repeat(1_000_000)), Span::new(5, 1_000_005));
        assert!(text.contains("(skiff.yaml:1:6)"), "{text}");
        assert!(text.len() < 400, "{} bytes", text.len());
    }

    #[test]
    fn a_span_beyond_the_text_is_drawn_at_its_end() {
        assert!(drawn("a", Span::new(70, 80)).contains("is never closed"));
    }
}
