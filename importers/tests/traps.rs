//! Each trap of YAML as kubectl steps into it: what a scalar, a key or a mapping means. Values checked with go-yaml 2.4.

use skiff_importers::kube::read::{Meaning, Node, Value, documents};

/// A tree in a notation of its own: texts in quotes, null as `-`.
fn show(node: &Node) -> String {
    match &node.value {
        Value::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" ")),
        Value::Mapping(entries) => {
            let entries: Vec<_> = entries.iter().map(|entry| format!("{}={}", entry.key, show(&entry.node))).collect();
            format!("{{{}}}", entries.join(" "))
        }
        Value::Scalar(scalar) => match scalar.meaning {
            Meaning::Null => "-".into(),
            Meaning::Boolean(boolean) => boolean.to_string(),
            Meaning::Integer(integer) => integer.to_string(),
            Meaning::Float(float) => format!("{float:?}"),
            Meaning::Text => format!("{:?}", &*scalar.text),
        },
    }
}

/// All documents of a text, then the names of all findings.
fn read(text: &str) -> String {
    let (documents, findings) = documents("web.yaml", text.as_bytes());
    let shown = documents.iter().map(|document| show(&document.root));
    shown.chain(findings.iter().map(|finding| format!("!{}", finding.code.name))).collect::<Vec<_>>().join(" ")
}

/// What a scalar means as the value of a key.
fn value(written: &str) -> String {
    let whole = read(&format!("a: {written}\n"));
    whole.strip_prefix("{a=").and_then(|rest| rest.strip_suffix('}')).unwrap_or(&whole).to_owned()
}

#[test]
fn words_of_yaml_1_1_are_booleans_and_nulls() {
    for word in ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"] {
        assert_eq!(value(word), "true", "{word}");
    }
    for word in ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"] {
        assert_eq!(value(word), "false", "{word}");
    }
    for word in ["", "~", "null", "Null", "NULL"] {
        assert_eq!(value(word), "-", "{word}");
    }
    for word in ["yEs", "tRUE", "nULL", "oN"] {
        assert_eq!(value(word), format!("{word:?}"));
    }
}

#[test]
fn numbers_are_what_go_takes_them_for() {
    let cases = [
        ("0755", "493"),
        ("0o17", "15"),
        ("0x1F", "31"),
        ("-0x10", "-16"),
        ("0b101", "5"),
        ("1_000", "1000"),
        ("1__0_", "10"),
        ("08", "8"),
        ("+1", "1"),
        ("-0", "0"),
        ("1e3", "1000"),
        ("1.0", "1"),
        ("1.", "1"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("1.5e-7", "1.5e-7"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551615", "1.8446744073709552e19"),
        ("1e20", "1e20"),
    ];
    for (written, meant) in cases {
        assert_eq!(value(written), meant, "{written}");
    }
}

#[test]
fn what_looks_like_a_number_may_be_text() {
    let texts = [
        "190:20:30",
        "12:30",
        "2001-12-14t21:59:43.10-05:00",
        "2001-01-01",
        "1e400",
        "0x",
        "0b12",
        "1.2.3",
        "1e",
        "_1",
    ];
    for text in texts.into_iter().chain([".", "+", "..", ".e5", "1 000", "128Mi", "100m", "0.5.1", ".1_0"]) {
        assert_eq!(value(text), format!("{text:?}"), "{text}");
    }
}

#[test]
fn what_json_cannot_say_costs_the_document() {
    for number in [".inf", "-.Inf", "+.INF", ".nan"] {
        assert_eq!(value(number), "!manifest-scalar");
    }
}

#[test]
fn quotes_blocks_and_tags_keep_text() {
    assert_eq!(value("\"yes\""), r#""yes""#);
    assert_eq!(value("'0755'"), r#""0755""#);
    assert_eq!(value("!!str 0755"), r#""0755""#);
    assert_eq!(value("! yes"), r#""yes""#);
    assert_eq!(value("!other yes"), r#""yes""#);
    assert_eq!(value("|\n  yes"), r#""yes\n""#);
    assert_eq!(value("!!int \"0x10\""), "16");
    assert_eq!(value("!!float 3"), "3");
    assert_eq!(value("!!binary aGk="), r#""hi""#);
    assert_eq!(value("!!int x"), "!manifest-scalar");
    assert_eq!(value("!!binary a"), "!manifest-scalar");
}

#[test]
fn blocks_with_all_indicators() {
    for (written, meant) in [
        ("|\n  x\n  y\n\n", r#""x\ny\n""#),
        ("|-\n  x\n", r#""x""#),
        ("|+\n  x\n\n", r#""x\n\n\n""#),
        (">\n  x\n  y\n", r#""x y\n""#),
        ("|2\n    x\n", r#""  x\n""#),
        (">-\n  x\n\n  y\n", r#""x\ny""#),
        ("|1-\n  x\n", r#"" x""#),
    ] {
        assert_eq!(value(written), meant, "{written:?}");
    }
    assert_eq!(read("a: |\n  x\n   "), r#"{a="x\n "}"#);
    assert_eq!(read("a: |\n  x\n# end"), r#"{a="x\n"}"#);
    assert_eq!(read("a: |\r\n  x\r\n  y\r\n"), r#"{a="x\ny\n"}"#);
}

#[test]
fn keys_become_texts() {
    assert_eq!(
        read("yes: 1\n0x1F: 2\n1.5: 3\n1e9: 4\n.inf: 5\n1e-7: 6\n"),
        "{true=1 31=2 1.5=3 1e+09=4 .inf=5 1e-07=6}"
    );
    assert_eq!(read("\"yes\": 1\n"), "{yes=1}");
    for key in ["~", "[a]", "{a: b}", "12345678901234567890"] {
        assert_eq!(read(&format!("{key}: 1\n")), "!manifest-key", "{key}");
    }
    assert_eq!(read("a: &k b\n*k : 1\n"), r#"{a="b" b=1}"#);
}

#[test]
fn the_last_of_two_keys_wins_and_is_reported_with_both_places() {
    let (documents, findings) = documents("web.yaml", b"a: 1\nb: 2\na: 3\n");
    assert_eq!(show(&documents[0].root), "{b=2 a=3}");
    let found = &findings[0];
    assert_eq!((found.code.name, found.place.line, found.place.column), ("manifest-duplicate-key", 3, 1));
    assert_eq!(found.related.map(|(place, _)| (place.line, place.column)), Some((1, 1)));
    let many: String = (0..40).map(|index| format!("k{}: {index}\n", index % 20)).collect();
    assert_eq!(read(&many).matches("!manifest-duplicate-key").count(), 20);
    assert!(read(&many).starts_with("{k0=20 k1=21 "));
}

#[test]
fn merges_are_carried_out_in_the_order_of_the_text() {
    let base = "x: &x {b: 1, c: 2}\n";
    assert_eq!(read(&format!("{base}a: {{<<: *x, b: 7}}\n")), "{x={b=1 c=2} a={c=2 b=7}}");
    assert_eq!(read(&format!("{base}a: {{b: 7, <<: *x}}\n")), "{x={b=1 c=2} a={b=1 c=2}} !manifest-merge-replaces");
    assert_eq!(read(&format!("{base}a: {{<<: [*x, {{b: 5, d: 6}}]}}\n")), "{x={b=1 c=2} a={d=6 b=1 c=2}}");
    assert_eq!(read(&format!("{base}a: {{\"<<\": *x}}\n")), "{x={b=1 c=2} a={<<={b=1 c=2}}}");
    for wrong in ["1", "[*x, 1]", "~"] {
        assert_eq!(read(&format!("{base}a: {{<<: {wrong}}}\n")), "!manifest-merge", "{wrong}");
    }
}

#[test]
fn anchors_and_aliases() {
    assert_eq!(read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n"), "{a=1 b=1 c=2 d=2}");
    assert_eq!(read("a: *x\n"), "!manifest-unknown-alias");
    assert_eq!(read("a: &x [*x]\n"), "!manifest-alias-in-itself");
    assert_eq!(read("a: &x 1\n---\nb: *x\n"), "{a=1} !manifest-unknown-alias");
}

#[test]
fn what_yaml_1_1_allows_and_the_parser_does_not() {
    assert_eq!(read("a:\n  b: \"x\n y\n\nz\"\n  c: 1\n"), r#"{a={b="x y\nz" c=1}}"#);
    assert_eq!(read("a:\n  b: 'it''s\nx' # it's\n  c: \"\\\"\n  d\"\n"), r#"{a={b="it's x" c="\" d"}}"#);
    assert_eq!(read("a: \"x\"# c\nb: []#c\n"), r#"{a="x" b=[]}"#);
    assert_eq!(read("a: {\n\t\"b\": 1,\n\t\"c\": [\"d\"]\n  }\n"), r#"{a={b=1 c=["d"]}}"#);
    assert_eq!(read("a: \"x\n\ty\"\n"), r#"{a="x y"}"#);
    assert_eq!(read("a:\n\tb: c\n"), "!manifest-syntax");
    assert_eq!(read("a: [b,\tc]\t\n"), r#"{a=["b" "c"]}"#);
}
