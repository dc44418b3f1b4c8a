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

    /// Sends the client to HTTPS.
    #[must_use]
    pub fn redirect_to_https() -> Self {
        let redirect = Redirect { port: "443".into(), protocol: "HTTPS".into(), status_code: "HTTP_301".into() };
        Self { redirect_config: Some(redirect), action_type: "redirect", ..Self::NOTHING }
    }
}

/// An answer of the load balancer itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// A redirect.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Redirect {
    pub port: String,
    pub protocol: String,
    pub status_code: String,
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

/// A condition of a listener rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleCondition {
    pub field: &'static str,
    pub host_header_config: Option<Values>,
    pub path_pattern_config: Option<PathValues>,
}

/// Any of these values.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Values {
    pub values: Vec<String>,
}

/// Any of these values, or any of these regular expressions.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// `AWS::ElasticLoadBalancingV2::ListenerRule`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerRule {
    pub actions: Vec<Action>,
    pub conditions: Vec<RuleCondition>,
    pub listener_arn: Expr,
    pub priority: Number,
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
