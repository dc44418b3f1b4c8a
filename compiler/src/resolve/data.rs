//! Databases, queues and buckets: bounds that AWS sets.

use super::{Reporter, codes};
use crate::facts::engines;
use crate::spec::{
    Spec,
    data::{Bucket, Database, Queue},
    decode::Spanned,
    values::{Duration, MemorySize, Name},
};

const DAY: u32 = 86_400;

pub(crate) fn check(spec: &Spec, report: &mut Reporter<'_>) {
    for (name, database) in &spec.databases {
        check_database_name(name, database, report);
        check_database(database, report);
    }
    spec.queues.values().for_each(|queue| check_queue(queue, report));
    spec.buckets.values().for_each(|bucket| check_bucket(bucket, report));
}

/// Names that the engines keep for themselves.
fn check_database_name(name: &Name, database: &Database, report: &mut Reporter<'_>) {
    const KEPT: &[&str] = &[
        "db",
        "database",
        "default",
        "information-schema",
        "mysql",
        "performance-schema",
        "postgres",
        "rdsadmin",
        "sys",
        "template0",
        "template1",
        "user",
    ];
    if KEPT.contains(&name.as_str()) {
        let message = format!("`{name}` is a name that database engines keep for themselves");
        report.report(
            &codes::OUT_OF_RANGE,
            database.at.whole,
            message,
            "name it after what it holds, such as `orders`",
        );
    }
}

fn check_database(database: &Database, report: &mut Reporter<'_>) {
    whole_days(database.backup_retention.as_ref(), 1, 35, "automatic backups cannot be kept", report);
    let storage = database.storage.as_ref().map_or(20, |storage| storage.gibibytes());
    if let Some(written) = database.storage.as_ref().filter(|_| !(20..=65_536).contains(&storage)) {
        let message = format!("storage of `{}` cannot be had", written.value);
        report.report(&codes::OUT_OF_RANGE, written.span(), message, "20Gi to 64Ti are possible");
    }
    check_growth(database.storage_max.as_ref(), storage, report);
    if let Some(class) = database.class.as_ref().filter(|class| !class.starts_with("db.")) {
        let message = format!("`{}` is not an instance class", class.value);
        report.report(&codes::OUT_OF_RANGE, class.span(), message, "classes begin with `db.`, such as `db.t4g.small`");
    }
    check_version(database, report);
}

fn check_version(database: &Database, report: &mut Reporter<'_>) {
    let engine = database.engine.word();
    let Some(version) = database.version.as_ref().filter(|version| !engines::has_version(engine, version)) else {
        return;
    };
    let known: Vec<_> = engines::series(engine).into_iter().map(|series| format!("`\"{series}\"`")).collect();
    let message = format!("RDS makes no {engine} `{}`", version.value);
    report.report(&codes::OUT_OF_RANGE, version.span(), message, format!("it makes {}", known.join(", ")));
}

/// RDS wants at least 10% room to grow into.
fn check_growth(written: Option<&Spanned<MemorySize>>, storage: u32, report: &mut Reporter<'_>) {
    if let Some(most) =
        written.filter(|most| most.gibibytes() * 10 < storage.saturating_mul(11) || most.gibibytes() > 65_536)
    {
        let message = format!("`storage_max` of `{}` leaves no room to grow from {storage}Gi", most.value);
        report.report(
            &codes::OUT_OF_RANGE,
            most.span(),
            message,
            "give at least 10% more than `storage`, at most 64Ti",
        );
    }
}

fn check_queue(queue: &Queue, report: &mut Reporter<'_>) {
    between(queue.visibility_timeout.as_ref(), 0, 43_200, "a message cannot be hidden", report);
    between(queue.retention.as_ref(), 60, 14 * DAY, "a message cannot be kept", report);
    if let Some(receives) = queue.max_receives.as_ref().filter(|receives| !(1..=1000).contains(&receives.value)) {
        let message = format!("{} receives are not possible", receives.value);
        report.report(&codes::OUT_OF_RANGE, receives.span(), message, "1 to 1000 are possible");
    }
}

fn check_bucket(bucket: &Bucket, report: &mut Reporter<'_>) {
    whole_days(bucket.expire_after.as_ref(), 1, 36_500, "objects cannot be deleted after", report);
    whole_days(bucket.expire_old_versions.as_ref(), 1, 36_500, "old versions cannot be deleted after", report);
}

fn between(written: Option<&Spanned<Duration>>, least: u32, most: u32, what: &str, report: &mut Reporter<'_>) {
    if let Some(time) = written.filter(|time| !(least..=most).contains(&time.0)) {
        let hint = format!("`{}` to `{}` are possible", Duration(least), Duration(most));
        report.report(&codes::OUT_OF_RANGE, time.span(), format!("{what} for `{}`", time.value), hint);
    }
}

pub(crate) fn whole_days(
    written: Option<&Spanned<Duration>>,
    least: u32,
    most: u32,
    what: &str,
    report: &mut Reporter<'_>,
) {
    if let Some(time) = written.filter(|time| time.0 % DAY != 0 || !(least..=most).contains(&(time.0 / DAY))) {
        let hint = format!("whole days, `{least}d` to `{most}d`, are possible");
        report.report(&codes::OUT_OF_RANGE, time.span(), format!("{what} `{}`", time.value), hint);
    }
}
