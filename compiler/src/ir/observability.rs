//! Logs, alarms, topics.

use serde::Serialize;

use super::expr::{Expr, attributes};

/// `AWS::Logs::LogGroup`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogGroup {
    pub kms_key_id: Option<Expr>,
    pub log_group_name: String,
    pub retention_in_days: u32,
}

attributes!(LogGroup {
    /// Its ARN, which ends with `:*`.
    arn = "Arn",
    /// Its name.
    name = "LogGroupName",
});

/// `AWS::SNS::Topic`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Topic {
    pub kms_master_key_id: Option<Expr>,
    pub topic_name: String,
}

attributes!(Topic {
    /// Its ARN.
    arn = "TopicArn",
});

/// `AWS::SNS::Subscription`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subscription {
    pub endpoint: String,
    pub protocol: String,
    pub topic_arn: Expr,
}

/// `AWS::CloudWatch::Alarm`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm {
    pub actions_enabled: bool,
    pub alarm_actions: Option<Vec<Expr>>,
    pub alarm_description: String,
    pub alarm_name: String,
    pub comparison_operator: &'static str,
    pub datapoints_to_alarm: Option<u32>,
    pub evaluation_periods: u32,
    pub metrics: Vec<MetricQuery>,
    #[serde(rename = "OKActions")]
    pub ok_actions: Option<Vec<Expr>>,
    pub threshold: f64,
    pub treat_missing_data: &'static str,
}

/// One metric, or an expression over others.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricQuery {
    pub expression: Option<String>,
    pub id: String,
    pub label: Option<&'static str>,
    pub metric_stat: Option<MetricStat>,
    pub return_data: bool,
}

impl MetricQuery {
    /// A metric that an expression uses.
    #[must_use]
    pub fn metric(id: impl Into<String>, metric: Metric, stat: &'static str, period: u32) -> Self {
        let metric_stat = Some(MetricStat { metric, period, stat });
        Self { expression: None, id: id.into(), label: None, metric_stat, return_data: false }
    }

    /// The expression whose value counts.
    #[must_use]
    pub fn expression(id: &str, expression: impl Into<String>, label: &'static str) -> Self {
        Self {
            expression: Some(expression.into()),
            id: id.into(),
            label: Some(label),
            metric_stat: None,
            return_data: true,
        }
    }

    /// This query as the one whose value counts.
    #[must_use]
    pub fn returned(self, label: &'static str) -> Self {
        Self { return_data: true, label: Some(label), ..self }
    }
}

/// A metric with its statistic.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat {
    pub metric: Metric,
    /// Seconds.
    pub period: u32,
    pub stat: &'static str,
}

/// A metric by its names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    pub dimensions: Vec<Dimension>,
    pub metric_name: &'static str,
    pub namespace: &'static str,
}

/// A dimension of a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    pub name: &'static str,
    pub value: Expr,
}
