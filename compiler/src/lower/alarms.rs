//! When somebody must look. Alarms sum both slots, and an idle slot's silence is no alarm (`aws-rules` 11 and 12).

use super::{Lowering, compute::SlotHandles, service::Parts};
use crate::{
    facts::limits,
    ir::{
        Expr, Handle,
        load_balancing::{LoadBalancer, TargetGroup},
        observability::{Alarm, Dimension, Metric, MetricQuery},
    },
    resolve::Target,
    spec::{
        service::Kind,
        values::{Duration, Name, Percent},
    },
};

/// What an alarm watches for.
struct Watch {
    name: String,
    description: String,
    metrics: Vec<MetricQuery>,
    threshold: f64,
    periods: u32,
    /// What silence means: `notBreaching`, or `breaching` where what fails can no longer report it.
    silence: &'static str,
}

/// Silence of requests, members or messages is no trouble by itself.
const QUIET: &str = "notBreaching";

impl Lowering<'_> {
    pub(super) fn alarms(&mut self, parts: &Parts<'_>, slots: &[SlotHandles]) {
        if parts.service.kind == Kind::Web {
            self.traffic_alarms(parts, slots);
        }
        if parts.service.kind != Kind::Job {
            self.cpu_alarm(parts, slots);
        }
        let queues: Vec<Name> = parts
            .service
            .uses
            .iter()
            .filter_map(|used| match &used.target {
                Target::Queue(name) if used.mode != crate::spec::shorthand::Mode::Write => Some(name.clone()),
                _ => None,
            })
            .collect();
        for queue in queues {
            self.queue_alarms(parts, &queue);
        }
    }

    fn traffic_alarms(&mut self, parts: &Parts<'_>, slots: &[SlotHandles]) {
        let Some(balancer) = self.shared.balancer.clone() else { return };
        let of_slots = |prefix: &str, name: &'static str, statistic: &'static str| -> Vec<MetricQuery> {
            let query = |slot: &SlotHandles| {
                let metric = traffic_metric(name, &balancer.balancer, slot);
                MetricQuery::metric(format!("{prefix}_{}", slot.letter), metric, statistic, 60)
            };
            slots.iter().map(query).collect()
        };
        self.error_alarm(parts, &of_slots);
        self.latency_alarm(parts, &of_slots);
        self.healthy_alarm(parts, &of_slots);
    }

    /// Responses that are 5xx and connections that were refused, of all requests; no requests are no errors.
    fn error_alarm(&mut self, parts: &Parts<'_>, of_slots: &OfSlots<'_>) {
        let limit = parts.service.spec.alarms.as_ref().and_then(|alarms| alarms.error_rate).unwrap_or(Percent(1_000));
        let mut metrics = of_slots("errors", "HTTPCode_Target_5XX_Count", "Sum");
        metrics.extend(of_slots("refused", "TargetConnectionErrorCount", "Sum"));
        metrics.extend(of_slots("requests", "RequestCount", "Sum"));
        let rate = format!("100 * ({} + {}) / ({})", sum("errors"), sum("refused"), sum("requests"));
        metrics.push(MetricQuery::expression("rate", rate, "Failed requests, percent"));
        let description = format!("More than {limit} of the requests to {} fail", parts.service.name);
        let threshold = limit.number();
        self.alarm(parts, Watch { name: "errors".into(), description, metrics, threshold, periods: 5, silence: QUIET });
    }

    fn latency_alarm(&mut self, parts: &Parts<'_>, of_slots: &OfSlots<'_>) {
        let limit = parts.service.spec.alarms.as_ref().and_then(|alarms| alarms.latency_p99).unwrap_or(Duration(1));
        let mut metrics = of_slots("latency", "TargetResponseTime", "p99");
        let slowest = "MAX([FILL(latency_a, 0), FILL(latency_b, 0)])";
        metrics.push(MetricQuery::expression("slowest", slowest, "p99 of the slower slot, seconds"));
        let description = format!("One request in a hundred to {} takes longer than {limit}", parts.service.name);
        let threshold = f64::from(limit.0);
        self.alarm(
            parts,
            Watch { name: "latency".into(), description, metrics, threshold, periods: 5, silence: QUIET },
        );
    }

    /// An idle slot counts as nothing, but silence of both is the worst case: a target group reports its healthy members
    /// only while it has any (Elastic Load Balancing user guide, "CloudWatch metrics", `HealthyHostCount`).
    fn healthy_alarm(&mut self, parts: &Parts<'_>, of_slots: &OfSlots<'_>) {
        let least = parts.service.minimum;
        let mut metrics = of_slots("healthy", "HealthyHostCount", "Minimum");
        let missing = format!("{least} - ({})", sum("healthy"));
        metrics.push(MetricQuery::expression("missing", missing, "Members missing"));
        let name = &parts.service.name;
        let (description, silence) = match least {
            0 => (format!("Fewer than 0 members of {name} are healthy: `min: 0` asks for none"), QUIET),
            _ => {
                let silent = "or none reports, as before the first deploy";
                (format!("Fewer than {least} members of {name} are healthy, {silent}"), "breaching")
            }
        };
        let name = "healthy".into();
        self.alarm(parts, Watch { name, description, metrics, threshold: 0.0, periods: 3, silence });
    }

    fn cpu_alarm(&mut self, parts: &Parts<'_>, slots: &[SlotHandles]) {
        let limit = parts.service.spec.alarms.as_ref().and_then(|alarms| alarms.cpu).unwrap_or(Percent(90_000));
        let metric = |slot: &SlotHandles| Metric {
            dimensions: vec![Dimension { name: "AutoScalingGroupName", value: slot.scaling_group.name() }],
            metric_name: "CPUUtilization",
            namespace: "AWS/EC2",
        };
        let mut metrics: Vec<_> = slots
            .iter()
            .map(|slot| MetricQuery::metric(format!("cpu_{}", slot.letter), metric(slot), "Average", 60))
            .collect();
        let ids: Vec<_> = slots.iter().map(|slot| format!("FILL(cpu_{}, 0)", slot.letter)).collect();
        metrics.push(MetricQuery::expression(
            "busiest",
            format!("MAX([{}])", ids.join(", ")),
            "Processor use of the busier slot, percent",
        ));
        let description = format!("Members of {} are busier than {limit}", parts.service.name);
        let (name, threshold) = ("cpu".into(), limit.number());
        self.alarm(parts, Watch { name, description, metrics, threshold, periods: 15, silence: QUIET });
    }

    fn queue_alarms(&mut self, parts: &Parts<'_>, name: &Name) {
        let Some(queue) = self.shared.queues.get(name).cloned() else { return };
        let limit = parts.service.spec.alarms.as_ref().and_then(|alarms| alarms.queue_age).unwrap_or(Duration(900));
        let metric = Metric {
            dimensions: vec![Dimension { name: "QueueName", value: queue.name() }],
            metric_name: "ApproximateAgeOfOldestMessage",
            namespace: "AWS/SQS",
        };
        let metrics =
            vec![MetricQuery::metric("age", metric, "Maximum", 60).returned("Age of the oldest message, seconds")];
        let description = format!("A message of {name} waits longer than {limit} for {}", parts.service.name);
        let (name, threshold) = (format!("{name}-age"), f64::from(limit.0));
        self.alarm(parts, Watch { name, description, metrics, threshold, periods: 5, silence: QUIET });
    }

    fn alarm(&mut self, parts: &Parts<'_>, watch: Watch) {
        let target = self.shared.topic.clone().map(|topic| vec![topic]);
        let body = Alarm {
            actions_enabled: true,
            alarm_actions: target.clone(),
            alarm_description: watch.description,
            alarm_name: self.name_within(limits::ALARM_NAME_CHARACTERS, &[&parts.service.identity, &watch.name]),
            comparison_operator: "GreaterThanThreshold",
            datapoints_to_alarm: None,
            evaluation_periods: watch.periods,
            metrics: watch.metrics,
            ok_actions: target,
            threshold: watch.threshold,
            treat_missing_data: watch.silence,
        };
        self.ir.add(&parts.owner, parts.id(format_args!("alarm.{}", watch.name)), &parts.field("alarms"), body);
    }
}

/// The queries of one metric in both slots: prefix of their ids, metric, statistic.
type OfSlots<'balancer> = dyn Fn(&str, &'static str, &'static str) -> Vec<MetricQuery> + 'balancer;

/// Both slots together; a slot without data counts nothing.
fn sum(prefix: &str) -> String {
    format!("FILL({prefix}_a, 0) + FILL({prefix}_b, 0)")
}

fn traffic_metric(name: &'static str, balancer: &Handle<LoadBalancer>, slot: &SlotHandles) -> Metric {
    let group = slot.target_group.as_ref().map_or_else(|| Expr::text(""), Handle::<TargetGroup>::full_name);
    Metric {
        dimensions: vec![
            Dimension { name: "LoadBalancer", value: balancer.full_name() },
            Dimension { name: "TargetGroup", value: group },
        ],
        metric_name: name,
        namespace: "AWS/ApplicationELB",
    }
}
