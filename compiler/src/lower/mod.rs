//! From what is meant to resources: the only place that decides which resources a spec needs.
//!
//! [`lower`] makes the environment first (key, network, data, load balancer), then each service. What follows from the
//! resources, such as security-group rules, policies and tags, is left to the [passes](crate::pass).

mod alarms;
mod compute;
mod data;
mod discovery;
mod environment;
mod identity;
mod load_balancer;
mod manifest;
pub(crate) mod names;
mod network;
mod routing;
mod scaling;
mod service;
mod stateful;
mod workload;

use std::collections::BTreeMap;

use skiff_wire::{Cost, Input, InputKind, Lock, Lookup};

use crate::{
    ir::{
        Context, Expr, Flow, Grant, Handle, Id, Ir, Origin, Owner, RouteKey,
        identity::Statement,
        load_balancing::{ListExpr, Listener, LoadBalancer},
        network::{SecurityGroup, VpcGatewayAttachment},
        storage::{Bucket, BucketPolicy, DatabaseInstance, Queue},
    },
    resolve::Resolved,
    source::Span,
    spec::{
        application::Access,
        data::Engine,
        decode::Spanned,
        values::{Arn, Name},
    },
};

/// Makes the resources of an environment.
#[must_use]
pub fn lower(resolved: &Resolved, lock: &Lock) -> Ir {
    let mut lowering = Lowering { resolved, lock, ir: empty(resolved), shared: Shared::default() };
    lowering.environment();
    for service in resolved.services.values() {
        lowering.declare_group(service);
    }
    for service in resolved.services.values() {
        lowering.service(service);
    }
    lowering.ir
}

/// An IR without resources.
fn empty(resolved: &Resolved) -> Ir {
    let settings = &resolved.settings;
    let mut routes: Vec<_> =
        resolved.routes().map(|route| RouteKey { key: route.key.clone(), rank: route.rank.clone() }).collect();
    routes.sort_by(|a, b| a.rank.cmp(&b.rank));
    Ir {
        context: Context {
            app: resolved.spec.app.to_string(),
            environment: resolved.environment.to_string(),
            account: settings.account.clone(),
            region: settings.region.clone(),
            partition: settings.partition.clone(),
            state_root: settings.state_root.clone(),
            tags: settings.tags.clone(),
            permissions_boundary: settings.permissions_boundary.clone(),
            key: None,
            ledger_key: settings.state_key.clone().map(Expr::text),
            ledger_managed: settings.state_managed,
            access: access(resolved.spec.access.as_ref()),
        },
        // About what an environment and a service have, so that the lists do not move while they grow.
        resources: Vec::with_capacity(80 + 40 * resolved.services.len()),
        flows: Vec::with_capacity(20 + 10 * resolved.services.len()),
        grants: Vec::with_capacity(20 * resolved.services.len()),
        inputs: BTreeMap::new(),
        services: BTreeMap::new(),
        images: images(resolved),
        routes,
        cost: Cost::default(),
        local: resolved.local.clone(),
    }
}

fn images(resolved: &Resolved) -> Vec<String> {
    let mut images: Vec<String> = crate::resolve::images(&resolved.spec)
        .filter(|image| image.digest().is_none())
        .map(|image| image.value.to_string())
        .collect();
    images.sort();
    images.dedup();
    images
}

fn access(access: Option<&Access>) -> [Vec<String>; 3] {
    let texts = |arns: &[Spanned<Arn>]| arns.iter().map(|arn| arn.value.to_string()).collect();
    access.map_or_else(Default::default, |access| {
        [texts(&access.deployer), texts(&access.releaser), texts(&access.operator)]
    })
}

/// What is being made.
pub(crate) struct Lowering<'input> {
    resolved: &'input Resolved,
    lock: &'input Lock,
    ir: Ir,
    shared: Shared,
}

/// What the environment made and services refer to.
#[derive(Default)]
pub(crate) struct Shared {
    vpc: Option<Expr>,
    vpc_range: Vec<String>,
    internet: Option<Handle<VpcGatewayAttachment>>,
    public: Option<ListExpr>,
    private: Option<ListExpr>,
    private_by_zone: BTreeMap<String, Expr>,
    endpoint_group: Option<Handle<SecurityGroup>>,
    balancer: Option<Balancer>,
    log_bucket: Option<(Handle<Bucket>, Handle<BucketPolicy>)>,
    topic: Option<Expr>,
    discovery: discovery::Discovery,
    groups: BTreeMap<Name, Handle<SecurityGroup>>,
    databases: BTreeMap<Name, DatabaseHandles>,
    queues: BTreeMap<Name, Handle<Queue>>,
    buckets: BTreeMap<Name, Handle<Bucket>>,
}

/// The load balancer and what hangs on it.
#[derive(Clone)]
pub(crate) struct Balancer {
    balancer: Handle<LoadBalancer>,
    group: Handle<SecurityGroup>,
    http: Handle<Listener>,
    https: Option<Handle<Listener>>,
    test: Option<Handle<Listener>>,
}

/// A database and the way to it.
pub(crate) struct DatabaseHandles {
    instance: Handle<DatabaseInstance>,
    group: Handle<SecurityGroup>,
    engine: Engine,
    name_within: String,
}

impl Lowering<'_> {
    /// A physical name of this application and environment.
    pub(crate) fn name(&self, parts: &[&str]) -> String {
        let beginning = [self.resolved.spec.app.as_str(), self.resolved.environment.as_str()];
        names::physical(beginning.iter().chain(parts))
    }

    /// The same for a type that takes longer names.
    pub(crate) fn name_within(&self, longest: usize, parts: &[&str]) -> String {
        let beginning = [self.resolved.spec.app.as_str(), self.resolved.environment.as_str()];
        names::within(longest, beginning.iter().chain(parts))
    }

    /// A physical name under a prefix.
    pub(crate) fn name_under(&self, prefix: &str, parts: &[&str]) -> String {
        let (app, environment) = (self.resolved.spec.app.as_str(), self.resolved.environment.as_str());
        names::under(prefix, &[&[app, environment], parts].concat())
    }

    /// The path of every role and policy (`aws-rules` 13).
    pub(crate) fn identity_path(&self) -> String {
        format!("/skiff/{}/", self.resolved.environment)
    }

    /// The VPC's id.
    pub(crate) fn vpc(&self) -> Expr {
        self.shared.vpc.clone().unwrap_or_else(|| Expr::text(""))
    }

    /// The subnets of VMs and databases.
    pub(crate) fn private_subnets(&self) -> ListExpr {
        self.shared.private.clone().unwrap_or(ListExpr::Items(Vec::new()))
    }

    /// A value that is locked, or else a named input of the plan.
    ///
    /// Many ask for the same input, and one name means one thing: only the first describes it.
    pub(crate) fn input(&mut self, name: &str, describe: impl FnOnce() -> Input) -> Expr {
        if let Some(value) = self.lock.input(self.resolved.environment.as_str(), name) {
            return Expr::text(value);
        }
        if !self.ir.inputs.contains_key(name) {
            self.ir.inputs.insert(name.to_owned(), describe());
        }
        Expr::Input(name.into())
    }

    /// An existing resource that has these tags.
    pub(crate) fn looked_up(
        &mut self,
        (name, kind): (&str, InputKind),
        description: &str,
        resource_type: &str,
        filters: BTreeMap<String, String>,
    ) -> Expr {
        self.input(name, || {
            let lookup = Some(Lookup { resource_type: resource_type.into(), filters });
            let locked_by = ["skiff", "lock", "--input", &format!("{name}=VALUE")].map(str::to_owned).to_vec();
            Input { kind, description: description.into(), lookup, locked_by }
        })
    }

    /// Like [`looked_up`](Self::looked_up), for a list, which the lock writes with commas.
    pub(crate) fn looked_up_list(
        &mut self,
        named: (&str, InputKind),
        description: &str,
        resource_type: &str,
        filters: BTreeMap<String, String>,
    ) -> ListExpr {
        match self.looked_up(named, description, resource_type, filters) {
            Expr::Text(ids) => ListExpr::Items(ids.split(',').map(Expr::text).collect()),
            input => ListExpr::Input(input),
        }
    }

    /// A digest of the spec or of the lock; else an input that `deploy` waits for.
    pub(crate) fn digest(
        &mut self,
        written: Option<String>,
        (name, kind): (&str, InputKind),
        description: &str,
    ) -> Expr {
        if let Some(digest) = written {
            return Expr::text(digest);
        }
        self.input(name, || {
            let locked_by = ["skiff", "lock", "--input", &format!("{name}=sha256:…")].map(str::to_owned).to_vec();
            Input { kind, description: description.into(), lookup: None, locked_by }
        })
    }

    /// Lets a connection happen.
    pub(crate) fn flow(&mut self, flow: Flow) {
        self.ir.flows.push(flow);
    }

    /// Lets a role do something.
    pub(crate) fn grant(&mut self, role: &Id, origin: &Origin, statement: Statement) {
        self.ir.grants.push(Grant { role: role.clone(), statement, origin: origin.clone() });
    }
}

/// The origin of something at the top of the spec.
pub(crate) fn top(key: &str, span: Span) -> Origin {
    Origin::new(key, span)
}

/// The owner of a service's resources.
pub(crate) fn owner(name: &Name) -> Owner {
    Owner::Service(name.as_str().into())
}
