//! The application around the services.

use std::{collections::BTreeMap, sync::Arc};

use skiff_compiler::spec::{
    Spec,
    service::{Kind, Service},
};

use super::{codes, project::Project, service::Draft};
use crate::{
    application,
    uses::{self, Dropped},
};

pub(super) fn spec(mut drafts: Vec<Draft<'_>>, project: &Project<'_>) -> Spec {
    let used_at: BTreeMap<_, _> =
        drafts.iter_mut().map(|draft| (draft.name.clone(), std::mem::take(&mut draft.used_at))).collect();
    let mut services = drafts.into_iter().map(|draft| (draft.name.clone(), Arc::new(service(draft)))).collect();
    for Dropped { service, used } in uses::settle(&mut services) {
        for field in used_at.get(&service).and_then(|uses| uses.get(&used)).into_iter().flatten() {
            let reason = format!("`{service}` uses `{used}`, which leads back to it: the connection is closed");
            field.say(&codes::CIRCLE, reason, "send messages through a queue, or put both into one service");
        }
    }
    application::around(project.app.clone(), services, project.options)
}

fn service(draft: Draft<'_>) -> Service {
    let mut service = draft.service;
    if service.kind != Kind::Stateful {
        service.replicas = application::replicas(service.kind, (draft.replicas, draft.replicas.max(1)));
    }
    service
}
