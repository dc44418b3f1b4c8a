//! Launch templates, Auto Scaling groups and what moves them.

use skiff_compiler::ir::{
    Expr,
    compute::{
        AutoScalingGroup, BlockDevice, LaunchTemplate, LifecycleHook, NetworkInterface, ScalingPolicy, ScheduledAction,
        StepAdjustment, TargetTracking, UserData,
    },
};

use super::{Body, File, Maker, Value, observability};
use crate::plan::user_data;

const FILE: File = File::Compute;

const RUNTIME_OWNS_CAPACITY: &str = "Skiff's runtime owns how many members a slot needs now; the idle slot has none.";
const RUNTIME_OWNS_VERSION: &str = "Skiff's runtime moves a slot to a new template version while the slot is idle.";

pub(super) fn auto_scaling_group(maker: &mut Maker<'_, '_>, group: &AutoScalingGroup) {
    let subnets = maker.scope.list_expr(&group.vpc_zone_identifier);
    let target_groups = group.target_group_arns.as_ref().map(|groups| maker.scope.list(groups));
    let template = Body::new()
        .set("id", maker.scope.value(&group.launch_template.launch_template_id))
        .set("version", maker.scope.value(&group.launch_template.version));
    let metrics = group.metrics_collection.first();
    let maintenance = group.instance_maintenance_policy.map(|policy| {
        Body::new()
            .set("min_healthy_percentage", policy.min_healthy_percentage)
            .set("max_healthy_percentage", policy.max_healthy_percentage)
    });
    let body = Body::new()
        .set("name", &group.auto_scaling_group_name)
        .set("max_size", Value::number(&group.max_size))
        .set("min_size", Value::number(group.min_size))
        .set("desired_capacity", Value::number(group.desired_capacity))
        .set("vpc_zone_identifier", subnets)
        .set_some("target_group_arns", target_groups)
        .set("health_check_type", group.health_check_type)
        .set_some("health_check_grace_period", group.health_check_grace_period)
        .set_some("default_instance_warmup", group.default_instance_warmup)
        .set_some("capacity_rebalance", group.capacity_rebalance)
        .set_some("termination_policies", group.termination_policies.as_ref().map(Value::texts))
        .set_some("metrics_granularity", metrics.map(|metrics| metrics.granularity))
        .set_some("enabled_metrics", metrics.map(|metrics| Value::texts(metrics.metrics)))
        .block("launch_template", template)
        .blocks("instance_maintenance_policy", maintenance);
    let body = propagated_tags(maker, body);
    let piece = maker.untagged(FILE, body);
    piece.ignoring("min_size", RUNTIME_OWNS_CAPACITY).ignoring("desired_capacity", RUNTIME_OWNS_CAPACITY);
    piece.ignoring("launch_template[0].version", RUNTIME_OWNS_VERSION);
}

/// The provider's default tags do not reach a group; VMs get theirs from the template.
fn propagated_tags(maker: &Maker<'_, '_>, body: Body) -> Body {
    let tag =
        |(key, value): (&str, &str)| Body::new().set("key", key).set("value", value).set("propagate_at_launch", false);
    body.blocks("tag", maker.resource.tags.all().into_iter().map(tag))
}

pub(super) fn lifecycle_hook(maker: &mut Maker<'_, '_>, hook: &LifecycleHook) {
    let group = maker.scope.value(&hook.auto_scaling_group_name);
    let launching = hook.lifecycle_transition.ends_with("LAUNCHING");
    let body = Body::new()
        .set("name", &hook.lifecycle_hook_name)
        .set("autoscaling_group_name", group)
        .set("lifecycle_transition", hook.lifecycle_transition)
        .set("default_result", hook.default_result)
        .set("heartbeat_timeout", hook.heartbeat_timeout);
    maker.resource(FILE, body).because(if launching {
        "A member serves only after its runner has verified the release and said so."
    } else {
        "A member that goes gets the time to finish its work; it goes in any case when that is over."
    });
}

pub(super) fn scaling_policy(maker: &mut Maker<'_, '_>, policy: &ScalingPolicy) {
    let group = maker.scope.value(&policy.auto_scaling_group_name);
    let name = maker.resource.id.rsplit('.').next().unwrap_or_default().to_owned();
    let mut body = Body::new()
        .set("name", name)
        .set("autoscaling_group_name", group)
        .set("policy_type", policy.policy_type)
        .set_some("adjustment_type", policy.adjustment_type.as_ref())
        .set_some("metric_aggregation_type", policy.metric_aggregation_type.as_ref())
        .set_some("estimated_instance_warmup", policy.estimated_instance_warmup)
        .blocks("step_adjustment", policy.step_adjustments.iter().flatten().map(step));
    if let Some(tracking) = &policy.target_tracking_configuration {
        let tracking = target_tracking(maker, tracking);
        body = body.block("target_tracking_configuration", tracking);
    }
    maker.resource(FILE, body);
}

fn step(step: &StepAdjustment) -> Body {
    // The provider takes the bounds as text, so that absent and zero differ.
    let bound = |bound: Option<f64>| bound.map(|bound| bound.to_string());
    Body::new()
        .set_some("metric_interval_lower_bound", bound(step.metric_interval_lower_bound))
        .set_some("metric_interval_upper_bound", bound(step.metric_interval_upper_bound))
        .set("scaling_adjustment", step.scaling_adjustment)
}

fn target_tracking(maker: &mut Maker<'_, '_>, tracking: &TargetTracking) -> Body {
    let mut body = Body::new().set("target_value", tracking.target_value);
    if let Some(metric) = &tracking.predefined_metric_specification {
        let predefined = Body::new().set("predefined_metric_type", metric.predefined_metric_type);
        body = body.block("predefined_metric_specification", predefined);
    }
    if let Some(metric) = &tracking.customized_metric_specification {
        let mut customized = Body::new();
        for query in &metric.metrics {
            let query = observability::scaling_query(maker, query);
            customized = customized.block("metrics", query);
        }
        body = body.block("customized_metric_specification", customized);
    }
    body
}

pub(super) fn scheduled_action(maker: &mut Maker<'_, '_>, action: &ScheduledAction) {
    let group = maker.scope.value(&action.auto_scaling_group_name);
    let name = maker.resource.id.rsplit('.').next().unwrap_or_default().to_owned();
    let body = Body::new()
        .set("scheduled_action_name", name)
        .set("autoscaling_group_name", group)
        .set("recurrence", &action.recurrence)
        .set("time_zone", &action.time_zone)
        .set("desired_capacity", action.desired_capacity)
        .set("min_size", -1)
        .because("-1 leaves a bound as it is; the provider's default would set it to 0.")
        .set("max_size", -1);
    maker.resource(FILE, body);
}

pub(super) fn launch_template(maker: &mut Maker<'_, '_>, template: &LaunchTemplate) {
    let data = &template.launch_template_data;
    let profile = maker.scope.value(&data.iam_instance_profile.arn);
    let image = maker.scope.value(&data.image_id);
    let script = script(maker, &data.user_data);
    let mut body = Body::new()
        .set("name", &template.launch_template_name)
        .set("image_id", image)
        .set("instance_type", &data.instance_type)
        .set("ebs_optimized", data.ebs_optimized)
        .set("user_data", script)
        .block("iam_instance_profile", Body::new().set("arn", profile));
    for device in &data.block_device_mappings {
        let device = block_device(maker, device);
        body = body.block("block_device_mappings", device);
    }
    for interface in &data.network_interfaces {
        let interface = network_interface(maker, interface);
        body = body.block("network_interfaces", interface);
    }
    let metadata = Body::new()
        .set("http_endpoint", data.metadata_options.http_endpoint)
        .set("http_put_response_hop_limit", data.metadata_options.http_put_response_hop_limit)
        .set("http_tokens", data.metadata_options.http_tokens)
        .set("instance_metadata_tags", data.metadata_options.instance_metadata_tags);
    body = body
        .block("metadata_options", metadata)
        .block("monitoring", Body::new().set("enabled", data.monitoring.enabled));
    body = tag_specifications(maker, body);
    maker.resource(FILE, body);
}

/// The provider's default tags do not reach what a template makes.
fn tag_specifications(maker: &Maker<'_, '_>, body: Body) -> Body {
    let Some(name) = maker.name_tag() else { return body };
    let named = Value::Map(vec![("Name".into(), name.into())]);
    let tags = Value::Call("merge", vec![Value::path(&["local", "tags"]), named]);
    let specification = |kind: &str| Body::new().set("resource_type", kind).set("tags", tags.clone());
    body.blocks("tag_specifications", ["instance", "volume", "network-interface"].map(specification))
}

fn block_device(maker: &mut Maker<'_, '_>, device: &BlockDevice) -> Body {
    let key = maker.scope.some(device.ebs.kms_key_id.as_ref());
    let volume = Body::new()
        .set("volume_type", device.ebs.volume_type)
        .set("volume_size", device.ebs.volume_size)
        .set("encrypted", device.ebs.encrypted)
        .set_some("kms_key_id", key)
        .set("delete_on_termination", device.ebs.delete_on_termination);
    Body::new().set("device_name", device.device_name).block("ebs", volume)
}

fn network_interface(maker: &mut Maker<'_, '_>, interface: &NetworkInterface) -> Body {
    let groups = maker.scope.list(&interface.groups);
    Body::new()
        .set("device_index", interface.device_index)
        .set("associate_public_ip_address", interface.associate_public_ip_address)
        .set("delete_on_termination", interface.delete_on_termination)
        .set("security_groups", groups)
}

/// The same cloud-init that the plan prints, so that a member boots the same way on both paths.
fn script(maker: &mut Maker<'_, '_>, data: &UserData) -> Value {
    let parts = match user_data::parts(data) {
        Ok(parts) => parts,
        Err(error) => return maker.scope.fail(&maker.resource.id, &error.to_string()),
    };
    let parts = parts.iter().map(|part: &Expr| maker.scope.value(part)).collect();
    Value::Call("base64encode", vec![Value::Heredoc(parts)])
}
