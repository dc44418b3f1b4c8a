//! A real image in a real engine: pulled by its digest from a registry of the test's own, run, probed, stopped, removed.
//!
//! Where neither podman nor docker answers, one line says `SKIPPED` and the tests pass.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Output, Stdio},
    sync::{Arc, OnceLock},
    thread,
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use skiff_wire::MemberPhase;

use crate::scene::{Runner, Scene, until};

/// The engine that the runner would take: the first that is installed and answers.
fn engine() -> Option<&'static str> {
    static FOUND: OnceLock<Option<&'static str>> = OnceLock::new();
    *FOUND.get_or_init(look_for_engine)
}

fn look_for_engine() -> Option<&'static str> {
    let found =
        ["podman", "docker"].into_iter().find(|name| ask(name, &["info"]).is_some_and(|out| out.status.success()));
    if found.is_none() {
        // Past the test harness, which keeps the output of passing tests to itself: a skip must be seen.
        let _ = writeln!(io::stderr(), "SKIPPED: podman or docker: neither answers here, so no image was run");
    }
    found
}

fn ask(engine: &str, words: &[&str]) -> Option<Output> {
    Command::new(engine).args(words).stdin(Stdio::null()).output().ok()
}

/// A registry that has one image of this machine's shell, in the words of the OCI distribution specification.
struct Registry {
    port: u16,
    digest: String,
}

type Blobs = BTreeMap<String, (&'static str, Vec<u8>)>;

impl Registry {
    /// Serves an image; `spoiled` sends another one's manifest under its digest.
    fn start(spoiled: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut blobs = Blobs::new();
        let layer = layer(&["/bin/sh", "/bin/sleep"]);
        let configuration = json!({
            "architecture": if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" },
            "os": "linux",
            // Each test has an image of its own: one that is there already would not be pulled.
            "config": { "Labels": { "test": format!("{} {port}", std::process::id()) } },
            "rootfs": { "type": "layers", "diff_ids": [digest(&layer)] },
        });
        let layer = keep(&mut blobs, "application/vnd.oci.image.layer.v1.tar", layer);
        let configuration =
            keep(&mut blobs, "application/vnd.oci.image.config.v1+json", configuration.to_string().into());
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let manifest = json!({ "schemaVersion": 2, "mediaType": kind, "config": configuration, "layers": [layer] });
        let name = keep(&mut blobs, kind, manifest.to_string().into())["digest"].as_str().unwrap().to_owned();
        if spoiled {
            blobs.get_mut(&name).unwrap().1.push(b'\n');
        }
        let blobs = Arc::new(blobs);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let blobs = Arc::clone(&blobs);
                thread::spawn(move || serve(stream, &blobs));
            }
        });
        Self { port, digest: name }
    }

    fn reference(&self) -> String {
        format!("127.0.0.1:{}/test/shell@{}", self.port, self.digest)
    }

    fn image(&self) -> Value {
        json!({ "image": { "reference": self.reference(), "digest": self.digest } })
    }

    /// What podman needs to be told; docker takes registries on loopback without TLS.
    fn settings(&self, folder: &Path) -> String {
        let path = folder.join("registries.conf");
        let text = format!("[[registry]]\nlocation = \"127.0.0.1:{}\"\ninsecure = true\n", self.port);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        engine().and_then(|engine| ask(engine, &["rmi", "--force", &self.reference()]));
    }
}

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Keeps a blob under its digest; gives its descriptor.
fn keep(blobs: &mut Blobs, kind: &'static str, bytes: Vec<u8>) -> Value {
    let descriptor = json!({ "mediaType": kind, "digest": digest(&bytes), "size": bytes.len() });
    blobs.insert(digest(&bytes), (kind, bytes));
    descriptor
}

/// Programs of this machine with the libraries that they need, as a layer.
fn layer(programs: &[&str]) -> Vec<u8> {
    let mut files: BTreeSet<String> = programs.iter().map(|program| (*program).to_owned()).collect();
    for program in programs {
        let listed = Command::new("ldd").arg(program).output().unwrap();
        let text = String::from_utf8(listed.stdout).unwrap();
        files.extend(text.split_whitespace().filter(|word| word.starts_with('/')).map(str::to_owned));
    }
    let mut archive = tar::Builder::new(Vec::new());
    for file in files {
        let content = fs::read(&file).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        archive.append_data(&mut header, file.trim_start_matches('/'), &*content).unwrap();
    }
    archive.into_inner().unwrap()
}

/// Answers the requests of one connection.
fn serve(stream: TcpStream, blobs: &Blobs) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    loop {
        let mut request = String::new();
        reader.read_line(&mut request).ok().filter(|read| *read > 0)?;
        let mut line = String::new();
        while reader.read_line(&mut line).ok()? > 2 {
            line.clear();
        }
        let mut words = request.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let name = path.rsplit('/').next()?;
        let nothing = ("application/json", Vec::new());
        let (status, (kind, body)) = match blobs.get(name) {
            Some(blob) => ("200 OK", blob),
            None if path == "/v2/" => ("200 OK", &nothing),
            None => ("404 Not Found", &nothing),
        };
        let length = body.len();
        write!(stream, "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n").ok()?;
        write!(stream, "Docker-Content-Digest: {name}\r\n\r\n").ok()?;
        if method == "GET" {
            stream.write_all(body).ok()?;
        }
    }
}

const WORK: &str = "trap 'echo ends; exit 0' TERM; echo \"$GREETING from $(pwd)\"; while :; do sleep 0.1; done";

/// A member that is about to run the image of a registry.
fn member(registry: &Registry) -> (Scene, Runner) {
    let mut scene = Scene::new();
    scene.member = format!("c{}-{}", std::process::id(), registry.port);
    let main = json!({
        "name": "main",
        "artifact": registry.image(),
        "command": { "command": ["/bin/sh", "-c"], "arguments": [WORK], "working_directory": "/bin" },
        "environment": { "GREETING": { "value": "greetings" } },
        "readiness": { "kind": "exec", "command": ["/bin/sh", "-c", "exit 0"], "interval_seconds": 1, "timeout_seconds": 10, "failures": 3, "successes": 1 },
    });
    scene.assign(&scene.release(json!({ "main": main }), &[]), 1);
    let settings = registry.settings(scene.place.path());
    let runner = scene.start_in(&[("CONTAINERS_REGISTRIES_CONF", &settings)]);
    (scene, runner)
}

/// Whether the engine still has the member's container.
fn has_container(engine: &str, scene: &Scene) -> bool {
    let out = ask(engine, &["ps", "--all", "--format", "{{.Names}}"]).unwrap();
    String::from_utf8_lossy(&out.stdout).contains(&format!("skiff-i-web-a-{}-main", scene.member))
}

#[test]
fn an_image_is_pulled_run_probed_stopped_and_removed() {
    let Some(engine) = engine() else { return };
    let registry = Registry::start(false);
    let (scene, mut runner) = member(&registry);
    runner.until_log("main", "greetings from /bin");
    runner.until_status(200);
    assert!(has_container(engine, &scene));
    runner.signal("TERM");
    assert_eq!(runner.wait(), 0);
    assert!(runner.log("main").contains("ends"), "{}", runner.log("main"));
    assert!(!has_container(engine, &scene));
}

#[test]
fn a_killed_runner_leaves_no_container() {
    let Some(engine) = engine() else { return };
    let registry = Registry::start(false);
    let (scene, mut runner) = member(&registry);
    runner.until_status(200);
    runner.signal("KILL");
    runner.wait();
    until("the container to be gone", || (!has_container(engine, &scene)).then_some(()));
}

#[test]
fn an_image_with_other_bytes_than_its_digest_says_is_not_run() {
    let Some(engine) = engine() else { return };
    let registry = Registry::start(true);
    let (scene, runner) = member(&registry);
    runner.until_log("main", "SK2622");
    assert!(runner.log("main").contains("digest"), "{}", runner.log("main"));
    assert!(!has_container(engine, &scene));
    assert_ne!(scene.state().map(|state| state.phase), Some(MemberPhase::Ready));
}
