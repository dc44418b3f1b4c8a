//! Runs schedules by chance, and says what they have shown.
//!
//! It exits with 1 when one of them has shown something that must not be; with `--bug`, when none of them has.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use skiff_storm::{
    bugs::{ALL, Bug},
    figures::Figures,
    ground::Grounds,
    plan::{Plan, SAGAS},
    schedule::{Shown, run},
};

/// Runs schedules by chance, and says what they have shown.
#[derive(Parser)]
struct Arguments {
    /// How many schedules.
    #[arg(long, default_value_t = 1000)]
    schedules: u64,
    /// The seed of the first one; those that follow have the numbers that follow.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only operations of this saga.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(SAGAS))]
    saga: Option<String>,
    /// Where to write everything that happened.
    #[arg(long)]
    trace: Option<PathBuf>,
    /// A mistake on purpose, which must be found.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(ALL.map(Bug::name)))]
    bug: Option<String>,
    /// How many schedules with a finding are told.
    #[arg(long, default_value_t = 5)]
    tell: u64,
}

fn main() -> ExitCode {
    match sail(&Arguments::parse()) {
        Ok(code) => code,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "{problem}");
            ExitCode::from(2)
        }
    }
}

fn sail(arguments: &Arguments) -> Result<ExitCode, String> {
    let grounds = Grounds::prepared()?;
    let bug = arguments.bug.as_deref().and_then(Bug::named);
    let saga = arguments.saga.as_deref().or_else(|| bug.and_then(Bug::saga));
    let mut trace =
        arguments.trace.as_ref().map(std::fs::File::create).transpose().map_err(|error| error.to_string())?;
    let (mut figures, begun) = (Figures::default(), Instant::now());
    for seed in (0..arguments.schedules).map(|number| arguments.seed.wrapping_add(number)) {
        let plan = Plan::of(seed, saga);
        let shown = run(&plan, &grounds, bug);
        figures.take_in(&shown);
        if let Some(file) = &mut trace {
            write_trace(file, &plan, &shown).map_err(|error| error.to_string())?;
        }
        if !shown.findings.is_empty() && figures.failed() <= arguments.tell {
            tell(arguments, &plan, &shown).map_err(|error| error.to_string())?;
        }
        if bug.is_some() && figures.failed() > 0 {
            break;
        }
    }
    say(&figures, begun, bug).map_err(|error| error.to_string())
}

fn write_trace(file: &mut std::fs::File, plan: &Plan, shown: &Shown) -> io::Result<()> {
    writeln!(file, "== {plan:?}")?;
    for line in shown.trace.iter().chain(&shown.findings) {
        writeln!(file, "{line}")?;
    }
    Ok(())
}

fn tell(arguments: &Arguments, plan: &Plan, shown: &Shown) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "seed {}: {:?} on {:?}", plan.seed, plan.acts, plan.ground)?;
    for finding in &shown.findings {
        writeln!(out, "  {finding}")?;
    }
    let option =
        |name: &str, value: &Option<String>| value.as_ref().map_or(String::new(), |value| format!(" --{name} {value}"));
    let (saga, bug) = (option("saga", &arguments.saga), option("bug", &arguments.bug));
    writeln!(out, "  again: skiff-sim --schedules 1 --seed {}{saga}{bug} --trace trace.txt", plan.seed)
}

fn say(figures: &Figures, begun: Instant, bug: Option<Bug>) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let seconds = begun.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = figures.schedules() as f64 / seconds.max(0.001);
    writeln!(out, "{figures}\nschedules a second               {rate:>12.0}")?;
    let found = figures.failed() > 0;
    if let Some(bug) = bug {
        let words = if found { format!("found in schedule {}", figures.schedules()) } else { "not found".to_owned() };
        writeln!(out, "mistake {:<25}{words:>12}", bug.name())?;
    }
    Ok(if found == bug.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
