//! `skiff saga list`: the operations that are not finished.

use clap::Args;
use serde_json::json;
use skiff_runtime::history::{self, LOOKED_BACK};

use super::reader;
use crate::{
    acting::{Acting, ActingArguments, conclude},
    arguments::Settings,
    document,
    failure::Failure,
    graph::{Graph, text},
    operating::{OperatingArguments, wait_for},
    outcome::Outcome,
    words,
};

/// How many operations `--all` lists at most.
const MOST: usize = 50;

/// List the operations that are not finished
///
/// The oldest first, with where each stands and who drives it. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga list\n  skiff saga list --all")]
pub(super) struct ListArguments {
    /// The newest fifty of the last thirty days, finished ones among them
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Lists operations.
pub(super) fn run(arguments: &ListArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = ActingArguments::on(&arguments.place).open(settings)?;
    wait_for(list(arguments, &acting))
}

async fn list(arguments: &ListArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (ids, older) = if arguments.all { newest(acting).await? } else { (open(acting).await?, false) };
    let (mut graphs, mut warnings) = (Vec::new(), Vec::new());
    for id in &ids {
        // One that cannot be read must not hide the others.
        match reader(acting).read(id).await {
            Ok(graph) => graphs.push(graph),
            Err(failure) => warnings.push(format!("operation `{id}`: {}", failure.into_outcome().summary)),
        }
    }
    let summary = match (graphs.is_empty() && warnings.is_empty(), arguments.all) {
        (true, false) => "every operation is finished".into(),
        (true, true) => format!("no operation was begun in the last {} days", LOOKED_BACK.as_hours() / 24),
        (false, false) => format!("{} not finished", words::count(ids.len(), "operation")),
        (false, true) if older => format!("the newest {}; there are older ones", words::count(ids.len(), "operation")),
        (false, true) => words::count(ids.len(), "operation"),
    };
    let body: String = graphs.iter().map(line).collect();
    let listed: Vec<_> = graphs.iter().map(row).collect::<Result<_, _>>()?;
    let shown = graphs.iter().rev().find(|graph| !graph.status.is_final());
    let outcome = Outcome::done("OPERATIONS_LISTED", summary).body(body).announced().warnings(warnings);
    let outcome = outcome.data(json!({ "operations": listed, "older": older }));
    Ok(match shown {
        Some(graph) => outcome.action(conclude::show(&graph.operation, &acting.place)),
        None => outcome,
    })
}

async fn open(acting: &Acting) -> Result<Vec<String>, Failure> {
    let open = acting.engine.open(&acting.operating.scope).await?;
    Ok(open.into_iter().map(|open| open.intent.operation).collect())
}

/// The newest operations, the oldest of them first, and whether there are older ones.
async fn newest(acting: &Acting) -> Result<(Vec<String>, bool), Failure> {
    let (ledger, scope) = (&acting.operating.ledger, &acting.operating.scope);
    let mut ids = history::operations_of_late(ledger, scope, MOST + 1).await?;
    let older = ids.len() > MOST;
    ids.truncate(MOST);
    ids.reverse();
    Ok((ids, older))
}

fn line(graph: &Graph) -> String {
    let of = graph.service.as_deref().unwrap_or("–");
    let driven = if graph.rests() || graph.driven { "" } else { "  (nobody drives it)" };
    let (id, saga, by) = (&graph.operation, &graph.saga, &graph.requested_by);
    format!("{id}  {saga:<15} {of:<12} {by}  {}{driven}\n", text::state(graph))
}

/// One operation without its steps.
fn row(graph: &Graph) -> Result<serde_json::Value, Failure> {
    let mut row = document::to_value(graph)?;
    let step =
        graph.current().map(|step| json!({ "number": step.number, "title": step.title, "of": graph.steps.len() }));
    if let Some(fields) = row.as_object_mut() {
        fields.remove("steps");
        fields.insert("step".into(), json!(step));
    }
    Ok(row)
}
