//! Gates as plans and command lines say them.

use skiff_runtime::{
    ErrorKind,
    gate::{GATES, Gate, Metric, codes},
};

fn refused(text: &str) -> String {
    let error = Gate::parse(text).unwrap_err();
    assert_eq!((error.code(), error.kind()), (&codes::BAD_GATE, ErrorKind::Usage));
    error.message().to_owned()
}

#[test]
fn a_command_line_says_a_gate_in_one_word() {
    let gate = Gate::parse("latency-p99<=500ms,dry-run,compare=no,minimum-samples=50,name=slow").unwrap();
    assert_eq!(gate.metric, Metric::Latency { permille: 990 });
    assert_eq!((gate.name.as_str(), gate.dry_run, gate.compare, gate.minimum_samples), ("slow", true, false, Some(50)));
    assert_eq!(Gate::parse("healthy>=90%").unwrap().bound.unwrap().to_string(), ">=90%");
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    for (text, words) in [
        ("error-rate", "expected `METRIC<=BOUND`"),
        ("error-rate<1%", "begins with `<=` or `>=`"),
        ("error-rate<=500ms", "its bound is a percentage such as `1%`, found `<=500ms`"),
        ("error-rate<=101%", "is no bound"),
        ("error-rate<=1e-3%", "is no bound"),
        ("error-rate>=1%", "more of it is never better"),
        ("latency-p100<=1s", "is no percentile"),
        ("latency-p5<=1s", "is no percentile"),
        ("latency-p99<=inf", "is no bound"),
        ("speed<=1", "there is no metric `speed`"),
        ("cpu<=80%,file=x", "`file` does not belong to it"),
        ("cpu<=80%,compare=yes", "it is not compared with what serves"),
        ("cpu<=80%,colour=red", "there is no key `colour`"),
        ("cpu<=80%,failures=-1", "takes a whole number"),
        ("cpu<=80%,minimum-samples=0", "no sample is never enough"),
        ("cpu<=80%,effect=100", "from 110 to 10000 percent"),
        ("cpu<=80%,name=a b", "letters, digits"),
        ("log<=5,pattern=x", "written in `rollout.gates`"),
        ("burn-rate<=2", "it needs `objective`"),
        ("burn-rate<=2,objective=100%", "from 50% to 99.999%"),
    ] {
        let message = refused(text);
        assert!(message.contains(words), "{text}: {message}");
    }
}

fn written(metric: &str) -> skiff_wire::Gate {
    skiff_wire::Gate { metric: metric.into(), limit: "1".into(), ..skiff_wire::Gate::default() }
}

#[test]
fn sources_are_asked_over_http_or_https_without_credentials() {
    let secure = skiff_wire::Gate {
        url: Some("https://metrics.example:9443/prometheus".into()),
        query: Some("up".into()),
        ..written("prometheus")
    };
    assert!(Gate::of(&secure).is_ok());
    for (url, words) in [
        ("ftp://metrics.example", "begins with `https://` or `http://`"),
        ("https://user:word@metrics.example", "has a name or a password in it"),
        ("http://user:word@metrics.example", "has a name or a password in it"),
        ("metrics.example:9090", "begins with `https://` or `http://`"),
    ] {
        let gate = skiff_wire::Gate { url: Some(url.into()), query: Some("up".into()), ..written("prometheus") };
        let message = Gate::of(&gate).unwrap_err().message().to_owned();
        assert!(message.contains(words), "{message}");
        assert!(!message.contains("word@"), "{message}");
    }
}

#[test]
fn expressions_are_compiled_before_anything_begins() {
    let gate = skiff_wire::Gate { pattern: Some("(".into()), ..written("log") };
    assert!(Gate::of(&gate).unwrap_err().message().contains("is no expression"));
    let huge = skiff_wire::Gate { pattern: Some("(a{1000}){1000}".into()), ..written("log") };
    assert!(Gate::of(&huge).unwrap_err().message().contains("is no expression"));
}

#[test]
fn gates_of_one_metric_have_names_of_their_own_and_are_not_too_many() {
    let gates = Gate::all(
        &[written("burn-rate"), written("burn-rate")]
            .map(|gate| skiff_wire::Gate { objective: Some("99.9%".into()), ..gate }),
    );
    let names: Vec<String> = gates.unwrap().into_iter().map(|gate| gate.name).collect();
    assert_eq!(names, ["burn-rate", "burn-rate-2"]);
    let many = vec![skiff_wire::Gate { limit: "1%".into(), ..written("error-rate") }; GATES + 1];
    assert!(Gate::all(&many).unwrap_err().message().contains("and may have 32"));
}

/// Gates are kept in the parameters of operations: they must come back as they were.
#[test]
fn a_gate_comes_back_as_it_was_written() {
    for text in
        ["error-rate<=0.05%", "latency-p999<=1.5s", "healthy>=90%", "burn-rate<=14.4,objective=99.95%", "cpu<=80%"]
    {
        let gate = Gate::parse(text).unwrap();
        let json = serde_json::to_string(&gate).unwrap();
        assert_eq!(serde_json::from_str::<Gate>(&json).unwrap(), gate, "{json}");
    }
    assert!(
        serde_json::from_str::<Gate>(
            r#"{"name":"x","metric":{"kind":"cpu"},"bound":"many","limits":{"failures":0,"errors":0}}"#
        )
        .is_err()
    );
}
