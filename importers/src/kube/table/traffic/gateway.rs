//! The Gateway API.

use crate::kube::{
    codes::traffic as codes,
    table::{
        kinds::{Kind, Section},
        metadata::{METADATA, OBJECT},
        row::{Row, ignored, mapped, mapped_as, said},
    },
};

const GROUP: &[&str] = &["gateway.networking.k8s.io"];

const REPLACEMENT: &str = "the replacement beside it is of one type, and says which";
const HEADERS_ACTION: &str = "set the headers in the service";

pub(super) const GATEWAY: Kind = Kind {
    name: "Gateway",
    groups: GROUP,
    api: Some("Gateway"),
    sections: &[
        Section { at: "", rows: &[OBJECT] },
        Section { at: "metadata", rows: &[METADATA] },
        Section { at: "spec", rows: &[GATEWAY_SPEC] },
    ],
};

static GATEWAY_SPEC: &[Row] = &[
    mapped_as("gatewayClassName", "/load_balancer", "it decides who carries the routes out"),
    mapped_as("listeners[].name", "", "routes name the listener by it"),
    mapped_as("listeners[].hostname", "", "the hosts of its routes are within it"),
    mapped_as("listeners[].port", "/load_balancer", "Skiff's load balancer listens on 80 and 443"),
    mapped_as("listeners[].protocol", "/load_balancer", "HTTP, or HTTPS with a certificate"),
    mapped_as("listeners[].tls.mode", "/certificates", "the load balancer ends TLS"),
    mapped("listeners[].tls.certificateRefs[].**", "/certificates"),
    said(
        "listeners[].tls.options.<map>",
        "",
        &codes::LISTENER,
        "it is a setting of one controller",
        "set `load_balancer.tls_policy` if another set of ciphers is needed",
    ),
    mapped_as("listeners[].allowedRoutes.**", "", "which routes attach is decided during the import"),
    said(
        "addresses[].**",
        "",
        &codes::LISTENER,
        "a load balancer for HTTP has no fixed address",
        "give its clients a name in DNS",
    ),
    said(
        "infrastructure.parametersRef.**",
        "",
        &codes::LISTENER,
        "it names settings of one controller",
        "read that object, and write what matters to `load_balancer`",
    ),
    ignored("infrastructure.labels.<map>", "Skiff tags the load balancer itself"),
    ignored("infrastructure.annotations.<map>", "they are for what the controller creates"),
    ignored("allowedListeners.**", "listeners are declared with the Gateway or not at all"),
    ignored("defaultScope", "routes name their Gateway"),
    said(
        "tls.**",
        "",
        &codes::LISTENER,
        "the load balancer asks for no client certificates and shows none",
        "let the service check its clients before traffic moves",
    ),
];

pub(super) const HTTP_ROUTE: Kind = Kind {
    name: "HTTPRoute",
    groups: GROUP,
    api: Some("HTTPRoute"),
    sections: &[
        Section { at: "", rows: &[OBJECT] },
        Section { at: "metadata", rows: &[METADATA] },
        Section { at: "spec", rows: &[ROUTE, HTTP_MATCH] },
        Section { at: "spec.rules[].filters[]", rows: &[FILTER, HTTP_FILTER] },
    ],
};

pub(super) const GRPC_ROUTE: Kind = Kind {
    name: "GRPCRoute",
    groups: GROUP,
    api: Some("GRPCRoute"),
    sections: &[
        Section { at: "", rows: &[OBJECT] },
        Section { at: "metadata", rows: &[METADATA] },
        Section { at: "spec", rows: &[ROUTE, GRPC_MATCH] },
        Section { at: "spec.rules[].filters[]", rows: &[FILTER] },
    ],
};

/// What HTTPRoutes and GRPCRoutes have in common.
static ROUTE: &[Row] = &[
    mapped_as("parentRefs[].**", "routes", "the Gateway whose listeners serve it"),
    ignored("useDefaultGateways", "routes name their Gateway"),
    mapped("hostnames[]", "routes"),
    ignored("rules[].name", "routes of Skiff have no names"),
    mapped_as("rules[].backendRefs[].group", "routes", "a Service of the core group"),
    mapped_as("rules[].backendRefs[].kind", "routes", "a Service"),
    mapped_as("rules[].backendRefs[].name", "routes", "the Service leads to the workload"),
    mapped_as("rules[].backendRefs[].namespace", "routes", "the Service's namespace"),
    mapped_as("rules[].backendRefs[].port", "routes", "the Service's port leads to one of the workload"),
    mapped_as("rules[].backendRefs[].weight", "routes", "a single backend gets all requests"),
    said(
        "rules[].backendRefs[].filters[].**",
        "",
        &codes::ROUTE_FILTER,
        "a filter of a backend has no counterpart",
        "move it to the rule, or do it in the service",
    ),
    mapped_as("rules[].sessionPersistence.type", "stickiness", "a cookie"),
    mapped("rules[].sessionPersistence.sessionName", "stickiness"),
    mapped("rules[].sessionPersistence.absoluteTimeout", "stickiness.duration"),
    mapped("rules[].sessionPersistence.idleTimeout", "stickiness"),
    mapped("rules[].sessionPersistence.cookieConfig.**", "stickiness"),
    mapped("rules[].matches[].headers[].type", "routes"),
    mapped("rules[].matches[].headers[].name", "routes"),
    mapped("rules[].matches[].headers[].value", "routes"),
];

static HTTP_MATCH: &[Row] = &[
    mapped("rules[].matches[].path.type", "routes"),
    mapped("rules[].matches[].path.value", "routes"),
    mapped("rules[].matches[].method", "routes"),
    mapped("rules[].matches[].queryParams[].type", "routes"),
    mapped("rules[].matches[].queryParams[].name", "routes"),
    mapped("rules[].matches[].queryParams[].value", "routes"),
    mapped("rules[].timeouts.request", "/load_balancer.idle_timeout"),
    mapped("rules[].timeouts.backendRequest", "/load_balancer.idle_timeout"),
    said(
        "rules[].retry.**",
        "",
        &codes::ROUTE_FILTER,
        "the load balancer does not send a request twice",
        "let callers try again",
    ),
];

static GRPC_MATCH: &[Row] = &[
    mapped("rules[].matches[].method.type", "routes"),
    mapped("rules[].matches[].method.service", "routes"),
    mapped("rules[].matches[].method.method", "routes"),
];

static FILTER: &[Row] = &[
    ignored("type", "the settings beside it are those of one filter, and say which"),
    said("requestHeaderModifier.**", "", &codes::ROUTE_FILTER, "a route changes no headers", HEADERS_ACTION),
    said("responseHeaderModifier.**", "", &codes::ROUTE_FILTER, "a route changes no headers", HEADERS_ACTION),
    said(
        "requestMirror.**",
        "",
        &codes::ROUTE_FILTER,
        "the load balancer copies no requests",
        "try a new version on a shadow release instead",
    ),
    said(
        "extensionRef.**",
        "",
        &codes::ROUTE_FILTER,
        "it is an extension of one controller",
        "look up what it does, and do it in the service",
    ),
];

static HTTP_FILTER: &[Row] = &[
    mapped("requestRedirect.scheme", "/load_balancer.routes"),
    mapped("requestRedirect.hostname", "/load_balancer.routes"),
    mapped("requestRedirect.port", "/load_balancer.routes"),
    mapped("requestRedirect.statusCode", "/load_balancer.routes"),
    ignored("requestRedirect.path.type", REPLACEMENT),
    mapped("requestRedirect.path.replaceFullPath", "/load_balancer.routes"),
    mapped("requestRedirect.path.replacePrefixMatch", "/load_balancer.routes"),
    mapped("urlRewrite.hostname", "routes"),
    ignored("urlRewrite.path.type", REPLACEMENT),
    mapped("urlRewrite.path.replaceFullPath", "routes"),
    mapped("urlRewrite.path.replacePrefixMatch", "routes"),
    said(
        "cors.**",
        "",
        &codes::ROUTE_FILTER,
        "the load balancer adds no headers for CORS",
        "let the service answer preflight requests itself",
    ),
    said(
        "externalAuth.**",
        "",
        &codes::AUTHENTICATION,
        "nobody asks who a client is before the service does",
        "let the service check its clients before traffic moves",
    ),
];

pub(super) const REFERENCE_GRANT: Kind = Kind {
    name: "ReferenceGrant",
    groups: GROUP,
    api: Some("ReferenceGrant"),
    sections: &[
        Section { at: "", rows: &[OBJECT] },
        Section { at: "metadata", rows: &[METADATA] },
        Section { at: "spec", rows: &[GRANT] },
    ],
};

static GRANT: &[Row] = &[
    ignored("from[].**", "services of one application need no grant to be routed to"),
    ignored("to[].**", "services of one application need no grant to be routed to"),
];
