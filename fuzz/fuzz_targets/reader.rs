//! The reader on arbitrary bytes: no panic, every span inside the text and on character boundaries.

#![no_main]

use libfuzzer_sys::fuzz_target;
use skiff_compiler::{
    diagnostic::Diagnostics,
    node::{Node, Value},
    read,
    source::{SourceFile, Span},
};

fuzz_target!(|bytes: &[u8]| {
    let mut diagnostics = Diagnostics::default();
    match read::decode_utf8("fuzz.yaml", bytes.to_vec()) {
        Ok(file) => check(&file, &mut diagnostics),
        Err(refused) => {
            let (file, found) = *refused;
            assert!(found.has_errors());
            places(&file, &found);
        }
    }
});

fn check(file: &SourceFile, diagnostics: &mut Diagnostics) {
    let document = read::read(file, diagnostics);
    assert!(document.is_some() || diagnostics.has_errors(), "no tree and no reason");
    places(file, diagnostics);
    if let Some(document) = document {
        tree(file, &document.root, 0);
        for comment in &document.comments {
            assert!(slice(file, comment.span).starts_with('#'));
        }
    }
}

fn places(file: &SourceFile, diagnostics: &Diagnostics) {
    for diagnostic in diagnostics.sorted() {
        slice(file, diagnostic.span);
        if let Some((span, _)) = &diagnostic.related {
            slice(file, *span);
        }
    }
    for finding in diagnostics.findings(file) {
        assert!(finding.line >= Some(1) && finding.column >= Some(1));
    }
}

fn tree(file: &SourceFile, node: &Node, depth: usize) {
    assert!(depth <= read::MAX_DEPTH);
    slice(file, node.span);
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| tree(file, item, depth + 1)),
        Value::Mapping(entries) => {
            for entry in entries {
                slice(file, entry.key_span);
                tree(file, &entry.node, depth + 1);
            }
        }
    }
}

fn slice(file: &SourceFile, span: Span) -> &str {
    &file.text[span.start as usize..span.end as usize]
}
