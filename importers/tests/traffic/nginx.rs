//! Annotations of ingress-nginx.

use skiff_importers::account::Fate;

use super::{Imported, import, ingress::annotated, service, workload};

const PORT: &str = "{ containerPort: 8080 }";
const PATH: &str = "path: /, pathType: Prefix";

fn with(annotations: &str, host: &str, path: &str) -> Imported {
    let annotations: Vec<_> = annotations.split("; ").map(|one| format!("nginx.ingress.kubernetes.io/{one}")).collect();
    annotated("nginx", &annotations.join(", "), host, path)
}

fn fate(import: &Imported, name: &str) -> Fate {
    import.fate("Ingress", "web", &format!("metadata.annotations[\"nginx.ingress.kubernetes.io/{name}\"]"))
}

#[test]
fn a_rewrite_with_groups_takes_the_path_as_an_expression() {
    let import = with(
        "rewrite-target: '/$2'; use-regex: 'true'",
        "a.example.com",
        "path: '/x(/|$)(.*)', pathType: ImplementationSpecific",
    );
    assert_eq!(import.routes("web"), ["a.example.com regex ^/x(/|$)(.*) plain rewrite /$2 - -"]);
    assert_eq!(fate(&import, "rewrite-target"), Fate::Mapped);
    assert!(import.raised("kube-path-meaning"));
}

#[test]
fn a_rewrite_without_groups_replaces_the_whole_path() {
    let import = with("rewrite-target: /", "a.example.com", "path: /x, pathType: Prefix");
    assert_eq!(import.routes("web"), ["a.example.com prefix /x plain rewrite / ^[^?]* -"]);
    let without = with("rewrite-target: '/$1'", "a.example.com", "path: /x, pathType: Prefix");
    assert_eq!(without.routes("web"), ["a.example.com prefix /x plain rewrite / ^[^?]* -"]);
}

#[test]
fn an_expression_on_one_ingress_changes_the_whole_host() {
    let first = annotated(
        "nginx",
        "nginx.ingress.kubernetes.io/use-regex: 'true'",
        "a.example.com",
        "path: /a, pathType: Prefix",
    );
    assert!(first.raised("kube-path-meaning"));
    assert!(!with("proxy-buffering: 'on'", "a.example.com", "path: /a, pathType: Prefix").raised("kube-path-meaning"));
}

#[test]
fn look_around_cannot_be_compared() {
    let import = with("use-regex: 'true'", "a.example.com", "path: '/a(?!b)', pathType: ImplementationSpecific");
    assert!(import.raised("kube-route-condition") && import.routes("web").is_empty());
}

#[test]
fn redirects_lead_to_no_service() {
    let import =
        with("permanent-redirect: 'https://b.example.com/new'; permanent-redirect-code: '308'", "a.example.com", PATH);
    assert_eq!(import.front(), ["a.example.com prefix / plain to https b.example.com /new 301"]);
    assert!(import.routes("web").is_empty());
    assert_eq!(fate(&import, "permanent-redirect-code"), Fate::Changed);
    let temporal = with("temporal-redirect: 'https://b.example.com'", "a.example.com", PATH);
    assert_eq!(temporal.front(), ["a.example.com prefix / plain to https b.example.com / 302"]);
    let variable = with("permanent-redirect: 'https://b.example.com$request_uri'", "a.example.com", PATH);
    assert_eq!(fate(&variable, "permanent-redirect"), Fate::Unsupported);
}

#[test]
fn roots_and_www_are_redirected() {
    let root = with("app-root: /start", "a.example.com", PATH);
    assert_eq!(root.front(), ["a.example.com exact / plain to - - /start 302"]);
    let www = with("from-to-www-redirect: 'true'", "a.example.com", PATH);
    assert_eq!(www.front(), ["www.a.example.com prefix / plain to - a.example.com - 301"]);
    assert_eq!(www.routes("web"), ["a.example.com prefix / plain"]);
}

#[test]
fn https_is_forced_or_not() {
    assert_eq!(with("force-ssl-redirect: 'true'", "a.example.com", PATH).routes("web"), ["a.example.com prefix /"]);
    assert_eq!(with("ssl-redirect: 'false'", "a.example.com", PATH).routes("web"), ["a.example.com prefix / plain"]);
}

#[test]
fn ranges_that_may_come_are_sources() {
    let import = with("whitelist-source-range: '10.1.2.3/8, 192.168.1.1'", "a.example.com", PATH);
    assert_eq!(import.routes("web"), ["a.example.com prefix / plain from 10.0.0.0/8 from 192.168.1.1/32"]);
    assert_eq!(
        fate(&with("denylist-source-range: 10.0.0.0/8", "a.example.com", PATH), "denylist-source-range"),
        Fate::Unsupported
    );
}

#[test]
fn cookies_keep_clients() {
    let import =
        with("affinity: cookie; session-cookie-name: route; session-cookie-max-age: '3600'", "a.example.com", PATH);
    assert_eq!(import.service("web").stickiness.as_ref().unwrap().duration.as_ref().unwrap().value.0, 3600);
    assert_eq!(fate(&import, "session-cookie-name"), Fate::Changed);
    assert_eq!(fate(&import, "affinity"), Fate::Mapped);
}

#[test]
fn protocols_hosts_and_timeouts_have_a_place() {
    let grpc = with("backend-protocol: GRPC", "a.example.com", PATH);
    assert_eq!(grpc.service("web").protocol.as_ref().unwrap().value.word(), "grpc");
    assert_eq!(grpc.routes("web"), ["a.example.com prefix /"], "gRPC comes by HTTPS alone");
    assert_eq!(fate(&with("backend-protocol: FCGI", "a.example.com", PATH), "backend-protocol"), Fate::Unsupported);
    let host = with("upstream-vhost: inner.example.com; server-alias: 'b.example.com'", "a.example.com", PATH);
    assert_eq!(
        host.routes("web"),
        [
            "a.example.com prefix / plain rewrite - - inner.example.com",
            "b.example.com prefix / plain rewrite - - inner.example.com"
        ]
    );
    let slow = with("proxy-read-timeout: '300'; proxy-send-timeout: '120'", "a.example.com", PATH);
    assert_eq!(slow.0.spec.load_balancer.as_ref().unwrap().idle_timeout.as_ref().unwrap().value.0, 300);
}

#[test]
fn what_has_no_counterpart_is_said_by_topic() {
    let import = with(
        "configuration-snippet: 'more_set_headers \"X-A: b\";'; auth-url: 'https://auth.example.com'; limit-rps: '5'; enable-cors: 'true'; \
         proxy-body-size: 50m; proxy-buffering: 'off'; never-heard-of: 'x'",
        "a.example.com",
        PATH,
    );
    for (name, code, expected) in [
        ("configuration-snippet", "kube-snippet", Fate::Unsupported),
        ("auth-url", "kube-authentication", Fate::Unsupported),
        ("limit-rps", "kube-rate-limit", Fate::Unsupported),
        ("enable-cors", "kube-annotation", Fate::Unsupported),
        ("proxy-body-size", "kube-annotation-changed", Fate::Changed),
        ("never-heard-of", "kube-annotation", Fate::Unsupported),
    ] {
        assert_eq!(fate(&import, name), expected, "{name}");
        assert!(import.raised(code), "{code}");
    }
    assert_eq!(fate(&import, "proxy-buffering"), Fate::Ignored);
    let snippet = import.0.account.findings.iter().find(|finding| finding.code.name == "kube-snippet").unwrap();
    assert!(!snippet.reason.contains("X-A"), "a snippet may hold a secret");
}

#[test]
fn another_controller_s_annotations_are_not_read() {
    let import = annotated("alb", "nginx.ingress.kubernetes.io/auth-url: 'https://auth.example.com'", "", PATH);
    assert_eq!(fate(&import, "auth-url"), Fate::Ignored);
    let traefik = annotated("traefik", "traefik.ingress.kubernetes.io/router.middlewares: a-b@kubernetescrd", "", PATH);
    let path = "metadata.annotations[\"traefik.ingress.kubernetes.io/router.middlewares\"]";
    assert_eq!(traefik.fate("Ingress", "web", path), Fate::Unsupported);
    let issuer = annotated("nginx", "cert-manager.io/cluster-issuer: letsencrypt, example.com/anything: x", "", PATH);
    assert_eq!(
        issuer.fate("Ingress", "web", "metadata.annotations[\"cert-manager.io/cluster-issuer\"]"),
        Fate::Assumed
    );
    assert_eq!(issuer.fate("Ingress", "web", "metadata.annotations[\"example.com/anything\"]"), Fate::Ignored);
}

fn canary(annotations: &str, with_main: bool) -> Imported {
    let text = |name: &str, to: &str, more: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{ name: {name}, annotations: {{ {more} }} }}\nspec:\n  ingressClassName: nginx\n  \
             rules: [{{ host: a.example.com, http: {{ paths: [{{ path: /, pathType: Prefix, backend: {{ service: {{ name: {to}, port: {{ number: 80 }} }} }} }}] }} }}]\n"
        )
    };
    let main = if with_main { text("main", "one", "") } else { String::new() };
    let more = format!("nginx.ingress.kubernetes.io/canary: 'true', {annotations}");
    let port = "port: 80, targetPort: 8080";
    import(&[
        &text("vary", "two", &more),
        &main,
        &workload("one", PORT),
        &service("one", "", port),
        &workload("two", PORT),
        &service("two", "", port),
    ])
}

#[test]
fn a_canary_by_header_is_a_route_and_one_by_weight_is_not() {
    let header = canary("nginx.ingress.kubernetes.io/canary-by-header: X-New", true);
    assert_eq!(header.routes("two"), ["a.example.com prefix / plain X-New=always"]);
    let value = canary(
        "nginx.ingress.kubernetes.io/canary-by-header: X-New, nginx.ingress.kubernetes.io/canary-by-header-value: beta",
        true,
    );
    assert_eq!(value.routes("two"), ["a.example.com prefix / plain X-New=beta"]);
    let weight = canary("nginx.ingress.kubernetes.io/canary-weight: '30'", true);
    assert!(weight.raised("kube-split-traffic") && weight.routes("two").is_empty());
    assert_eq!(weight.routes("one"), ["a.example.com prefix / plain"]);
    let none = canary("nginx.ingress.kubernetes.io/canary-weight: '0'", true);
    assert!(!none.raised("kube-split-traffic") && none.routes("two").is_empty());
    assert!(canary("nginx.ingress.kubernetes.io/canary-by-header: X-New", false).raised("kube-route-without-backend"));
}

#[test]
fn what_is_switched_off_is_no_loss() {
    for off in ["enable-cors: 'false'", "proxy-ssl-verify: 'off'", "proxy-body-size: '0'", "use-regex: 'false'"] {
        let import = with(off, "a.example.com", PATH);
        assert_eq!(fate(&import, off.split(':').next().unwrap()), Fate::Ignored, "{off}");
    }
    assert_eq!(fate(&with("enable-cors: 'true'", "a.example.com", PATH), "enable-cors"), Fate::Unsupported);
    assert_eq!(fate(&with("ssl-redirect: 'false'", "a.example.com", PATH), "ssl-redirect"), Fate::Mapped);
}

#[test]
fn the_other_controller_of_that_name_has_other_annotations() {
    let path = "metadata.annotations[\"nginx.org/rewrites\"]";
    let own = annotated("nginx", "nginx.org/rewrites: a", "a.example.com", PATH);
    assert_eq!(own.fate("Ingress", "web", path), Fate::Unsupported);
    let both = "nginx.org/rewrites: a, nginx.ingress.kubernetes.io/proxy-buffering: 'on'";
    assert_eq!(annotated("nginx", both, "a.example.com", PATH).fate("Ingress", "web", path), Fate::Ignored);
}
