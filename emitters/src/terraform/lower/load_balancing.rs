//! Load balancer, listeners, rules, target groups, public names.

use skiff_compiler::ir::{
    Expr,
    dns::RecordSet,
    load_balancing::{
        Action, Attribute, Listener, ListenerCertificate, ListenerRule, LoadBalancer, Number, Rewrite, Rewrites,
        RuleCondition, TargetGroup, Transform, WebAclAssociation,
    },
};

use super::{Body, File, Maker, Value};

const FILE: File = File::LoadBalancer;

pub(super) fn load_balancer(maker: &mut Maker<'_, '_>, balancer: &LoadBalancer) {
    let groups = maker.scope.list(&balancer.security_groups);
    let subnets = maker.scope.list_expr(&balancer.subnets);
    let mut body = Body::new()
        .set("name", &balancer.name)
        .set("internal", balancer.scheme == "internal")
        .set("load_balancer_type", &balancer.load_balancer_type)
        .set("ip_address_type", &balancer.ip_address_type)
        .set("subnets", subnets)
        .set("security_groups", groups);
    let mut logs = Body::new();
    for Attribute { key, value } in &balancer.load_balancer_attributes {
        let value = maker.scope.value(value);
        match (*key, value) {
            ("access_logs.s3.bucket", value) => logs = logs.set("bucket", value),
            ("access_logs.s3.enabled", value) => logs = logs.set("enabled", plain(value)),
            ("access_logs.s3.prefix", value) => logs = logs.set("prefix", value),
            ("deletion_protection.enabled", value) => body = body.set("enable_deletion_protection", plain(value)),
            ("idle_timeout.timeout_seconds", value) => body = body.set("idle_timeout", plain(value)),
            ("routing.http.desync_mitigation_mode", value) => body = body.set("desync_mitigation_mode", value),
            ("routing.http.drop_invalid_header_fields.enabled", value) => {
                body = body.set("drop_invalid_header_fields", plain(value));
            }
            (key, _) => unknown_attribute(maker, key),
        }
    }
    if !logs.items.is_empty() {
        body = body.block("access_logs", logs);
    }
    maker.resource(FILE, body);
}

fn unknown_attribute(maker: &mut Maker<'_, '_>, key: &str) {
    maker.scope.fail(&maker.resource.id, &format!("the attribute `{key}` has no argument in Terraform"));
}

/// Attributes travel as text; Terraform's arguments have types.
fn plain(value: Value) -> Value {
    match value {
        Value::Text(text) => match (text.as_str(), text.parse::<i64>()) {
            ("true", _) => Value::Bool(true),
            ("false", _) => Value::Bool(false),
            (_, Ok(number)) => Value::Whole(number),
            _ => Value::Text(text),
        },
        other => other,
    }
}

pub(super) fn listener(maker: &mut Maker<'_, '_>, listener: &Listener) {
    let balancer = maker.scope.value(&listener.load_balancer_arn);
    let certificate = match listener.certificates.as_deref() {
        None | Some([]) => None,
        Some([one]) => Some(one.certificate_arn.as_str()),
        Some(_) => {
            maker.scope.fail(&maker.resource.id, "a listener has one certificate; others are attached to it");
            None
        }
    };
    let mut body = Body::new()
        .set("load_balancer_arn", balancer)
        .set("port", listener.port)
        .set("protocol", &listener.protocol)
        .set_some("ssl_policy", listener.ssl_policy.as_ref())
        .set_some("certificate_arn", certificate);
    for default in &listener.default_actions {
        let default = action(maker, default);
        body = body.block("default_action", default);
    }
    maker.resource(FILE, body);
}

fn action(maker: &mut Maker<'_, '_>, action: &Action) -> Body {
    let mut body = Body::new().set("type", action.action_type);
    if let Some(response) = &action.fixed_response_config {
        let fixed = Body::new()
            .set("content_type", &response.content_type)
            .set("message_body", &response.message_body)
            .set("status_code", &response.status_code);
        body = body.block("fixed_response", fixed);
    }
    if let Some(redirect) = &action.redirect_config {
        let redirect = Body::new()
            .set_some("host", redirect.host.as_ref())
            .set_some("path", redirect.path.as_ref())
            .set_some("query", redirect.query.as_ref())
            .set("port", &redirect.port)
            .set("protocol", &redirect.protocol)
            .set("status_code", redirect.status_code);
        body = body.block("redirect", redirect);
    }
    if let Some(forward) = &action.forward_config {
        let mut groups = Body::new();
        for group in &forward.target_groups {
            let arn = maker.scope.value(&group.target_group_arn);
            groups = groups.block("target_group", Body::new().set("arn", arn).set("weight", group.weight));
        }
        if forward.target_group_stickiness_config.enabled {
            maker.scope.fail(&maker.resource.id, "stickiness has a duration in Terraform that the plan does not say");
        }
        body = body.block("forward", groups);
    }
    body
}

pub(super) fn listener_certificate(maker: &mut Maker<'_, '_>, certificate: &ListenerCertificate) {
    let listener = maker.scope.value(&certificate.listener_arn);
    let [one] = certificate.certificates.as_slice() else {
        maker.scope.fail(&maker.resource.id, "Terraform attaches one certificate at a time");
        return;
    };
    let body = Body::new().set("listener_arn", listener).set("certificate_arn", &one.certificate_arn);
    maker.resource(FILE, body);
}

pub(super) fn listener_rule(maker: &mut Maker<'_, '_>, rule: &ListenerRule) {
    let listener = maker.scope.value(&rule.listener_arn);
    let priority = match &rule.priority {
        Number::Known(number) => (*number).into(),
        Number::Input(input) => maker.scope.value(input),
    };
    let mut body = Body::new().set("listener_arn", listener).set("priority", priority);
    for made in &rule.actions {
        let made = action(maker, made);
        body = body.block("action", made);
    }
    let body = body
        .blocks("condition", rule.conditions.iter().map(condition))
        .blocks("transform", rule.transforms.iter().flatten().map(transform));
    let piece = maker.resource(FILE, body);
    if rule.forwards() {
        let why = "Skiff's runtime owns the weights: canaries, cutovers and rollbacks move them.";
        piece.ignoring("action[0].forward", why);
    }
}

fn transform(transform: &Transform) -> Body {
    let rewrites = |rewrites: &Rewrites| {
        let rewrite = |one: &Rewrite| Body::new().set("regex", &one.regex).set("replace", &one.replace);
        Body::new().blocks("rewrite", rewrites.rewrites.iter().map(rewrite))
    };
    let host = transform.host_header_rewrite_config.iter().map(rewrites);
    let url = transform.url_rewrite_config.iter().map(rewrites);
    Body::new()
        .set("type", transform.transform_type)
        .blocks("host_header_rewrite_config", host)
        .blocks("url_rewrite_config", url)
}

fn condition(condition: &RuleCondition) -> Body {
    let mut body = Body::new();
    if let Some(hosts) = &condition.host_header_config {
        body = body.block("host_header", Body::new().set("values", Value::texts(&hosts.values)));
    }
    if let Some(paths) = &condition.path_pattern_config {
        let patterns = Body::new()
            .set_some("values", paths.values.as_ref().map(Value::texts))
            .set_some("regex_values", paths.regex_values.as_ref().map(Value::texts));
        body = body.block("path_pattern", patterns);
    }
    if let Some(methods) = &condition.http_request_method_config {
        body = body.block("http_request_method", Body::new().set("values", Value::texts(&methods.values)));
    }
    if let Some(header) = &condition.http_header_config {
        let values = Value::texts(&header.values);
        let header = Body::new().set("http_header_name", &header.http_header_name).set("values", values);
        body = body.block("http_header", header);
    }
    for query in condition.query_string_config.iter().flat_map(|query| &query.values) {
        body = body.block("query_string", Body::new().set("key", &query.key).set("value", &query.value));
    }
    if let Some(sources) = &condition.source_ip_config {
        body = body.block("source_ip", Body::new().set("values", Value::texts(&sources.values)));
    }
    body
}

pub(super) fn target_group(maker: &mut Maker<'_, '_>, group: &TargetGroup) {
    let vpc = maker.scope.value(&group.vpc_id);
    let mut body = Body::new()
        .set("name", &group.name)
        .set("vpc_id", vpc)
        .set("target_type", group.target_type)
        .set("port", group.port)
        .set("protocol", &group.protocol)
        .set("protocol_version", group.protocol_version);
    let mut stickiness = Body::new();
    for Attribute { key, value } in &group.target_group_attributes {
        let value = maker.scope.value(value);
        match *key {
            "deregistration_delay.timeout_seconds" => body = body.set("deregistration_delay", plain(value)),
            "load_balancing.cross_zone.enabled" => body = body.set("load_balancing_cross_zone_enabled", value),
            "slow_start.duration_seconds" => body = body.set("slow_start", plain(value)),
            "stickiness.enabled" => stickiness = stickiness.set("enabled", plain(value)),
            "stickiness.type" => stickiness = stickiness.set("type", value),
            "stickiness.app_cookie.cookie_name" => stickiness = stickiness.set("cookie_name", value),
            "stickiness.app_cookie.duration_seconds" | "stickiness.lb_cookie.duration_seconds" => {
                stickiness = stickiness.set("cookie_duration", plain(value));
            }
            key => unknown_attribute(maker, key),
        }
    }
    let check = Body::new()
        .set("enabled", group.health_check_enabled)
        .set("protocol", group.health_check_protocol)
        .set("port", &group.health_check_port)
        .set("path", &group.health_check_path)
        .set("matcher", group.matcher.http_code)
        .set_some("interval", group.health_check_interval_seconds)
        .set_some("timeout", group.health_check_timeout_seconds)
        .set_some("healthy_threshold", group.healthy_threshold_count)
        .set_some("unhealthy_threshold", group.unhealthy_threshold_count);
    body = body.block("health_check", check);
    if !stickiness.items.is_empty() {
        body = body.block("stickiness", stickiness);
    }
    maker.resource(FILE, body);
}

pub(super) fn web_acl_association(maker: &mut Maker<'_, '_>, association: &WebAclAssociation) {
    let resource = maker.scope.value(&association.resource_arn);
    let body = Body::new().set("resource_arn", resource).set("web_acl_arn", &association.web_acl_arn);
    maker.resource(FILE, body);
}

pub(super) fn record_set(maker: &mut Maker<'_, '_>, record: &RecordSet) {
    let zone = maker.scope.value(&record.hosted_zone_id);
    let mut part = |expr: &Expr| maker.scope.value(expr);
    let target = &record.alias_target;
    let alias = Body::new()
        .set("name", part(&target.dns_name))
        .set("zone_id", part(&target.hosted_zone_id))
        .set("evaluate_target_health", target.evaluate_target_health);
    let body = Body::new().set("zone_id", zone).set("name", &record.name).set("type", &record.record_type);
    maker.resource(FILE, body.block("alias", alias));
}
