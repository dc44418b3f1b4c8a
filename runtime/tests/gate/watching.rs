//! A stage from its first look to its end: each metric, each verdict.

use skiff_runtime::{
    gate::{Gate, Standing, read_logs},
    provider::{MemberView, SlotTraffic},
};
use skiff_wire::Verdict;

use crate::scene::{Scene, gate, groups, look, member};

fn of(watch: &skiff_runtime::gate::Watch) -> skiff_wire::Judgement {
    watch.evidence().gates.remove(0)
}

fn inconclusive(standing: &Standing) -> &str {
    match standing {
        Standing::Inconclusive(why) => why,
        other => panic!("{other:?}"),
    }
}

fn failed(standing: &Standing) -> &str {
    match standing {
        Standing::Failed(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_gates_time_alone_passes_and_says_so() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[]);
    assert_eq!(look(&mut watch, scene.pass(10)), Standing::Watching);
    assert!(watch.words().contains("no gate is asked for"), "{}", watch.words());
    assert_eq!(watch.conclude(), Standing::Passed);
}

#[test]
fn no_data_is_never_a_pass() {
    for text in [
        "error-rate<=1%",
        "latency-p99<=1s",
        "cpu<=80%",
        "healthy>=50%",
        "replay<=1,file=x",
        "burn-rate<=2,objective=99%",
    ] {
        let mut scene = Scene::new();
        scene.now.members.clear();
        let mut watch = scene.watch(&[gate(text)]);
        for _ in 0..10 {
            look(&mut watch, scene.pass(10));
        }
        inconclusive(&watch.conclude());
        assert_ne!(of(&watch).verdict, Verdict::Pass, "{text}");
        let mut never = scene.watch(&[gate(text)]);
        inconclusive(&never.conclude());
    }
}

#[test]
fn errors_within_the_bound_pass() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("error-rate<=1%")]);
    scene.pass(10).serve("a", 1000, 2, 5120).serve("b", 1000, 3, 5120);
    assert_eq!(look(&mut watch, &scene), Standing::Watching);
    assert_eq!(watch.conclude(), Standing::Passed);
    let judgement = of(&watch);
    assert_eq!((judgement.verdict, judgement.canary.unwrap().samples), (Verdict::Pass, 1000));
    assert!(judgement.reason.contains("3 of 1000 requests (0.3%)"), "{}", judgement.reason);
    assert!(judgement.p_value.is_some_and(|chance| chance > 0.3));
}

#[test]
fn many_errors_end_the_stage_in_the_middle() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("error-rate<=1%")]);
    scene.pass(1).serve("a", 100, 0, 5120).serve("b", 100, 20, 5120);
    let why = look(&mut watch, &scene);
    assert!(failed(&why).contains("gate `error-rate` (<=1%): 20 of 100 requests (20%) failed"), "{why:?}");
    assert_eq!(of(&watch).evaluations.fail, 1);
}

#[test]
fn tolerated_failures_do_not_end_it() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("error-rate<=1%,failures=2")]);
    scene.pass(1).serve("a", 100, 0, 5120).serve("b", 100, 20, 5120);
    assert_eq!(look(&mut watch, &scene), Standing::Watching);
    assert_eq!(look(&mut watch, scene.pass(1)), Standing::Watching);
    failed(&look(&mut watch, scene.pass(1)));
}

#[test]
fn errors_within_the_bound_fail_when_the_other_group_has_none() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("error-rate<=1%")]);
    scene.pass(10).serve("a", 5000, 0, 5120).serve("b", 5000, 40, 5120);
    let why = look(&mut watch, &scene);
    assert!(failed(&why).contains("the other group 0 of 5000"), "{why:?}");
    let mut alone = Scene::new();
    let mut watch = alone.watch(&[gate("error-rate<=1%,compare=no")]);
    alone.pass(10).serve("a", 5000, 0, 5120).serve("b", 5000, 40, 5120);
    look(&mut watch, &alone);
    assert_eq!(watch.conclude(), Standing::Passed);
}

#[test]
fn a_group_that_gets_nothing_is_not_compared_with() {
    let mut scene = Scene::new();
    scene.weigh("a", 0).weigh("b", 100);
    let mut watch = scene.watch(&[gate("error-rate<=1%"), gate("latency-p99<=1s")]);
    scene.pass(10).serve("b", 1000, 0, 5120);
    look(&mut watch, &scene);
    assert_eq!(watch.conclude(), Standing::Passed);
    scene = Scene::new();
    let mut watch = scene.watch(&[gate("error-rate<=1%")]);
    scene.pass(10).serve("b", 1000, 0, 5120);
    look(&mut watch, &scene);
    assert!(inconclusive(&watch.conclude()).contains("nothing to compare with"));
}

#[test]
fn too_few_requests_cannot_say() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("error-rate<=1%")]);
    scene.pass(10).serve("a", 30, 0, 5120).serve("b", 30, 0, 5120);
    look(&mut watch, &scene);
    let why = watch.conclude();
    assert!(inconclusive(&why).contains("at least 149 requests"), "{why:?}");
    // The stage gets its time once more, and there are enough.
    scene.pass(10).serve("a", 1000, 0, 5120).serve("b", 1000, 0, 5120);
    look(&mut watch, &scene);
    assert_eq!(watch.conclude(), Standing::Passed);
}

#[test]
fn a_percentile_within_its_bound_and_no_slower_passes() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("latency-p99<=500ms")]);
    scene.pass(10).serve("a", 995, 0, 5120).serve("b", 995, 0, 5120);
    scene.serve("a", 5, 0, 327_680).serve("b", 5, 0, 327_680);
    look(&mut watch, &scene);
    assert_eq!(watch.conclude(), Standing::Passed);
}

#[test]
fn a_percentile_beyond_its_bound_fails() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("latency-p50<=4ms,compare=no")]);
    scene.pass(10).serve("b", 1000, 0, 5120);
    let why = look(&mut watch, &scene);
    assert!(failed(&why).contains("1000 of them beyond the bound of 4ms"), "{why:?}");
}

#[test]
fn slower_as_a_whole_fails_within_the_bound() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("latency-p50<=1s")]);
    for (place, bound) in [4096, 5120, 6144, 7168, 8192, 10_240, 12_288].into_iter().enumerate() {
        scene.serve("a", 60, 0, bound);
        scene.serve("b", if place < 4 { 10 } else { 130 }, 0, bound);
    }
    scene.pass(10);
    failed(&look(&mut watch, &scene));
}

#[test]
fn a_heavier_tail_fails_although_most_are_as_fast() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("latency-p99<=5s")]);
    scene.pass(10).serve("a", 4970, 0, 5120).serve("b", 4800, 0, 5120);
    scene.serve("a", 30, 0, 1_048_576).serve("b", 200, 0, 1_048_576);
    let why = look(&mut watch, &scene);
    assert!(failed(&why).contains("the other group"), "{why:?}");
}

#[test]
fn too_few_answers_do_not_tell_slower_from_as_slow() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("latency-p50<=1s")]);
    scene.pass(10).serve("a", 40, 0, 5120).serve("b", 40, 0, 6144);
    look(&mut watch, &scene);
    let why = watch.conclude();
    assert!(matches!(why, Standing::Inconclusive(_) | Standing::Failed(_)), "{why:?}");
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("latency-p50<=1s")]);
    scene.pass(10).serve("a", 40, 0, 5120).serve("b", 40, 0, 5120);
    look(&mut watch, &scene);
    assert!(inconclusive(&watch.conclude()).contains("too few answers to compare"));
}

#[test]
fn sick_members_fail_after_more_than_two_looks() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("healthy>=90%")]);
    scene.members("b", vec![member("b-1", "b", "healthy"), member("b-2", "b", "unhealthy")]);
    assert_eq!(look(&mut watch, scene.pass(1)), Standing::Watching);
    assert_eq!(look(&mut watch, scene.pass(1)), Standing::Watching);
    let why = look(&mut watch, scene.pass(1));
    assert!(failed(&why).contains("1 of 2 members are healthy (50%)"), "{why:?}");
}

#[test]
fn a_stage_that_ends_on_a_sick_member_does_not_pass() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("healthy>=100%")]);
    look(&mut watch, scene.pass(1));
    scene.members("b", vec![member("b-1", "b", "unhealthy")]);
    look(&mut watch, scene.pass(1));
    assert!(inconclusive(&watch.conclude()).contains("does not hold at the end"));
    scene.members("b", vec![member("b-1", "b", "healthy")]);
    look(&mut watch, scene.pass(1));
    assert_eq!(watch.conclude(), Standing::Passed);
}

#[test]
fn members_that_leave_are_not_counted() {
    let mut scene = Scene::new();
    let leaving = MemberView { lifecycle: "terminating".into(), ..member("b-9", "b", "draining") };
    scene.members("b", vec![member("b-1", "b", "healthy"), leaving]);
    let mut watch = scene.watch(&[gate("healthy>=100%")]);
    look(&mut watch, scene.pass(1));
    assert_eq!(watch.conclude(), Standing::Passed);
}

#[test]
fn processors_are_judged_by_their_average() {
    let busy = |permille| MemberView { cpu_permille: Some(permille), ..member("b-1", "b", "healthy") };
    for (uses, verdict) in [([100, 200, 900], Verdict::Pass), ([900, 900, 800], Verdict::Fail)] {
        let mut scene = Scene::new();
        let mut watch = scene.watch(&[gate("cpu<=80%")]);
        for permille in uses {
            scene.members("b", vec![busy(permille)]);
            look(&mut watch, scene.pass(1));
        }
        watch.conclude();
        assert_eq!(of(&watch).verdict, verdict);
    }
}

fn log(limit: &str) -> Gate {
    let written = skiff_wire::Gate {
        metric: "log".into(),
        limit: limit.into(),
        pattern: Some("(?i)panic".into()),
        ..skiff_wire::Gate::default()
    };
    Gate::of(&written).unwrap()
}

#[test]
fn lines_count_of_the_judged_group_and_of_this_stage_only() {
    assert!(read_logs(&[log("0")]) && !read_logs(&[gate("cpu<=80%")]));
    let mut scene = Scene::new();
    scene.write("b-1", "PANIC before the stage");
    scene.now.lines[0].at -= jiff::SignedDuration::from_secs(5);
    let mut watch = scene.watch(&[log("0")]);
    scene.pass(1).write("b-1", "all is well").write("a-1", "panic elsewhere").write("c-1", "panic of nobody");
    assert_eq!(look(&mut watch, &scene), Standing::Watching);
    assert_eq!(watch.conclude(), Standing::Passed);
    scene.pass(1).write("b-2", "thread 'main' panicked");
    let why = look(&mut watch, &scene);
    assert!(failed(&why).contains("1 lines match, at most 0 may"), "{why:?}");
}

#[test]
fn a_silent_release_gives_no_lines_to_judge() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[log("0")]);
    look(&mut watch, scene.pass(1));
    assert!(inconclusive(&watch.conclude()).contains("no line of its logs has been read"));
}

#[test]
fn lines_that_come_faster_than_they_are_read_do_not_pass() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[log("0")]);
    scene.pass(1);
    for _ in 0..1000 {
        scene.write("b-1", "fine");
    }
    scene.now.at += jiff::SignedDuration::from_secs(60);
    look(&mut watch, &scene);
    assert!(inconclusive(&watch.conclude()).contains("written faster than they are read"));
}

#[test]
fn lines_by_request_are_compared() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[log("5%")]);
    scene.pass(1).serve("a", 2000, 0, 5120).serve("b", 2000, 0, 5120).write("a-1", "fine");
    for _ in 0..40 {
        scene.write("b-1", "panic");
    }
    let why = look(&mut watch, &scene);
    assert!(failed(&why).contains("40 lines match in 2000 requests (2%)"), "{why:?}");
}

#[test]
fn a_budget_that_burns_too_fast_fails_only_while_it_goes_on() {
    let burn = || gate("burn-rate<=14.4,objective=99.9%");
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[burn()]);
    for _ in 0..10 {
        scene.pass(10).serve("b", 1000, 0, 5120);
        look(&mut watch, &scene);
    }
    assert_eq!(watch.conclude(), Standing::Passed);
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[burn()]);
    scene.pass(10).serve("b", 1000, 300, 5120);
    failed(&look(&mut watch, &scene));
    // The same errors long ago, and none since: it matters, and does not go on.
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("burn-rate<=14.4,objective=99.9%,failures=9")]);
    scene.pass(10).serve("b", 1000, 300, 5120);
    look(&mut watch, &scene);
    for _ in 0..10 {
        scene.pass(30).serve("b", 1000, 0, 5120);
        look(&mut watch, &scene);
    }
    assert_eq!(watch.conclude(), Standing::Passed);
    assert!(of(&watch).reason.contains("0 times over the last"), "{}", of(&watch).reason);
}

#[test]
fn a_dry_run_reports_and_does_not_decide() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("error-rate<=1%,dry-run")]);
    scene.pass(1).serve("b", 100, 100, 5120);
    assert_eq!(look(&mut watch, &scene), Standing::Watching);
    assert!(watch.words().contains("error-rate does not hold (reports only)"), "{}", watch.words());
    assert_eq!(watch.conclude(), Standing::Passed);
    assert_eq!((of(&watch).verdict, of(&watch).dry_run), (Verdict::Fail, true));
}

#[test]
fn a_load_balancer_that_starts_anew_is_counted_from_nothing() {
    let mut scene = Scene::new();
    scene.serve("b", 50_000, 40_000, 5120).serve("a", 50_000, 0, 5120);
    let mut watch = scene.watch(&[gate("error-rate<=1%,compare=no")]);
    scene.pass(10).serve("b", 100, 0, 5120);
    look(&mut watch, &scene);
    scene.pass(10);
    let since = scene.now.at - jiff::SignedDuration::from_secs(3);
    scene.now.traffic.insert("b".into(), SlotTraffic { since: Some(since), ..SlotTraffic::default() });
    scene.serve("b", 200, 0, 5120);
    look(&mut watch, &scene);
    assert_eq!(watch.conclude(), Standing::Passed);
    assert_eq!(of(&watch).canary.unwrap().samples, 300);
}

#[test]
fn counters_that_shrink_unsaid_are_begun_from_again() {
    let mut scene = Scene::new();
    scene.serve("b", 5000, 5000, 5120);
    let mut watch = scene.watch(&[gate("error-rate<=1%,compare=no")]);
    let since = scene.now.traffic["b"].since;
    scene.pass(10).now.traffic.insert("b".into(), SlotTraffic { since, ..SlotTraffic::default() });
    scene.serve("b", 300, 0, 5120);
    look(&mut watch, &scene);
    inconclusive(&watch.conclude());
    scene.pass(10).serve("b", 700, 0, 5120);
    look(&mut watch, &scene);
    assert_eq!(watch.conclude(), Standing::Passed);
    assert_eq!(of(&watch).canary.unwrap().samples, 700);
}

#[test]
fn answers_without_an_upper_bound_are_slow_and_not_absurd() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("latency-p99<=30s,compare=no")]);
    scene.pass(10).serve("b", 50, 0, u64::MAX).serve("b", 50, 0, 64);
    failed(&look(&mut watch, &scene));
    let value = of(&watch).canary.unwrap().value;
    assert!(value.is_finite() && value > 134e6, "{value}");
}

#[test]
fn evidence_has_sixty_points_at_most_and_loses_no_request() {
    let mut scene = Scene::new();
    let mut watch = scene.watch(&[gate("error-rate<=1%")]);
    for _ in 0..500 {
        scene.pass(1).serve("a", 7, 1, 5120).serve("b", 3, 0, 5120);
        look(&mut watch, &scene);
    }
    let evidence = watch.evidence();
    assert!((30..=60).contains(&evidence.points.len()), "{}", evidence.points.len());
    assert_eq!(evidence.points.iter().map(|point| point.groups["a"].requests).sum::<u64>(), 3500);
    assert_eq!(evidence.points.iter().map(|point| point.groups["a"].errors).sum::<u64>(), 500);
    assert_eq!(evidence.points.last().unwrap().at, scene.now.at);
    assert!(evidence.points.windows(2).all(|pair| pair[0].at < pair[1].at));
    let last = &evidence.points.last().unwrap().groups["b"];
    assert_eq!((last.weight, last.healthy, last.members, last.latency_p50), (50, 2, 2, Some(5120)));
    assert_eq!((evidence.canary, evidence.baseline), (groups().canary, groups().baseline));
    serde_json::to_string(&watch.evidence()).unwrap();
}
