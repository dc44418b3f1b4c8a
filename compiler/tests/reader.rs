//! Properties of the reader over generated texts.

use proptest::{
    collection::{btree_map, vec},
    prelude::*,
};
use skiff_compiler::{
    diagnostic::Diagnostics,
    node::{Document, Node, Value},
    read::{MAX_DEPTH, decode_utf8, read},
    source::{SourceFile, Span},
};

const SAMPLE: &str = "# One service.\napp: shop\ndefaults: &d {LOG: info, \"é\\t\": 'x''y'}\nservices:\n  web:\n    <<: *d\n    \
                      command: [bin/web, --port, !!str 8080]\n    text: |-\n      grüße\n\n      end\n    folded: >\n      a\n      \
                      b\n    ? complex\n    : - 1\n      - {a: b, c}\n";

fn load(text: &str) -> (SourceFile, Option<Document>, Diagnostics) {
    let file = SourceFile { name: "skiff.yaml".into(), text: text.into() };
    let mut diagnostics = Diagnostics::default();
    let document = read(&file, &mut diagnostics);
    (file, document, diagnostics)
}

/// Reads, and checks what holds for every text.
fn sound(text: &str) {
    let (file, document, diagnostics) = load(text);
    assert!(document.is_some() || diagnostics.has_errors(), "no tree and no reason");
    for diagnostic in diagnostics.sorted() {
        slice(text, diagnostic.span);
        if let Some((span, _)) = &diagnostic.related {
            slice(text, *span);
        }
        assert!(diagnostic.hint.is_some() && !diagnostic.message.is_empty());
    }
    assert!(diagnostics.findings(&file).iter().all(|finding| finding.line >= Some(1) && finding.column >= Some(1)));
    if let Some(document) = document {
        spans(text, &document.root, 0);
        assert!(document.comments.iter().all(|comment| slice(text, comment.span).starts_with('#')));
    }
}

fn spans(text: &str, node: &Node, depth: usize) {
    assert!(depth <= MAX_DEPTH);
    slice(text, node.span);
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| spans(text, item, depth + 1)),
        Value::Mapping(entries) => {
            for entry in entries {
                slice(text, entry.key_span);
                spans(text, &entry.node, depth + 1);
            }
        }
    }
}

/// Panics when a span is not inside the text or cuts a character.
fn slice(text: &str, span: Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

/// A value to print as YAML and read back.
#[derive(Debug, Clone)]
enum Made {
    Plain(String),
    Quoted(String),
    Block(Vec<String>),
    List(Vec<Made>),
    Map(Vec<(String, Made)>),
}

fn made() -> impl Strategy<Value = Made> {
    let leaf = prop_oneof![
        "v[a-z0-9äöü日/.-]{0,8}( [a-zé]{1,4})?".prop_map(Made::Plain),
        any::<String>().prop_map(Made::Quoted),
        vec("v[a-zé日#:-]{0,6}", 1..4).prop_map(Made::Block),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let entries = btree_map("[a-zé日]{1,6}", inner.clone(), 0..5);
        prop_oneof![vec(inner, 0..5).prop_map(Made::List), entries.prop_map(|map| Made::Map(map.into_iter().collect()))]
    })
}

/// A value as it stands after `key:` or `-` at `indent`, with its line break.
fn print(value: &Made, indent: usize) -> String {
    let pad = " ".repeat(indent);
    match value {
        Made::Plain(text) => format!(" {text}\n"),
        Made::Quoted(text) => format!(" {}\n", quoted(text)),
        Made::Block(lines) => {
            let lines: String = lines.iter().map(|line| format!("{pad}  {line}\n")).collect();
            format!(" |-\n{lines}")
        }
        Made::List(items) if items.is_empty() => " []\n".into(),
        Made::Map(entries) if entries.is_empty() => " {}\n".into(),
        Made::List(items) => {
            let items: String = items.iter().map(|item| format!("{pad}  -{}", print(item, indent + 2))).collect();
            format!("\n{items}")
        }
        Made::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{pad}  {key}:{}", print(value, indent + 2)));
            format!(" # a mapping\n{}", entries.collect::<String>())
        }
    }
}

fn quoted(text: &str) -> String {
    let escape = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if letter.is_alphanumeric() || letter == ' ' => letter.to_string(),
        letter => format!("\\U{:08x}", u32::from(letter)),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

fn equal(made: &Made, node: &Node, text: &str) {
    match (made, &node.value) {
        (Made::List(wanted), Value::Sequence(items)) => {
            assert_eq!(wanted.len(), items.len());
            for (wanted, item) in wanted.iter().zip(items) {
                assert!(node.span.contains(item.span));
                equal(wanted, item, text);
            }
        }
        (Made::Map(wanted), Value::Mapping(entries)) => {
            assert_eq!(wanted.len(), entries.len());
            for ((key, wanted), entry) in wanted.iter().zip(entries) {
                assert!(node.span.contains(entry.key_span) && node.span.contains(entry.node.span));
                assert_eq!((key.as_str(), slice(text, entry.key_span)), (&*entry.key, key.as_str()));
                equal(wanted, &entry.node, text);
            }
        }
        _ => equal_scalar(made, node, slice(text, node.span)),
    }
}

/// The text, whether it is plain and, when that is certain, the piece of the source.
fn equal_scalar(made: &Made, node: &Node, written: &str) {
    let Value::Scalar(scalar) = &node.value else { unreachable!("{made:?} was read as {:?}", node.value) };
    let (text, plain, source) = match made {
        Made::Plain(text) => (text.clone(), true, text.clone()),
        Made::Quoted(text) => (text.clone(), false, quoted(text)),
        Made::Block(lines) => (lines.join("\n"), false, written.to_owned()),
        Made::List(_) | Made::Map(_) => unreachable!("{made:?} was read as {scalar:?}"),
    };
    assert_eq!((&*scalar.text, scalar.plain, written), (text.as_str(), plain, source.as_str()));
}

/// A tree without its places.
fn shape(node: &Node) -> String {
    match &node.value {
        Value::Scalar(scalar) => format!("{scalar:?}"),
        Value::Sequence(items) => format!("[{}]", items.iter().map(|item| shape(item) + ",").collect::<String>()),
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|entry| format!("{:?}:{},", entry.key, shape(&entry.node)));
            format!("{{{}}}", entries.collect::<String>())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>()) {
        sound(&text);
    }

    #[test]
    fn text_of_yaml_signs_is_read_without_a_panic(text in "[\\-:,\\[\\]{}?&*!|>'\"%@#~<\\\\ \\n\\r\\tab1é.]{0,60}") {
        sound(&text);
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        match decode_utf8("skiff.yaml", bytes) {
            Ok(file) => sound(&file.text),
            Err(refused) => assert!(refused.1.sorted().iter().all(|at| slice(&refused.0.text, at.span) == "\u{fffd}")),
        }
    }

    #[test]
    fn what_is_printed_reads_back_equal(made in made()) {
        let text = format!("root:{}", print(&made, 0));
        let (_, document, diagnostics) = load(&text);
        prop_assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
        equal(&made, document.unwrap().root.get("root").unwrap(), &text);
    }

    #[test]
    fn line_breaks_of_either_kind_give_the_same_tree(made in made()) {
        let text = format!("root:{}", print(&made, 0));
        let windows = text.replace('\n', "\r\n");
        sound(&windows);
        let [left, right] = [&text, &windows].map(|text| shape(&load(text).1.unwrap().root));
        prop_assert_eq!(left, right);
    }

    #[test]
    fn a_changed_byte_never_panics(at in 0..SAMPLE.len(), byte in any::<u8>()) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(file) = decode_utf8("skiff.yaml", bytes) {
            sound(&file.text);
        }
    }
}

#[test]
fn the_sample_has_no_mistake() {
    let (_, document, diagnostics) = load(SAMPLE);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(document.unwrap().root.entries().len(), 3);
}

#[test]
fn a_file_cut_off_anywhere_is_read_without_a_panic() {
    for end in 0..=SAMPLE.len() {
        match decode_utf8("skiff.yaml", SAMPLE.as_bytes()[..end].to_vec()) {
            Ok(file) => sound(&file.text),
            Err(refused) => assert!(refused.1.has_errors()),
        }
    }
}
