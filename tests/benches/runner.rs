//! What the runner adds before a workload runs: the same script started directly, and by a runner that verifies it first.
//!
//! `cargo bench -p skiff-tests --bench runner` prints a table. *Begins* is when the workload's program runs, *answers* when it
//! answers on its port, *ready* when the runner's own health endpoint says so; all from the start of the first process. The
//! bundle is a script that becomes this executable, and in some rows as many bytes of ballast, which are verified and unpacked.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot be taken ends with the reason")]

use std::{
    env, fs,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::json;
use skiff_runner::Program;
use skiff_runtime::{
    release::{NewRelease, create},
    state::{
        Ledger,
        control::Next,
        layout::{Scope, ServiceScope},
    },
    store::folder::FolderStore,
    trust::{SigningKey, edit, envelope, root},
    world::World,
};
use skiff_wire::{
    Assignment, LocalMember, MemberConfiguration, MemberLife, PrincipalKind, ServiceControl, SlotControl, TrustRoot,
};

/// How often each way is measured.
const ROUNDS: usize = 21;
/// Bytes of ballast in the bundle.
const BALLAST: [usize; 3] = [0, 16 << 20, 64 << 20];
/// How often it is looked whether something answers.
const PAUSE: Duration = Duration::from_micros(500);
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    match words.as_slice() {
        ["serve"] => serve(),
        ["runner", "launch", ..] => println!("{:?}", skiff_runner::launch(&arguments[2..])),
        ["runner", "guard", ..] => skiff_runner::guard(&arguments[2..]),
        ["runner", "--config", file] => drop(skiff_runner::run(Path::new(file), Program::this(&["runner"]).unwrap())),
        _ => table(),
    }
}

/// The workload: says when it began, and answers.
fn serve() {
    let port: u16 = env::var("PORT").unwrap().parse().unwrap();
    let note = env::var("SKIFF_BENCH_NOTE").unwrap();
    fs::write(note, now().to_string()).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    for mut stream in listener.incoming().flatten() {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
}

/// Nanoseconds of the clock that all processes share.
fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()
}

/// Milliseconds from the start to what was waited for.
#[derive(Clone, Copy)]
struct Took {
    begins: f64,
    answers: f64,
    ready: f64,
}

fn table() {
    println!("milliseconds, median of {ROUNDS}; in parentheses above the direct start");
    println!("{:<34} {:>8} {:>18} {:>18} {:>18}", "way", "bundle", "begins", "answers", "ready");
    for ballast in BALLAST {
        let scene = Scene::new(ballast);
        let size = format!("{} MiB", ballast >> 20);
        let direct = median(|| scene.direct());
        print("direct", &size, direct, None);
        print("runner, a new member", &size, median(|| scene.member(true)), Some(direct));
        scene.member(true);
        print("runner, the same member again", &size, median(|| scene.member(false)), Some(direct));
    }
}

fn print(way: &str, size: &str, took: Took, direct: Option<Took>) {
    let cell = |of: fn(Took) -> f64| match direct {
        Some(direct) => format!("{:.1} (+{:.1})", of(took), of(took) - of(direct)),
        None => format!("{:.1}", of(took)),
    };
    let [begins, answers, ready] = [cell(|took| took.begins), cell(|took| took.answers), cell(|took| took.ready)];
    println!("{way:<34} {size:>8} {begins:>18} {answers:>18} {ready:>18}");
}

fn median(mut measure: impl FnMut() -> Took) -> Took {
    let all: Vec<Took> = (0..ROUNDS).map(|_| measure()).collect();
    let of = |get: fn(&Took) -> f64| {
        let mut values: Vec<f64> = all.iter().map(get).collect();
        values.sort_by(f64::total_cmp);
        values[ROUNDS / 2]
    };
    Took { begins: of(|took| took.begins), answers: of(|took| took.answers), ready: of(|took| took.ready) }
}

/// A ledger with one signed release, assigned to one slot.
struct Scene {
    place: tempfile::TempDir,
    pin: String,
}

impl Scene {
    fn new(ballast: usize) -> Self {
        let place = tempfile::tempdir().unwrap();
        bundle(&place.path().join("app"), ballast);
        let store = FolderStore::open(&place.path().join("state")).unwrap();
        let ledger = Ledger::new(Arc::new(store), World::real());
        let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let pin = waiting.block_on(release(&ledger, place.path()));
        Self { place, pin }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// The script by itself.
    fn direct(&self) -> Took {
        let port = free_port();
        let mut command = Command::new(self.path("app/run"));
        command.current_dir(self.path("app")).env("PORT", port.to_string());
        self.watch(command, port, None)
    }

    /// The script by a runner; a new member has nothing unpacked.
    fn member(&self, fresh: bool) -> Took {
        if fresh {
            let _ = fs::remove_dir_all(self.path("member"));
        }
        let (port, health_port) = (free_port(), free_port());
        let configuration = self.configuration(port, health_port);
        fs::write(self.path("member.json"), serde_json::to_vec(&configuration).unwrap()).unwrap();
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["runner", "--config"]).arg(self.path("member.json"));
        self.watch(command, port, Some(health_port))
    }

    fn configuration(&self, port: u16, health_port: u16) -> MemberConfiguration {
        let text = |name: &str| self.path(name).display().to_string();
        MemberConfiguration {
            schema: MemberConfiguration::SCHEMA.into(),
            app: "shop".into(),
            environment: "bench".into(),
            service: "web".into(),
            slot: "a".into(),
            region: "local".into(),
            architecture: env::consts::ARCH.into(),
            state_root: text("state"),
            runner: "local".into(),
            trust_root: self.pin.clone(),
            health_port,
            log_group: "none".into(),
            workload_role: None,
            before: false,
            life: Some(MemberLife {
                kind: "web".into(),
                grace_seconds: 5,
                drain_seconds: 0,
                timeout_seconds: None,
                retries: 0,
            }),
            local: Some(LocalMember {
                instance: "i-web-a-bench".into(),
                ports: [(8080, port)].into(),
                folder: text("member"),
                volume: None,
                secrets: text("secrets"),
                secrets_key: text("secrets.key"),
            }),
        }
    }

    fn watch(&self, mut command: Command, port: u16, health_port: Option<u16>) -> Took {
        let note = self.path("note");
        let _ = fs::remove_file(&note);
        command.env("SKIFF_BENCH_NOTE", &note).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (begun, at) = (Instant::now(), now());
        let mut child = command.spawn().unwrap();
        until(|| answers(port, "/"));
        let answered = begun.elapsed();
        if let Some(health_port) = health_port {
            until(|| answers(health_port, "/healthz"));
        }
        let ready = begun.elapsed();
        let noted: u128 = fs::read_to_string(&note).unwrap().parse().unwrap();
        end(&mut child);
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
        let begins = noted.saturating_sub(at) as f64 / 1e6;
        Took { begins, answers: milliseconds(answered), ready: milliseconds(ready) }
    }
}

/// A folder with the script, and with bytes that no compression makes fewer.
fn bundle(folder: &Path, ballast: usize) {
    fs::create_dir(folder).unwrap();
    let script = format!("#!/bin/sh\nexec '{}' serve\n", env::current_exe().unwrap().display());
    fs::write(folder.join("run"), script).unwrap();
    fs::set_permissions(folder.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    // Marsaglia's xorshift64, from his paper of that name (2003).
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let bytes: Vec<u8> = (0..ballast / 8).flat_map(|_| next()).collect();
    if ballast > 0 {
        fs::write(folder.join("ballast"), bytes).unwrap();
    }
}

/// Writes a root and a release, and assigns it; gives the digest of the root.
async fn release(ledger: &Ledger, base: &Path) -> String {
    let later = "2099-01-01T00:00:00Z".parse().unwrap();
    let key = SigningKey::generate("ann", ledger.world.random.as_ref()).unwrap();
    let roles = ["root", "release", "approval"].map(str::to_owned).to_vec();
    let enrolment = edit::Enrolment { name: "ann".into(), kind: PrincipalKind::Human, key: key.public(), roles };
    let first = edit::first(&enrolment, later).unwrap();
    let payload = serde_json::to_vec(&first).unwrap();
    let signed = envelope::sign(TrustRoot::PAYLOAD_TYPE, &payload, std::slice::from_ref(&key)).unwrap();
    let published = root::publish(ledger, None, &signed).await.unwrap();
    let main = json!({
        "name": "main",
        "artifact": { "bundle": { "path": "app" } },
        "command": { "command": ["./run"] },
        "environment": { "SKIFF_BENCH_NOTE": { "value": base.join("note").display().to_string() } },
        "ports": { "main": 8080 },
    });
    let manifest = serde_json::from_value(json!({ "main": main })).unwrap();
    let service: ServiceScope = Scope::new("shop", "bench").service("web");
    let new = NewRelease::new(service.clone(), manifest, base, later);
    let created = create(ledger, &new, std::slice::from_ref(&key)).await.unwrap();
    let assignment =
        Assignment { release: created.id, sequence: created.sequence, generation: 1, launch_template_version: None };
    let slot = SlotControl { assignment: Some(assignment), ..SlotControl::default() };
    let body = ServiceControl {
        slots: [("a".to_owned(), slot)].into(),
        sequence: created.sequence,
        root_version: published.root.version,
        ..ServiceControl::default()
    };
    let next = Next { epoch: 1, holder: None, lease_until: None, body };
    ledger.update::<ServiceControl>(&service.control(), |_| Ok(Some(next.clone()))).await.unwrap();
    published.digest
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn answers(port: u16, path: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    let mut answer = String::new();
    let asked = write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

fn until(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "it does not answer");
        thread::sleep(PAUSE);
    }
}

/// Ends the process, and with a runner its workload; waits until both have gone.
fn end(child: &mut Child) {
    let pid = rustix::process::Pid::from_child(child);
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    let _ = child.wait();
}
