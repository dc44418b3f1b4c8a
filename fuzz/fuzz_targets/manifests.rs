//! The reader of manifests on arbitrary bytes: no panic, bounded trees, every place inside the file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use skiff_importers::kube::read::{Manifest, Node, Place, Value, limits, read};

/// What aliases may add to the values of a file: go-yaml's bound, and some for the mappings that a `<<` copies.
const MAX_LEAVES: usize = limits::MAX_VALUES + 500_000;

fuzz_target!(|bytes: &[u8]| {
    let reading = read("fuzz.yaml", bytes);
    // Every line ends with one of these bytes, in UTF-16 too.
    let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 2;
    let inside = |place: Place| {
        assert!(place.line >= 1 && place.column >= 1 && place.line as usize <= lines, "{place:?} of {lines}");
    };
    for finding in &reading.findings {
        inside(finding.place);
        assert!(!finding.message.is_empty() && !finding.hint.is_empty());
    }
    for manifest in reading.manifests.iter().chain(&reading.envelopes) {
        check(manifest, &inside);
    }
});

fn check(manifest: &Manifest, inside: &impl Fn(Place)) {
    tree(&manifest.node, 0);
    let leaves = manifest.leaves().inspect(|leaf| inside(leaf.place)).count();
    assert!((1..=MAX_LEAVES).contains(&leaves));
}

fn tree(node: &Node, depth: usize) {
    assert!(depth <= limits::MAX_DEPTH);
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| tree(item, depth + 1)),
        Value::Mapping(entries) => entries.iter().for_each(|entry| tree(&entry.node, depth + 1)),
    }
}
