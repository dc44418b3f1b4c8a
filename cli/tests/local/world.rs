//! A project in a folder of its own, with its own keys, supervisor and load balancer.

use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::schema;

/// The variable by which processes of one test are found, whoever their parent is.
const MARK: &str = "SKIFF_TEST_WORLD";

/// A project whose processes end with it.
pub(crate) struct World {
    folder: TempDir,
    address: OnceLock<String>,
}

/// What a command printed as JSON, and how it ended.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The exit code, `None` when a signal ended it.
    pub(crate) exit: Option<i32>,
    /// The envelope, null when there is none.
    pub(crate) envelope: Value,
}

impl World {
    /// A project with one web service of two members, its key and its root; nothing runs yet.
    pub(crate) fn new() -> Self {
        let world = Self::without_keys();
        world.done(&["keys", "new", "me"]);
        world.done(&["keys", "enroll", "me"]);
        world
    }

    fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), address: OnceLock::new() }
    }

    /// The same before anybody has a key.
    pub(crate) fn without_keys() -> Self {
        let world = Self::empty();
        // A script, so that a bundle is small: what is tried here is what happens around it.
        write_script(&world.path("app/service"), &format!("exec '{}' demo", executable().display()));
        world.write_spec("v1");
        world
    }

    /// An example of this repository in a folder of its own, with its key and its root; nothing runs yet.
    pub(crate) fn of_example(name: &str) -> Self {
        let world = Self::empty();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
        copy(&example, world.folder.path());
        world.done(&["keys", "new", "me"]);
        world.done(&["keys", "enroll", "me"]);
        world
    }

    /// The same, with everything up and the first release live.
    pub(crate) fn live() -> Self {
        let world = Self::new();
        world.done(&["local", "up", "--port", "0"]);
        world.done(&["deploy", "--label", "v1"]);
        world
    }

    /// A path in the project.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes the spec with a version that the service answers with.
    pub(crate) fn write_spec(&self, version: &str) {
        let spec = format!(
            r#"app: shop
account: "111122223333"
region: eu-west-1
alerts: {{ email: ops@example.com }}
permissions_boundary: arn:aws:iam::111122223333:policy/boundary
certificates: ["arn:aws:acm:eu-west-1:111122223333:certificate/1a2b3c4d-0001-4000-8000-000000000001"]
services:
  web:
    kind: web
    bundle: app
    command: [./service]
    port: 8080
    replicas: 2
    env: {{ VERSION: {version} }}
    health:
      readiness: {{ http: /healthz, interval: 2s, timeout: 1s, failures: 2 }}
    stop: {{ grace: 2s, drain: 1s }}
    rollout: {{ strategy: blue-green }}
    routes: [{{ path: / }}]
"#
        );
        fs::write(self.path("skiff.yaml"), spec).unwrap();
    }

    /// A command of this project, not started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(executable());
        command
            .args(arguments)
            .args(["--format", "json"])
            .current_dir(self.folder.path())
            .env("PATH", path())
            .env("SKIFF_KEYS", self.path("keys"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("SKIFF_PASSPHRASE", "a passphrase for tests")
            .env(MARK, self.mark())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        Answer::of(&self.command(arguments).output().unwrap())
    }

    /// Runs a command that must do what it was asked.
    pub(crate) fn done(&self, arguments: &[&str]) -> Value {
        let answer = self.run(arguments);
        assert!(matches!(answer.exit, Some(0 | 3)), "skiff {arguments:?}: {}\n{}", answer.short(), self.logs());
        schema::check(arguments, &answer.envelope["data"]);
        answer.envelope
    }

    /// Runs a command that dies at a point: see `SKIFF_DIE_AT`.
    pub(crate) fn dying(&self, point: &str, arguments: &[&str]) -> Answer {
        Answer::of(&self.command(arguments).env("SKIFF_DIE_AT", point).output().unwrap())
    }

    /// Where the load balancer listened when somebody asked for the first time: as long as the provider is up that stays so.
    pub(crate) fn known_address(&self) -> &str {
        self.address.get_or_init(|| self.address())
    }

    /// Where the load balancer listens, such as `127.0.0.1:34567`.
    pub(crate) fn address(&self) -> String {
        let status = self.done(&["local", "status"]);
        let port = status["data"]["port"].as_u64().unwrap_or_else(|| panic!("no port in {status:#}"));
        format!("127.0.0.1:{port}")
    }

    /// Pids of this project's processes whose command line contains a word, in the order of their numbers.
    pub(crate) fn processes(&self, word: &str) -> Vec<u32> {
        let mut found: Vec<u32> = fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|pid| {
                let read = |what: &str| {
                    let bytes = fs::read(format!("/proc/{pid}/{what}")).unwrap_or_default();
                    String::from_utf8_lossy(&bytes).replace('\0', " ")
                };
                // Every process of the project has its folder in its environment: the mark, or the member's folder.
                read("environ").contains(&self.mark()) && read("cmdline").contains(word)
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// What the supervisor, the runners and the workloads wrote, for messages.
    pub(crate) fn logs(&self) -> String {
        let members = fs::read_dir(self.path(".skiff/local/members")).into_iter().flatten().flatten();
        let of_members = members.flat_map(|member| {
            let logs = fs::read_dir(member.path().join("logs")).into_iter().flatten().flatten();
            logs.map(|log| log.path()).collect::<Vec<_>>()
        });
        let all = [self.path(".skiff/local/supervisor.log")].into_iter().chain(of_members);
        all.map(|path| format!("{}\n{}", path.display(), fs::read_to_string(&path).unwrap_or_default())).collect()
    }

    fn mark(&self) -> String {
        self.folder.path().display().to_string()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.command(&["local", "down"]).output();
        for pid in self.processes("") {
            kill(pid);
        }
    }
}

impl Answer {
    /// What a command that has ended has said.
    pub(crate) fn of(output: &Output) -> Self {
        Self { exit: output.status.code(), envelope: serde_json::from_slice(&output.stdout).unwrap_or_default() }
    }

    /// What matters first, on a line: a log of many tests shows only the beginning of a message.
    fn short(&self) -> String {
        let said = |key: &str| &self.envelope[key];
        format!("exit {:?}, {}: {} {}", self.exit, said("code"), said("summary"), said("findings"))
    }
}

/// Writes a shell script into a bundle's folder, which is made.
pub(crate) fn write_script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The executable under test is the `skiff` of whatever it starts.
fn path() -> OsString {
    let here = executable().parent().unwrap().to_owned();
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths([here].into_iter().chain(env::split_paths(&others))).unwrap()
}

/// Copies a folder with all that is in it, but no state of an earlier try.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten().filter(|entry| entry.file_name() != ".skiff") {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Ends a process at once.
pub(crate) fn kill(pid: u32) {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}

fn executable() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_skiff"))
}
