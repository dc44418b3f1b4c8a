//! `skiff scale`: how many members serve.

use clap::Args;
use serde_json::json;
use skiff_runtime::saga::{Kind, Saga, scale};
use skiff_wire::ServiceControl;

use crate::{
    acting::{
        Acting, ActingArguments,
        conclude::{self, Words},
        handing::HandingArguments,
        steps,
    },
    arguments::Settings,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    words,
};

/// Change how many members of a service serve
///
/// From one to the maximum that the spec declares. A deploy keeps the number. Forms: text, json.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  skiff scale web 3\n  skiff scale web 3 --dry-run")]
pub(crate) struct ScaleArguments {
    /// The service
    #[arg(value_name = "SERVICE")]
    service: String,
    /// How many members
    #[arg(value_name = "N")]
    members: u32,
    #[command(flatten)]
    handing: HandingArguments,
    #[command(flatten)]
    pub(crate) acting: ActingArguments,
}

/// Scales the live slot of a service.
pub(crate) fn run(arguments: &ScaleArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?.handing(arguments.handing);
    wait_for(scale(arguments, &acting))
}

async fn scale(arguments: &ScaleArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let name = acting.service(Some(&arguments.service))?;
    let service = acting.moved(&name)?;
    if service.kind == Kind::Job {
        let message = format!("`{name}` is a job, which has a member only while it runs");
        return Err(Failure::usage(message).hint("on this machine `skiff local run` runs it once"));
    }
    let members = within(arguments.members, &name, service.maximum)?;
    let serve = words::count(members as usize, "member");
    let before =
        acting.asked_before(acting.key.as_deref(), &[scale::NAME], &name, |it| it["members"] == members).await?;
    let saga = Saga::Scale(scale::Parameters { service, members });
    if before.is_none() {
        let control = acting.live(&name).await?;
        if wanted(&control) == Some((members, members)) {
            let data = conclude::data(&name, None, json!({ "members": members }));
            return Ok(Outcome::done("ALREADY_SCALED", format!("`{name}` has {serve} already")).data(data));
        }
    }
    if arguments.acting.dry_run {
        let summary = format!("`{name}` would have {serve}");
        let more = json!({ "service": name, "members": members });
        return steps::would_start("WOULD_SCALE", &summary, &saga, &more);
    }
    let words = Words::of(&saga, "SCALED", format!("`{name}` has {serve}"));
    acting.carry_out(saga, before, &words, json!({ "members": members })).await
}

/// The least and the wanted number of members of the live slot.
fn wanted(control: &ServiceControl) -> Option<(u32, u32)> {
    control.slots.get(control.live.as_ref()?).map(|slot| (slot.minimum, slot.desired))
}

fn within(members: u32, service: &str, maximum: u32) -> Result<u32, Failure> {
    if (1..=maximum).contains(&members) {
        return Ok(members);
    }
    let message = format!("`{service}` can have 1 to {maximum} members, and {members} were asked for");
    let hint = match members {
        0 => "`skiff destroy` ends a service".to_owned(),
        _ => format!("raise `replicas.max` of `{service}` in the spec first"),
    };
    Err(Failure::usage(message).hint(hint))
}
