//! The ledger: documents in a store, under keys that everybody agrees on.
//!
//! [`layout`] says where each document is; [`Ledger`] reads and writes them: immutable ones once, control documents by
//! compare-and-set with a fresh nonce, so that an ambiguous answer can be resolved by reading back. A
//! document is read strictly ([`strict`]), and upgraded when an older Skiff wrote it
//! ([`document::Document::UPGRADES`]); one of a newer major version is refused.
//!
//! [`verify`] reads all of it and says what is wrong, [`repair`] mends what follows from the rest, [`collect`] removes what
//! nothing needs any more; [`place`] says what a key stands for.

pub mod codes;
pub mod collect;
pub mod control;
pub mod document;
pub mod event;
pub mod layout;
pub mod place;
pub mod repair;
pub mod strict;
mod survey;
pub mod verify;

use std::sync::Arc;

use crate::{store::Store, world::World};

/// A store with a clock and with randomness: all that is needed to read and write documents.
#[derive(Clone)]
pub struct Ledger {
    /// Where the objects are.
    pub store: Arc<dyn Store>,
    /// Time and chance.
    pub world: World,
}

impl Ledger {
    /// A ledger on a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, world: World) -> Self {
        Self { store, world }
    }
}
