//! `skiff lock`: pin what is not in the spec and must not drift.

use std::{collections::BTreeMap, time::Duration};

use clap::Args;
use serde_json::json;
use skiff_wire::{EnvironmentLock, ExitCode, Input, Lock, RecommendedAction};

use crate::{
    action,
    command::plan::unlocked,
    document::{self, Existing},
    failure::Failure,
    lock::{
        priorities::{self, HIGHEST},
        registry::{CredentialStore, ImageReference, Registry},
        text, values,
    },
    outcome::Outcome,
    project::{Compiled, Project, SpecArguments},
    seam,
};

/// The wait before a busy registry is asked once more.
const PAUSE: Duration = Duration::from_secs(1);

/// Pin image digests, AMIs, rule priorities and ids in skiff.lock
///
/// Image tags that are not locked yet are resolved to digests at their registries, with the logins that docker has.
/// Listener rules get priorities; those that were given before are kept. Values that are given by hand are added.
/// Without --env all declared environments are locked. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff lock\n  skiff lock --env prod --ami arm64=ami-0123456789abcdef0 --input vpc_id=vpc-01234567\n  skiff lock --check"
)]
pub(crate) struct LockArguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// Lock the machine image of an architecture (arm64, x86_64)
    #[arg(long, value_name = "ARCH=AMI")]
    ami: Vec<String>,
    /// Lock an input of the plan
    #[arg(long, value_name = "NAME=VALUE")]
    input: Vec<String>,
    /// Lock an image by hand, without asking its registry
    #[arg(long, value_name = "REF=DIGEST")]
    image: Vec<String>,
    /// Resolve tags that are locked already once more
    #[arg(long)]
    update: bool,
    /// Write nothing; exit with 3 when the lock is out of date (asks no registry, unless with --update)
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Print the lock instead of writing it
    #[arg(long)]
    dry_run: bool,
}

/// Brings the lock up to date.
pub(crate) fn run(arguments: &LockArguments) -> Result<Outcome, Failure> {
    let project = Project::open(&arguments.spec.file)?;
    let environments = compile_all(&project, arguments)?;
    let mut work = Work { arguments, lock: project.lock.clone(), open: Vec::new(), notes: Vec::new() };
    work.lock_values(&environments)?;
    work.lock_priorities(&environments)?;
    work.lock_images(&environments)?;
    work.forget(&project);
    let open = still_open(&project, &work.lock, &environments)?;
    let mut outcome = conclude(&project, arguments, work)?;
    outcome.actions.extend(open);
    Ok(outcome)
}

/// Each environment compiled without a lock: so its plan names every value that can be locked.
fn compile_all(project: &Project, arguments: &LockArguments) -> Result<Vec<Compiled>, Failure> {
    let declared = match &arguments.spec.environment {
        Some(environment) => vec![Some(environment.clone())],
        None => seam::environments(&project.file).into_iter().map(Some).collect(),
    };
    let declared = if declared.is_empty() { vec![None] } else { declared };
    declared.iter().map(|environment| project.plan(environment.as_deref(), &Lock::default())).collect()
}

/// The lock in the making.
struct Work<'a> {
    arguments: &'a LockArguments,
    lock: Lock,
    /// Tags that `--check` leaves unresolved.
    open: Vec<String>,
    notes: Vec<String>,
}

impl Work<'_> {
    fn lock_values(&mut self, environments: &[Compiled]) -> Result<(), Failure> {
        for argument in &self.arguments.ami {
            let (architecture, image) = values::ami(argument)?;
            let region = only(environments.iter().map(|one| &one.plan.region), "--ami", "regions")?;
            self.lock.amis.entry(region).or_default().insert(architecture.into(), image.into());
        }
        for argument in &self.arguments.input {
            let environment = only(environments.iter().map(|one| &one.plan.environment), "--input", "environments")?;
            let known = environments.first().map(|one| one.plan.inputs.clone()).unwrap_or_default();
            let (name, value) = values::input(argument, &known)?;
            self.environment(&environment).inputs.insert(name.into(), value.into());
        }
        for compiled in environments {
            self.drop_stale_inputs(&compiled.plan.environment, &compiled.plan.inputs);
        }
        Ok(())
    }

    fn environment(&mut self, name: &str) -> &mut EnvironmentLock {
        self.lock.environments.entry(name.into()).or_default()
    }

    fn drop_stale_inputs(&mut self, environment: &str, known: &BTreeMap<String, Input>) {
        if let Some(locked) = self.lock.environments.get_mut(environment) {
            locked.inputs.retain(|name, _| known.contains_key(name));
        }
    }

    fn lock_priorities(&mut self, environments: &[Compiled]) -> Result<(), Failure> {
        for compiled in environments {
            let environment = &compiled.plan.environment;
            let routes: Vec<_> = seam::routes(&compiled.ir).into_iter().map(|route| (route.key, route.rank)).collect();
            let locked = self.environment(environment);
            let allocation = priorities::allocate(&routes, &locked.priorities).ok_or_else(|| too_many(environment))?;
            locked.priorities = allocation.priorities;
            if allocation.renumbered {
                self.notes.push(format!(
                    "all rule priorities of `{environment}` were given anew, because no gap was left for a new route"
                ));
            }
        }
        Ok(())
    }

    fn lock_images(&mut self, environments: &[Compiled]) -> Result<(), Failure> {
        let mut wanted: Vec<_> = environments.iter().flat_map(|one| seam::images(&one.ir)).collect();
        wanted.sort();
        wanted.dedup();
        wanted.retain(|reference| !reference.contains('@'));
        for argument in &self.arguments.image {
            let (reference, digest) = values::image(argument)?;
            if !wanted.iter().any(|wanted| wanted == reference) {
                return Err(unused_image(reference, &wanted));
            }
            self.lock.images.insert(reference.into(), digest.into());
        }
        // The images of other environments are only known when all of them were compiled.
        if self.arguments.spec.environment.is_none() {
            self.lock.images.retain(|reference, _| wanted.contains(reference));
        }
        let by_hand =
            |reference: &String| self.arguments.image.iter().any(|given| given.starts_with(&format!("{reference}=")));
        let (update, locked) = (self.arguments.update, &self.lock.images);
        let open = wanted.iter().filter(|one| !by_hand(one) && (update || !locked.contains_key(*one)));
        self.open = open.cloned().collect();
        if self.arguments.check && !update { Ok(()) } else { self.resolve() }
    }

    /// Asks every registry, and reports every trouble, the first one's exit code first.
    fn resolve(&mut self) -> Result<(), Failure> {
        if self.open.is_empty() {
            return Ok(());
        }
        let registry = Registry::new(CredentialStore::from_environment()?, PAUSE);
        let mut failures = Vec::new();
        for written in std::mem::take(&mut self.open) {
            match ImageReference::parse(&written).and_then(|reference| registry.resolve(&reference)) {
                Ok(digest) => drop(self.lock.images.insert(written, digest)),
                Err(failure) => failures.push(failure),
            }
        }
        failures.into_iter().reduce(Failure::and).map_or(Ok(()), Err)
    }

    /// Drops what belongs to environments that are no longer declared, and what is empty.
    fn forget(&mut self, project: &Project) {
        let declared = seam::environments(&project.file);
        if self.arguments.spec.environment.is_none() && !declared.is_empty() {
            self.lock.environments.retain(|name, _| declared.contains(name));
        }
        self.lock.environments.retain(|_, locked| !locked.inputs.is_empty() || !locked.priorities.is_empty());
    }
}

/// The one value that all environments share; a value given by hand must have one place to go.
fn only<'a>(values: impl Iterator<Item = &'a String>, flag: &str, what: &str) -> Result<String, Failure> {
    let mut values: Vec<_> = values.collect();
    values.sort();
    values.dedup();
    match values.as_slice() {
        [one] => Ok((*one).clone()),
        several => {
            let names = several.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            Err(Failure::usage(format!("`{flag}` could mean several {what}: {names}"))
                .hint("name one environment with `--env`"))
        }
    }
}

fn too_many(environment: &str) -> Failure {
    let message = format!("`{environment}` has more routes than a load balancer has priorities ({HIGHEST})");
    Failure::new("INPUT_ERRORS", ExitCode::InputErrors, message).hint("split the application")
}

fn unused_image(reference: &str, wanted: &[String]) -> Failure {
    let failure = Failure::usage(format!("the spec names no image `{reference}`"));
    match wanted {
        [] => failure.hint("it names no image by its tag"),
        wanted => failure.hint(format!("it names {}", wanted.join(", "))),
    }
}

/// What the plans still leave open with the new lock, as the commands that lock it.
fn still_open(project: &Project, lock: &Lock, environments: &[Compiled]) -> Result<Vec<RecommendedAction>, Failure> {
    let mut actions: Vec<RecommendedAction> = Vec::new();
    for environment in environments {
        let mut compiled = project.plan(environment.requested.as_deref(), lock)?;
        // What takes no value is locked by the very run that says this.
        compiled.plan.inputs.retain(|_, input| input.locked_by.len() > 2);
        actions.extend(unlocked(project, &compiled));
    }
    Ok(actions)
}

fn conclude(project: &Project, arguments: &LockArguments, work: Work<'_>) -> Result<Outcome, Failure> {
    let path = project.lock_path.display().to_string();
    let text = text::write(&work.lock)?;
    let changed = project.lock_text.as_deref() != Some(&text) || !work.open.is_empty();
    let difference = seam::text_diff(project.lock_text.as_deref().unwrap_or_default(), &text);
    let data = json!({ "path": path, "changed": changed, "unresolved": work.open, "lock": work.lock });
    let mut outcome = if arguments.check && changed {
        let open = work.open.iter().map(|image| format!("not locked: {image}\n")).collect::<String>();
        let (file, mut argv) = (arguments.spec.file.display().to_string(), vec!["lock"]);
        argv.push(&file);
        Outcome::new("LOCK_OUTDATED", ExitCode::Attention, format!("`{path}` is out of date"))
            .body(open + &difference)
            .action(action::write("lock", &argv, "brings the lock up to date"))
    } else if !changed {
        Outcome::done("LOCK_CURRENT", format!("`{path}` is up to date"))
    } else if arguments.dry_run {
        Outcome::done("WOULD_LOCK", format!("`{path}` would be written")).body(text)
    } else {
        write_unless_changed(project, &text)?;
        Outcome::done("LOCKED", format!("wrote `{path}`; commit it")).body(difference).announced()
    };
    outcome.warnings = work.notes;
    Ok(outcome.data(data))
}

/// Another `skiff lock` may have finished while this one asked registries; its result is not overwritten.
fn write_unless_changed(project: &Project, text: &str) -> Result<(), Failure> {
    let path = &project.lock_path;
    if document::read_if_present(path)? != project.lock_text {
        let message = format!("`{}` was changed while this ran", path.display());
        return Err(Failure::new("CONFLICT", ExitCode::Conflict, message).hint("run it again"));
    }
    document::write(path, text, Existing::Replace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_given_by_hand_needs_one_place_to_go() {
        let regions = ["eu-central-1", "us-east-1", "eu-central-1"].map(String::from);
        assert_eq!(only(regions[..1].iter(), "--ami", "regions").unwrap(), "eu-central-1");
        assert_eq!(only([&regions[0], &regions[2]].into_iter(), "--ami", "regions").unwrap(), "eu-central-1");
        let outcome = only(regions.iter(), "--ami", "regions").unwrap_err().into_outcome();
        assert_eq!(outcome.exit, ExitCode::Usage);
        assert_eq!(outcome.summary, "`--ami` could mean several regions: `eu-central-1`, `us-east-1`");
    }
}
