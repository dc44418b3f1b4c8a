//! JSON that could mean two things means nothing.

use skiff_runtime::trust::{codes, json};

use crate::scene::{key, refused, signed, statement, verified};

/// Texts that some readers take, each for another thing than others do.
const AMBIGUOUS: &[&str] = &[
    r#"{"a":1,"a":2}"#,
    r#"{"a":1,"\u0061":2}"#,
    r#"{"x":[{"y":{"b":1,"b":1}}]}"#,
    r#"{"a":1.0}"#,
    r#"{"a":1e2}"#,
    r#"{"a":1e400}"#,
    r#"{"a":-0}"#,
    r#"{"a":9007199254740992}"#,
    r#"{"a":-9007199254740992}"#,
    r#"{"a":123456789012345678901234567890}"#,
    r#"{"a":NaN}"#,
    r#"{"a":Infinity}"#,
    r#"{"a":01}"#,
    r#"{"a":+1}"#,
    r#"{"a":0x10}"#,
    "\u{feff}{}",
    r#"{"a":"\ud800"}"#,
    r#"{"a":"\udc00\ud800"}"#,
    r#"{"\ud83d":1}"#,
    r#"{} {}"#,
    r#"{}x"#,
    "{}\0",
    r#"{"a":1,}"#,
    r#"{'a':1}"#,
    r#"{"a":1 /* one */}"#,
    "{\"a\":\"\u{1}\"}",
    "",
    "{",
];

#[test]
fn ambiguous_text_is_refused() {
    for text in AMBIGUOUS {
        let result = json::check(text.as_bytes(), "the document");
        assert!(result.is_err(), "{text}");
        refused(result, &codes::AMBIGUOUS_JSON);
    }
    refused(json::check(b"{\"a\":\"\xff\"}", "the document"), &codes::AMBIGUOUS_JSON);
    refused(json::check(b"\xff\xfe{\0}\0", "the document"), &codes::AMBIGUOUS_JSON);
}

#[test]
fn plain_text_is_accepted() {
    let text = r#" {"a":[1,-1,true,null,"\u00e9\ud83d\ude00"],"A":{"a":9007199254740991},"":{}} "#;
    json::check(text.as_bytes(), "the document").unwrap();
}

#[test]
fn depth_and_size_have_bounds() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    json::check(nested(64).as_bytes(), "the document").unwrap();
    refused(json::check(nested(65).as_bytes(), "the document"), &codes::AMBIGUOUS_JSON);
    refused(json::check(nested(1_000_000).as_bytes(), "the document"), &codes::AMBIGUOUS_JSON);
    refused(json::check(&vec![b' '; json::MOST_BYTES + 1], "the document"), &codes::AMBIGUOUS_JSON);
}

#[test]
fn a_signed_release_of_ambiguous_text_is_refused() {
    let plain = serde_json::to_string(&statement()).unwrap();
    let twice = plain.replacen(r#""service":"web""#, r#""service":"worker","service":"web""#, 1);
    let escaped = plain.replacen(r#""service":"web""#, r#""service":"web","servic\u0065":"worker""#, 1);
    let fraction = plain.replacen(r#""sequence":7"#, r#""sequence":7.0"#, 1);
    let trailing = format!("{plain}{plain}");
    for text in [twice, escaped, fraction, trailing] {
        assert_ne!(text, plain);
        refused(verified(&signed(text.as_bytes(), &[key("ann", 1)])), &codes::AMBIGUOUS_JSON);
    }
}

#[test]
fn an_envelope_of_ambiguous_text_is_refused() {
    let plain = String::from_utf8(crate::scene::release(&statement())).unwrap();
    let twice = plain.replacen("\"payloadType\"", "\"payloadType\": \"text/plain\", \"payloadType\"", 1);
    refused(verified(twice.as_bytes()), &codes::AMBIGUOUS_JSON);
    refused(verified(format!("\u{feff}{plain}").as_bytes()), &codes::AMBIGUOUS_JSON);
}
