//! CloudWatch: the seam for whoever has its SDK, and what its minutes mean.
//!
//! **Nothing here speaks to AWS.** [`MinuteSeries`] is what the provider for AWS fills; [`counts`] is the reading, pure, with its
//! tests. A metric that is not reported is not zero, with one exception: a load balancer reports no errors of a target in a
//! minute without any, so in a minute with requests their absence is zero (AWS, "CloudWatch metrics for your Application Load
//! Balancer": 5XX counts have the reporting criteria "there is a nonzero value").

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{Asked, Reading};
use crate::{error::Error, gate::judge::Counted, state::layout::ServiceScope};

/// What of the end of a series is not complete yet.
const UNSETTLED: SignedDuration = SignedDuration::from_mins(3);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Sums by minute of one target group behind one load balancer, each under the beginning of its minute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Minutes {
    /// `RequestCount`.
    pub requests: BTreeMap<Timestamp, u64>,
    /// `HTTPCode_Target_5XX_Count`.
    pub target_errors: BTreeMap<Timestamp, u64>,
    /// `TargetConnectionErrorCount`.
    pub connection_errors: BTreeMap<Timestamp, u64>,
}

/// Reads series of a group of a service.
#[async_trait]
pub trait MinuteSeries: Send + Sync {
    /// The sums of the minutes that begin in this stretch of time.
    ///
    /// # Errors
    /// CloudWatch cannot be asked.
    async fn minutes(
        &self,
        service: &ServiceScope,
        group: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Minutes, Error>;
}

/// Errors of requests since watching began, from the minutes that lie wholly in it and have settled.
///
/// A minute without `RequestCount` says nothing, but for connections that failed: they are errors wherever they are, and stand
/// for as many requests.
#[must_use]
pub fn counts(minutes: &Minutes, from: Timestamp, at: Timestamp) -> Counted {
    let settled = |minute: &Timestamp| *minute >= from && at.duration_since(*minute) >= MINUTE + UNSETTLED;
    let mut counted = Counted::default();
    for (minute, requests) in minutes.requests.iter().filter(|(minute, _)| settled(minute)) {
        let said = |series: &BTreeMap<Timestamp, u64>| series.get(minute).copied().unwrap_or(0);
        let errors = said(&minutes.target_errors).saturating_add(said(&minutes.connection_errors));
        counted.samples = counted.samples.saturating_add((*requests).max(errors));
        counted.events = counted.events.saturating_add(errors);
    }
    let alone = |(minute, _): &(&Timestamp, &u64)| settled(minute) && !minutes.requests.contains_key(*minute);
    let failed: u64 = minutes.connection_errors.iter().filter(alone).map(|(_, count)| *count).sum();
    Counted { events: counted.events.saturating_add(failed), samples: counted.samples.saturating_add(failed) }
}

/// Asks for both groups.
pub(super) async fn read(asked: &Asked<'_>, series: &dyn MinuteSeries) -> Result<Reading, Error> {
    let (from, at) = (asked.from, asked.at);
    let canary = series.minutes(asked.service, &asked.groups.canary, from, at).await?;
    let baseline = match asked.baseline() {
        None => None,
        Some(group) => Some(counts(&series.minutes(asked.service, group, from, at).await?, from, at)),
    };
    Ok(Reading::Counts { canary: counts(&canary, from, at), baseline })
}
