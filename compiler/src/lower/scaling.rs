//! What adds and removes members, on both slots: the runtime decides which one is live.

use super::{Lowering, compute::SlotHandles, service::Parts};
use crate::{
    facts::limits,
    ir::{
        compute::{CustomizedMetric, PredefinedMetric, ScalingPolicy, StepAdjustment, TargetTracking},
        observability::{Alarm, Dimension, Metric, MetricQuery},
    },
    spec::{service::QueueScaling, values::Percent},
};

impl Lowering<'_> {
    pub(super) fn scaling(&mut self, parts: &Parts<'_>, slots: &[SlotHandles]) {
        let Some(scaling) = &parts.service.spec.scaling else { return };
        for slot in slots {
            if let Some(cpu) = &scaling.cpu {
                self.cpu_policy(parts, slot, cpu.value);
            }
            if let Some(queue) = &scaling.queue {
                self.queue_policy(parts, slot, queue);
            }
        }
    }

    fn cpu_policy(&mut self, parts: &Parts<'_>, slot: &SlotHandles, target: Percent) {
        let metric = PredefinedMetric { predefined_metric_type: "ASGAverageCPUUtilization" };
        let tracking = TargetTracking {
            customized_metric_specification: None,
            predefined_metric_specification: Some(metric),
            target_value: target.number(),
        };
        self.policy(parts, slot, "cpu", tracking);
    }

    fn policy(&mut self, parts: &Parts<'_>, slot: &SlotHandles, name: &str, tracking: TargetTracking) {
        let body = ScalingPolicy {
            adjustment_type: None,
            auto_scaling_group_name: slot.scaling_group.name(),
            estimated_instance_warmup: None,
            metric_aggregation_type: None,
            policy_type: "TargetTrackingScaling",
            step_adjustments: None,
            target_tracking_configuration: Some(tracking),
        };
        let id = parts.id(format_args!("scaling_policy.{}-{name}", slot.letter));
        self.ir.add(&parts.owner, id, &parts.field("scaling"), body);
    }

    fn queue_policy(&mut self, parts: &Parts<'_>, slot: &SlotHandles, scaling: &QueueScaling) {
        let Some(queue) = self.shared.queues.get(&scaling.name.value).cloned() else { return };
        let of_queue = |metric: &'static str| Metric {
            dimensions: vec![Dimension { name: "QueueName", value: queue.name() }],
            metric_name: metric,
            namespace: "AWS/SQS",
        };
        match (&scaling.depth, &scaling.age) {
            (Some(depth), _) => {
                self.depth_policy(parts, slot, of_queue("ApproximateNumberOfMessagesVisible"), depth.value);
            }
            (None, Some(age)) => self.age_policies(
                parts,
                slot,
                (of_queue("ApproximateAgeOfOldestMessage"), of_queue("ApproximateNumberOfMessagesVisible")),
                age.0,
            ),
            (None, None) => {}
        }
    }

    /// Waiting messages for each member in service; an empty slot is idle, whatever waits (`aws-rules` 1).
    fn depth_policy(&mut self, parts: &Parts<'_>, slot: &SlotHandles, visible: Metric, depth: u32) {
        let metrics = vec![
            MetricQuery::metric("visible", visible, "Sum", 60),
            MetricQuery::metric("members", members(slot), "Average", 60),
            MetricQuery::expression(
                "backlog",
                "IF(members > 0, visible / members, 0)",
                "Waiting messages for each member",
            ),
        ];
        let tracking = TargetTracking {
            customized_metric_specification: Some(CustomizedMetric { metrics }),
            predefined_metric_specification: None,
            target_value: f64::from(depth),
        };
        self.policy(parts, slot, "queue-depth", tracking);
    }

    /// A metric of the queue while the slot has members; an empty slot is idle (`aws-rules` 1).
    fn while_live(metric: Metric, slot: &SlotHandles, label: &'static str) -> Vec<MetricQuery> {
        vec![
            MetricQuery::metric("queue", metric, "Maximum", 60),
            MetricQuery::metric("members", members(slot), "Average", 60),
            MetricQuery::expression("live", "IF(members > 0, queue, 0)", label),
        ]
    }

    /// Age does not halve when members double, so it is followed by steps: one more while it is too old, one less while
    /// nothing waits.
    fn age_policies(&mut self, parts: &Parts<'_>, slot: &SlotHandles, (age, visible): (Metric, Metric), limit: u32) {
        let out = Direction {
            name: "queue-age-out",
            does: "Adds a member to",
            because: "its queue's oldest message waits too long",
            by: 1,
            metric: age,
            comparison: "GreaterThanThreshold",
            threshold: f64::from(limit),
            periods: 3,
        };
        let back = Direction {
            name: "queue-age-in",
            does: "Takes a member from",
            because: "nothing waits in its queue",
            by: -1,
            metric: visible,
            comparison: "LessThanOrEqualToThreshold",
            threshold: 0.0,
            periods: 10,
        };
        self.step(parts, slot, out);
        self.step(parts, slot, back);
    }

    fn step(&mut self, parts: &Parts<'_>, slot: &SlotHandles, direction: Direction) {
        let Direction { name, by, .. } = direction;
        let adjustment = StepAdjustment {
            metric_interval_lower_bound: (by > 0).then_some(0.0),
            metric_interval_upper_bound: (by < 0).then_some(0.0),
            scaling_adjustment: by,
        };
        let policy = ScalingPolicy {
            adjustment_type: Some("ChangeInCapacity"),
            auto_scaling_group_name: slot.scaling_group.name(),
            estimated_instance_warmup: None,
            metric_aggregation_type: Some("Maximum"),
            policy_type: "StepScaling",
            step_adjustments: Some(vec![adjustment]),
            target_tracking_configuration: None,
        };
        let id = parts.id(format_args!("scaling_policy.{}-{name}", slot.letter));
        let policy = self.ir.add(&parts.owner, id, &parts.field("scaling"), policy);
        let alarm_name = [&*parts.service.identity, slot.letter, name];
        let alarm = Alarm {
            actions_enabled: true,
            alarm_actions: Some(vec![policy.arn()]),
            alarm_description: direction.description(slot.letter, parts.name()),
            alarm_name: self.name_within(limits::ALARM_NAME_CHARACTERS, &alarm_name),
            comparison_operator: direction.comparison,
            datapoints_to_alarm: None,
            evaluation_periods: direction.periods,
            metrics: Self::while_live(direction.metric, slot, name),
            ok_actions: None,
            threshold: direction.threshold,
            treat_missing_data: "notBreaching",
        };
        let id = parts.id(format_args!("scaling_alarm.{}-{name}", slot.letter));
        self.ir.add(&parts.owner, id, &parts.field("scaling"), alarm);
    }
}

/// One direction of step scaling, and when it is taken.
struct Direction {
    name: &'static str,
    does: &'static str,
    because: &'static str,
    by: i32,
    metric: Metric,
    comparison: &'static str,
    threshold: f64,
    periods: u32,
}

impl Direction {
    /// What somebody must know who finds the alarm ringing.
    fn description(&self, slot: &str, service: &str) -> String {
        format!("{} slot {slot} of {service}: {}. It steers, nobody need look", self.does, self.because)
    }
}

/// How many members of a slot are in service.
fn members(slot: &SlotHandles) -> Metric {
    Metric {
        dimensions: vec![Dimension { name: "AutoScalingGroupName", value: slot.scaling_group.name() }],
        metric_name: "GroupInServiceInstances",
        namespace: "AWS/AutoScaling",
    }
}
