//! What is true of one tree: everything that the templates ask for, in the order they say it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use skiff_compiler::ir::{Body, Ir, Owner, Resource};

use super::order;
use crate::terraform::{
    address::{self, ident},
    group::Group,
    module::{Module, folder},
    scope::Index,
};

/// The name of an environment in a spec that declares none.
const UNNAMED: &str = "default";

/// Facts about a whole tree.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    app: String,
    environment: String,
    /// For `skiff`, when the spec declares environments.
    env_flag: String,
    account: String,
    region: String,
    /// File name of the spec.
    spec: String,
    state_root: String,
    /// Root modules in the order of their first apply.
    pub(super) modules: Vec<ModuleFacts>,
    variables: Vec<Variable>,
    skips: Vec<Skip>,
    kept: Vec<Kept>,
    /// Whether anything has a name of before.
    renamed: bool,
    /// Services that had another name: state key of before, and of now.
    moved_services: Vec<MovedService>,
    /// Addresses that have AWS's own protection from deletion.
    protected: Vec<String>,
    /// Days that a key waits before it is deleted.
    key_days: Option<u32>,
    has: Has,
}

/// Which sentences are about something.
#[derive(Debug, Serialize)]
struct Has {
    groups: bool,
    rules: bool,
    target_groups: bool,
    secrets: bool,
    databases: bool,
    buckets: bool,
    email: bool,
    legacy: bool,
    ledger: bool,
}

/// Facts about one root module.
#[derive(Debug, Serialize)]
pub(super) struct ModuleFacts {
    /// Its folder in the tree.
    pub(super) folder: String,
    /// `environment` or the name of the service.
    name: String,
    /// From its folder to the top.
    up: String,
    state_key: String,
    makes: usize,
    /// Folders whose resources it looks up.
    needs: Vec<String>,
    lookups: Vec<Lookup>,
    ignored: Vec<Ignored>,
    variables: Vec<Variable>,
    renamed: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Variable {
    name: String,
    what: String,
    used_by: Vec<String>,
    /// Type and filters by which it can be found.
    lookup: Option<String>,
    locked_by: String,
}

#[derive(Debug, Serialize)]
struct Skip {
    check: String,
    reason: String,
    places: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Kept {
    folder: String,
    addresses: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Lookup {
    address: String,
    made_by: String,
}

#[derive(Debug, Serialize)]
struct Ignored {
    address: String,
    arguments: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct MovedService {
    folder: String,
    was: String,
    key: String,
    key_was: String,
}

impl Facts {
    /// Everything about a tree.
    pub(super) fn of(ir: &Ir, index: &Index<'_>, modules: &[Module<'_>], spec: &str) -> Self {
        let context = &ir.context;
        let made: Vec<ModuleFacts> = modules.iter().map(|module| module_facts(module, index)).collect();
        let named = context.environment != UNNAMED;
        Self {
            app: context.app.clone(),
            environment: context.environment.clone(),
            env_flag: if named { format!(" --env {}", context.environment) } else { String::new() },
            account: context.account.clone(),
            region: context.region.clone(),
            spec: spec.rsplit(['/', '\\']).next().unwrap_or(spec).to_owned(),
            state_root: context.state_root.clone(),
            modules: in_order(made),
            variables: variables(modules),
            skips: skips(modules, index),
            kept: kept(modules),
            renamed: modules.iter().any(renamed),
            moved_services: moved_services(ir),
            protected: protected(ir),
            key_days: ir.resources.iter().find_map(key_days),
            has: has(ir),
        }
    }
}

fn has(ir: &Ir) -> Has {
    let any = |test: fn(&Body) -> bool| ir.resources.iter().any(|resource| test(&resource.body));
    Has {
        groups: any(|body| matches!(body, Body::AutoScalingGroup(_))),
        rules: any(|body| matches!(body, Body::ListenerRule(rule) if rule.forwards())),
        target_groups: any(|body| matches!(body, Body::TargetGroup(_))),
        secrets: any(|body| matches!(body, Body::Secret(_))),
        databases: any(|body| matches!(body, Body::DatabaseInstance(_))),
        buckets: any(|body| matches!(body, Body::Bucket(_))),
        email: any(|body| matches!(body, Body::Subscription(topic) if topic.protocol == "email")),
        legacy: any(|body| matches!(body, Body::ListenerRule(rule) if has_three_groups(rule))),
        ledger: ir.context.ledger_managed,
    }
}

/// A cutover gives a rule a third target group, that of the former platform (`aws-rules` 9).
fn has_three_groups(rule: &skiff_compiler::ir::load_balancing::ListenerRule) -> bool {
    rule.actions
        .iter()
        .filter_map(|action| action.forward_config.as_ref())
        .any(|forward| forward.target_groups.len() > 2)
}

fn key_days(resource: &Resource) -> Option<u32> {
    match &resource.body {
        Body::Key(key) => Some(key.pending_window_in_days),
        _ => None,
    }
}

fn protected(ir: &Ir) -> Vec<String> {
    let protected = |resource: &&Resource| match &resource.body {
        Body::DatabaseInstance(database) => database.deletion_protection,
        Body::LoadBalancer(balancer) => balancer
            .load_balancer_attributes
            .iter()
            .any(|attribute| attribute.key == "deletion_protection.enabled" && attribute.value.known() == Some("true")),
        _ => false,
    };
    ir.resources.iter().filter(protected).map(|resource| address::address(resource).text()).collect()
}

/// The order of the first apply.
fn in_order(mut made: Vec<ModuleFacts>) -> Vec<ModuleFacts> {
    let needs: BTreeMap<String, BTreeSet<String>> =
        made.iter().map(|module| (module.folder.clone(), module.needs.iter().cloned().collect())).collect();
    let borrowed = needs.iter().map(|(folder, needs)| (folder.as_str(), needs.iter().map(String::as_str).collect()));
    let order = order::of(&borrowed.collect());
    made.sort_by_key(|module| order.iter().position(|folder| *folder == module.folder));
    made
}

fn module_facts(module: &Module<'_>, index: &Index<'_>) -> ModuleFacts {
    let context = module.context;
    let made_by = |group: &Group| index.get(&group.piece.from).map(|target| folder(&target.owner));
    let found = module.groups.iter().filter(|group| group.piece.data).filter_map(|group| {
        let made_by = made_by(group).filter(|made_by| *made_by != module.folder)?;
        Some(Lookup { address: format!("data.{}", group.piece.address.text()), made_by })
    });
    let lookups: Vec<Lookup> = found.collect();
    let needs: BTreeSet<String> = lookups.iter().map(|lookup| lookup.made_by.clone()).collect();
    ModuleFacts {
        name: module.owner.name().to_owned(),
        up: "../".repeat(module.folder.matches('/').count() + 1),
        state_key: format!("skiff/{}/{}/{}.tfstate", context.app, context.environment, module.folder),
        makes: module.groups.iter().filter(|group| !group.piece.data).map(|group| group.members.len()).sum(),
        needs: needs.into_iter().collect(),
        lookups,
        ignored: module.groups.iter().filter_map(ignored).collect(),
        variables: variables(std::slice::from_ref(module)),
        renamed: renamed(module),
        folder: module.folder.clone(),
    }
}

fn ignored(group: &Group) -> Option<Ignored> {
    let arguments: Vec<&str> = group.piece.ignored.iter().map(|(argument, _)| *argument).collect();
    (!arguments.is_empty()).then(|| Ignored { address: block(group), arguments })
}

/// A block, whatever number of members it has.
fn block(group: &Group) -> String {
    format!("{}.{}", group.piece.address.kind, group.piece.address.name)
}

fn renamed(module: &Module<'_>) -> bool {
    let moved = |group: &Group| group.piece.was.as_ref().is_some_and(|was| *was != group.piece.address);
    module.groups.iter().any(moved)
}

/// Inputs by name, each with the root modules that use it.
fn variables(modules: &[Module<'_>]) -> Vec<Variable> {
    let mut variables: BTreeMap<String, Variable> = BTreeMap::new();
    for module in modules {
        for (name, input) in &module.inputs {
            let filters = |lookup: &skiff_wire::Lookup| {
                let filters = lookup.filters.iter().map(|(key, value)| format!("`{key}` = `{value}`"));
                filters.collect::<Vec<_>>().join(", ")
            };
            let variable = variables.entry(ident(name)).or_insert_with(|| Variable {
                name: ident(name),
                what: input.description.trim_end_matches('.').to_owned(),
                used_by: Vec::new(),
                lookup: input.lookup.as_ref().map(filters),
                locked_by: input.locked_by.join(" "),
            });
            variable.used_by.push(module.folder.clone());
        }
    }
    variables.into_values().collect()
}

/// Decisions against findings, each once with the resources it is about.
fn skips(modules: &[Module<'_>], index: &Index<'_>) -> Vec<Skip> {
    let mut skips: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for module in modules {
        for group in &module.groups {
            for (check, reason) in &group.piece.skips {
                let places = skips.entry((check.clone(), reason.clone())).or_default();
                let place = format!("{}: {}", module.folder, of_resource(group, index));
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
    }
    let skip = |((check, reason), places)| Skip { check, reason, places };
    skips.into_iter().map(skip).collect()
}

/// The block that has the name of the resource, also for one that only belongs to it.
fn of_resource(group: &Group, index: &Index<'_>) -> String {
    match index.get(&group.piece.from) {
        Some(resource) => {
            let own = address::address(resource);
            format!("{}.{}", own.kind, own.name)
        }
        None => block(group),
    }
}

fn kept(modules: &[Module<'_>]) -> Vec<Kept> {
    let kept = modules.iter().map(|module| {
        let groups = module.groups.iter().filter(|group| group.piece.kept.is_some());
        Kept { folder: module.folder.clone(), addresses: groups.map(block).collect() }
    });
    kept.filter(|kept| !kept.addresses.is_empty()).collect()
}

/// Services whose resources had an owner of another name.
fn moved_services(ir: &Ir) -> Vec<MovedService> {
    let mut moved: BTreeMap<String, MovedService> = BTreeMap::new();
    for resource in &ir.resources {
        let (Owner::Service(now), Some(was)) = (&resource.owner, &resource.was) else { continue };
        let Some((before, _)) = was.split_once('.').filter(|(before, _)| *before != &**now) else { continue };
        let key = |name: &str| format!("skiff/{}/{}/services/{name}.tfstate", ir.context.app, ir.context.environment);
        moved.entry(now.to_string()).or_insert_with(|| MovedService {
            folder: format!("services/{now}"),
            was: before.to_owned(),
            key: key(now),
            key_was: key(before),
        });
    }
    moved.into_values().collect()
}
