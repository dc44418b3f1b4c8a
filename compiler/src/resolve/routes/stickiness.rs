//! How a client stays with its member, and how a new member warms up.

use super::{super::Reporter, codes};
use crate::{
    facts::limits,
    spec::{decode::Spanned, service::Service, values::Duration},
};

pub(super) fn check(service: &Service, report: &mut Reporter<'_>) {
    let duration = service.stickiness.as_ref().and_then(|stickiness| stickiness.duration.as_ref());
    check_time(duration, limits::STICKINESS_SECONDS, "a stickiness of", report);
    check_time(service.slow_start.as_ref(), limits::SLOW_START_SECONDS, "a slow start of", report);
    let Some(cookie) = service.stickiness.as_ref().and_then(|stickiness| stickiness.cookie.as_ref()) else { return };
    // A cookie's name is a token (RFC 6265, 4.1.1); the load balancer's own are not followed (ELBv2 user guide).
    let token = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    if cookie.is_empty() || !cookie.chars().all(token) || cookie.to_ascii_uppercase().starts_with("AWSALB") {
        let message = format!("`{}` is no cookie that a load balancer can follow", cookie.value);
        let hint = "name a cookie that the service sets; names that begin with `AWSALB` are the load balancer's own";
        report.report(&codes::BAD_COOKIE, cookie.span(), message, hint);
    }
}

fn check_time(
    written: Option<&Spanned<Duration>>,
    bounds: std::ops::RangeInclusive<u32>,
    what: &str,
    report: &mut Reporter<'_>,
) {
    let Some(time) = written.filter(|time| !bounds.contains(&time.0)) else { return };
    let message = format!("{what} `{}` is not one that AWS takes", time.value);
    let hint = format!("`{}` to `{}` are possible", Duration(*bounds.start()), Duration(*bounds.end()));
    report.report(&codes::OUT_OF_RANGE, time.span(), message, hint);
}
