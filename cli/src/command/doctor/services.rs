//! Services: what `skiff status` finds wrong with them, operations that nobody drives among it.

use std::sync::Arc;

use skiff_runtime::local::status;

use super::check::Check;
use crate::{
    failure::Failure,
    operating::Operating,
    standing::{ProviderStanding, findings, read::Reader},
    words,
};

/// Looks at every service.
pub(super) async fn check(operating: &Operating, place: &[String]) -> Check {
    Check::made("services", look(operating, place).await)
}

async fn look(operating: &Operating, place: &[String]) -> Result<Check, Failure> {
    let cloud = operating.cloud()?;
    let up = status(&cloud).await?.up;
    let known = if up { ProviderStanding::Up } else { ProviderStanding::Down("its supervisor does not run".into()) };
    let reader = Reader {
        ledger: &operating.ledger,
        scope: &operating.scope,
        plan: &operating.compiled.plan,
        provider: Arc::new(cloud.clone()),
        known,
        direct: up,
        only: None,
    };
    let standing = reader.read().await?;
    let live = standing.services.iter().filter(|service| service.serves()).count();
    let mut check =
        Check::new("services", format!("{live} of {} live", words::count(standing.services.len(), "service")));
    (check.findings, check.actions) = findings::of(&standing, place);
    Ok(check)
}
