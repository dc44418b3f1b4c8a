//! Services and network policies.

use crate::kube::{
    codes::traffic as codes,
    table::{
        kinds::{Kind, Section},
        metadata::{METADATA, OBJECT},
        row::{Row, ignored, mapped, mapped_as, said},
    },
};

pub(super) const SERVICE: Kind = Kind {
    name: "Service",
    groups: &[""],
    api: Some("Service"),
    sections: &[
        Section { at: "", rows: &[OBJECT] },
        Section { at: "metadata", rows: &[METADATA] },
        Section { at: "spec", rows: &[SERVICE_SPEC] },
    ],
};

static SERVICE_SPEC: &[Row] = &[
    mapped_as("selector.<map>", "discovery.names", "it finds the workload that gets the Service's name"),
    mapped_as("type", "discovery", "how the service is reached"),
    mapped("ports[].port", "discovery"),
    mapped("ports[].targetPort", "port"),
    mapped_as("ports[].name", "ports", "routes and other objects name the port by it"),
    mapped_as("ports[].protocol", "port", "Skiff opens TCP"),
    mapped_as("ports[].appProtocol", "protocol", "what the load balancer speaks, when a route leads here"),
    ignored("ports[].nodePort", "VMs have no node ports"),
    ignored("clusterIP", "a name leads to the members themselves, whatever address the Service had"),
    ignored("clusterIPs[]", "addresses of the cluster go with it; callers use the name"),
    mapped_as("sessionAffinity", "stickiness", "whether a client stays with its member"),
    mapped("sessionAffinityConfig.clientIP.timeoutSeconds", "stickiness.duration"),
    mapped_as("publishNotReadyAddresses", "discovery", "a name leads to members that are healthy"),
    mapped_as("internalTrafficPolicy", "discovery", "callers reach all members"),
    ignored("ipFamilies[]", "names lead to IPv4 addresses"),
    ignored("ipFamilyPolicy", "names lead to IPv4 addresses"),
    ignored("externalTrafficPolicy", "the client's address is in the header `X-Forwarded-For`"),
    ignored("healthCheckNodePort", "VMs have no node ports"),
    ignored("allocateLoadBalancerNodePorts", "VMs have no node ports"),
    ignored("trafficDistribution", "requests are spread over the members of all zones"),
    ignored("ipFamily", "names lead to IPv4 addresses"),
    ignored("topologyKeys[]", "requests are spread over the members of all zones"),
    mapped("loadBalancerSourceRanges[]", "routes"),
    ignored("loadBalancerClass", "Skiff makes the load balancer"),
    said(
        "loadBalancerIP",
        "",
        &codes::OWN_ADDRESS,
        "a load balancer for HTTP has no fixed address",
        "give its clients a name in DNS",
    ),
    said(
        "externalIPs[]",
        "",
        &codes::SERVICE_SETTING,
        "addresses of nodes lead to no VM",
        "point their clients at the service's route",
    ),
    said(
        "externalName",
        "",
        &codes::NO_SELECTOR,
        "the name stands for something outside of the import",
        "give the callers that name itself",
    ),
];

pub(super) const NETWORK_POLICY: Kind = Kind {
    name: "NetworkPolicy",
    groups: &["networking.k8s.io", "extensions"],
    api: Some("NetworkPolicy"),
    sections: &[
        Section { at: "", rows: &[OBJECT] },
        Section { at: "metadata", rows: &[METADATA] },
        Section { at: "spec", rows: &[NETWORK_POLICY_SPEC] },
    ],
};

static NETWORK_POLICY_SPEC: &[Row] = &[
    mapped_as("podSelector.**", "uses", "which services the policy is about"),
    mapped_as("policyTypes[]", "uses", "which directions the policy is about"),
    mapped_as("ingress", "uses", "nobody connects but who uses the service"),
    mapped_as("ingress[].from[].podSelector.**", "uses", "callers that use the service"),
    mapped_as("ingress[].from[].namespaceSelector.**", "uses", "callers that may use the service"),
    mapped("ingress[].from[].ipBlock.cidr", "routes"),
    mapped("ingress[].from[].ipBlock.except[]", "routes"),
    mapped("ingress[].ports[].port", "uses"),
    mapped("ingress[].ports[].protocol", "uses"),
    said(
        "ingress[].ports[].endPort",
        "",
        &codes::POLICY_CHANGED,
        "who uses a service reaches all of its ports, and no others",
        "nothing must be done",
    ),
    mapped_as("egress", "egress", "it connects to what it uses, and by HTTPS"),
    mapped_as("egress[].to[].podSelector.**", "uses", "services that it uses"),
    mapped_as("egress[].to[].namespaceSelector.**", "uses", "services that it may use"),
    mapped("egress[].to[].ipBlock.cidr", "egress"),
    mapped("egress[].to[].ipBlock.except[]", "egress"),
    mapped("egress[].ports[].port", "egress"),
    mapped("egress[].ports[].protocol", "egress"),
    mapped("egress[].ports[].endPort", "egress"),
];
