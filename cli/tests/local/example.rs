//! The example for this machine does what its own comments say.

use std::fs;

use crate::world::World;

#[test]
fn the_local_example_is_deployed_run_and_brought_back() {
    let world = World::of_example("local");
    world.done(&["local", "up", "--port", "0"]);
    let deployed = world.done(&["deploy", "--label", "v1"]);
    assert_eq!(deployed["data"]["services"].as_array().map(Vec::len), Some(2), "{deployed:#}");
    world.assert_live("v1", "the example as it is");
    assert_eq!(world.done(&["local", "run", "report"])["code"], "JOB_DONE");
    let logs = world.done(&["logs", "report"]);
    assert!(logs.to_string().contains("what is new in a-folder-of-yours: nothing"), "{logs:#}");
    let spec = fs::read_to_string(world.path("skiff.yaml")).unwrap();
    fs::write(world.path("skiff.yaml"), spec.replace("VERSION: v1", "VERSION: v2")).unwrap();
    world.done(&["deploy", "--label", "v2"]);
    world.assert_live("v2", "the example with another version");
    world.done(&["rollback", "web"]);
    world.assert_live("v1", "the example brought back");
}
