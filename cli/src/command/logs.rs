//! `skiff logs`: what workloads and their runners say.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use skiff_runtime::{
    local::{LocalCloud, Programs},
    provider::{LogLine, LogPage, LogQuery, Motion},
    state::layout::ServiceScope,
};

use crate::{
    action,
    arguments::{Format, Settings},
    document,
    failure::Failure,
    operating::{Operating, OperatingArguments, wait_for},
    outcome::Outcome,
    stream::{self, Reader},
    timeline::{clock_time, until_interrupted},
    words,
};

/// How often a provider is asked for more.
const PAUSE: Duration = Duration::from_millis(300);

/// Show what the members of a service say, the newest last
///
/// Each line has its time (UTC), its member, and where it comes from when that is not the main workload's standard output.
/// Logs of members that have ended are there for as long as their provider keeps them. With --follow it goes on until Ctrl-C, which is
/// exit 0. Forms: text, json (not with --follow).
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff logs web -f\n  skiff logs web --slot b --limit 500")]
pub(crate) struct LogsArguments {
    /// The service; the only one of the spec when it is not named
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// Only this member
    #[arg(long, value_name = "INSTANCE")]
    member: Option<String>,
    /// Only this slot
    #[arg(long, value_name = "SLOT")]
    slot: Option<String>,
    /// At most this many lines
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    /// Only what came after a place that an earlier page gave
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
    /// Go on with what is added, until Ctrl-C
    #[arg(short, long)]
    follow: bool,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Shows logs.
pub(crate) fn run(arguments: &LogsArguments, settings: Settings) -> Result<Outcome, Failure> {
    if arguments.follow && settings.format == Format::Json {
        return Err(Failure::usage("`--follow` has no JSON form: a JSON form is one object, and this has no end")
            .hint("ask again with `--after`, which takes `next` of the page before"));
    }
    let operating = arguments.place.open()?;
    let service = service(&operating, arguments)?;
    let cloud = LocalCloud::at(&operating.state, Programs::this()?);
    wait_for(async {
        let query = LogQuery {
            slot: arguments.slot.clone(),
            instance: arguments.member.clone(),
            after: arguments.after.clone(),
            limit: arguments.limit.into(),
        };
        let page = cloud.logs(&service, &query).await?;
        let main = operating.motion(&service.service)?.release.main.name.clone();
        if arguments.follow {
            return follow(&cloud, &service, query, page, &main).await;
        }
        outcome(arguments, &service, &page, &main)
    })
}

fn service(operating: &Operating, arguments: &LogsArguments) -> Result<ServiceScope, Failure> {
    let services = &operating.compiled.plan.services;
    let name = match &arguments.service {
        Some(name) => name.clone(),
        None if services.len() == 1 => services.keys().cloned().collect(),
        None => {
            let names: Vec<_> = services.keys().map(|name| format!("`{name}`")).collect();
            return Err(Failure::usage("the spec has several services, and none was named")
                .hint(format!("name one: {}", words::list(&names))));
        }
    };
    let motion = operating.motion(&name)?;
    if let Some(slot) = arguments.slot.as_ref().filter(|slot| !motion.slots.contains_key(*slot)) {
        let slots: Vec<_> = motion.slots.keys().map(|slot| format!("`{slot}`")).collect();
        return Err(Failure::not_found(format!("`{name}` has no slot `{slot}`"))
            .hint(format!("it has {}", words::list(&slots))));
    }
    Ok(operating.scope.service(name))
}

fn outcome(arguments: &LogsArguments, service: &ServiceScope, page: &LogPage, main: &str) -> Result<Outcome, Failure> {
    let number = page.lines.len();
    let summary = format!("{} of `{}`", words::count(number, "line"), service.service);
    let outcome =
        Outcome::done("LISTED", summary).data(json!({ "lines": document::to_value(&page.lines)?, "next": page.next }));
    if number > 0 {
        return Ok(outcome.body(text(&page.lines, main)));
    }
    let place = arguments.place.words();
    let argv: Vec<_> = ["status"].into_iter().chain(place.iter().map(String::as_str)).collect();
    Ok(outcome.action(action::look("status", &argv, "shows whether there are members")))
}

async fn follow(
    cloud: &LocalCloud,
    service: &ServiceScope,
    mut query: LogQuery,
    mut page: LogPage,
    main: &str,
) -> Result<Outcome, Failure> {
    until_interrupted(async {
        while stream::say(&text(&page.lines, main)) == Reader::There {
            // A full page is followed by the next one at once.
            if page.lines.len() < query.limit {
                tokio::time::sleep(PAUSE).await;
            }
            query.after = page.next.or(query.after);
            page = cloud.logs(service, &query).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Outcome::done("FOLLOWED", "stopped following").body(""))
}

fn text(lines: &[LogLine], main: &str) -> String {
    lines.iter().map(|line| drawn(line, main)).collect()
}

/// One line; what could move the cursor or forge another line is left out.
fn drawn(line: &LogLine, main: &str) -> String {
    let plain = |text: &str| text.chars().filter(|letter| !letter.is_control() || *letter == '\t').collect::<String>();
    let workload = if line.workload == main { String::new() } else { format!("/{}", plain(&line.workload)) };
    let mark = match &*line.stream {
        "stdout" => "|",
        "stderr" => "!",
        _ => "#",
    };
    format!("{} {}{workload} {mark} {}\n", clock_time(line.at), plain(&line.instance), plain(&line.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_when_who_and_what_and_cannot_forge_others() {
        let line = |workload: &str, stream: &str, text: &str| LogLine {
            at: "2026-11-21T12:00:01Z".parse().unwrap(),
            instance: "i-web-a-1".into(),
            workload: workload.into(),
            stream: stream.into(),
            text: text.into(),
        };
        let lines = [
            line("web", "stdout", "hello\tworld"),
            line("web", "stderr", "\u{1b}[2Jgone\n12:00:02 forged"),
            line("proxy", "runner", "started"),
        ];
        assert_eq!(
            text(&lines, "web"),
            "12:00:01 i-web-a-1 | hello\tworld\n12:00:01 i-web-a-1 ! [2Jgone12:00:02 forged\n\
             12:00:01 i-web-a-1/proxy # started\n"
        );
    }
}
