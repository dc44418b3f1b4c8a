//! What the Terraform of a service costs: only the trees from an IR that is there, and text to tree beside text to IR and
//! text to plan in the same run, so that the ratios say something on a noisy machine.
//!
//! `cargo bench -p skiff-tests --bench terraform` prints a table of cost per service and per resource first, then
//! criterion's statistics. One, a hundred and a thousand services, ten to an application.

use std::{
    hint::black_box,
    io::{self, Write as _},
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, Throughput};
use skiff_compiler::{compile, ir::Ir, source::Sources};
use skiff_emitters::terraform::{Options, terraform};
use skiff_tests::generate;
use skiff_wire::Lock;

const SERVICES: [usize; 3] = [1, 100, 1_000];

/// Runs of which the table prints the fastest: what the work costs, not what the machine was doing beside it.
const RUNS: usize = 3;

/// What is measured, by name.
const STAGES: [(&str, Stage); 4] = [
    ("ir to tree", ir_to_tree),
    ("text to ir", text_to_ir),
    ("text to plan", text_to_plan),
    ("text to tree", text_to_tree),
];

type Stage = fn(&[App]) -> usize;

/// One spec, and what it compiles to.
struct App {
    sources: Sources,
    ir: Ir,
}

fn main() -> io::Result<()> {
    print_table()?;
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1))
        .configure_from_args();
    for (name, stage) in STAGES {
        measure(&mut criterion, name, stage)?;
    }
    criterion.final_summary();
    Ok(())
}

/// The specs of as many services, compiled.
fn apps(services: usize) -> io::Result<Vec<App>> {
    let compiled = generate::specs(services).into_iter().map(|text| {
        let sources = Sources::new("skiff.yaml", &text, Some("prod"));
        let ir = compile(&sources, &Lock::default()).ir;
        let ir = ir.ok_or_else(|| io::Error::other("a generated spec is not accepted"))?;
        // A benchmark of a refusal would say nothing.
        terraform(&ir, Options { spec: &sources.file }).map_err(io::Error::other)?;
        Ok(App { sources, ir })
    });
    compiled.collect()
}

fn emitted(ir: &Ir, sources: &Sources) -> bool {
    black_box(terraform(ir, Options { spec: &sources.file })).is_ok()
}

fn ir_to_tree(apps: &[App]) -> usize {
    apps.iter().filter(|app| emitted(&app.ir, &app.sources)).count()
}

fn text_to_ir(apps: &[App]) -> usize {
    let lock = Lock::default();
    apps.iter().filter(|app| black_box(compile(&app.sources, &lock)).ir.is_some()).count()
}

fn text_to_plan(apps: &[App]) -> usize {
    let lock = Lock::default();
    let planned = |app: &&App| {
        let ir = compile(&app.sources, &lock).ir;
        ir.is_some_and(|ir| black_box(skiff_emitters::plan(&ir)).is_ok())
    };
    apps.iter().filter(planned).count()
}

fn text_to_tree(apps: &[App]) -> usize {
    let lock = Lock::default();
    apps.iter().filter(|app| compile(&app.sources, &lock).ir.is_some_and(|ir| emitted(&ir, &app.sources))).count()
}

fn measure(criterion: &mut Criterion, name: &str, stage: Stage) -> io::Result<()> {
    let mut group = criterion.benchmark_group(name);
    for services in SERVICES {
        let apps = apps(services)?;
        group.throughput(Throughput::Elements(services as u64));
        group.bench_with_input(BenchmarkId::from_parameter(services), &apps, |bencher, apps| {
            bencher.iter(|| stage(black_box(apps)));
        });
    }
    group.finish();
    Ok(())
}

/// Cost of a service and of a resource at each size, and how text to tree stands to text to plan.
fn print_table() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\n| services over apps of ten | resources | IR → tree, µs a service | µs a resource | text → IR | text → plan | text → tree | × plan | KiB of tree a service |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
    for services in SERVICES {
        let apps = apps(services)?;
        let resources: usize = apps.iter().map(|app| app.ir.resources.len()).sum();
        let total = STAGES.map(|(_, stage)| fastest(stage, &apps).as_secs_f64() * 1e6);
        let a_resource = total[0] / resources as f64;
        let [tree, ir, plan, whole] = total.map(|total| total / services as f64);
        let (times, size) = (whole / plan, kibibytes(&apps) / services as f64);
        writeln!(
            out,
            "| {services} | {resources} | {tree:.0} | {a_resource:.1} | {ir:.0} | {plan:.0} | {whole:.0} | {times:.1} | {size:.0} |"
        )?;
    }
    Ok(())
}

/// How much text the trees are.
fn kibibytes(apps: &[App]) -> f64 {
    let trees = apps.iter().filter_map(|app| terraform(&app.ir, Options { spec: &app.sources.file }).ok());
    trees.map(|tree| tree.files.values().map(String::len).sum::<usize>()).sum::<usize>() as f64 / 1024.0
}

fn fastest(stage: Stage, apps: &[App]) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        black_box(stage(black_box(apps)));
        start.elapsed()
    };
    (0..RUNS).map(timed).min().unwrap_or_default()
}
