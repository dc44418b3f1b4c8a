//! What all parts of the mapping share.

use std::cell::RefCell;

use super::{cluster::Cluster, traffic::Front};
use crate::{import::Options, names::Names, secrets::Secrets};

/// What all parts of the mapping share.
#[derive(Debug)]
pub(crate) struct Context<'c> {
    /// All objects.
    pub(crate) cluster: &'c Cluster<'c>,
    /// What the user asked for.
    pub(crate) options: &'c Options,
    /// The names that services of `skiff.yaml` have.
    pub(crate) names: RefCell<Names>,
    /// The secrets that services need.
    pub(crate) secrets: RefCell<Secrets>,
    /// What all routes share.
    pub(crate) front: RefCell<Front>,
}
