//! A state folder, a plan, and the processes that this binary can be.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use skiff_runtime::{
    Error,
    local::{self, LocalCloud, Place, Program, Programs, SuperviseOptions, UpOptions, UpReport, process::Marked},
    provider::{Capacity, Fence, MemberView, Motion as _, SlotAddress, Weights},
    state::{
        Ledger,
        layout::{Scope, ServiceScope},
    },
    store::folder::FolderStore,
    world::World,
};
use skiff_wire::{BeforeOutcome, MemberConfiguration, Plan};

/// Says what a process of this binary is.
const ROLE: &str = "SKIFF_TEST_ROLE";

/// The processes that the tests start; as a test it has nothing to do.
#[test]
fn process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let code = match role.as_str() {
        "supervisor" => {
            let options = SuperviseOptions { state: argument("--state").into(), programs: programs() };
            match runtime.block_on(local::supervise(options)) {
                Ok(()) => 0,
                Err(error) => {
                    eprintln!("{error}");
                    1
                }
            }
        }
        "balancer" => {
            let control = PathBuf::from(argument("--control"));
            match runtime.block_on(local::balancer::serve_standard_input(&control, World::real())) {
                Ok(()) => 0,
                Err(error) => {
                    eprintln!("{error}");
                    1
                }
            }
        }
        "runner" => runner(&argument("--config")),
        _ => 2,
    };
    std::process::exit(code);
}

fn argument(name: &str) -> String {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).unwrap()
}

/// A stand-in for the runner: healthy at once, and its application says who it is. A file `refuse` beside the state's
/// folder makes it refuse, a file `die` makes it end, a file `spin` makes its workload busy.
fn runner(configuration: &str) -> i32 {
    let text = fs::read(configuration).unwrap();
    let configuration: MemberConfiguration = serde_json::from_slice(&text).unwrap();
    let state = PathBuf::from(&configuration.state_root);
    let local = configuration.local.clone().unwrap();
    if state.join("refuse").exists() {
        return 10;
    }
    if state.join("die").exists() {
        return 1;
    }
    if configuration.before {
        return before(&state, Path::new(&local.folder));
    }
    let mut log = fs::File::create(log_of(Path::new(&local.folder))).unwrap();
    writeln!(log, "{}", log_line(&local.instance, "started")).unwrap();
    let busy = if state.join("spin").exists() { "while :; do :; done" } else { "exec sleep 1000" };
    let mut workload = Command::new("sh").args(["-c", busy]).stdin(Stdio::null()).spawn().unwrap();
    thread::spawn(move || workload.wait());
    let health = TcpListener::bind(("127.0.0.1", configuration.health_port)).unwrap();
    for port in local.ports.values() {
        let application = TcpListener::bind(("127.0.0.1", *port)).unwrap();
        let instance = local.instance.clone();
        thread::spawn(move || answer(&application, &instance));
    }
    answer(&health, "ok");
    0
}

/// A command that adds a line to the file `ran` when it begins, and ends when `hold` is not there; a file `exit` has its code.
fn before(state: &Path, folder: &Path) -> i32 {
    let mut ran = fs::OpenOptions::new().create(true).append(true).open(state.join("ran")).unwrap();
    writeln!(ran, "{}", folder.file_name().unwrap().display()).unwrap();
    while state.join("hold").exists() {
        thread::sleep(Duration::from_millis(5));
    }
    let exit: i32 = fs::read_to_string(state.join("exit")).map_or(0, |code| code.parse().unwrap());
    let reason = (exit != 0).then(|| format!("ended with exit status {exit}"));
    let outcome = BeforeOutcome { exit: Some(exit), reason };
    fs::write(folder.join(BeforeOutcome::FILE), serde_json::to_vec(&outcome).unwrap()).unwrap();
    if exit == 0 { 0 } else { 8 }
}

fn log_of(folder: &Path) -> PathBuf {
    fs::create_dir_all(folder.join("logs")).unwrap();
    folder.join("logs/main.log")
}

fn log_line(instance: &str, text: &str) -> String {
    let at = World::real().clock.now();
    serde_json::json!({"at": at, "instance": instance, "workload": "main", "stream": "stdout", "text": text})
        .to_string()
}

/// Answers every request on a socket with these words.
fn answer(listener: &TcpListener, body: &str) {
    for stream in listener.incoming().flatten() {
        let (mut stream, body) = (stream, body.to_owned());
        thread::spawn(move || {
            let mut request = [0; 4096];
            while matches!(stream.read(&mut request), Ok(1..)) {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                if stream.write_all(format!("{head}{body}").as_bytes()).is_err() {
                    return;
                }
            }
        });
    }
}

/// This binary in its three roles.
pub(crate) fn programs() -> Programs {
    let of = |role: &str| {
        let mut program =
            Program::new(&std::env::current_exe().unwrap(), &["--exact", "--nocapture", "world::process", "--"]);
        program.environment = BTreeMap::from([(ROLE.into(), role.into())]);
        program
    };
    Programs { supervisor: of("supervisor"), balancer: of("balancer"), runner: of("runner") }
}

/// A state folder with its cloud, which is brought down in the end whatever happened.
pub(crate) struct Local {
    _folder: tempfile::TempDir,
    pub(crate) cloud: LocalCloud,
    pub(crate) ledger: Ledger,
    pub(crate) plan: Plan,
    pub(crate) legacy: BTreeMap<String, String>,
}

impl Local {
    pub(crate) fn new() -> Self {
        Self::below("")
    }

    /// A state folder some folders deeper.
    pub(crate) fn below(deeper: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join(deeper);
        Self::at(&state, folder)
    }

    /// A state folder on another disk.
    pub(crate) fn on(disk: &Path) -> Self {
        Self::at(&disk.join("state"), tempfile::tempdir().unwrap())
    }

    fn at(state: &Path, folder: tempfile::TempDir) -> Self {
        fs::create_dir_all(state).unwrap();
        let ledger = Ledger::new(Arc::new(FolderStore::open(state).unwrap()), World::real());
        let legacy = BTreeMap::new();
        Self { cloud: LocalCloud::at(state, programs()), ledger, plan: plan("web-http-only"), legacy, _folder: folder }
    }

    /// With a plan that takes over from what answers at an address, where one is given.
    pub(crate) fn taking_over(address: Option<String>) -> Self {
        let legacy = address.map(|address| ("web".to_owned(), address)).into_iter().collect();
        let mut local = Self::new();
        (local.plan, local.legacy) = (plan("web-cutover"), legacy);
        local
    }

    pub(crate) fn place(&self) -> &Place {
        self.cloud.place()
    }

    pub(crate) async fn up(&self) -> Result<UpReport, Error> {
        let options = UpOptions { port: Some(0), legacy: self.legacy.clone(), ..UpOptions::default() };
        local::up(&self.cloud, &self.ledger, &self.plan, &options).await
    }

    pub(crate) fn service(&self) -> ServiceScope {
        Scope::new(&self.plan.app, &self.plan.environment).service("web")
    }

    pub(crate) fn slot(&self, letter: &str) -> SlotAddress {
        SlotAddress { service: self.service(), slot: letter.into() }
    }

    pub(crate) async fn capacity(&self, letter: &str, desired: u32) {
        let capacity = Capacity { minimum: 0, desired };
        self.cloud.set_capacity(&self.slot(letter), capacity, &fence(1)).await.unwrap();
    }

    pub(crate) async fn weights(&self, a: u32, b: u32) {
        self.set_weights(&[("a", a), ("b", b)]).await.unwrap();
    }

    pub(crate) async fn set_weights(&self, weights: &[(&str, u32)]) -> Result<(), Error> {
        let by_slot = weights.iter().map(|(group, weight)| ((*group).to_owned(), *weight)).collect();
        self.cloud.set_weights(&self.service(), &Weights { by_slot }, &fence(1)).await
    }

    /// Waits until these weights are in effect.
    pub(crate) async fn effective(&self, weights: &[(&str, u32)]) {
        let wanted: BTreeMap<String, u32> =
            weights.iter().map(|(group, weight)| ((*group).to_owned(), *weight)).collect();
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let read = self.cloud.weights(&self.service()).await.unwrap();
            assert_eq!(read.set.by_slot, wanted);
            if read.effective.by_slot == wanted {
                return;
            }
            assert!(Instant::now() < deadline, "{read:?}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn members(&self, letter: &str) -> Vec<MemberView> {
        self.cloud.members(&self.slot(letter)).await.unwrap()
    }

    /// Waits until a slot's members are as wanted.
    pub(crate) async fn until(
        &self,
        letter: &str,
        what: &str,
        wanted: impl Fn(&[MemberView]) -> bool,
    ) -> Vec<MemberView> {
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            let members = self.members(letter).await;
            if wanted(&members) {
                return members;
            }
            assert!(Instant::now() < deadline, "{what} did not happen: {members:#?}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.place().log()).unwrap_or_default()
    }

    pub(crate) fn marked(&self) -> Vec<Marked> {
        local::process::marked(self.place())
    }

    pub(crate) fn role(&self, role: &str) -> Marked {
        self.marked().into_iter().find(|one| one.role == role).unwrap_or_else(|| panic!("no {role}: {}", self.log()))
    }

    /// Kills a process as the kernel would for want of memory.
    pub(crate) fn kill(&self, role: &str) {
        assert!(self.role(role).process.signal(rustix::process::Signal::KILL).unwrap());
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        for one in self.marked() {
            let _ = one.process.signal(rustix::process::Signal::KILL);
        }
    }
}

pub(crate) fn fence(epoch: u64) -> Fence {
    Fence { operation: "test".into(), epoch, token: "token".into() }
}

/// A committed plan.
pub(crate) fn plan(name: &str) -> Plan {
    let path = format!("{}/../golden/plan/{name}/plan.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Whether a member runs.
pub(crate) fn runs(member: &MemberView) -> bool {
    member.lifecycle == "pending" || member.lifecycle == "in-service"
}
