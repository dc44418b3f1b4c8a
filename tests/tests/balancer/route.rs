//! Rules, redirects, rewrites and hosts.

use skiff_runtime::local::balancer::{Action, Condition, QueryValue, Replacement, Rewrite, Rule};

use crate::{
    raw,
    setup::{Balanced, configuration, forward},
    target::Server,
};

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn host(values: &[&str]) -> Condition {
    Condition::Host { values: texts(values) }
}

fn path(values: &[&str], expressions: &[&str]) -> Condition {
    Condition::Path { values: texts(values), expressions: texts(expressions) }
}

/// A rule that answers with its own name.
fn says(name: &str, conditions: Vec<Condition>) -> Rule {
    let action = Action::Respond { status: 200, content_type: Some("text/plain".into()), body: format!("rule {name}") };
    Rule { name: name.into(), conditions, action, rewrite: None }
}

async fn with(rules: Vec<Rule>) -> Balanced {
    let mut configuration = configuration(&[]);
    configuration.rules = rules;
    let balanced = Balanced::start(configuration).await;
    balanced.healthy(0).await;
    balanced
}

async fn decided(balanced: &Balanced, request: &str) -> String {
    let request = format!("{request}\r\nConnection: close\r\n\r\n");
    let answer = raw::say(balanced.address, &request).await;
    answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_first_rule_whose_conditions_all_hold_decides() {
    let header = Condition::Header { name: "X-Canary".into(), values: texts(&["always", "v2-*"]) };
    let query = |key: Option<&str>, value: &str| QueryValue { key: key.map(str::to_owned), value: value.into() };
    let balanced = with(vec![
        says("source", vec![Condition::Source { values: texts(&["198.51.100.0/24"]) }]),
        says("canary", vec![host(&["shop.example.com"]), header]),
        says(
            "write",
            vec![Condition::Method { values: texts(&["POST", "PUT"]) }, path(&["/orders", "/orders/*"], &[])],
        ),
        says("preview", vec![Condition::Query { values: vec![query(Some("preview"), "1"), query(None, "be?a")] }]),
        says("items", vec![path(&[], &["^/items/[0-9]+$"])]),
        says("wild", vec![host(&["*.example.org"])]),
        says("here", vec![Condition::Source { values: texts(&["127.0.0.0/8"]) }, path(&["/here*"], &[])]),
    ])
    .await;
    let cases = [
        ("GET / HTTP/1.1\r\nHost: Shop.Example.com:80\r\nX-Canary: V2-beta", "rule canary"),
        ("GET / HTTP/1.1\r\nHost: shop.example.com\r\nX-Canary: never\r\nX-Canary: Always", "rule canary"),
        ("GET / HTTP/1.1\r\nHost: shop.example.com.localhost\r\nX-Canary: always", "rule canary"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX-Canary: always", "not found"),
        ("POST /orders/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 0", "rule write"),
        ("GET /orders/7 HTTP/1.1\r\nHost: a", "not found"),
        ("GET /x?a=b&PREVIEW=1 HTTP/1.1\r\nHost: a", "rule preview"),
        ("GET /x?any=Beta HTTP/1.1\r\nHost: a", "rule preview"),
        ("GET /x?preview=10 HTTP/1.1\r\nHost: a", "not found"),
        ("GET /items/42?x HTTP/1.1\r\nHost: a", "rule items"),
        ("GET /items/x HTTP/1.1\r\nHost: a", "not found"),
        ("GET / HTTP/1.1\r\nHost: a.b.example.org", "rule wild"),
        ("GET / HTTP/1.1\r\nHost: a.example.org.localhost", "rule wild"),
        ("GET / HTTP/1.1\r\nHost: example.org", "not found"),
        ("GET /hereafter HTTP/1.1\r\nHost: a", "rule here"),
    ];
    for (request, wanted) in cases {
        assert_eq!(decided(&balanced, request).await, wanted, "{request}");
    }
}

#[tokio::test]
async fn with_one_host_in_all_this_machine_is_that_one() {
    let rules = vec![
        says("api", vec![host(&["shop.example.com"]), path(&["/api/*"], &[])]),
        says("all", vec![host(&["shop.example.com"])]),
    ];
    let balanced = with(rules).await;
    for host in [
        "localhost:8080",
        "127.0.0.1",
        "[::1]:80",
        "anything.localhost",
        "shop.example.com",
        "shop.example.com.localhost",
    ] {
        assert_eq!(decided(&balanced, &format!("GET /api/x HTTP/1.1\r\nHost: {host}")).await, "rule api", "{host}");
        assert_eq!(decided(&balanced, &format!("GET / HTTP/1.1\r\nHost: {host}")).await, "rule all", "{host}");
    }
    assert_eq!(decided(&balanced, "GET / HTTP/1.1\r\nHost: other.example.com").await, "not found");
    let two =
        with(vec![says("one", vec![host(&["a.example.com"])]), says("two", vec![host(&["b.example.com"])])]).await;
    assert_eq!(decided(&two, "GET / HTTP/1.1\r\nHost: localhost").await, "not found");
    assert_eq!(decided(&two, "GET / HTTP/1.1\r\nHost: b.example.com.localhost").await, "rule two");
}

#[tokio::test]
async fn a_redirect_says_where_to() {
    let [protocol, host, port, path, query] =
        ["#{protocol}", "blog.#{host}", "#{port}", "/archive/#{path}", "from=shop&#{query}"].map(str::to_owned);
    let action = Action::Redirect { protocol, host, port, path, query, status: 302 };
    let balanced = with(vec![Rule { name: "blog".into(), conditions: Vec::new(), action, rewrite: None }]).await;
    let answer = raw::get(balanced.address, "example.com", "/a/b?x=1").await;
    let port = balanced.address.port();
    assert_eq!(raw::status(&answer), 302);
    assert!(
        answer.contains(&format!("location: http://blog.example.com:{port}/archive/a/b?from=shop&x=1\r\n")),
        "{answer}"
    );
    let answer = raw::get(balanced.address, "example.com", "/").await;
    assert!(answer.contains(&format!("location: http://blog.example.com:{port}/archive/?from=shop\r\n")), "{answer}");
}

#[tokio::test]
async fn a_rewrite_changes_what_the_target_gets() {
    let one = Server::start("a1").await;
    let mut configuration = configuration(&[("a", &[one.target()], 1)]);
    let replacement =
        |expression: &str, replace: &str| Some(Replacement { expression: expression.into(), replace: replace.into() });
    let rule = |name: &str, conditions, path, host| Rule {
        name: name.into(),
        conditions,
        action: forward(&[("a", 1)]),
        rewrite: Some(Rewrite { path, host }),
    };
    configuration.rules = vec![
        rule(
            "old",
            vec![path(&["/old/*"], &[])],
            replacement("^/old/([a-z]+)x", "/$1y"),
            replacement("^.+$", "shop.internal"),
        ),
        rule("empty", vec![path(&["/gone*"], &[])], replacement("^/gone", ""), None),
    ];
    let balanced = Balanced::start(configuration).await;
    balanced.healthy(1).await;
    let answer = raw::get(balanced.address, "shop.example.com", "/old/seex?q=/old/").await;
    assert_eq!(raw::status(&answer), 200, "{answer}");
    let seen = raw::get(balanced.address, "shop.example.com", "/old/seenx").await;
    assert!(seen.contains("a1"), "{seen}");
    let seen = raw::get(balanced.address, "shop.example.com", "/goneseen").await;
    assert!(seen.contains("GET /seen\n") && seen.contains("host: shop.example.com\n"), "{seen}");
}
