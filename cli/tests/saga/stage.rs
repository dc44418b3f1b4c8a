//! A project with one web service that is rolled out share by share, and the processes that drive its operations.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::world::{Answer, World};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A project whose service is live.
pub(crate) struct Stage(World);

impl Stage {
    /// Everything up, the first release live, and later ones rolled out like this.
    pub(crate) fn live(rollout: &str) -> Self {
        let world = World::new();
        let stage = Self(world);
        stage.spec("v1", rollout);
        stage.done(&["local", "up", "--port", "0"]);
        stage.done(&["deploy", "--label", "v1"]);
        stage
    }

    /// The same for a service that takes over from an address, which has every request.
    pub(crate) fn taking_over(address: &str) -> Self {
        let stage = Self(World::new());
        let path = stage.path("skiff.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let from = "    cutover: { from: { service: old/web, port: 9000 } }\n    routes:";
        let local = format!("local:\n  services:\n    web: {{ legacy: \"{address}\" }}\n");
        fs::write(&path, text.replacen("    routes:", from, 1) + &local).unwrap();
        stage.done(&["local", "up", "--port", "0"]);
        stage.done(&["deploy", "--label", "v1"]);
        stage
    }

    /// A path in the project.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.0.path(relative)
    }

    /// Where users ask.
    pub(crate) fn address(&self) -> String {
        self.0.address()
    }

    /// Writes the spec with a version that the service answers with, and a way to roll it out.
    pub(crate) fn spec(&self, version: &str, rollout: &str) {
        self.0.write_spec(version);
        let path = self.0.path("skiff.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let line = text.lines().find(|line| line.trim_start().starts_with("rollout:")).unwrap().to_owned();
        fs::write(&path, text.replace(&line, &format!("    rollout: {rollout}"))).unwrap();
    }

    /// Runs a command that must do what it was asked.
    pub(crate) fn done(&self, arguments: &[&str]) -> Value {
        self.0.done(arguments)
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.0.run(arguments)
    }

    /// Runs a command that must be refused with a word; gives its envelope.
    pub(crate) fn refused(&self, word: &str, arguments: &[&str]) -> Value {
        let answer = self.run(arguments);
        assert_eq!(answer.envelope["code"], word, "skiff {arguments:?}: {answer:#?}\n{}", self.0.logs());
        assert_eq!(answer.envelope["ok"], false, "{answer:#?}");
        answer.envelope
    }

    /// Puts a deploy on record and leaves it to a worker; gives its operation.
    pub(crate) fn detached(&self, label: &str) -> String {
        let envelope = self.done(&["deploy", "web", "--label", label, "--detach"]);
        assert_eq!(envelope["code"], "STARTED", "{envelope:#}");
        envelope["operation_id"].as_str().unwrap().to_owned()
    }

    /// Starts a command that is not waited for.
    pub(crate) fn begun(&self, arguments: &[&str]) -> Process {
        let mut command = self.0.command(arguments);
        Process(Some(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()))
    }

    /// An operation as `saga show` has it.
    pub(crate) fn shown(&self, operation: &str) -> Value {
        self.done(&["saga", "show", operation])["data"].take()
    }

    /// A command as a person types it, without `--format json`, not started yet.
    pub(crate) fn as_text(&self, arguments: &[&str]) -> Command {
        let json = self.0.command(arguments);
        let mut command = Command::new(json.get_program());
        command.args(arguments).current_dir(json.get_current_dir().unwrap()).stdin(Stdio::null());
        command.envs(json.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    }

    /// Waits until an operation stands as it should; gives it.
    pub(crate) fn until(&self, operation: &str, what: &str, stands: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let shown = self.shown(operation);
            if stands(&shown) {
                return shown;
            }
            assert!(begun.elapsed() < PATIENCE, "{what}: {shown:#}\n{}", self.0.logs());
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Waits until a stage is being watched.
    pub(crate) fn until_baking(&self, operation: &str) -> Value {
        self.until(operation, "a stage is watched", |shown| progress(shown, "bake/1") == Some("running"))
    }

    /// The label of the live release.
    pub(crate) fn live_label(&self) -> String {
        let status = self.done(&["status"]);
        let service = &status["data"]["services"][0];
        let slots = service["slots"].as_array().unwrap();
        let live = slots.iter().find(|slot| slot["slot"] == service["live"]).unwrap();
        live["release"]["label"].as_str().unwrap_or_default().to_owned()
    }
}

/// How far the first step of a kind is that is not done.
pub(crate) fn progress<'a>(shown: &'a Value, kind: &str) -> Option<&'a str> {
    let steps = shown["steps"].as_array()?;
    let open = steps.iter().find(|step| step["kind"] == kind && step["progress"] != "done")?;
    open["progress"].as_str()
}

/// A command at work; it ends with the test.
pub(crate) struct Process(Option<Child>);

impl Process {
    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(self.0.as_ref().unwrap());
        kill_process(pid, signal).unwrap();
    }

    /// Waits for a line on standard error that contains some words.
    pub(crate) fn until_said(&mut self, words: &str) {
        let stderr = self.0.as_mut().unwrap().stderr.as_mut().unwrap();
        let mut lines = BufReader::with_capacity(1, stderr).lines();
        let mut said = Vec::new();
        while let Some(Ok(line)) = lines.next() {
            if line.contains(words) {
                return;
            }
            said.push(line);
        }
        panic!("`{words}` was never said: {said:#?}");
    }

    /// Waits for its end; gives its exit code, its envelope and what it said.
    pub(crate) fn ended(mut self) -> (Answer, String) {
        let output = self.0.take().unwrap().wait_with_output().unwrap();
        (Answer::of(&output), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
