//! `skiff worker`: drives what nobody drives.

use std::time::Duration;

use clap::Args;

use crate::{
    acting::ActingArguments,
    arguments::Settings,
    failure::Failure,
    operating::{OperatingArguments, wait_for},
    outcome::Outcome,
    working::{Bounds, Worker},
};

/// Drive the operations that nobody drives
///
/// What was started with `--detach`, what waited and was answered, and what somebody left behind. Several workers may compete:
/// an operation has one driver at a time, and a worker that was only slow does no harm. SIGTERM and Ctrl-C end the worker,
/// never an operation. Each event is a line on standard error, one JSON object with `--format json`. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff worker\n  skiff worker --once\n  skiff worker --name blue --concurrency 8")]
pub(crate) struct WorkerArguments {
    /// End when there is nothing left that can be driven
    #[arg(long)]
    once: bool,
    /// What operations name their driver by; the user's name when it is not given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// How often to look for work
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = interval)]
    interval: Duration,
    /// How many operations to drive at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Works until it is told to stop.
pub(crate) fn run(arguments: &WorkerArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = ActingArguments::on(&arguments.place).open_as(arguments.name.as_deref(), settings)?;
    let bounds =
        Bounds { once: arguments.once, interval: arguments.interval, concurrency: usize::from(arguments.concurrency) };
    wait_for(Worker::new(&acting, bounds).work())
}

/// The least time between two looks: each asks the ledger for everything that is not finished.
const LEAST: Duration = Duration::from_millis(100);

fn interval(text: &str) -> Result<Duration, String> {
    let interval = crate::span::parse(text)?;
    if interval < LEAST { Err("100ms is the least".into()) } else { Ok(interval) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_does_not_ask_the_ledger_without_pause() {
        assert_eq!(interval("100ms"), Ok(LEAST));
        assert!(interval("0s").is_err() && interval("99ms").is_err());
    }
}
