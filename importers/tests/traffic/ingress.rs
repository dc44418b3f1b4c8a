//! Ingresses: hosts, paths, TLS, backends, the annotations of the AWS Load Balancer Controller.

use skiff_importers::account::Fate;

use super::{Imported, certified, import, service, workload};

const PORT: &str = "{ containerPort: 8080, name: http }";

/// An Ingress with one rule and this path.
pub(crate) fn ingress(more: &str, host: &str, path: &str) -> String {
    let host = if host.is_empty() { String::new() } else { format!("host: '{host}', ") };
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n{more}  rules:\n    - {{ {host}http: {{ paths: [{{ {path}, \
         backend: {{ service: {{ name: web, port: {{ number: 80 }} }} }} }}] }} }}\n"
    )
}

fn with(class: &str, host: &str, path: &str) -> Imported {
    let text = ingress(&format!("spec:\n  ingressClassName: {class}\n"), host, path);
    import(&[&workload("web", PORT), &service("web", "", "port: 80, targetPort: 8080"), &text])
}

/// With annotations of a controller.
pub(crate) fn annotated(class: &str, annotations: &str, host: &str, path: &str) -> Imported {
    let head = format!("  annotations: {{ {annotations} }}\nspec:\n  ingressClassName: {class}\n");
    import(&[&workload("web", PORT), &service("web", "", "port: 80, targetPort: 8080"), &ingress(&head, host, path)])
}

#[test]
fn a_prefix_and_an_exact_path_keep_their_meaning() {
    let prefix = with("alb", "a.example.com", "path: /shop/, pathType: Prefix");
    assert_eq!(prefix.routes("web"), ["a.example.com prefix /shop plain"]);
    assert_eq!(prefix.fate("Ingress", "web", "spec.rules[0].http.paths[0].path"), Fate::Mapped);
    assert_eq!(prefix.fate("Ingress", "web", "spec.rules[0].http.paths[0].backend.service.port.number"), Fate::Mapped);
    assert_eq!(with("alb", "", "path: /, pathType: Prefix").routes("web"), ["* prefix / plain"]);
    assert_eq!(with("alb", "", "path: /shop, pathType: Exact").routes("web"), ["* exact /shop plain"]);
    assert_eq!(with("alb", "", "path: '/a*b', pathType: Exact").routes("web"), [r"* regex ^/a\*b$ plain"]);
    assert_eq!(with("alb", "", "path: '/a?', pathType: Prefix").routes("web"), [r"* regex ^/a\?(/.*)?$ plain"]);
}

#[test]
fn a_wrong_word_for_the_type_of_path_is_an_error() {
    let import = with("nginx", "", "path: /shop, pathType: exact");
    assert!(import.raised("kube-bad-path-type") && import.routes("web").is_empty());
    assert_eq!(import.fate("Ingress", "web", "spec.rules[0].http.paths[0].pathType"), Fate::Unknown);
}

#[test]
fn the_class_decides_what_an_unspecific_path_means() {
    let path = "path: '/shop/*', pathType: ImplementationSpecific";
    assert_eq!(with("alb", "", path).routes("web"), ["* prefix /shop plain"]);
    assert_eq!(with("gce", "", path).routes("web"), ["* prefix /shop plain"]);
    assert_eq!(with("alb", "", "path: /shop, pathType: ImplementationSpecific").routes("web"), ["* exact /shop plain"]);
    let nginx = with("nginx", "", "path: /shop, pathType: ImplementationSpecific");
    let untyped = with("nginx", "", "path: /shop");
    assert!(untyped.raised("kube-bad-path-type") && untyped.routes("web").is_empty());
    assert_eq!(nginx.routes("web"), ["* prefix /shop plain"]);
    assert!(nginx.raised("kube-path-meaning"));
    assert_eq!(
        with("alb", "", "path: '/a/*/b?', pathType: ImplementationSpecific").routes("web"),
        ["* regex ^/a/.*/b.$ plain"]
    );
    assert!(!with("nginx", "", "path: /").raised("kube-path-meaning"), "every path is every path");
}

#[test]
fn a_class_is_read_from_its_object_and_else_assumed() {
    let class = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: { name: public }\nspec: { controller: ingress.k8s.aws/alb }";
    let text = ingress("spec:\n  ingressClassName: public\n", "", "path: /a, pathType: ImplementationSpecific");
    let import_class =
        import(&[&workload("web", PORT), &service("web", "", "port: 80, targetPort: 8080"), class, &text]);
    assert_eq!(import_class.routes("web"), ["* exact /a plain"]);
    assert!(!import_class.raised("kube-ingress-class"));
    assert_eq!(import_class.fate("IngressClass", "public", "spec.controller"), Fate::Ignored);
    let unsaid = ingress("spec:\n", "", "path: /a, pathType: Prefix");
    let import_unsaid = import(&[&workload("web", PORT), &service("web", "", "port: 80, targetPort: 8080"), &unsaid]);
    assert!(import_unsaid.raised("kube-ingress-class-assumed"));
    let other = with("traefik", "", "path: /a, pathType: Prefix");
    assert_eq!(other.fate("Ingress", "web", "spec.ingressClassName"), Fate::Changed);
}

#[test]
fn a_wildcard_host_is_wider_and_a_bad_host_is_none() {
    let wild = with("alb", "*.example.com", "path: /, pathType: Prefix");
    assert_eq!(wild.routes("web"), ["*.example.com prefix / plain"]);
    assert_eq!(wild.fate("Ingress", "web", "spec.rules[0].host"), Fate::Changed);
    let bad = with("alb", "${HOST}", "path: /, pathType: Prefix");
    assert!(bad.routes("web").is_empty() && bad.raised("kube-route-condition"));
    assert!(!bad.raised("kube-not-carried"), "one finding is enough");
}

#[test]
fn tls_asks_for_a_certificate() {
    let head = "spec:\n  ingressClassName: nginx\n  tls: [{ hosts: [a.example.com], secretName: a-tls }]\n";
    let documents = [
        workload("web", PORT),
        service("web", "", "port: 80, targetPort: 8080"),
        ingress(head, "a.example.com", "path: /, pathType: Prefix"),
    ];
    let documents: Vec<_> = documents.iter().map(String::as_str).collect();
    let placeholder = import(&documents);
    assert_eq!(placeholder.routes("web"), ["a.example.com prefix /"]);
    assert_eq!(placeholder.fate("Ingress", "web", "spec.tls[0].secretName"), Fate::Assumed);
    assert_eq!(placeholder.fate("Ingress", "web", "spec.tls[0].hosts[0]"), Fate::Mapped);
    assert!(placeholder.raised("import-placeholder"));
    assert!(placeholder.0.spec.certificates[0].value.to_string().ends_with("00000000-0000-0000-0000-000000000000"));
    let given = certified(&documents);
    assert!(!given.raised("import-placeholder"));
    assert_eq!(given.0.spec.certificates.len(), 1);
}

#[test]
fn hosts_without_tls_are_served_plainly() {
    let import = with("nginx", "a.example.com", "path: /, pathType: Prefix");
    assert_eq!(import.routes("web"), ["a.example.com prefix / plain"]);
    assert!(import.0.spec.certificates.is_empty());
}

#[test]
fn a_backend_names_a_port_of_the_service() {
    let path = "path: /, pathType: Prefix";
    let container = ingress("spec:\n  ingressClassName: alb\n", "", path).replace("number: 80", "number: 8080");
    let documents = [&workload("web", PORT), &service("web", "", "port: 80, targetPort: 8080"), &container];
    let import_wrong = import(&documents.map(String::as_str));
    assert!(import_wrong.raised("kube-route-without-backend") && import_wrong.routes("web").is_empty());
    let missing = ingress("spec:\n  ingressClassName: alb\n", "", path).replace("name: web, port", "name: other, port");
    assert!(import(&[&workload("web", PORT), &missing]).raised("kube-route-without-backend"));
}

#[test]
fn a_second_port_of_a_workload_is_not_routed() {
    let ports = "{ containerPort: 8080 }, { containerPort: 9090 }";
    let both = service("web", "", "name: a, port: 80, targetPort: 8080 }, { name: b, port: 81, targetPort: 9090");
    let text = ingress("spec:\n  ingressClassName: alb\n", "", "path: /a, pathType: Prefix");
    let second = "    - { http: { paths: [{ path: /b, pathType: Prefix, backend: { service: { name: web, port: { name: b } } } }] } }\n";
    let import = import(&[&workload("web", ports), &both, &format!("{text}{second}")]);
    assert_eq!(import.routes("web"), ["* prefix /a plain"]);
    assert!(import.raised("kube-second-port"));
    assert_eq!(import.fate("Ingress", "web", "spec.rules[1].http.paths[0].path"), Fate::Unsupported);
}

#[test]
fn two_ingresses_for_one_path_conflict_unless_they_agree() {
    let one = ingress("spec:\n  ingressClassName: alb\n", "", "path: /a, pathType: Prefix");
    let again = one.replace("  name: web\n", "  name: again\n");
    let other = again.replace("name: web, port", "name: two, port");
    let base = [
        workload("web", PORT),
        service("web", "", "port: 80, targetPort: 8080"),
        workload("two", PORT),
        service("two", "", "port: 80, targetPort: 8080"),
    ];
    let mut documents: Vec<_> = base.iter().map(String::as_str).chain([one.as_str(), again.as_str()]).collect();
    assert!(!import(&documents).raised("kube-route-twice"));
    documents[5] = &other;
    let conflict = import(&documents);
    assert!(conflict.raised("kube-route-twice") && conflict.routes("two").is_empty());
    assert_eq!(conflict.routes("web"), ["* prefix /a plain"]);
}

#[test]
fn old_versions_of_the_api_write_their_backends_differently() {
    let old = "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  backend: { serviceName: web, servicePort: 80 }\n";
    let base = [workload("web", PORT), service("web", "", "port: 80, targetPort: 8080")];
    let import_old = import(&[&base[0], &base[1], old]);
    assert_eq!(import_old.routes("web"), ["* prefix / plain"]);
    assert_eq!(import_old.fate("Ingress", "web", "spec.backend.servicePort"), Fate::Mapped);
    let mixed = old.replace("extensions/v1beta1", "networking.k8s.io/v1").replace("  backend:", "  defaultBackend:");
    let import_mixed = import(&[&base[0], &base[1], &mixed]);
    assert_eq!(import_mixed.fate("Ingress", "web", "spec.defaultBackend.serviceName"), Fate::Unknown);
    assert!(import_mixed.routes("web").is_empty());
}

#[test]
fn an_object_as_a_backend_is_lost() {
    let text = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  defaultBackend: { resource: { apiGroup: k8s.example.com, kind: Bucket, name: icons } }";
    let import = import(&[&workload("web", PORT), text]);
    assert_eq!(import.fate("Ingress", "web", "spec.defaultBackend.resource.name"), Fate::Unsupported);
}

#[test]
fn alb_is_internal_unless_it_says_otherwise() {
    let path = "path: /, pathType: Prefix";
    let scheme = |import: &Imported| {
        import
            .0
            .spec
            .load_balancer
            .as_ref()
            .and_then(|balancer| balancer.scheme)
            .map(skiff_compiler::spec::application::Scheme::word)
    };
    assert_eq!(scheme(&with("alb", "", path)), Some("internal"));
    assert_eq!(scheme(&annotated("alb", "alb.ingress.kubernetes.io/scheme: internet-facing", "", path)), None);
    assert_eq!(scheme(&with("nginx", "", path)), None);
}

#[test]
fn alb_annotations_become_settings() {
    let import = annotated(
        "alb",
        "alb.ingress.kubernetes.io/scheme: internet-facing, alb.ingress.kubernetes.io/certificate-arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1', \
         alb.ingress.kubernetes.io/inbound-cidrs: '10.0.0.0/8,192.168.0.0/16', alb.ingress.kubernetes.io/backend-protocol-version: GRPC, \
         alb.ingress.kubernetes.io/target-group-attributes: 'stickiness.enabled=true,stickiness.lb_cookie.duration_seconds=60,deregistration_delay.timeout_seconds=30', \
         alb.ingress.kubernetes.io/load-balancer-attributes: idle_timeout.timeout_seconds=120, alb.ingress.kubernetes.io/target-type: ip, \
         alb.ingress.kubernetes.io/auth-type: oidc, alb.ingress.kubernetes.io/ssl-policy: ELBSecurityPolicy-TLS13-1-2-2021-06",
        "a.example.com",
        "path: /, pathType: Prefix",
    );
    let web = import.service("web");
    assert_eq!(import.routes("web"), ["a.example.com prefix / from 10.0.0.0/8 from 192.168.0.0/16"]);
    assert_eq!(web.protocol.as_ref().unwrap().value.word(), "grpc");
    assert_eq!(web.stickiness.as_ref().unwrap().duration.as_ref().unwrap().value.0, 60);
    assert_eq!(web.stop.as_ref().unwrap().drain.as_ref().unwrap().value.0, 30);
    let balancer = import.0.spec.load_balancer.as_ref().unwrap();
    assert_eq!(balancer.idle_timeout.as_ref().unwrap().value.0, 120);
    assert_eq!(import.0.spec.certificates[0].value.to_string(), "arn:aws:acm:eu-west-1:111122223333:certificate/1");
    let fate = |name: &str| {
        import.fate("Ingress", "web", &format!("metadata.annotations[\"alb.ingress.kubernetes.io/{name}\"]"))
    };
    assert_eq!(fate("auth-type"), Fate::Unsupported);
    assert_eq!(fate("target-type"), Fate::Ignored);
    assert_eq!(fate("target-group-attributes"), Fate::Mapped);
}

#[test]
fn more_ranges_than_a_rule_compares_become_several_routes() {
    let import = annotated(
        "alb",
        "alb.ingress.kubernetes.io/inbound-cidrs: '10.0.0.0/8,11.0.0.0/8,12.0.0.0/8'",
        "a.example.com",
        "path: /a, pathType: Prefix",
    );
    assert_eq!(
        import.routes("web"),
        [
            "a.example.com prefix /a plain from 10.0.0.0/8 from 11.0.0.0/8",
            "a.example.com prefix /a plain from 12.0.0.0/8"
        ]
    );
    let everybody =
        annotated("alb", "alb.ingress.kubernetes.io/inbound-cidrs: 0.0.0.0/0", "", "path: /a, pathType: Prefix");
    assert_eq!(everybody.routes("web"), ["* prefix /a plain"]);
}

#[test]
fn alb_actions_redirect_answer_and_forward() {
    let action = |json: &str| {
        let head = format!(
            "  annotations:\n    alb.ingress.kubernetes.io/actions.act: '{json}'\nspec:\n  ingressClassName: alb\n"
        );
        let text = ingress(&head, "a.example.com", "path: /a, pathType: Exact")
            .replace("name: web, port: { number: 80 }", "name: act, port: { name: use-annotation }");
        import(&[&workload("web", PORT), &service("web", "", "port: 80, targetPort: 8080"), &text])
    };
    let redirect = action(
        r##"{"Type":"redirect","RedirectConfig":{"Host":"b.example.com","Path":"/#{path}","StatusCode":"HTTP_302"}}"##,
    );
    assert_eq!(redirect.front(), ["a.example.com exact /a plain to - b.example.com - 302"]);
    let answer = action(
        r#"{"type":"fixed-response","fixedResponseConfig":{"contentType":"text/plain","statusCode":"503","messageBody":"later"}}"#,
    );
    assert_eq!(answer.front(), ["a.example.com exact /a plain answer 503"]);
    let forward = action(
        r#"{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"web","servicePort":"80","weight":100}]}}"#,
    );
    assert_eq!(forward.routes("web"), ["a.example.com exact /a plain"]);
    let split = action(
        r#"{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"web","servicePort":80,"weight":1},{"serviceName":"two","servicePort":80,"weight":1}]}}"#,
    );
    assert!(split.raised("kube-split-traffic") && split.routes("web").len() == 1);
    let https =
        action(r##"{"Type":"redirect","RedirectConfig":{"Protocol":"HTTPS","Port":"443","StatusCode":"HTTP_301"}}"##);
    assert!(https.front().is_empty());
}

#[test]
fn a_check_with_a_path_is_the_readiness_of_the_service() {
    let import = annotated(
        "alb",
        "alb.ingress.kubernetes.io/healthcheck-path: /healthz, alb.ingress.kubernetes.io/healthcheck-interval-seconds: '20', \
         alb.ingress.kubernetes.io/success-codes: '200'",
        "",
        "path: /, pathType: Prefix",
    );
    let web = import.service("web");
    let probe = &web.health.as_ref().unwrap().readiness.as_ref().unwrap().0;
    assert_eq!((probe.http.as_deref(), probe.interval.as_ref().unwrap().value.0), (Some("/healthz"), 20));
    assert_eq!((probe.timeout.as_ref().unwrap().value.0, probe.failures.as_ref().unwrap().value), (5, 2));
    assert_eq!(web.cutover.as_ref().unwrap().from.health.as_deref(), Some("/healthz"));
    let fate = |import: &Imported, name: &str| {
        import.fate("Ingress", "web", &format!("metadata.annotations[\"alb.ingress.kubernetes.io/{name}\"]"))
    };
    assert_eq!(fate(&import, "healthcheck-path"), Fate::Mapped);
    assert_eq!(fate(&import, "success-codes"), Fate::Changed);
    let times =
        annotated("alb", "alb.ingress.kubernetes.io/healthcheck-timeout-seconds: '3'", "", "path: /, pathType: Prefix");
    assert_eq!(fate(&times, "healthcheck-timeout-seconds"), Fate::Changed);
    assert!(times.service("web").health.is_none());
}

#[test]
fn an_internal_route_beside_a_public_one_is_said() {
    let path = "path: /, pathType: Prefix";
    let inside = ingress("spec:\n  ingressClassName: alb\n", "a.example.com", path);
    let outside = ingress("spec:\n  ingressClassName: nginx\n", "b.example.com", path)
        .replace("  name: web\n", "  name: public\n");
    let base = [workload("web", PORT), service("web", "", "port: 80, targetPort: 8080")];
    let import_both = import(&[&base[0], &base[1], &inside, &outside]);
    assert!(import_both.raised("kube-scheme"));
    assert!(import_both.0.spec.load_balancer.is_none());
    assert!(!import(&[&base[0], &base[1], &inside]).raised("kube-scheme"));
}
