//! Amounts as the Kubernetes API writes them: `500m`, `1Gi`, `0.5`, `1e3`.
//!
//! Grammar and rounding are those of `resource.Quantity` of the Kubernetes API: a decimal number with a binary suffix, a
//! decimal suffix or an exponent; what is finer than a billionth is rounded up.

/// An amount that is not negative, in billionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quantity(u128);

const BILLION: u128 = 1_000_000_000;
const MEBIBYTE: u128 = 1024 * 1024;

/// Digits that are read at most: more of them than any machine has, and few enough to calculate with.
const MOST_DIGITS: usize = 28;

impl Quantity {
    /// One MiB.
    pub(crate) const MEBIBYTE: Self = Self(MEBIBYTE * BILLION);

    /// Reads an amount; `None` when the API would refuse it, and for what is negative or beyond all machines.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('+').unwrap_or(text);
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        let (number, suffix) = text.split_at_checked(end)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{decimals}");
        if digits.is_empty() || digits.len() > MOST_DIGITS || decimals.contains('.') {
            return None;
        }
        let (times, parts) = scale(suffix)?;
        let above = digits.parse::<u128>().ok()?.checked_mul(times)?.checked_mul(BILLION)?;
        let below = 10_u128.checked_pow(u32::try_from(decimals.len()).ok()?)?.checked_mul(parts)?;
        Some(Self(above.div_ceil(below)))
    }

    /// So many thousandths.
    #[must_use]
    pub(crate) fn from_thousandths(number: u32) -> Self {
        Self(u128::from(number) * BILLION / 1000)
    }

    /// Whether it is nothing.
    #[must_use]
    pub(crate) fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Thousandths, rounded up; the largest number for more.
    #[must_use]
    pub(crate) fn thousandths(self) -> u32 {
        u32::try_from(self.0.div_ceil(BILLION / 1000)).unwrap_or(u32::MAX)
    }

    /// MiB, rounded up; the largest number for more.
    #[must_use]
    pub(crate) fn mebibytes(self) -> u32 {
        u32::try_from(self.0.div_ceil(BILLION * MEBIBYTE)).unwrap_or(u32::MAX)
    }

    /// GiB, rounded up; the largest number for more.
    #[must_use]
    pub(crate) fn gibibytes(self) -> u32 {
        u32::try_from(self.0.div_ceil(BILLION * MEBIBYTE * 1024)).unwrap_or(u32::MAX)
    }

    /// The sum; the largest amount for more.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// How many of a unit it is, rounded up; `None` when the unit is nothing.
    #[must_use]
    pub(crate) fn per(self, unit: Self) -> Option<u128> {
        (!unit.is_zero()).then(|| self.0.div_ceil(unit.0))
    }
}

/// An amount of bytes in MiB, rounded up and at least one, and whether that is the same; `None` for what is no amount, and
/// for more than a number of MiB can hold.
#[must_use]
pub(crate) fn whole_mebibytes(text: &str) -> Option<(u32, bool)> {
    let amount = Quantity::parse(text)?;
    let number = u32::try_from(amount.per(Quantity::MEBIBYTE)?).ok()?;
    Some((number.max(1), number > 0 && amount.0.is_multiple_of(Quantity::MEBIBYTE.0)))
}

/// What a suffix multiplies by and divides by.
fn scale(suffix: &str) -> Option<(u128, u128)> {
    const DECIMAL: [&str; 6] = ["k", "M", "G", "T", "P", "E"];
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let power = |base: u128, index: usize| base.checked_pow(u32::try_from(index).ok()? + 1);
    if let Some(index) = DECIMAL.iter().position(|known| *known == suffix) {
        return Some((power(1000, index)?, 1));
    }
    if let Some(index) = BINARY.iter().position(|known| *known == suffix) {
        return Some((power(1024, index)?, 1));
    }
    match suffix {
        "" => Some((1, 1)),
        "m" => Some((1, 1000)),
        "u" => Some((1, 1_000_000)),
        "n" => Some((1, BILLION)),
        _ => exponent(suffix.strip_prefix(['e', 'E'])?),
    }
}

fn exponent(text: &str) -> Option<(u128, u128)> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let power = 10_u128.checked_pow(digits.parse().ok().filter(|power| *power <= 18)?)?;
    if text.starts_with('-') { Some((1, power)) } else { Some((power, 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nano(text: &str) -> Option<u128> {
        Quantity::parse(text).map(|quantity| quantity.0)
    }

    #[test]
    fn every_suffix_reads() {
        for (text, expected) in [
            ("1", BILLION),
            ("1.5", 1_500_000_000),
            (".5", 500_000_000),
            ("5.", 5 * BILLION),
            ("+2", 2 * BILLION),
            ("500m", 500_000_000),
            ("3u", 3_000),
            ("7n", 7),
            ("1k", 1_000 * BILLION),
            ("1M", 1_000_000 * BILLION),
            ("2G", 2_000_000_000 * BILLION),
            ("1Ki", 1024 * BILLION),
            ("1Mi", MEBIBYTE * BILLION),
            ("1.5Gi", 1536 * MEBIBYTE * BILLION),
            ("1e3", 1_000 * BILLION),
            ("1E3", 1_000 * BILLION),
            ("1E", 1_000_000_000_000_000_000 * BILLION),
            ("1e-3", 1_000_000),
            ("1e+3", 1_000 * BILLION),
            ("0.0000000001", 1),
        ] {
            assert_eq!(nano(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_the_api_refuses_is_nothing() {
        for text in ["", ".", "m", "-1", "1K", "1mi", "1 Gi", "1GB", "1.2.3", "1e", "1e99", "one", "${CPU}", "1Mi2"] {
            assert_eq!(nano(text), None, "{text}");
        }
        assert_eq!(nano(&"9".repeat(40)), None);
        assert!(Quantity::parse("99999999999999999999Ei").is_none_or(|huge| huge.mebibytes() == u32::MAX));
    }

    #[test]
    fn amounts_are_rounded_up() {
        let parse = |text| Quantity::parse(text).unwrap();
        assert_eq!(parse("1n").thousandths(), 1);
        assert_eq!(parse("0.1").thousandths(), 100);
        assert_eq!(parse("128M").mebibytes(), 123);
        assert_eq!(parse("128Mi").mebibytes(), 128);
        assert_eq!(parse("128m").mebibytes(), 1);
        assert_eq!(parse("1Gi").plus(parse("1")).gibibytes(), 2);
        assert_eq!(parse("4Ei").mebibytes(), u32::MAX);
        assert!(parse("0").is_zero());
        assert_eq!(Quantity::from_thousandths(250), parse("250m"));
    }

    #[test]
    fn sizes_are_whole_mebibytes() {
        for (text, expected) in [
            ("1Gi", (1024, true)),
            ("1G", (954, false)),
            ("10Ti", (10 * 1024 * 1024, true)),
            ("1048576", (1, true)),
            ("5e8", (477, false)),
            ("1.5Gi", (1536, true)),
            ("1", (1, false)),
            ("0", (1, false)),
        ] {
            assert_eq!(whole_mebibytes(text), Some(expected), "{text}");
        }
        for text in ["", "Gi", "-1Gi", "1gi", "1 Gi", "${SIZE}", "1.2.3", "4Ei"] {
            assert_eq!(whole_mebibytes(text), None, "{text}");
        }
    }

    #[test]
    fn an_amount_is_counted_in_units() {
        let parse = |text| Quantity::parse(text).unwrap();
        assert_eq!(parse("1500m").per(parse("1")), Some(2));
        assert_eq!(parse("250m").per(parse("1m")), Some(250));
        assert_eq!(parse("128Mi").per(parse("1Mi")), Some(128));
        assert_eq!(parse("1").per(parse("0")), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ = Quantity::parse(&text);
        }

        #[test]
        fn thousandths_come_back(number in 0_u32..4_000_000) {
            prop_assert_eq!(Quantity::parse(&format!("{number}m")).map(Quantity::thousandths), Some(number));
        }
    }
}
