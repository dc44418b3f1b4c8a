//! Logs, alarms, topics.

use crate::terraform_mapping::row::{Form, Match, Row, TypeMapping, block, each, one, pair, same, set, tags};

/// The types of this family.
pub(super) const TYPES: &[TypeMapping] = &[
    one("AWS::CloudWatch::Alarm", &[block("aws_cloudwatch_metric_alarm", ALARM)]),
    one("AWS::Logs::LogGroup", &[block("aws_cloudwatch_log_group", LOG_GROUP)]),
    one("AWS::SNS::Subscription", &[block("aws_sns_topic_subscription", SUBSCRIPTION)]),
    one("AWS::SNS::Topic", &[block("aws_sns_topic", TOPIC)]),
];

const ALARM: &[Row] = &[
    same("/AlarmName", "alarm_name"),
    same("/AlarmDescription", "alarm_description"),
    same("/ComparisonOperator", "comparison_operator"),
    same("/Threshold", "threshold"),
    same("/EvaluationPeriods", "evaluation_periods"),
    same("/DatapointsToAlarm", "datapoints_to_alarm"),
    same("/TreatMissingData", "treat_missing_data"),
    same("/ActionsEnabled", "actions_enabled"),
    set("/AlarmActions", "alarm_actions"),
    set("/OKActions", "ok_actions"),
    each("/Metrics", "metric_query", Match::Key("/Id", "id"), QUERY),
    tags("/Tags"),
];

const QUERY: &[Row] = &[
    same("/Id", "id"),
    same("/Expression", "expression"),
    same("/Label", "label"),
    same("/ReturnData", "return_data"),
    same("/MetricStat/Stat", "metric.stat"),
    same("/MetricStat/Period", "metric.period"),
    same("/MetricStat/Metric/Namespace", "metric.namespace"),
    same("/MetricStat/Metric/MetricName", "metric.metric_name"),
    pair("/MetricStat/Metric/Dimensions", "metric.dimensions", Form::Map("Name")),
];

const LOG_GROUP: &[Row] = &[
    same("/LogGroupName", "name"),
    same("/RetentionInDays", "retention_in_days"),
    same("/KmsKeyId", "kms_key_id"),
    tags("/Tags"),
];

const SUBSCRIPTION: &[Row] =
    &[same("/TopicArn", "topic_arn"), same("/Protocol", "protocol"), same("/Endpoint", "endpoint")];

const TOPIC: &[Row] = &[same("/TopicName", "name"), same("/KmsMasterKeyId", "kms_master_key_id"), tags("/Tags")];
