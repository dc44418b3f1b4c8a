//! Buckets, queues, databases, secrets, backups.

use crate::{
    rules::{
        Must::{
            BeAJsonObject, BeAnArn, BeAnId, BeBetween, BeOneOf, Contain, HaveAtLeastOneOf, HaveLength, HaveWhen,
            NotCombine, Satisfy,
        },
        Rule,
    },
    value::Value,
};

const BUCKET: &[&str] = &["aws_s3_bucket"];
const LIFECYCLE: &[&str] = &["aws_s3_bucket_lifecycle_configuration"];
const QUEUE: &[&str] = &["aws_sqs_queue"];
const DATABASE: &[&str] = &["aws_db_instance"];
const PARAMETERS: &[&str] = &["aws_db_parameter_group"];
const SECRET: &[&str] = &["aws_secretsmanager_secret"];
const VAULT: &[&str] = &["aws_backup_vault"];
const SELECTION: &[&str] = &["aws_backup_selection"];

const STORAGE_CLASSES: &[&str] =
    &["GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"];

pub(super) const RULES: &[Rule] = &[
    Rule { types: BUCKET, path: "", must: NotCombine(&["bucket", "bucket_prefix"]) },
    Rule { types: BUCKET, path: "bucket", must: HaveLength(3, 63) },
    Rule { types: BUCKET, path: "bucket", must: Contain(is_bucket, "lower-case letters, digits, dots and hyphens") },
    Rule { types: &["aws_s3_bucket_policy"], path: "policy", must: BeAJsonObject },
    Rule {
        types: &["aws_s3_bucket_versioning"],
        path: "versioning_configuration.status",
        must: BeOneOf(&["Enabled", "Suspended", "Disabled"]),
    },
    Rule {
        types: &["aws_s3_bucket_ownership_controls"],
        path: "rule.object_ownership",
        must: BeOneOf(&["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"]),
    },
    Rule {
        types: &["aws_s3_bucket_server_side_encryption_configuration"],
        path: "rule.apply_server_side_encryption_by_default.sse_algorithm",
        must: BeOneOf(&["AES256", "aws:kms", "aws:kms:dsse"]),
    },
    Rule { types: LIFECYCLE, path: "rule.id", must: HaveLength(1, 255) },
    Rule { types: LIFECYCLE, path: "rule.status", must: BeOneOf(&["Enabled", "Disabled"]) },
    Rule { types: LIFECYCLE, path: "rule", must: HaveAtLeastOneOf(LIFECYCLE_ACTIONS) },
    Rule { types: LIFECYCLE, path: "rule", must: NotCombine(&["filter", "prefix"]) },
    Rule { types: LIFECYCLE, path: "rule.expiration", must: NotCombine(&["days", "date"]) },
    Rule { types: LIFECYCLE, path: "rule.expiration.days", must: BeBetween(0, i32::MAX as i64) },
    Rule { types: LIFECYCLE, path: "rule.transition.storage_class", must: BeOneOf(STORAGE_CLASSES) },
    Rule {
        types: LIFECYCLE,
        path: "rule.noncurrent_version_expiration.noncurrent_days",
        must: BeBetween(1, i32::MAX as i64),
    },
    Rule {
        types: LIFECYCLE,
        path: "rule.abort_incomplete_multipart_upload.days_after_initiation",
        must: BeBetween(1, i32::MAX as i64),
    },
    Rule { types: QUEUE, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: QUEUE, path: "", must: NotCombine(&["kms_master_key_id", "sqs_managed_sse_enabled"]) },
    Rule { types: QUEUE, path: "", must: Satisfy(queue) },
    Rule { types: QUEUE, path: "delay_seconds", must: BeBetween(0, 900) },
    Rule { types: QUEUE, path: "max_message_size", must: BeBetween(1024, 1_048_576) },
    Rule { types: QUEUE, path: "message_retention_seconds", must: BeBetween(60, 1_209_600) },
    Rule { types: QUEUE, path: "receive_wait_time_seconds", must: BeBetween(0, 20) },
    Rule { types: QUEUE, path: "visibility_timeout_seconds", must: BeBetween(0, 43_200) },
    Rule { types: QUEUE, path: "kms_data_key_reuse_period_seconds", must: BeBetween(60, 86_400) },
    Rule { types: QUEUE, path: "deduplication_scope", must: BeOneOf(&["messageGroup", "queue"]) },
    Rule { types: QUEUE, path: "fifo_throughput_limit", must: BeOneOf(&["perQueue", "perMessageGroupId"]) },
    Rule { types: QUEUE, path: "policy", must: BeAJsonObject },
    Rule { types: QUEUE, path: "redrive_policy", must: BeAJsonObject },
    Rule { types: QUEUE, path: "redrive_allow_policy", must: BeAJsonObject },
    Rule { types: &["aws_sqs_queue_policy"], path: "policy", must: BeAJsonObject },
    Rule { types: DATABASE, path: "", must: NotCombine(&["identifier", "identifier_prefix"]) },
    Rule { types: DATABASE, path: "", must: NotCombine(&["manage_master_user_password", "password"]) },
    Rule { types: DATABASE, path: "", must: NotCombine(&["manage_master_user_password", "password_wo"]) },
    Rule { types: DATABASE, path: "", must: Satisfy(database) },
    Rule { types: DATABASE, path: "identifier", must: HaveLength(1, 63) },
    Rule {
        types: DATABASE,
        path: "identifier",
        must: Contain(is_identifier, "only lowercase alphanumeric characters and hyphens allowed"),
    },
    Rule { types: DATABASE, path: "backup_retention_period", must: BeBetween(0, 35) },
    Rule { types: DATABASE, path: "backup_window", must: Satisfy(daily_window) },
    Rule { types: DATABASE, path: "maintenance_window", must: Satisfy(weekly_window) },
    Rule { types: DATABASE, path: "kms_key_id", must: BeAnArn },
    Rule { types: DATABASE, path: "monitoring_role_arn", must: BeAnArn },
    Rule { types: DATABASE, path: "monitoring_interval", must: Satisfy(monitoring) },
    Rule { types: DATABASE, path: "vpc_security_group_ids", must: BeAnId(&["sg"]) },
    Rule { types: DATABASE, path: "storage_type", must: BeOneOf(&["standard", "gp2", "gp3", "io1", "io2"]) },
    Rule {
        types: DATABASE,
        path: "enabled_cloudwatch_logs_exports",
        must: BeOneOf(&[
            "agent",
            "alert",
            "audit",
            "diag.log",
            "error",
            "general",
            "iam-db-auth-error",
            "listener",
            "notify.log",
            "oemagent",
            "postgresql",
            "slowquery",
            "trace",
            "upgrade",
        ]),
    },
    Rule { types: DATABASE, path: "instance_class", must: Satisfy(instance_class) },
    Rule { types: PARAMETERS, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: PARAMETERS, path: "name", must: HaveLength(1, 255) },
    Rule { types: PARAMETERS, path: "parameter.apply_method", must: BeOneOf(&["immediate", "pending-reboot"]) },
    Rule { types: &["aws_db_subnet_group"], path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: &["aws_db_subnet_group"], path: "subnet_ids", must: BeAnId(&["subnet"]) },
    Rule { types: SECRET, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: SECRET, path: "name", must: HaveLength(1, 512) },
    Rule { types: SECRET, path: "policy", must: BeAJsonObject },
    Rule { types: SECRET, path: "recovery_window_in_days", must: Satisfy(recovery) },
    Rule { types: VAULT, path: "name", must: HaveLength(2, 50) },
    Rule { types: VAULT, path: "kms_key_arn", must: BeAnArn },
    Rule { types: SELECTION, path: "iam_role_arn", must: BeAnArn },
    Rule { types: SELECTION, path: "name", must: HaveLength(1, 50) },
    Rule { types: SELECTION, path: "resources", must: Satisfy(selected) },
    Rule { types: SELECTION, path: "selection_tag.type", must: BeOneOf(&["STRINGEQUALS"]) },
    Rule { types: &["aws_backup_plan"], path: "rule.rule_name", must: HaveLength(1, 50) },
    Rule { types: &["aws_backup_plan"], path: "rule.schedule", must: Satisfy(schedule) },
    Rule { types: &["aws_backup_plan"], path: "rule.copy_action.destination_vault_arn", must: BeAnArn },
    Rule { types: QUEUE, path: "", must: HaveWhen("deduplication_scope", "messageGroup", &["fifo_queue"]) },
];

const LIFECYCLE_ACTIONS: &[&str] = &[
    "abort_incomplete_multipart_upload",
    "expiration",
    "transition",
    "noncurrent_version_expiration",
    "noncurrent_version_transition",
];

const fn is_bucket(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '-')
}

const fn is_identifier(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'
}

/// A queue in order has a name that says so, and only such a queue knows duplicates.
fn queue(queue: &Value) -> Option<String> {
    let is_fifo = queue.get("fifo_queue") == &Value::Bool(true);
    if let Some(name) = queue.text_of("name") {
        let plain = name.strip_suffix(".fifo");
        let letters = plain.unwrap_or(name).chars();
        let is_good = name.len() <= 80 && letters.clone().all(|l| l.is_ascii_alphanumeric() || matches!(l, '-' | '_'));
        if !is_good || plain.is_some() != is_fifo {
            return Some(format!("invalid queue name: {name}"));
        }
    }
    let dedups = queue.get("content_based_deduplication") == &Value::Bool(true);
    (dedups && !is_fifo).then(|| "content-based deduplication can only be set for FIFO queue".to_owned())
}

/// What RDS asks of a new instance, and the provider of one that will be destroyed some day.
fn database(database: &Value) -> Option<String> {
    let has = |name: &str| database.get(name).is_written();
    let is_copy = ["replicate_source_db", "snapshot_identifier", "restore_to_point_in_time", "s3_import"];
    if !is_copy.iter().any(|name| has(name)) {
        if let Some(missing) = ["engine", "allocated_storage", "username"].iter().find(|name| !has(name)) {
            return Some(format!("{missing:?}: required field is not set"));
        }
        if !["password", "password_wo", "manage_master_user_password"].iter().any(|name| has(name)) {
            return Some("`password`, `password_wo` or `manage_master_user_password` must be set".to_owned());
        }
    }
    let keeps_nothing = database.get("skip_final_snapshot") == &Value::Bool(true);
    if !keeps_nothing && database.get("skip_final_snapshot") != &Value::Unknown && !has("final_snapshot_identifier") {
        return Some("final_snapshot_identifier is required when skip_final_snapshot is false".to_owned());
    }
    let watches = database.get("monitoring_interval").number().is_some_and(|seconds| seconds > 0.0);
    (watches && !has("monitoring_role_arn"))
        .then(|| "monitoring_role_arn is required when monitoring_interval is set".to_owned())
}

fn instance_class(value: &Value) -> Option<String> {
    let class = value.text()?;
    (!class.starts_with("db.")).then(|| format!("invalid value for instance_class (must begin with \"db.\"): {class}"))
}

fn monitoring(value: &Value) -> Option<String> {
    let seconds = value.number()?;
    let is_good = [0.0, 1.0, 5.0, 10.0, 15.0, 30.0, 60.0].contains(&seconds);
    (!is_good).then(|| format!("expected monitoring_interval to be one of [0 1 5 10 15 30 60], got {seconds}"))
}

fn recovery(value: &Value) -> Option<String> {
    let days = value.number()?;
    let is_good = days == 0.0 || (7.0..=30.0).contains(&days);
    (!is_good).then(|| format!("expected recovery_window_in_days to be 0 or in the range (7 - 30), got {days}"))
}

fn selected(value: &Value) -> Option<String> {
    let resource =
        value.items().iter().filter_map(Value::text).find(|text| *text != "*" && !text.starts_with("arn:"))?;
    Some(format!("invalid value for resources (must be an ARN, which may have wildcards): {resource}"))
}

/// A cron of six fields or a rate.
fn schedule(value: &Value) -> Option<String> {
    let text = value.text()?;
    let is_good = (text.starts_with("cron(") || text.starts_with("rate(")) && text.ends_with(')');
    (!is_good).then(|| format!("invalid value for schedule (must be cron(…) or rate(…)): {text}"))
}

/// `04:00-05:00`.
fn daily_window(value: &Value) -> Option<String> {
    let text = value.text()?;
    let is_good = text.split_once('-').is_some_and(|(from, to)| is_time(from) && is_time(to));
    (!is_good).then(|| format!("{text:?} must satisfy the format of \"hh24:mi-hh24:mi\"."))
}

/// `sun:04:00-sun:05:00`, of which the provider wants lower case.
fn weekly_window(value: &Value) -> Option<String> {
    let text = value.text()?;
    let is_point = |point: &str| {
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        point.split_once(':').is_some_and(|(day, time)| days.contains(&day) && is_time(time))
    };
    let is_good = text.split_once('-').is_some_and(|(from, to)| is_point(from) && is_point(to));
    (!is_good).then(|| format!("{text:?} must satisfy the format of \"ddd:hh24:mi-ddd:hh24:mi\"."))
}

fn is_time(text: &str) -> bool {
    let within = |part: &str, most: u8| part.len() == 2 && part.parse::<u8>().is_ok_and(|number| number <= most);
    text.split_once(':').is_some_and(|(hour, minute)| within(hour, 23) && within(minute, 59))
}
