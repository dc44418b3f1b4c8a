//! The whole compiler on arbitrary text: no panic, and every finding has a place.

#![no_main]

use libfuzzer_sys::fuzz_target;
use skiff_compiler::{compile, source::Sources};
use skiff_wire::Lock;

fuzz_target!(|text: &str| {
    let sources = Sources::new("skiff.yaml", text, None);
    let compilation = compile(&sources, &Lock::default());
    for finding in compilation.diagnostics.findings(&sources.file) {
        assert!(finding.line >= Some(1) && finding.column >= Some(1), "a finding without a place: {finding:?}");
        assert!(!finding.message.is_empty() && finding.code.starts_with("SK"));
    }
});
