//! Each code with its place, and the shape of the trees.

use super::{codes, *};
use crate::{
    node::{Node, Value},
    source::line_and_column,
};

fn source(text: &str) -> SourceFile {
    SourceFile { name: "skiff.yaml".into(), text: text.into() }
}

fn load(text: &str) -> (Option<Document>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let document = read(&source(text), &mut diagnostics);
    (document, diagnostics)
}

/// The root of a text without mistakes.
fn clean(text: &str) -> Node {
    let (document, diagnostics) = load(text);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    document.unwrap().root
}

/// Every mistake as `code line:column`.
fn found(text: &str) -> Vec<String> {
    let (_, diagnostics) = load(text);
    let findings = diagnostics.findings(&source(text));
    findings.iter().map(|at| format!("{} {}:{}", at.code, at.line.unwrap(), at.column.unwrap())).collect()
}

/// The tree in one line; `'…'` for what is not plain.
fn show(node: &Node) -> String {
    let list = |parts: Vec<String>| parts.join(", ");
    match &node.value {
        Value::Scalar(scalar) if scalar.plain => scalar.text.to_string(),
        Value::Scalar(scalar) => format!("'{}'", scalar.text),
        Value::Sequence(items) => format!("[{}]", list(items.iter().map(show).collect())),
        Value::Mapping(entries) => {
            format!(
                "{{{}}}",
                list(entries.iter().map(|entry| format!("{}: {}", entry.key, show(&entry.node))).collect())
            )
        }
    }
}

fn slice(text: &str, span: Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

#[test]
fn syntax_errors_point_at_their_cause() {
    assert_eq!(found("a: [1, 2\n"), ["SK0001 1:4"]);
    assert_eq!(found("a:\n  - b\n c: 1\n"), ["SK0001 3:2"]);
    assert_eq!(found("a: b: c\n"), ["SK0001 1:5"]);
    assert_eq!(found("a: @x\n"), ["SK0001 1:4"]);
    assert_eq!(found("é: {x: 1]\n"), ["SK0001 1:4"]);
}

#[test]
fn a_syntax_error_names_the_open_bracket() {
    let text = "a: [1, 2\nb: 3\n";
    let (_, diagnostics) = load(text);
    let (span, _) = diagnostics.sorted()[0].related.clone().unwrap();
    assert_eq!((span.start, slice(text, span)), (3, "["));
}

#[test]
fn mistakes_before_a_syntax_error_are_reported_and_the_tree_is_kept() {
    let text = "a: 1\na: 2\nb: {c: 1, c: 2, d: *no, e: \"x";
    assert_eq!(found(text), ["SK0005 2:1", "SK0005 3:11", "SK0007 3:20", "SK0001 3:28"]);
    assert_eq!(show(&load(text).0.unwrap().root), "{a: 1, b: {c: 1, d: , e: }}");
}

#[test]
fn bytes_that_are_not_utf8_are_all_reported() {
    let (file, diagnostics) = *decode_utf8("x", b"\xef\xbb\xbfa: caf\xe9\nb: \xff\xc3\n".to_vec()).unwrap_err();
    assert_eq!(file.text, "a: caf\u{fffd}\nb: \u{fffd}\u{fffd}\n");
    let places: Vec<_> = diagnostics.sorted().iter().map(|at| line_and_column(&file.text, at.span.start)).collect();
    assert_eq!(places, [(1, 7), (2, 4), (2, 5)]);
    assert!(diagnostics.sorted().iter().all(|at| at.code == &codes::NOT_UTF8));
}

#[test]
fn utf16_is_named_once() {
    let (_, diagnostics) = *decode_utf8("x", b"\xff\xfea\0:\0".to_vec()).unwrap_err();
    let [only] = diagnostics.sorted()[..] else { panic!("{diagnostics:?}") };
    assert!(only.message.contains("UTF-16") && only.span.start == 0);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    assert_eq!(decode_utf8("x", "\u{feff}a: 1".into()).unwrap().text, "a: 1");
    assert_eq!(show(&clean("\u{feff}a: 1")), "{a: 1}");
}

#[test]
fn an_empty_document_is_refused() {
    for text in ["", "# only a comment\n", "---\n", "---\n...\n", "\n \n"] {
        assert_eq!(found(text), ["SK0003 1:1"], "{text:?}");
        assert!(load(text).0.is_none());
    }
}

#[test]
fn only_the_first_document_is_read() {
    let text = "---\na: 1\n---\nb: [\n";
    assert_eq!(found(text), ["SK0004 3:1"]);
    assert_eq!(show(&load(text).0.unwrap().root), "{a: 1}");
    assert_eq!(show(&clean("--- \na: 1\n...\n")), "{a: 1}");
}

#[test]
fn duplicate_keys_point_at_both() {
    let text = "a: 1\nb:\n  x: 1\n  'x': 2\na: 3\n\"a\": 4\n";
    assert_eq!(found(text), ["SK0005 4:3", "SK0005 5:1", "SK0005 6:1"]);
    let (document, diagnostics) = load(text);
    assert_eq!(diagnostics.sorted()[2].related.as_ref().unwrap().0, Span::new(0, 1));
    assert_eq!(show(&document.unwrap().root), "{a: 1, b: {x: 1}}");
}

#[test]
fn messages_hold_no_control_characters_and_no_long_text() {
    let (_, diagnostics) = load(&format!("\"\\e[1m{0}\": 1\n\"\\e[1m{0}\": 2\n", "x".repeat(100)));
    let message = &diagnostics.sorted()[0].message;
    assert_eq!(*message, format!("the key `\\u{{1b}}[1m{}…` stands twice in this mapping", "x".repeat(36)));
}

#[test]
fn duplicates_among_many_keys_are_found_in_order() {
    let mut text: String = (0..10_000).map(|key| format!("k{key}: {key}\n")).collect();
    text.push_str("k500: again\nk3: again\nk500: once more\n");
    assert_eq!(found(&text), ["SK0005 10001:1", "SK0005 10002:1", "SK0005 10003:1"]);
    assert_eq!(load(&text).0.unwrap().root.entries().len(), 10_000);
}

#[test]
fn the_report_of_a_hostile_file_is_bounded() {
    let text = "a: 1\n".repeat(100_000);
    let findings = found(&text);
    assert_eq!(findings.len(), 501);
    assert_eq!(findings[500], "SK0017 502:1");
}

#[test]
fn keys_must_be_text() {
    let text = "? [a, b]\n: {c: 1, c: 2}\n{{ x }}: 1\n: 2\nz: 3\n";
    assert_eq!(found(text), ["SK0006 1:3", "SK0005 2:10", "SK0006 3:1", "SK0006 3:2", "SK0006 4:1"]);
    assert_eq!(show(&load(text).0.unwrap().root), "{z: 3}");
}

#[test]
fn aliases_copy_what_their_anchor_marks() {
    let root = clean("a: &a {x: [1, 'y']}\nb: *a\nc: [*a, &s t]\nd: *s\n&k key: *k\n");
    assert_eq!(show(&root), "{a: {x: [1, 'y']}, b: {x: [1, 'y']}, c: [{x: [1, 'y']}, t], d: t, key: key}");
    assert_eq!(root.get("b").unwrap().span, Span::new(23, 25));
}

#[test]
fn a_repeated_anchor_means_the_latest() {
    assert_eq!(show(&clean("[&a 1, *a, &a 2, *a]")), "[1, 1, 2, 2]");
}

#[test]
fn unknown_aliases_are_all_reported_and_poisoned() {
    let text = "a: *.example.com\nb: [*x]\n";
    assert_eq!(found(text), ["SK0007 1:4", "SK0007 2:5"]);
    assert!(load(text).1.is_poisoned(Span::new(3, 16)));
}

#[test]
fn an_alias_may_not_stand_inside_its_own_value() {
    assert_eq!(found("a: &a\n  b: [*a]\n"), ["SK0008 2:7"]);
}

#[test]
fn exploding_aliases_are_stopped_and_said_once() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    assert_eq!(found(&text).len(), 1);
    assert!(found(&text)[0].starts_with("SK0009 5:"));
}

#[test]
fn exploding_text_is_stopped() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100));
    assert_eq!(found(&text), ["SK0009 2:69"]);
}

#[test]
fn aliases_cannot_build_a_tree_that_is_too_deep() {
    let mut text = String::from("- &a0 [x]\n");
    for level in 1..100 {
        text.push_str(&format!("- &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(found(&text), ["SK0010 64:9"]);
}

#[test]
fn depth_is_limited_and_reading_goes_on() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(show(&clean(&nested(64))), nested(64));
    let text = format!("a: {}\nb: 1\nb: 2\n", nested(64));
    assert_eq!(found(&text), ["SK0010 1:67", "SK0005 3:1"]);
    assert_eq!(load(&text).0.unwrap().root.entries().len(), 2);
}

#[test]
fn very_deep_nesting_neither_overflows_nor_takes_long() {
    for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)] {
        let findings = found(&text);
        assert_eq!(findings.iter().filter(|place| place.starts_with("SK0010 ")).count(), 1, "{findings:?}");
        assert!(findings.len() <= MAX_DEPTH);
    }
    let steps: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(found(&steps), ["SK0010 65:65"]);
}

#[test]
fn a_large_scalar_is_refused_and_reading_goes_on() {
    let large = "x".repeat(10 << 20);
    for text in
        [format!("a: {large}\nb: *no\n"), format!("a: \"{large}\"\nb: *no\n"), format!("a: |\n  {large}\nb: *no\n")]
    {
        let findings = found(&text);
        assert_eq!(findings.len(), 2);
        assert!(findings[0].starts_with("SK0011 ") && findings[1].starts_with("SK0007 "), "{findings:?}");
    }
    assert_eq!(clean(&format!("a: {}", "x".repeat(1 << 20))).get("a").unwrap().text().unwrap().len(), 1 << 20);
}

#[test]
fn a_large_file_is_refused() {
    assert_eq!(found(&"#\n".repeat(33 << 20)), ["SK0012 1:1"]);
}

#[test]
fn tags_of_the_core_schema_are_understood() {
    let root = clean(
        "a: !!str 5\nb: !!int 5\nc: !!float 1e3\nd: !!bool true\ne: !!null ~\nf: !!seq [! 5]\ng: !!map {}\nh: !!str\n",
    );
    assert_eq!(show(&root), "{a: '5', b: 5, c: 1e3, d: true, e: ~, f: ['5'], g: {}, h: ''}");
}

#[test]
fn other_tags_are_refused_where_they_stand() {
    let text = "a: !Ref x\nb: !!int \"5\"\nc: !!int five\nd: !!str\n  - x\ne: !<tag:x,2000:y> 1\n";
    assert_eq!(found(text), ["SK0013 1:4", "SK0013 2:4", "SK0013 3:4", "SK0013 4:4", "SK0013 6:4"]);
}

#[test]
fn merge_keys_bring_what_is_not_said() {
    let text =
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 0\nd: {<<: *b, <<x: 1, \"<<\": text}\n";
    let root = clean(text);
    assert_eq!(show(root.get("c").unwrap()), "{x: 0, y: 1, z: 2}");
    assert_eq!(show(root.get("d").unwrap()), "{<<x: 1, <<: text, y: 2, z: 2}");
}

#[test]
fn merge_refuses_what_is_not_a_mapping() {
    assert_eq!(found("a: {<<: 1}\nb:\n  <<: [{x: 1}, [y]]\nc: {<<: }\n"), ["SK0014 1:9", "SK0014 3:16", "SK0014 4:8"]);
    assert_eq!(found("a: {<<: {}, <<: {}}"), ["SK0005 1:13"]);
    assert_eq!(found("a: {<<: *no}"), ["SK0007 1:9"]);
}

#[test]
fn tabs_in_indentation_are_named() {
    assert_eq!(found("a:\n\tb: 1\n"), ["SK0015 2:1"]);
    assert_eq!(found("a:\n  b: 1\n\tc: 2\n"), ["SK0015 3:1"]);
    assert_eq!(found("a:\n  - b\n \t- c\n"), ["SK0015 3:2"]);
}

#[test]
fn control_characters_are_named() {
    assert_eq!(found("a: \u{7}\n"), ["SK0016 1:4"]);
    assert_eq!(found("a: 1\n\0b: 2\n"), ["SK0016 2:1"]);
    assert_eq!(found("a: [x, \u{59e}\u{16}]\n"), ["SK0016 1:9"]);
    for text in ["\0", "a: x\0y", "# c\0\nb: 1\n", "a: \"x\0y\"", "a: |\n  x\0y\n", "a: 1\n...\n\0"] {
        assert!(found(text).iter().any(|place| place.starts_with("SK0016 ")), "{text:?}");
    }
}

#[test]
fn every_code_is_raised_by_a_test_and_has_a_page() {
    assert_eq!(codes::CODES.len(), 17);
    for (code, number) in codes::CODES.iter().zip(1..) {
        assert_eq!(code.id, format!("SK{number:04}"));
        assert!(code.manual.contains("Wrong") && code.manual.contains("Right"), "{}", code.id);
    }
}

#[test]
fn a_missing_value_stands_right_after_its_key() {
    let text = "a:\nb : # c\n'c':   \n? d\ne: {f, g: }\nh: &x\ni: |\n";
    let root = clean(text);
    let at = |node: &Node| line_and_column(text, node.span.start);
    let inner = root.get("e").unwrap();
    let places: Vec<_> = ["a", "b", "c", "d", "h", "i"].map(|key| at(root.get(key).unwrap())).into();
    assert_eq!(places, [(1, 3), (2, 4), (3, 5), (4, 4), (6, 3), (7, 4)]);
    assert_eq!([at(&inner.entries()[0].node), at(&inner.entries()[1].node)], [(5, 6), (5, 10)]);
    assert!(root.get("a").unwrap().is_null() && !root.get("i").unwrap().is_null());
}

#[test]
fn collections_end_with_their_last_child() {
    let text = "a:\n  b: 1\n  c: [x, y]  # z\n\n# w\nd:\n- e\n-  {f: g}\nh: |\n  text\n\n\ni: 1\nj:\n  - m: n\n";
    let root = clean(text);
    let of = |key: &str| slice(text, root.get(key).unwrap().span);
    assert_eq!(of("a"), "b: 1\n  c: [x, y]");
    assert_eq!(of("d"), "- e\n-  {f: g}");
    assert_eq!(of("h"), "text");
    assert_eq!(of("j"), "- m: n");
    assert_eq!(slice(text, root.span), text.trim_end());
}

#[test]
fn comments_are_kept_in_order_with_their_places() {
    let text = "# one\na: 1 #two\n#\nb:  # drei ß\n  - c\n  # four";
    let document = load(text).0.unwrap();
    let texts: Vec<_> = document.comments.iter().map(|comment| &*comment.text).collect();
    assert_eq!(texts, ["one", "two", "", "drei ß", "four"]);
    assert!(document.comments.iter().all(|comment| slice(text, comment.span).starts_with('#')));
}

#[test]
fn many_comments_in_a_row_are_fine() {
    let text = format!("a:\n{}- b\n{}", "# c\n".repeat(50_000), "# d\n".repeat(50_000));
    assert_eq!(load(&text).0.unwrap().comments.len(), 100_000);
}
