//! Bounds as people write them: `1%`, `500ms`, `<=14.4`, `>=95%`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is within: at most or at least an amount. Kept as it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bound {
    text: String,
    /// Which side of the amount is within.
    pub side: Side,
    /// The amount.
    pub amount: Amount,
}

/// Which side of an amount is within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is not above it; also when nothing is written.
    AtMost,
    /// What is not below it: `>=`.
    AtLeast,
}

/// An amount with its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// A share from 0 to 1, written as a percentage.
    Share(f64),
    /// A time in microseconds.
    Time(u64),
    /// A plain number.
    Number(f64),
}

impl Amount {
    /// As a number: a share from 0 to 1, microseconds, or what was written.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "bounds are far below 2^53 microseconds")]
    pub fn number(self) -> f64 {
        match self {
            Self::Share(number) | Self::Number(number) => number,
            Self::Time(microseconds) => microseconds as f64,
        }
    }
}

impl Bound {
    /// Reads a bound.
    ///
    /// # Errors
    /// One clause that says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (side, rest) = match (text.strip_prefix("<="), text.strip_prefix(">=")) {
            (Some(rest), _) => (Side::AtMost, rest),
            (None, Some(rest)) => (Side::AtLeast, rest),
            (None, None) => (Side::AtMost, text),
        };
        let amount = amount(rest.trim()).ok_or_else(|| {
            format!("`{text}` is no bound: expected a percentage such as `1%`, a time such as `500ms`, or a number")
        })?;
        Ok(Self { text: text.to_owned(), side, amount })
    }

    /// The same amount as the least that is within: what a share of healthy members means without a sign.
    #[must_use]
    pub fn or_at_least(mut self) -> Self {
        if !self.text.starts_with("<=") {
            self.side = Side::AtLeast;
        }
        if !self.text.starts_with(['<', '>']) {
            self.text = format!(">={}", self.text);
        }
        self
    }

    /// Whether a value is within.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        match self.side {
            Side::AtMost => value <= self.amount.number(),
            Side::AtLeast => value >= self.amount.number(),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl TryFrom<String> for Bound {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Bound> for String {
    fn from(bound: Bound) -> Self {
        bound.text
    }
}

/// Microseconds of each unit of time; the longer suffix first, since `s` ends `ms` as well.
const UNITS: [(&str, f64); 6] = [("ms", 1e3), ("us", 1.0), ("s", 1e6), ("m", 6e7), ("h", 3.6e9), ("d", 8.64e10)];

fn amount(text: &str) -> Option<Amount> {
    if let Some(percent) = text.strip_suffix('%') {
        let share = decimal(percent)? / 100.0;
        return (share <= 1.0).then_some(Amount::Share(share));
    }
    for (unit, microseconds) in UNITS {
        if let Some(number) = text.strip_suffix(unit) {
            return time(decimal(number)? * microseconds);
        }
    }
    match text.strip_prefix('-') {
        Some(rest) => decimal(rest).map(|number| Amount::Number(-number)),
        None => decimal(text).map(Amount::Number),
    }
}

/// A day is more than any answer takes, and far below what a number of 64 bits holds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to lie within a day")]
fn time(microseconds: f64) -> Option<Amount> {
    (1.0..=86_400e6).contains(&microseconds).then(|| Amount::Time(microseconds.round() as u64))
}

/// Digits with at most one point: neither an exponent nor `inf`.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number =
        (digits && text.len() <= 18 && text.starts_with(|c: char| c.is_ascii_digit())).then(|| text.parse::<f64>());
    number?.ok()
}
