//! Logs, alarms, topics.

use crate::{
    rules::{
        Must::{BeAJsonObject, BeAnArn, BeBetween, BeOneOf, HaveExactlyOneOf, HaveLength, NotCombine, Satisfy},
        Rule,
    },
    value::Value,
};

const LOGS: &[&str] = &["aws_cloudwatch_log_group"];
const ALARM: &[&str] = &["aws_cloudwatch_metric_alarm"];
const TOPIC: &[&str] = &["aws_sns_topic"];
const SUBSCRIPTION: &[&str] = &["aws_sns_topic_subscription"];

/// What CloudWatch keeps logs for; 0 is for ever.
const RETENTION: &[i64] =
    &[0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const COMPARISONS: &[&str] = &[
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];
const STATISTICS: &[&str] = &["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const PROTOCOLS: &[&str] = &["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"];

pub(super) const RULES: &[Rule] = &[
    Rule { types: LOGS, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: LOGS, path: "name", must: HaveLength(1, 512) },
    Rule { types: LOGS, path: "retention_in_days", must: Satisfy(retention) },
    Rule { types: LOGS, path: "kms_key_id", must: BeAnArn },
    Rule { types: LOGS, path: "log_group_class", must: BeOneOf(&["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]) },
    Rule { types: ALARM, path: "alarm_name", must: HaveLength(0, 255) },
    Rule { types: ALARM, path: "alarm_description", must: HaveLength(0, 1024) },
    Rule { types: ALARM, path: "comparison_operator", must: BeOneOf(COMPARISONS) },
    Rule { types: ALARM, path: "evaluation_periods", must: BeBetween(1, 10_080) },
    Rule { types: ALARM, path: "datapoints_to_alarm", must: BeBetween(1, 10_080) },
    Rule { types: ALARM, path: "statistic", must: BeOneOf(STATISTICS) },
    Rule {
        types: ALARM,
        path: "treat_missing_data",
        must: BeOneOf(&["breaching", "notBreaching", "ignore", "missing"]),
    },
    Rule { types: ALARM, path: "alarm_actions", must: BeAnArn },
    Rule { types: ALARM, path: "ok_actions", must: BeAnArn },
    Rule { types: ALARM, path: "insufficient_data_actions", must: BeAnArn },
    Rule { types: ALARM, path: "", must: HaveExactlyOneOf(&["metric_name", "metric_query", "evaluation_criteria"]) },
    Rule { types: ALARM, path: "", must: NotCombine(&["statistic", "extended_statistic"]) },
    Rule { types: ALARM, path: "", must: NotCombine(&["threshold", "threshold_metric_id"]) },
    Rule { types: ALARM, path: "", must: NotCombine(&["dimensions", "metric_query"]) },
    Rule { types: ALARM, path: "", must: NotCombine(&["namespace", "metric_query"]) },
    Rule { types: ALARM, path: "", must: NotCombine(&["period", "metric_query"]) },
    Rule { types: ALARM, path: "", must: Satisfy(alarm) },
    Rule { types: ALARM, path: "metric_query.id", must: HaveLength(1, 255) },
    Rule { types: ALARM, path: "metric_query.id", must: Satisfy(query_id) },
    Rule { types: ALARM, path: "metric_query", must: HaveExactlyOneOf(&["expression", "metric"]) },
    Rule { types: TOPIC, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: TOPIC, path: "name", must: HaveLength(1, 256) },
    Rule { types: TOPIC, path: "policy", must: BeAJsonObject },
    Rule { types: SUBSCRIPTION, path: "topic_arn", must: BeAnArn },
    Rule { types: SUBSCRIPTION, path: "protocol", must: BeOneOf(PROTOCOLS) },
];

fn retention(value: &Value) -> Option<String> {
    let days = value.number()?;
    let is_known = RETENTION.iter().any(|known| *known as f64 == days);
    (!is_known).then(|| format!("expected retention_in_days to be one of {RETENTION:?}, got {days}"))
}

/// Of several queries exactly one is what the alarm watches; an alarm cannot wait for more points than it looks at.
fn alarm(alarm: &Value) -> Option<String> {
    let (points, periods) = (alarm.get("datapoints_to_alarm").number(), alarm.get("evaluation_periods").number());
    if let (Some(points), Some(periods)) = (points, periods)
        && points > periods
    {
        return Some(format!("datapoints_to_alarm ({points}) is greater than evaluation_periods ({periods})"));
    }
    let queries = alarm.get("metric_query");
    if !queries.is_known() || queries.items().is_empty() {
        return None;
    }
    let watched = queries.items().iter().filter(|query| query.get("return_data") == &Value::Bool(true)).count();
    (watched != 1).then(|| format!("exactly one metric_query must have return_data = true, got {watched}"))
}

fn query_id(value: &Value) -> Option<String> {
    let id = value.text()?;
    let is_good = id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    (!is_good).then(|| format!("invalid value for id (a lower-case letter, then letters, digits and _): {id}"))
}
