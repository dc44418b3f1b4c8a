//! `skiff status`: where an application stands.

use std::sync::Arc;

use clap::Args;
use skiff_runtime::{
    local::{self, LocalCloud},
    state::Ledger,
};
use skiff_wire::ExitCode;

use crate::{
    counting::CountingStore,
    document,
    failure::Failure,
    operating::{Operating, OperatingArguments, wait_for},
    outcome::Outcome,
    standing::{ProviderStanding, findings, read::Reader, text},
    words,
};

/// Show what is live, what its members say, and what is being done
///
/// Reads the ledger, and which members the provider has. With --direct the provider is asked for everything that it knows:
/// weights as they are in effect, capacity, traffic. Exits with 3 when something needs attention. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff status\n  skiff status web --direct\n  skiff status --format json")]
pub(crate) struct StatusArguments {
    /// Only this service
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// Ask the provider as well, not only the ledger
    #[arg(long)]
    direct: bool,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Reads where the application stands, and what is wrong with it.
pub(crate) fn run(arguments: &StatusArguments) -> Result<Outcome, Failure> {
    let operating = arguments.place.open()?;
    if let Some(service) = &arguments.service {
        operating.motion(service)?;
    }
    wait_for(status(arguments, &operating))
}

async fn status(arguments: &StatusArguments, operating: &Operating) -> Result<Outcome, Failure> {
    let cloud = operating.cloud()?;
    let (store, counts) = CountingStore::around(Arc::clone(&operating.ledger.store));
    let ledger = Ledger::new(Arc::new(store), operating.ledger.world.clone());
    let reader = Reader {
        ledger: &ledger,
        scope: &operating.scope,
        plan: &operating.compiled.plan,
        provider: Arc::new(cloud.clone()),
        known: known(&cloud).await?,
        direct: arguments.direct,
        only: arguments.service.as_deref(),
    };
    let mut standing = reader.read().await?;
    // As it was named, so that a page does not depend on where it was made.
    standing.ledger = operating.state.display().to_string();
    let (findings, actions) = findings::of(&standing, &arguments.place.words());
    let live = standing.services.iter().filter(|service| service.serves()).count();
    let of = words::count(standing.services.len(), "service");
    let (code, exit, summary) = match findings.len() {
        0 => ("STANDING", ExitCode::Done, format!("{live} of {of} live")),
        number => {
            let attention = words::count(number, "thing");
            ("NEEDS_ATTENTION", ExitCode::Attention, format!("{live} of {of} live, and {attention} to look at"))
        }
    };
    let mut outcome = Outcome::new(code, exit, summary)
        .body(text::draw(&standing, &findings))
        .data(document::to_value(&standing)?)
        .fact("objects_read", counts.objects().to_string())
        .fact("listings_read", counts.listings().to_string())
        .actions(actions);
    outcome.findings = findings;
    Ok(outcome)
}

/// Whether the local provider is there, and if not, whether it should be.
async fn known(cloud: &LocalCloud) -> Result<ProviderStanding, Failure> {
    let status = local::status(cloud).await?;
    Ok(match (status.up, status.wanted) {
        (true, _) => ProviderStanding::Up,
        (false, true) => ProviderStanding::Down("its supervisor does not run".into()),
        (false, false) => ProviderStanding::Down("it was not brought up".into()),
    })
}
