//! The time zone of a schedule has the form of a name in the IANA database.

use super::{Reporter, codes};
use crate::spec::{decode::closest, service::Service};

/// The areas of the IANA time zone database, with the older names of countries that it still links.
///
/// Source: `zone1970.tab`, `etcetera` and `backward` of the tz database.
const AREAS: &[&str] = &[
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Brazil",
    "Canada",
    "Chile",
    "Etc",
    "Europe",
    "Indian",
    "Mexico",
    "Pacific",
    "US",
];

pub(crate) fn check(service: &Service, report: &mut Reporter<'_>) {
    let Some(zone) = &service.timezone else { return };
    if looks_like_a_zone(zone) {
        return;
    }
    let area = zone.split('/').next().unwrap_or_default();
    let hint = closest(area, AREAS.iter().copied()).filter(|near| *near != area && zone.contains('/')).map_or_else(
        || "write an area and a place, such as `Europe/Berlin` or `Etc/UTC`".into(),
        |near| format!("did you mean `{near}{}`?", &zone[area.len()..]),
    );
    let message = format!("`{zone}` is not a time zone");
    report.report(&codes::BAD_TIMEZONE, service.at.field("timezone"), message, hint);
}

/// `UTC`, or an area and one to two parts: `Europe/Berlin`, `America/Argentina/Salta`, `Etc/GMT+9`.
fn looks_like_a_zone(zone: &str) -> bool {
    let mut parts = zone.split('/');
    let area = parts.next().unwrap_or_default();
    let places: Vec<_> = parts.collect();
    let place = |part: &&str| {
        part.starts_with(|first: char| first.is_ascii_uppercase())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    };
    zone == "UTC" || AREAS.contains(&area) && (1..=2).contains(&places.len()) && places.iter().all(place)
}

#[cfg(test)]
mod tests {
    use super::looks_like_a_zone;

    #[test]
    fn names_of_the_database_pass() {
        for zone in
            ["UTC", "Etc/UTC", "Etc/GMT+9", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince"]
        {
            assert!(looks_like_a_zone(zone), "{zone}");
        }
    }

    #[test]
    fn abbreviations_and_offsets_do_not() {
        for zone in ["", "CET", "+02:00", "Europe", "Europe/", "europe/berlin", "Berlin", "Europe/Ber lin", "Etc/A/B/C"]
        {
            assert!(!looks_like_a_zone(zone), "{zone}");
        }
    }
}
