//! Times: schedules, windows, lengths.

use std::fmt;

use super::{Cron, MaintenanceWindow, Scalar};

impl Scalar for Cron {
    const EXPECTED: &'static str = "a five-field cron expression such as `0 3 * * *`";
    const NAME: &'static str = "Cron";
    const PATTERN: &'static str = r"^\S+ +\S+ +\S+ +\S+ +\S+$";
    const EXAMPLE: &'static str = "0 3 * * *";

    fn parse(text: &str) -> Option<Self> {
        let ranges = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
        let fields: Vec<_> = text.split(' ').filter(|field| !field.is_empty()).collect();
        let fits = fields.len() == 5 && fields.iter().zip(ranges).all(|(field, range)| cron_field(field, range));
        fits.then(|| Self(fields.join(" ")))
    }

    fn stand_in() -> Self {
        Self("0 0 * * *".into())
    }
}

/// Whether one field of a cron expression is a list of `*`, numbers, names, ranges and steps within bounds.
fn cron_field(field: &str, (least, most): (u32, u32)) -> bool {
    const NAMES: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sun", "mon", "tue", "wed",
        "thu", "fri", "sat",
    ];
    let value = |text: &str| {
        text.parse::<u32>().is_ok_and(|number| (least..=most).contains(&number))
            || (least..=most) != (0..=59) && NAMES.contains(&text.to_ascii_lowercase().as_str())
    };
    let range =
        |text: &str| text == "*" || text.split_once('-').map_or_else(|| value(text), |(a, b)| value(a) && value(b));
    field.split(',').all(|part| match part.split_once('/') {
        Some((base, step)) => range(base) && step.parse::<u32>().is_ok_and(|step| step > 0),
        None => range(part),
    })
}

impl Scalar for MaintenanceWindow {
    const EXPECTED: &'static str = "a weekly window in UTC such as `sun:03:00-sun:04:00`";
    const NAME: &'static str = "MaintenanceWindow";
    const PATTERN: &'static str =
        "^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$";
    const EXAMPLE: &'static str = "sun:03:00-sun:04:00";

    fn parse(text: &str) -> Option<Self> {
        let moment = |text: &str| {
            let parts: Vec<_> = text.split(':').collect();
            let [day, hour, minute] = parts[..] else { return false };
            let number =
                |text: &str, most: u32| text.len() == 2 && text.parse::<u32>().is_ok_and(|number| number <= most);
            ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&day) && number(hour, 23) && number(minute, 59)
        };
        let (from, to) = text.split_once('-')?;
        (moment(from) && moment(to) && from != to).then(|| Self(text.into()))
    }

    fn stand_in() -> Self {
        Self("sun:03:00-sun:04:00".into())
    }
}

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub u32);

impl Scalar for Duration {
    const EXPECTED: &'static str = "a duration such as `30s`, `5m`, `12h` or `7d`";
    const NAME: &'static str = "Duration";
    const PATTERN: &'static str = "^[0-9]+(s|m|h|d)$";
    const EXAMPLE: &'static str = "30s";

    fn parse(text: &str) -> Option<Self> {
        let unit = match text.bytes().last()? {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            _ => return None,
        };
        let digits = &text[..text.len() - 1];
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())??;
        number.checked_mul(unit).map(Self)
    }

    fn stand_in() -> Self {
        Self(30)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, letter) = [(86_400, 'd'), (3_600, 'h'), (60, 'm')]
            .into_iter()
            .find(|(unit, _)| self.0 > 0 && self.0.is_multiple_of(*unit))
            .unwrap_or((1, 's'));
        write!(formatter, "{}{letter}", self.0 / unit)
    }
}
