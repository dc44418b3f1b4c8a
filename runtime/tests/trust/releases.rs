//! One release that is accepted, and one for each way in which it is not.

use serde_json::json;
use skiff_runtime::trust::{Binding, Purpose, VerifiedArtifact, check_artifact, codes, edit, verify, verify_release};

use crate::scene::{
    altered, assign, binding, day, first_root, key, refused, release, signed, spoiled, statement, trusted,
    two_of_three, verified,
};

#[test]
fn a_release_that_is_in_order_is_accepted() {
    let envelope = release(&statement());
    let found = verified(&envelope).unwrap();
    assert_eq!((found.predicate.sequence, found.signers), (7, vec!["ann".to_owned()]));
    assert_eq!(found.id, verify::digest(&serde_json::to_vec(&statement()).unwrap()));
}

#[test]
fn it_runs_nowhere_else() {
    let envelope = release(&statement());
    let elsewhere = |binding: Binding| verify_release(&envelope, &trusted(first_root()), &binding, assign());
    refused(elsewhere(Binding { app: "blog".into(), ..binding() }), &codes::WRONG_APP);
    refused(elsewhere(Binding { environment: "staging".into(), ..binding() }), &codes::WRONG_ENVIRONMENT);
    refused(elsewhere(Binding { service: "worker".into(), ..binding() }), &codes::WRONG_SERVICE);
    refused(elsewhere(Binding { service: "Web".into(), ..binding() }), &codes::WRONG_SERVICE);
}

#[test]
fn sequences_only_rise_and_not_by_leaps() {
    let with = |purpose| verify_release(&release(&statement()), &trusted(first_root()), &binding(), purpose);
    let assign = |sequence| Purpose::Assign { now: day(1), sequence };
    refused(with(assign(7)), &codes::REPLAYED);
    refused(with(assign(8)), &codes::REPLAYED);
    assert!(with(Purpose::Boot { sequence: 7 }).is_ok());
    refused(with(Purpose::Boot { sequence: 8 }), &codes::REPLAYED);
    refused(verified(&spoiled("/predicate/sequence", json!(1_000_007))), &codes::FAST_FORWARD);
    assert!(verified(&spoiled("/predicate/sequence", json!(1_000_006))).is_ok());
}

#[test]
fn expiry_gates_the_assignment_and_not_the_boot() {
    let root = trusted(first_root());
    let with = |purpose| verify_release(&release(&statement()), &root, &binding(), purpose);
    let later = Purpose::Assign { now: day(10), sequence: 6 };
    refused(with(later), &codes::EXPIRED);
    // Past the root's own expiry as well: only new things are refused.
    refused(with(Purpose::Assign { now: day(20), sequence: 6 }), &codes::ROOT_EXPIRED);
    assert!(with(Purpose::Boot { sequence: 0 }).is_ok());
}

#[test]
fn a_revoked_release_neither_boots_nor_is_assigned() {
    let envelope = release(&statement());
    let id = verified(&envelope).unwrap().id;
    let root = trusted(edit::revoke_release(&first_root(), &id, day(20)).unwrap());
    refused(verify_release(&envelope, &root, &binding(), assign()), &codes::REVOKED);
    refused(verify_release(&envelope, &root, &binding(), Purpose::Boot { sequence: 0 }), &codes::REVOKED);
}

#[test]
fn a_key_that_left_the_root_counts_no_more() {
    let ben = crate::scene::enrolment(&key("ben", 2), &["root", "release"]);
    let both = edit::enroll(&first_root(), &ben, day(20)).unwrap();
    let without = trusted(edit::revoke(&both, "ann", day(20)).unwrap());
    let envelope = release(&statement());
    assert!(verify_release(&envelope, &trusted(both), &binding(), assign()).is_ok());
    let boot = Purpose::Boot { sequence: 0 };
    refused(verify_release(&envelope, &without, &binding(), boot), &codes::UNTRUSTED_SIGNER);
}

#[test]
fn another_kind_of_statement_is_no_release() {
    refused(verified(&spoiled("/_type", json!("https://in-toto.io/Statement/v0.1"))), &codes::WRONG_STATEMENT);
    refused(verified(&spoiled("/predicateType", json!("https://cyclonedx.org/bom"))), &codes::WRONG_PREDICATE);
    let mut without = statement();
    without.as_object_mut().unwrap().remove("_type");
    refused(verified(&release(&without)), &codes::WRONG_STATEMENT);
    refused(verified(&signed(b"[]", &[key("ann", 1)])), &codes::WRONG_STATEMENT);
    refused(verified(&spoiled("/predicate/colour", json!("red"))), &codes::BAD_STATEMENT);
    refused(verified(&spoiled("/Predicate", json!({}))), &codes::BAD_STATEMENT);
    refused(verified(&spoiled("/predicate/artifacts/main/bundle/path", json!("x"))), &codes::BAD_STATEMENT);
}

#[test]
fn the_subject_is_exactly_what_runs() {
    let other = json!({ "name": "main", "digest": { "sha256": "b".repeat(64) } });
    let more = json!([statement()["subject"][0], { "name": "side", "digest": { "sha256": "b".repeat(64) } }]);
    let twice = json!([statement()["subject"][0], statement()["subject"][0]]);
    let with_tag = json!([{ "name": "main", "digest": { "sha256": "a".repeat(64), "tag": "latest" } }]);
    for subject in [json!([]), json!([other]), more, twice, with_tag] {
        refused(verified(&spoiled("/subject", subject)), &codes::SUBJECT_MISMATCH);
    }
    // A digest that is none, in both places; artifacts that no workload runs.
    let mut statement = statement();
    statement["subject"][0]["digest"]["sha256"] = json!("latest");
    statement["predicate"]["artifacts"]["main"]["bundle"]["sha256"] = json!("latest");
    refused(verified(&release(&statement)), &codes::SUBJECT_MISMATCH);
    refused(verified(&spoiled("/predicate/manifest/main/name", json!("web"))), &codes::SUBJECT_MISMATCH);
}

#[test]
fn as_many_different_keys_as_the_root_asks_for() {
    let root = trusted(two_of_three());
    let payload = serde_json::to_vec(&statement()).unwrap();
    let by = |keys: &[(&str, u8)]| {
        let keys: Vec<_> = keys.iter().map(|(name, seed)| key(name, *seed)).collect();
        verify_release(&signed(&payload, &keys), &root, &binding(), assign())
    };
    assert_eq!(by(&[("eve", 3), ("ann", 1)]).unwrap().signers, ["ann", "eve"]);
    refused(by(&[("ann", 1)]), &codes::TOO_FEW_SIGNATURES);
    // The same key again counts once, whatever it calls itself.
    refused(by(&[("ann", 1), ("ann", 1)]), &codes::TOO_FEW_SIGNATURES);
    refused(by(&[("ann", 1), ("ben", 1)]), &codes::TOO_FEW_SIGNATURES);
    refused(by(&[("ann", 1), ("stranger", 9)]), &codes::TOO_FEW_SIGNATURES);
    let renamed = altered(&signed(&payload, &[key("ann", 1), key("ann", 1)]), |envelope| {
        envelope["signatures"][1]["keyid"] = json!(key("ben", 2).public().hex());
    });
    refused(verify_release(&renamed, &root, &binding(), assign()), &codes::TOO_FEW_SIGNATURES);
}

#[test]
fn an_artifact_is_run_from_the_bytes_that_were_checked() {
    let sha256 = verify::digest(b"the program");
    let artifact = VerifiedArtifact::check(b"the program".to_vec(), &sha256).unwrap();
    assert_eq!((artifact.bytes(), artifact.sha256()), (&b"the program"[..], &*sha256));
    refused(VerifiedArtifact::check(b"another program".to_vec(), &sha256), &codes::WRONG_ARTIFACT);
    refused(check_artifact(b"the program", &sha256.to_uppercase()), &codes::WRONG_ARTIFACT);
}
