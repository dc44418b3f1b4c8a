//! Logs, alarms, topics.

use skiff_compiler::ir::observability::{Alarm, Dimension, LogGroup, MetricQuery, Subscription, Topic};

use super::{Body, File, Maker, Value};
use crate::terraform::address;

const FILE: File = File::Observability;

pub(super) fn log_group(maker: &mut Maker<'_, '_>, group: &LogGroup) {
    let key = maker.scope.some(group.kms_key_id.as_ref());
    let body = Body::new()
        .set("name", &group.log_group_name)
        .set("retention_in_days", group.retention_in_days)
        .set_some("kms_key_id", key);
    maker.resource(FILE, body);
}

pub(super) fn topic(maker: &mut Maker<'_, '_>, topic: &Topic) {
    let key = maker.scope.some(topic.kms_master_key_id.as_ref());
    maker.resource(FILE, Body::new().set("name", &topic.topic_name).set_some("kms_master_key_id", key));
}

pub(super) fn subscription(maker: &mut Maker<'_, '_>, subscription: &Subscription) {
    let topic = maker.scope.value(&subscription.topic_arn);
    let body = Body::new()
        .set("topic_arn", topic)
        .set("protocol", &subscription.protocol)
        .set("endpoint", &subscription.endpoint);
    let piece = maker.resource(FILE, body);
    if subscription.protocol == "email" {
        piece.because("AWS asks this address to confirm; until then nothing is delivered.");
    }
}

pub(super) fn alarm(maker: &mut Maker<'_, '_>, alarm: &Alarm) {
    let mut list = |items: &Option<Vec<_>>| items.as_ref().map(|items| maker.scope.list(items));
    let alarm_actions = list(&alarm.alarm_actions);
    let ok_actions = list(&alarm.ok_actions);
    let mut body = Body::new()
        .set("alarm_name", &alarm.alarm_name)
        .set("alarm_description", &alarm.alarm_description)
        .set("comparison_operator", alarm.comparison_operator)
        .set("threshold", alarm.threshold)
        .set("evaluation_periods", alarm.evaluation_periods)
        .set_some("datapoints_to_alarm", alarm.datapoints_to_alarm)
        .set("treat_missing_data", alarm.treat_missing_data)
        .set("actions_enabled", alarm.actions_enabled)
        .set_some("alarm_actions", alarm_actions)
        .set_some("ok_actions", ok_actions);
    for query in &alarm.metrics {
        let query = alarm_query(maker, query);
        body = body.block("metric_query", query);
    }
    // What scales a slot stands with the slot.
    let scales = address::keyed_block(maker.resource);
    maker.resource(if scales { File::Compute } else { FILE }, body);
}

/// A query of an alarm; its metric names dimensions in a map.
fn alarm_query(maker: &mut Maker<'_, '_>, query: &MetricQuery) -> Body {
    let body = head(query);
    let Some(stat) = &query.metric_stat else { return body };
    let dimension = |maker: &mut Maker<'_, '_>, dimension: &Dimension| {
        (dimension.name.to_string(), maker.scope.value(&dimension.value))
    };
    let dimensions = stat.metric.dimensions.iter().map(|one| dimension(maker, one)).collect();
    let metric = Body::new()
        .set("namespace", stat.metric.namespace)
        .set("metric_name", stat.metric.metric_name)
        .set("stat", stat.stat)
        .set("period", stat.period)
        .set("dimensions", Value::Map(dimensions));
    body.block("metric", metric)
}

/// A query of target tracking; its metric names dimensions in blocks.
pub(super) fn scaling_query(maker: &mut Maker<'_, '_>, query: &MetricQuery) -> Body {
    let body = head(query);
    let Some(stat) = &query.metric_stat else { return body };
    let mut metric = Body::new().set("namespace", stat.metric.namespace).set("metric_name", stat.metric.metric_name);
    for dimension in &stat.metric.dimensions {
        let value = maker.scope.value(&dimension.value);
        metric = metric.block("dimensions", Body::new().set("name", dimension.name).set("value", value));
    }
    let stat = Body::new().set("stat", stat.stat).set("period", stat.period).block("metric", metric);
    body.block("metric_stat", stat)
}

fn head(query: &MetricQuery) -> Body {
    Body::new()
        .set("id", &query.id)
        .set_some("expression", query.expression.as_ref())
        .set_some("label", query.label.as_ref())
        .set("return_data", query.return_data)
}
