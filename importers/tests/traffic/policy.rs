//! NetworkPolicies: who may connect to whom, and out to where.

use skiff_importers::account::Fate;

use super::{Imported, import, service, workload};

fn with(spec: &str) -> Imported {
    let port = "{ containerPort: 8080 }";
    let caller = workload("shop", "").replace("ports: []", "env: [{ name: WEB_URL, value: 'http://web' }]");
    let policy =
        format!("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{ name: rules }}\nspec:\n{spec}");
    import(&[&caller, &workload("batch", ""), &workload("web", port), &service("web", "", "port: 8080"), &policy])
}

#[test]
fn a_named_peer_uses_the_service_and_no_other_does() {
    let import = with(
        "  podSelector: { matchLabels: { app: web } }\n  ingress: [{ from: [{ podSelector: { matchLabels: { app: batch } } }], ports: [{ port: 8080 }] }]\n",
    );
    assert_eq!(import.uses("batch"), ["web"]);
    assert!(import.uses("shop").is_empty(), "the policy does not let it in");
    assert!(!import.raised("kube-assumed-callers"));
    assert_eq!(
        import.fate("NetworkPolicy", "rules", "spec.ingress[0].from[0].podSelector.matchLabels.app"),
        Fate::Mapped
    );
    assert_eq!(import.fate("NetworkPolicy", "rules", "spec.ingress[0].ports[0].port"), Fate::Mapped);
}

#[test]
fn an_empty_policy_denies_everything() {
    let import = with("  podSelector: {}\n  policyTypes: [Ingress]\n");
    assert!(import.uses("shop").is_empty());
    let egress = with("  podSelector: { matchLabels: { app: shop } }\n  policyTypes: [Egress]\n");
    assert!(egress.uses("shop").is_empty());
    let other = with("  podSelector: { matchLabels: { app: batch } }\n");
    assert_eq!(other.uses("shop"), ["web"], "a policy is about those that it selects");
}

#[test]
fn everybody_is_those_who_use_it() {
    let import = with("  podSelector: { matchLabels: { app: web } }\n  ingress: [{}]\n");
    assert_eq!(import.uses("shop"), ["web"]);
    assert!(import.raised("kube-network-policy-changed"));
    let all = with("  podSelector: { matchLabels: { app: web } }\n  ingress: [{ from: [{ podSelector: {} }] }]\n");
    assert_eq!(all.uses("shop"), ["web"]);
    assert!(all.uses("batch").is_empty(), "all may, and that alone is no call");
}

#[test]
fn fewer_ports_than_the_service_has_are_wider_with_skiff() {
    let import = with(
        "  podSelector: { matchLabels: { app: web } }\n  ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 9090 }] }]\n",
    );
    assert_eq!(import.fate("NetworkPolicy", "rules", "spec.ingress[0].ports[0].port"), Fate::Changed);
}

#[test]
fn a_peer_that_is_not_there_is_said() {
    let import = with(
        "  podSelector: { matchLabels: { app: web } }\n  ingress: [{ from: [{ podSelector: { matchLabels: { app: nobody } } }, { namespaceSelector: { matchLabels: { team: x } } }] }]\n",
    );
    assert_eq!(
        import.fate("NetworkPolicy", "rules", "spec.ingress[0].from[0].podSelector.matchLabels.app"),
        Fate::Unsupported
    );
    assert_eq!(
        import.fate("NetworkPolicy", "rules", "spec.ingress[0].from[1].namespaceSelector.matchLabels.team"),
        Fate::Unsupported
    );
    let own = with(
        "  podSelector: { matchLabels: { app: web } }\n  ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: default } } }] }]\n",
    );
    assert_eq!(own.uses("shop"), ["web"]);
}

#[test]
fn ways_out_are_ranges_and_ports() {
    let import = with(
        "  podSelector: { matchLabels: { app: batch } }\n  policyTypes: [Egress]\n  egress:\n    - { to: [{ ipBlock: { cidr: 10.1.0.0/16, except: [10.1.2.0/24] } }], ports: [{ port: 5432 }, { port: 53, protocol: UDP }] }\n    \
         - { to: [{ podSelector: { matchLabels: { app: web } } }] }\n",
    );
    let egress = &import.service("batch").egress;
    assert_eq!((egress.len(), egress[0].to.value.to_string(), egress[0].port), (1, "10.1.0.0/16".into(), 5432));
    assert_eq!(import.uses("batch"), ["web"]);
    assert_eq!(import.fate("NetworkPolicy", "rules", "spec.egress[0].to[0].ipBlock.except[0]"), Fate::Unsupported);
    assert_eq!(import.fate("NetworkPolicy", "rules", "spec.egress[0].to[0].ipBlock.cidr"), Fate::Mapped);
    assert_eq!(import.fate("NetworkPolicy", "rules", "spec.egress[0].ports[0].port"), Fate::Mapped);
    assert_eq!(import.fate("NetworkPolicy", "rules", "spec.egress[0].ports[1].port"), Fate::Ignored);
    let all = with("  podSelector: { matchLabels: { app: batch } }\n  policyTypes: [Egress]\n  egress: [{}]\n");
    assert!(all.raised("kube-network-policy-changed") && all.service("batch").egress.is_empty());
}

#[test]
fn a_policy_for_nothing_of_the_import_is_lost() {
    let import = with("  podSelector: { matchLabels: { app: nobody } }\n");
    assert_eq!(import.fate("NetworkPolicy", "rules", "spec.podSelector.matchLabels.app"), Fate::Unsupported);
}

#[test]
fn https_goes_out_all_the_same() {
    let shop = "  podSelector: { matchLabels: { app: shop } }\n  policyTypes: [Egress]\n";
    let none = with(shop);
    assert_eq!(none.fate("NetworkPolicy", "rules", "spec.policyTypes[0]"), Fate::Changed);
    let one = with(&format!(
        "{shop}  egress: [{{ to: [{{ ipBlock: {{ cidr: 10.1.0.0/16 }} }}], ports: [{{ port: 443 }}] }}]\n"
    ));
    assert_eq!(one.fate("NetworkPolicy", "rules", "spec.egress[0].to[0].ipBlock.cidr"), Fate::Changed);
    let all = with(&format!(
        "{shop}  egress: [{{ to: [{{ ipBlock: {{ cidr: 0.0.0.0/0 }} }}], ports: [{{ port: 443 }}] }}]\n"
    ));
    assert!(!all.raised("kube-network-policy-changed"));
}

#[test]
fn callers_are_known_when_every_service_has_a_policy() {
    let all = with("  podSelector: {}\n  policyTypes: [Ingress]\n");
    assert!(!all.raised("kube-assumed-callers"));
    let other = with("  podSelector: { matchLabels: { app: shop } }\n  policyTypes: [Ingress]\n");
    assert!(other.raised("kube-assumed-callers"), "nothing is said of the callers of `web`");
    let out = with("  podSelector: {}\n  policyTypes: [Egress]\n  egress: [{}]\n");
    assert!(out.raised("kube-assumed-callers"));
}

#[test]
fn names_are_resolved_without_a_rule() {
    let rule = |port: u16| {
        with(&format!(
            "  podSelector: {{ matchLabels: {{ app: shop }} }}\n  policyTypes: [Egress]\n  egress:\n    - {{ to: [{{ namespaceSelector: {{ matchLabels: {{ kubernetes.io/metadata.name: kube-system }} }} }}], ports: [{{ port: {port}, protocol: UDP }}] }}\n"
        ))
    };
    let path = "spec.egress[0].to[0].namespaceSelector.matchLabels[\"kubernetes.io/metadata.name\"]";
    assert_eq!(rule(53).fate("NetworkPolicy", "rules", path), Fate::Ignored);
    assert_eq!(rule(123).fate("NetworkPolicy", "rules", path), Fate::Unsupported);
}
