//! The client: what commands see of the cloud on this machine.
//!
//! [`LocalCloud`] changes it by asking the supervisor, and reads it from the documents that the supervisor writes and from
//! the load balancer itself. So reads need no supervisor, start nothing, and tell what serves rather than what was asked.

use std::{path::Path, sync::Arc};

use crate::{
    error::Error,
    local::{place::Place, programs::Programs, usage::Usage},
    state::Ledger,
    store::folder::FolderStore,
    world::World,
};

mod ask;
mod logs;
mod motion;
mod not_honoured;
mod read;
mod shape;
mod start;

pub use not_honoured::not_honoured;

/// The types of resources that mean something on this machine.
pub const HONOURED: [&str; 7] = [
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::AutoScaling::LifecycleHook",
    "AWS::EC2::LaunchTemplate",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
];

/// The cloud on this machine: [`Shape`](crate::provider::Shape) and [`Motion`](crate::provider::Motion) over the
/// supervisor of one state folder.
#[derive(Debug, Clone)]
pub struct LocalCloud {
    place: Place,
    pub(crate) programs: Arc<Programs>,
    usage: Arc<Usage>,
}

impl LocalCloud {
    /// The cloud of a state folder; nothing is started or read yet.
    #[must_use]
    pub fn at(state: &Path, programs: Programs) -> Self {
        Self { place: Place::of(state), programs: Arc::new(programs), usage: Arc::default() }
    }

    /// Where everything of it is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The ledger in the same folder, for what members say of themselves.
    pub(crate) fn ledger(&self) -> Result<Ledger, Error> {
        let store = FolderStore::open(self.place.state()).map_err(crate::state::document::store_error)?;
        Ok(Ledger::new(Arc::new(store), World::real()))
    }
}
