//! Sources outside: a conversation with each, as its documentation has it.

use std::{fs, path::Path};

use jiff::SignedDuration;
use skiff_runtime::{
    gate::{
        Asked, Gate, Groups, Reading, Sources, Standing, codes,
        judge::Counted,
        source::{
            Real,
            cloudwatch::{MinuteSeries, Minutes, counts},
        },
    },
    state::layout::ServiceScope,
};
use skiff_wire::{GateToken, Verdict};

use crate::{
    scene::{Scene, groups, service, wait},
    server::Server,
};

fn written(metric: &str, limit: &str) -> skiff_wire::Gate {
    skiff_wire::Gate { metric: metric.into(), limit: limit.into(), ..skiff_wire::Gate::default() }
}

async fn read(folder: &Path, gate: &Gate, seconds: i64) -> Result<Reading, skiff_runtime::Error> {
    let from = Scene::new().now.at;
    let (service, groups) = (service(), groups());
    let at = from + SignedDuration::from_secs(seconds);
    Real::new(folder).read(&Asked { service: &service, gate, groups: &groups, from, at }).await
}

fn prometheus(url: &str, query: &str, compare: bool) -> Gate {
    Gate::of(&skiff_wire::Gate {
        url: Some(url.into()),
        query: Some(query.into()),
        compare: Some(compare),
        ..written("prometheus", "1%")
    })
    .unwrap()
}

fn vector(values: &[&str]) -> String {
    let one = |value: &&str| format!(r#"{{"metric":{{"group":"b"}},"value":[1435781451.781,"{value}"]}}"#);
    let series: Vec<String> = values.iter().map(one).collect();
    format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{}]}}}}"#, series.join(","))
}

#[test]
fn prometheus_is_asked_for_both_groups_and_gives_values() {
    wait(async {
        let answers = |question: &crate::server::Question| {
            (200, if question.target.contains("group%3D%22b%22") { vector(&["0.02"]) } else { vector(&["0.001"]) })
        };
        let server = Server::start(answers).await;
        let query = r#"sum(rate(errors{service="{{service}}",group="{{group}}"}[1m]))"#;
        let reading = read(Path::new("."), &prometheus(&server.url(), query, true), 0).await.unwrap();
        assert_eq!(reading, Reading::Values { canary: 0.02, baseline: Some(0.001) });
        let asked = server.asked();
        assert_eq!((asked.len(), asked[0].method.as_str(), &asked[0].authorization), (2, "GET", &None));
        let expected =
            "/api/v1/query?query=sum%28rate%28errors%7Bservice%3D%22web%22%2Cgroup%3D%22b%22%7D%5B1m%5D%29%29";
        assert_eq!(asked[0].target, expected);
    });
}

#[test]
fn sources_are_asked_over_tls_by_who_they_are() {
    wait(async {
        let answers = |question: &crate::server::Question| match question.method.as_str() {
            "POST" => (200, r#"{"verdict": "pass", "reason": "the orders are there"}"#.to_owned()),
            _ => (200, vector(&["0.5"])),
        };
        let server = Server::start_secure("localhost", answers).await;
        let port = server.address.port();
        let ask = async |url: &str, trusted: bool| {
            let roots = server.certificate.iter().filter(|_| trusted).cloned().collect();
            let gate = prometheus(url, "up", false);
            let from = Scene::new().now.at;
            let (service, groups) = (service(), groups());
            let asked = Asked { service: &service, gate: &gate, groups: &groups, from, at: from };
            Real::new(".").trusting(roots).read(&asked).await
        };
        let url = format!("https://localhost:{port}");
        assert_eq!(ask(&url, true).await.unwrap(), Reading::Values { canary: 0.5, baseline: None });
        // A certificate that leads to no root, one of another host, and a server that does not speak TLS.
        let plain = Server::start(answers).await;
        for (url, trusted, words) in [
            (url.clone(), false, "TLS"),
            (format!("https://127.0.0.1:{port}"), true, "TLS"),
            (format!("https://localhost:{}", plain.address.port()), true, "TLS"),
            (format!("http://localhost:{port}"), true, "cannot be asked"),
        ] {
            let error = ask(&url, trusted).await.unwrap_err();
            assert_eq!(error.code(), &codes::SOURCE_UNREACHABLE, "{url}");
            assert!(error.message().contains(words), "{url}: {}", error.message());
        }
        assert_eq!((server.asked().len(), plain.asked().len()), (1, 0), "nobody is asked who was not verified");
        let gate = Gate::of(&skiff_wire::Gate { url: Some(url), ..written("http", "") }).unwrap();
        let (service, groups, from) = (service(), groups(), Scene::new().now.at);
        let asked = Asked { service: &service, gate: &gate, groups: &groups, from, at: from };
        let roots = server.certificate.iter().cloned().collect();
        let reading = Real::new(".").trusting(roots).read(&asked).await.unwrap();
        assert_eq!(reading, Reading::Verdict(Verdict::Pass, "the orders are there".into()));
    });
}

#[test]
fn prometheus_may_have_nothing_or_too_much_to_say() {
    let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1435781451.781,"0.5"]}}"#;
    let matrix = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    let refusal = r#"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\""}"#;
    for (status, answer, expected) in [
        (200, vector(&[]), Ok("nothing")),
        (200, vector(&["0.5"]), Ok("0.5")),
        (200, scalar.to_owned(), Ok("0.5")),
        (200, vector(&["NaN"]), Ok("NaN")),
        (200, vector(&["1", "2"]), Err((&codes::SOURCE_UNREADABLE, "it has 2 series, and one is wanted"))),
        (200, matrix.to_owned(), Err((&codes::SOURCE_UNREADABLE, "it is a matrix"))),
        (200, "<html>".to_owned(), Err((&codes::SOURCE_UNREADABLE, "cannot be understood"))),
        (400, refusal.to_owned(), Err((&codes::SOURCE_UNREACHABLE, "bad_data: invalid parameter"))),
        (503, "no".to_owned(), Err((&codes::SOURCE_UNREACHABLE, "it answers with 503"))),
    ] {
        let reading = wait(async {
            let server = Server::start(move |_| (status, answer.clone())).await;
            read(Path::new("."), &prometheus(&server.url(), "up", false), 0).await
        });
        match (reading, expected) {
            (Ok(Reading::NoData(_)), Ok("nothing")) => {}
            (Ok(Reading::Values { canary, baseline: None }), Ok(value)) => assert_eq!(canary.to_string(), value),
            (Err(error), Err((code, words))) => {
                assert_eq!(error.code(), code);
                assert!(error.message().contains(words), "{error}");
            }
            (reading, _) => panic!("{reading:?}"),
        }
    }
}

#[test]
fn nobody_there_and_an_answer_without_end_are_errors() {
    let gone = wait(async {
        let server = Server::start(|_| (200, String::new())).await;
        server.url()
    });
    let error = wait(read(Path::new("."), &prometheus(&gone, "up", false), 0)).unwrap_err();
    assert_eq!(error.code(), &codes::SOURCE_UNREACHABLE);
    let error = wait(async {
        let server = Server::start(|_| (200, "x".repeat(2 << 20))).await;
        read(Path::new("."), &prometheus(&server.url(), "up", false), 0).await.unwrap_err()
    });
    assert!(error.message().contains("larger than a mebibyte"), "{error}");
}

#[test]
fn a_token_is_sent_and_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "  a-secret-word\n").unwrap();
    let gate = |url: String, token: GateToken| {
        Gate::of(&skiff_wire::Gate {
            url: Some(url),
            query: Some("up".into()),
            token: Some(token),
            ..written("prometheus", "1")
        })
        .unwrap()
    };
    wait(async {
        let server = Server::start(|_| (401, "no".into())).await;
        let gate = gate(server.url(), GateToken::File(file.display().to_string()));
        let error = read(folder.path(), &gate, 0).await.unwrap_err();
        assert_eq!(server.asked()[0].authorization.as_deref(), Some("Bearer a-secret-word"));
        let told = format!("{error:?} {gate:?} {}", serde_json::to_string(&gate).unwrap());
        assert!(!told.contains("a-secret-word"), "{told}");
    });
    let gate = gate("http://127.0.0.1:9".into(), GateToken::Environment("SKIFF_TEST_NO_SUCH_VARIABLE".into()));
    let error = wait(read(folder.path(), &gate, 0)).unwrap_err();
    assert_eq!(error.code(), &codes::NO_TOKEN);
    assert!(error.message().contains("variable `SKIFF_TEST_NO_SUCH_VARIABLE`"), "{error}");
}

#[test]
fn an_address_judges_by_itself() {
    let gate =
        |url: String, limit: &str| Gate::of(&skiff_wire::Gate { url: Some(url), ..written("http", limit) }).unwrap();
    for (status, answer, limit, expected) in [
        (
            200,
            r#"{"verdict":"pass","reason":"all is well"}"#,
            "",
            Ok(Reading::Verdict(Verdict::Pass, "all is well".into())),
        ),
        (
            200,
            r#"{"verdict":"fail","reason":"no\u001b[31m"}"#,
            "",
            Ok(Reading::Verdict(Verdict::Fail, "no[31m".into())),
        ),
        (200, r#"{"value":3,"baseline":2}"#, "<=5", Ok(Reading::Values { canary: 3.0, baseline: Some(2.0) })),
        (200, r#"{"value":3}"#, "", Err(&codes::SOURCE_UNREADABLE)),
        (200, r#"{"verdict":"maybe"}"#, "", Err(&codes::SOURCE_UNREADABLE)),
        (500, r#"{"verdict":"pass"}"#, "", Err(&codes::SOURCE_UNREACHABLE)),
    ] {
        let (reading, asked) = wait(async {
            let server = Server::start(move |_| (status, answer.to_owned())).await;
            let reading = read(Path::new("."), &gate(format!("{}/judge?x=1", server.url()), limit), 30).await;
            (reading, server.asked())
        });
        assert_eq!(reading.map_err(|error| error.code()), expected);
        assert_eq!((asked[0].method.as_str(), asked[0].target.as_str()), ("POST", "/judge?x=1"));
        let told: serde_json::Value = serde_json::from_str(&asked[0].body).unwrap();
        assert_eq!((&told["service"], &told["canary"], &told["baseline"]), (&"web".into(), &"b".into(), &"a".into()));
        assert_eq!((&told["from"], &told["at"]), (&"2026-11-21T12:00:00Z".into(), &"2026-11-21T12:00:30Z".into()));
    }
}

fn command(script: &str, limit: &str, seconds: u32) -> Gate {
    let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    Gate::of(&skiff_wire::Gate { command: argv, timeout_seconds: Some(seconds), ..written("command", limit) }).unwrap()
}

#[test]
fn a_command_judges_by_its_exit() {
    let folder = tempfile::tempdir().unwrap();
    let run = |script: &str, limit: &str| wait(read(folder.path(), &command(script, limit, 10), 0));
    let verdict = |verdict, words: &str| Ok(Reading::Verdict(verdict, words.to_owned()));
    for (script, limit, expected) in [
        ("echo fine", "", verdict(Verdict::Pass, "fine")),
        (
            "echo noise; echo \"$SKIFF_SERVICE $SKIFF_CANARY against $SKIFF_BASELINE\"; exit 1",
            "",
            verdict(Verdict::Fail, "web b against a"),
        ),
        ("echo '{\"reason\":\"too early\"}'; exit 2", "", verdict(Verdict::Inconclusive, "too early")),
        ("exit 1", "", verdict(Verdict::Fail, "the command ends with 1")),
        ("echo '{\"value\":0.25}'", "<=1", Ok(Reading::Values { canary: 0.25, baseline: None })),
        ("echo '{\"verdict\":\"pass\"}'; exit 1", "", verdict(Verdict::Fail, "{\"verdict\":\"pass\"}")),
        ("exit 3", "", Err(&codes::SOURCE_UNREADABLE)),
        ("kill -9 $$", "", Err(&codes::SOURCE_UNREADABLE)),
    ] {
        assert_eq!(run(script, limit).map_err(|error| error.code()), expected, "{script}");
    }
    let missing = Gate::of(&skiff_wire::Gate { command: vec!["./no-such-program".into()], ..written("command", "") });
    let error = wait(read(folder.path(), &missing.unwrap(), 0)).unwrap_err();
    assert_eq!(error.code(), &codes::SOURCE_UNREACHABLE);
    let clean = run("env | grep -c CARGO; exit 0", "");
    assert_eq!(clean.map_err(|error| error.code()), verdict(Verdict::Pass, "0"));
}

#[test]
fn a_command_is_killed_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let gate = command("sleep 300 & echo $! > child; wait", "", 1);
    let error = wait(read(folder.path(), &gate, 0)).unwrap_err();
    assert!(error.message().contains("it has not ended within 1 seconds"), "{error}");
    let child: i32 = fs::read_to_string(folder.path().join("child")).unwrap().trim().parse().unwrap();
    let alive = || fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    for _ in 0..100 {
        if !alive() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("process {child} outlives its gate");
}

fn replay(folder: &Path, lines: &str, limit: &str, compare: bool) -> Gate {
    fs::write(folder.join("readings.jsonl"), lines).unwrap();
    let written = written("replay", limit);
    Gate::of(&skiff_wire::Gate { file: Some("readings.jsonl".into()), compare: Some(compare), ..written }).unwrap()
}

#[test]
fn recorded_readings_are_in_effect_from_their_second_on() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "{\"after\":10,\"canary\":1.5,\"baseline\":1.0}\n\n{\"after\":20,\"gate\":\"other\",\"canary\":9}\n\
                 {\"after\":30,\"verdict\":\"error\",\"reason\":\"away\"}\n";
    let gate = replay(folder.path(), lines, "2", false);
    let at = |seconds| wait(read(folder.path(), &gate, seconds));
    assert!(matches!(at(9), Ok(Reading::NoData(_))));
    assert_eq!(at(10), Ok(Reading::Values { canary: 1.5, baseline: Some(1.0) }));
    assert_eq!(at(29), Ok(Reading::Values { canary: 1.5, baseline: Some(1.0) }));
    assert_eq!(at(30), Ok(Reading::Verdict(Verdict::Error, "away".into())));
    let bad = replay(folder.path(), "{\"after\":0}\nwell\n", "2", false);
    let error = wait(read(folder.path(), &bad, 0)).unwrap_err();
    assert_eq!(error.code(), &codes::SOURCE_UNREADABLE);
    assert!(error.message().contains("line 2"), "{error}");
    fs::remove_file(folder.path().join("readings.jsonl")).unwrap();
    assert_eq!(wait(read(folder.path(), &gate, 0)).unwrap_err().code(), &codes::SOURCE_UNREACHABLE);
}

/// Watches ten looks, ten seconds apart, of a gate with recorded readings.
fn stage(folder: &Path, gate: &Gate) -> (Standing, skiff_wire::Judgement) {
    let mut scene = Scene::new();
    let mut watch = scene.watch(std::slice::from_ref(gate));
    let real = Real::new(folder);
    for _ in 0..10 {
        scene.pass(10);
        let standing = wait(watch.look(scene.now.clone(), &real, &service()));
        if standing != Standing::Watching {
            return (standing, watch.evidence().gates.remove(0));
        }
    }
    let standing = watch.conclude();
    (standing, watch.evidence().gates.remove(0))
}

/// spinnaker/spinnaker#5622: a canary with errors where the control has none was let through.
#[test]
fn errors_that_only_the_canary_has_do_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let canary = ["0", "0.048", "0", "0.18", "0.089", "0", "0.098", "0.035", "0", "0"];
    let line = |(place, value)| format!("{{\"after\":{},\"canary\":{value},\"baseline\":0}}\n", (place + 1) * 10);
    let lines: String = canary.iter().enumerate().map(line).collect();
    let (standing, judgement) = stage(folder.path(), &replay(folder.path(), &lines, "1", true));
    assert!(matches!(standing, Standing::Failed(_)), "{standing:?}");
    assert!(judgement.p_value.is_some_and(|chance| (0.0070..0.0080).contains(&chance)), "{judgement:?}");
}

#[test]
fn readings_each_have_their_limits() {
    let folder = tempfile::tempdir().unwrap();
    let run = |lines: &str| stage(folder.path(), &replay(folder.path(), lines, "1", false));
    let (standing, judgement) = run("{\"after\":0,\"canary\":0.5}");
    assert_eq!((standing, judgement.evaluations.pass), (Standing::Passed, 10));
    // One reading beyond the bound is tolerated, a second is not.
    let blip = "{\"after\":0,\"canary\":0.5}\n{\"after\":30,\"canary\":2}\n{\"after\":40,\"canary\":0.5}";
    assert_eq!(run(blip).0, Standing::Passed);
    let (standing, judgement) = run("{\"after\":0,\"canary\":0.5}\n{\"after\":30,\"canary\":2}");
    assert!(matches!(standing, Standing::Failed(ref why) if why.contains("2 is beyond 1")), "{standing:?}");
    assert_eq!(judgement.evaluations.fail, 2);
}

#[test]
fn readings_that_vanish_and_sources_that_do_not_answer_hold_a_stage_up() {
    let folder = tempfile::tempdir().unwrap();
    let run = |lines: &str| stage(folder.path(), &replay(folder.path(), lines, "1", false));
    let (standing, judgement) = run("{\"after\":0,\"canary\":0.5}\n{\"after\":30,\"reason\":\"gone\"}");
    assert!(
        matches!(standing, Standing::Inconclusive(ref why) if why.contains("8 of 10 readings could not say")),
        "{standing:?}"
    );
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    let (standing, judgement) =
        run("{\"after\":0,\"canary\":0.5}\n{\"after\":30,\"verdict\":\"error\",\"reason\":\"away\"}");
    assert!(matches!(standing, Standing::Inconclusive(ref why) if why.contains("could not be taken")), "{standing:?}");
    assert_eq!(judgement.verdict, Verdict::Error);
    let recovered = "{\"after\":0,\"canary\":0.5}\n{\"after\":30,\"verdict\":\"error\"}\n{\"after\":50,\"canary\":0.5}";
    assert_eq!(run(recovered).0, Standing::Passed);
}

/// Minutes of a target group, as CloudWatch has them.
fn minutes(requests: &[(i64, u64)], errors: &[(i64, u64)], connections: &[(i64, u64)]) -> Minutes {
    let from = Scene::new().now.at;
    let at = |series: &[(i64, u64)]| {
        series.iter().map(|(minute, sum)| (from + SignedDuration::from_mins(*minute), *sum)).collect()
    };
    Minutes { requests: at(requests), target_errors: at(errors), connection_errors: at(connections) }
}

#[test]
fn a_minute_of_cloudwatch_without_requests_is_not_a_good_one() {
    let from = Scene::new().now.at;
    let after = |seen: &Minutes, minutes| counts(seen, from, from + SignedDuration::from_mins(minutes));
    let quiet = minutes(&[(0, 100), (1, 100), (2, 100), (9, 100)], &[], &[]);
    assert_eq!(after(&quiet, 3), Counted { events: 0, samples: 0 });
    assert_eq!(after(&quiet, 4), Counted { events: 0, samples: 100 });
    assert_eq!(after(&quiet, 10), Counted { events: 0, samples: 300 });
    let errors = minutes(&[(0, 100), (1, 100)], &[(1, 7), (2, 50)], &[(1, 3), (4, 2)]);
    assert_eq!(after(&errors, 20), Counted { events: 12, samples: 202 });
    let early = minutes(&[(-5, 1000), (0, 10)], &[(-5, 1000)], &[]);
    assert_eq!(after(&early, 20), Counted { events: 0, samples: 10 });
    assert_eq!(after(&Minutes::default(), 20), Counted::default());
}

struct Recorded;

#[async_trait::async_trait]
impl MinuteSeries for Recorded {
    async fn minutes(
        &self,
        _service: &ServiceScope,
        group: &str,
        _from: jiff::Timestamp,
        _until: jiff::Timestamp,
    ) -> Result<Minutes, skiff_runtime::Error> {
        Ok(if group == "b" { minutes(&[(0, 2000)], &[(0, 60)], &[]) } else { minutes(&[(0, 2000)], &[], &[]) })
    }
}

#[test]
fn counts_of_cloudwatch_are_compared_by_the_tests_of_counts() {
    let gate = Gate::of(&written("cloudwatch", "5%")).unwrap();
    let mut scene = Scene::new();
    let mut watch = scene.watch(std::slice::from_ref(&gate));
    let real = Real::new(".").with_series(std::sync::Arc::new(Recorded));
    scene.pass(180);
    assert_eq!(wait(watch.look(scene.now.clone(), &real, &service())), Standing::Watching);
    scene.pass(120);
    let standing = wait(watch.look(scene.now.clone(), &real, &service()));
    assert!(matches!(standing, Standing::Failed(ref why) if why.contains("60 of 2000 requests (3%)")), "{standing:?}");
    let asked = |gate: &Gate| {
        let alone = Groups { canary: "b".into(), baseline: None };
        let (service, at) = (service(), scene.now.at);
        wait(async { Real::new(".").read(&Asked { service: &service, gate, groups: &alone, from: at, at }).await })
    };
    assert_eq!(asked(&gate), Ok(Reading::NoData("nothing here reads CloudWatch".into())));
}
