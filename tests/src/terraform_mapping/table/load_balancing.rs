//! Load balancer, listeners, rules, target groups, public names.

use crate::terraform_mapping::row::{
    Form, Match, Only, Row, TypeMapping, block, each, one, pair, plan_only, same, set, tags, text,
};

/// The types of this family.
pub(super) const TYPES: &[TypeMapping] = &[
    one("AWS::ElasticLoadBalancingV2::Listener", &[block("aws_lb_listener", LISTENER)]),
    one("AWS::ElasticLoadBalancingV2::ListenerCertificate", &[block("aws_lb_listener_certificate", CERTIFICATE)]),
    one("AWS::ElasticLoadBalancingV2::ListenerRule", &[block("aws_lb_listener_rule", RULE)]),
    one("AWS::ElasticLoadBalancingV2::LoadBalancer", &[block("aws_lb", LOAD_BALANCER)]),
    one("AWS::ElasticLoadBalancingV2::TargetGroup", &[block("aws_lb_target_group", TARGET_GROUP)]),
    one("AWS::Route53::RecordSet", &[block("aws_route53_record", RECORD)]),
    one("AWS::WAFv2::WebACLAssociation", &[block("aws_wafv2_web_acl_association", WEB_ACL)]),
];

const SCHEME: Form = Form::Words(&[("\"internal\"", "true"), ("\"internet-facing\"", "false")]);

const LOAD_BALANCER: &[Row] = &[
    same("/Name", "name"),
    pair("/Scheme", "internal", SCHEME),
    same("/Type", "load_balancer_type"),
    same("/IpAddressType", "ip_address_type"),
    set("/Subnets", "subnets"),
    set("/SecurityGroups", "security_groups"),
    same("/LoadBalancerAttributes[access_logs.s3.bucket]", "access_logs.bucket"),
    text("/LoadBalancerAttributes[access_logs.s3.enabled]", "access_logs.enabled"),
    same("/LoadBalancerAttributes[access_logs.s3.prefix]", "access_logs.prefix"),
    text("/LoadBalancerAttributes[deletion_protection.enabled]", "enable_deletion_protection"),
    text("/LoadBalancerAttributes[idle_timeout.timeout_seconds]", "idle_timeout"),
    same("/LoadBalancerAttributes[routing.http.desync_mitigation_mode]", "desync_mitigation_mode"),
    text("/LoadBalancerAttributes[routing.http.drop_invalid_header_fields.enabled]", "drop_invalid_header_fields"),
    tags("/Tags"),
];

const LISTENER: &[Row] = &[
    same("/LoadBalancerArn", "load_balancer_arn"),
    same("/Port", "port"),
    same("/Protocol", "protocol"),
    same("/SslPolicy", "ssl_policy"),
    same("/Certificates/0/CertificateArn", "certificate_arn"),
    each("/DefaultActions", "default_action", Match::Order, DEFAULT_ACTION),
    tags("/Tags"),
];

const DEFAULT_ACTION: &[Row] = &[
    same("/Type", "type"),
    same("/FixedResponseConfig/ContentType", "fixed_response.content_type"),
    same("/FixedResponseConfig/MessageBody", "fixed_response.message_body"),
    same("/FixedResponseConfig/StatusCode", "fixed_response.status_code"),
    same("/RedirectConfig/Port", "redirect.port"),
    same("/RedirectConfig/Protocol", "redirect.protocol"),
    same("/RedirectConfig/StatusCode", "redirect.status_code"),
];

const CERTIFICATE: &[Row] =
    &[same("/ListenerArn", "listener_arn"), same("/Certificates/0/CertificateArn", "certificate_arn")];

const RULE: &[Row] = &[
    same("/ListenerArn", "listener_arn"),
    same("/Priority", "priority"),
    each("/Actions", "action", Match::Order, ACTION),
    each("/Conditions", "condition", Match::Content, CONDITION),
    each("/Transforms", "transform", Match::Key("/Type", "type"), TRANSFORM),
    tags("/Tags"),
];

const ACTION: &[Row] = &[
    same("/Type", "type"),
    each("/ForwardConfig/TargetGroups", "forward.target_group", Match::Key("/TargetGroupArn", "arn"), FORWARD),
    plan_only(
        "/ForwardConfig/TargetGroupStickinessConfig/Enabled",
        "false",
        "Terraform's block has no stickiness, which is none",
    ),
    same("/FixedResponseConfig/ContentType", "fixed_response.content_type"),
    same("/FixedResponseConfig/MessageBody", "fixed_response.message_body"),
    same("/FixedResponseConfig/StatusCode", "fixed_response.status_code"),
    same("/RedirectConfig/Host", "redirect.host"),
    same("/RedirectConfig/Path", "redirect.path"),
    same("/RedirectConfig/Query", "redirect.query"),
    same("/RedirectConfig/Port", "redirect.port"),
    same("/RedirectConfig/Protocol", "redirect.protocol"),
    same("/RedirectConfig/StatusCode", "redirect.status_code"),
];

const FORWARD: &[Row] = &[same("/TargetGroupArn", "arn"), same("/Weight", "weight")];

const CONDITION: &[Row] = &[
    Row::PlanOnly { plan: "/Field", value: Only::Anything, why: "the nested block's name says which field it is" },
    set("/HostHeaderConfig/Values", "host_header.values"),
    set("/PathPatternConfig/Values", "path_pattern.values"),
    set("/PathPatternConfig/RegexValues", "path_pattern.regex_values"),
    set("/HttpRequestMethodConfig/Values", "http_request_method.values"),
    same("/HttpHeaderConfig/HttpHeaderName", "http_header.http_header_name"),
    set("/HttpHeaderConfig/Values", "http_header.values"),
    each("/QueryStringConfig/Values", "query_string", Match::Content, PARAMETER),
    set("/SourceIpConfig/Values", "source_ip.values"),
];

const PARAMETER: &[Row] = &[same("/Key", "key"), same("/Value", "value")];

const TRANSFORM: &[Row] = &[
    same("/Type", "type"),
    same("/UrlRewriteConfig/Rewrites/0/Regex", "url_rewrite_config.rewrite.regex"),
    same("/UrlRewriteConfig/Rewrites/0/Replace", "url_rewrite_config.rewrite.replace"),
    same("/HostHeaderRewriteConfig/Rewrites/0/Regex", "host_header_rewrite_config.rewrite.regex"),
    same("/HostHeaderRewriteConfig/Rewrites/0/Replace", "host_header_rewrite_config.rewrite.replace"),
];

const TARGET_GROUP: &[Row] = &[
    same("/Name", "name"),
    same("/VpcId", "vpc_id"),
    same("/TargetType", "target_type"),
    same("/Port", "port"),
    same("/Protocol", "protocol"),
    same("/ProtocolVersion", "protocol_version"),
    same("/HealthCheckEnabled", "health_check.enabled"),
    same("/HealthCheckProtocol", "health_check.protocol"),
    same("/HealthCheckPort", "health_check.port"),
    same("/HealthCheckPath", "health_check.path"),
    same("/HealthCheckIntervalSeconds", "health_check.interval"),
    same("/HealthCheckTimeoutSeconds", "health_check.timeout"),
    same("/HealthyThresholdCount", "health_check.healthy_threshold"),
    same("/UnhealthyThresholdCount", "health_check.unhealthy_threshold"),
    same("/Matcher/HttpCode", "health_check.matcher"),
    text("/TargetGroupAttributes[deregistration_delay.timeout_seconds]", "deregistration_delay"),
    same("/TargetGroupAttributes[load_balancing.cross_zone.enabled]", "load_balancing_cross_zone_enabled"),
    text("/TargetGroupAttributes[slow_start.duration_seconds]", "slow_start"),
    text("/TargetGroupAttributes[stickiness.enabled]", "stickiness.enabled"),
    same("/TargetGroupAttributes[stickiness.type]", "stickiness.type"),
    same("/TargetGroupAttributes[stickiness.app_cookie.cookie_name]", "stickiness.cookie_name"),
    text(
        "/TargetGroupAttributes[stickiness.app_cookie.duration_seconds or stickiness.lb_cookie.duration_seconds]",
        "stickiness.cookie_duration",
    ),
    tags("/Tags"),
];

const RECORD: &[Row] = &[
    same("/HostedZoneId", "zone_id"),
    same("/Name", "name"),
    same("/Type", "type"),
    same("/AliasTarget/DNSName", "alias.name"),
    same("/AliasTarget/HostedZoneId", "alias.zone_id"),
    same("/AliasTarget/EvaluateTargetHealth", "alias.evaluate_target_health"),
];

const WEB_ACL: &[Row] = &[same("/ResourceArn", "resource_arn"), same("/WebACLArn", "web_acl_arn")];
