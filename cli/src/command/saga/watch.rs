//! `skiff saga watch`: looks on while an operation is driven.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::{
    OneArguments,
    show::{look, next},
};
use crate::{
    acting::{
        Acting,
        conclude::{self, Words},
    },
    arguments::{Format, Settings},
    command::resume,
    document,
    evidence::Seen,
    failure::Failure,
    graph::{
        Graph,
        live::Look,
        text::{self, Form},
    },
    operating::wait_for,
    outcome::Outcome,
    screen::Screen,
    timeline::until_interrupted,
};

/// How often the ledger and the load balancer are asked.
const PAUSE: Duration = Duration::from_millis(500);
/// Over how many looks a rate is told.
const LOOKS: usize = 10;

/// Look on while an operation is driven
///
/// On a terminal the graph is drawn again in place; elsewhere each change is a line on standard error, and one JSON object
/// with `--format json`. It ends when the operation ends or waits for a person, with the exit code of that. Ctrl-C ends the
/// looking on, never the operation. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga watch OPERATION\n  skiff saga watch OPERATION --format json")]
pub(super) struct WatchArguments {
    #[command(flatten)]
    one: OneArguments,
}

/// Looks on.
pub(super) fn run(arguments: &WatchArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.one.open(settings)?;
    let id = arguments.one.operation.as_str();
    wait_for(async {
        let mut watching = Watching { acting: &acting, id, screen: screen(settings), looks: Vec::new(), last: None };
        until_interrupted(watching.until_it_rests()).await?;
        watching.outcome().await
    })
}

fn screen(settings: Settings) -> Option<Screen> {
    (settings.format == Format::Text).then(Screen::of_stdout).flatten()
}

/// One who looks on.
struct Watching<'a> {
    acting: &'a Acting,
    id: &'a str,
    /// Where the graph is drawn in place; absent when changes are told line by line.
    screen: Option<Screen>,
    /// The last looks at the load balancer, the oldest first.
    looks: Vec<Look>,
    last: Option<Graph>,
}

impl Watching<'_> {
    async fn until_it_rests(&mut self) -> Result<(), Failure> {
        loop {
            let mut graph = self.acting.standing(self.id).await?.0;
            let rests = graph.rests();
            if !rests {
                self.look(&mut graph).await;
            }
            self.show(&graph);
            self.last = Some(graph);
            if rests {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn look(&mut self, graph: &mut Graph) {
        let Some(now) = look(self.acting, graph).await else { return };
        graph.live = self.looks.first().map(|first| now.since(first)).filter(|live| !live.groups.is_empty());
        self.looks.push(now);
        if self.looks.len() > LOOKS {
            self.looks.remove(0);
        }
    }

    fn show(&mut self, graph: &Graph) {
        let now = self.acting.operating.ledger.world.clock.now();
        match &mut self.screen {
            Some(screen) => {
                let most = screen.lines();
                // A terminal that has gone is no reason to stop: whoever waits for the exit code still does.
                let _ = screen.draw(&text::draw(graph, Form::Lines(most), now));
            }
            None => self.tell(graph),
        }
    }

    /// A line for what has changed since the look before.
    fn tell(&self, graph: &Graph) {
        let changed =
            |last: &Graph| (last.entries, last.status, last.driven) != (graph.entries, graph.status, graph.driven);
        if !self.last.as_ref().is_none_or(changed) {
            return;
        }
        let step = graph.current().filter(|_| !graph.status.is_final());
        self.acting.say(&match step {
            Some(step) => format!("{}: {}", text::state(graph), step.title),
            None => text::state(graph),
        });
        self.acting.note(&json!({
            "at": graph.last,
            "operation": graph.operation,
            "status": graph.status,
            "driven": graph.driven,
            "step": step.map(|step| step.number),
            "title": step.map(|step| &step.title),
            "progress": step.map(|step| step.progress),
            "seen": step.and_then(|step| step.seen.as_ref()),
            "reason": graph.reason,
        }));
    }

    async fn outcome(&self) -> Result<Outcome, Failure> {
        let (graph, finished) = self.acting.standing(self.id).await?;
        let data = document::to_value(&graph)?;
        if !graph.rests() {
            let summary = format!("stopped looking on; the operation goes on: {}", text::state(&graph));
            let outcome = Outcome::done("STOPPED_WATCHING", summary).data(data).operation(self.id);
            return Ok(outcome.actions(next(&graph, &self.acting.place)));
        }
        let operation = self.acting.engine.look(&self.acting.operating.scope, self.id).await?;
        let words = Words { code: "WATCHED", ..resume::words(&operation)? };
        let said = conclude::conclude(&finished, &words, data, &self.acting.place);
        let told = said.map_err(|failure| Seen::of(&operation).told(failure));
        let outcome = told.unwrap_or_else(Failure::into_outcome);
        let now = self.acting.operating.ledger.world.clock.now();
        Ok(match &self.screen {
            Some(_) => outcome,
            None => outcome.body(text::draw(&graph, Form::Full, now)).announced(),
        })
    }
}
