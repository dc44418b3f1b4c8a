//! `skiff.yaml` as it is written: read back as the same spec whatever it holds, and comments that stay comments.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what is wrong by failing")]

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use skiff_compiler::{
    diagnostic::{Code, Diagnostics},
    read::read,
    source::SourceFile,
    spec::{
        Spec,
        decode::{At, Decode, Place, Spanned},
        service::{Kind, Service},
        shorthand::{File, FileContent, ReplicaRange, Replicas},
        values::{Name, Scalar, VariableName},
    },
};
use skiff_importers::{
    account::Finding,
    kube::{codes::general, read::Place as At1},
    write,
};

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned { value, at: Place::default() }
}

fn service(env: &[(&str, &str)]) -> Service {
    let env = env.iter().map(|(name, value)| (VariableName::parse(name).unwrap(), spanned((*value).to_owned())));
    Service { kind: Kind::Worker, env: env.collect(), ..Service::fallback() }
}

fn spec(services: Vec<(&str, Service)>) -> Spec {
    let services = services.into_iter().map(|(name, service)| (Name::parse(name).unwrap(), Arc::new(service)));
    Spec { app: Name::parse("shop").unwrap(), services: services.collect(), ..Spec::fallback() }
}

/// Reads a text as `skiff check` does.
fn read_back(text: &str) -> Spec {
    let file = SourceFile { name: "skiff.yaml".into(), text: text.to_owned() };
    let mut diagnostics = Diagnostics::default();
    let document = read(&file, &mut diagnostics).expect("there is a document");
    let spec = Spec::decode(&document.root, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{:#?}\n{text}", diagnostics.findings(&file));
    spec
}

fn tree(spec: &Spec) -> serde_yaml::Value {
    serde_yaml::to_value(spec).unwrap()
}

fn finding(code: &'static Code, home: Option<(&str, &str)>, reason: &str) -> Finding {
    Finding {
        code,
        severity: code.severity,
        file: "web.yaml".into(),
        place: At1 { line: 3, column: 5 },
        kind: Some("Deployment".into()),
        namespace: Some("shop".into()),
        name: Some("web".into()),
        path: "spec.x".into(),
        reason: reason.into(),
        action: "remove it".into(),
        home: home.map(|(service, key)| (service.into(), key.into())),
    }
}

/// Texts with everything that YAML trips over, often.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("\n"),
        Just("\n\n"),
        Just(" "),
        Just("  "),
        Just("\t"),
        Just("\r"),
        Just("#"),
        Just(": "),
        Just("- "),
        Just("---\n"),
        Just("? "),
        Just("'"),
        Just("\""),
        Just("\\"),
        Just("{"),
        Just("]"),
        Just(","),
        Just("&a"),
        Just("*a"),
        Just("!t"),
        Just("|"),
        Just(">"),
        Just("%"),
        Just("@"),
        Just("`"),
        Just("~"),
        Just("null"),
        Just("yes"),
        Just("0755"),
        Just("1e3"),
        Just("é"),
        Just("\u{85}"),
        Just("\u{2028}"),
        Just("\u{feff}"),
        Just("\u{0}"),
        Just("\u{7f}"),
        Just("\u{202e}"),
        Just("😀"),
        Just("word"),
    ];
    let pieced = prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat());
    prop_oneof![3 => pieced, 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_is_read_back(value in text(), content in text(), words in prop::collection::vec(text(), 0..4), key in text(), other in text()) {
        let files = BTreeMap::from([
            (format!("/{key}"), File(FileContent { content: Some(content.clone()), ..FileContent::fallback() })),
            ("/z".to_owned(), File(FileContent { content: Some(content), key: Some(value.clone()), ..FileContent::fallback() })),
        ]);
        let hosts = BTreeMap::from([(key, words.clone())]);
        let web = Service { command: words, files, hosts, ..service(&[("A", &value), ("B", &other)]) };
        let spec = spec(vec![("web", web), ("worker", service(&[("A", &value)]))]);
        let text = write::spec(&spec, &[]);
        prop_assert_eq!(tree(&read_back(&text)), tree(&spec), "{}", text);
    }

    #[test]
    fn a_comment_stays_a_comment(reason in text(), home in prop::option::of("[a-z./]{0,12}")) {
        let spec = spec(vec![("web", service(&[("A", "1")]))]);
        let found = finding(&general::NO_HOME, home.as_deref().map(|key| ("web", key)), &reason);
        let text = write::spec(&spec, &[found]);
        prop_assert_eq!(tree(&read_back(&text)), tree(&spec), "{}", text);
        prop_assert_eq!(text.matches("# UNSUPPORTED").count(), 1);
    }
}

#[test]
fn a_long_key_is_read_back() {
    let hosts = BTreeMap::from([("k".repeat(1500), vec!["a".to_owned()])]);
    let spec = spec(vec![("web", Service { hosts, ..service(&[]) })]);
    assert_eq!(tree(&read_back(&write::spec(&spec, &[]))), tree(&spec));
}

#[test]
fn the_layout_is_what_a_person_would_write() {
    let script = File(FileContent { content: Some("one\n\ntwo\n".into()), ..FileContent::fallback() });
    let web = Service {
        kind: Kind::Web,
        command: vec!["serve".into(), "--port=80".into(), "a, b".into()],
        replicas: Some(Replicas(ReplicaRange { min: spanned(2), max: spanned(4), at: At::default() })),
        files: BTreeMap::from([("/etc/x".to_owned(), script)]),
        ..service(&[("LIST", "a,b"), ("NUMBER", "0755"), ("WORD", "on the wall")])
    };
    let text = write::spec(&spec(vec![("web", web), ("worker", service(&[]))]), &[]);
    let expected = r#"
services:
  web:
    kind: web
    command: [serve, --port=80, "a, b"]
    replicas: { min: 2, max: 4 }
    env:
      LIST: a,b
      NUMBER: "0755"
      WORD: on the wall
    files:
      /etc/x: |
        one

        two

  worker:
    kind: worker
"#;
    assert!(text.starts_with("# yaml-language-server: $schema=https://skiff.dev/schema/skiff.v1.json\n"), "{text}");
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn comments_stand_at_the_place() {
    let spec = spec(vec![("web", service(&[("A", "1")])), ("worker", service(&[]))]);
    let findings = [
        finding(&general::NO_HOME, Some(("web", "env.A.from")), "one"),
        finding(&general::UNKNOWN_FIELD, Some(("web", "health.readiness")), "two"),
        finding(&general::UNKNOWN_KIND, None, "three"),
        finding(&general::PLACEHOLDER, Some(("", "/account")), "four"),
        finding(&general::NO_HOME, Some(("web", "/load_balancer.scheme")), "five"),
        finding(&general::NO_HOME, Some(("gone", "env")), "six"),
    ];
    let text = write::spec(&spec, &findings);
    let lines: Vec<_> = text.lines().collect();
    let below = |words: &str| {
        let at = lines.iter().position(|line| line.trim_start().starts_with('#') && line.contains(words)).unwrap();
        lines[at + 1]
    };
    assert_eq!(below("one"), "      A: \"1\"");
    assert_eq!(below("two"), "");
    assert!(below("four").starts_with("account:"), "{text}");
    assert!(text.contains("# ASSUMED SK0836: four; remove it\naccount:"), "{text}");
    assert!(text.contains("    # UNKNOWN SK0830 Deployment shop/web spec.x: two; remove it\n\n  worker:"), "{text}");
    let top = ["three", "five", "six"].map(|words| lines.iter().position(|line| line.contains(words)).unwrap());
    assert_eq!(lines[top[2] + 1], "services:");
    assert_eq!(top, [top[0], top[0] + 1, top[0] + 2]);
}

#[test]
fn what_changed_is_no_comment() {
    let warning = &skiff_importers::kube::read::codes::DUPLICATE_KEY;
    let text = write::spec(&spec(vec![("web", service(&[]))]), &[finding(warning, None, "twice")]);
    assert!(!text.contains("twice"), "{text}");
}
