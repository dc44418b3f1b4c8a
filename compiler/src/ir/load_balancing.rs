//! Elastic Load Balancing: load balancer, listeners, rules, target groups, web ACL association.

use serde::Serialize;

use super::expr::{Expr, attributes};

/// A named attribute of a load balancer or target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    pub key: &'static str,
    pub value: Expr,
}

impl Attribute {
    /// An attribute with a value.
    pub fn new(key: &'static str, value: impl Into<Expr>) -> Self {
        Self { key, value: value.into() }
    }
}

/// `AWS::ElasticLoadBalancingV2::LoadBalancer`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancer {
    pub ip_address_type: String,
    pub load_balancer_attributes: Vec<Attribute>,
    pub name: String,
    pub scheme: String,
    pub security_groups: Vec<Expr>,
    pub subnets: ListExpr,
    #[serde(rename = "Type")]
    pub load_balancer_type: String,
}

attributes!(LoadBalancer {
    /// Its ARN.
    arn = "LoadBalancerArn",
    /// Its DNS name.
    dns_name = "DNSName",
    /// The zone of its DNS name.
    zone_id = "CanonicalHostedZoneID",
    /// `app/name/id`, the CloudWatch dimension.
    full_name = "LoadBalancerFullName",
});

/// A list of texts, or an input that is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ListExpr {
    /// These.
    Items(Vec<Expr>),
    /// A named input of the plan whose value is a list.
    Input(Expr),
}

impl ListExpr {
    /// The items, when they are known one by one.
    #[must_use]
    pub fn items(&self) -> &[Expr] {
        match self {
            Self::Items(items) => items,
            Self::Input(_) => &[],
        }
    }
}

/// What a listener or rule does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Action {
    pub fixed_response_config: Option<FixedResponse>,
    pub forward_config: Option<Forward>,
    pub redirect_config: Option<Redirect>,
    #[serde(rename = "Type")]
    pub action_type: &'static str,
}

impl Action {
    const NOTHING: Self =
        Self { fixed_response_config: None, forward_config: None, redirect_config: None, action_type: "" };

    /// Answers by itself.
    #[must_use]
    pub fn fixed_response(response: FixedResponse) -> Self {
        Self { fixed_response_config: Some(response), action_type: "fixed-response", ..Self::NOTHING }
    }

    /// Forwards by weight.
    #[must_use]
    pub fn forward(target_groups: Vec<WeightedTargetGroup>) -> Self {
        let stickiness = Stickiness { enabled: false };
        let forward = Forward { target_group_stickiness_config: stickiness, target_groups };
        Self { forward_config: Some(forward), action_type: "forward", ..Self::NOTHING }
    }

    /// Sends the client elsewhere.
    #[must_use]
    pub fn redirect(redirect: Redirect) -> Self {
        Self { redirect_config: Some(redirect), action_type: "redirect", ..Self::NOTHING }
    }

    /// Sends the client to HTTPS.
    #[must_use]
    pub fn redirect_to_https() -> Self {
        Self::redirect(Redirect {
            host: None,
            path: None,
            port: "443".into(),
            protocol: "HTTPS".into(),
            query: None,
            status_code: "HTTP_301",
        })
    }
}

/// An answer of the load balancer itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FixedResponse {
    pub content_type: String,
    pub message_body: String,
    pub status_code: String,
}

/// Target groups with weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Forward {
    pub target_group_stickiness_config: Stickiness,
    pub target_groups: Vec<WeightedTargetGroup>,
}

/// Whether a client stays with the target group it met first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Stickiness {
    pub enabled: bool,
}

/// A target group and its share.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WeightedTargetGroup {
    pub target_group_arn: Expr,
    pub weight: u16,
}

/// A redirect; `#{host}` and its like stand for a part of the request, and an absent part stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Redirect {
    pub host: Option<String>,
    pub path: Option<String>,
    pub port: String,
    pub protocol: String,
    pub query: Option<String>,
    pub status_code: &'static str,
}

/// A certificate of a listener.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate {
    pub certificate_arn: String,
}

/// `AWS::ElasticLoadBalancingV2::Listener`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener {
    pub certificates: Option<Vec<Certificate>>,
    pub default_actions: Vec<Action>,
    pub load_balancer_arn: Expr,
    pub port: u16,
    pub protocol: String,
    pub ssl_policy: Option<String>,
}

attributes!(Listener {
    /// Its ARN.
    arn = "ListenerArn",
});

/// `AWS::ElasticLoadBalancingV2::ListenerCertificate`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerCertificate {
    pub certificates: Vec<Certificate>,
    pub listener_arn: Expr,
}

/// A condition of a listener rule: the configuration of its field, and no other.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleCondition {
    pub field: &'static str,
    pub host_header_config: Option<Values>,
    pub http_header_config: Option<HeaderValues>,
    pub http_request_method_config: Option<Values>,
    pub path_pattern_config: Option<PathValues>,
    pub query_string_config: Option<QueryValues>,
    pub source_ip_config: Option<Values>,
}

impl RuleCondition {
    /// Any of these hosts.
    #[must_use]
    pub fn hosts(values: Vec<String>) -> Self {
        Self { field: "host-header", host_header_config: Some(Values { values }), ..Self::default() }
    }

    /// A header with any of these values.
    #[must_use]
    pub fn header(http_header_name: String, values: Vec<String>) -> Self {
        let header = HeaderValues { http_header_name, values };
        Self { field: "http-header", http_header_config: Some(header), ..Self::default() }
    }

    /// Any of these methods.
    #[must_use]
    pub fn methods(values: Vec<String>) -> Self {
        Self { field: "http-request-method", http_request_method_config: Some(Values { values }), ..Self::default() }
    }

    /// Any of these paths.
    #[must_use]
    pub fn paths(values: PathValues) -> Self {
        Self { field: "path-pattern", path_pattern_config: Some(values), ..Self::default() }
    }

    /// A query parameter with this value. Values of one condition are alternatives, so each parameter has its own.
    #[must_use]
    pub fn parameter(key: String, value: String) -> Self {
        let query = QueryValues { values: vec![QueryValue { key, value }] };
        Self { field: "query-string", query_string_config: Some(query), ..Self::default() }
    }

    /// Any of these ranges.
    #[must_use]
    pub fn sources(values: Vec<String>) -> Self {
        Self { field: "source-ip", source_ip_config: Some(Values { values }), ..Self::default() }
    }
}

/// A header and any of these values.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HeaderValues {
    pub http_header_name: String,
    pub values: Vec<String>,
}

/// Any of these query parameters.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryValues {
    pub values: Vec<QueryValue>,
}

/// A query parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryValue {
    pub key: String,
    pub value: String,
}

/// Any of these values.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Values {
    pub values: Vec<String>,
}

/// Any of these values, or any of these regular expressions.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PathValues {
    pub regex_values: Option<Vec<String>>,
    pub values: Option<Vec<String>>,
}

/// A number, or the input that will give it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// Known now.
    Known(u32),
    /// A named input of the plan.
    Input(Expr),
}

/// What a rule changes in a request before it forwards it; one of each type at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transform {
    pub host_header_rewrite_config: Option<Rewrites>,
    #[serde(rename = "Type")]
    pub transform_type: &'static str,
    pub url_rewrite_config: Option<Rewrites>,
}

impl Transform {
    /// Changes the path and the query.
    #[must_use]
    pub fn url(rewrite: Rewrite) -> Self {
        let rewrites = Some(Rewrites { rewrites: vec![rewrite] });
        Self { host_header_rewrite_config: None, transform_type: "url-rewrite", url_rewrite_config: rewrites }
    }

    /// Changes the host.
    #[must_use]
    pub fn host(rewrite: Rewrite) -> Self {
        let rewrites = Some(Rewrites { rewrites: vec![rewrite] });
        Self { host_header_rewrite_config: rewrites, transform_type: "host-header-rewrite", url_rewrite_config: None }
    }
}

/// The rewrites of a transform; Elastic Load Balancing takes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rewrites {
    pub rewrites: Vec<Rewrite>,
}

/// What is replaced, a regular expression, and by what; `$1` is the expression's first group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rewrite {
    pub regex: String,
    pub replace: String,
}

/// `AWS::ElasticLoadBalancingV2::ListenerRule`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerRule {
    pub actions: Vec<Action>,
    pub conditions: Vec<RuleCondition>,
    pub listener_arn: Expr,
    pub priority: Number,
    pub transforms: Option<Vec<Transform>>,
}

impl ListenerRule {
    /// Whether it forwards, so that the runtime owns its weights.
    #[must_use]
    pub fn forwards(&self) -> bool {
        self.actions.iter().any(|action| action.forward_config.is_some())
    }
}

attributes!(ListenerRule {
    /// Its ARN.
    arn = "RuleArn",
});

/// Which answers are healthy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Matcher {
    pub http_code: &'static str,
}

/// `AWS::ElasticLoadBalancingV2::TargetGroup`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroup {
    pub health_check_enabled: bool,
    pub health_check_interval_seconds: Option<u32>,
    pub health_check_path: String,
    pub health_check_port: String,
    pub health_check_protocol: &'static str,
    pub health_check_timeout_seconds: Option<u32>,
    pub healthy_threshold_count: Option<u32>,
    pub matcher: Matcher,
    pub name: String,
    pub port: u16,
    pub protocol: String,
    pub protocol_version: &'static str,
    pub target_group_attributes: Vec<Attribute>,
    pub target_type: &'static str,
    pub unhealthy_threshold_count: Option<u32>,
    pub vpc_id: Expr,
}

attributes!(TargetGroup {
    /// Its ARN.
    arn = "TargetGroupArn",
    /// `targetgroup/name/id`, the CloudWatch dimension.
    full_name = "TargetGroupFullName",
});

/// `AWS::WAFv2::WebACLAssociation`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WebAclAssociation {
    pub resource_arn: Expr,
    #[serde(rename = "WebACLArn")]
    pub web_acl_arn: String,
}
