//! Plots as SVG: lines over time, one for each group, without a script and in the page's own colours.
//!
//! A plot is text made of numbers and of names that this module escapes. It is drawn into a box of fixed size, which the page
//! scales to its width.

use std::fmt::Write as _;

/// The box, in units of the drawing.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 190.0;
/// Room for the numbers at the left, and for the seconds below.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;
/// Into how many parts the height is divided, and the width.
const ROWS: u32 = 4;
const COLUMNS: u32 = 4;

/// One line of a plot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    /// The group whose line it is.
    pub(super) group: String,
    /// Which of the group's lines: drawn whole, or dashed.
    pub(super) dashed: bool,
    /// Seconds since the beginning, and the value.
    pub(super) points: Vec<(f64, f64)>,
}

/// What is plotted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plot {
    /// What it shows, for those who hear the page.
    pub(super) label: String,
    /// How many seconds it is wide.
    pub(super) seconds: f64,
    /// The least upper end of the values.
    pub(super) at_least: f64,
    /// Whether a value holds until the next one, as a weight does.
    pub(super) steps: bool,
    /// How a value is written at the axis.
    pub(super) unit: Unit,
    /// Its lines.
    pub(super) series: Vec<Series>,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// As it is.
    Number,
    /// A share from 0 to 1 as a percentage.
    Share,
    /// Microseconds as milliseconds.
    Microseconds,
}

impl Unit {
    /// The value in words.
    pub(super) fn words(self, value: f64) -> String {
        match self {
            Self::Number => trimmed(value),
            Self::Share => format!("{}%", trimmed(value * 100.0)),
            Self::Microseconds => format!("{} ms", trimmed(value / 1000.0)),
        }
    }
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Plot {
    /// The plot as an `svg` element.
    pub(super) fn draw(&self) -> String {
        let top = ceiling(self.highest().max(self.at_least));
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" preserveAspectRatio=\"xMidYMid meet\">",
            escaped(&self.label)
        );
        self.grid(&mut svg, top);
        for series in &self.series {
            self.line(&mut svg, series, top);
        }
        svg.push_str("</svg>");
        svg
    }

    fn highest(&self) -> f64 {
        self.series.iter().flat_map(|series| &series.points).map(|(_, value)| *value).fold(0.0, f64::max)
    }

    fn grid(&self, svg: &mut String, top: f64) {
        for row in 0..=ROWS {
            let value = top * f64::from(row) / f64::from(ROWS);
            let (y, right, text) = (vertical(value, top), WIDTH - RIGHT, self.unit.words(value));
            let _ = write!(svg, "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
            let (x, y) = (LEFT - 6.0, y + 4.0);
            let _ = write!(svg, "<text class=\"axis\" x=\"{x}\" y=\"{y:.1}\" text-anchor=\"end\">{text}</text>");
        }
        for column in 0..=COLUMNS {
            let second = self.seconds * f64::from(column) / f64::from(COLUMNS);
            let anchor = if column == COLUMNS { "end" } else { "middle" };
            let (x, y, text) = (self.horizontal(second), HEIGHT - 6.0, clock(second));
            let _ = write!(svg, "<text class=\"axis\" x=\"{x:.1}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>");
        }
    }

    fn line(&self, svg: &mut String, series: &Series, top: f64) {
        let mut path = String::new();
        let mut before: Option<f64> = None;
        for (second, value) in &series.points {
            let (x, y) = (self.horizontal(*second), vertical(*value, top));
            match before {
                None => drop(write!(path, "M{x:.1} {y:.1}")),
                Some(_) if self.steps => drop(write!(path, "H{x:.1}V{y:.1}")),
                Some(_) => drop(write!(path, "L{x:.1} {y:.1}")),
            }
            before = Some(*second);
        }
        if self.steps && before.is_some() {
            let _ = write!(path, "H{:.1}", self.horizontal(self.seconds));
        }
        let dashed = if series.dashed { " dashed" } else { "" };
        let _ = write!(svg, "<path class=\"line {}{dashed}\" d=\"{path}\"/>", class(&series.group));
        // A line of one point is none; a dot is seen.
        if let [(second, value)] = series.points[..] {
            let (x, y) = (self.horizontal(second), vertical(value, top));
            let _ = write!(svg, "<circle class=\"dot {}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>", class(&series.group));
        }
    }

    fn horizontal(&self, second: f64) -> f64 {
        let share = if self.seconds > 0.0 { (second / self.seconds).clamp(0.0, 1.0) } else { 0.0 };
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }
}

fn vertical(value: f64, top: f64) -> f64 {
    let share = if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 };
    HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
}

/// The next of 1, 2 or 5 times a power of ten: numbers that are read at a glance.
fn ceiling(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let found = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= value * 0.999_999);
    found.unwrap_or(10.0) * power
}

/// Seconds as people read them at an axis.
pub(super) fn clock(seconds: f64) -> String {
    match seconds {
        s if s > 0.0 && s < 0.1 => format!("{:.0} ms", s * 1000.0),
        s if s < 10.0 => format!("{} s", trimmed((s * 10.0).round() / 10.0)),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{} min", trimmed((s / 6.0).round() / 10.0)),
        s => format!("{} h", trimmed((s / 360.0).round() / 10.0)),
    }
}

/// The class that gives a group its colour, whatever it is called.
pub(super) fn class(group: &str) -> &'static str {
    match group {
        "a" => "group-a",
        "b" => "group-b",
        "legacy" => "group-legacy",
        _ => "group-other",
    }
}

/// Text that is safe in an attribute and between tags.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(points: Vec<(f64, f64)>, steps: bool) -> String {
        let series = vec![Series { group: "a".into(), dashed: false, points }];
        let label = "weights of <web>".into();
        Plot { label, seconds: 10.0, at_least: 100.0, steps, unit: Unit::Number, series }.draw()
    }

    #[test]
    fn a_weight_holds_until_the_next() {
        let drawn = plot(vec![(0.0, 0.0), (5.0, 100.0)], true);
        assert!(drawn.contains("M56.0 166.0H342.0V10.0H628.0"), "{drawn}");
        assert!(drawn.contains("weights of &lt;web&gt;"), "{drawn}");
    }

    #[test]
    fn one_point_is_a_dot_and_none_is_nothing() {
        assert!(plot(vec![(5.0, 50.0)], false).contains("<circle class=\"dot group-a\" cx=\"342.0\" cy=\"88.0\""));
        assert!(!plot(vec![], false).contains("<circle"));
        assert!(!plot(vec![(1.0, f64::NAN)], false).contains("inf"));
    }

    #[test]
    fn axes_end_at_numbers_that_are_read_at_a_glance() {
        let ends = [0.0, 0.3, 1.0, 1.1, 7.0, 480.0, 2000.0].map(ceiling);
        assert_eq!(ends, [1.0, 0.5, 1.0, 2.0, 10.0, 500.0, 2000.0]);
        let clocks = [0.0, 2.5, 90.0, 300.0, 9000.0].map(clock);
        assert_eq!(clocks, ["0 s", "2.5 s", "90 s", "5 min", "2.5 h"]);
        assert_eq!(Unit::Share.words(0.0125), "1.25%");
        assert_eq!(Unit::Microseconds.words(2500.0), "2.5 ms");
    }
}
