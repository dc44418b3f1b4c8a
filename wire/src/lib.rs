//! Every versioned document of Skiff that crosses a boundary.
//!
//! | document | type | written by | read by |
//! |---|---|---|---|
//! | `skiff.dev/<command>/v1` | [`Envelope`] | every command with `--format json` | CI, agents |
//! | `skiff.dev/plan/v1` | [`Plan`] | the plan emitter | the runtime, `skiff plan --golden`, `skiff diff` |
//! | `skiff.dev/change/v1` | [`Change`] | the comparison of two plans | CI, reviewers |
//! | `skiff.dev/lock/v1` | [`Lock`] | `skiff lock` | the compiler |
//! | `skiff.dev/origins/v1` | [`Origins`] | the Terraform emitter | `skiff explain-resource` |
//! | `skiff.dev/import-report/v1` | [`ImportReport`] | `skiff import … --report` | migrators, CI |
//! | `skiff.dev/service-control/v1` | [`Control`] of [`ServiceControl`] | sagas | the runner, every command |
//! | `skiff.dev/member-state/v1` | [`Control`] of [`MemberState`] | the runner | sagas, `skiff status` |
//! | `skiff.dev/operation-intent/v1` | [`OperationIntent`] | sagas | `skiff resume` |
//! | `skiff.dev/operation-control/v1` | [`Control`] of [`OperationControl`] | the engine | `skiff resume` |
//! | `skiff.dev/operation-log/v1` | [`LogEntry`] | the engine | `skiff resume` |
//! | `skiff.dev/open-operation/v1` | [`OpenOperation`] | the engine | `skiff worker`, `skiff saga list` |
//! | `skiff.dev/idempotency/v1` | [`IdempotencyRecord`] | the engine | the engine |
//! | `skiff.dev/event/v1` | [`LedgerEvent`] | the runtime | `skiff events`, `skiff audit` |
//! | `skiff.dev/shape-record/v1` | [`Control`] of [`ShapeRecord`] | whoever applies the shape | `skiff deploy`, drift |
//! | `skiff.dev/trust-root/v1` | [`TrustRoot`] in a [`SignedEnvelope`] | `skiff keys` | whoever verifies |
//! | `https://skiff.dev/release/v1` | [`ReleaseStatement`] in a [`SignedEnvelope`] | `skiff release create` | the runner, sagas |
//! | `skiff.dev/member/v1` | [`MemberConfiguration`] | the plan's user data, the local provider | the runner |
//! | `skiff.dev/generated/v1` | [`Generated`] | `skiff generate terraform` | its next run |
//!
//! **Absent on purpose:** logic. A type here knows how to be written and read, and nothing else. The runtime reads a
//! plan without knowing the compiler; nothing in this crate names a compiler type.
//!
//! To add a document: a module here with its types and a `SCHEMA` constant, a row above, and an entry in
//! [`schemas`], from which the committed JSON Schemas under `docs/schema/` are generated.

mod change;
mod code;
mod control;
mod envelope;
mod evidence;
mod finding;
mod generated;
mod import_report;
mod local;
mod lock;
mod member;
mod operation;
mod origins;
mod plan;
mod release;
mod shape;
mod trust;

pub use change::{Change, ChangeSummary, Difference, PropertyChange, Reversibility, Risk, ShapeChange, ShapeVerb};
pub use code::{Code, severity};
pub use control::{
    Assignment, Control, LegacyControl, LiveRelease, MemberPhase, MemberReason, MemberState, ServiceControl,
    SlotControl,
};
pub use envelope::{Envelope, ExitCode, Fact, RecommendedAction};
pub use evidence::{Evaluations, Evidence, EvidencePoint, GroupPoint, Judgement, Measured, Verdict};
pub use finding::{Finding, Severity, Subject};
pub use generated::Generated;
pub use import_report::{
    ImportReport, ImportedLeaf, ImportedObject, ImportedService, KindTotals, LeafTotals, NeededSecret,
};
pub use local::{LocalOverlay, LocalService};
pub use lock::{EnvironmentLock, Lock};
pub use member::{BeforeOutcome, LocalMember, MemberConfiguration, MemberLife};
pub use operation::{
    EffectClass, Event, IdempotencyRecord, LedgerEvent, LogEntry, OpenOperation, OperationControl, OperationIntent,
    OperationStatus, PlannedStep,
};
pub use origins::{AddressOrigin, Origins, Place};
pub use plan::{
    Cost, CostLine, ENVIRONMENT_OWNER, ForwardedPort, Gate, GateToken, Input, InputKind, Legacy, Lookup, Motion, Plan,
    Resource, Rollout, Route, Slot, Step, Stop, UnknownCost,
};
pub use release::{
    Artifact, Command, EnvironmentValue, File, HealthCheck, Hook, Hooks, Limits, Mount, ReleaseManifest, Resolver,
    Security, Volume, Workload,
};
pub use shape::ShapeRecord;
pub use trust::{
    EnvelopeSignature, Principal, PrincipalKind, ReleaseArtifact, ReleasePredicate, ReleaseStatement, RoleRule,
    SignedEnvelope, StatementSubject, TrustRoot,
};

/// The JSON Schemas of every document this crate defines, by file name, sorted.
///
/// They are committed under `docs/schema/` and a test compares them byte for byte.
#[must_use]
pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
    vec![
        ("change.v1.json", schemars::schema_for!(Change)),
        ("envelope.v1.json", schemars::schema_for!(Envelope)),
        ("event.v1.json", schemars::schema_for!(LedgerEvent)),
        ("generated.v1.json", schemars::schema_for!(Generated)),
        ("import-report.v1.json", schemars::schema_for!(ImportReport)),
        ("idempotency.v1.json", schemars::schema_for!(IdempotencyRecord)),
        ("lock.v1.json", schemars::schema_for!(Lock)),
        ("member-state.v1.json", schemars::schema_for!(Control<MemberState>)),
        ("member.v1.json", schemars::schema_for!(MemberConfiguration)),
        ("operation-control.v1.json", schemars::schema_for!(Control<OperationControl>)),
        ("operation-intent.v1.json", schemars::schema_for!(OperationIntent)),
        ("operation-log.v1.json", schemars::schema_for!(LogEntry)),
        ("origins.v1.json", schemars::schema_for!(Origins)),
        ("plan.v1.json", schemars::schema_for!(Plan)),
        ("release-statement.v1.json", schemars::schema_for!(ReleaseStatement)),
        ("service-control.v1.json", schemars::schema_for!(Control<ServiceControl>)),
        ("shape-record.v1.json", schemars::schema_for!(Control<ShapeRecord>)),
        ("signed-envelope.v1.json", schemars::schema_for!(SignedEnvelope)),
        ("trust-root.v1.json", schemars::schema_for!(TrustRoot)),
    ]
}
