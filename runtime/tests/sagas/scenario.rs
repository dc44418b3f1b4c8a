//! The situations in which every saga is put to the mechanical tests.

use skiff_runtime::{
    saga::{Kind, Saga, deploy, destroy, restart, rollback, scale},
    simulation::registry::SimulatedRelease,
};

use crate::{
    people::People,
    stage::{Stage, service},
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
    Scenario { name: "scale out of bounds", prepare: |seed| scales(seed, 9) },
];

fn recreated() -> skiff_runtime::saga::Service {
    skiff_runtime::saga::Service { recreate: true, ..service(Kind::Web) }
}

/// So many releases are in service before the one that is deployed now.
fn deploys(seed: u64, service: skiff_runtime::saga::Service, before: u64) -> (Stage, Saga) {
    let stage = Stage::new(seed, service);
    for sequence in 1..=before {
        let release = stage.release(&format!("release {sequence}"), sequence);
        stage.done(&stage.deploy_of(&release));
    }
    let release = stage.release("the new one", before + 1);
    let saga = stage.deploy_of(&release);
    (stage, saga)
}

fn deploys_sick(seed: u64, service: skiff_runtime::saga::Service, before: u64) -> (Stage, Saga) {
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

fn restarts(seed: u64, service: skiff_runtime::saga::Service) -> (Stage, Saga) {
    let (stage, _) = deploys(seed, service, 1);
    let service = stage.service.clone();
    (stage, Saga::Restart(restart::Parameters { service }))
}

fn destroys(seed: u64) -> (Stage, Saga) {
    let (mut stage, _) = deploys(seed, service(Kind::Web), 2);
    stage.people = Some(People::enrolled(&stage.world));
    let service = stage.service.clone();
    (stage, Saga::Destroy(destroy::Parameters { service }))
}
