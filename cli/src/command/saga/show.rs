//! `skiff saga show`: one operation with each of its steps.

use std::time::Duration;

use clap::Args;
use skiff_runtime::saga::Saga;
use skiff_wire::{OperationIntent, OperationStatus, RecommendedAction};

use super::{OneArguments, reader};
use crate::{
    acting::{Acting, conclude},
    arguments::Settings,
    document,
    evidence::Seen,
    failure::Failure,
    graph::{
        Graph,
        live::{Live, Look},
        text::{self, Form},
    },
    operating::wait_for,
    outcome::Outcome,
};

/// How long the load balancer is looked at, so that there is a rate to speak of.
const WINDOW: Duration = Duration::from_secs(1);

/// Show an operation with each of its steps
///
/// Status, risk and way back of each step, what it has seen, how long it took. While requests are being moved, also what both
/// groups serve right now. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga show OPERATION")]
pub(super) struct ShowArguments {
    #[command(flatten)]
    one: OneArguments,
}

/// Shows one operation.
pub(super) fn run(arguments: &ShowArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.one.open(settings)?;
    wait_for(show(&arguments.one.operation, &acting))
}

async fn show(id: &str, acting: &Acting) -> Result<Outcome, Failure> {
    let mut graph = reader(acting).read(id).await?;
    if !graph.status.is_final() {
        graph.live = live(acting, &graph).await;
    }
    shown(&graph, acting).await
}

/// An operation as the outcome of a command that shows it.
pub(super) async fn shown(graph: &Graph, acting: &Acting) -> Result<Outcome, Failure> {
    let now = acting.operating.ledger.world.clock.now();
    let of = graph.service.as_deref().map(|service| format!(" of `{service}`")).unwrap_or_default();
    let summary = format!("{}{of}: {}", graph.saga, text::state(graph));
    let mut outcome = Outcome::done("OPERATION_SHOWN", summary)
        .body(text::draw(graph, Form::Full, now))
        .data(document::to_value(graph)?)
        .operation(&graph.operation)
        .actions(next(graph, &acting.place));
    let operation = acting.engine.look(&acting.operating.scope, &graph.operation).await?;
    let (facts, hypotheses, _) = Seen::of(&operation).into_parts();
    outcome.facts.extend(facts);
    outcome.details.extend(hypotheses.iter().map(|belief| format!("it seems that {belief}")));
    outcome.hypotheses.extend(hypotheses);
    Ok(outcome)
}

/// What both groups serve right now; nothing while the provider does not answer, or when nothing moves requests.
async fn live(acting: &Acting, graph: &Graph) -> Option<Live> {
    let first = look(acting, graph).await?;
    tokio::time::sleep(WINDOW).await;
    Some(look(acting, graph).await?.since(&first)).filter(|live| !live.groups.is_empty())
}

/// One look at what an operation moves; nothing where nobody answers.
pub(super) async fn look(acting: &Acting, graph: &Graph) -> Option<Look> {
    let service = graph.service.as_deref()?;
    // The log says nothing of which groups there are.
    let key = acting.operating.scope.intent(&graph.operation);
    let intent: OperationIntent = acting.operating.ledger.get(&key).await.ok()??;
    let saga = Saga::read(&intent.saga, &intent.parameters).ok()?;
    let groups: Vec<String> = saga.moves().groups().map(str::to_owned).collect();
    let now = acting.operating.ledger.world.clock.now();
    Look::at(&acting.cloud, &acting.scope(service), &groups, now).await.ok()
}

/// What to do about an operation as it stands.
pub(super) fn next(graph: &Graph, place: &[String]) -> Vec<RecommendedAction> {
    let id = graph.operation.as_str();
    let act = |word: &'static str, reason: &'static str| {
        conclude::mutating(&format!("saga-{word}"), &["saga", word, id], place, reason)
    };
    let approved = |action: RecommendedAction| RecommendedAction { needs_approval: true, ..action };
    match graph.status {
        OperationStatus::AwaitingApproval => vec![approved(conclude::mutating(
            "saga-approve",
            &["saga", "approve", id, "--key", "…"],
            place,
            "shows what is approved, and signs it",
        ))],
        OperationStatus::Paused if graph.is_held() => conclude::about_a_gate(id, place).into(),
        OperationStatus::Paused => {
            vec![act("resume", "goes on where it stopped"), act("abort", "takes everything back")]
        }
        OperationStatus::Unknown => vec![act("resume", "looks again, and goes on")],
        OperationStatus::CompensationFailed => conclude::back(id, place).into(),
        status if status.is_final() => Vec::new(),
        _ if graph.driven => vec![conclude::watch(id, place)],
        _ => vec![act("resume", "nobody drives it: goes on where it stopped"), act("abort", "takes everything back")],
    }
}
