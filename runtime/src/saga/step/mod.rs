//! The steps that several sagas share, each with its way back.
//!
//! | module | steps |
//! |---|---|
//! | [`hold`] | take a service, give it back |
//! | [`release`] | verify a release, assign it to an empty slot |
//! | [`slot`] | empty a slot, raise one, shrink the one that has served |
//! | [`weights`] | shift traffic, wait until a slot is quiet |
//! | [`pin`] | pin the capacity of what serves for the time of a rollout, let it go again |
//! | [`surge`] | start one member more than usual, end it again |
//! | [`members`] | wait for members that run what they should, assert it in the end |
//! | [`promote`] | say which slot is live |
//! | [`bake`] | watch a share of a rollout, and let its gates judge |
//! | [`before`] | run a command once before any member serves |
//! | [`rehearse`] | open the test listener, send the same requests to old and new |
//!
//! **What cannot be fenced is looked at again before every destructive act**, on the way forward and on the way back: no
//! capacity is taken from a slot before its weight was read back as zero, and no traffic is given to a slot before its
//! members were seen to be healthy.

use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk};

pub mod bake;
pub mod before;
pub mod hold;
pub mod members;
pub mod pin;
pub mod promote;
pub mod rehearse;
pub mod release;
pub mod slot;
pub mod surge;
pub mod weights;

/// A step's plan.
pub(crate) fn planned(
    kind: &str,
    title: impl Into<String>,
    risk: Risk,
    reversibility: Reversibility,
    effect: EffectClass,
) -> PlannedStep {
    PlannedStep { kind: kind.to_owned(), title: title.into(), risk, reversibility, effect, approvals: 0, gate: false }
}
