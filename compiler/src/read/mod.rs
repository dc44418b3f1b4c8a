//! Text to node tree: one pass over the parser's events, every mistake it can see, no recursion.
//!
//! The steps: [`decode_utf8`] makes a [`SourceFile`] of bytes; [`read`] makes a [`Document`] of it. `build` turns events
//! into nodes on a stack of its own, `mapping` closes a mapping (duplicate keys, `<<`), `alias` keeps what was anchored
//! and bounds what aliases may copy, `tag` checks `!!` tags, `syntax` says in our words what the parser could not read.
//!
//! - **A tree is at most [`MAX_DEPTH`] deep**, so that later stages may recurse, and a drop is safe.
//! - **A parent's span holds its children's spans**, except below an alias or a merge: the alias itself has the span of
//!   the `*name`, what it brings keeps the places where it is written.
//! - **What was refused is poisoned**: an empty value stands in its place, and later stages stay silent about it.

mod alias;
mod build;
pub mod codes;
mod decode;
mod mapping;
mod report;
mod syntax;
mod tag;
#[cfg(test)]
mod tests;

use granit_parser::{Parser, options};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    node::Document,
    source::{SourceFile, Span},
};
use build::Builder;
pub use decode::decode_utf8;
use report::Report;

/// How many lists and mappings may stand inside each other.
pub const MAX_DEPTH: usize = 64;
/// Bytes of one scalar after YAML's escapes and folding: 1 MiB.
pub const MAX_SCALAR_BYTES: usize = 1 << 20;
/// Bytes of one file: 64 MiB.
pub const MAX_FILE_BYTES: usize = 64 << 20;
/// Values that all aliases of a document may bring together.
pub const MAX_ALIASED_VALUES: usize = 100_000;
/// Bytes of text that all aliases of a document may bring together: 16 MiB.
pub const MAX_ALIASED_BYTES: usize = 16 << 20;

/// Reads one YAML document into a tree, reporting every mistake it can.
///
/// After a syntax error the tree holds what stood before it; `None` when there is no tree at all: an empty document, a
/// file that is too large, or an error before the first value.
pub fn read(file: &SourceFile, diagnostics: &mut Diagnostics) -> Option<Document> {
    let mut report = Report::new(diagnostics);
    if file.text.len() > MAX_FILE_BYTES {
        report.add(too_large(file.text.len()));
        return None;
    }
    let options = options! { emit_unresolved_aliases: true, max_buffered_comment_events: usize::MAX };
    let mut builder = Builder::new(&file.text, report);
    for event in Parser::new_from_str_with_options(&file.text, options) {
        let step = match event {
            Ok((event, span)) => builder.take(event, &span),
            Err(error) => builder.fail(&error),
        };
        if step.is_break() {
            break;
        }
    }
    builder.finish()
}

/// The file is larger than the reader takes.
fn too_large(bytes: usize) -> Diagnostic {
    Diagnostic {
        code: &codes::FILE_TOO_LARGE,
        message: format!("the file has {bytes} bytes; at most {MAX_FILE_BYTES} are read"),
        span: Span::default(),
        hint: Some("check that this is the file you meant; split large applications into several files".into()),
        related: None,
    }
}
