//! Load balancers, listeners, rules, target groups.

use super::is_word_or_dash;
use crate::{
    rules::{
        Must::{
            BeAnArn, BeAnId, BeAtMostLong, BeBetween, BeOneOf, Contain, HaveAtLeastOneOf, HaveExactlyOneOf, HaveLength,
            HaveWhen, NotCombine, Satisfy,
        },
        Rule,
    },
    value::Value,
};

const LB: &[&str] = &["aws_lb"];
const GROUP: &[&str] = &["aws_lb_target_group"];
const LISTENER: &[&str] = &["aws_lb_listener"];
const RULE: &[&str] = &["aws_lb_listener_rule"];

const LISTENER_PROTOCOLS: &[&str] = &["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"];
const ACTIONS: &[&str] =
    &["forward", "authenticate-oidc", "authenticate-cognito", "redirect", "fixed-response", "jwt-validation"];
const CONTENT_TYPES: &[&str] = &["text/plain", "text/css", "text/html", "application/javascript", "application/json"];
const TRANSFORMS: &[&str] = &["host-header-rewrite", "url-rewrite"];
const CONDITIONS: &[&str] =
    &["host_header", "http_header", "http_request_method", "path_pattern", "query_string", "source_ip"];

pub(super) const RULES: &[Rule] = &[
    Rule { types: &["aws_lb", "aws_lb_target_group"], path: "name", must: BeAtMostLong(32) },
    Rule {
        types: &["aws_lb", "aws_lb_target_group"],
        path: "name",
        must: Contain(is_word_or_dash, "only alphanumeric characters and hyphens allowed"),
    },
    Rule { types: &["aws_lb", "aws_lb_target_group"], path: "name", must: Satisfy(dash_at_an_end) },
    Rule { types: &["aws_lb", "aws_lb_target_group"], path: "name_prefix", must: BeAtMostLong(6) },
    Rule { types: &["aws_lb", "aws_lb_target_group"], path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: LB, path: "load_balancer_type", must: BeOneOf(&["application", "gateway", "network"]) },
    Rule { types: LB, path: "ip_address_type", must: BeOneOf(&["ipv4", "dualstack", "dualstack-without-public-ipv4"]) },
    Rule { types: LB, path: "idle_timeout", must: BeBetween(1, 4000) },
    Rule { types: LB, path: "client_keep_alive", must: BeBetween(60, 604_800) },
    Rule { types: LB, path: "desync_mitigation_mode", must: BeOneOf(&["monitor", "defensive", "strictest"]) },
    Rule { types: LB, path: "xff_header_processing_mode", must: BeOneOf(&["append", "preserve", "remove"]) },
    Rule { types: LB, path: "security_groups", must: BeAnId(&["sg"]) },
    Rule { types: LB, path: "subnets", must: BeAnId(&["subnet"]) },
    Rule { types: LB, path: "", must: HaveExactlyOneOf(&["subnet_mapping", "subnets"]) },
    Rule { types: GROUP, path: "port", must: BeBetween(1, 65_535) },
    Rule { types: GROUP, path: "protocol", must: BeOneOf(LISTENER_PROTOCOLS) },
    Rule { types: GROUP, path: "protocol_version", must: BeOneOf(&["HTTP1", "HTTP2", "GRPC"]) },
    Rule { types: GROUP, path: "target_type", must: BeOneOf(&["instance", "ip", "lambda", "alb"]) },
    Rule { types: GROUP, path: "ip_address_type", must: BeOneOf(&["ipv4", "ipv6"]) },
    Rule { types: GROUP, path: "vpc_id", must: BeAnId(&["vpc"]) },
    Rule { types: GROUP, path: "deregistration_delay", must: Satisfy(delay) },
    Rule { types: GROUP, path: "slow_start", must: Satisfy(slow_start) },
    Rule {
        types: GROUP,
        path: "load_balancing_algorithm_type",
        must: BeOneOf(&["round_robin", "least_outstanding_requests", "weighted_random"]),
    },
    Rule { types: GROUP, path: "load_balancing_anomaly_mitigation", must: BeOneOf(&["on", "off"]) },
    Rule {
        types: GROUP,
        path: "load_balancing_cross_zone_enabled",
        must: BeOneOf(&["true", "false", "use_load_balancer_configuration"]),
    },
    Rule { types: GROUP, path: "health_check.healthy_threshold", must: BeBetween(2, 10) },
    Rule { types: GROUP, path: "health_check.unhealthy_threshold", must: BeBetween(2, 10) },
    Rule { types: GROUP, path: "health_check.interval", must: BeBetween(5, 300) },
    Rule { types: GROUP, path: "health_check.timeout", must: BeBetween(2, 120) },
    Rule { types: GROUP, path: "health_check.path", must: HaveLength(1, 1024) },
    Rule { types: GROUP, path: "health_check.protocol", must: BeOneOf(&["HTTP", "HTTPS", "TCP"]) },
    Rule { types: GROUP, path: "health_check", must: Satisfy(health_check) },
    Rule {
        types: GROUP,
        path: "stickiness.type",
        must: BeOneOf(&["lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"]),
    },
    Rule { types: GROUP, path: "stickiness.cookie_duration", must: BeBetween(0, 604_800) },
    Rule { types: GROUP, path: "stickiness", must: HaveWhen("type", "app_cookie", &["cookie_name"]) },
    Rule { types: LISTENER, path: "load_balancer_arn", must: BeAnArn },
    Rule { types: LISTENER, path: "port", must: BeBetween(1, 65_535) },
    Rule { types: LISTENER, path: "protocol", must: BeOneOf(LISTENER_PROTOCOLS) },
    Rule { types: LISTENER, path: "certificate_arn", must: BeAnArn },
    Rule { types: LISTENER, path: "", must: HaveWhen("protocol", "HTTPS", &["certificate_arn"]) },
    Rule { types: LISTENER, path: "mutual_authentication.mode", must: BeOneOf(&["off", "verify", "passthrough"]) },
    Rule { types: LISTENER, path: "default_action.type", must: BeOneOf(ACTIONS) },
    Rule { types: LISTENER, path: "default_action.order", must: BeBetween(1, 50_000) },
    Rule { types: LISTENER, path: "default_action.target_group_arn", must: BeAnArn },
    Rule { types: LISTENER, path: "default_action", must: Satisfy(action) },
    Rule { types: LISTENER, path: "default_action.redirect.status_code", must: BeOneOf(&["HTTP_301", "HTTP_302"]) },
    Rule {
        types: LISTENER,
        path: "default_action.redirect.protocol",
        must: BeOneOf(&["#{protocol}", "HTTP", "HTTPS"]),
    },
    Rule { types: LISTENER, path: "default_action.fixed_response.content_type", must: BeOneOf(CONTENT_TYPES) },
    Rule { types: LISTENER, path: "default_action.fixed_response.message_body", must: HaveLength(0, 1024) },
    Rule { types: LISTENER, path: "default_action.fixed_response", must: Satisfy(fixed_response) },
    Rule { types: LISTENER, path: "default_action.forward", must: Satisfy(forward) },
    Rule { types: LISTENER, path: "default_action.forward.target_group.arn", must: BeAnArn },
    Rule { types: LISTENER, path: "default_action.forward.target_group.weight", must: BeBetween(0, 999) },
    Rule { types: LISTENER, path: "default_action.forward.stickiness.duration", must: BeBetween(1, 604_800) },
    Rule { types: &["aws_lb_listener_certificate"], path: "listener_arn", must: BeAnArn },
    Rule { types: &["aws_lb_listener_certificate"], path: "certificate_arn", must: BeAnArn },
    Rule { types: RULE, path: "listener_arn", must: BeAnArn },
    Rule { types: RULE, path: "priority", must: BeBetween(1, 50_000) },
    Rule { types: RULE, path: "action.type", must: BeOneOf(ACTIONS) },
    Rule { types: RULE, path: "action.order", must: BeBetween(1, 50_000) },
    Rule { types: RULE, path: "action.target_group_arn", must: BeAnArn },
    Rule { types: RULE, path: "action", must: Satisfy(action) },
    Rule { types: RULE, path: "action.redirect.status_code", must: BeOneOf(&["HTTP_301", "HTTP_302"]) },
    Rule { types: RULE, path: "action.redirect.protocol", must: BeOneOf(&["#{protocol}", "HTTP", "HTTPS"]) },
    Rule { types: RULE, path: "action.fixed_response.content_type", must: BeOneOf(CONTENT_TYPES) },
    Rule { types: RULE, path: "action.fixed_response.message_body", must: HaveLength(0, 1024) },
    Rule { types: RULE, path: "action.fixed_response", must: Satisfy(fixed_response) },
    Rule { types: RULE, path: "action.forward", must: Satisfy(forward) },
    Rule { types: RULE, path: "action.forward.target_group.arn", must: BeAnArn },
    Rule { types: RULE, path: "action.forward.target_group.weight", must: BeBetween(0, 999) },
    Rule { types: RULE, path: "action.forward.stickiness.duration", must: BeBetween(1, 604_800) },
    Rule { types: RULE, path: "condition", must: HaveExactlyOneOf(CONDITIONS) },
    Rule { types: RULE, path: "condition.host_header", must: HaveAtLeastOneOf(&["values", "regex_values"]) },
    Rule { types: RULE, path: "condition.host_header.values", must: HaveLength(1, 128) },
    Rule { types: RULE, path: "condition.path_pattern", must: HaveAtLeastOneOf(&["values", "regex_values"]) },
    Rule { types: RULE, path: "condition.path_pattern.values", must: HaveLength(1, 128) },
    Rule { types: RULE, path: "condition.http_header.values", must: HaveLength(1, 128) },
    Rule { types: RULE, path: "condition.http_header.http_header_name", must: HaveLength(1, 40) },
    Rule { types: RULE, path: "condition.query_string.key", must: BeAtMostLong(128) },
    Rule { types: RULE, path: "condition.query_string.value", must: HaveLength(1, 128) },
    Rule { types: RULE, path: "action.redirect.host", must: HaveLength(1, 128) },
    Rule { types: RULE, path: "action.redirect.path", must: HaveLength(1, 128) },
    Rule { types: RULE, path: "action.redirect.query", must: HaveLength(0, 128) },
    Rule { types: RULE, path: "transform.type", must: BeOneOf(TRANSFORMS) },
    Rule {
        types: RULE,
        path: "transform",
        must: HaveExactlyOneOf(&["host_header_rewrite_config", "url_rewrite_config"]),
    },
    Rule { types: RULE, path: "transform.url_rewrite_config.rewrite.regex", must: HaveLength(1, 1024) },
    Rule { types: RULE, path: "transform.url_rewrite_config.rewrite.replace", must: HaveLength(0, 1024) },
    Rule { types: RULE, path: "transform.host_header_rewrite_config.rewrite.regex", must: HaveLength(1, 1024) },
    Rule { types: RULE, path: "transform.host_header_rewrite_config.rewrite.replace", must: HaveLength(0, 1024) },
    Rule { types: &["aws_wafv2_web_acl_association"], path: "resource_arn", must: BeAnArn },
    Rule { types: &["aws_wafv2_web_acl_association"], path: "web_acl_arn", must: BeAnArn },
];

fn dash_at_an_end(name: &Value) -> Option<String> {
    let name = name.text()?;
    if name.starts_with("internal-") {
        return Some(format!("\"name\" cannot begin with \"internal-\": {name:?}"));
    }
    let end = if name.starts_with('-') { "begin" } else { "end" };
    (name.starts_with('-') || name.ends_with('-')).then(|| format!("\"name\" cannot {end} with a hyphen: {name:?}"))
}

/// A number that the provider keeps as text.
fn delay(value: &Value) -> Option<String> {
    let seconds = value.number()?;
    let words = "expected deregistration_delay to be in the range (0 - 3600)";
    (!(0.0..=3600.0).contains(&seconds)).then(|| format!("{words}, got {seconds}"))
}

fn slow_start(value: &Value) -> Option<String> {
    let seconds = value.number()?;
    let is_good = seconds == 0.0 || (30.0..=900.0).contains(&seconds);
    (!is_good).then(|| format!("expected slow_start to be 0 or in the range (30 - 900), got {seconds}"))
}

/// AWS refuses a check that takes as long as the time between two.
fn health_check(check: &Value) -> Option<String> {
    let (timeout, interval) = (check.get("timeout").number()?, check.get("interval").number().unwrap_or(30.0));
    (timeout >= interval)
        .then(|| format!("health check timeout {timeout} must be smaller than the interval {interval}"))
}

/// Type of an action, the block that it needs; a forward may have an ARN instead.
const ACTION_BLOCKS: &[(&str, &str)] =
    &[("forward", "forward"), ("redirect", "redirect"), ("fixed-response", "fixed_response")];

/// An action needs the block of its type and has no other one; a forward names one group or has a block, not both.
fn action(action: &Value) -> Option<String> {
    let kind = action.text_of("type")?;
    let has = |name: &str| action.get(name).is_written();
    for (of, block) in ACTION_BLOCKS {
        if *of != kind && has(block) {
            return Some(format!("{block:?} must not be specified when \"type\" is {kind:?}"));
        }
        if *of == kind && !has(block) && !(kind == "forward" && has("target_group_arn")) {
            return Some(format!("{block:?} must be specified when \"type\" is {kind:?}"));
        }
    }
    if kind != "forward" && has("target_group_arn") {
        return Some(format!("\"target_group_arn\" must not be specified when \"type\" is {kind:?}"));
    }
    let both = has("forward") && has("target_group_arn");
    both.then(|| {
        "\"target_group_arn\" and \"forward\" are both specified: the provider would change them for ever".to_owned()
    })
}

fn fixed_response(response: &Value) -> Option<String> {
    let code = response.text_of("status_code")?;
    let is_code =
        code.len() == 3 && code.starts_with(['2', '4', '5']) && code.chars().all(|digit| digit.is_ascii_digit());
    (!is_code).then(|| format!("invalid value for status_code (must be 2XX, 4XX or 5XX): {code}"))
}

/// The schema has lost how many groups there may be.
fn forward(forward: &Value) -> Option<String> {
    let count = forward.get("target_group").items().len();
    (forward.get("target_group") != &Value::Unknown && !(1..=5).contains(&count))
        .then(|| format!("a forward has 1 to 5 target_group blocks, got {count}"))
}
