//! The runtime: plans, signed releases, sagas and providers, with one folder or bucket as the ledger.
//!
//! | module | gives |
//! |---|---|
//! | [`store`] | [`store::Store`]: get, create-only put, if-match put, paged list, if-match delete; in memory and in a folder |
//! | [`state`] | the ledger on top: its [keys](state::layout), [control documents](state::control), their versions, events |
//! | [`trust`] | keys, the root of trust, envelopes, and the one [verification](trust::verify) of a release |
//! | [`release`] | bundles, releases, bills of materials and provenance |
//! | [`provider`] | [`provider::Shape`] and [`provider::Motion`]: what every cloud can do |
//! | [`doctor`] | races for conditional writes, to find a store that loses some |
//! | [`history`] | events read back, the newest first, at a cost that does not grow |
//! | [`local`] | the embedded default: processes on this machine behind a load balancer of ours |
//! | [`engine`] | steps, what happened to them, what it adds up to; leases, fencing, compensation |
//! | [`saga`] | deploy, rollback, scale, restart, destroy: one file each |
//! | [`simulation`] | a made-up world with time, members, requests and faults, for tests and rehearsals |
//!
//! **Everything outside comes in through a trait**: store, provider, clock, randomness. So a simulation can be the world,
//! and no code here knows which provider it drives. **Absent on purpose:** the compiler, spans, the terminal. A
//! [`skiff_wire::Plan`] is all that is needed to know what was meant.
//!
//! To add a saga: its file in [`saga`], its steps, an entry in [`saga`]'s list; the mechanical tests take it from there.

pub mod doctor;
pub mod engine;
pub mod error;
pub mod gate;
pub mod history;
pub mod local;
pub mod provider;
pub mod release;
pub mod saga;
pub mod shadow;
pub mod simulation;
pub mod state;
pub mod store;
pub mod trust;
pub mod world;

pub use error::{Error, ErrorKind};

/// Every code that the runtime can report.
#[must_use]
pub fn codes() -> Vec<&'static skiff_wire::Code> {
    [store::codes::CODES, state::codes::CODES, trust::codes::CODES, release::codes::CODES, engine::codes::CODES]
        .into_iter()
        .chain([saga::codes::CODES, provider::codes::CODES, local::codes::CODES])
        .chain([local::secret::codes::CODES, local::balancer::codes::CODES, doctor::codes::CODES, gate::codes::CODES])
        .flatten()
        .copied()
        .collect()
}
