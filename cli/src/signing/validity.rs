//! How long something that is signed is good for, as people write it: `12h`, `90d`, `52w`.

use jiff::SignedDuration;

/// The longest: ten years, so that a slip of the finger makes nothing eternal.
const MOST_HOURS: i64 = 10 * 366 * 24;

/// Reads a term: a number and `h`, `d` or `w`.
pub(crate) fn term(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("`{text}` is no term: write a number and `h`, `d` or `w`, such as `90d`, at most ten years");
    let (number, unit) = text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let hours = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        _ => return Err(wrong()),
    };
    let number = number.parse::<i64>().ok().filter(|number| (1..=MOST_HOURS).contains(number)).ok_or_else(wrong)?;
    let hours = number * hours;
    if hours > MOST_HOURS { Err(wrong()) } else { Ok(SignedDuration::from_hours(hours)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read() {
        assert_eq!(term("90d").unwrap(), SignedDuration::from_hours(90 * 24));
        assert_eq!((term("1h").unwrap(), term("2w").unwrap()), (term("1h").unwrap(), term("14d").unwrap()));
        for text in ["", "d", "0d", "-1d", "90", "90 d", "90m", "é", "99999w", "9999999999999999999d", "1.5d"] {
            assert!(term(text).is_err(), "{text}");
        }
    }
}
