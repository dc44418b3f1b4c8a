//! What happened, read back from the ledger: shared by `skiff events` and `skiff audit`.
//!
//! [`run`] reads one page of `skiff_runtime::history` and prints it, the newest last; with `--follow` it goes on with
//! what is added ([`follow`]) until Ctrl-C, which is how such a command ends and therefore exit 0.

use clap::Args;
use serde_json::json;
use skiff_runtime::history::{self, EventPage, EventQuery};

use crate::{
    action,
    arguments::{Format, Settings},
    document,
    failure::Failure,
    operating::{Operating, OperatingArguments, wait_for},
    outcome::Outcome,
    words,
};

mod follow;
mod moment;
mod text;

pub(crate) use follow::until_interrupted;
pub(crate) use moment::clock_time;
use moment::since;
use text::Lines;

/// Which part of what happened.
#[derive(Debug, Args)]
pub(crate) struct TimelineArguments {
    /// Only what concerns this service
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// At most this many, the newest
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Only what happened since: a moment (2026-11-21T12:00:00Z) or a while ago (30m, 2h, 7d)
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<moment::Since>,
    /// Only what happened before a place that an earlier page gave
    #[arg(long, value_name = "PLACE")]
    before: Option<String>,
    /// Go on with what is added, until Ctrl-C
    #[arg(short, long, conflicts_with = "before")]
    follow: bool,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Whether everything is wanted or only what someone did on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Everything.
    Events,
    /// What someone did on purpose, with who it was.
    Audit,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Audit => "audit",
        }
    }
}

/// Reads and prints, and goes on if that was asked for.
pub(crate) fn run(arguments: &TimelineArguments, kind: Kind, settings: Settings) -> Result<Outcome, Failure> {
    if arguments.follow && settings.format == Format::Json {
        return Err(Failure::usage("`--follow` has no JSON form: a JSON form is one object, and this has no end")
            .hint("ask again with `--since`, which takes the time of the last one"));
    }
    let operating = arguments.place.open()?;
    wait_for(async {
        let now = operating.ledger.world.clock.now();
        let query = EventQuery {
            limit: arguments.limit.into(),
            since: arguments.since.map(|since| since.before(now)),
            before: arguments.before.clone(),
            service: arguments.service.clone(),
            audit: kind == Kind::Audit,
        };
        let page = history::newest(&operating.ledger, &operating.scope, &query).await?;
        let mut lines = Lines::new(kind, settings.color.on_stdout());
        if arguments.follow {
            return follow::follow(&operating, query, page, &mut lines).await;
        }
        outcome(arguments, &operating, kind, page, &mut lines)
    })
}

fn outcome(
    arguments: &TimelineArguments,
    operating: &Operating,
    kind: Kind,
    page: EventPage,
    lines: &mut Lines,
) -> Result<Outcome, Failure> {
    let scope = &operating.scope;
    let number = page.events.len();
    let what = match kind {
        Kind::Events => words::count(number, "event"),
        Kind::Audit if number == 1 => "1 entry of the audit".into(),
        Kind::Audit => format!("{number} entries of the audit"),
    };
    let summary = format!("{what} of `{}` in `{}`", scope.app, scope.environment);
    let mut outcome = Outcome::done("LISTED", summary)
        .data(json!({ "events": document::to_value(&page.events)?, "older": page.older }))
        .fact("objects_read", page.objects_read.to_string())
        .warnings(page.unreadable);
    if !page.events.is_empty() {
        outcome = outcome.body(lines.of(&page.events));
    }
    if let Some(older) = &page.older {
        outcome = outcome.action(go_on(arguments, kind, older));
    }
    Ok(outcome)
}

fn go_on(arguments: &TimelineArguments, kind: Kind, older: &str) -> skiff_wire::RecommendedAction {
    let limit = arguments.limit.to_string();
    let mut argv = vec![kind.word(), "--before", older, "--limit", &limit];
    if let Some(service) = &arguments.service {
        argv.extend(["--service", service]);
    }
    let place = arguments.place.words();
    argv.extend(place.iter().map(String::as_str));
    action::look("older", &argv, "shows what was before")
}
