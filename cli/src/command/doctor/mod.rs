//! `skiff doctor`: tries what everything else relies on, and says what to do about what is wrong.
//!
//! Each check is a function that gives a [`Check`]; one that cannot be made says so (`SK2749`) and stops no other. To add
//! one: a file here, a line in [`examine`], its codes in `runtime/src/doctor/codes.rs`, a case in `cli/tests/`.

use clap::Args;
use serde_json::json;
use skiff_wire::ExitCode;

use crate::{
    failure::Failure,
    operating::{Operating, OperatingArguments, wait_for},
    outcome::Outcome,
    words,
};

mod check;
mod clock;
mod disk;
mod keys;
mod processes;
mod secrets;
mod services;
mod store;

use check::Check;

/// Try the store, and look at clock, keys, processes, ports, disk and services
///
/// Tasks and processes race for real conditional writes below `probe/` of the ledger, and remove them. Nothing else is written.
/// Exits with 3 when something needs attention, and says what to do about it. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff doctor\n  skiff doctor --format json")]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    race: store::RaceArguments,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Makes every check.
pub(crate) fn run(arguments: &DoctorArguments) -> Result<Outcome, Failure> {
    if let Some(outcome) = store::contestant(&arguments.race, &arguments.place)? {
        return Ok(outcome);
    }
    let operating = arguments.place.open()?;
    let checks = wait_for(async { Ok(examine(arguments, &operating).await) })?;
    Ok(outcome(checks))
}

async fn examine(arguments: &DoctorArguments, operating: &Operating) -> Vec<Check> {
    let place = arguments.place.words();
    vec![
        store::check(operating, &arguments.race).await,
        clock::check(operating).await,
        disk::check(&operating.state),
        keys::check(operating, &place).await,
        secrets::check(operating, &place),
        processes::check(operating, &place).await,
        services::check(operating, &place).await,
    ]
}

fn outcome(checks: Vec<Check>) -> Outcome {
    let found: usize = checks.iter().map(|check| check.findings.len()).sum();
    let (code, exit, summary) = match found {
        0 => ("HEALTHY", ExitCode::Done, "nothing needs attention".to_owned()),
        1 => ("NEEDS_ATTENTION", ExitCode::Attention, "1 thing needs attention".to_owned()),
        _ => ("NEEDS_ATTENTION", ExitCode::Attention, format!("{} need attention", words::count(found, "thing"))),
    };
    let data: Vec<_> = checks
        .iter()
        .map(|check| json!({ "check": check.name, "verdict": check.verdict(), "summary": check.said }))
        .collect();
    let body = checks.iter().map(Check::text).collect::<String>();
    let mut outcome = Outcome::new(code, exit, summary).body(body).data(json!({ "checks": data }));
    for check in checks {
        outcome.findings.extend(check.findings);
        for action in check.actions {
            if !outcome.actions.iter().any(|other| other.argv == action.argv) {
                outcome.actions.push(action);
            }
        }
    }
    outcome
}
