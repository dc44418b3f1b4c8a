//! Who may come from outside: internal load balancers, and ranges that are let in.

use skiff_importers::account::Fate;

use super::{Imported, import, ingress::annotated, ingress::ingress, service, workload};

const PORT: &str = "{ containerPort: 8080 }";
const PATH: &str = "path: /, pathType: Prefix";

fn is_internal(import: &Imported) -> bool {
    import.0.spec.load_balancer.as_ref().is_some_and(|balancer| balancer.scheme.is_some())
}

fn balancer(annotation: &str, more: &str) -> Imported {
    let text = service("web", &format!("  type: LoadBalancer\n{more}"), "port: 80, targetPort: 8080")
        .replace("{ name: web }", &format!("{{ name: web, annotations: {{ {annotation} }} }}"));
    import(&[&workload("web", PORT), &text])
}

#[test]
fn other_clouds_have_words_for_inside_only() {
    assert!(is_internal(&annotated("gce-internal", "a: b", "a.example.com", PATH)));
    assert!(!is_internal(&annotated("gce", "a: b", "a.example.com", PATH)));
    let azure = "service.beta.kubernetes.io/azure-load-balancer-internal";
    assert!(is_internal(&balancer(&format!("{azure}: 'true'"), "")));
    assert!(!is_internal(&balancer(&format!("{azure}: 'false'"), "")));
    let google = balancer("networking.gke.io/load-balancer-type: Internal", "");
    assert!(is_internal(&google));
    let path = "metadata.annotations[\"networking.gke.io/load-balancer-type\"]";
    assert_eq!(google.fate("Service", "web", path), Fate::Mapped);
}

#[test]
fn ranges_of_which_none_is_kept_let_nobody_in() {
    for (class, name) in [
        ("alb", "alb.ingress.kubernetes.io/inbound-cidrs"),
        ("nginx", "nginx.ingress.kubernetes.io/whitelist-source-range"),
    ] {
        let six = annotated(class, &format!("{name}: '2001:db8::/32'"), "a.example.com", PATH);
        assert!(six.routes("web").is_empty());
        assert_eq!(six.fate("Ingress", "web", "spec.rules[0].http.paths[0].path"), Fate::Unsupported);
        let both = annotated(class, &format!("{name}: '2001:db8::/32, 10.0.0.0/8'"), "a.example.com", PATH);
        assert_eq!(both.routes("web"), ["a.example.com prefix / plain from 10.0.0.0/8"]);
    }
    let six = balancer("a: b", "  loadBalancerSourceRanges: ['2001:db8::/32']\n");
    assert!(six.routes("web").is_empty());
    assert_eq!(six.fate("Service", "web", "spec.type"), Fate::Unsupported);
    let action = r#"alb.ingress.kubernetes.io/conditions.web: '[{"field":"source-ip","sourceIpConfig":{"values":["2001:db8::/32"]}}]'"#;
    assert!(annotated("alb", action, "a.example.com", PATH).routes("web").is_empty());
}

#[test]
fn an_internal_ingress_beside_a_public_one_lets_private_addresses_in() {
    let port = "port: 80, targetPort: 8080";
    let (web, back) = (workload("web", PORT), workload("back", PORT));
    let open = "  annotations: { alb.ingress.kubernetes.io/scheme: internet-facing }\nspec:\n  ingressClassName: alb\n";
    let public = ingress(open, "a.example.com", PATH);
    let private = ingress("spec:\n  ingressClassName: alb\n", "b.example.com", PATH).replace("name: web", "name: back");
    let import = import(&[&web, &service("web", "", port), &back, &service("back", "", port), &public, &private]);
    assert!(!is_internal(&import) && import.raised("kube-scheme"));
    assert_eq!(import.routes("web"), ["a.example.com prefix / plain"]);
    assert_eq!(
        import.routes("back"),
        ["b.example.com prefix / plain from 10.0.0.0/8 from 172.16.0.0/12 from 192.168.0.0/16"]
    );
}

#[test]
fn a_path_without_a_slash_is_an_error_of_every_type() {
    for kind in ["Prefix", "Exact", "ImplementationSpecific"] {
        let import = annotated("nginx", "a: b", "a.example.com", &format!("path: shop, pathType: {kind}"));
        assert!(import.raised("kube-bad-path-type") && import.routes("web").is_empty());
    }
}
