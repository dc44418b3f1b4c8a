//! Moments: as they are written on a command line, and as they are shown, always in UTC.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, tz::TimeZone};

/// A moment, or a while before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// At this time.
    At(Timestamp),
    /// This long ago.
    Ago(SignedDuration),
}

impl Since {
    /// The moment, when it is `now`; the beginning of time for more than there was.
    pub(crate) fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(duration) => now.checked_sub(duration).unwrap_or(Timestamp::MIN),
        }
    }
}

/// Reads `2026-11-21T12:00:00Z`, `30m`, `2h` or `7d`.
pub(super) fn since(text: &str) -> Result<Since, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Since::At(at));
    }
    let span: Option<Span> = text.parse().ok();
    let duration = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    match duration.filter(|duration| !duration.is_negative()) {
        Some(duration) => Ok(Since::Ago(duration)),
        None => Err("write a moment such as 2026-11-21T12:00:00Z, or a while such as 30m, 2h or 7d".into()),
    }
}

/// The day of a moment, such as `2026-11-21`.
pub(super) fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// The time of day of a moment, such as `12:54:34`.
pub(crate) fn clock_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_whiles_are_read() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let before = |text: &str| since(text).map(|since| since.before(now).to_string());
        assert_eq!(before("2026-11-21T10:30:00+01:00").as_deref(), Ok("2026-11-21T09:30:00Z"));
        assert_eq!(before("30m").as_deref(), Ok("2026-11-21T11:30:00Z"));
        assert_eq!(before("7d").as_deref(), Ok("2026-11-14T12:00:00Z"));
        assert_eq!(since("100000y 1d").map(|since| since.before(now)).ok(), None);
        for wrong in ["", "yesterday", "-1h", "1 month"] {
            assert!(since(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn moments_are_shown_in_utc() {
        let at: Timestamp = "2026-11-21T23:59:58.999-01:00".parse().unwrap();
        assert_eq!((day(at), clock_time(at)), ("2026-11-22".into(), "00:59:58".into()));
    }
}
