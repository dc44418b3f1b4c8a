//! What holds for everything: account, region, keys, tags, state, access.

use std::collections::BTreeMap;

use super::{Reporter, codes, one_of};
use crate::{
    facts::regions::{self, Region},
    source::Span,
    spec::{
        Spec,
        application::Alerts,
        codes::BAD_VALUE,
        decode::{Spanned, closest},
        values::Arn,
    },
};

/// Days for which CloudWatch Logs can keep a log group.
///
/// Source: `PutRetentionPolicy`, CloudWatch Logs API reference.
const RETENTION_DAYS: &[u32] =
    &[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// What holds for everything.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Account id.
    pub account: String,
    /// Region.
    pub region: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The zones of the region, in order.
    pub zones: Vec<String>,
    /// `s3://bucket/prefix`.
    pub state_root: String,
    /// Bucket of the state root.
    pub state_bucket: String,
    /// Key prefix of the state root with a slash at its end, or empty.
    pub state_prefix: String,
    /// Whether this environment owns the bucket.
    pub state_managed: bool,
    /// The key of the state bucket, when it is not this environment's.
    pub state_key: Option<String>,
    /// Days that logs are kept.
    pub retention_days: u32,
    /// An existing key.
    pub key: Option<String>,
    /// The permissions boundary.
    pub permissions_boundary: Option<String>,
    /// Tags of the spec.
    pub tags: BTreeMap<String, String>,
    /// Who hears alarms.
    pub alerts: Option<AlertTarget>,
    /// Certificates of the HTTPS listener.
    pub certificates: Vec<String>,
}

/// Who hears alarms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertTarget {
    /// An existing topic.
    Topic(String),
    /// A new topic with one subscription.
    Email(String),
}

pub(crate) fn resolve(spec: &Spec, report: &mut Reporter<'_>) -> Settings {
    let region = region(&spec.region, report);
    let partition = region.as_ref().map_or("aws", |region| region.partition).to_owned();
    let expected = Expected { partition: &partition, region: region.as_ref().map(|_| spec.region.as_str()) };
    let root = state_root(spec, report);
    let (bucket, prefix) =
        root.trim_start_matches("s3://").split_once('/').unwrap_or((root.trim_start_matches("s3://"), ""));
    let state = spec.state.as_ref();
    check_tags(spec, report);
    note_missing_boundary(spec, report);
    Settings {
        account: spec.account.to_string(),
        region: spec.region.value.clone(),
        zones: region.as_ref().map(Region::zones).unwrap_or_default(),
        state_bucket: bucket.to_owned(),
        state_prefix: if prefix.is_empty() { String::new() } else { format!("{}/", prefix.trim_end_matches('/')) },
        state_managed: state.and_then(|state| state.manage).unwrap_or(false),
        state_key: state
            .and_then(|state| state.kms_key.as_ref())
            .map(|arn| expected.check(arn, &["kms"], true, report)),
        state_root: root,
        retention_days: retention(spec, report),
        key: spec.kms_key.as_ref().map(|arn| expected.check(arn, &["kms"], true, report)),
        permissions_boundary: spec
            .permissions_boundary
            .as_ref()
            .map(|arn| expected.check(arn, &["iam"], false, report)),
        tags: spec.tags.iter().map(|(key, value)| (key.clone(), value.value.clone())).collect(),
        alerts: alerts(spec, &expected, report),
        certificates: spec.certificates.iter().map(|arn| expected.check(arn, &["acm", "iam"], true, report)).collect(),
        partition,
    }
}

fn region(region: &Spanned<String>, report: &mut Reporter<'_>) -> Option<Region> {
    let found = regions::find(region);
    if found.is_none() {
        let hint = closest(region, regions::names().iter().copied()).map_or_else(
            || "use a region's code, such as `eu-west-1`".into(),
            |known| format!("did you mean `{known}`?"),
        );
        report.report(&codes::UNKNOWN_ZONE, region.span(), format!("`{}` is not an AWS region", region.value), hint);
    }
    found
}

/// What ARNs of this environment look like.
struct Expected<'settings> {
    partition: &'settings str,
    /// Unknown when the region itself is wrong: nothing can be held against it then.
    region: Option<&'settings str>,
}

impl Expected<'_> {
    /// Reports an ARN of another service, partition or, when it matters, region; gives its text.
    fn check(&self, arn: &Spanned<Arn>, services: &[&str], regional: bool, report: &mut Reporter<'_>) -> String {
        let elsewhere = self.region.filter(|region| regional && !arn.region().is_empty() && arn.region() != *region);
        let wrong = if !services.contains(&arn.service()) {
            Some(format!("this is an ARN of `{}`, expected one of `{}`", arn.service(), services.join("` or `")))
        } else if self.region.is_some() && arn.partition() != self.partition {
            Some(format!("this ARN is of partition `{}`, the region's is `{}`", arn.partition(), self.partition))
        } else {
            elsewhere.map(|region| format!("this ARN is in `{}`, the application in `{region}`", arn.region()))
        };
        if let Some(message) = wrong {
            let hint = format!("copy the ARN of the right one from the console of `{}`", services[0]);
            report.report(&codes::WRONG_ARN, arn.span(), message, hint);
        }
        arn.to_string()
    }
}

fn state_root(spec: &Spec, report: &mut Reporter<'_>) -> String {
    let root = spec.state.as_ref().and_then(|state| state.root.as_ref());
    let default = format!("s3://skiff-{}-{}", spec.account, spec.region.value);
    let Some(root) = root else { return default };
    let path = root.strip_prefix("s3://").unwrap_or_default();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
    let bucket = path.split('/').next().unwrap_or_default();
    if !(3..=63).contains(&bucket.len()) || !path.bytes().all(allowed) {
        let message = format!("`{}` is not a bucket", root.value);
        report.report(&codes::BAD_STATE_ROOT, root.span(), message, "write `s3://bucket` or `s3://bucket/prefix`");
        return default;
    }
    root.trim_end_matches('/').to_owned()
}

fn retention(spec: &Spec, report: &mut Reporter<'_>) -> u32 {
    let Some(retention) = &spec.log_retention else { return 365 };
    let days = retention.0 / 86_400;
    if retention.0 % 86_400 != 0 || !RETENTION_DAYS.contains(&days) {
        let nearest = RETENTION_DAYS.iter().min_by_key(|known| known.abs_diff(days)).copied().unwrap_or(365);
        let message = format!("CloudWatch Logs cannot keep logs for `{}`", retention.value);
        report.report(&codes::OUT_OF_RANGE, retention.span(), message, format!("the nearest it can is `{nearest}d`"));
    }
    days
}

fn note_missing_boundary(spec: &Spec, report: &mut Reporter<'_>) {
    if spec.permissions_boundary.is_none() && !spec.services.is_empty() {
        let message = "no `permissions_boundary`: only their own policies limit the roles";
        let hint = "add `permissions_boundary:` with the ARN of a managed policy, if your organisation has one";
        report.report(&codes::NO_BOUNDARY, Span { start: 0, end: 0 }, message, hint);
    }
}

fn alerts(spec: &Spec, expected: &Expected<'_>, report: &mut Reporter<'_>) -> Option<AlertTarget> {
    let Some(Alerts { topic, email, at }) = &spec.alerts else {
        if !spec.services.is_empty() {
            let message = "no `alerts`: nobody hears the alarms";
            let start = Span { start: 0, end: 0 };
            report.report(&codes::NO_ALERTS, start, message, "add `alerts:` with a `topic` or an `email`");
        }
        return None;
    };
    match (topic, email) {
        (Some(topic), None) => Some(AlertTarget::Topic(expected.check(topic, &["sns"], true, report))),
        (None, Some(email)) => {
            if !email.contains('@') {
                let message = format!("`{}` is not an address", email.value);
                report.report(&BAD_VALUE, email.span(), message, "write an address such as `ops@example.com`");
            }
            Some(AlertTarget::Email(email.value.clone()))
        }
        _ => {
            let message = "`alerts` has exactly one of `topic` and `email`";
            report.report(&codes::EXACTLY_ONE, at.whole, message, one_of(topic.is_some()));
            None
        }
    }
}

/// AWS: at most 50 tags, keys of 128, values of 256 characters, no `aws:` in front. Skiff adds four of its own.
fn check_tags(spec: &Spec, report: &mut Reporter<'_>) {
    for (key, value) in &spec.tags {
        let fits = !key.is_empty() && key.chars().count() <= 128 && value.chars().count() <= 256;
        if !fits || key.starts_with("aws:") || key.starts_with("skiff:") {
            let message = format!("`{key}` cannot be a tag here");
            let hint = "keys have 1 to 128 characters and do not begin with `aws:` or `skiff:`, values at most 256";
            report.report(&codes::OUT_OF_RANGE, value.span(), message, hint);
        }
    }
    if spec.tags.len() > 46 {
        let message = format!("{} tags: AWS takes 50, and Skiff sets four of them", spec.tags.len());
        report.report(&codes::OUT_OF_RANGE, spec.at.field("tags"), message, "keep at most 46");
    }
}
