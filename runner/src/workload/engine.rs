//! Containers by podman or docker: found, and told exactly what to run.
//!
//! An image is named by its digest, so the engine verifies the bytes that it runs. Values of variables never stand in the
//! engine's arguments, which everybody on the machine may read: they come from its environment or from a file that is private.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs,
    io::Write as _,
    os::unix::{ffi::OsStringExt as _, fs::OpenOptionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{ReleaseManifest, Security, Workload};
use tokio::time::{sleep, timeout};

use crate::{
    codes,
    context::Context,
    guard,
    space::{Mounted, Space},
    variables::expand::expand,
};

/// What runs containers, in the order in which it is looked for.
const ENGINES: [&str; 2] = ["podman", "docker"];
/// How long an engine may take to answer.
const ANSWER: Duration = Duration::from_secs(20);
/// How often an engine that is installed is asked whether it is there, and how long after: its service may be starting.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);
/// How long a pull may take.
const PULL: Duration = Duration::from_secs(900);

/// A container engine that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Engine {
    program: PathBuf,
}

impl Engine {
    /// Looks for one, a few times where one is installed.
    ///
    /// # Errors
    /// Of kind `Invalid` when this machine has none, of kind `Unavailable` when one does not answer in time.
    pub(crate) async fn find() -> Result<Self, Error> {
        let mut looked = Self::look().await;
        for _ in 1..TRIES {
            match &looked {
                Err(Missing { installed: true, late: false, .. }) => {
                    sleep(PAUSE).await;
                    looked = Self::look().await;
                }
                _ => break,
            }
        }
        looked.map_err(|missing| {
            let kind = if missing.late { ErrorKind::Unavailable } else { ErrorKind::Invalid };
            Error::new(&codes::NO_CONTAINER_ENGINE, kind, missing.words.join("; "))
                .hint("install podman, start docker's service, or run the service as a bundle")
        })
    }

    async fn look() -> Result<Self, Missing> {
        let mut missing = Missing::default();
        for name in ENGINES {
            let Some(program) = on_path(name) else {
                missing.words.push(format!("`{name}` is not installed"));
                continue;
            };
            missing.installed = true;
            let (engine, asked) = (Self { program }, Instant::now());
            match engine.ask(&["version"], ANSWER).await {
                Ok(_) => return Ok(engine),
                Err(why) => missing.words.push(format!("`{name}` does not answer: {why}")),
            }
            missing.late |= asked.elapsed() >= ANSWER;
        }
        Err(missing)
    }

    /// Runs it to its end; gives what it printed, or why it failed.
    async fn ask(&self, words: &[&str], within: Duration) -> Result<String, String> {
        let mut command = tokio::process::Command::new(&self.program);
        command.args(words).stdin(Stdio::null()).kill_on_drop(true);
        let output = match timeout(within, command.output()).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err(format!("no answer within {} s", within.as_secs())),
        };
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(said(&output.stdout)) } else { Err(said(&output.stderr)) }
    }
}

/// Why there is no engine.
#[derive(Debug, Default)]
struct Missing {
    /// One of them is installed.
    installed: bool,
    /// One of them took longer than it may.
    late: bool,
    words: Vec<String>,
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Where a member writes down which engine runs its containers.
const NOTE: &str = "engine";

/// What tells a member's containers from all others.
fn label(member: &Path) -> String {
    format!("dev.skiff.member={}", member.display())
}

/// Writes down what runs the member's containers, for whoever ends what is left of them.
fn note(engine: &Engine, member: &Path) -> std::io::Result<()> {
    fs::write(member.join(NOTE), engine.program.as_os_str().as_encoded_bytes())
}

/// Removes the containers that a killed runner has left: their processes are gone by then, and nobody else knows of them.
pub(crate) fn remove_left(member: &Path) {
    let Ok(program) = fs::read(member.join(NOTE)) else { return };
    let ask = |words: &[&str]| {
        let mut command = Command::new(OsString::from_vec(program.clone()));
        command.args(words).stdin(Stdio::null()).stderr(Stdio::null()).output()
    };
    let filter = format!("label={}", label(member));
    let Ok(listed) = ask(&["ps", "--all", "--quiet", "--filter", &filter]) else { return };
    for container in String::from_utf8_lossy(&listed.stdout).split_whitespace() {
        // Whoever was quicker has done the same.
        let _ = ask(&["rm", "--force", container]);
    }
}

/// A container that is to be run.
pub(crate) struct Container {
    engine: Engine,
    name: String,
    words: Vec<String>,
    from_environment: BTreeMap<String, String>,
    member: PathBuf,
}

impl Container {
    /// Pulls the image where it is not there, and decides every word.
    pub(crate) async fn make(
        context: &Context,
        workload: &Workload,
        reference: String,
        space: &Space,
        mounted: &[Mounted],
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let refused = |why: String| {
            Error::new(&codes::START_FAILED, ErrorKind::Unavailable, format!("`{}`: {why}", workload.name))
        };
        let Some(engine) = context.engine.clone() else { return Err(refused("no container engine was found".into())) };
        if engine.ask(&["image", "inspect", &reference], ANSWER).await.is_err() {
            engine.ask(&["pull", &reference], PULL).await.map_err(refused)?;
        }
        check_user(&engine, workload, &reference).await?;
        let (plain, from_environment) = split(variables);
        let file = space.home.join("environment");
        write_private(&file, &plain)
            .map_err(|error| refused(format!("could not write `{}`: {error}", file.display())))?;
        let name = format!("skiff-{}-{}", context.configuration.instance, workload.name);
        note(&engine, context.folder.root())
            .map_err(|error| refused(format!("could not write down its engine: {error}")))?;
        let label = label(context.folder.root());
        let mut words = words(&["run", "--rm", "--name", &name, "--label", &label, "--network", "host", "--env-file"]);
        words.push(file.display().to_string());
        words.extend(from_environment.keys().flat_map(|variable| ["--env".to_owned(), variable.clone()]));
        words.extend(mounts(workload, space, mounted));
        words.extend(options(workload, context.manifest(), variables));
        words.push(reference);
        words.extend(arguments(workload, variables));
        // What an earlier run has left under the same name would be in the way.
        let _ = engine.ask(&["rm", "--force", &name], ANSWER).await;
        Ok(Self { engine, name, words, from_environment, member: context.folder.root().to_owned() })
    }

    /// Runs it in the foreground; SIGTERM to the client goes on to the container.
    pub(crate) fn run(&self) -> Command {
        let mut command = Command::new(&self.engine.program);
        // The client carries the member's mark as well, so that the guard finds it.
        command.args(&self.words).envs(&self.from_environment).env(guard::MARK, &self.member);
        command
    }

    /// Runs a command in it.
    pub(crate) fn exec(&self, words: &[String]) -> Command {
        let mut command = Command::new(&self.engine.program);
        command.args(["exec", &self.name]).args(words);
        command
    }

    /// Ends and removes it.
    pub(crate) fn remove(&self) -> Command {
        let mut command = Command::new(&self.engine.program);
        command.args(["rm", "--force", &self.name]).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// Refuses an image that would run as root although it must not.
async fn check_user(engine: &Engine, workload: &Workload, reference: &str) -> Result<(), Error> {
    let asked = workload.security.as_ref().filter(|security| security.non_root);
    let Some(security) = asked else { return Ok(()) };
    let user = match security.user {
        Some(user) => user.to_string(),
        None => engine
            .ask(&["image", "inspect", "--format", "{{.Config.User}}", reference], ANSWER)
            .await
            .unwrap_or_default(),
    };
    if !matches!(user.split(':').next(), None | Some("" | "0" | "root")) {
        return Ok(());
    }
    let message = format!("`{}` is not started: `non_root` is asked for, and its image runs as root", workload.name);
    Err(Error::new(&codes::PROTECTION_REFUSED, ErrorKind::Invalid, message).hint("set `user`, or one in the image"))
}

/// Variables for a file, and those that a line of it cannot hold, which the client passes on from its own environment.
fn split(variables: &BTreeMap<String, String>) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    // The machine's folders mean nothing in an image, which has its own.
    let own = |name: &str| matches!(name, "PATH" | "HOME" | "TMPDIR");
    variables
        .iter()
        .filter(|(name, _)| !own(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .partition(|(_, value)| !value.contains(['\n', '\r']))
}

fn write_private(path: &Path, variables: &BTreeMap<String, String>) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    variables.iter().try_for_each(|(name, value)| writeln!(file, "{name}={value}"))
}

fn mounts(workload: &Workload, space: &Space, mounted: &[Mounted]) -> Vec<String> {
    let within = |path: &str| mounted.iter().any(|mounted| Path::new(path).starts_with(&mounted.path));
    let volumes = mounted.iter().map(|mounted| {
        let ending = if mounted.read_only { ":ro" } else { "" };
        format!("{}:{}{ending}", mounted.source.display(), mounted.path.display())
    });
    let root = space.root.clone().unwrap_or_default();
    let files = workload.files.keys().filter(|path| !within(path)).map(|path| {
        let plain = path.trim_end_matches('/');
        format!("{}:{plain}:ro", root.join(plain.trim_start_matches('/')).display())
    });
    volumes.chain(files).flat_map(|mount| ["--volume".to_owned(), mount]).collect()
}

fn options(workload: &Workload, manifest: &ReleaseManifest, variables: &BTreeMap<String, String>) -> Vec<String> {
    let mut options = workload.security.as_ref().map(protections).unwrap_or_default();
    let mut option = |name: &str, value: String| options.extend([name.to_owned(), value]);
    if let Some(limits) = &workload.limits {
        if let Some(millis) = limits.cpu_millis {
            option("--cpus", format!("{}.{:03}", millis / 1000, millis % 1000));
        }
        if let Some(mib) = limits.memory_mib {
            option("--memory", format!("{mib}m"));
        }
    }
    if let Some(dns) = &manifest.dns {
        dns.servers.iter().for_each(|server| option("--dns", server.clone()));
        dns.search.iter().for_each(|domain| option("--dns-search", domain.clone()));
        dns.options.iter().for_each(|word| option("--dns-option", word.clone()));
    }
    for (address, names) in &manifest.hosts {
        names.iter().for_each(|name| option("--add-host", format!("{name}:{address}")));
    }
    if let Some(directory) = &workload.command.working_directory {
        option("--workdir", expand(directory, variables));
    }
    if let Some(program) = workload.command.command.first() {
        option("--entrypoint", expand(program, variables));
    }
    options
}

fn protections(security: &Security) -> Vec<String> {
    let mut words = Vec::new();
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    match (security.user, security.group) {
        (Some(user), Some(group)) => option("--user", format!("{user}:{group}")),
        (Some(user), None) => option("--user", user.to_string()),
        (None, Some(group)) => option("--user", format!("0:{group}")),
        (None, None) => {}
    }
    security.groups.iter().chain(&security.volume_group).for_each(|group| option("--group-add", group.to_string()));
    security.drop_capabilities.iter().for_each(|name| option("--cap-drop", name.clone()));
    security.add_capabilities.iter().for_each(|name| option("--cap-add", name.clone()));
    if security.no_new_privileges {
        option("--security-opt", "no-new-privileges".into());
    }
    words.extend(security.read_only.then(|| "--read-only".to_owned()));
    words.extend(security.privileged.then(|| "--privileged".to_owned()));
    words
}

/// What follows the image: the rest of its command, and its arguments.
fn arguments(workload: &Workload, variables: &BTreeMap<String, String>) -> Vec<String> {
    let rest = workload.command.command.iter().skip(1);
    rest.chain(&workload.command.arguments).map(|word| expand(word, variables)).collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
