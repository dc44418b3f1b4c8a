//! Removing what nothing needs any more: old releases and their artifacts, and old events and members when that is asked.
//!
//! **Safe beside everything else that goes on.** A release is removed only when it can never be assigned again: its sequence
//! is not higher than the highest that was ever assigned, which a deploy refuses as a replay. An artifact is moved below
//! `quarantine/` first; then the releases are listed again, and what one of them needs by now is moved back. Whoever stops
//! in between loses nothing: the next run finishes it. Every removal names the version that was looked at.
//!
//! **Nothing is removed from a ledger that is not in order**, for what cannot be read may need it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use skiff_wire::{MemberPhase, Severity};

use crate::{
    error::{Error, ErrorKind},
    state::{
        Ledger, codes,
        document::store_error,
        layout::ServiceScope,
        survey::{Depth, Service, Survey},
        verify::{compare, named_by_operations},
    },
    store::{Key, StoreErrorKind},
};

mod artifacts;

/// How many of a service's newest assigned releases are kept, whatever its history says.
pub const NEWEST_KEPT: usize = 10;

/// What is to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// How many of the newest releases of each service are kept in addition to those in use.
    pub keep: usize,
    /// Events of days that ended before this are removed; none when it is absent.
    pub events_before: Option<Timestamp>,
    /// Documents of members that have stopped, or whose slot has another release by now, when they were last written before
    /// this; none when it is absent.
    pub members_before: Option<Timestamp>,
    /// Only say what would be removed.
    pub dry_run: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { keep: NEWEST_KEPT, events_before: None, members_before: None, dry_run: false }
    }
}

/// What was removed, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// Releases, by key; their attestations go with them.
    pub releases: Vec<String>,
    /// Attestations, by key.
    pub attestations: Vec<String>,
    /// Artifacts, by key.
    pub artifacts: Vec<String>,
    /// Their bytes.
    pub artifact_bytes: u64,
    /// Events, by key.
    pub events: Vec<String>,
    /// Members' documents, by key.
    pub members: Vec<String>,
    /// Releases that are kept, with the reason, by key.
    pub kept: BTreeMap<String, &'static str>,
    /// Artifacts that a release needs by now, and that were moved back.
    pub restored: Vec<String>,
}

impl Collected {
    /// How many objects.
    #[must_use]
    pub fn removed(&self) -> usize {
        self.releases.len() + self.attestations.len() + self.artifacts.len() + self.events.len() + self.members.len()
    }
}

/// Removes what nothing needs any more.
///
/// # Errors
/// A ledger that is not in order ([`codes::NOT_IN_ORDER`]); a store that fails.
pub async fn collect(ledger: &Ledger, wanted: &Wanted) -> Result<Collected, Error> {
    let survey = Survey::of(ledger, Depth { events: false, artifacts: false }).await?;
    let mut collected = Collected::default();
    if !wanted.dry_run {
        artifacts::put_back(ledger, &survey, &mut collected).await?;
    }
    in_order(ledger, &survey).await?;
    let named = named_by_operations(&survey);
    for (scope, service) in &survey.services {
        releases(ledger, scope, service, &named, wanted, &mut collected).await?;
        members(ledger, service, wanted, &mut collected).await?;
    }
    artifacts::collect(ledger, &survey, wanted.dry_run, &mut collected).await?;
    events(ledger, &survey, wanted, &mut collected).await?;
    Ok(collected)
}

async fn in_order(ledger: &Ledger, survey: &Survey) -> Result<(), Error> {
    let compared = compare(ledger, survey).await?;
    let errors: Vec<_> =
        survey.findings.iter().chain(&compared).filter(|finding| finding.code.severity == Severity::Error).collect();
    let Some(first) = errors.first() else { return Ok(()) };
    let message = format!(
        "nothing is removed from a ledger that is not in order: {} of its documents are not, the first: {}",
        errors.len(),
        first.message
    );
    Err(Error::new(&codes::NOT_IN_ORDER, ErrorKind::Invalid, message)
        .hint("`skiff state verify` lists them, `skiff state repair` mends what can be mended"))
}

/// Why releases of a service are kept; the others can go.
fn kept(service: &Service, named: &BTreeSet<String>, keep: usize) -> BTreeMap<String, &'static str> {
    let mut kept = BTreeMap::new();
    let control = service.control.clone().unwrap_or_default();
    let mut by_sequence: Vec<_> = service.releases.iter().map(|(id, release)| (release.sequence, id)).collect();
    by_sequence.sort_unstable();
    let (assigned, ahead): (Vec<_>, Vec<_>) =
        by_sequence.into_iter().partition(|(sequence, _)| *sequence <= control.sequence);
    kept.extend(assigned.iter().rev().take(keep).map(|(_, id)| ((*id).clone(), "among the newest")));
    kept.extend(ahead.into_iter().map(|(_, id)| (id.clone(), "not assigned yet")));
    kept.extend(
        named.iter().filter(|id| service.releases.contains_key(*id)).map(|id| (id.clone(), "in an open operation")),
    );
    kept.extend(control.history.iter().map(|live| (live.release.clone(), "can be rolled back to")));
    let assignments = control.slots.values().filter_map(|slot| slot.assignment.as_ref());
    kept.extend(assignments.map(|assignment| (assignment.release.clone(), "assigned")));
    kept
}

async fn releases(
    ledger: &Ledger,
    scope: &ServiceScope,
    service: &Service,
    named: &BTreeSet<String>,
    wanted: &Wanted,
    collected: &mut Collected,
) -> Result<(), Error> {
    let kept = kept(service, named, wanted.keep);
    for id in service.releases.keys() {
        if let Some(why) = kept.get(id) {
            collected.kept.insert(scope.release(id).to_string(), why);
            continue;
        }
        // The release goes last: while it is there, the next run finds what is beside it.
        for (_, key) in service.attestations.iter().filter(|(of, _)| of == id) {
            if remove(ledger, key, wanted.dry_run).await?.is_some() {
                collected.attestations.push(key.to_string());
            }
        }
        let key = scope.release(id);
        if remove(ledger, &key, wanted.dry_run).await?.is_some() {
            collected.releases.push(key.to_string());
        }
    }
    Ok(())
}

async fn members(ledger: &Ledger, service: &Service, wanted: &Wanted, collected: &mut Collected) -> Result<(), Error> {
    let Some(before) = wanted.members_before else { return Ok(()) };
    for (key, member) in &service.members {
        let slot = service.control.as_ref().and_then(|control| control.slots.get(&member.slot));
        let current = slot.and_then(|slot| slot.assignment.as_ref()).map(|assignment| assignment.generation);
        let is_over = member.phase == MemberPhase::Stopped || current != Some(member.generation);
        if is_over && member.observed_at < before && remove(ledger, key, wanted.dry_run).await?.is_some() {
            collected.members.push(key.to_string());
        }
    }
    Ok(())
}

async fn events(ledger: &Ledger, survey: &Survey, wanted: &Wanted, collected: &mut Collected) -> Result<(), Error> {
    let Some(before) = wanted.events_before else { return Ok(()) };
    for (key, day) in &survey.events {
        let ended = |day: jiff::civil::Date| {
            day.to_zoned(TimeZone::UTC)?.timestamp().checked_add(SignedDuration::from_hours(24))
        };
        let is_old = day.parse().and_then(ended).is_ok_and(|end| end <= before);
        if is_old && remove(ledger, key, wanted.dry_run).await?.is_some() {
            collected.events.push(key.to_string());
        }
    }
    Ok(())
}

/// Removes the version of an object that is there now; its size, or `None` when somebody else was first.
async fn remove(ledger: &Ledger, key: &Key, dry_run: bool) -> Result<Option<u64>, Error> {
    let Some(object) = ledger.store.get(key).await.map_err(store_error)? else { return Ok(None) };
    let size = object.body.len() as u64;
    if dry_run {
        return Ok(Some(size));
    }
    match ledger.store.delete(key, &object.etag).await {
        Ok(()) => Ok(Some(size)),
        Err(error) if matches!(error.kind, StoreErrorKind::Missing | StoreErrorKind::Precondition) => Ok(None),
        Err(error) => Err(store_error(error)),
    }
}
