//! Workers compete, are ended, and are killed; the operation goes on.

use rustix::process::Signal;

use crate::stage::Stage;

const SLOWLY: &str = "{ steps: [50, 100], bake: 4s }";

#[test]
fn of_two_workers_one_drives_and_when_it_is_killed_the_other_goes_on() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    let operation = stage.detached("v2");
    let name = |driver: &str| driver.split('@').next().unwrap_or_default().to_owned();
    let workers = ["blue", "green"].map(|name| (name, stage.begun(&["worker", "--interval", "300ms", "--name", name])));
    let baking = stage.until_baking(&operation);
    let driver = name(baking["driver"].as_str().unwrap());
    let (killed, kept): (Vec<_>, Vec<_>) = workers.into_iter().partition(|(name, _)| *name == driver);
    assert_eq!((killed.len(), kept.len()), (1, 1), "one of them drives it: {driver}");
    killed[0].1.signal(Signal::KILL);

    let other = kept[0].0;
    let done = stage.until(&operation, "the other worker ends it", |shown| shown["status"] == "succeeded");
    assert_eq!(stage.live_label(), "v2");
    let begun: Vec<_> = done["steps"].as_array().unwrap().iter().map(|step| step["attempts"].clone()).collect();
    assert!(begun.iter().all(|attempts| attempts.as_u64() <= Some(2)), "no step is done again: {done:#}");
    for (_, worker) in kept {
        worker.signal(Signal::TERM);
        let (answer, said) = worker.ended();
        assert_eq!((answer.exit, &answer.envelope["code"]), (Some(0), &"WORKER_STOPPED".into()), "{answer:#?}");
        assert_eq!(answer.envelope["data"]["driven"][0]["status"], "succeeded", "{other}: {said}");
        let events: Vec<serde_json::Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |event: &str| events.iter().filter(|it| it["event"] == event && it["at"].is_string()).count();
        assert!(of("taken-up") >= 1 && of("ended") == 1 && of("worker-stopped") == 1, "{said}");
    }
}

#[test]
fn a_worker_that_is_told_to_end_leaves_its_operation_at_once() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    let operation = stage.detached("v2");
    let worker = stage.begun(&["worker", "--interval", "300ms"]);
    stage.until_baking(&operation);
    worker.signal(Signal::TERM);
    let (answer, _) = worker.ended();
    assert_eq!((answer.exit, &answer.envelope["data"]["left"][0]), (Some(0), &operation.clone().into()), "{answer:#?}");
    let left = stage.shown(&operation);
    assert_eq!((&left["status"], &left["driven"]), (&"running".into(), &false.into()), "{left:#}");
    assert!(left.get("driver").is_none(), "its lease is given up: {left:#}");

    let next = stage.done(&["worker", "--once"]);
    assert_eq!(next["data"]["driven"][0]["status"], "succeeded", "{next:#}");
    assert_eq!(stage.done(&["worker", "--once"])["data"]["driven"].as_array().unwrap().len(), 0);
}

#[test]
fn who_loses_an_operation_to_a_worker_looks_on() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    let operation = stage.detached("v2");
    let first = stage.begun(&["resume", &operation]);
    stage.until_baking(&operation);
    let second = stage.begun(&["saga", "resume", &operation]);
    let answers = [first.ended().0, second.ended().0];
    for answer in answers {
        assert_eq!((answer.exit, &answer.envelope["code"]), (Some(0), &"RESUMED".into()), "{answer:#?}");
    }
    assert_eq!(stage.live_label(), "v2");
}
