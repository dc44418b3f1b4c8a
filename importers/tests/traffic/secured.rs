//! HTTPS: which routes it serves, and where it asks for a certificate.

use skiff_importers::account::Fate;

use super::{Imported, certified, import, ingress::annotated, ingress::ingress, service, workload};

const PORT: &str = "{ containerPort: 8080 }";
const PATH: &str = "path: /, pathType: Prefix";
const HOST: &str = "a.example.com";
const ARN: &str = "alb.ingress.kubernetes.io/certificate-arn: arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555";
const BOTH: &str = r#"alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'"#;
const ACTION: &str = r#"alb.ingress.kubernetes.io/actions.up: '{"type":"redirect","redirectConfig":{"protocol":"HTTPS","port":"443","statusCode":"HTTP_302"}}'"#;

/// An Ingress of the AWS Load Balancer Controller whose first path leads to the action `up`.
fn upgraded(annotations: &str, path: &str) -> Imported {
    let annotations = format!("{ACTION}, {annotations}");
    let head = format!("  annotations: {{ {annotations} }}\nspec:\n  ingressClassName: alb\n");
    let action =
        format!("paths: [{{ {path}, backend: {{ service: {{ name: up, port: {{ name: use-annotation }} }} }} }}, ");
    let text = ingress(&head, HOST, PATH).replace("paths: [", &action);
    import(&[&workload("web", PORT), &service("web", "", "port: 80, targetPort: 8080"), &text])
}

#[test]
fn https_beside_plain_http_has_a_certificate() {
    let both = annotated("alb", &format!("{ARN}, {BOTH}"), HOST, PATH);
    assert_eq!(both.routes("web"), ["a.example.com prefix / plain"]);
    assert_eq!(both.0.spec.certificates.len(), 1);
    let head = "  annotations: { nginx.ingress.kubernetes.io/ssl-redirect: 'false' }\nspec:\n  ingressClassName: nginx\n  \
                tls: [{ hosts: [a.example.com], secretName: web-tls }]\n";
    let nginx = certified(&[
        &workload("web", PORT),
        &service("web", "", "port: 80, targetPort: 8080"),
        &ingress(head, HOST, PATH),
    ]);
    assert_eq!(nginx.routes("web"), ["a.example.com prefix / plain"]);
    assert_eq!(nginx.0.spec.certificates.len(), 1);
    assert!(annotated("alb", "a: b", HOST, PATH).0.spec.certificates.is_empty(), "plain HTTP alone needs none");
}

#[test]
fn an_action_that_redirects_everything_is_a_redirect_of_the_host() {
    let import = upgraded(&format!("{ARN}, {BOTH}"), "path: /*, pathType: ImplementationSpecific");
    assert_eq!(import.routes("web"), ["a.example.com prefix /"]);
    assert!(import.raised("kube-redirect-code"), "302 becomes 301");
    let part = upgraded(&format!("{ARN}, {BOTH}"), "path: /shop, pathType: Prefix");
    assert_eq!(part.routes("web"), ["a.example.com prefix / plain"]);
    assert_eq!(part.fate("Ingress", "web", "spec.rules[0].http.paths[0].path"), Fate::Unsupported);
}

#[test]
fn a_redirect_to_https_that_nobody_serves_is_lost() {
    let import = upgraded("a: b", PATH);
    assert_eq!(import.routes("web"), ["a.example.com prefix / plain"]);
    assert_eq!(import.fate("Ingress", "web", "spec.rules[0].http.paths[0].path"), Fate::Unsupported);
    assert_eq!(
        import.fate("Ingress", "web", "metadata.annotations[\"alb.ingress.kubernetes.io/actions.up\"]"),
        Fate::Unsupported
    );
}

#[test]
fn certificates_of_google_are_for_all_hosts() {
    let named = annotated("gce", "networking.gke.io/managed-certificates: web", HOST, PATH);
    assert_eq!(named.routes("web"), ["a.example.com prefix / plain"], "plain HTTP is answered too");
    assert_eq!(named.0.spec.certificates.len(), 1);
    let only = annotated("gce", "kubernetes.io/ingress.allow-http: 'false'", HOST, PATH);
    assert_eq!(only.routes("web"), ["a.example.com prefix /"]);
    assert_eq!(only.0.spec.certificates.len(), 1);
    assert!(annotated("gce", "a: b", HOST, PATH).0.spec.certificates.is_empty());
}

#[test]
fn nobody_requests_a_certificate_that_is_given() {
    let head = "  annotations: { cert-manager.io/cluster-issuer: main }\nspec:\n  ingressClassName: nginx\n  \
                tls: [{ hosts: [a.example.com] }]\n";
    let documents =
        [workload("web", PORT), service("web", "", "port: 80, targetPort: 8080"), ingress(head, HOST, PATH)];
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let path = "metadata.annotations[\"cert-manager.io/cluster-issuer\"]";
    assert_eq!(certified(&documents).fate("Ingress", "web", path), Fate::Ignored);
    assert_eq!(import(&documents).fate("Ingress", "web", path), Fate::Assumed);
}
