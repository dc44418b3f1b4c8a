//! Services: whom they select, what their ports lead to, what their type means.

use skiff_importers::account::Fate;

use super::{import, service, workload};

const PORT: &str = "{ containerPort: 8080, name: http }";

fn web(more: &str, port: &str) -> super::Imported {
    import(&[&workload("web", PORT), &service("web", more, port)])
}

#[test]
fn a_service_gives_its_workload_a_port_a_name_and_an_old_place() {
    let import = web("", "port: 8080");
    let web = import.service("web");
    assert_eq!(web.port.as_ref().unwrap().value, 8080);
    let discovery = web.discovery.as_ref().unwrap();
    assert_eq!(discovery.names[0].value.to_string(), "web.default.svc.cluster.local");
    assert!(discovery.forward.is_empty());
    let from = &web.cutover.as_ref().unwrap().from;
    assert_eq!((from.service.as_str(), from.port.as_ref().unwrap().value), ("kubernetes/default/web", 8080));
    assert_eq!(import.fate("Service", "web", "spec.ports[0].port"), Fate::Mapped);
    assert_eq!(import.fate("Service", "web", "spec.selector.app"), Fate::Mapped);
    assert!(!import.raised("kube-port-forwarded"));
}

#[test]
fn a_port_that_differs_from_the_process_is_forwarded() {
    for target in ["8080", "http"] {
        let import = web("", &format!("port: 80, targetPort: {target}"));
        let web = import.service("web");
        assert_eq!(web.port.as_ref().unwrap().value, 8080);
        let forward = &web.discovery.as_ref().unwrap().forward;
        assert_eq!((forward[0].port.value, &forward[0].to), (80, &None));
        assert_eq!(import.fate("Service", "web", "spec.ports[0].targetPort"), Fate::Changed);
    }
}

#[test]
fn a_number_in_quotes_is_a_name_that_no_port_can_have() {
    let import = web("", "port: 80, targetPort: '8080'");
    assert!(import.raised("kube-bad-port"));
    assert_eq!(import.fate("Service", "web", "spec.ports[0].targetPort"), Fate::Unknown);
    let import = web("", "port: 80, targetPort: metrics");
    assert!(import.raised("kube-no-such-port"));
    assert_eq!(import.fate("Service", "web", "spec.ports[0].targetPort"), Fate::Unsupported);
}

#[test]
fn a_service_selects_none_one_or_several_workloads() {
    let none = import(&[&workload("web", PORT), &service("other", "", "port: 80")]);
    assert!(none.raised("kube-service-without-workload"));
    assert_eq!(none.fate("Service", "other", "spec.ports[0].port"), Fate::Unsupported);
    assert_eq!(none.fate("Service", "other", "metadata.name"), Fate::Mapped);
    let all = service("all", "", "port: 8080").replace("app: all", "tier: all");
    let several = import(&[&workload("one", PORT), &workload("two", PORT), &all]);
    assert!(several.raised("kube-service-several-workloads"));
    assert_eq!(several.fate("Service", "all", "spec.selector.tier"), Fate::Unsupported);
    assert_eq!(several.service("one").discovery.as_ref().unwrap().names.len(), 1);
    assert!(several.service("two").discovery.is_none());
    let subset = service("web", "", "port: 8080").replace("app: web", "app: web, tier: some");
    assert!(import(&[&workload("web", PORT), &subset]).raised("kube-service-without-workload"));
}

#[test]
fn a_service_selects_within_its_namespace() {
    let elsewhere = service("web", "", "port: 8080").replace("name: web }", "name: web, namespace: other }");
    assert!(import(&[&workload("web", PORT), &elsewhere]).raised("kube-service-without-workload"));
    let default = service("web", "", "port: 8080").replace("name: web }", "name: web, namespace: default }");
    assert!(!import(&[&workload("web", PORT), &default]).raised("kube-service-without-workload"));
}

#[test]
fn a_service_outside_of_the_import_has_no_name() {
    let external = "apiVersion: v1\nkind: Service\nmetadata: { name: db }\nspec: { type: ExternalName, externalName: db.example.com }";
    let import_external = import(&[external]);
    assert!(import_external.raised("kube-service-outside"));
    let finding = &import_external.0.account.findings[0];
    assert!(finding.reason.contains("db.example.com") && finding.action.contains("db.example.com"));
    let by_hand = "apiVersion: v1\nkind: Service\nmetadata: { name: db }\nspec: { ports: [{ port: 5432 }] }";
    assert!(import(&[by_hand]).raised("kube-service-outside"));
}

#[test]
fn udp_is_not_opened() {
    let import = web("", "port: 53, protocol: UDP");
    assert!(import.raised("kube-not-tcp"));
    assert_eq!(import.fate("Service", "web", "spec.ports[0].protocol"), Fate::Unsupported);
    assert_eq!(web("", "port: 8080, protocol: TCP").fate("Service", "web", "spec.ports[0].protocol"), Fate::Mapped);
}

#[test]
fn several_ports_are_named_and_reachable() {
    let ports = "{ containerPort: 9090, name: metrics }, { containerPort: 8080, name: http }";
    let text = service("web", "", "port: 9090, name: metrics }, { name: http, port: 80, targetPort: http");
    let import = import(&[&workload("web", ports), &text]);
    let web = import.service("web");
    assert_eq!(web.port.as_ref().unwrap().value, 8080, "the port that says HTTP serves");
    assert_eq!(
        web.ports.iter().map(|(name, port)| (name.to_string(), port.value)).collect::<Vec<_>>(),
        [("metrics".into(), 9090)]
    );
}

#[test]
fn two_services_with_one_port_lead_to_one_place() {
    let ports = "{ containerPort: 8080 }, { containerPort: 9090 }";
    let admin = service("admin", "", "port: 80, targetPort: 9090").replace("app: admin", "app: web");
    let import_both = import(&[&workload("web", ports), &service("web", "", "port: 80, targetPort: 8080"), &admin]);
    assert!(import_both.raised("kube-port-taken"));
    let names: Vec<_> = import_both
        .service("web")
        .discovery
        .as_ref()
        .unwrap()
        .names
        .iter()
        .map(|name| name.value.to_string())
        .collect();
    assert_eq!(names, ["web.default.svc.cluster.local", "admin.default.svc.cluster.local"]);
    let other = admin.replace("port: 80,", "port: 81,");
    let import_other = import(&[&workload("web", ports), &service("web", "", "port: 80, targetPort: 8080"), &other]);
    assert!(!import_other.raised("kube-port-taken"));
    assert_eq!(import_other.service("web").discovery.as_ref().unwrap().forward.len(), 2);
}

#[test]
fn a_node_port_is_taken_for_internal_unless_it_is_routed() {
    let import = web("  type: NodePort\n", "port: 80, targetPort: 8080, nodePort: 30080");
    assert!(import.raised("kube-node-port"));
    assert_eq!(import.fate("Service", "web", "spec.type"), Fate::Assumed);
    assert_eq!(import.fate("Service", "web", "spec.ports[0].nodePort"), Fate::Ignored);
    assert!(import.service("web").routes.is_empty());
}

#[test]
fn one_load_balancer_becomes_a_route() {
    let import = web("  type: LoadBalancer\n  loadBalancerSourceRanges: [10.0.0.0/8]\n", "port: 80, targetPort: 8080");
    assert_eq!(import.routes("web"), ["* prefix / plain from 10.0.0.0/8"]);
    assert_eq!(import.service("web").kind.word(), "web");
    assert_eq!(import.fate("Service", "web", "spec.type"), Fate::Changed);
    assert_eq!(import.fate("Service", "web", "spec.loadBalancerSourceRanges[0]"), Fate::Mapped);
}

#[test]
fn what_speaks_no_http_or_has_rivals_needs_an_address_of_its_own() {
    let database = web("  type: LoadBalancer\n", "port: 5432, targetPort: 5432");
    assert!(database.raised("kube-own-address") && database.service("web").routes.is_empty());
    let balancer = |name| service(name, "  type: LoadBalancer\n", "port: 80, targetPort: 8080");
    let two = import(&[&workload("one", PORT), &workload("two", PORT), &balancer("one"), &balancer("two")]);
    assert!(two.raised("kube-own-address"));
    assert!(two.routes("one").is_empty() && two.routes("two").is_empty());
}

#[test]
fn an_internal_load_balancer_makes_an_internal_one() {
    let annotated = service("web", "  type: LoadBalancer\n", "port: 80, targetPort: 8080").replace(
        "name: web }",
        "name: web, annotations: { service.beta.kubernetes.io/aws-load-balancer-scheme: internal, service.beta.kubernetes.io/aws-load-balancer-proxy-protocol: '*' } }",
    );
    let import = import(&[&workload("web", PORT), &annotated]);
    assert_eq!(import.0.spec.load_balancer.as_ref().unwrap().scheme.unwrap().word(), "internal");
    assert!(import.raised("kube-annotation"));
}

#[test]
fn settings_without_a_counterpart_are_said_and_harmless_values_are_not() {
    let lost = web(
        "  publishNotReadyAddresses: true\n  externalIPs: [1.2.3.4]\n  ipFamilies: [IPv4, IPv6]\n  internalTrafficPolicy: Local\n  sessionAffinity: ClientIP\n",
        "port: 8080",
    );
    assert_eq!(lost.fate("Service", "web", "spec.externalIPs[0]"), Fate::Unsupported);
    assert_eq!(lost.fate("Service", "web", "spec.sessionAffinity"), Fate::Unsupported);
    assert_eq!(lost.fate("Service", "web", "spec.ipFamilies[1]"), Fate::Changed);
    assert_eq!(lost.fate("Service", "web", "spec.publishNotReadyAddresses"), Fate::Unsupported);
    let kept = web(
        "  publishNotReadyAddresses: false\n  ipFamilies: [IPv4]\n  ipFamilyPolicy: SingleStack\n  internalTrafficPolicy: Cluster\n  sessionAffinity: None\n  externalTrafficPolicy: Local\n",
        "port: 8080",
    );
    assert!(!kept.raised("kube-service-setting") && !kept.raised("kube-ipv4-only"), "{:?}", kept.codes());
    assert!(!kept.raised("kube-not-carried"));
}

#[test]
fn a_client_stays_where_the_service_is_routed() {
    let sticky = "  type: LoadBalancer\n  sessionAffinity: ClientIP\n  sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } }\n";
    let import = web(sticky, "port: 80, targetPort: 8080");
    assert_eq!(import.service("web").stickiness.as_ref().unwrap().duration.as_ref().unwrap().value.0, 600);
    assert_eq!(import.fate("Service", "web", "spec.sessionAffinity"), Fate::Changed);
    assert_eq!(import.fate("Service", "web", "spec.sessionAffinityConfig.clientIP.timeoutSeconds"), Fate::Mapped);
}

#[test]
fn a_headless_service_of_several_pods_has_no_name_for_each() {
    let two = workload("web", PORT).replace("  template:", "  replicas: 2\n  template:");
    let headless = service("web", "  clusterIP: None\n", "port: 8080");
    assert!(import(&[&two, &headless]).raised("kube-headless"));
    assert!(!web("  clusterIP: None\n", "port: 8080").raised("kube-headless"));
}

#[test]
fn a_caller_is_found_by_the_name_that_it_uses() {
    let caller = workload("shop", "")
        .replace("ports: []", "env: [{ name: WEB_URL, value: 'http://web:80/' }, { name: MODE, value: web }]");
    let import_both = import(&[&caller, &workload("web", PORT), &service("web", "", "port: 80, targetPort: 8080")]);
    assert_eq!(import_both.uses("shop"), ["web"]);
    assert!(import_both.uses("web").is_empty());
    assert!(import_both.raised("kube-assumed-callers"));
    let search: Vec<_> =
        import_both.service("shop").dns.as_ref().unwrap().search.iter().map(|zone| zone.value.to_string()).collect();
    assert_eq!(search, ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"]);
    let whole = caller.replace("http://web:80/", "http://web.default.svc.cluster.local/");
    let import_whole = import(&[&whole, &workload("web", PORT), &service("web", "", "port: 8080")]);
    assert_eq!(import_whole.uses("shop"), ["web"]);
    assert!(import_whole.service("shop").dns.is_none(), "a whole name needs no search");
    let word = caller.replace("http://web:80/", "http://web.example.com/");
    assert!(import(&[&word, &workload("web", PORT), &service("web", "", "port: 8080")]).uses("shop").is_empty());
}

#[test]
fn the_port_of_the_runner_is_not_the_workload_s() {
    let runner = import(&[&workload("web", "{ containerPort: 8079 }"), &service("web", "", "port: 8079")]);
    assert!(runner.raised("kube-port-taken"));
    assert!(runner.service("web").port.is_none() && runner.service("web").ports.is_empty());
}

#[test]
fn the_name_of_a_single_pod_is_a_use_that_does_not_resolve() {
    for name in ["web-0.web", "web-0.web.default.svc.cluster.local"] {
        let caller = workload("shop", "").replace("ports: []", &format!("env: [{{ name: PEER, value: '{name}:80' }}]"));
        let import = import(&[&caller, &workload("web", PORT), &service("web", "", "port: 8080")]);
        assert_eq!(import.uses("shop"), ["web"]);
        let finding = import.0.account.findings.iter().find(|finding| finding.reason.contains(name)).unwrap();
        assert_eq!(finding.code.name, "kube-service-setting");
    }
    let caller = workload("shop", "").replace("ports: []", "env: [{ name: PEER, value: 'web.default:80' }]");
    let import = import(&[&caller, &workload("web", PORT), &service("web", "", "port: 8080")]);
    assert!(import.uses("shop") == ["web"] && !import.raised("kube-service-setting"));
}

/// A Service with these annotations behind an Ingress of the AWS Load Balancer Controller with those.
fn behind(class: &str, annotations: &str, of_ingress: &str) -> super::Imported {
    let text = service("web", "", "port: 80, targetPort: 8080")
        .replace("{ name: web }", &format!("{{ name: web, annotations: {{ {annotations} }} }}"));
    let head = format!("  annotations: {{ {of_ingress} }}\nspec:\n  ingressClassName: {class}\n");
    let ingress = super::ingress::ingress(&head, "a.example.com", "path: /, pathType: Prefix");
    import(&[&workload("web", PORT), &text, &ingress])
}

#[test]
fn annotations_of_a_service_override_those_of_its_ingress() {
    let (own, other) =
        ("alb.ingress.kubernetes.io/healthcheck-path: /own", "alb.ingress.kubernetes.io/healthcheck-path: /all");
    let path = |import: &super::Imported| import.service("web").health.as_ref()?.readiness.as_ref()?.0.http.clone();
    let import = behind("alb", own, other);
    assert_eq!(path(&import).as_deref(), Some("/own"));
    let leaf = "metadata.annotations[\"alb.ingress.kubernetes.io/healthcheck-path\"]";
    assert_eq!(import.fate("Service", "web", leaf), Fate::Mapped);
    let nginx = behind("nginx", own, other);
    assert_eq!((path(&nginx), nginx.fate("Service", "web", leaf)), (None, Fate::Ignored));
}

#[test]
fn settings_of_google_on_a_service_are_said() {
    let annotations = "cloud.google.com/backend-config: web, cloud.google.com/neg: '{}'";
    let import = behind("gce", annotations, "a: b");
    let fate =
        |name: &str| import.fate("Service", "web", &format!("metadata.annotations[\"cloud.google.com/{name}\"]"));
    assert_eq!((fate("backend-config"), fate("neg")), (Fate::Unsupported, Fate::Ignored));
    assert!(import.raised("kube-annotation"));
}

#[test]
fn traffic_comes_from_the_service_that_routes_lead_to() {
    let first = service("web", "", "port: 9090, targetPort: 8080").replace("{ name: web }", "{ name: aside }");
    let head = "spec:\n  ingressClassName: alb\n";
    let ingress = super::ingress::ingress(head, "a.example.com", "path: /, pathType: Prefix");
    let port = "port: 80, targetPort: 8080";
    let import = import(&[&workload("web", PORT), &first, &service("web", "", port), &ingress]);
    assert_eq!(import.service("web").cutover.as_ref().unwrap().from.service, "kubernetes/default/web");
}

#[test]
fn a_route_whose_requests_are_taken_changes_nothing() {
    let port = "port: 80, targetPort: 8080";
    let head = "spec:\n  ingressClassName: nginx\n";
    let first = super::ingress::ingress(head, "a.example.com", "path: /, pathType: Prefix");
    let grpc =
        "  annotations: { nginx.ingress.kubernetes.io/backend-protocol: GRPC }\nspec:\n  ingressClassName: nginx\n";
    let second =
        super::ingress::ingress(grpc, "a.example.com", "path: /, pathType: Prefix").replace("name: web", "name: two");
    let (web, two) = (workload("web", PORT), workload("two", PORT));
    let import = import(&[&web, &service("web", "", port), &two, &service("two", "", port), &first, &second]);
    assert!(import.raised("kube-route-twice"));
    assert!(import.routes("two").is_empty() && import.service("two").protocol.is_none());
}

#[test]
fn another_name_of_a_service_is_one_of_its_names() {
    let alias = |name: &str| {
        let text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{ name: front }}\nspec: {{ type: ExternalName, externalName: {name} }}\n"
        );
        import(&[&workload("web", PORT), &service("web", "", "port: 8080"), &text])
    };
    let own = alias("web.default.svc.cluster.local");
    let names: Vec<_> =
        own.service("web").discovery.as_ref().unwrap().names.iter().map(|name| name.value.to_string()).collect();
    assert_eq!(names, ["web.default.svc.cluster.local", "front.default.svc.cluster.local"]);
    assert_eq!(own.fate("Service", "front", "spec.externalName"), Fate::Mapped);
    assert_eq!(alias("db.example.com").fate("Service", "front", "spec.externalName"), Fate::Unsupported);
}

#[test]
fn the_address_of_a_client_comes_in_a_header() {
    let import = web("  type: LoadBalancer\n  externalTrafficPolicy: Local\n", "port: 80, targetPort: 8080");
    assert_eq!(import.fate("Service", "web", "spec.externalTrafficPolicy"), Fate::Changed);
    let usual = web("  type: LoadBalancer\n  externalTrafficPolicy: Cluster\n", "port: 80, targetPort: 8080");
    assert_eq!(usual.fate("Service", "web", "spec.externalTrafficPolicy"), Fate::Ignored);
}
