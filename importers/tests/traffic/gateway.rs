//! The Gateway API: attachment, matches, filters, weights.

use skiff_importers::account::Fate;

use super::{Imported, import, service, workload};

const GATEWAY: &str = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: edge }\nspec:\n  gatewayClassName: example\n  \
                       listeners: [{ name: http, port: 80, protocol: HTTP, hostname: '*.example.com' }]\n";

fn route(spec: &str) -> String {
    format!("apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{ name: web }}\nspec:\n{spec}")
}

fn with(gateway: &str, spec: &str) -> Imported {
    let port = "{ containerPort: 8080 }";
    let (one, two) = (workload("web", port), workload("two", port));
    let leads = |name| service(name, "", "port: 80, targetPort: 8080");
    import(&[&one, &leads("web"), &two, &leads("two"), gateway, &route(spec)])
}

fn rule(rule: &str) -> Imported {
    with(GATEWAY, &format!("  parentRefs: [{{ name: edge }}]\n  hostnames: [a.example.com]\n  rules: [{{ {rule} }}]\n"))
}

const BACKEND: &str = "backendRefs: [{ name: web, port: 80 }]";

#[test]
fn hosts_are_those_that_route_and_listener_share() {
    assert_eq!(rule(BACKEND).routes("web"), ["a.example.com prefix / plain"]);
    let none = with(GATEWAY, &format!("  parentRefs: [{{ name: edge }}]\n  rules: [{{ {BACKEND} }}]\n"));
    assert_eq!(none.routes("web"), ["*.example.com prefix / plain"], "the listener's host");
    let other = with(
        GATEWAY,
        &format!("  parentRefs: [{{ name: edge }}]\n  hostnames: [a.example.org]\n  rules: [{{ {BACKEND} }}]\n"),
    );
    assert!(other.routes("web").is_empty());
    let section =
        with(GATEWAY, &format!("  parentRefs: [{{ name: edge, sectionName: https }}]\n  rules: [{{ {BACKEND} }}]\n"));
    assert!(section.raised("kube-listener") && section.routes("web").is_empty());
    let away = with(GATEWAY, &format!("  parentRefs: [{{ name: elsewhere }}]\n  rules: [{{ {BACKEND} }}]\n"));
    assert!(away.raised("kube-ingress-class-assumed"));
    assert_eq!(away.routes("web"), ["* prefix / plain"]);
}

#[test]
fn https_listeners_ask_for_a_certificate_and_others_have_no_counterpart() {
    let secure = GATEWAY.replace(
        "port: 80, protocol: HTTP,",
        "port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: edge-tls }] },",
    );
    let import = with(
        &secure,
        &format!("  parentRefs: [{{ name: edge }}]\n  hostnames: [a.example.com]\n  rules: [{{ {BACKEND} }}]\n"),
    );
    assert_eq!(import.routes("web"), ["a.example.com prefix /"]);
    assert_eq!(import.fate("Gateway", "edge", "spec.listeners[0].tls.certificateRefs[0].name"), Fate::Assumed);
    let tcp = with(&GATEWAY.replace("protocol: HTTP,", "protocol: TCP,"), "  parentRefs: [{ name: edge }]\n");
    assert_eq!(tcp.fate("Gateway", "edge", "spec.listeners[0].protocol"), Fate::Unsupported);
}

#[test]
fn matches_become_conditions() {
    let exact = rule(&format!("matches: [{{ path: {{ type: Exact, value: /a }}, method: GET }}], {BACKEND}"));
    assert_eq!(exact.routes("web"), ["a.example.com exact /a plain GET"]);
    let header = rule(&format!(
        "matches: [{{ headers: [{{ name: X-Team, value: red }}], queryParams: [{{ name: v, value: '2' }}] }}], {BACKEND}"
    ));
    assert_eq!(header.routes("web"), ["a.example.com prefix / plain X-Team=red ?v=2"]);
    assert_eq!(header.fate("HTTPRoute", "web", "spec.rules[0].matches[0].headers[0].value"), Fate::Changed);
    let regex = rule(&format!(
        "matches: [{{ headers: [{{ type: RegularExpression, name: X-Team, value: 'r.*' }}] }}], {BACKEND}"
    ));
    assert!(regex.raised("kube-route-condition") && regex.routes("web").is_empty());
    let two = rule(&format!(
        "matches: [{{ path: {{ value: /a }} }}, {{ path: {{ type: RegularExpression, value: '/b[0-9]+' }} }}], {BACKEND}"
    ));
    assert_eq!(two.routes("web"), ["a.example.com prefix /a plain", "a.example.com regex ^/b[0-9]+$ plain"]);
}

#[test]
fn a_weight_leads_all_requests_to_the_largest() {
    let import = rule("backendRefs: [{ name: web, port: 80, weight: 10 }, { name: two, port: 80, weight: 90 }]");
    assert_eq!(import.routes("two"), ["a.example.com prefix / plain"]);
    assert!(import.routes("web").is_empty());
    assert_eq!(import.fate("HTTPRoute", "web", "spec.rules[0].backendRefs[0].name"), Fate::Unsupported);
    let zero = rule("backendRefs: [{ name: web, port: 80 }, { name: two, port: 80, weight: 0 }]");
    assert!(!zero.raised("kube-split-traffic"));
    assert_eq!(zero.fate("HTTPRoute", "web", "spec.rules[0].backendRefs[1].name"), Fate::Ignored);
}

#[test]
fn redirects_and_rewrites_have_a_counterpart_and_other_filters_do_not() {
    let redirect =
        rule("filters: [{ type: RequestRedirect, requestRedirect: { hostname: b.example.com, statusCode: 308 } }]");
    assert_eq!(redirect.front(), ["a.example.com prefix / plain to - b.example.com - 301"]);
    assert_eq!(redirect.fate("HTTPRoute", "web", "spec.rules[0].filters[0].requestRedirect.statusCode"), Fate::Changed);
    let https = rule("filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }]");
    assert!(https.front().is_empty(), "the load balancer does that by itself");
    let rewrite = rule(&format!(
        "matches: [{{ path: {{ value: /a }} }}], filters: [{{ type: URLRewrite, urlRewrite: {{ hostname: inner.example.com, path: {{ type: ReplacePrefixMatch, replacePrefixMatch: /b }} }} }}], {BACKEND}"
    ));
    assert_eq!(rewrite.routes("web"), ["a.example.com prefix /a plain rewrite /b - inner.example.com"]);
    let header = rule(&format!(
        "filters: [{{ type: RequestHeaderModifier, requestHeaderModifier: {{ set: [{{ name: X, value: y }}] }} }}], {BACKEND}"
    ));
    assert_eq!(
        header.fate("HTTPRoute", "web", "spec.rules[0].filters[0].requestHeaderModifier.set[0].name"),
        Fate::Unsupported
    );
    assert_eq!(header.routes("web"), ["a.example.com prefix / plain"]);
    let prefix = rule(
        "matches: [{ path: { value: /a } }], filters: [{ type: RequestRedirect, requestRedirect: { path: { type: ReplacePrefixMatch, replacePrefixMatch: /b } } }]",
    );
    assert!(prefix.raised("kube-route-filter") && prefix.front().is_empty());
}

#[test]
fn another_namespace_must_grant_its_service() {
    let away = "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }";
    let moved = workload("web", "{ containerPort: 8080 }").replace("name: web }", "name: web, namespace: shop }");
    let text = route(
        "  parentRefs: [{ name: edge }]\n  hostnames: [a.example.com]\n  rules: [{ backendRefs: [{ name: web, namespace: shop, port: 80 }] }]\n",
    );
    let grant = "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: { name: g, namespace: shop }\nspec:\n  \
                 from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default }]\n  to: [{ group: '', kind: Service }]";
    let granted = import(&[&moved, away, GATEWAY, &text, grant]);
    assert_eq!(granted.routes("web"), ["a.example.com prefix / plain"]);
    let refused = import(&[&moved, away, GATEWAY, &text]);
    assert!(refused.raised("kube-route-without-backend") && refused.routes("web").is_empty());
}

#[test]
fn grpc_methods_are_paths() {
    let text = "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: { name: web }\nspec:\n  parentRefs: [{ name: edge }]\n  hostnames: [a.example.com]\n  \
                rules: [{ matches: [{ method: { service: shop.Cart, method: Add } }, { method: { service: shop.Cart } }], backendRefs: [{ name: web, port: 80 }] }]";
    let import = import(&[
        &workload("web", "{ containerPort: 8080 }"),
        &service("web", "", "port: 80, targetPort: 8080"),
        GATEWAY,
        text,
    ]);
    assert_eq!(import.routes("web"), ["a.example.com exact /shop.Cart/Add", "a.example.com prefix /shop.Cart"]);
    assert_eq!(import.service("web").protocol.as_ref().unwrap().value.word(), "grpc");
}

#[test]
fn timeouts_and_sessions_are_changed() {
    let import = rule(&format!(
        "timeouts: {{ request: 1m30s }}, sessionPersistence: {{ sessionName: s, absoluteTimeout: 1h }}, {BACKEND}"
    ));
    assert_eq!(import.0.spec.load_balancer.as_ref().unwrap().idle_timeout.as_ref().unwrap().value.0, 90);
    assert_eq!(import.service("web").stickiness.as_ref().unwrap().duration.as_ref().unwrap().value.0, 3600);
    assert_eq!(import.fate("HTTPRoute", "web", "spec.rules[0].timeouts.request"), Fate::Changed);
}

#[test]
fn a_route_that_no_listener_serves_is_lost_as_a_whole() {
    let import = with(GATEWAY, &format!("  hostnames: [a.example.com]\n  rules: [{{ {BACKEND} }}]\n"));
    assert!(import.raised("kube-listener") && !import.raised("kube-not-carried"));
    assert_eq!(import.fate("HTTPRoute", "web", "spec.hostnames[0]"), Fate::Unsupported);
    assert_eq!(import.fate("HTTPRoute", "web", "spec.rules[0].backendRefs[0].name"), Fate::Unsupported);
}

const BOTH: &str = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: edge }\nspec:\n  gatewayClassName: alb\n  \
                    listeners: [{ name: http, port: 80, protocol: HTTP }, { name: https, port: 443, protocol: HTTPS }]\n";

#[test]
fn plain_http_beside_https_has_a_certificate() {
    let spec = format!("  parentRefs: [{{ name: edge }}]\n  hostnames: [a.example.com]\n  rules: [{{ {BACKEND} }}]\n");
    let both = with(BOTH, &spec);
    assert_eq!(both.routes("web"), ["a.example.com prefix / plain"]);
    assert_eq!(both.0.spec.certificates.len(), 1);
    assert!(with(GATEWAY, &spec).0.spec.certificates.is_empty());
}

#[test]
fn a_redirect_to_https_needs_https() {
    let filter = "filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }]";
    let lost = rule(filter);
    assert_eq!(lost.fate("HTTPRoute", "web", "spec.rules[0].filters[0].requestRedirect.scheme"), Fate::Unsupported);
    let kept = with(BOTH, &format!("  parentRefs: [{{ name: edge, sectionName: http }}]\n  rules: [{{ {filter} }}]\n"));
    assert_eq!(kept.fate("HTTPRoute", "web", "spec.rules[0].filters[0].requestRedirect.scheme"), Fate::Mapped);
    assert!(kept.raised("kube-redirect-code"), "302 is the Gateway API's default, and Skiff redirects with 301");
}

#[test]
fn weights_of_zero_are_no_route() {
    let import = rule("backendRefs: [{ name: web, port: 80, weight: 0 }, { name: two, port: 80, weight: 0 }]");
    assert!(import.routes("web").is_empty() && import.routes("two").is_empty());
    assert_eq!(import.fate("HTTPRoute", "web", "spec.rules[0].backendRefs[0].weight"), Fate::Unsupported);
}

#[test]
fn a_selector_admits_the_namespaces_that_it_selects() {
    let admits = |key: &str| {
        let from =
            format!("allowedRoutes: {{ namespaces: {{ from: Selector, selector: {{ matchLabels: {{ {key} }} }} }} }}");
        let gateway = GATEWAY.replace("port: 80,", &format!("port: 80, {from},"));
        with(
            &gateway,
            &format!("  parentRefs: [{{ name: edge }}]\n  hostnames: [a.example.com]\n  rules: [{{ {BACKEND} }}]\n"),
        )
    };
    assert_eq!(admits("kubernetes.io/metadata.name: default").routes("web"), ["a.example.com prefix / plain"]);
    let other = admits("team: edge");
    assert_eq!(other.routes("web"), ["a.example.com prefix / plain"], "nobody knows the labels of the namespace");
}

#[test]
fn a_wildcard_of_a_route_stands_for_labels_as_the_load_balancers_does() {
    let spec =
        format!("  parentRefs: [{{ name: edge }}]\n  hostnames: ['*.example.com']\n  rules: [{{ {BACKEND} }}]\n");
    let import = with(GATEWAY, &spec);
    assert!(import.routes("web") == ["*.example.com prefix / plain"] && !import.raised("kube-wildcard-host"));
}
