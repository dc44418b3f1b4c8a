//! The application around the services.

use std::sync::Arc;

use skiff_compiler::spec::{
    Spec,
    decode::{At, Decode},
    network::{Egress, Network},
    service::{Kind, Service},
    shorthand::{ReplicaRange, Replicas},
    values::{AccountId, Scalar},
};

use super::{project::Project, service::Draft};
use crate::import::spanned;

pub(super) fn spec(drafts: Vec<Draft<'_>>, project: &Project<'_>) -> Spec {
    let options = project.options;
    let network = Network { egress: Some(spanned(Egress::Nat)), ..Network::fallback() };
    Spec {
        app: project.app.clone(),
        account: options.account.as_deref().and_then(AccountId::parse).unwrap_or_else(AccountId::stand_in),
        region: spanned(options.region.clone().unwrap_or_else(|| "eu-west-1".into())),
        network: Some(network),
        services: drafts.into_iter().map(|draft| (draft.name.clone(), Arc::new(service(draft)))).collect(),
        ..Spec::fallback()
    }
}

fn service(draft: Draft<'_>) -> Service {
    let mut service = draft.service;
    let default = if service.kind == Kind::Web { 2 } else { 1 };
    if service.kind != Kind::Stateful && draft.replicas != default {
        let (min, max) = (draft.replicas, draft.replicas.max(1));
        service.replicas = Some(Replicas(ReplicaRange { min: spanned(min), max: spanned(max), at: At::default() }));
    }
    service
}
