//! The application around the services.

use std::{collections::BTreeMap, sync::Arc};

use skiff_compiler::spec::{
    Spec,
    decode::{At, Decode},
    network::{Egress, Network},
    service::{Kind, Service},
    shorthand::{ReplicaRange, Replicas},
    values::{AccountId, Scalar},
};

use super::{codes, project::Project, service::Draft};
use crate::{
    import::spanned,
    uses::{self, Dropped},
};

pub(super) fn spec(mut drafts: Vec<Draft<'_>>, project: &Project<'_>) -> Spec {
    let options = project.options;
    let used_at: BTreeMap<_, _> =
        drafts.iter_mut().map(|draft| (draft.name.clone(), std::mem::take(&mut draft.used_at))).collect();
    let mut services = drafts.into_iter().map(|draft| (draft.name.clone(), Arc::new(service(draft)))).collect();
    for Dropped { service, used } in uses::settle(&mut services) {
        for field in used_at.get(&service).and_then(|uses| uses.get(&used)).into_iter().flatten() {
            let reason = format!("`{service}` uses `{used}`, which leads back to it: the connection is closed");
            field.say(&codes::CIRCLE, reason, "send messages through a queue, or put both into one service");
        }
    }
    let network = Network { egress: Some(spanned(Egress::Nat)), ..Network::fallback() };
    Spec {
        app: project.app.clone(),
        account: options.account.as_deref().and_then(AccountId::parse).unwrap_or_else(AccountId::stand_in),
        region: spanned(options.region.clone().unwrap_or_else(|| "eu-west-1".into())),
        network: Some(network),
        services,
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
