//! Every number that AWS would otherwise choose in silence.

use crate::ir::{Body, Ir};

/// Makes defaults explicit; what is set stays.
#[must_use]
pub fn run(mut ir: Ir) -> Ir {
    ir.resources.iter_mut().for_each(|resource| fill(&mut resource.body));
    ir
}

fn fill(body: &mut Body) {
    match body {
        Body::TargetGroup(group) => {
            group.health_check_interval_seconds.get_or_insert(10);
            group.health_check_timeout_seconds.get_or_insert(5);
            group.healthy_threshold_count.get_or_insert(2);
            group.unhealthy_threshold_count.get_or_insert(3);
        }
        Body::AutoScalingGroup(group) => {
            group.capacity_rebalance.get_or_insert(false);
            group.default_instance_warmup.get_or_insert(60);
            group.health_check_grace_period.get_or_insert(300);
            group.termination_policies.get_or_insert_with(|| vec!["OldestLaunchTemplate", "Default"]);
        }
        Body::Role(role) => drop(role.max_session_duration.get_or_insert(3_600)),
        Body::Queue(queue) => {
            queue.message_retention_period.get_or_insert(345_600);
            queue.receive_message_wait_time_seconds.get_or_insert(20);
            queue.visibility_timeout.get_or_insert(30);
        }
        Body::DatabaseInstance(database) => drop(database.auto_minor_version_upgrade.get_or_insert(true)),
        Body::Volume(volume) => {
            volume.iops.get_or_insert(3_000);
            volume.throughput.get_or_insert(125);
        }
        Body::ScalingPolicy(policy) => drop(policy.estimated_instance_warmup.get_or_insert(60)),
        Body::Alarm(alarm) => {
            let periods = alarm.evaluation_periods;
            alarm.datapoints_to_alarm.get_or_insert(periods);
        }
        _ => {}
    }
}
