//! What the spec promises about traffic.

use skiff_compiler::ir::{
    dns::RecordSet,
    load_balancing::{
        Action, Attribute, HeaderValues, Listener, ListenerCertificate, ListenerRule, LoadBalancer, Number, QueryValue,
        Rewrite, RuleCondition, TargetGroup, Transform, WebAclAssociation,
    },
};

use super::{
    Value,
    promise::{Promises, set_of},
};
use crate::terraform::print;

pub(super) fn load_balancer(promises: &mut Promises<'_, '_>, balancer: &LoadBalancer) {
    let internal = balancer.scheme == "internal";
    let whom = if internal { "the network alone" } else { "the internet" };
    promises.promise(format!("the load balancer is for {whom}")).is("@.internal", internal);
    for Attribute { key, value } in &balancer.load_balancer_attributes {
        let (words, left) = match *key {
            "deletion_protection.enabled" => {
                ("whether the load balancer is protected from deletion", "@.enable_deletion_protection")
            }
            "routing.http.drop_invalid_header_fields.enabled" => {
                ("what happens to headers that are none", "@.drop_invalid_header_fields")
            }
            "access_logs.s3.enabled" => ("every request is logged", "@.access_logs[0].enabled"),
            _ => continue,
        };
        let value = promises.value(value) == Value::text("true");
        promises.promise(words).is(left, value);
    }
}

pub(super) fn listener(promises: &mut Promises<'_, '_>, listener: &Listener) {
    let words = match (&listener.ssl_policy, listener.protocol.as_str()) {
        (Some(policy), _) => format!("port {} speaks TLS and nothing else, by {policy}", listener.port),
        (None, protocol) => format!("port {} speaks {protocol}", listener.port),
    };
    let certificate = listener.certificates.iter().flatten().next().map(|one| one.certificate_arn.as_str());
    promises
        .promise(words)
        .is("@.port", listener.port)
        .is("@.protocol", &listener.protocol)
        .is_some("@.ssl_policy", listener.ssl_policy.as_ref())
        .is_some("@.certificate_arn", certificate);
    for action in &listener.default_actions {
        default_action(promises, action);
    }
}

fn default_action(promises: &mut Promises<'_, '_>, action: &Action) {
    if let Some(redirect) = &action.redirect_config {
        promises
            .promise(format!("every request in plain text is redirected to {}", redirect.protocol))
            .is("@.default_action[0].type", action.action_type)
            .is("@.default_action[0].redirect[0].protocol", &redirect.protocol)
            .is("@.default_action[0].redirect[0].port", &redirect.port)
            .is("@.default_action[0].redirect[0].status_code", redirect.status_code);
    }
    if let Some(fixed) = &action.fixed_response_config {
        promises
            .promise(format!("a request that no route takes gets {}, and reaches no service", fixed.status_code))
            .is("@.default_action[0].type", action.action_type)
            .is("@.default_action[0].fixed_response[0].status_code", &fixed.status_code);
    }
}

pub(super) fn listener_certificate(promises: &mut Promises<'_, '_>, certificate: &ListenerCertificate) {
    let Some(one) = certificate.certificates.first() else { return };
    promises.promise("the listener has this certificate as well").is("@.certificate_arn", &one.certificate_arn);
}

pub(super) fn listener_rule(promises: &mut Promises<'_, '_>, rule: &ListenerRule) {
    let priority = match &rule.priority {
        Number::Known(number) => (*number).into(),
        Number::Input(input) => promises.value(input),
    };
    promises.promise("the route keeps its place among the others").is("@.priority", priority);
    for condition in &rule.conditions {
        route(promises, condition);
    }
    for action in &rule.actions {
        weights(promises, action);
        instead_of_forwarding(promises, action);
    }
    for change in rule.transforms.iter().flatten() {
        rewrite(promises, change);
    }
}

fn route(promises: &mut Promises<'_, '_>, condition: &RuleCondition) {
    let field = |block: &str, argument: &str| {
        format!("one([for one in @.condition : one.{block}[0].{argument} if length(one.{block}) > 0])")
    };
    if let Some(hosts) = &condition.host_header_config {
        promises
            .promise(format!("the route takes the host {}", hosts.values.join(", ")))
            .is(field("host_header", "values"), set_of(&hosts.values));
    }
    if let Some(paths) = &condition.path_pattern_config {
        let expressions = paths.regex_values.as_ref();
        promises
            .promise("the route takes these paths")
            .is_some(field("path_pattern", "values"), paths.values.as_ref().map(set_of))
            .is_some(field("path_pattern", "regex_values"), expressions.map(set_of));
    }
    if let Some(methods) = &condition.http_request_method_config {
        promises
            .promise(format!("the route takes the method {}", methods.values.join(", ")))
            .is(field("http_request_method", "values"), set_of(&methods.values));
    }
    if let Some(sources) = &condition.source_ip_config {
        promises
            .promise("the route takes requests from these ranges alone")
            .is(field("source_ip", "values"), set_of(&sources.values));
    }
    besides(promises, condition);
}

/// A rule may have several conditions on headers and parameters: each is found by its name.
fn besides(promises: &mut Promises<'_, '_>, condition: &RuleCondition) {
    let all = |block: &str| format!("flatten([for one in @.condition : one.{block}])");
    if let Some(HeaderValues { http_header_name: name, values }) = &condition.http_header_config {
        let found = |name: &str| {
            format!("one([for one in {} : one.values if one.http_header_name == {name}])", all("http_header"))
        };
        match print::inline(&Value::text(name)) {
            Ok(quoted) => {
                promises.promise(format!("the route wants the header {name}")).is(found(&quoted), set_of(values));
            }
            Err(cause) => promises.fail(&cause),
        }
    }
    for QueryValue { key, value } in condition.query_string_config.iter().flat_map(|query| &query.values) {
        match print::inline(&Value::text(key)) {
            Ok(quoted) => {
                let found = format!("one([for one in {} : one.value if one.key == {quoted}])", all("query_string"));
                promises.promise(format!("the route wants the parameter {key}")).is(found, value);
            }
            Err(cause) => promises.fail(&cause),
        }
    }
}

fn instead_of_forwarding(promises: &mut Promises<'_, '_>, action: &Action) {
    if let Some(redirect) = &action.redirect_config {
        promises
            .promise("the client is sent elsewhere")
            .is("@.action[0].type", action.action_type)
            .is("@.action[0].redirect[0].protocol", &redirect.protocol)
            .is("@.action[0].redirect[0].port", &redirect.port)
            .is_some("@.action[0].redirect[0].host", redirect.host.as_ref())
            .is_some("@.action[0].redirect[0].path", redirect.path.as_ref())
            .is_some("@.action[0].redirect[0].query", redirect.query.as_ref())
            .is("@.action[0].redirect[0].status_code", redirect.status_code);
    }
    if let Some(fixed) = &action.fixed_response_config {
        promises
            .promise(format!("the load balancer answers {} by itself", fixed.status_code))
            .is("@.action[0].type", action.action_type)
            .is("@.action[0].fixed_response[0].status_code", &fixed.status_code)
            .is("@.action[0].fixed_response[0].content_type", &fixed.content_type)
            .is("@.action[0].fixed_response[0].message_body", &fixed.message_body);
    }
}

fn rewrite(promises: &mut Promises<'_, '_>, change: &Transform) {
    let parts = [
        ("path", "url_rewrite_config", &change.url_rewrite_config),
        ("host", "host_header_rewrite_config", &change.host_header_rewrite_config),
    ];
    for (what, block, rewrites) in parts {
        let all = format!("flatten([for one in @.transform : one.{block}[*].rewrite])");
        for Rewrite { regex, replace } in rewrites.iter().flat_map(|rewrites| &rewrites.rewrites) {
            promises
                .promise(format!("the service sees another {what}"))
                .is(format!("one({all}[*].regex)"), regex)
                .is(format!("one({all}[*].replace)"), replace);
        }
    }
}

/// Weights are compared by target group: swapped ones would add up to the same.
fn weights(promises: &mut Promises<'_, '_>, action: &Action) {
    let Some(forward) = &action.forward_config else { return };
    let mut weights = Vec::new();
    for group in &forward.target_groups {
        let arn = promises.value(&group.target_group_arn);
        match print::inline(&arn) {
            Ok(arn) => weights.push((arn, group.weight)),
            Err(cause) => promises.fail(&cause),
        }
    }
    let shares: Vec<String> = weights.iter().map(|(_, weight)| weight.to_string()).collect();
    let groups = "@.action[0].forward[0].target_group";
    let promise = promises.promise(format!("traffic starts at weights of {}", shares.join("/")));
    promise.is("@.action[0].type", action.action_type);
    promise.is(format!("length({groups})"), Value::Code(weights.len().to_string()));
    for (arn, weight) in weights {
        promise.is(format!("one([for one in {groups} : one.weight if one.arn == {arn}])"), weight);
    }
}

pub(super) fn target_group(promises: &mut Promises<'_, '_>, group: &TargetGroup) {
    promises
        .promise(format!("requests come to port {} by {}", group.port, group.protocol_version))
        .is("@.port", group.port)
        .is("@.protocol", &group.protocol)
        .is("@.protocol_version", group.protocol_version)
        .is("@.target_type", group.target_type);
    promises
        .promise(format!("members are asked for {} on port {}", group.health_check_path, group.health_check_port))
        .is("@.health_check[0].enabled", group.health_check_enabled)
        .is("@.health_check[0].path", &group.health_check_path)
        .is("@.health_check[0].port", &group.health_check_port)
        .is("@.health_check[0].protocol", group.health_check_protocol)
        .is("@.health_check[0].matcher", group.matcher.http_code)
        .is_some("@.health_check[0].interval", group.health_check_interval_seconds)
        .is_some("@.health_check[0].timeout", group.health_check_timeout_seconds)
        .is_some("@.health_check[0].healthy_threshold", group.healthy_threshold_count)
        .is_some("@.health_check[0].unhealthy_threshold", group.unhealthy_threshold_count);
    for Attribute { key, value } in &group.target_group_attributes {
        let (words, left) = match *key {
            "deregistration_delay.timeout_seconds" => {
                ("connections drain before a member goes", "@.deregistration_delay")
            }
            "slow_start.duration_seconds" => ("a new member's share grows slowly", "@.slow_start"),
            "stickiness.type" => ("a client stays with its member", "@.stickiness[0].type"),
            "stickiness.app_cookie.cookie_name" => {
                ("clients are known by a cookie of the service", "@.stickiness[0].cookie_name")
            }
            "stickiness.app_cookie.duration_seconds" | "stickiness.lb_cookie.duration_seconds" => {
                ("how long a client stays with its member", "@.stickiness[0].cookie_duration")
            }
            _ => continue,
        };
        let value = match promises.value(value) {
            // The provider keeps the delay as text, and the other times as numbers.
            Value::Text(text) if left.ends_with("_duration") || left.ends_with("_start") => Value::number(&text),
            value => value,
        };
        promises.promise(words).is(left, value);
    }
}

pub(super) fn record_set(promises: &mut Promises<'_, '_>, record: &RecordSet) {
    let target = promises.value(&record.alias_target.dns_name);
    promises
        .promise(format!("{} leads to the load balancer", record.name))
        .is("@.name", &record.name)
        .is("@.type", &record.record_type)
        .is("@.alias[0].name", target);
}

pub(super) fn web_acl_association(promises: &mut Promises<'_, '_>, association: &WebAclAssociation) {
    let balancer = promises.value(&association.resource_arn);
    promises
        .promise("the web ACL stands before the load balancer")
        .is("@.web_acl_arn", &association.web_acl_arn)
        .is("@.resource_arn", balancer);
}
