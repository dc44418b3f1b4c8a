//! What is started: a process of an unpacked bundle under the launcher, or a container of an engine.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{ReleaseArtifact, Workload};

use super::engine::Container;
use crate::{
    codes,
    context::Context,
    launch::Order,
    security,
    space::{self, Space},
    variables::{self, Origin, expand::expand},
};

/// Everything that is needed to start a workload once; made anew for every start, secrets and all.
pub(crate) struct Prepared {
    form: Form,
    variables: BTreeMap<String, String>,
    words: Vec<String>,
}

enum Form {
    Process { launcher: crate::program::Program, order: String, folder: PathBuf, directory: PathBuf },
    Container(Box<Container>),
}

impl Prepared {
    /// Prepares a workload: its bundle, its places, its files, its variables.
    pub(crate) async fn make(context: &Context, workload: &Workload) -> Result<Self, Error> {
        let artifact = context
            .booted
            .release
            .predicate
            .artifacts
            .get(&workload.name)
            .ok_or_else(|| failed(workload, "the release names no artifact for it"))?;
        let shared = workload.security.as_ref().is_some_and(|security| security.user.is_some());
        let folder = context.bundles.ready(artifact, shared).await?;
        let space = Space::make(&context.configuration, &context.folder, workload)?;
        let mounted = context.volumes.mount(workload, &space)?;
        let redactor = context.logs.redactor();
        space::write_all(workload, &space, &mounted, context.secrets.as_ref(), redactor)?;
        let variables = variables::of(
            workload,
            &Origin {
                configuration: &context.configuration,
                facts: &context.facts,
                secrets: context.secrets.as_ref(),
                redactor,
                home: &space.home,
                root: space.root.as_deref().filter(|_| folder.is_some()),
            },
        )?;
        let (form, words) = match (folder, artifact) {
            (Some(folder), _) => process(context, workload, folder, &variables)?,
            (None, ReleaseArtifact::Image { repository, sha256 }) => {
                let reference = format!("{repository}@sha256:{sha256}");
                let container = Container::make(context, workload, reference, &space, &mounted, &variables).await?;
                (Form::Container(Box::new(container)), Vec::new())
            }
            (None, ReleaseArtifact::Bundle { .. }) => return Err(failed(workload, "its bundle is not unpacked")),
        };
        Ok(Self { form, variables, words })
    }

    /// The command that starts the workload itself.
    pub(crate) fn command(&self) -> Command {
        match &self.form {
            Form::Process { .. } => self.within(&self.words),
            Form::Container(container) => container.run(),
        }
    }

    /// A command of a probe or a hook, run where the workload runs.
    pub(crate) fn inside(&self, words: &[String]) -> Command {
        let words: Vec<String> = words.iter().map(|word| expand(word, &self.variables)).collect();
        match &self.form {
            Form::Process { folder, .. } => {
                let mut words = words;
                if let Some(program) = words.first_mut() {
                    *program = resolve(folder, program);
                }
                self.within(&words)
            }
            Form::Container(container) => container.exec(&words),
        }
    }

    /// Ends what a killed client of a container engine leaves running.
    pub(crate) fn remove(&self) -> Option<Command> {
        match &self.form {
            Form::Process { .. } => None,
            Form::Container(container) => Some(container.remove()),
        }
    }

    fn within(&self, words: &[String]) -> Command {
        let Form::Process { launcher, order, directory, .. } = &self.form else { return Command::new("") };
        let mut command = launcher.command("launch");
        command.arg(order).args(words).env_clear().envs(&self.variables).current_dir(directory);
        command
    }
}

fn process(
    context: &Context,
    workload: &Workload,
    folder: PathBuf,
    variables: &BTreeMap<String, String>,
) -> Result<(Form, Vec<String>), Error> {
    let parent = i32::try_from(std::process::id()).unwrap_or_default();
    let (mut order, left_out) = security::order(workload, context.powers, parent)?;
    left_out.iter().for_each(|what| not_honoured(context, workload, what));
    limit(context, workload, &mut order);
    let order = serde_json::to_string(&order).map_err(|error| failed(workload, &error.to_string()))?;
    let written = workload.command.command.iter().chain(&workload.command.arguments);
    let mut words: Vec<String> = written.map(|word| expand(word, variables)).collect();
    let Some(program) = words.first_mut() else { return Err(failed(workload, "it has no `command`")) };
    *program = resolve(&folder, program);
    let directory = match &workload.command.working_directory {
        Some(directory) => folder.join(expand(directory, variables)),
        None => folder.clone(),
    };
    if !directory.is_dir() {
        return Err(failed(workload, &format!("its working directory `{}` is not there", directory.display())));
    }
    Ok((Form::Process { launcher: context.program.clone(), order, folder, directory }, words))
}

/// A program within the bundle when it is there, else one of the machine's.
fn resolve(folder: &Path, program: &str) -> String {
    let within = folder.join(program);
    if within.is_file() || program.contains('/') { within.display().to_string() } else { program.to_owned() }
}

fn limit(context: &Context, workload: &Workload, order: &mut Order) {
    let (Some(limits), Some(groups)) = (&workload.limits, &context.groups) else { return };
    let name = format!("{}-{}", context.configuration.instance, workload.name);
    match groups.as_ref().map_err(Clone::clone).and_then(|groups| groups.limit(&name, limits)) {
        Ok(group) => order.control_group = Some(group),
        Err(why) => not_honoured(context, workload, &format!("`limits`: {why}")),
    }
}

fn not_honoured(context: &Context, workload: &Workload, what: &str) {
    let id = codes::NOT_HONOURED.id;
    context.logs.say(Some(&workload.name), &format!("it runs without {what} [{id}]"));
}

fn failed(workload: &Workload, why: &str) -> Error {
    Error::new(&codes::START_FAILED, ErrorKind::Invalid, format!("`{}` cannot be started: {why}", workload.name))
        .hint("name a program of the bundle relative to its folder, such as `bin/server`")
}
