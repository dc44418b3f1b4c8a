//! Amounts of storage and of resources, as far as volumes and variables hold them.

/// What stands behind a number, as a power of two or of ten.
static SUFFIXES: &[(&str, u32, i32)] = &[
    ("Ki", 1 << 10, 0),
    ("Mi", 1 << 20, 0),
    ("Gi", 1 << 30, 0),
    ("Ti", 1024, 30),
    ("Pi", 1 << 20, 30),
    ("Ei", 1 << 30, 30),
    ("n", 1, -9),
    ("u", 1, -6),
    ("m", 1, -3),
    ("k", 1, 3),
    ("M", 1, 6),
    ("G", 1, 9),
    ("T", 1, 12),
    ("P", 1, 15),
    ("E", 1, 18),
];

/// An amount in billionths, which every suffix can hold; `None` for what is no amount, or a negative one.
pub(super) fn billionths(text: &str) -> Option<u128> {
    let suffix = SUFFIXES.iter().find(|(suffix, ..)| text.ends_with(suffix));
    let (number, factor, power) = match suffix {
        Some((suffix, factor, 30)) => (text.strip_suffix(suffix)?, u128::from(*factor) << 30, 0),
        Some((suffix, factor, power)) => (text.strip_suffix(suffix)?, u128::from(*factor), *power),
        None => match text.split_once(['e', 'E']) {
            Some((number, power)) => (number, 1, power.parse().ok()?),
            None => (text, 1, 0),
        },
    };
    scaled(number.strip_prefix('+').unwrap_or(number), power + 9)?.checked_mul(factor)
}

/// A decimal number times a power of ten; a rest is rounded up, as Kubernetes does.
fn scaled(number: &str, power: i32) -> Option<u128> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{decimals}");
    let value: u128 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    let power = power - i32::try_from(decimals.len()).ok()?;
    let ten = 10_u128.checked_pow(power.unsigned_abs())?;
    if power < 0 { Some(value.div_ceil(ten)) } else { value.checked_mul(ten) }
}

/// An amount of bytes in MiB, rounded up, and whether nothing was rounded; at least one.
pub(super) fn mebibytes(text: &str) -> Option<(u32, bool)> {
    let (bytes, mebi) = (billionths(text)?, 1_000_000_000_u128 << 20);
    let number = u32::try_from(bytes.div_ceil(mebi)).ok()?;
    Some((number.max(1), number > 0 && bytes.is_multiple_of(mebi)))
}

#[cfg(test)]
mod tests {
    use super::{billionths, mebibytes};

    #[test]
    fn suffixes_are_powers_of_two_or_ten() {
        for (text, expected) in [
            ("1Gi", (1024, true)),
            ("1G", (954, false)),
            ("10Ti", (10 * 1024 * 1024, true)),
            ("1048576", (1, true)),
            ("5e8", (477, false)),
            ("1.5Gi", (1536, true)),
            ("1", (1, false)),
        ] {
            assert_eq!(mebibytes(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in ["", "Gi", "-1Gi", "1gi", "1 Gi", "${SIZE}", "1.2.3"] {
            assert_eq!(mebibytes(text), None, "{text}");
        }
        assert_eq!(billionths("500m"), Some(500_000_000));
    }
}
