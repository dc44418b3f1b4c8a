//! The chain of roots: what may follow, and what may not.

use std::sync::Arc;

use skiff_runtime::{
    ErrorKind,
    state::{Ledger, layout},
    store::{Condition, memory::MemoryStore},
    trust::{SigningKey, TrustedRoot, codes, edit, envelope, load_root, root},
    world::World,
};
use skiff_wire::{PrincipalKind, RoleRule, TrustRoot};

use crate::scene::{day, enrolment, first_root, followed, key, principals, refused, signed_root, trusted};

fn ledger() -> Ledger {
    Ledger::new(Arc::new(MemoryStore::new()), World::real())
}

/// Writes a root where it does not have to be right.
async fn put(ledger: &Ledger, version: u64, envelope: &[u8]) {
    ledger.store.put(&layout::root(version), envelope, &Condition::Absent).await.unwrap();
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// The second root: `ben` comes in with role `root`, and both must sign from now on.
fn second_root() -> TrustRoot {
    let both = edit::enroll(&first_root(), &enrolment(&key("ben", 2), &["root"]), day(20)).unwrap();
    edit::thresholds(&both, &[("root".into(), 2)]).unwrap()
}

fn ann_and_ben() -> [SigningKey; 2] {
    [key("ann", 1), key("ben", 2)]
}

#[test]
fn the_chain_is_walked_to_its_end() {
    wait(async {
        let ledger = ledger();
        let first = root::publish(&ledger, None, &signed_root(&first_root(), &[key("ann", 1)])).await.unwrap();
        let second = signed_root(&second_root(), &ann_and_ben());
        let second = root::publish(&ledger, Some(&first), &second).await.unwrap();
        assert_eq!(load_root(&ledger, None, 0).await.unwrap(), second);
        assert_eq!(load_root(&ledger, Some(&first.digest), 2).await.unwrap(), second);
        assert_eq!(load_root(&ledger, Some(&second.digest), 2).await.unwrap(), second);
        assert_eq!((second.root.version, first.root.version), (2, 1));
    });
}

#[test]
fn nothing_is_trusted_without_a_root_or_with_another_one() {
    wait(async {
        let ledger = ledger();
        let error = load_root(&ledger, None, 0).await.unwrap_err();
        assert_eq!((error.code().id, error.kind()), (codes::NO_ROOT.id, ErrorKind::NotFound));
        put(&ledger, 1, &signed_root(&first_root(), &[key("ann", 1)])).await;
        let pin = format!("sha256:{}", "0".repeat(64));
        refused(load_root(&ledger, Some(&pin), 0).await, &codes::NOT_PINNED);
        refused(load_root(&ledger, None, 2).await, &codes::ROOT_ROLLED_BACK);
    });
}

/// A member that starts from version 2 does not look at what came before, and refuses what does not follow from it.
#[test]
fn a_pin_starts_the_walk() {
    wait(async {
        let ledger = ledger();
        put(&ledger, 1, &signed_root(&TrustRoot { version: 1, ..second_root() }, &ann_and_ben())).await;
        let second = signed_root(&second_root(), &ann_and_ben());
        let pinned = followed(&second, 2).unwrap();
        put(&ledger, 2, &second).await;
        assert_eq!(load_root(&ledger, Some(&pinned.digest), 0).await.unwrap(), pinned);
        put(&ledger, 3, &signed_root(&TrustRoot { version: 3, ..first_root() }, &[key("ann", 1)])).await;
        refused(load_root(&ledger, Some(&pinned.digest), 0).await, &codes::ROOT_NOT_APPROVED);
    });
}

#[test]
fn a_new_root_needs_the_old_keys_and_the_new_ones() {
    let ben = key("ben", 2);
    let taken_over = TrustRoot {
        version: 2,
        principals: principals(&[("ben", &ben)]),
        roles: [("root".to_owned(), RoleRule { threshold: 1, principals: vec!["ben".into()] })].into(),
        ..first_root()
    };
    refused(followed(&signed_root(&taken_over, &[key("ben", 2)]), 2), &codes::ROOT_NOT_APPROVED);
    refused(followed(&signed_root(&taken_over, &[key("ann", 1)]), 2), &codes::ROOT_NOT_APPROVED);
    assert!(followed(&signed_root(&taken_over, &ann_and_ben()), 2).is_ok());
    refused(followed(&signed_root(&second_root(), &[key("ann", 1)]), 2), &codes::ROOT_NOT_APPROVED);
    let alone = signed_root(&second_root(), &[key("ann", 1)]);
    assert!(followed(&envelope::add_signatures(&alone, &[ben]).unwrap(), 2).is_ok());
}

#[test]
fn no_version_is_left_out_or_moved() {
    wait(async {
        let third = TrustRoot { version: 3, ..first_root() };
        refused(followed(&signed_root(&third, &[key("ann", 1)]), 3), &codes::ROOT_GAP);
        refused(followed(&signed_root(&third, &[key("ann", 1)]), 2), &codes::ROOT_GAP);
        refused(followed(&signed_root(&first_root(), &[key("ann", 1)]), 2), &codes::ROOT_GAP);
        // A walk that meets a hole ends there: what was seen beyond it is a roll-back.
        let ledger = ledger();
        put(&ledger, 1, &signed_root(&first_root(), &[key("ann", 1)])).await;
        put(&ledger, 3, &signed_root(&third, &[key("ann", 1)])).await;
        assert_eq!(load_root(&ledger, None, 1).await.unwrap().root.version, 1);
        refused(load_root(&ledger, None, 3).await, &codes::ROOT_ROLLED_BACK);
    });
}

#[test]
fn the_first_root_is_signed_by_its_own() {
    let follow = |keys: &[SigningKey]| root::follow(None, &signed_root(&first_root(), keys), 1);
    assert!(follow(&[key("ann", 1)]).is_ok());
    refused(follow(&[key("stranger", 9)]), &codes::ROOT_NOT_APPROVED);
    let release = crate::scene::release(&crate::scene::statement());
    refused(root::follow(None, &release, 1), &codes::WRONG_PAYLOAD_TYPE);
}

/// A root that no edit would make, signed by `ann` as the next.
fn odd(change: impl FnOnce(&mut TrustRoot)) -> Result<TrustedRoot, skiff_runtime::Error> {
    let mut root = TrustRoot { version: 2, ..first_root() };
    change(&mut root);
    followed(&signed_root(&root, &[key("ann", 1)]), 2)
}

#[test]
fn a_root_must_not_contradict_itself() {
    let rule =
        |threshold, names: &[&str]| RoleRule { threshold, principals: names.iter().map(ToString::to_string).collect() };
    let role = |name: &'static str, rule: RoleRule| {
        move |root: &mut TrustRoot| {
            root.roles.insert(name.into(), rule);
        }
    };
    refused(odd(role("release", rule(0, &["ann"]))), &codes::BAD_THRESHOLD);
    refused(odd(role("release", rule(2, &["ann"]))), &codes::BAD_THRESHOLD);
    refused(odd(role("release", rule(2, &["ann", "ann"]))), &codes::BAD_THRESHOLD);
    refused(odd(role("release", rule(1, &[]))), &codes::BAD_THRESHOLD);
    refused(odd(role("releases", rule(1, &["ann"]))), &codes::BAD_ROOT);
    refused(odd(role("release", rule(1, &["nobody"]))), &codes::BAD_ROOT);
    refused(odd(|root| drop(root.roles.remove("root"))), &codes::BAD_ROOT);
    refused(odd(|root| root.schema = "skiff.dev/trust-root/v2".into()), &codes::BAD_ROOT);
    let (ann, ben) = (key("ann", 1), key("ben", 1));
    refused(odd(|root| root.principals = principals(&[("ann", &ann), ("ben", &ben)])), &codes::SHARED_KEY);
    refused(odd(|root| root.principals.get_mut("ann").unwrap().public_key = "0".repeat(64)), &codes::BAD_PUBLIC_KEY);
    refused(odd(|root| root.principals.get_mut("ann").unwrap().kind = PrincipalKind::Agent), &codes::AGENT_APPROVES);
}

#[test]
fn a_key_spelt_otherwise_is_no_second_key() {
    let upper = key("ann", 1).public().hex().to_uppercase();
    let second = odd(|root| {
        let principal = skiff_wire::Principal { kind: PrincipalKind::Human, public_key: upper };
        root.principals.insert("ann-again".into(), principal);
    });
    refused(second, &codes::BAD_PUBLIC_KEY);
    // A root with a field more, or with the same one twice, is none.
    let text = serde_json::to_string(&TrustRoot { version: 2, ..first_root() }).unwrap();
    let sign = |text: String| envelope::sign(TrustRoot::PAYLOAD_TYPE, text.as_bytes(), &[key("ann", 1)]).unwrap();
    let twice = text.replacen("\"version\":2", "\"version\":1,\"version\":2", 1);
    refused(followed(&sign(twice), 2), &codes::AMBIGUOUS_JSON);
    let more = text.replacen("\"version\":2", "\"version\":2,\"Version\":3", 1);
    refused(followed(&sign(more), 2), &codes::BAD_STATEMENT);
}

#[test]
fn edits_that_would_contradict_are_mistakes_of_the_caller() {
    let root = first_root();
    let usage = |result: Result<TrustRoot, skiff_runtime::Error>, code: &skiff_wire::Code, kind| {
        let error = result.unwrap_err();
        assert_eq!((error.code().id, error.kind()), (code.id, kind), "{error}");
    };
    usage(edit::thresholds(&root, &[("release".into(), 0)]), &codes::BAD_THRESHOLD, ErrorKind::Usage);
    usage(edit::thresholds(&root, &[("runner".into(), 1)]), &codes::BAD_THRESHOLD, ErrorKind::Usage);
    usage(edit::revoke(&root, "nobody", day(20)), &codes::NO_PRINCIPAL, ErrorKind::NotFound);
    usage(edit::revoke(&root, "ann", day(20)), &codes::BAD_THRESHOLD, ErrorKind::Usage);
    let other = enrolment(&key("ann", 5), &["release"]);
    usage(edit::enroll(&root, &other, day(20)), &codes::ENROLLED_ALREADY, ErrorKind::Conflict);
    let same = enrolment(&key("twin", 1), &["release"]);
    usage(edit::enroll(&root, &same, day(20)), &codes::SHARED_KEY, ErrorKind::Usage);
    let named = enrolment(&key("../ann", 5), &["release"]);
    usage(edit::enroll(&root, &named, day(20)), &codes::BAD_NAME, ErrorKind::Usage);
    let agent = edit::Enrolment { kind: PrincipalKind::Agent, ..enrolment(&key("bot", 6), &["approval"]) };
    usage(edit::enroll(&root, &agent, day(20)), &codes::AGENT_APPROVES, ErrorKind::Usage);
}

#[test]
fn a_rotation_changes_the_key_and_can_keep_the_old_one_for_what_runs() {
    let (old, new) = (key("ann", 1).public(), key("ann", 7).public());
    let at_once = edit::rotate(&first_root(), "ann", &new, None, day(20)).unwrap();
    assert_eq!((at_once.version, at_once.principals.len()), (2, 1));
    assert_eq!(at_once.principals["ann"].public_key, new.hex());
    let kept = edit::rotate(&first_root(), "ann", &new, Some("ann-1"), day(20)).unwrap();
    assert_eq!((kept.version, &kept.principals["ann-1"].public_key), (2, &old.hex()));
    assert_eq!(kept.roles["release"].principals, ["ann", "ann-1"]);
    assert_eq!(kept.roles["root"].principals, ["ann"]);
    assert!(followed(&signed_root(&kept, &[key("ann", 1), key("ann", 7)]), 2).is_ok());
    refused(followed(&signed_root(&kept, &[key("ann", 1)]), 2), &codes::ROOT_NOT_APPROVED);
    assert_eq!(trusted(kept).root.revoked_releases, Vec::<String>::new());
}

#[test]
fn the_first_root_needs_somebody_who_can_sign_the_next() {
    let error = edit::first(&enrolment(&key("ann", 1), &["release"]), day(20)).unwrap_err();
    assert_eq!((error.code(), error.kind()), (&codes::BAD_ROOT, ErrorKind::Usage));
    let advice = error.advice().unwrap();
    assert!(advice.contains("leave `--role` away") && advice.contains("`--role root`"), "{advice}");
}

#[test]
fn who_is_first_has_published() {
    wait(async {
        let ledger = ledger();
        let envelope = signed_root(&first_root(), &[key("ann", 1)]);
        root::publish(&ledger, None, &envelope).await.unwrap();
        root::publish(&ledger, None, &envelope).await.unwrap();
        let other = edit::first(&enrolment(&key("eve", 3), &["root"]), day(20)).unwrap();
        let error = root::publish(&ledger, None, &signed_root(&other, &[key("eve", 3)])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        let object = ledger.store.get(&layout::root(1)).await.unwrap().unwrap();
        assert_eq!(object.body, envelope);
    });
}
