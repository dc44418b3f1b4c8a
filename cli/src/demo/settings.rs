//! What the service is told by its environment.

use std::time::Duration;

use crate::failure::Failure;

/// The port when `PORT` says none.
const USUAL_PORT: u16 = 8080;
/// The most that an answer can be delayed.
const LONGEST: Duration = Duration::from_secs(60);

/// What the service is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The address it listens on.
    pub(crate) host: String,
    /// The port it listens on; 0 for any that is free.
    pub(crate) port: u16,
    /// What it calls itself.
    pub(crate) version: String,
    /// How many requests of a million fail.
    pub(crate) failures_per_million: u64,
    /// How long each answer takes at least.
    pub(crate) latency: Duration,
}

impl Settings {
    /// Reads the settings from an environment.
    ///
    /// # Errors
    /// A value that cannot be one.
    pub(crate) fn of(environment: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let value = |name: &'static str| environment(name).filter(|value| !value.is_empty());
        Ok(Self {
            host: value("HOST").unwrap_or_else(|| "127.0.0.1".into()),
            port: read(value, "PORT", "a number from 0 to 65535", |text| text.parse().ok())?.unwrap_or(USUAL_PORT),
            version: read(value, "VERSION", "at most 64 visible ASCII letters", version)?
                .unwrap_or_else(|| "v1".into()),
            failures_per_million: read(value, "ERROR_RATE", "a share such as `0.05` or `5%`", share)?.unwrap_or(0),
            latency: read(value, "LATENCY_MS", "milliseconds from 0 to 60000", milliseconds)?.unwrap_or_default(),
        })
    }
}

fn read<T>(
    value: impl Fn(&'static str) -> Option<String>,
    name: &'static str,
    wanted: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Failure> {
    let Some(text) = value(name) else { return Ok(None) };
    let refused = || Failure::usage(format!("`{name}` is `{text}`")).hint(format!("it must be {wanted}"));
    parse(text.trim()).map(Some).ok_or_else(refused)
}

/// It is sent as a header, so only what a header can carry.
fn version(text: &str) -> Option<String> {
    (text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| text.to_owned())
}

/// Milliseconds up to a minute.
pub(super) fn milliseconds(text: &str) -> Option<Duration> {
    text.parse().ok().map(Duration::from_millis).filter(|duration| *duration <= LONGEST)
}

fn share(text: &str) -> Option<u64> {
    let (number, scale) = match text.strip_suffix('%') {
        Some(number) => (number, 10_000.0),
        None => (text, 1_000_000.0),
    };
    let parts: f64 = number.trim().parse::<f64>().ok()? * scale;
    // In this range a float holds every whole number, so nothing is lost on the way to one.
    (0.0..=1_000_000.0).contains(&parts).then(|| parts.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Settings, Failure> {
        Settings::of(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn everything_has_a_default() {
        let settings = of(&[("PORT", "")]).unwrap();
        assert_eq!((settings.port, &*settings.version, &*settings.host), (8080, "v1", "127.0.0.1"));
        assert_eq!((settings.failures_per_million, settings.latency), (0, Duration::ZERO));
    }

    #[test]
    fn shares_are_fractions_or_percent() {
        let rate = |text: &str| of(&[("ERROR_RATE", text)]).map(|settings| settings.failures_per_million).ok();
        assert_eq!(
            (rate("0.05"), rate("5%"), rate("0"), rate("1")),
            (Some(50_000), Some(50_000), Some(0), Some(1_000_000))
        );
        for wrong in ["-1", "101%", "1.5", "NaN", "many"] {
            assert_eq!(rate(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        for (name, value) in [("PORT", "80800"), ("LATENCY_MS", "60001"), ("VERSION", "v 1"), ("ERROR_RATE", "x")] {
            let failure = of(&[(name, value)]).unwrap_err().into_outcome();
            assert!(failure.summary.contains(name) && failure.hint.is_some(), "{}", failure.summary);
        }
    }
}
