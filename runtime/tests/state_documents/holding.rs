//! One holder at a time, told apart by epochs.

use std::{sync::Arc, time::Duration};

use skiff_runtime::{
    ErrorKind,
    state::{
        Ledger,
        hold::{Taker, is_held_by, is_leased},
        layout::Scope,
    },
    store::{Key, memory::MemoryStore},
    world::World,
};
use skiff_wire::ServiceControl;

fn ledger() -> Ledger {
    Ledger::new(Arc::new(MemoryStore::new()), World::real())
}

fn key() -> Key {
    Scope::new("shop", "prod").service("web").control()
}

fn taker(holder: &str, over: Option<u64>) -> Taker {
    Taker { holder: holder.into(), lease: Duration::from_secs(30), over }
}

#[tokio::test]
async fn one_has_it_until_it_is_given_back() {
    let ledger = ledger();
    let first = ledger.take(&key(), &taker("one", None), ServiceControl::default()).await.expect("free");
    let control = &first.control;
    assert_eq!((control.epoch, control.revision, control.holder.as_deref()), (1, 1, Some("one")));
    assert!(is_leased(control, ledger.world.clock.now()) && is_held_by(control, "one", 1));
    let held = ledger.take(&key(), &taker("two", None), ServiceControl::default()).await.expect_err("held");
    assert_eq!((held.code().id, held.kind()), ("SK2025", ErrorKind::Conflict));
    assert!(held.message().contains("is held by `one`, and wants to be left alone until "), "{}", held.message());
    ledger.give_back::<ServiceControl>(&key(), ("one", 1)).await.expect("given back");
    let second = ledger.take(&key(), &taker("two", None), ServiceControl::default()).await.expect("free");
    assert_eq!((second.control.epoch, second.control.revision), (2, 3));
}

#[tokio::test]
async fn who_was_replaced_changes_nothing_more() {
    let ledger = ledger();
    ledger.take(&key(), &taker("one", None), ServiceControl::default()).await.expect("free");
    let raise = |body: &mut ServiceControl| {
        body.sequence += 1;
        Ok(())
    };
    ledger.change_held(&key(), ("one", 1), Some(Duration::from_secs(60)), raise).await.expect("it is held");
    let wrong = ledger.take(&key(), &taker("two", Some(7)), ServiceControl::default()).await.expect_err("another hold");
    assert_eq!(wrong.code().id, "SK2025");
    ledger.take(&key(), &taker("two", Some(1)), ServiceControl::default()).await.expect("one is known to be gone");
    let replaced = ledger.change_held(&key(), ("one", 1), None, raise).await.expect_err("replaced");
    assert_eq!((replaced.code().id, replaced.kind()), ("SK2026", ErrorKind::Conflict));
    ledger.give_back::<ServiceControl>(&key(), ("one", 1)).await.expect("it has nothing to give back");
    let there = ledger.read::<ServiceControl>(&key()).await.expect("a read").expect("it is there").control;
    assert_eq!((there.epoch, there.holder.as_deref(), there.body.sequence), (2, Some("two"), 1));
}

#[tokio::test]
async fn the_same_holder_takes_it_anew() {
    let ledger = ledger();
    for epoch in 1..=3 {
        let taken = ledger.take(&key(), &taker("one", None), ServiceControl::default()).await.expect("its own");
        assert_eq!(taken.control.epoch, epoch);
    }
    let earlier = ledger.change_held::<ServiceControl>(&key(), ("one", 2), None, |_| Ok(())).await;
    assert_eq!(earlier.expect_err("another process of the same operation").code().id, "SK2026");
}
