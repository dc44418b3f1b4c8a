//! What the judge notices and what it takes for trouble by mistake, by the size of the sample: measured on made-up stages.
//!
//! A made-up stage is the real one in everything but its requests: [`skiff_runtime::gate::Watch`] looks ten times and
//! concludes. So the tables of `docs/gates.md` contain what looking several times does to false alarms.

use skiff_runtime::gate::Gate;

pub mod chance;
mod stage;

use stage::{Requests, Verdicts};

/// Stages that a cell is made of, unless somebody wants it more exactly.
pub const STAGES: u32 = 400;

/// One table: a gate, the sizes of its rows, and what is true of the canary in its columns.
pub struct Table {
    title: &'static str,
    gate: &'static str,
    /// Requests of the canary in each row.
    sizes: &'static [u32],
    /// Requests of the other group for each of the canary's.
    baseline: u32,
    columns: &'static [Column],
}

/// What is true of the canary.
struct Column {
    title: &'static str,
    /// How many times as long its answers take.
    slower: f64,
    /// The share of its requests that fails; the other group's is one in a thousand.
    errors: f64,
}

const fn slower(title: &'static str, slower: f64) -> Column {
    Column { title, slower, errors: BASELINE_ERRORS }
}

const fn failing(title: &'static str, errors: f64) -> Column {
    Column { title, slower: 1.0, errors }
}

const BASELINE_ERRORS: f64 = 0.001;

const LATENCIES: &[Column] = &[slower("as fast", 1.0), slower("×1.5", 1.5), slower("×2", 2.0)];
const ERRORS: &[Column] = &[
    failing("0.1%", BASELINE_ERRORS),
    failing("0.5%", 0.005),
    failing("1%", 0.01),
    failing("2%", 0.02),
    failing("5%", 0.05),
];

/// The tables, in the order of the page.
pub const TABLES: &[Table] = &[
    Table {
        title: "`latency-p50<=10s`, as many requests of each group",
        gate: "latency-p50<=10s",
        sizes: &[50, 100, 200, 400, 1000],
        baseline: 1,
        columns: LATENCIES,
    },
    Table {
        title: "`latency-p50<=10s`, 19 requests of the other group for each (a step of 5%)",
        gate: "latency-p50<=10s",
        sizes: &[50, 100, 200, 400],
        baseline: 19,
        columns: LATENCIES,
    },
    Table {
        title: "`latency-p99<=10s`, as many requests of each group",
        gate: "latency-p99<=10s",
        sizes: &[100, 200, 500, 1000, 4000],
        baseline: 1,
        columns: LATENCIES,
    },
    Table {
        title: "`error-rate<=1%`, as many requests of each group",
        gate: "error-rate<=1%",
        sizes: &[50, 150, 500, 1000, 5000, 20_000],
        baseline: 1,
        columns: ERRORS,
    },
    Table {
        title: "`error-rate<=1%`, 19 requests of the other group for each (a step of 5%)",
        gate: "error-rate<=1%",
        sizes: &[50, 150, 500, 1000, 5000],
        baseline: 19,
        columns: ERRORS,
    },
];

impl Table {
    /// All of it, as Markdown.
    #[must_use]
    pub fn text(&self, stages: u32, seed: u64) -> String {
        let rows: Vec<String> = (0..self.sizes.len()).map(|row| self.row(row, stages, seed)).collect();
        format!("{}{}\n", self.head(), rows.join("\n"))
    }

    /// Its title and the head of its columns.
    #[must_use]
    pub fn head(&self) -> String {
        let titles: Vec<&str> = self.columns.iter().map(|column| column.title).collect();
        let line = "---:|".repeat(self.columns.len());
        format!("{}:\n\n| requests | {} |\n|---:|{line}\n", self.title, titles.join(" | "))
    }

    /// One of its rows; nothing when there are fewer.
    #[must_use]
    pub fn row(&self, row: usize, stages: u32, seed: u64) -> String {
        let Some(size) = self.sizes.get(row) else { return String::new() };
        let cells: Vec<String> = self.columns.iter().map(|column| self.cell(column, *size, stages, seed)).collect();
        format!("| {size} | {} |", cells.join(" | "))
    }

    fn cell(&self, column: &Column, size: u32, stages: u32, seed: u64) -> String {
        let Ok(gate) = Gate::parse(self.gate) else { return "no such gate".to_owned() };
        let requests = Requests {
            canary: size,
            baseline: size.saturating_mul(self.baseline),
            slower: column.slower,
            errors: column.errors,
            baseline_errors: BASELINE_ERRORS,
        };
        stage::many(&gate, &requests, stages, seed).to_string()
    }
}

impl std::fmt::Display for Verdicts {
    /// Failed, could not say, passed: of a hundred each.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = f64::from(self.failed + self.inconclusive + self.passed).max(1.0);
        let of_hundred = |count: u32| match f64::from(count) * 100.0 / all {
            share if share > 0.0 && share < 10.0 => format!("{share:.1}").trim_end_matches(".0").to_owned(),
            share => format!("{share:.0}"),
        };
        let (failed, inconclusive) = (of_hundred(self.failed), of_hundred(self.inconclusive));
        write!(formatter, "{failed} / {inconclusive} / {}", of_hundred(self.passed))
    }
}
