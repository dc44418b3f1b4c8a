//! Prints what the judge of rollouts notices, and what it takes for trouble by mistake: the tables of `docs/gates.md`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use skiff_tests::power::{STAGES, TABLES};

/// Measures the judge on made-up stages.
#[derive(Parser)]
struct Arguments {
    /// Stages of each cell.
    #[arg(long, default_value_t = STAGES)]
    stages: u32,
    /// Where chance begins.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    for table in TABLES {
        let text = table.text(arguments.stages, arguments.seed);
        if writeln!(io::stdout(), "{text}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
