//! Killing another process of the same state folder, at a moment when only what is in flight on it can be lost.

use std::{
    fs,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use skiff_runtime::{
    local::{
        LocalCloud,
        desired::{ProcessRecord, ScopeDesired},
        process::ProcessId,
    },
    provider::{LEGACY, Motion as _, SlotAddress},
    state::layout::{Scope, ServiceScope},
};

use crate::output;

/// How long a fair moment is waited for; a bound, and no measure.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked for.
const PAUSE: Duration = Duration::from_millis(50);
/// How many members must serve, so that one is left.
const ENOUGH: usize = 2;

/// Who is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    /// The runner of the newest member.
    Runner,
    /// The load balancer.
    Balancer,
}

/// The end of another process.
#[derive(Debug)]
pub(super) struct Killing {
    cloud: LocalCloud,
    victim: Victim,
}

impl Killing {
    /// Who is meant by `runner` or `balancer`.
    pub(super) fn of(cloud: &LocalCloud, victim: &str) -> Option<Self> {
        let victim = match victim {
            "runner" => Victim::Runner,
            "balancer" => Victim::Balancer,
            _ => return None,
        };
        Some(Self { cloud: cloud.clone(), victim })
    }

    /// Waits for a fair moment and kills; says on standard error whether it came.
    pub(super) async fn at(&self, point: u64) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if self.is_fair().await
                && let Some(process) = self.process()
                && process.signal(Signal::KILL).unwrap_or(false)
            {
                return output::say(&format!("killed {:?} {} at {point}", self.victim, process.pid));
            }
            tokio::time::sleep(PAUSE).await;
        }
        output::say(&format!("killed nobody at {point}: there was no fair moment"));
    }

    /// Whether every slot that gets requests has members enough, as the load balancer itself sees it.
    async fn is_fair(&self) -> bool {
        let Ok(scopes) = self.cloud.place().read_scopes() else { return false };
        for scope in &scopes {
            if !self.has_enough(scope).await {
                return false;
            }
        }
        true
    }

    async fn has_enough(&self, desired: &ScopeDesired) -> bool {
        let scope = Scope::new(&desired.app, &desired.environment);
        for (name, service) in &desired.services {
            if service.facts.rules.is_empty() {
                continue;
            }
            let service = scope.service(name);
            let Ok(read) = self.cloud.weights(&service).await else { return false };
            let weights = read.effective.by_slot;
            let weighted: Vec<String> =
                weights.into_iter().filter(|(_, weight)| *weight > 0).map(|(slot, _)| slot).collect();
            if weighted.is_empty() {
                return false;
            }
            // The old way of serving is one address, and nobody here can kill what is behind it.
            for slot in weighted.iter().filter(|slot| *slot != LEGACY) {
                if self.healthy(&service, slot).await < ENOUGH {
                    return false;
                }
            }
        }
        true
    }

    async fn healthy(&self, service: &ServiceScope, slot: &str) -> usize {
        let slot = SlotAddress { service: service.clone(), slot: slot.into() };
        let members = self.cloud.members(&slot).await.unwrap_or_default();
        members.iter().filter(|member| member.target_health == "healthy" && member.lifecycle == "in-service").count()
    }

    fn process(&self) -> Option<ProcessId> {
        let place = self.cloud.place();
        match self.victim {
            Victim::Runner => {
                let mut members = place.read_members().ok()?;
                members.sort_by_key(|member| member.launched_at);
                members.into_iter().rev().filter_map(|member| member.process).find(|process| process.is_alive())
            }
            Victim::Balancer => {
                let record: ProcessRecord = serde_json::from_slice(&fs::read(place.balancer()).ok()?).ok()?;
                record.process.is_alive().then_some(record.process)
            }
        }
    }
}
