//! What reading manifests costs: the whole corpus in one process, beside only parsing the same bytes into YAML events.
//!
//! `cargo bench -p skiff-importers -- FOLDER` prints files per second, the ratio and the peak of memory; without a
//! folder it takes `SKIFF_KUBE_CORPUS`, else the corpus beside the checkout, and says `SKIPPED` where there is none.

use std::{
    env, fs,
    hint::black_box,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use granit_parser::Parser;
use skiff_importers::kube::read::read;

/// Runs of which the fastest counts: what the work costs, not what the machine was doing beside it.
const RUNS: usize = 10;

fn main() -> io::Result<()> {
    let Some(folder) = folder() else {
        return writeln!(io::stderr(), "SKIPPED: no corpus of manifests");
    };
    let mut names = Vec::new();
    walk(&folder, &mut names)?;
    names.sort();
    let files: Vec<(String, Vec<u8>)> =
        names.iter().map(|name| Ok((name.display().to_string(), fs::read(name)?))).collect::<io::Result<_>>()?;
    let before = peak();
    let manifests = files.iter().map(|(name, bytes)| read(name, bytes)).collect::<Vec<_>>();
    let (held, kept) = (peak(), manifests.iter().map(|reading| reading.manifests.len()).sum::<usize>());
    drop(manifests);
    let events = fastest(&files, |_, bytes| {
        let text = String::from_utf8_lossy(bytes);
        Parser::new_from_str(&text).map_while(Result::ok).count()
    });
    let reading = fastest(&files, |name, bytes| read(name, bytes).manifests.len());
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
    writeln!(
        io::stdout(),
        "{count} files, {bytes} bytes, {kept} manifests: events {events:?}, read {reading:?} ({:.2} times), {:.0} files/s; \
         peak memory {before} KiB before, {held} KiB with all trees held",
        reading.as_secs_f64() / events.as_secs_f64(),
        f64::from(count) / reading.as_secs_f64(),
    )
}

fn folder() -> Option<PathBuf> {
    let named = env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let named = named.or_else(|| env::var_os("SKIFF_KUBE_CORPUS").map(PathBuf::from));
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/kube"));
    Some(folder.join("corpus")).filter(|corpus| corpus.is_dir()).or(Some(folder)).filter(|folder| folder.is_dir())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json") {
            files.push(path);
        }
    }
    Ok(())
}

fn fastest(files: &[(String, Vec<u8>)], work: impl Fn(&str, &[u8]) -> usize) -> Duration {
    let run = || {
        let start = Instant::now();
        files.iter().for_each(|(name, bytes)| _ = black_box(work(name, bytes)));
        start.elapsed()
    };
    (0..RUNS).map(|_| run()).min().unwrap_or_default()
}

/// The most memory the process ever held, in KiB; 0 where the system does not say.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
