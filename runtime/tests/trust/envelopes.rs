//! DSSE: its spellings, and what becomes of envelopes that were tampered with.

use ::base64::{Engine as _, engine::general_purpose as base64};
use serde_json::{Value, json};
use skiff_runtime::trust::{Purpose, codes, edit, envelope, verify_release};
use skiff_wire::TrustRoot;

use crate::scene::{
    altered, binding, day, enrolment, first_root, key, refused, release, signed, signed_root, statement, trusted,
    verified,
};

/// The protocol's own example (DSSE, protocol.md): `http://example.com/HelloWorld` and `hello world`.
#[test]
fn the_encoding_is_the_protocols() {
    let encoded = envelope::encoding("http://example.com/HelloWorld", b"hello world");
    assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    // Lengths are of bytes, not of characters.
    assert_eq!(envelope::encoding("tüp", b""), "DSSEv1 4 tüp 0 ".as_bytes());
}

#[test]
fn base64_is_read_in_either_alphabet_with_or_without_padding() {
    let envelope = release(&statement());
    let respelled = |engine: &base64::GeneralPurpose| {
        altered(&envelope, |envelope| {
            for place in ["/payload", "/signatures/0/sig"] {
                let value = envelope.pointer_mut(place).unwrap();
                *value = json!(engine.encode(base64::STANDARD.decode(value.as_str().unwrap()).unwrap()));
            }
        })
    };
    for engine in [base64::STANDARD, base64::STANDARD_NO_PAD, base64::URL_SAFE, base64::URL_SAFE_NO_PAD] {
        assert_eq!(verified(&respelled(&engine)).unwrap(), verified(&envelope).unwrap());
    }
    let broken = altered(&envelope, |envelope| envelope["payload"] = json!("a b"));
    refused(verified(&broken), &codes::BAD_ENVELOPE);
}

#[test]
fn what_is_no_envelope_is_refused_as_such() {
    refused(verified(b"{}"), &codes::BAD_ENVELOPE);
    refused(verified(b"[]"), &codes::BAD_ENVELOPE);
    refused(verified(b""), &codes::AMBIGUOUS_JSON);
    let more = altered(&release(&statement()), |envelope| envelope["algorithm"] = json!("none"));
    refused(verified(&more), &codes::BAD_ENVELOPE);
    let many = altered(&release(&statement()), |envelope| {
        envelope["signatures"] = Value::Array(vec![envelope["signatures"][0].clone(); 65]);
    });
    refused(verified(&many), &codes::BAD_ENVELOPE);
}

#[test]
fn a_payload_type_cannot_be_swapped() {
    let swapped = altered(&release(&statement()), |envelope| envelope["payloadType"] = json!("text/plain"));
    refused(verified(&swapped), &codes::WRONG_PAYLOAD_TYPE);
    // The root, well signed, in the place of a release; and then with the type of one.
    let root = signed_root(&first_root(), &[key("ann", 1)]);
    refused(verified(&root), &codes::WRONG_PAYLOAD_TYPE);
    let dressed = altered(&root, |envelope| envelope["payloadType"] = json!("application/vnd.in-toto+json"));
    refused(verified(&dressed), &codes::BAD_SIGNATURE);
    let statement =
        altered(&release(&statement()), |envelope| envelope["payloadType"] = json!(TrustRoot::PAYLOAD_TYPE));
    refused(crate::scene::followed(&statement, 2), &codes::BAD_STATEMENT);
}

#[test]
fn signatures_that_do_not_count_do_not_count() {
    let payload = serde_json::to_vec(&statement()).unwrap();
    let ann = || signed(&payload, &[key("ann", 1)]);
    refused(verified(&altered(&ann(), |envelope| envelope["signatures"] = json!([]))), &codes::UNSIGNED);
    refused(verified(&signed(&payload, &[key("stranger", 9)])), &codes::UNTRUSTED_SIGNER);
    let changed = altered(&ann(), |envelope| {
        envelope["payload"] = json!(base64::STANDARD.encode(serde_json::to_vec(&json!({ "a": 1 })).unwrap()));
    });
    refused(verified(&changed), &codes::BAD_SIGNATURE);
    for length in [0, 32, 63, 65, 128] {
        let cut = altered(&ann(), |envelope| {
            envelope["signatures"][0]["sig"] = json!(base64::STANDARD.encode(vec![7; length]));
        });
        refused(verified(&cut), &codes::BAD_SIGNATURE);
    }
}

#[test]
fn a_bad_signature_among_good_ones_takes_nothing_away() {
    let payload = serde_json::to_vec(&statement()).unwrap();
    let envelope = altered(&signed(&payload, &[key("stranger", 9), key("ann", 1)]), |envelope| {
        envelope["signatures"].as_array_mut().unwrap().push(json!({ "sig": base64::STANDARD.encode([0; 64]) }));
    });
    assert_eq!(verified(&envelope).unwrap().signers, ["ann"]);
}

#[test]
fn the_hint_whose_key_it_is_decides_nothing() {
    let envelope = release(&statement());
    for hint in ["", "ann", &key("stranger", 9).public().hex(), "../../etc/passwd"] {
        let renamed = altered(&envelope, |envelope| envelope["signatures"][0]["keyid"] = json!(hint));
        assert_eq!(verified(&renamed).unwrap().signers, ["ann"]);
    }
    let without = altered(&envelope, |envelope| {
        envelope["signatures"][0].as_object_mut().unwrap().remove("keyid");
    });
    assert!(verified(&without).is_ok());
    // And a stranger who claims to be ann is told apart from one who claims nothing.
    let claimed = altered(&signed(&serde_json::to_vec(&statement()).unwrap(), &[key("eve", 3)]), |envelope| {
        envelope["signatures"][0]["keyid"] = json!(key("ann", 1).public().hex());
    });
    refused(verified(&claimed), &codes::BAD_SIGNATURE);
}

#[test]
fn a_key_of_another_role_does_not_count() {
    let ben = key("ben", 2);
    let root = edit::enroll(&first_root(), &enrolment(&ben, &["root", "approval"]), day(20)).unwrap();
    let envelope = signed(&serde_json::to_vec(&statement()).unwrap(), &[ben]);
    let boot = Purpose::Boot { sequence: 0 };
    refused(verify_release(&envelope, &trusted(root), &binding(), boot), &codes::UNTRUSTED_SIGNER);
}

#[test]
fn signatures_are_added_once() {
    let payload = serde_json::to_vec(&statement()).unwrap();
    let first = signed(&payload, &[key("ann", 1)]);
    let second = envelope::add_signatures(&first, &[key("ann", 1), key("ben", 2)]).unwrap();
    let parsed: Value = serde_json::from_slice(&second).unwrap();
    assert_eq!(parsed["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(parsed["payload"], serde_json::from_slice::<Value>(&first).unwrap()["payload"]);
}
