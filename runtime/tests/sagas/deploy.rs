//! What a deploy and a rollback come to.

use skiff_runtime::{saga::Kind, simulation::schedule::to_the_end};

use crate::stage::{Stage, service};

#[test]
fn a_first_release_comes_into_service() {
    let stage = Stage::new(1, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    let picture = stage.picture();
    assert_eq!(picture.live.as_deref(), Some("a"));
    assert_eq!(picture.capacity["a"], (2, 2));
    assert_eq!(picture.weights["a"], 100);
    assert_eq!(picture.members["a"], 2);
    assert_eq!(picture.holder, None);
    stage.assert_clean("first");
}

#[test]
fn a_second_release_takes_the_place_of_the_first_without_a_lost_request() {
    let stage = Stage::new(2, service(Kind::Web));
    let (first, second) = (stage.release("first", 1), stage.release("second", 2));
    stage.done(&stage.deploy_of(&first));
    stage.world.cloud.forget();
    stage.done(&stage.deploy_of(&second));
    let picture = stage.picture();
    assert_eq!(picture.live.as_deref(), Some("b"));
    assert_eq!(picture.capacity["a"], (0, 0));
    assert_eq!(picture.capacity["b"], (2, 2));
    assert_eq!(picture.history, vec![first.clone()]);
    let account = to_the_end(stage.world.cloud.account()).unwrap();
    assert_eq!(account.unserved, 0);
    assert!(account.served[&first] > 0 && account.served[&second] > 0);
    stage.assert_clean("second");
}
