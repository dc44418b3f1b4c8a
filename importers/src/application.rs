//! The application around the services of an import, whatever was imported.

use std::{collections::BTreeMap, sync::Arc};

use skiff_compiler::spec::{
    Spec,
    decode::{At, Decode},
    network::{Egress, Network},
    service::{Kind, Service},
    shorthand::{ReplicaRange, Replicas},
    values::{AccountId, Name, Scalar},
};

use crate::import::{Options, spanned};

/// An application whose members pull their images from the internet; what the options leave open has a stand-in.
pub(crate) fn around(app: Name, services: BTreeMap<Name, Arc<Service>>, options: &Options) -> Spec {
    Spec {
        app,
        account: options.account.as_deref().and_then(AccountId::parse).unwrap_or_else(AccountId::stand_in),
        region: spanned(options.region.clone().unwrap_or_else(|| "eu-west-1".into())),
        network: Some(Network { egress: Some(spanned(Egress::Nat)), ..Network::fallback() }),
        services,
        ..Spec::fallback()
    }
}

/// Least and most members, where they differ from what a service of this kind has by itself.
pub(crate) fn replicas(kind: Kind, (min, max): (u32, u32)) -> Option<Replicas> {
    let default = if kind == Kind::Web { 2 } else { 1 };
    let range = ReplicaRange { min: spanned(min), max: spanned(max), at: At::default() };
    ((min, max) != (default, default)).then_some(Replicas(range))
}
