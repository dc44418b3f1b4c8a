//! What a durable write costs in the folder store, beside the least that the same disk asks for one.
//!
//! `cargo bench -p skiff-tests --bench store` prints a table. *Bare* is a file that is written, synced and renamed, and its
//! folder synced: nothing can be durable for less. The rest is the lock, the comparison and the note for whoever comes after a
//! kill. `SKIFF_BENCH_FOLDER` names a folder on the disk that is measured; the folder for temporary files when it is not set.

use std::{
    env,
    fs::{self, File},
    hint::black_box,
    io::{self, Write as _},
    path::{Path, PathBuf},
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use skiff_runtime::store::{Condition, Etag, Key, Store as _, folder::FolderStore};

/// The size of a control document.
const BODY: usize = 1_200;
/// How often each thing that waits for the disk is done.
const WRITES: usize = 200;
/// How often each thing that does not is done.
const READS: usize = 2_000;
/// Objects below one prefix.
const MANY: usize = 10_000;
/// A page of a listing, as Amazon S3 gives at most.
const PAGE: usize = 1_000;

/// One line of the table: what was done, and the median of how long it took.
struct Row(&'static str, Duration);

fn main() -> io::Result<()> {
    let parent = env::var_os("SKIFF_BENCH_FOLDER").map_or_else(env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(parent)?;
    let store = FolderStore::open(&folder.path().join("ledger")).map_err(io::Error::other)?;
    let bare = bare_write(folder.path())?;
    let writes = [create(&store)?, replace(&store)?, delete(&store)?];
    let bare_read = bare_read(folder.path())?;
    let reads = [read(&store)?];
    let listed = list(&store)?;
    let mut out = io::stdout().lock();
    writeln!(out, "durable writes of {BODY} bytes, median of {WRITES}")?;
    table(&mut out, &bare, &writes)?;
    writeln!(out, "\nreads of {BODY} bytes, median of {READS}")?;
    table(&mut out, &bare_read, &reads)?;
    writeln!(out, "\nlisting {MANY} keys below one prefix")?;
    table(&mut out, &listed[0], &listed[1..])
}

fn table(out: &mut impl io::Write, bare: &Row, rows: &[Row]) -> io::Result<()> {
    for Row(what, took) in std::iter::once(bare).chain(rows) {
        let microseconds = took.as_secs_f64() * 1e6;
        let ratio = took.as_secs_f64() / bare.1.as_secs_f64();
        writeln!(out, "  {what:<34} {microseconds:>10.1} µs  {ratio:>6.2} ×")?;
    }
    Ok(())
}

fn body(number: usize) -> Vec<u8> {
    format!("{number:0>BODY$}").into_bytes()
}

/// The median of how long something takes.
fn median(what: &'static str, times: usize, mut work: impl FnMut(usize) -> io::Result<()>) -> io::Result<Row> {
    let mut took = Vec::with_capacity(times);
    for number in 0..times {
        let begun = Instant::now();
        work(number)?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok(Row(what, took.get(times / 2).copied().unwrap_or_default()))
}

/// Polls once: outside of an event loop the folder store does its work on the thread that asks.
fn now<T, E: std::error::Error + Send + Sync + 'static>(work: impl Future<Output = Result<T, E>>) -> io::Result<T> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map_err(io::Error::other),
        Poll::Pending => Err(io::Error::other("the store waits for an event loop")),
    }
}

fn key(number: usize) -> Key {
    Key::of(&["shop", "prod", "events", "2026-11-21", &format!("{number:08}.json")])
}

fn bare_write(folder: &Path) -> io::Result<Row> {
    let bare = folder.join("bare");
    fs::create_dir(&bare)?;
    let opened = File::open(&bare)?;
    median("bare: write, sync, rename, sync", WRITES, |number| {
        let mut file = File::create_new(bare.join("new"))?;
        file.write_all(&body(number))?;
        file.sync_all()?;
        fs::rename(bare.join("new"), bare.join(format!("{number}.json")))?;
        opened.sync_all()
    })
}

fn create(store: &FolderStore) -> io::Result<Row> {
    median("create an object", WRITES, |number| {
        now(store.put(&key(number), &body(number), &Condition::Absent)).map(drop)
    })
}

fn replace(store: &FolderStore) -> io::Result<Row> {
    let mut etag = now(store.put(&Key::of(&["control.json"]), &body(0), &Condition::Absent))?;
    median("replace an object on a match", WRITES, |number| {
        let condition = Condition::Matches(etag.clone());
        etag = now(store.put(&Key::of(&["control.json"]), &body(number + 1), &condition))?;
        Ok(())
    })
}

fn delete(store: &FolderStore) -> io::Result<Row> {
    let etags: Vec<Etag> = (0..WRITES).map(|number| version(store, number)).collect::<io::Result<_>>()?;
    median("delete an object on a match", WRITES, |number| {
        etags.get(number).map_or(Ok(()), |etag| now(store.delete(&key(number), etag)))
    })
}

fn version(store: &FolderStore, number: usize) -> io::Result<Etag> {
    let object = now(store.get(&key(number)))?;
    object.map(|object| object.etag).ok_or_else(|| io::Error::other("what was written is not there"))
}

fn bare_read(folder: &Path) -> io::Result<Row> {
    let path = folder.join("bare").join("0.json");
    median("bare: read a file", READS, |_| fs::read(&path).map(|body| drop(black_box(body))))
}

fn read(store: &FolderStore) -> io::Result<Row> {
    median("get an object", READS, |_| {
        now(store.get(&Key::of(&["control.json"]))).map(|object| drop(black_box(object)))
    })
}

/// Lists many keys; they are laid down as the store would, without waiting for the disk ten thousand times.
fn list(store: &FolderStore) -> io::Result<[Row; 3]> {
    let folder = store.root().join("shop/prod/events/2026-11-21");
    (0..MANY).try_for_each(|number| fs::write(folder.join(format!("{number:08}.json")), b"{}"))?;
    let bare = median("bare: read the folder's names", 20, |_| {
        fs::read_dir(&folder)?.try_for_each(|entry| entry.map(|entry| drop(black_box(entry))))
    })?;
    let prefix = "shop/prod/events/2026-11-21/";
    let one = median("one page of a thousand", 20, |_| {
        now(store.list(prefix, None, PAGE)).map(|page| drop(black_box(page)))
    })?;
    let all = median("all of them, page by page", 5, |_| {
        let (mut after, mut more, mut found) = (None, true, 0);
        while more {
            let page = now(store.list(prefix, after.as_ref(), PAGE))?;
            found += page.keys.len();
            (after, more) = (page.keys.last().cloned(), page.more);
        }
        if found == MANY { Ok(()) } else { Err(io::Error::other(format!("{found} of {MANY} keys were listed"))) }
    })?;
    Ok([bare, one, all])
}
