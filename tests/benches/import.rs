//! What an import costs: a whole collection of manifests in one process, beside only parsing the same bytes into YAML events.
//!
//! `cargo bench -p skiff-tests --bench import` prints files per second, how many times the events that is, and the peak of
//! memory, for each file alone and for each repository as one application; `SKIPPED` where there is no collection.

use std::{
    fs,
    hint::black_box,
    io::{self, Write as _},
    time::{Duration, Instant},
};

use granit_parser::Parser;
use skiff_importers::{
    import::{Import, Input, Options},
    kube::{self, read},
};
use skiff_tests::kubernetes_corpus::{self, Repository};

/// Runs of which the fastest counts: what the work costs, not what the machine was doing beside it.
const RUNS: usize = 5;

fn main() -> io::Result<()> {
    let Some(repositories) = kubernetes_corpus::repositories()? else {
        return writeln!(io::stderr(), "SKIPPED: no collection of manifests");
    };
    let files: Vec<&Input> = repositories.iter().flat_map(|repository| &repository.files).collect();
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    let before = peak();
    files.iter().for_each(|file| drop(black_box(import(std::slice::from_ref(*file)))));
    let alone = peak();
    repositories.iter().for_each(|repository| drop(black_box(import(&repository.files))));
    let together = peak();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} files, {bytes} bytes, {} repositories; peak memory {before} KiB with the bytes held, {alone} KiB after \
                   each file alone, {together} KiB after each repository",
        files.len(),
        repositories.len()
    )?;
    writeln!(out, "\n| stage | ms | × events | files/s |\n|---|---|---|---|")?;
    let mut of_events = None;
    for (name, stage) in STAGES {
        let time = fastest(&repositories, stage).as_secs_f64();
        let events = *of_events.get_or_insert(time);
        let rate = files.len() as f64 / time;
        writeln!(out, "| {name} | {:.0} | {:.2} | {rate:.0} |", time * 1e3, time / events)?;
    }
    Ok(())
}

type Stage = fn(&Repository) -> usize;

/// What is measured, by name.
const STAGES: [(&str, Stage); 4] = [
    ("events", |repository| repository.files.iter().map(events).sum()),
    ("read", |repository| {
        repository.files.iter().map(|file| read::read(&file.name, &file.bytes).manifests.len()).sum()
    }),
    ("import, each file alone", |repository| {
        repository.files.iter().map(|file| import(std::slice::from_ref(file)).text.len()).sum()
    }),
    ("import, each repository", |repository| import(&repository.files).text.len()),
];

fn events(file: &Input) -> usize {
    let text = String::from_utf8_lossy(&file.bytes);
    Parser::new_from_str(&text).map_while(Result::ok).count()
}

fn import(inputs: &[Input]) -> Import {
    let account = Some("111122223333".into());
    kube::import(inputs, &Options { app: "shop".into(), account, region: None, certificates: Vec::new() })
}

fn fastest(repositories: &[Repository], stage: Stage) -> Duration {
    let run = |_| {
        let start = Instant::now();
        repositories.iter().for_each(|repository| _ = black_box(stage(repository)));
        start.elapsed()
    };
    (0..RUNS).map(run).min().unwrap_or_default()
}

/// The most memory the process ever held, in KiB; 0 where the system does not say.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
