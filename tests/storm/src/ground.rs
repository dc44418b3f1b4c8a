//! What is there before a schedule begins: prepared once by the real engine, and copied for each schedule.

use std::sync::Arc;

use skiff_runtime::{
    engine::{Finished, Request},
    gate::{Gate, Metric, bound::Bound},
    provider::LEGACY,
    saga::{
        Kind, Saga, Service,
        canary::{self, Stage},
        cutover, deploy, destroy, drain, restart, rollback, scale, shadow,
    },
    shadow::Request as Sent,
    simulation::{Simulation, cloud::Bounds, registry::SimulatedRelease, schedule::to_the_end},
};
use skiff_wire::OperationStatus;

use crate::{
    people::{People, Who},
    plan::{Act, Quality},
};

/// The service that everything is about.
pub const SERVICE: &str = "web";

/// What was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// Nothing yet.
    Fresh,
    /// A web service whose second release is live.
    Web,
    /// A web service whose live release answers every request with an error.
    Failing,
    /// A web service beside the old way of serving, which has 60 of 100 requests.
    Legacy,
    /// A service without requests.
    Worker,
    /// A service of one member in one slot.
    Stateful,
}

const ALL: [Ground; 6] =
    [Ground::Fresh, Ground::Web, Ground::Failing, Ground::Legacy, Ground::Worker, Ground::Stateful];

/// A world in which something is about to happen.
#[derive(Clone)]
pub struct World {
    /// The world.
    pub simulation: Simulation,
    /// The service.
    pub service: Service,
    /// The release that is live.
    pub live: Option<String>,
    /// The release before it.
    pub earlier: Option<String>,
    /// The weight of the old way of serving.
    pub legacy: u32,
    /// Who may approve, and who tries to.
    pub people: Arc<People>,
}

/// All worlds, each prepared once.
pub struct Grounds {
    worlds: Vec<(Ground, World)>,
}

impl Grounds {
    /// Prepares all of them.
    ///
    /// # Errors
    /// A world that cannot be prepared: something is wrong with what is to be tried.
    pub fn prepared() -> Result<Self, String> {
        let people = Arc::new(People::enrolled()?);
        let prepare = |ground| Ok((ground, prepared(ground, &people)?));
        let worlds: Result<Vec<_>, String> = ALL.into_iter().map(prepare).collect();
        Ok(Self { worlds: worlds? })
    }

    /// A copy of a world for one schedule.
    #[must_use]
    pub fn copy(&self, ground: Ground, seed: u64) -> Option<World> {
        let (_, world) = self.worlds.iter().find(|(known, _)| *known == ground)?;
        Some(World { simulation: world.simulation.fork(seed), ..world.clone() })
    }
}

fn service(ground: Ground) -> Service {
    let kind = match ground {
        Ground::Worker => Kind::Worker,
        Ground::Stateful => Kind::Stateful,
        _ => Kind::Web,
    };
    let slots: &[&str] = if kind == Kind::Stateful { &["a"] } else { &["a", "b"] };
    let (minimum, maximum) = if kind == Kind::Stateful { (1, 1) } else { (2, 4) };
    Service {
        name: SERVICE.to_owned(),
        kind,
        slots: slots.iter().map(|slot| (*slot).to_owned()).collect(),
        minimum,
        maximum,
        legacy: ground == Ground::Legacy,
        recreate: false,
        drain_seconds: 2,
        grace_seconds: 2,
        deadline_seconds: 60,
    }
}

fn prepared(ground: Ground, people: &Arc<People>) -> Result<World, String> {
    let simulation = Simulation::new(1);
    people.move_into(&simulation)?;
    let (service, people) = (service(ground), people.clone());
    let mut world = World { simulation, service, live: None, earlier: None, legacy: 0, people };
    if ground == Ground::Legacy {
        world.simulation.cloud.take_over_from(&world.simulation.service(SERVICE));
    }
    let errors_permille = if ground == Ground::Failing { 1000 } else { 0 };
    let releases = match ground {
        Ground::Fresh => 0,
        Ground::Web => 2,
        _ => 1,
    };
    for sequence in 1..=releases {
        let release = SimulatedRelease { sequence, errors_permille, ..SimulatedRelease::default() };
        let release = world.simulation.registry.put(&format!("before {sequence}"), release);
        let service = world.service.clone();
        done(&world, Saga::Deploy(deploy::Parameters { service, release: release.clone(), before: Vec::new() }))?;
        world.earlier = world.live.replace(release);
    }
    if ground == Ground::Legacy {
        let act = Act::Cutover { percents: vec![40], retire: false };
        let saga = world.saga(&act, 0).ok_or("there is nothing to take over")?;
        done(&world, saga)?;
        world.legacy = 60;
    }
    Ok(world)
}

fn done(world: &World, saga: Saga) -> Result<Finished, String> {
    let engine = world.simulation.engine("before");
    let request = Request {
        scope: world.simulation.scope(),
        saga,
        requested_by: Who::Ada.name().into(),
        idempotency_key: None,
        two_party: false,
    };
    let finished = to_the_end(async {
        let started = engine.start(&request).await?;
        engine.drive(&request.scope, &started.operation, &mut |_| {}).await
    });
    let finished = finished.ok_or("it does not end")?.map_err(|error| error.to_string())?;
    if finished.status == OperationStatus::Succeeded { Ok(finished) } else { Err(format!("{finished:?}")) }
}

fn stages(percents: &[u32], bake_seconds: u32) -> Vec<Stage> {
    percents.iter().map(|percent| Stage { percent: *percent, bake_seconds }).collect()
}

/// No more than every fifth request may fail, of as many as are needed to say so.
fn gates(gated: bool, samples: u32) -> Vec<Gate> {
    let gate = |bound| Gate {
        name: "errors".into(),
        bound: Some(bound),
        dry_run: false,
        compare: false,
        effect_percent: 150,
        minimum_samples: Some(samples),
        limits: Metric::ErrorRate.limits(),
        metric: Metric::ErrorRate,
    };
    if gated { Bound::parse("20%").ok().map(gate).into_iter().collect() } else { Vec::new() }
}

impl World {
    /// The release that the n-th operation brings; the numbers of releases only rise.
    #[must_use]
    pub fn release(&self, act: &Act, number: u64) -> String {
        let quality = match act {
            Act::Shadow { quality } => *quality,
            act => act.brings().unwrap_or(Quality::Good),
        };
        let release = SimulatedRelease {
            sequence: 10 + number,
            rollback_of: self.earlier.clone().filter(|_| matches!(act, Act::Rollback { .. })),
            sick: quality == Quality::Sick,
            errors_permille: if quality == Quality::Failing { 1000 } else { 0 },
            before_ends_with: if let Act::Deploy { before: Some(before), .. } = act { *before } else { 0 },
            ..SimulatedRelease::default()
        };
        self.simulation.registry.put(&format!("operation {number}"), release)
    }

    /// What an act is as a saga; nothing when the ground has nothing to do it on.
    #[must_use]
    pub fn saga(&self, act: &Act, number: u64) -> Option<Saga> {
        let (service, release) = (self.service.clone(), self.release(act, number));
        let before = |ends: bool| if ends { vec!["migrate".to_owned()] } else { Vec::new() };
        Some(match act {
            Act::Deploy { before: ends, .. } => {
                Saga::Deploy(deploy::Parameters { service, release, before: before(ends.is_some()) })
            }
            Act::Canary { gated, samples, .. } => {
                let (stages, gates) = (stages(&[30, 100], if *gated { 8 } else { 3 }), gates(*gated, *samples));
                Saga::Canary(canary::Parameters { service, release, stages, gates, before: Vec::new() })
            }
            Act::Rollback { watched } => {
                let deploy = deploy::Parameters { service, release, before: Vec::new() };
                let stages = if *watched { stages(&[50, 100], 3) } else { Vec::new() };
                let rollback_of = self.earlier.clone()?;
                Saga::Rollback(rollback::Parameters { deploy, rollback_of, stages, gates: Vec::new() })
            }
            Act::Shadow { .. } => Saga::Shadow(self.shadow(release)),
            Act::Cutover { percents, retire } => {
                let stages = stages(percents, 3);
                Saga::Cutover(cutover::Parameters { service, stages, gates: Vec::new(), retire: *retire })
            }
            Act::Drain => Saga::Drain(drain::Parameters { service, instance: self.a_member()? }),
            Act::Scale { members } => Saga::Scale(scale::Parameters { service, members: *members }),
            Act::Restart => Saga::Restart(restart::Parameters { service }),
            Act::Destroy => Saga::Destroy(destroy::Parameters { service }),
        })
    }

    fn shadow(&self, release: String) -> shadow::Parameters {
        let sent = |path: &str| Sent { method: "GET".into(), path: path.into(), headers: Vec::new() };
        shadow::Parameters {
            service: self.service.clone(),
            release,
            percent: 50,
            requests: vec![sent("/"), sent("/orders")],
            rounds: 6,
            tolerated_permille: 0,
            mirror_percent: 20,
            watch_seconds: 3,
            gates: Vec::new(),
            deciding: Vec::new(),
            before: Vec::new(),
        }
    }

    /// A member of the slot that is live.
    fn a_member(&self) -> Option<String> {
        use skiff_runtime::provider::{Motion, SlotAddress};
        let (cloud, service) = (&self.simulation.cloud, self.simulation.service(SERVICE));
        let slots = self.service.slots.iter().rev();
        slots
            .filter_map(|slot| {
                let address = SlotAddress { service: service.clone(), slot: slot.clone() };
                to_the_end(cloud.members(&address))?.ok()?.first().map(|member| member.instance.clone())
            })
            .next()
    }

    /// Calm bounds, but for what a mistake on purpose has changed.
    pub fn calm(&self) {
        let bounds = self.simulation.cloud.bounds();
        let usual = Bounds { requests_per_second: bounds.requests_per_second, ..Bounds::default() };
        let (ignores_tokens, ignores_epochs) = (bounds.ignores_tokens, bounds.ignores_epochs);
        self.simulation.cloud.bind(Bounds { ignores_tokens, ignores_epochs, ..usual });
        self.simulation.faults.calm();
    }

    /// Whether weights are what requests go by.
    #[must_use]
    pub fn has_weights(&self) -> bool {
        self.service.kind == Kind::Web
    }

    /// The groups that may have weight.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        let legacy = self.service.legacy.then(|| LEGACY.to_owned());
        self.service.slots.iter().cloned().chain(legacy).collect()
    }
}
