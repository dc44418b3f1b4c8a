//! Whatever is wrong with a spec: no panic, every mistake has its place, all are said at once, and nothing is emitted.

#![allow(clippy::expect_used, reason = "what a test stands on is there, or the test says what is missing")]

use std::collections::BTreeSet;

use proptest::{prelude::*, sample::subsequence};
use skiff_compiler::{
    compile,
    diagnostic::Diagnostics,
    node::Node,
    read,
    source::{SourceFile, Sources},
};
use skiff_tests::{
    listed,
    mutate::{self, CHANGES, Change},
    plan_case, reject_case, shuffle,
};
use skiff_wire::{Finding, Lock};

const EVERYTHING: &str = include_str!("../data/everything.yaml");

/// Mistakes that have nothing to do with each other: what is found, what is written, what should be.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("SK0101", "    args: [--verbose]", "    arg: [--verbose]"),
    ("SK0102", "engine: postgres, ", ""),
    ("SK0103", "  zones: 2", "  zones: { many: 2 }"),
    ("SK0104", "scheme: internet-facing", "scheme: public"),
    ("SK0105", "bake: 5m", "bake: 5 minutes"),
    ("SK0106", "    env: { LOG_LEVEL: info }", "    env: { LOG-LEVEL: info }"),
    ("SK0107", "STRIPE_KEY: stripe-key", "STRIPE_KEY: not a name"),
    ("SK0201", "mounts: { /cache: cache }\n  api:", "mounts: { /cache: cash }\n  api:"),
    ("SK0202", "uses: [{ name: jobs, access: read }]", "uses: [web, { name: jobs, access: read }]"),
    ("SK0203", "startup: { tcp: metrics }", "startup: { tcp: metric }"),
    ("SK0204", "    kind: job\n", "    kind: job\n    was: web\n"),
    ("SK0301", "    timeout: 30m", "    timeout: 30m\n    protocol: http"),
    ("SK0302", "    schedule: \"0 3 * * *\"\n    timezone", "    timezone"),
    ("SK0303", "    bundle: dist/api\n", ""),
    ("SK0305", "memory: 1Gi", "memory: 900Ti"),
    ("SK0306", "path: /api, match: prefix", "path: /, match: prefix"),
    ("SK0310", "steps: [5, 50, 100]", "steps: [5, 50, 10]"),
    ("SK0312", "limit: 500ms", "limit: 5%"),
    ("SK0313", "visibility_timeout: 1m", "visibility_timeout: 1d"),
    ("SK0315", "secrets: { STRIPE", "secrets: { SKIFF_SLOT: slot, STRIPE"),
    ("SK0316", "admin: 9901", "admin: 8080"),
    ("SK0317", "/etc/web.conf:", "web.conf:"),
    ("SK0319", "depth: 10", "depth: 10, age: 1m"),
    ("SK0323", "timezone: Europe/Berlin", "timezone: CET"),
    ("SK0390", "base64: eA==", "base64: eA"),
    ("SK0391", "exec: [bin/announce]", "http: announce"),
    ("SK0392", "[NET_BIND_SERVICE]", "[CAP_NET_BIND_SERVICE]"),
    ("SK0393", "user: 1000", "user: 0"),
    ("SK0394", "servers: [10.20.0.2]", "servers: [ns.example.com]"),
    ("SK0395", "10.20.0.9: [ledger", "ledger: [ledger"),
    ("SK0396", "net.core.somaxconn:", "somaxconn:"),
    ("SK0397", "memory: 256Mi", "memory: 900Gi"),
    ("SK0401", "allow: [192.0.2.0/24]", "allow: []"),
    ("SK0404", "cidr: 10.20.0.0/16", "cidr: 10.20.0.0/27"),
    ("SK0406", "zone: example.com", "zone: example.net"),
    ("SK0504", "port: 443, reason", "port: 22, reason"),
    ("SK0701", "arn:aws:kms:eu-west-1", "arn:aws:kms:us-east-1"),
    ("SK0702", "s3://acme-skiff/shop", "acme-skiff"),
];

fn file(text: impl Into<String>) -> SourceFile {
    SourceFile { name: "skiff.yaml".into(), text: text.into() }
}

/// Compiles, and checks what holds for every text.
fn sound(text: &str, environment: Option<&str>) -> Vec<Finding> {
    let compilation = compile(&Sources::new("skiff.yaml", text, environment), &Lock::default());
    let findings = compilation.diagnostics.findings(&file(text));
    assert_eq!(compilation.ir.is_none(), compilation.diagnostics.has_errors(), "an IR and errors, or neither\n{text}");
    for finding in &findings {
        let lines = text.split('\n').count();
        let line = finding.line.unwrap_or_default() as usize;
        assert!((1..=lines).contains(&line) && finding.column >= Some(1), "{finding:?} is nowhere in\n{text}");
        assert!(!finding.message.is_empty() && finding.hint.is_some(), "{finding:?} says nothing");
    }
    findings
}

fn codes(findings: &[Finding]) -> BTreeSet<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

fn everything() -> Node {
    read::read(&file(EVERYTHING), &mut Diagnostics::default()).expect("it is YAML").root
}

fn changes() -> impl Strategy<Value = Vec<(Change, usize, usize)>> {
    let one = (proptest::sample::select(CHANGES.to_vec()), 0..400_usize, 0..400_usize);
    proptest::collection::vec(one, 1..6)
}

#[test]
fn everything_is_right_to_begin_with() {
    for environment in [None, Some("prod")] {
        let findings = sound(EVERYTHING, environment);
        assert!(findings.is_empty(), "{findings:#?}");
    }
}

#[test]
fn each_mistake_alone_is_found() {
    let mut problems = Vec::new();
    for (code, right, wrong) in MISTAKES {
        assert_eq!(EVERYTHING.matches(right).count(), 1, "`{right}` does not stand once");
        let findings = sound(&EVERYTHING.replacen(right, wrong, 1), None);
        if codes(&findings) != BTreeSet::from([*code]) {
            problems.push(format!("{code} by `{wrong}`: {findings:#?}"));
        }
    }
    assert!(problems.is_empty(), "{}", listed(&problems));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_mistakes_are_found_at_once(planted in subsequence(MISTAKES, 2..MISTAKES.len())) {
        let text = planted.iter().fold(EVERYTHING.to_owned(), |text, (_, right, wrong)| text.replacen(right, wrong, 1));
        let wanted: BTreeSet<&str> = planted.iter().map(|(code, ..)| *code).collect();
        let findings = sound(&text, None);
        let found = codes(&findings);
        prop_assert!(found == wanted, "missing {:?}, too much {:?}\n{findings:#?}",
            wanted.difference(&found).collect::<Vec<_>>(), found.difference(&wanted).collect::<Vec<_>>());
    }

    #[test]
    fn no_change_breaks_the_compiler(changes in changes(), seed in 0..4_u64) {
        let mut root = everything();
        for (kind, place, other) in changes {
            root = mutate::change(&root, kind, place, other);
        }
        sound(&shuffle::write(&root, seed), None);
    }

    #[test]
    fn the_order_of_keys_finds_the_same_mistakes(changes in changes()) {
        let mut root = everything();
        // A key that stands twice is not the same document in another order: the first of the two counts.
        for (kind, place, other) in changes.into_iter().filter(|(kind, ..)| !matches!(kind, Change::Double | Change::Rename)) {
            root = mutate::change(&root, kind, place, other);
        }
        let found: Vec<_> = (0..3).map(|seed| sorted_codes(&sound(&shuffle::write(&root, seed), None))).collect();
        prop_assert!(found[0] == found[1] && found[0] == found[2], "{found:?}\n{}", shuffle::write(&root, 0));
    }
}

fn sorted_codes(findings: &[Finding]) -> Vec<String> {
    let mut codes: Vec<_> = findings.iter().map(|finding| finding.code.clone()).collect();
    codes.sort();
    codes
}

/// Every spec of the goldens, with its name.
fn goldens() -> Vec<(String, String)> {
    let folders = |folder: &str, names: Vec<String>| {
        names.into_iter().map(|name| format!("{folder}/{name}/skiff.yaml")).collect::<Vec<_>>()
    };
    let plans = folders(plan_case::FOLDER, plan_case::names().expect("golden/plan can be read"));
    let rejects = folders(reject_case::FOLDER, reject_case::names().expect("golden/reject can be read"));
    let read = |path: String| skiff_tests::checkout::text(&path).ok().map(|text| (path, text));
    plans.into_iter().chain(rejects).filter_map(read).collect()
}

#[test]
fn a_golden_cut_off_anywhere_is_sound() {
    for (number, (_, text)) in goldens().into_iter().enumerate() {
        // Each spec at every 37th byte, each from another one on: together they are cut at every kind of place.
        for end in (number % 37..text.len()).step_by(37).filter(|end| text.is_char_boundary(*end)) {
            sound(&text[..end], None);
        }
    }
}

#[test]
fn everything_cut_off_anywhere_is_sound() {
    for end in (0..EVERYTHING.len()).step_by(7) {
        sound(&EVERYTHING[..end], Some("prod"));
    }
}

#[test]
fn the_order_of_keys_finds_the_same_mistakes_in_every_golden() {
    for (path, text) in goldens() {
        let findings = sound(&text, None);
        let written = codes(&findings);
        // What the reader refuses is not in the tree that is written again.
        if written.iter().any(|code| code.starts_with("SK00")) {
            continue;
        }
        for seed in [1, 2] {
            let shuffled = shuffle::shuffled(&file(text.as_str()), seed).expect("it was read before");
            assert_eq!(codes(&sound(&shuffled, None)), written, "{path} in another order\n{shuffled}");
        }
    }
}
