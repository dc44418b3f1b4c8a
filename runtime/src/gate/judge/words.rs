//! Numbers as people read them.

/// A share from 0 to 1 as a percentage, as short as it stays true to three digits.
pub(in crate::gate) fn share(share: f64) -> String {
    format!("{}%", short(share * 100.0))
}

/// Microseconds in the unit that reads best.
pub(in crate::gate) fn time(microseconds: f64) -> String {
    match microseconds {
        few if few < 1e3 => format!("{}us", short(few)),
        some if some < 1e6 => format!("{}ms", short(some / 1e3)),
        many => format!("{}s", short(many / 1e6)),
    }
}

/// Three digits that count, without zeros behind the point.
pub(in crate::gate) fn short(number: f64) -> String {
    let size = number.abs();
    let digits = match size {
        large if large >= 100.0 => 0,
        ten if ten >= 10.0 => 1,
        one if one >= 1.0 => 2,
        tenth if tenth >= 0.1 => 3,
        _ => 4,
    };
    let text = format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A probability: what is smaller than can matter is said to be small.
pub(in crate::gate) fn chance(probability: f64) -> String {
    if probability < 1e-4 { "p<0.0001".to_owned() } else { format!("p={probability:.4}") }
}
