//! Where an application stands: that reading it is bounded, and that each thing that can be wrong is said.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use skiff_runtime::{
    Error,
    provider::{
        Fence, LogPage, LogQuery, Motion, NotHonoured, RunView, Shadow, ShadowRead, SlotAddress, Weights, WeightsRead,
    },
    state::{
        Ledger,
        control::Next,
        event::NewEvent,
        layout::{Scope, ServiceScope},
    },
    store::{Condition, memory::MemoryStore},
    world::World,
};
use skiff_wire::{
    Assignment, LiveRelease, MemberPhase, MemberReason, OperationStatus, Plan, ServiceControl, SlotControl,
};

use super::{read::Reader, *};
use crate::counting::CountingStore;

/// A provider without members.
struct NoProvider;

#[async_trait]
impl Motion for NoProvider {
    fn not_honoured(&self, _: &Plan) -> Vec<NotHonoured> {
        Vec::new()
    }

    async fn capacity(&self, _: &SlotAddress) -> Result<Capacity, Error> {
        Ok(Capacity::default())
    }

    async fn set_capacity(&self, _: &SlotAddress, _: Capacity, _: &Fence) -> Result<(), Error> {
        panic!("a reading moves nothing")
    }

    async fn weights(&self, _: &ServiceScope) -> Result<WeightsRead, Error> {
        Ok(WeightsRead::default())
    }

    async fn set_weights(&self, _: &ServiceScope, _: &Weights, _: &Fence) -> Result<(), Error> {
        panic!("a reading moves nothing")
    }

    async fn members(&self, _: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        Ok(Vec::new())
    }

    async fn replace_member(&self, _: &SlotAddress, _: &str, _: &Fence) -> Result<(), Error> {
        panic!("a reading moves nothing")
    }

    async fn traffic(&self, _: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        Ok(BTreeMap::new())
    }

    async fn logs(&self, _: &ServiceScope, _: &LogQuery) -> Result<LogPage, Error> {
        Ok(LogPage::default())
    }

    async fn shadow(&self, _: &ServiceScope) -> Result<ShadowRead, Error> {
        Ok(ShadowRead::default())
    }

    async fn set_shadow(&self, _: &ServiceScope, _: &Shadow, _: &Fence) -> Result<(), Error> {
        panic!("a reading moves nothing")
    }

    async fn run_before(&self, _: &SlotAddress, _: &Fence) -> Result<(), Error> {
        panic!("a reading runs nothing")
    }

    async fn before(&self, _: &SlotAddress, _: &str) -> Result<Option<RunView>, Error> {
        Ok(None)
    }

    fn propagation(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

fn plan() -> Plan {
    serde_json::from_str(include_str!("../../../golden/plan/web-minimal/plan.json")).unwrap()
}

fn id(number: usize) -> String {
    format!("{number:064x}")
}

/// A ledger in which `web` is live in slot b, with so many releases and events behind it.
async fn ledger(plan: &Plan, releases: usize, events: usize) -> (Ledger, Scope) {
    let ledger = Ledger::new(Arc::new(MemoryStore::new()), World::real());
    let scope = Scope::new(&plan.app, &plan.environment);
    let web = scope.service("web");
    for number in 0..releases {
        ledger.store.put(&web.release(&id(number)), b"{}", &Condition::Absent).await.unwrap();
    }
    for _ in 0..events {
        let event = NewEvent { kind: "traffic-shifted", summary: "moved".into(), ..NewEvent::default() };
        ledger.event(&scope, event).await.unwrap();
    }
    let until = Timestamp::UNIX_EPOCH;
    let before = |number: usize| LiveRelease { release: id(number), sequence: 1, slot: "a".into(), until };
    let body = ServiceControl {
        live: Some("b".into()),
        slots: [("a".into(), SlotControl::default()), ("b".into(), live_slot())].into(),
        sequence: 2,
        root_version: 1,
        history: (0..10).map(before).collect(),
        legacy: None,
        destroyed: false,
    };
    let next = Next { epoch: 1, holder: None, lease_until: None, body };
    ledger.write::<ServiceControl>(&web.control(), None, next).await.unwrap();
    (ledger, scope)
}

fn live_slot() -> SlotControl {
    let assignment = Assignment { release: id(7), sequence: 2, generation: 2, launch_template_version: None };
    SlotControl { assignment: Some(assignment), weight: 100, minimum: 2, desired: 2 }
}

async fn objects_read(releases: usize, events: usize) -> (u64, u64) {
    let plan = plan();
    let (ledger, scope) = ledger(&plan, releases, events).await;
    let (store, counts) = CountingStore::around(Arc::clone(&ledger.store));
    let counted = Ledger::new(Arc::new(store), ledger.world.clone());
    let reader = Reader {
        ledger: &counted,
        scope: &scope,
        plan: &plan,
        provider: Arc::new(NoProvider),
        known: ProviderStanding::Up,
        direct: false,
        only: None,
    };
    let standing = reader.read().await.unwrap();
    assert_eq!(standing.services.len(), 1);
    assert_eq!(standing.services[0].slots[1].release.as_ref().unwrap().sequence, 2);
    (counts.objects(), counts.listings())
}

#[tokio::test]
async fn a_long_history_costs_no_more_to_read_than_a_short_one() {
    let (short, long) = (objects_read(10, 1).await, objects_read(1_000, 10_000).await);
    assert_eq!(short, long);
    println!("{} objects and {} listings were read with 1,000 releases and 10,000 events", long.0, long.1);
    assert!(long.0 <= 8, "{long:?}");
}

#[tokio::test]
async fn a_service_that_only_the_ledger_knows_is_found() {
    let plan = plan();
    let (ledger, scope) = ledger(&plan, 3, 0).await;
    for name in ["web-2", "old"] {
        let key = ServiceScope { scope: scope.clone(), service: name.into() }.release(&id(1));
        ledger.store.put(&key, b"{}", &Condition::Absent).await.unwrap();
    }
    let reader = Reader {
        ledger: &ledger,
        scope: &scope,
        plan: &plan,
        provider: Arc::new(NoProvider),
        known: ProviderStanding::Up,
        direct: false,
        only: None,
    };
    let names: Vec<_> = reader.read().await.unwrap().services.into_iter().map(|it| it.service).collect();
    assert_eq!(names, ["old", "web", "web-2"]);
}

fn member(instance: &str, phase: MemberPhase) -> MemberStanding {
    MemberStanding { instance: instance.into(), phase: Some(phase), release: Some(id(7)), ..MemberStanding::default() }
}

fn service() -> ServiceStanding {
    let release = ReleaseName { id: id(7), sequence: 2, label: Some("v2".into()) };
    let members = vec![member("i-1", MemberPhase::Ready), member("i-2", MemberPhase::Ready)];
    let slot = SlotStanding {
        slot: "b".into(),
        release: Some(release),
        weight: 100,
        minimum: 2,
        desired: 2,
        ready: 2,
        members,
        capacity: None,
    };
    ServiceStanding {
        service: "web".into(),
        kind: Some("web".into()),
        live: Some("b".into()),
        slots: vec![slot],
        ..ServiceStanding::default()
    }
}

fn standing(service: ServiceStanding) -> Standing {
    Standing {
        app: "shop".into(),
        environment: "prod".into(),
        ledger: ".skiff".into(),
        provider: ProviderStanding::Up,
        root: None,
        services: vec![service],
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
    }
}

/// The codes of what is wrong, and the commands that are recommended.
fn wrong(standing: &Standing) -> (Vec<String>, Vec<String>) {
    let (findings, actions) = findings::of(standing, &[]);
    let page = text::draw(standing, &findings);
    for finding in &findings {
        assert!(page.contains(&finding.message), "{page}");
        assert!(finding.hint.is_some());
    }
    let codes = findings.into_iter().map(|finding| finding.code).collect();
    (codes, actions.into_iter().map(|action| action.argv.join(" ")).collect())
}

fn one(code: &str, action: &str) -> (Vec<String>, Vec<String>) {
    (vec![code.into()], vec![action.into()])
}

#[test]
fn nothing_is_wrong_with_a_service_that_serves() {
    assert_eq!(wrong(&standing(service())), (Vec::new(), Vec::new()));
}

#[test]
fn a_refusal_a_crash_loop_and_a_missing_member_are_said() {
    let reason = MemberReason { code: "SK2110".into(), message: "the digest differs".into() };
    let mut refused = service();
    refused.slots[0].members[0] = MemberStanding { reason: Some(reason), ..member("i-1", MemberPhase::Refused) };
    assert_eq!(wrong(&standing(refused)), one("SK2701", "skiff explain SK2110"));

    let mut failing = service();
    failing.slots[0].members[1] = MemberStanding { restarts: 5, ..member("i-2", MemberPhase::Failing) };
    assert_eq!(wrong(&standing(failing)), one("SK2702", "skiff logs web"));

    let mut few = service();
    few.slots[0].ready = 1;
    assert_eq!(wrong(&standing(few)), one("SK2706", "skiff logs web"));

    let mut other = service();
    other.slots[0].members[0].release = Some(id(6));
    assert_eq!(wrong(&standing(other)).0, ["SK2707"]);
}

#[test]
fn an_operation_without_a_driver_is_said_and_one_with_is_not() {
    let mut held = service();
    let operation = |lease: Option<&str>, status| OperationStanding {
        operation: "0199".into(),
        saga: Some("deploy".into()),
        status: Some(status),
        step: 3,
        steps: 12,
        title: Some("raise the capacity".into()),
        reason: None,
        service: None,
        requested_by: None,
        requested_at: None,
        driver: None,
        driven: None,
        lease_until: lease.map(|text| text.parse().unwrap()),
    };
    held.operation = Some(operation(Some("2026-11-21T11:59:00Z"), OperationStatus::Running));
    assert_eq!(wrong(&standing(held)), one("SK2703", "skiff resume 0199"));
    let mut driven = service();
    driven.operation = Some(operation(Some("2026-11-21T12:01:00Z"), OperationStatus::Running));
    assert_eq!(wrong(&standing(driven)), (Vec::new(), Vec::new()), "whoever drives it must not be stopped");
    let here =
        OperationStanding { driven: Some(true), ..operation(Some("2026-11-21T11:00:00Z"), OperationStatus::Running) };
    let driven = ServiceStanding { operation: Some(here), ..service() };
    assert_eq!(wrong(&standing(driven)), (Vec::new(), Vec::new()), "its process is there, whatever its lease says");
    let dead =
        OperationStanding { driven: Some(false), ..operation(Some("2026-11-21T12:01:00Z"), OperationStatus::Running) };
    assert_eq!(wrong(&standing(ServiceStanding { operation: Some(dead), ..service() })).0, ["SK2703"]);
    let mut waits = service();
    waits.operation = Some(operation(None, OperationStatus::AwaitingApproval));
    assert_eq!(wrong(&standing(waits)), (Vec::new(), vec!["skiff approve 0199".to_owned()]));
    let mut paused = service();
    paused.waiting = vec![operation(None, OperationStatus::Paused)];
    assert_eq!(wrong(&standing(paused)), (Vec::new(), vec!["skiff resume 0199".to_owned()]));
}

#[test]
fn a_provider_that_is_down_matters_only_while_something_should_serve() {
    let mut down = standing(service());
    down.provider = ProviderStanding::Down("nothing listens there".into());
    assert_eq!(wrong(&down), one("SK2704", "skiff local up"));
    down.services[0].destroyed = true;
    assert_eq!(wrong(&down).0, Vec::<String>::new());
}

#[test]
fn a_root_that_expires_is_said_a_month_before() {
    let mut expiring = standing(service());
    let root = |days: i64| RootStanding { version: 3, expires: expiring.now + SignedDuration::from_hours(24 * days) };
    let (soon, late) = (root(29), root(31));
    expiring.root = Some(soon);
    assert_eq!(wrong(&expiring), one("SK2705", "skiff keys list"));
    expiring.root = Some(late);
    assert_eq!(wrong(&expiring).0, Vec::<String>::new());
}

#[test]
fn weights_that_were_changed_by_hand_are_said() {
    let mut moved = service();
    let effective = Weights { by_slot: [("b".into(), 60)].into() };
    let weights = WeightsRead { set: Weights::default(), effective };
    moved.direct = Some(ServiceDirect { weights, traffic: BTreeMap::new() });
    assert_eq!(wrong(&standing(moved)).0, ["SK2708"]);
}

#[test]
fn a_service_that_the_spec_has_forgotten_is_said() {
    let forgotten = ServiceStanding { kind: None, ..service() };
    assert_eq!(wrong(&standing(forgotten)).0, ["SK2709"]);
}

#[test]
fn the_page_says_what_is_live_and_what_its_members_say() {
    let page = text::draw(&standing(service()), &[]);
    let lines = [
        "shop in prod, ledger .skiff",
        "",
        "web (web): v2 (000000000000, sequence 2) is live, 2 of 2 members ready",
        "  live slot b  weight 100  2/2 ready  v2 (000000000000, sequence 2)",
        "         i-1  ready",
        "         i-2  ready",
    ];
    assert_eq!(page.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn the_words_of_json_are_stable() {
    let value = serde_json::to_value(standing(service())).unwrap();
    assert_eq!(value["provider"], json!("up"));
    assert_eq!(value["services"][0]["slots"][0]["members"][0]["phase"], json!("ready"));
    assert_eq!(value["services"][0]["slots"][0]["release"]["label"], json!("v2"));
}
