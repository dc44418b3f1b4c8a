//! The situations in which every saga is put to the mechanical tests.

use std::sync::Arc;

use skiff_runtime::{
    saga::{
        Kind, Saga, Service,
        canary::{self, Stage as Share},
        cutover, deploy, destroy, drain, restart, rollback, scale, shadow,
    },
    shadow::Request,
    simulation::registry::SimulatedRelease,
};

use crate::{
    people::People,
    stage::{Stage, WEB, service},
};

/// One situation: what was done before, and what is done now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    prepare: fn(u64) -> (Stage, Saga),
}

impl Scenario {
    /// A world in which it is about to happen.
    pub(crate) fn prepare(&self, seed: u64) -> (Stage, Saga) {
        (self.prepare)(seed)
    }

    /// The same, prepared once for many trials.
    pub(crate) fn prepared(&self) -> Prepared {
        let (stage, saga) = self.prepare(7);
        Prepared { name: self.name, stage, saga }
    }

    /// Whether a step of it waits for a person.
    pub(crate) fn needs_approval(&self) -> bool {
        self.prepare(7).0.people.is_some()
    }
}

/// A situation that is tried many times.
pub(crate) struct Prepared {
    pub(crate) name: &'static str,
    stage: Stage,
    saga: Saga,
}

impl Prepared {
    /// The world in which it is about to happen, once more.
    pub(crate) fn fresh(&self) -> (Stage, Saga) {
        (self.stage.fork(1007), self.saga.clone())
    }
}

/// Those that end well.
pub(crate) const FORWARD: &[Scenario] = &[
    Scenario { name: "first deploy", prepare: |seed| deploys(seed, service(Kind::Web), 0) },
    Scenario { name: "deploy", prepare: |seed| deploys(seed, service(Kind::Web), 1) },
    Scenario { name: "third deploy", prepare: |seed| deploys(seed, service(Kind::Web), 2) },
    Scenario { name: "rollback", prepare: rolls_back },
    Scenario { name: "deploy of a worker", prepare: |seed| deploys(seed, service(Kind::Worker), 1) },
    Scenario { name: "deploy of a stateful service", prepare: |seed| deploys(seed, service(Kind::Stateful), 1) },
    Scenario { name: "deploy of a job", prepare: |seed| deploys(seed, service(Kind::Job), 1) },
    Scenario { name: "deploy by recreation", prepare: |seed| deploys(seed, recreated(), 1) },
    Scenario { name: "scale up", prepare: |seed| scales(seed, 4) },
    Scenario { name: "scale down", prepare: |seed| scales(seed, 1) },
    Scenario { name: "restart", prepare: |seed| restarts(seed, service(Kind::Web)) },
    Scenario { name: "destroy", prepare: destroys },
    Scenario { name: "deploy with a command before", prepare: |seed| deploys_after(seed, 0) },
    Scenario { name: "canary", prepare: |seed| canaries(seed, 1, SimulatedRelease::default()) },
    Scenario { name: "first canary", prepare: |seed| canaries(seed, 0, SimulatedRelease::default()) },
    Scenario { name: "canary beside a live release that fails", prepare: canaries_beside_what_fails },
    Scenario { name: "canary beside the old way", prepare: canaries_beside_the_old_way },
    Scenario {
        name: "canary of what scales itself",
        prepare: |seed| canaries_scaled(seed, SimulatedRelease::default()),
    },
    Scenario { name: "watched rollback", prepare: rolls_back_watched },
    Scenario { name: "shadow", prepare: |seed| shadows(seed, SimulatedRelease::default()) },
    Scenario { name: "cutover", prepare: |seed| cuts_over(seed, &[10, 60, 100], false) },
    Scenario { name: "cutover to a share", prepare: |seed| cuts_over(seed, &[30, 10], false) },
    Scenario { name: "cutover and retirement", prepare: |seed| cuts_over(seed, &[50, 100], true) },
    Scenario { name: "drain", prepare: |seed| drains(seed, service(Kind::Web)) },
    Scenario { name: "drain of the only member", prepare: |seed| drains(seed, alone()) },
    Scenario { name: "drain without room", prepare: |seed| drains(seed, service(Kind::Stateful)) },
    Scenario { name: "restart without room", prepare: |seed| restarts(seed, service(Kind::Stateful)) },
];

/// Those that fail, and are taken back.
pub(crate) const BACKWARD: &[Scenario] = &[
    Scenario { name: "first deploy of what is sick", prepare: |seed| deploys_sick(seed, service(Kind::Web), 0) },
    Scenario { name: "deploy of what is sick", prepare: |seed| deploys_sick(seed, service(Kind::Web), 1) },
    Scenario { name: "third deploy, of what is sick", prepare: |seed| deploys_sick(seed, service(Kind::Web), 2) },
    Scenario { name: "sick worker", prepare: |seed| deploys_sick(seed, service(Kind::Worker), 1) },
    Scenario { name: "sick stateful service", prepare: |seed| deploys_sick(seed, service(Kind::Stateful), 1) },
    Scenario { name: "recreation of what is sick", prepare: |seed| deploys_sick(seed, recreated(), 1) },
    Scenario { name: "command that fails before", prepare: |seed| deploys_after(seed, 3) },
    Scenario { name: "canary of what is sick", prepare: |seed| canaries(seed, 1, sick()) },
    Scenario { name: "sick canary of what scales itself", prepare: |seed| canaries_scaled(seed, sick()) },
    Scenario { name: "drain that nobody takes the place for", prepare: drains_in_vain },
    Scenario { name: "shadow of what is sick", prepare: |seed| shadows(seed, sick()) },
    Scenario { name: "shadow of what answers badly", prepare: |seed| shadows(seed, failing()) },
    Scenario { name: "cutover that retires too early", prepare: retires_too_early },
    Scenario { name: "scale out of bounds", prepare: |seed| scales(seed, 9) },
];

fn recreated() -> Service {
    Service { recreate: true, ..service(Kind::Web) }
}

fn sick() -> SimulatedRelease {
    SimulatedRelease { sick: true, ..SimulatedRelease::default() }
}

fn failing() -> SimulatedRelease {
    SimulatedRelease { errors_permille: 1000, ..SimulatedRelease::default() }
}

/// So many releases are in service before the one that is deployed now.
fn deploys(seed: u64, service: Service, before: u64) -> (Stage, Saga) {
    let stage = Stage::new(seed, service);
    for sequence in 1..=before {
        let release = stage.release(&format!("release {sequence}"), sequence);
        stage.done(&stage.deploy_of(&release));
    }
    let release = stage.release("the new one", before + 1);
    let saga = stage.deploy_of(&release);
    (stage, saga)
}

fn deploys_sick(seed: u64, service: Service, before: u64) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service, before);
    let sick = SimulatedRelease { sequence: before + 1, sick: true, ..SimulatedRelease::default() };
    let release = stage.world.registry.put("the sick one", sick);
    let saga = stage.deploy_of(&release);
    (stage, saga)
}

fn rolls_back(seed: u64) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service(Kind::Web), 2);
    let earlier = stage.release("release 1", 1);
    let again = SimulatedRelease { sequence: 3, rollback_of: Some(earlier.clone()), ..SimulatedRelease::default() };
    let release = stage.world.registry.put("release 1 again", again);
    let deploy = deploy::Parameters { service: stage.service.clone(), release, before: Vec::new() };
    (
        stage,
        Saga::Rollback(rollback::Parameters { deploy, rollback_of: earlier, stages: Vec::new(), gates: Vec::new() }),
    )
}

fn scales(seed: u64, members: u32) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service(Kind::Web), 1);
    let service = stage.service.clone();
    (stage, Saga::Scale(scale::Parameters { service, members }))
}

fn restarts(seed: u64, service: Service) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service, 1);
    let service = stage.service.clone();
    (stage, Saga::Restart(restart::Parameters { service }))
}

fn destroys(seed: u64) -> (Stage, Saga) {
    let (mut stage, _) = deploys(seed, service(Kind::Web), 2);
    stage.people = Some(Arc::new(People::enrolled(&stage.world)));
    let service = stage.service.clone();
    (stage, Saga::Destroy(destroy::Parameters { service }))
}

/// Of a hundred requests so many, watched for three seconds each time.
fn shares(percents: &[u32]) -> Vec<Share> {
    percents.iter().map(|percent| Share { percent: *percent, bake_seconds: 3 }).collect()
}

fn deploys_after(seed: u64, before_ends_with: i32) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service(Kind::Web), 1);
    let release = SimulatedRelease { sequence: 2, before_ends_with, ..SimulatedRelease::default() };
    let release = stage.world.registry.put("the one that migrates", release);
    let before = vec!["migrate".to_owned()];
    let saga = Saga::Deploy(deploy::Parameters { service: stage.service.clone(), release, before });
    (stage, saga)
}

fn canary_of(stage: &Stage, release: SimulatedRelease) -> Saga {
    let release = stage.world.registry.put("the canary", SimulatedRelease { sequence: 2, ..release });
    let (stages, service) = (shares(&[20, 100]), stage.service.clone());
    Saga::Canary(canary::Parameters { service, release, stages, gates: Vec::new(), before: Vec::new() })
}

fn canaries(seed: u64, before: u64, release: SimulatedRelease) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service(Kind::Web), before);
    let saga = canary_of(&stage, release);
    (stage, saga)
}

/// What is live answers nothing well: a good release comes into service all the same.
fn canaries_beside_what_fails(seed: u64) -> (Stage, Saga) {
    let stage = Stage::new(seed, service(Kind::Web));
    let release = stage.world.registry.put("the failing one", SimulatedRelease { sequence: 1, ..failing() });
    stage.done(&stage.deploy_of(&release));
    let saga = canary_of(&stage, SimulatedRelease::default());
    (stage, saga)
}

fn canaries_beside_the_old_way(seed: u64) -> (Stage, Saga) {
    let (stage, _) = cuts_over(seed, &[60], false);
    let half = Saga::Cutover(cutover_to(&stage, &[60], false));
    stage.done(&half);
    let saga = canary_of(&stage, SimulatedRelease::default());
    (stage, saga)
}

fn rolls_back_watched(seed: u64) -> (Stage, Saga) {
    match rolls_back(seed) {
        (stage, Saga::Rollback(parameters)) => {
            let stages = shares(&[50, 100]);
            (stage, Saga::Rollback(rollback::Parameters { stages, ..parameters }))
        }
        other => other,
    }
}

fn shadows(seed: u64, release: SimulatedRelease) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service(Kind::Web), 1);
    let release = stage.world.registry.put("the shadow", SimulatedRelease { sequence: 2, ..release });
    let request = |path: &str| Request { method: "GET".into(), path: path.into(), headers: Vec::new() };
    let saga = Saga::Shadow(shadow::Parameters {
        service: stage.service.clone(),
        release,
        percent: 50,
        requests: vec![request("/"), request("/orders")],
        rounds: 3,
        tolerated_permille: 0,
        mirror_percent: 20,
        watch_seconds: 3,
        gates: Vec::new(),
        deciding: Vec::new(),
        before: Vec::new(),
    });
    (stage, saga)
}

fn cutover_to(stage: &Stage, percents: &[u32], retire: bool) -> cutover::Parameters {
    let stages = shares(percents);
    cutover::Parameters { service: stage.service.clone(), stages, gates: Vec::new(), retire }
}

fn cuts_over(seed: u64, percents: &[u32], retire: bool) -> (Stage, Saga) {
    let mut stage = Stage::new(seed, Service { legacy: true, ..service(Kind::Web) });
    stage.world.cloud.take_over_from(&stage.world.service(WEB));
    let release = stage.release("release 1", 1);
    stage.done(&stage.deploy_of(&release));
    stage.people = retire.then(|| Arc::new(People::enrolled(&stage.world)));
    let saga = Saga::Cutover(cutover_to(&stage, percents, retire));
    (stage, saga)
}

/// The old way has weight yet, so nothing is asked of anybody.
fn retires_too_early(seed: u64) -> (Stage, Saga) {
    let (mut stage, _) = cuts_over(seed, &[50], false);
    stage.people = None;
    let saga = Saga::Cutover(cutover_to(&stage, &[50], true));
    (stage, saga)
}

/// A service that one member is enough for, and that has room for a second.
fn alone() -> Service {
    Service { minimum: 1, maximum: 2, ..service(Kind::Web) }
}

fn drains(seed: u64, service: Service) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service, 1);
    let (service, instance) = (stage.service.clone(), "i-web-a-0001".to_owned());
    (stage, Saga::Drain(drain::Parameters { service, instance }))
}

/// What is live serves, and could not start once more.
fn drains_in_vain(seed: u64) -> (Stage, Saga) {
    let (stage, saga) = drains(seed, alone());
    stage.world.registry.put("release 1", SimulatedRelease { sequence: 1, ..sick() });
    (stage, saga)
}

/// One member is the least of the live slot, and its load has made them three.
fn canaries_scaled(seed: u64, release: SimulatedRelease) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, Service { minimum: 1, ..service(Kind::Web) }, 1);
    stage.scaled_by_its_load("a", 3);
    let saga = canary_of(&stage, release);
    (stage, saga)
}
