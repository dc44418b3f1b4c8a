//! Schedules: from what the CronJob controller takes to the five fields that Skiff takes.

use skiff_compiler::spec::values::{Cron, Scalar};

/// The schedules with a name.
static NAMED: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// The last value of each field, for `3/5`, which means `3-59/5` in the field of minutes.
const LAST: [&str; 5] = ["59", "23", "31", "12", "6"];

/// The schedule in five fields; `None` when it cannot be one.
pub(super) fn cron(written: &str) -> Option<Cron> {
    let written = written.trim();
    if written.starts_with('@') {
        let lower = written.to_lowercase();
        return NAMED.iter().find(|(name, _)| *name == lower).and_then(|(_, cron)| Cron::parse(cron));
    }
    let fields: Vec<_> = written.split_whitespace().zip(LAST).map(|(field, last)| plain(field, last)).collect();
    (written.split_whitespace().count() == 5).then(|| Cron::parse(&fields.join(" ")))?
}

/// A field without what only the controller's parser knows: `?` is any, `3/5` begins at 3.
fn plain(field: &str, last: &str) -> String {
    let part = |part: &str| match part.split_once('/') {
        Some(("?", step)) => format!("*/{step}"),
        Some((base, step)) if base != "*" && !base.contains('-') => format!("{base}-{last}/{step}"),
        _ if part == "?" => "*".to_owned(),
        _ => part.to_owned(),
    };
    field.split(',').map(part).collect::<Vec<_>>().join(",")
}

/// A time zone as Skiff takes it: an area and a place. The zones that mean UTC are `Some(None)`, Skiff's default.
pub(super) fn zone(written: &str) -> Option<Option<String>> {
    match written {
        "UTC" | "Etc/UTC" | "Etc/UCT" | "Etc/Universal" | "Etc/Zulu" | "GMT" | "Etc/GMT" | "UCT" | "Zulu"
        | "Universal" => Some(None),
        _ if written.contains('/') && written.starts_with(|first: char| first.is_ascii_uppercase()) => {
            Some(Some(written.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{cron, zone};

    fn fields(written: &str) -> Option<String> {
        cron(written).map(|cron| cron.to_string())
    }

    #[test]
    fn names_and_extensions_become_five_fields() {
        for (written, expected) in [
            ("*/5 * * * *", "*/5 * * * *"),
            ("@daily", "0 0 * * *"),
            ("@Hourly", "0 * * * *"),
            ("0 3 ? * MON-FRI", "0 3 * * MON-FRI"),
            ("3/20 * * * *", "3-59/20 * * * *"),
            ("0  2 1,15 * *", "0 2 1,15 * *"),
        ] {
            assert_eq!(fields(written).as_deref(), Some(expected), "{written}");
        }
    }

    #[test]
    fn others_are_none() {
        for written in ["", "@every 5m", "@reboot", "* * * *", "0 0 L * *", "0 * * * * *", "TZ=UTC 0 0 * * *"] {
            assert_eq!(fields(written), None, "{written}");
        }
    }

    #[test]
    fn zones_have_a_place() {
        assert_eq!(zone("Etc/UTC"), Some(None));
        assert_eq!(zone("Europe/Berlin"), Some(Some("Europe/Berlin".into())));
        assert_eq!(zone("CET"), None);
    }
}
