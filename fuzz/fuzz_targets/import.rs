//! The import of arbitrary bytes as a manifest: no panic, every leaf accounted for, a text that reads back as its spec.

#![no_main]

use libfuzzer_sys::fuzz_target;
use skiff_compiler::{
    diagnostic::Diagnostics,
    read::{decode_utf8, read},
    spec::{Spec, decode::Decode},
};
use skiff_importers::{
    import::{Import, Input, Options},
    kube,
};

fuzz_target!(|bytes: &[u8]| {
    let reading = kube::read::read("fuzz.yaml", bytes);
    let manifests = reading.manifests.iter().chain(&reading.envelopes);
    let leaves: usize = manifests.map(|manifest| manifest.leaves().count()).sum();
    let input = Input { name: "fuzz.yaml".into(), bytes: bytes.to_vec() };
    let account = Some("111122223333".into());
    let options = Options { app: "shop".into(), account, region: None, certificates: Vec::new() };
    let import = kube::import(&[input], &options);
    assert_eq!(import.account.totals().leaves(), leaves);
    for finding in &import.account.findings {
        assert!(!finding.reason.is_empty() && finding.code.id.starts_with("SK"), "{finding:?}");
    }
    reads_back(&import);
});

fn reads_back(import: &Import) {
    let mut diagnostics = Diagnostics::default();
    let file = decode_utf8("skiff.yaml", import.text.clone().into_bytes()).expect("the text is UTF-8");
    let document = read(&file, &mut diagnostics).expect("the text is YAML");
    let spec = Spec::decode(&document.root, &mut diagnostics);
    assert!(spec == import.spec, "another spec is read back: {:?}\n{}", diagnostics.findings(&file), import.text);
}
