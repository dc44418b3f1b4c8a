//! What a service costs: text to IR and text to plan, beside only parsing the same YAML into events.
//!
//! `cargo bench -p skiff-tests` prints a table of cost per service first, then criterion's statistics. One, a hundred,
//! a thousand and ten thousand services, ten to an application.

use std::{
    hint::black_box,
    io::{self, Write as _},
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, Throughput};
use granit_parser::Parser;
use skiff_compiler::{compile, source::Sources};
use skiff_tests::{finding_lines, generate, seam};
use skiff_wire::Lock;

const SERVICES: [usize; 4] = [1, 100, 1_000, 10_000];

/// Sizes of one file; a service in it costs what it costs in many, or something grows with the square.
const ONE_APP: [usize; 3] = [100, 1_000, 4_000];

/// Runs of which the table prints the fastest: what the work costs, not what the machine was doing beside it.
const RUNS: usize = 3;

/// What is measured, by name.
const STAGES: [(&str, Stage); 3] = [("events", events), ("ir", ir), ("plan", plan)];

type Stage = fn(&[Sources]) -> usize;

fn main() -> io::Result<()> {
    let samples = [generate::spec(0, generate::SERVICES_AN_APP), generate::spec(0, 1), generate::one_app(ONE_APP[0])];
    if let Some(problem) = samples.iter().find_map(|text| rejected(text)) {
        return Err(io::Error::other(format!("the generated specs are not accepted:\n{problem}")));
    }
    print_table("services over apps of ten", &SERVICES, inputs)?;
    print_table("workers in one app", &ONE_APP, |services| vec![sources(&generate::one_app(services))])?;
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1))
        .configure_from_args();
    for (name, stage) in STAGES {
        measure(&mut criterion, name, stage);
    }
    criterion.final_summary();
    Ok(())
}

/// Why a spec gives no plan: a benchmark of a refusal would say nothing.
fn rejected(text: &str) -> Option<String> {
    let sources = sources(text);
    match seam::plan(&sources.file, sources.environment.as_deref(), &Lock::default()) {
        Ok(outcome) => outcome.plan.is_none().then(|| finding_lines::write(&outcome.findings)),
        Err(problem) => Some(problem),
    }
}

fn sources(text: &str) -> Sources {
    Sources::new("skiff.yaml", text, Some("prod"))
}

fn inputs(services: usize) -> Vec<Sources> {
    generate::specs(services).iter().map(|text| sources(text)).collect()
}

fn events(inputs: &[Sources]) -> usize {
    inputs.iter().map(|sources| Parser::new_from_str(&sources.file.text).filter(Result::is_ok).count()).sum()
}

fn ir(inputs: &[Sources]) -> usize {
    let lock = Lock::default();
    inputs.iter().filter(|sources| black_box(compile(sources, &lock)).ir.is_some()).count()
}

fn plan(inputs: &[Sources]) -> usize {
    let lock = Lock::default();
    let emitted = |sources: &&Sources| {
        let ir = compile(sources, &lock).ir;
        ir.is_some_and(|ir| black_box(skiff_emitters::plan(&ir)).is_ok())
    };
    inputs.iter().filter(emitted).count()
}

fn measure(criterion: &mut Criterion, name: &str, stage: Stage) {
    let mut group = criterion.benchmark_group(name);
    for services in SERVICES {
        let inputs = inputs(services);
        group.throughput(Throughput::Elements(services as u64));
        group.bench_with_input(BenchmarkId::from_parameter(services), &inputs, |bencher, inputs| {
            bencher.iter(|| stage(black_box(inputs)));
        });
    }
    group.finish();
}

/// Cost of a service at each size, and how many times the parsing of its YAML that is.
fn print_table(what: &str, sizes: &[usize], inputs: fn(usize) -> Vec<Sources>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "\n| {what} | events, µs a service | text → IR | × events | text → plan | × events |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for &services in sizes {
        let inputs = inputs(services);
        let cost = STAGES.map(|(_, stage)| fastest(stage, &inputs).as_secs_f64() * 1e6 / services as f64);
        let [events, ir, plan] = cost;
        let (of_ir, of_plan) = (ir / events, plan / events);
        writeln!(out, "| {services} | {events:.1} | {ir:.1} | {of_ir:.1} | {plan:.1} | {of_plan:.1} |")?;
    }
    Ok(())
}

fn fastest(stage: Stage, inputs: &[Sources]) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        black_box(stage(black_box(inputs)));
        start.elapsed()
    };
    (0..RUNS).map(timed).min().unwrap_or_default()
}
