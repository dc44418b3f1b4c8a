//! `skiff release`: what may run, signed.

use clap::{Args, Subcommand};
use skiff_runtime::{
    release,
    state::layout::ServiceScope,
    trust::{TrustedRoot, load_root},
};
use skiff_wire::ServiceControl;

use crate::{failure::Failure, operating::Operating, outcome::Outcome, words};

mod create;
mod list;
mod revoke;
mod show;
mod verify;

pub(crate) use list::Releases;
pub(crate) use show::ShownRelease;

/// Make, list, show, verify and revoke releases
///
/// A release binds artifacts by digest and the manifest they run with to one application, environment and service. It is
/// signed, has a sequence that only rises, and expires.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Create(create::CreateArguments),
    List(list::ListArguments),
    Show(show::ShowArguments),
    Verify(verify::VerifyArguments),
    Revoke(revoke::RevokeArguments),
}

/// Does one of them.
pub(crate) fn run(arguments: &ReleaseArguments) -> Result<Outcome, Failure> {
    match &arguments.action {
        Action::Create(arguments) => create::run(arguments),
        Action::List(arguments) => list::run(arguments),
        Action::Show(arguments) => show::run(arguments),
        Action::Verify(arguments) => verify::run(arguments),
        Action::Revoke(arguments) => revoke::run(arguments),
    }
}

/// The service that is meant: the one that was named, or the only one.
fn service(operating: &Operating, named: Option<&str>) -> Result<ServiceScope, Failure> {
    let services = &operating.compiled.plan.services;
    let name = match (named, services.len()) {
        (Some(name), _) => operating.motion(name).map(|_| name.to_owned())?,
        (None, 1) => services.keys().cloned().collect(),
        (None, _) => {
            let names: Vec<_> = services.keys().map(|name| format!("`{name}`")).collect();
            return Err(Failure::usage("the spec has several services, and none was named")
                .hint(format!("name one: {}", words::list(&names))));
        }
    };
    Ok(operating.scope.service(name))
}

/// The newest root, no older than the one that the service has used.
async fn root(operating: &Operating, scope: &ServiceScope) -> Result<TrustedRoot, Failure> {
    let control = control(operating, scope).await?;
    let pin = operating.trust_pin();
    Ok(load_root(&operating.ledger, pin.as_deref(), control.map_or(0, |control| control.root_version)).await?)
}

async fn control(operating: &Operating, scope: &ServiceScope) -> Result<Option<ServiceControl>, Failure> {
    let read = operating.ledger.read::<ServiceControl>(&scope.control()).await?;
    Ok(read.map(|read| read.control.body))
}

/// The service and the id of a release that is named by its id, its first digits or its label; without a service it is
/// looked for in each.
async fn find(operating: &Operating, named: Option<&str>, word: &str) -> Result<(ServiceScope, String), Failure> {
    let all = operating.compiled.plan.services.keys().map(String::as_str);
    let services: Vec<&str> = named.map_or_else(|| all.collect(), |name| vec![name]);
    let (mut found, mut missing) = (Vec::new(), None);
    for name in services {
        let scope = service(operating, Some(name))?;
        match release::find(&operating.ledger, &scope, word, &root(operating, &scope).await?).await {
            Ok(id) => found.push((scope, id)),
            Err(error) => missing = Some(Failure::from(error)),
        }
    }
    match (found.len(), found.pop()) {
        (1, Some(found)) => Ok(found),
        (0, _) => Err(missing.unwrap_or_else(|| Failure::not_found("the spec has no service"))),
        _ => Err(Failure::usage(format!("several services have a release `{word}`")).hint("name one with `--service`")),
    }
}
