//! Amounts: memory, processor time, shares.

use std::fmt;

use super::Scalar;

/// An amount of memory or storage in MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemorySize(pub u32);

impl Scalar for MemorySize {
    const EXPECTED: &'static str = "a size such as `512Mi`, `4Gi` or `1Ti`";
    const NAME: &'static str = "MemorySize";
    const PATTERN: &'static str = "^[0-9]+(Mi|Gi|Ti)$";
    const EXAMPLE: &'static str = "512Mi";

    fn parse(text: &str) -> Option<Self> {
        let (digits, unit) = [("Mi", 1), ("Gi", 1024), ("Ti", 1024 * 1024)]
            .into_iter()
            .find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, unit)))?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())??;
        number.checked_mul(unit).filter(|size| *size > 0).map(Self)
    }

    fn stand_in() -> Self {
        Self(512)
    }
}

impl MemorySize {
    /// Whole GiB, rounded up.
    #[must_use]
    pub fn gibibytes(self) -> u32 {
        self.0.div_ceil(1024)
    }
}

impl fmt::Display for MemorySize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            size if size.is_multiple_of(1024 * 1024) => write!(formatter, "{}Ti", size / 1024 / 1024),
            size if size.is_multiple_of(1024) => write!(formatter, "{}Gi", size / 1024),
            size => write!(formatter, "{size}Mi"),
        }
    }
}

/// An amount of processor time in thousandths of a vCPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cpu(pub u32);

impl Scalar for Cpu {
    const EXPECTED: &'static str = "an amount of vCPU such as `500m`, `0.5` or `2`";
    const NAME: &'static str = "Cpu";
    const PATTERN: &'static str = r"^([0-9]+m|[0-9]+(\.[0-9]{1,3})?)$";
    const EXAMPLE: &'static str = "500m";
    const NUMBER: bool = true;

    fn parse(text: &str) -> Option<Self> {
        let thousandths = match text.strip_suffix('m') {
            Some(digits) => digits.parse::<u32>().ok()?,
            None => thousandths(text)?,
        };
        (thousandths > 0).then_some(Self(thousandths))
    }

    fn stand_in() -> Self {
        Self(500)
    }
}

/// A decimal number times a thousand, when it has at most three decimals.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return None;
    }
    let decimals: u32 = format!("{decimals:0<3}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(decimals)
}

impl fmt::Display for Cpu {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1000) {
            write!(formatter, "{}", self.0 / 1000)
        } else {
            write!(formatter, "{}m", self.0)
        }
    }
}

/// A share, in thousandths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub u32);

impl Scalar for Percent {
    const EXPECTED: &'static str = "a percentage such as `1%` or `0.5%`";
    const NAME: &'static str = "Percent";
    const PATTERN: &'static str = r"^[0-9]{1,3}(\.[0-9]{1,3})?%$";
    const EXAMPLE: &'static str = "1%";

    fn parse(text: &str) -> Option<Self> {
        let share = thousandths(text.strip_suffix('%')?)?;
        (share <= 100_000).then_some(Self(share))
    }

    fn stand_in() -> Self {
        Self(50_000)
    }
}

impl Percent {
    /// The number before the sign.
    #[must_use]
    pub fn number(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}%", self.number())
    }
}
