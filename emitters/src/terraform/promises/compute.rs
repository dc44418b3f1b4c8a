//! What the spec promises about members and the groups they run in.

use skiff_compiler::ir::compute::{AutoScalingGroup, LaunchTemplate, LifecycleHook, ScalingPolicy, ScheduledAction};

use super::{Value, promise::Promises};

pub(super) fn launch_template(promises: &mut Promises<'_, '_>, template: &LaunchTemplate) {
    let data = &template.launch_template_data;
    let image = promises.value(&data.image_id);
    promises
        .promise(format!("members are {} from the image that is locked", data.instance_type))
        .is("@.instance_type", &data.instance_type)
        .is("@.image_id", image);
    let private = promises.promise("members have no public address");
    for (index, interface) in data.network_interfaces.iter().enumerate() {
        let public = interface.associate_public_ip_address.to_string();
        private.is(format!("@.network_interfaces[{index}].associate_public_ip_address"), public);
    }
    promises
        .promise("the metadata service answers version 2 only, and no further than the member itself")
        .is("@.metadata_options[0].http_endpoint", data.metadata_options.http_endpoint)
        .is("@.metadata_options[0].http_tokens", data.metadata_options.http_tokens)
        .is("@.metadata_options[0].http_put_response_hop_limit", data.metadata_options.http_put_response_hop_limit)
        .is("@.metadata_options[0].instance_metadata_tags", data.metadata_options.instance_metadata_tags);
    for (index, device) in data.block_device_mappings.iter().enumerate() {
        let key = promises.some(device.ebs.kms_key_id.as_ref());
        let volume = format!("@.block_device_mappings[{index}].ebs[0]");
        promises
            .promise(format!("the disk of a member has {} GiB, is encrypted and goes with it", device.ebs.volume_size))
            .is(format!("{volume}.volume_type"), device.ebs.volume_type)
            .is(format!("{volume}.volume_size"), device.ebs.volume_size)
            .is(format!("{volume}.encrypted"), device.ebs.encrypted.to_string())
            .is_some(format!("{volume}.kms_key_id"), key)
            .is(format!("{volume}.delete_on_termination"), device.ebs.delete_on_termination.to_string());
    }
    pinned(promises, template);
}

/// The digests that a member verifies before it starts anything stand in its user data.
fn pinned(promises: &mut Promises<'_, '_>, template: &LaunchTemplate) {
    let data = &template.launch_template_data.user_data;
    let digests = [promises.value(&data.runner), promises.value(&data.trust_root)];
    let pinned = promises.promise("members verify the runner and the release by pinned digests, and know their slot");
    for (key, digest) in ["runner", "trust_root"].into_iter().zip(digests) {
        pinned.is(field(key), digest);
    }
    pinned.is(field("slot"), data.slot).is(field("health_port"), data.health_port);
}

/// A field of the runner's configuration in the user data.
fn field(key: &str) -> String {
    format!("jsondecode(yamldecode(base64decode(@.user_data)).write_files[0].content).{key}")
}

pub(super) fn auto_scaling_group(promises: &mut Promises<'_, '_>, group: &AutoScalingGroup) {
    promises
        .promise(format!("a slot grows to {} members at most", group.max_size))
        .is("@.max_size", whole(&group.max_size));
    promises
        .promise("a slot is empty when it is made; Skiff's runtime brings its members")
        .is("@.min_size", whole(group.min_size))
        .is("@.desired_capacity", whole(group.desired_capacity));
    promises
        .promise("readiness steers traffic and never replaces a member")
        .is("@.health_check_type", group.health_check_type);
    promises
        .promise("a member has the time to start before it counts")
        .is_some("@.health_check_grace_period", group.health_check_grace_period)
        .is_some("@.default_instance_warmup", group.default_instance_warmup);
    group_tags(promises);
    if let Some(groups) = &group.target_group_arns {
        let groups = promises.set(groups);
        promises
            .promise("members of a slot answer in the target groups of that slot")
            .is("@.target_group_arns", groups);
    }
}

/// The provider's default tags do not reach a group, so that it has its own.
fn group_tags(promises: &mut Promises<'_, '_>) {
    let tags = promises.resource.tags.all();
    let tagged = promises.promise("the group says whose it is");
    for (key, value) in tags.into_iter().filter(|(key, _)| *key != "Name") {
        tagged.is(format!("one([for one in @.tag : one.value if one.key == \"{key}\"])"), value);
    }
}

/// Capacities are text in the IR and numbers in Terraform.
fn whole(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| Value::text(text), Value::Whole)
}

pub(super) fn lifecycle_hook(promises: &mut Promises<'_, '_>, hook: &LifecycleHook) {
    let words = match hook.default_result {
        "ABANDON" => "a member that cannot verify its release never serves",
        _ => "a member that is to go has the time to finish its work",
    };
    promises
        .promise(words)
        .is("@.lifecycle_transition", hook.lifecycle_transition)
        .is("@.default_result", hook.default_result)
        .is("@.heartbeat_timeout", hook.heartbeat_timeout);
}

pub(super) fn scaling_policy(promises: &mut Promises<'_, '_>, policy: &ScalingPolicy) {
    if let Some(tracking) = &policy.target_tracking_configuration {
        let metric = tracking.predefined_metric_specification.as_ref();
        let metric = metric.map(|metric| &metric.predefined_metric_type);
        let tracked = "@.target_tracking_configuration[0]";
        promises
            .promise(format!("a slot is scaled so that its metric stays at {}", tracking.target_value))
            .is("@.policy_type", policy.policy_type)
            .is(format!("{tracked}.target_value"), tracking.target_value)
            .is_some(format!("{tracked}.predefined_metric_specification[0].predefined_metric_type"), metric);
    }
    if let Some(steps) = &policy.step_adjustments {
        let adjustments = steps.iter().map(|step| step.scaling_adjustment.into()).collect();
        promises
            .promise("a slot is scaled in these steps")
            .is("@.policy_type", policy.policy_type)
            .is("toset(@.step_adjustment[*].scaling_adjustment)", Value::Call("toset", vec![Value::List(adjustments)]));
    }
}

pub(super) fn scheduled_action(promises: &mut Promises<'_, '_>, action: &ScheduledAction) {
    promises
        .promise(format!("it starts by the schedule `{}` ({})", action.recurrence, action.time_zone))
        .is("@.recurrence", &action.recurrence)
        .is("@.time_zone", &action.time_zone)
        .is("@.desired_capacity", action.desired_capacity);
}
