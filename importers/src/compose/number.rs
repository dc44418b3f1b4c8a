//! Durations and sizes as Compose writes them.

/// `1m30s`, `500ms`, `2h`, `10`: whole seconds, rounded up.
pub(super) fn seconds(text: &str) -> Option<u32> {
    let whole = (milliseconds(text)? / 1_000.0).ceil();
    (whole <= f64::from(u32::MAX)).then_some(whole as u32)
}

/// Whether a duration has a part that is less than a second.
pub(super) fn has_fraction(text: &str) -> bool {
    milliseconds(text).is_some_and(|milliseconds| milliseconds % 1_000.0 != 0.0)
}

fn milliseconds(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<u32>() {
        return Some(f64::from(number) * 1_000.0);
    }
    let (mut rest, mut milliseconds) = (text, 0_f64);
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest.get(..end)?.parse().ok()?;
        let unit_end = rest.get(end..)?.find(|letter: char| letter.is_ascii_digit()).map_or(rest.len(), |at| end + at);
        milliseconds += number
            * match rest.get(end..unit_end)? {
                "us" | "µs" => 0.001,
                "ms" => 1.0,
                "s" => 1_000.0,
                "m" => 60_000.0,
                "h" => 3_600_000.0,
                "d" => 86_400_000.0,
                _ => return None,
            };
        rest = rest.get(unit_end..)?;
    }
    (!text.is_empty()).then_some(milliseconds)
}

/// `512m`, `1gb`, `1.5g`, `1048576`: MiB, rounded up. Units are powers of 1,024, as Docker has them.
pub(super) fn mebibytes(text: &str) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    let end = lower.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(lower.len());
    let number: f64 = lower.get(..end)?.parse().ok()?;
    let unit = lower.get(end..)?.trim().trim_end_matches("ib").trim_end_matches('b');
    let bytes = number
        * match unit {
            "" => 1.0,
            "k" => 1024.0,
            "m" => 1024.0 * 1024.0,
            "g" => 1024.0 * 1024.0 * 1024.0,
            "t" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
            _ => return None,
        };
    let whole = (bytes / 1_048_576.0).ceil();
    (whole > 0.0 && whole <= f64::from(u32::MAX)).then_some(whole as u32)
}

/// `0.5`, `2`: thousandths of a processor.
pub(super) fn thousandths(text: &str) -> Option<u32> {
    let number = (text.trim().parse::<f64>().ok()? * 1_000.0).ceil();
    (number > 0.0 && number <= 1_000_000.0).then_some(number as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_of_the_specification() {
        assert_eq!(seconds("1m30s"), Some(90));
        assert_eq!(seconds("1h5m30s20ms"), Some(3931));
        assert_eq!(seconds("500ms"), Some(1));
        assert_eq!(seconds("10"), Some(10));
        assert_eq!(["", "ten", "5x", "s"].map(seconds), [None; 4]);
        assert!(has_fraction("1m0.5s") && !has_fraction("90s") && !has_fraction("ten"));
        assert_eq!(mebibytes("512m"), Some(512));
        assert_eq!(mebibytes("1gb"), Some(1024));
        assert_eq!(mebibytes("1.5GiB"), Some(1536));
        assert_eq!(mebibytes("1048577"), Some(2));
        assert_eq!(["", "lots", "0", "5q"].map(mebibytes), [None; 4]);
        assert_eq!(thousandths("0.25"), Some(250));
        assert_eq!(["0", "-1", "NaN", "x"].map(thousandths), [None; 4]);
    }
}
