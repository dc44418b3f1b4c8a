//! A ledger with a root and releases, and real runners on it.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::{Value, json};
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
    Assignment, LocalMember, MemberConfiguration, MemberLife, MemberPhase, MemberState, PrincipalKind, ReleaseManifest,
    ServiceControl, SlotControl, TrustRoot,
};

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A place with everything that a member needs.
pub(crate) struct Scene {
    pub(crate) place: tempfile::TempDir,
    pub(crate) ledger: Ledger,
    pub(crate) key: SigningKey,
    pub(crate) root: TrustRoot,
    pub(crate) pin: String,
    pub(crate) health_port: u16,
    pub(crate) life: MemberLife,
    pub(crate) ports: BTreeMap<u16, u16>,
    /// The member's folder, and the end of its instance id.
    pub(crate) member: String,
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn later() -> Timestamp {
    "2099-01-01T00:00:00Z".parse().unwrap()
}

impl Scene {
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let store = FolderStore::open(&place.path().join("state")).unwrap();
        let ledger = Ledger::new(Arc::new(store), World::real());
        let key = SigningKey::generate("ann", ledger.world.random.as_ref()).unwrap();
        let enrolment = edit::Enrolment {
            name: "ann".into(),
            kind: PrincipalKind::Human,
            key: key.public(),
            roles: ["root", "release", "approval"].map(str::to_owned).to_vec(),
        };
        let first = edit::first(&enrolment, later()).unwrap();
        let signed = sign_root(&first, &key);
        let published = block_on(root::publish(&ledger, None, &signed)).unwrap();
        let life =
            MemberLife { kind: "web".into(), grace_seconds: 5, drain_seconds: 0, timeout_seconds: None, retries: 0 };
        let (root, pin, health_port) = (published.root, published.digest, free_port());
        Self { place, ledger, key, root, pin, health_port, life, ports: BTreeMap::new(), member: "member".into() }
    }

    pub(crate) fn service(&self) -> ServiceScope {
        Scope::new("shop", "test").service("web")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Makes a release of scripts (name → text) with a manifest as JSON; gives its id.
    pub(crate) fn release(&self, manifest: Value, scripts: &[(&str, &str)]) -> (String, u64) {
        self.release_for(&self.service(), manifest, scripts)
    }

    pub(crate) fn release_for(
        &self,
        service: &ServiceScope,
        manifest: Value,
        scripts: &[(&str, &str)],
    ) -> (String, u64) {
        let bundle = self.path("app");
        let _ = fs::remove_dir_all(&bundle);
        fs::create_dir_all(&bundle).unwrap();
        for (name, text) in scripts {
            let path = bundle.join(name);
            fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let manifest: ReleaseManifest = serde_json::from_value(manifest).unwrap();
        let new = NewRelease::new(service.clone(), manifest, self.place.path(), later());
        let created = block_on(create(&self.ledger, &new, std::slice::from_ref(&self.key))).unwrap();
        (created.id, created.sequence)
    }

    /// Assigns a release to slot `a`.
    pub(crate) fn assign(&self, release: &(String, u64), generation: u64) {
        let assignment =
            Assignment { release: release.0.clone(), sequence: release.1, generation, launch_template_version: None };
        let control = ServiceControl {
            slots: [("a".to_owned(), SlotControl { assignment: Some(assignment), ..SlotControl::default() })].into(),
            sequence: release.1,
            root_version: self.root.version,
            ..ServiceControl::default()
        };
        let next = Next { epoch: 1, holder: None, lease_until: None, body: control };
        let key = self.service().control();
        block_on(self.ledger.update::<ServiceControl>(&key, |_| Ok(Some(next.clone())))).unwrap();
    }

    /// Puts the next version of the root into the ledger.
    pub(crate) fn next_root(&mut self, change: impl FnOnce(&TrustRoot) -> TrustRoot) {
        let next = change(&self.root);
        let signed = sign_root(&next, &self.key);
        let before = block_on(root::load_root(&self.ledger, None, 0)).unwrap();
        self.root = block_on(root::publish(&self.ledger, Some(&before), &signed)).unwrap().root;
    }

    pub(crate) fn configuration(&self) -> MemberConfiguration {
        let text = |path: PathBuf| path.display().to_string();
        MemberConfiguration {
            schema: MemberConfiguration::SCHEMA.into(),
            app: "shop".into(),
            environment: "test".into(),
            service: "web".into(),
            slot: "a".into(),
            region: "local".into(),
            architecture: "x86_64".into(),
            state_root: text(self.path("state")),
            runner: String::new(),
            trust_root: self.pin.clone(),
            health_port: self.health_port,
            log_group: "none".into(),
            workload_role: None,
            life: Some(self.life.clone()),
            before: false,
            local: Some(LocalMember {
                instance: self.instance(),
                ports: self.ports.clone(),
                folder: text(self.path(&self.member)),
                volume: Some(text(self.path("lasting"))),
                secrets: text(self.path("secrets")),
                secrets_key: text(self.path("secrets.key")),
            }),
        }
    }

    fn instance(&self) -> String {
        format!("i-web-a-{}", self.member)
    }

    /// The configuration as text, with a change.
    pub(crate) fn text(&self, change: impl FnOnce(&mut MemberConfiguration)) -> String {
        let mut document = self.configuration();
        change(&mut document);
        serde_json::to_string_pretty(&document).unwrap()
    }

    pub(crate) fn start(&self) -> Runner {
        self.start_in(&[])
    }

    /// Starts a runner with more in its environment.
    pub(crate) fn start_in(&self, environment: &[(&str, &str)]) -> Runner {
        self.run(&self.text(|_| {}), environment)
    }

    /// Starts a runner with this text as its configuration.
    pub(crate) fn start_with(&self, configuration: &str) -> Runner {
        self.run(configuration, &[])
    }

    fn run(&self, configuration: &str, environment: &[(&str, &str)]) -> Runner {
        let path = self.path("member.json");
        fs::write(&path, configuration).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_skiff-runner"))
            .arg("--config")
            .arg(&path)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Runner { child, member: self.path(&self.member), health_port: self.health_port }
    }

    /// What the member says of itself.
    pub(crate) fn state(&self) -> Option<MemberState> {
        let key = self.service().member(&self.instance());
        block_on(self.ledger.read::<MemberState>(&key)).unwrap().map(|seen| seen.control.body)
    }

    pub(crate) fn until_phase(&self, phase: MemberPhase) -> MemberState {
        until(&format!("phase {phase:?}, last {:?}", self.state()), || {
            self.state().filter(|state| state.phase == phase)
        })
    }

    pub(crate) fn events(&self, kind: &str) -> usize {
        let page = block_on(self.ledger.store.list("shop/test/events/", None, 1000)).unwrap();
        let is = |key: &skiff_runtime::store::Key| {
            let body = block_on(self.ledger.store.get(key)).unwrap().unwrap().body;
            serde_json::from_slice::<Value>(&body).unwrap()["kind"] == kind
        };
        page.keys.iter().filter(|key| is(key)).count()
    }

    /// Every byte below the state and the member's folder, for looking for what must not be there.
    pub(crate) fn contains(&self, folder: &str, needle: &[u8]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let content = fs::read(entry.path()).unwrap_or_default();
                    if content.windows(needle.len()).any(|window| window == needle) {
                        found.push(entry.path());
                    }
                }
            }
        }
        found
    }
}

fn sign_root(root: &TrustRoot, key: &SigningKey) -> Vec<u8> {
    let payload = serde_json::to_vec(root).unwrap();
    envelope::sign(TrustRoot::PAYLOAD_TYPE, &payload, std::slice::from_ref(key)).unwrap()
}

/// A manifest with one workload that runs `run` of its bundle.
pub(crate) fn manifest(more: Value) -> Value {
    let mut main = json!({
        "name": "main",
        "artifact": { "bundle": { "path": "app" } },
        "command": { "command": ["./run"] },
    });
    for (key, value) in more.as_object().unwrap() {
        main[key] = value.clone();
    }
    json!({ "main": main })
}

pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A runner that is ended with the test.
pub(crate) struct Runner {
    pub(crate) child: Child,
    member: PathBuf,
    health_port: u16,
}

impl Runner {
    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    /// The exit status.
    pub(crate) fn wait(&mut self) -> i32 {
        let status = until("the runner's end", || self.child.try_wait().unwrap());
        status.code().unwrap_or(-1)
    }

    /// What it said last.
    pub(crate) fn said(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Status and body of a path of the health endpoint; status 0 when nothing answers.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        get(self.health_port, path)
    }

    pub(crate) fn until_status(&self, status: u16) -> String {
        until(&format!("/healthz to answer {status}"), || {
            let (seen, body) = self.get("/healthz");
            (seen == status).then_some(body)
        })
    }

    pub(crate) fn log(&self, workload: &str) -> String {
        fs::read_to_string(self.member.join("logs").join(format!("{workload}.log"))).unwrap_or_default()
    }

    pub(crate) fn until_log(&self, workload: &str, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.log(workload).contains(text) {
            assert!(Instant::now() < end, "waited in vain for `{text}` in\n{}", self.log(workload));
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn get(port: u16, path: &str) -> (u16, String) {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return (0, String::new()) };
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    if stream.write_all(request.as_bytes()).is_err() || stream.read_to_string(&mut answer).is_err() {
        return (0, String::new());
    }
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
}

/// Processes whose environment has the mark of a member's folder.
pub(crate) fn marked(folder: &Path) -> Vec<u32> {
    let wanted = format!("SKIFF_MEMBER_FOLDER={}", folder.display());
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let process = |entry: fs::DirEntry| {
        let environment = fs::read(entry.path().join("environ")).ok()?;
        let carries = environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes());
        entry.file_name().to_str()?.parse::<u32>().ok().filter(|_| carries)
    };
    entries.filter_map(process).collect()
}
