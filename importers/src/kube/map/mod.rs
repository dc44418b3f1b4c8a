//! From objects to services: one step after the other, each with its own part of the drafts.
//!
//! 1. [`workload`] makes a [`Draft`] of each object that has pods;
//! 2. [`pod`] fills it from the pod: containers, variables, files, probes, what they may do;
//! 3. [`scale`] joins autoscalers and disruption budgets;
//! 4. [`traffic`] joins Services, routes and network policies, and says what each workload was reached by;
//! 5. [`pod::settle`] decides what depends on whether requests reach it, [`workload::settle`] how its members are replaced,
//!    [`config::settle`] what no workload needed;
//! 6. [`finish`] decides what is a `web`, a `worker`, a `job`, and writes what all share.

pub(crate) mod cluster;
mod config;
pub(crate) mod context;
pub(crate) mod draft;
mod finish;
mod others;
mod pod;
pub(crate) mod quantity;
mod scale;
mod traffic;
mod versions;
mod workload;

use cluster::Cluster;
use context::Context;
pub(crate) use draft::Draft;
use skiff_compiler::spec::Spec;

use super::read::Manifest;
use crate::{
    account::{Finding, Object},
    import::{Imported, Options},
    secrets::Needed,
};

/// What the mapping gives.
#[derive(Debug)]
pub(super) struct Mapped {
    pub(super) spec: Spec,
    pub(super) objects: Vec<Object>,
    pub(super) findings: Vec<Finding>,
    pub(super) services: Vec<Imported>,
    pub(super) secrets: Vec<Needed>,
    /// Whether something is served by HTTPS.
    pub(super) https: bool,
}

/// Maps all manifests.
pub(super) fn map(manifests: &[Manifest], options: &Options) -> Mapped {
    let cluster = Cluster::new(manifests);
    let (names, secrets, front) = Default::default();
    let context = Context { cluster: &cluster, options, names, secrets, front };
    let mut drafts = workload::drafts(&context);
    for draft in &mut drafts {
        pod::fill(draft, &context);
    }
    workload::join_hooks(&mut drafts, &context);
    scale::join(&mut drafts, &context);
    traffic::join(&mut drafts, &context);
    pod::settle(&mut drafts);
    workload::settle(&mut drafts);
    config::settle(&context);
    others::say(&cluster);
    versions::say(&cluster);
    let services = drafts.iter().map(imported).collect();
    let mut spec = finish::spec(drafts, &context);
    traffic::environment(&mut spec, &context);
    let settled: Vec<_> = cluster.objects().iter().map(super::object::Object::settle).collect();
    let https = context.front.borrow().is_https();
    let secrets = context.secrets.into_inner().into_needed();
    let (mut objects, mut findings) = (Vec::new(), Vec::new());
    for (object, found) in settled {
        objects.push(object);
        findings.extend(found);
    }
    Mapped { spec, objects, findings, services, secrets, https }
}

fn imported(draft: &Draft<'_>) -> Imported {
    let workload = draft.workload;
    let source = format!("{} {}/{}", workload.kind(), workload.namespace(), workload.name());
    Imported { service: draft.name.to_string(), source }
}
