//! Where pods run and how they find others, by the traps of the Kubernetes API.

use crate::imported::Imported;
use skiff_compiler::spec::service::Architecture;
use skiff_importers::account::Fate;

fn pod(lines: &str) -> Imported {
    Imported::pod(lines, "")
}

fn architecture(lines: &str) -> (Option<Architecture>, usize) {
    let import = pod(lines);
    let arch = import.web().size.as_ref().and_then(|size| size.arch);
    (arch, import.findings("SK0896").len())
}

#[test]
fn an_architecture_that_nobody_says_is_assumed_once() {
    assert_eq!(architecture(""), (Some(Architecture::X86), 1));
    assert_eq!(architecture("      nodeSelector: { kubernetes.io/arch: amd64 }"), (Some(Architecture::X86), 0));
    assert_eq!(architecture("      nodeSelector: { kubernetes.io/arch: arm64 }"), (None, 0));
}

#[test]
fn required_affinity_chooses_the_architecture() {
    let affinity = |operator: &str, values: &str| {
        format!(
            "      affinity: {{ nodeAffinity: {{ requiredDuringSchedulingIgnoredDuringExecution: {{ nodeSelectorTerms: [{{
        matchExpressions: [{{ key: kubernetes.io/arch, operator: {operator}, values: [{values}] }}] }}] }} }} }}"
        )
    };
    assert_eq!(architecture(&affinity("In", "amd64, arm64")), (None, 0));
    assert_eq!(architecture(&affinity("NotIn", "arm64")), (Some(Architecture::X86), 0));
    let other = pod(&affinity("In", "s390x"));
    assert_eq!(other.fate("values[0]").0, Fate::Unsupported);
}

#[test]
fn an_instance_type_of_ec2_is_taken() {
    let import = pod("      nodeSelector: { node.kubernetes.io/instance-type: m7g.large }");
    let size = import.web().size.clone().unwrap();
    assert_eq!(size.instance_type.unwrap().value, "m7g.large");
    assert_eq!(size.arch, None);
    let other = pod("      nodeSelector: { node.kubernetes.io/instance-type: n2-standard-4 }");
    assert_eq!(other.fate("instance-type\"]").0, Fate::Unsupported);
}

#[test]
fn labels_of_nodes_are_said_by_their_meaning() {
    let import = pod("      nodeSelector:
        kubernetes.io/os: linux
        disktype: ssd
        karpenter.sh/capacity-type: spot
        topology.kubernetes.io/zone: eu-west-1a
        cloud.google.com/gke-accelerator: nvidia-l4");
    assert_eq!(import.fate("os\"]").0, Fate::Ignored);
    assert_eq!(import.fate("disktype").0, Fate::Unsupported);
    assert_eq!(import.fate("capacity-type\"]").0, Fate::Changed);
    assert_eq!(import.fate("zone\"]").0, Fate::Changed);
    assert_eq!(import.fate("accelerator\"]").0, Fate::Unsupported);
    assert_eq!(pod("      nodeSelector: { kubernetes.io/os: windows }").fate("os\"]").0, Fate::Unsupported);
}

#[test]
fn members_are_always_apart_and_never_together() {
    let import = pod("      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: apart } } }
          - { topologyKey: topology.kubernetes.io/zone, labelSelector: { matchLabels: { app: zoned } } }
          - { topologyKey: rack, labelSelector: { matchLabels: { app: racked } } }
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: together } } }");
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let fate = |part: &str| import.fate(&format!("{part}.labelSelector.matchLabels.app")).0;
    assert_eq!(fate(&format!("podAntiAffinity.{required}[0]")), Fate::Ignored);
    assert_eq!(fate(&format!("podAntiAffinity.{required}[1]")), Fate::Changed);
    assert_eq!(fate(&format!("podAntiAffinity.{required}[2]")), Fate::Unsupported);
    assert_eq!(fate(&format!("podAffinity.{required}[0]")), Fate::Unsupported);
}

#[test]
fn spread_constraints_hold_or_are_said() {
    let import = pod("      topologySpreadConstraints:
      - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule }
      - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway }
      - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule }");
    assert_eq!(import.fate("Constraints[0].maxSkew").0, Fate::Ignored);
    assert_eq!(import.fate("Constraints[1].maxSkew").0, Fate::Ignored);
    assert_eq!(import.fate("Constraints[2].maxSkew").0, Fate::Changed);
}

#[test]
fn schedulers_tolerations_and_priorities() {
    let import = pod(
        "      schedulerName: volcano\n      priorityClassName: high\n      tolerations: [{ operator: Exists }]\n      nodeName: node-1\n      runtimeClassName: gvisor",
    );
    assert_eq!(import.fate("schedulerName").0, Fate::Unsupported);
    assert_eq!(import.fate("priorityClassName").0, Fate::Ignored);
    assert_eq!(import.fate("tolerations[0].operator").0, Fate::Ignored);
    assert_eq!(import.fate("nodeName").0, Fate::Unsupported);
    assert_eq!(import.fate("runtimeClassName").0, Fate::Unsupported);
    assert_eq!(pod("      schedulerName: default-scheduler").fate("schedulerName").0, Fate::Ignored);
}

#[test]
fn names_are_resolved_as_the_pod_says() {
    let import = pod(
        "      dnsPolicy: None
      dnsConfig: { nameservers: [10.0.0.2], searches: [corp.example], options: [{ name: ndots, value: '2' }, { name: edns0 }] }
      hostAliases: [{ ip: 10.1.0.4, hostnames: [ledger, ledger.example] }, { ip: here, hostnames: [a] }]
      securityContext: { sysctls: [{ name: net/core/somaxconn, value: '1024' }] }",
    );
    let web = import.web();
    let dns = web.dns.clone().unwrap();
    assert_eq!(dns.servers[0].value, "10.0.0.2");
    assert_eq!(dns.search[0].value.as_str(), "corp.example");
    assert_eq!(dns.options.iter().map(|option| option.value.as_str()).collect::<Vec<_>>(), ["ndots:2", "edns0"]);
    assert_eq!(web.hosts.get("10.1.0.4").unwrap(), &["ledger", "ledger.example"]);
    assert_eq!(web.hosts.len(), 1);
    assert_eq!(web.sysctls.get("net.core.somaxconn").map(String::as_str), Some("1024"));
    assert_eq!(import.fate("dnsPolicy").0, Fate::Changed);
    assert_eq!(import.fate("hostAliases[1].ip").0, Fate::Unknown);
}

#[test]
fn name_servers_beside_the_clusters_are_left_out() {
    let import = pod("      dnsPolicy: ClusterFirst\n      dnsConfig: { nameservers: [10.0.0.2] }");
    assert!(import.web().dns.is_none());
    assert_eq!(import.fate("nameservers[0]").0, Fate::Changed);
    assert_eq!(import.fate("dnsPolicy").0, Fate::Ignored);
}

#[test]
fn what_is_shared_with_the_host_is_said() {
    let import =
        pod("      hostNetwork: true\n      hostPID: true\n      hostIPC: false\n      shareProcessNamespace: true");
    assert_eq!(import.fate("hostNetwork").0, Fate::Changed);
    assert_eq!(import.fate("hostPID").0, Fate::Unsupported);
    assert_eq!(import.fate("hostIPC").0, Fate::Ignored);
    assert_eq!(import.fate("shareProcessNamespace").0, Fate::Ignored);
}

#[test]
fn a_name_of_its_own_is_lost_only_as_a_dns_name() {
    assert_eq!(pod("      hostname: web-0\n      subdomain: web").fate("subdomain").0, Fate::Unsupported);
    assert_eq!(pod("      subdomain: web").fate("subdomain").0, Fate::Changed);
    assert_eq!(pod("      hostname: web-0").fate("hostname").0, Fate::Changed);
}

#[test]
fn variables_of_services_are_found_where_they_are_used() {
    let used = Imported::pod("", "        args: [\"--cart=$(CART_SERVICE_HOST):${CART_SERVICE_PORT_HTTP}\"]");
    assert_eq!(used.fate("args[0]").0, Fate::Unsupported);
    let reason = used.reason("SK0906");
    assert!(reason.contains("`CART_SERVICE_HOST`") && reason.contains("`CART_SERVICE_PORT_HTTP`"), "{reason}");
    let own = "        env: [{ name: CART_SERVICE_HOST, value: cart }]\n        args: [\"$(CART_SERVICE_HOST)\"]";
    assert!(Imported::pod("", own).findings("SK0906").is_empty());
    let off = "        args: [\"$(CART_SERVICE_HOST)\"]";
    assert!(Imported::pod("      enableServiceLinks: false", off).findings("SK0906").is_empty());
}

#[test]
fn a_service_has_no_deadline() {
    assert_eq!(pod("      activeDeadlineSeconds: 60").fate("activeDeadlineSeconds").0, Fate::Changed);
}

#[test]
fn a_policy_without_name_servers_is_a_typo() {
    assert_eq!(pod("      dnsPolicy: None").fate("dnsPolicy").0, Fate::Unknown);
    assert_eq!(
        pod("      dnsPolicy: None\n      dnsConfig: { nameservers: [1.1.1.1] }").fate("dnsPolicy").0,
        Fate::Changed
    );
}

#[test]
fn one_possible_term_is_enough() {
    let terms = |first: &str| {
        pod(&format!(
            "      affinity: {{ nodeAffinity: {{ requiredDuringSchedulingIgnoredDuringExecution: {{ nodeSelectorTerms: [
        {{ matchExpressions: [{{ key: {first}, operator: In, values: [arm64] }}] }},
        {{ matchExpressions: [{{ key: acme.example/pool, operator: In, values: [fast] }}] }}] }} }} }}"
        ))
    };
    let possible = terms("kubernetes.io/arch");
    assert_eq!(possible.fate("Terms[0].matchExpressions[0].values[0]").0, Fate::Mapped);
    assert_eq!(possible.fate("Terms[1].matchExpressions[0].values[0]").0, Fate::Changed);
    let neither = terms("disktype");
    assert_eq!(neither.fate("Terms[1].matchExpressions[0].values[0]").0, Fate::Unsupported);
}

#[test]
fn windows_is_said_once() {
    let import = pod("      os: { name: windows }\n      nodeSelector: { kubernetes.io/os: windows }
      securityContext: { windowsOptions: { runAsUserName: a } }");
    assert_eq!(import.findings("SK0902").len(), 1);
    assert!(import.findings("SK0896").is_empty());
    assert_eq!(import.fate("runAsUserName").0, Fate::Ignored);
}

#[test]
fn a_label_with_an_amount_becomes_a_size() {
    let import = pod("      nodeSelector: { karpenter.k8s.aws/instance-cpu: '8' }");
    assert!(import.findings("SK0904")[0].action.contains("size: { cpu"));
}
