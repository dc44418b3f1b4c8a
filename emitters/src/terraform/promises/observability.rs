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

pub(super) fn alarm(promises: &mut Promises<'_, '_>, alarm: &Alarm) {
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
