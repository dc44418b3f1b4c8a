//! What the spec promises about logs and alarms.

use skiff_compiler::ir::observability::{Alarm, LogGroup, Subscription, Topic};

use super::promise::Promises;

pub(super) fn log_group(promises: &mut Promises<'_, '_>, group: &LogGroup) {
    let key = promises.some(group.kms_key_id.as_ref());
    promises
        .promise(format!("logs are kept for {} days, encrypted", group.retention_in_days))
        .is("@.retention_in_days", group.retention_in_days)
        .is_some("@.kms_key_id", key);
}

pub(super) fn topic(promises: &mut Promises<'_, '_>, topic: &Topic) {
    let key = promises.some(topic.kms_master_key_id.as_ref());
    promises.promise("alerts are encrypted").is("@.name", &topic.topic_name).is_some("@.kms_master_key_id", key);
}

pub(super) fn subscription(promises: &mut Promises<'_, '_>, subscription: &Subscription) {
    let topic = promises.value(&subscription.topic_arn);
    promises
        .promise(format!("alerts reach {}", subscription.endpoint))
        .is("@.topic_arn", topic)
        .is("@.protocol", &subscription.protocol)
        .is("@.endpoint", &subscription.endpoint);
}

/// What an alarm looks at: each metric and each expression, by the id it has in the others.
fn measured(promises: &mut Promises<'_, '_>, alarm: &Alarm) {
    let promise = promises.promise(format!("{}: measured by these metrics", alarm.alarm_description));
    for query in &alarm.metrics {
        let of = |field: &str| format!("one([for one in @.metric_query : one.{field} if one.id == \"{}\"])", query.id);
        let metric = query.metric_stat.as_ref();
        promise
            .is_some(of("expression"), query.expression.as_ref())
            .is_some(of("metric[0].metric_name"), metric.map(|stat| &stat.metric.metric_name))
            .is_some(of("metric[0].stat"), metric.map(|stat| &stat.stat));
    }
}

pub(super) fn alarm(promises: &mut Promises<'_, '_>, alarm: &Alarm) {
    measured(promises, alarm);
    let actions = alarm.alarm_actions.as_ref().map(|actions| promises.set(actions));
    promises
        .promise(format!("{}: somebody is told", alarm.alarm_description))
        .is("@.threshold", alarm.threshold)
        .is("@.comparison_operator", alarm.comparison_operator)
        .is("@.evaluation_periods", alarm.evaluation_periods)
        .is("@.treat_missing_data", alarm.treat_missing_data)
        .is("@.actions_enabled", alarm.actions_enabled)
        .is_some("@.alarm_actions", actions);
}
