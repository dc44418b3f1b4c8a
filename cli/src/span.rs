//! Spans of time on the command line, as the spec writes them: `500ms`, `30s`, `5m`, `2h`.

use std::time::Duration;

/// Reads a span of time.
///
/// # Errors
/// What it is not, for the argument parser.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let split = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("write a number and a unit, such as `500ms`, `30s`, `5m` or `2h`".into()),
    };
    let number: u64 = number.parse().map_err(|_| "the number is missing, or too large".to_owned())?;
    number.checked_mul(milliseconds).map(Duration::from_millis).ok_or_else(|| "it is too long".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_unit() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("5m"), Ok(Duration::from_secs(300)));
        for wrong in ["5", "m", "", "1d", "-1s", "99999999999999999999h", "18446744073709551615h"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
