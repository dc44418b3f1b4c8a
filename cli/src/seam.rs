//! Where the commands meet the compiler and the emitters: every function of theirs that the command line calls.
//!
//! The commands name these functions only through here. The bodies read a small part of `skiff.yaml` and stand for the
//! real ones until the crates offer them; then this module is `pub(crate) use`s and nothing else.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use skiff_compiler::{
    diagnostic::{Code, Diagnostics},
    read::codes::SYNTAX,
    source::{SourceFile, Sources, Span},
};
use skiff_wire::{
    Change, ChangeSummary, Cost, Finding, Input, InputKind, Lock, Plan, Resource, Reversibility, Risk, ShapeChange,
    ShapeVerb,
};

/// A compiled spec.
pub(crate) struct Ir {
    app: String,
    environment: String,
    account: String,
    region: String,
    images: Vec<String>,
    routes: Vec<RouteKey>,
    lock: Lock,
}

/// What one compilation gives.
pub(crate) struct Compilation {
    /// Present when there is no error.
    pub(crate) ir: Option<Ir>,
    /// Errors, warnings and notes.
    pub(crate) diagnostics: Diagnostics,
}

/// A route that needs a priority: its key in `skiff.lock` and its rank, the lowest matched first.
pub(crate) struct RouteKey {
    /// `service host kind:path`.
    pub(crate) key: String,
    /// Match precedence.
    pub(crate) rank: (bool, usize, bool, bool),
}

/// A file's bytes as text, or the diagnostic that says where they are not UTF-8.
pub(crate) fn decode_utf8(name: &str, bytes: Vec<u8>) -> Result<SourceFile, Box<(SourceFile, Diagnostics)>> {
    String::from_utf8(bytes).map(|text| SourceFile { name: name.into(), text }).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let file = SourceFile { name: name.into(), text: String::from_utf8_lossy(error.as_bytes()).into_owned() };
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(&SYNTAX, Span::new(at, at), "the text is not UTF-8").hint("save the file as UTF-8");
        Box::new((file, diagnostics))
    })
}

/// Every code that can be raised.
pub(crate) fn codes() -> Vec<&'static Code> {
    skiff_compiler::codes()
}

/// The JSON Schema of `skiff.yaml`.
pub(crate) fn spec_schema() -> Value {
    skiff_compiler::spec::schema()
}

/// The environments that a spec declares.
pub(crate) fn environments(file: &SourceFile) -> Vec<String> {
    let spec: Value = serde_yaml::from_str(&file.text).unwrap_or_default();
    spec["environments"].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default()
}

/// Compiles a spec for one environment.
pub(crate) fn compile(sources: &Sources, lock: &Lock) -> Compilation {
    let mut diagnostics = Diagnostics::default();
    let spec: Value = match serde_yaml::from_str(&sources.file.text) {
        Ok(spec) => spec,
        Err(error) => {
            let at = error.location().map_or(0, |location| location.index());
            diagnostics.push(&SYNTAX, Span::new(at, at + 1), error.to_string());
            return Compilation { ir: None, diagnostics };
        }
    };
    let declared = environments(&sources.file);
    let environment = sources.environment.clone().or_else(|| declared.first().cloned()).unwrap_or_default();
    if !declared.contains(&environment) {
        diagnostics.push(&SYNTAX, Span::new(0, 1), format!("there is no environment `{environment}`"));
        return Compilation { ir: None, diagnostics };
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let ir = Ir {
        app: text(&spec["app"]),
        account: text(&spec["environments"][&environment]["account"]),
        region: text(&spec["environments"][&environment]["region"]),
        environment,
        images: services(&spec).iter().filter_map(|(_, service)| service["image"].as_str().map(Into::into)).collect(),
        routes: services(&spec).iter().flat_map(|(name, service)| routes_of(name, service)).collect(),
        lock: lock.clone(),
    };
    Compilation { ir: Some(ir), diagnostics }
}

fn services(spec: &Value) -> Vec<(String, Value)> {
    spec["services"].as_object().map(|all| all.clone().into_iter().collect()).unwrap_or_default()
}

fn routes_of(name: &str, service: &Value) -> Vec<RouteKey> {
    let rank = |route: &Value| {
        let (host, path) = (route["host"].as_str(), route["path"].as_str().unwrap_or("/"));
        RouteKey {
            key: format!("{name} {} prefix:{path}", host.unwrap_or("*")),
            rank: (true, usize::MAX - path.len(), host.is_none(), host.is_some_and(|host| host.starts_with('*'))),
        }
    };
    service["routes"].as_array().map(|routes| routes.iter().map(rank).collect()).unwrap_or_default()
}

/// The image references of an IR.
pub(crate) fn images(ir: &Ir) -> Vec<String> {
    ir.images.clone()
}

/// The routes of an IR that need a priority.
pub(crate) fn routes(ir: &Ir) -> Vec<RouteKey> {
    ir.routes.iter().map(|route| RouteKey { key: route.key.clone(), rank: route.rank }).collect()
}

/// The direct AWS plan of an IR.
pub(crate) fn plan(ir: &Ir) -> Result<Plan, serde_json::Error> {
    let mut inputs = BTreeMap::new();
    let input = |kind, flag: &str| Input {
        kind,
        description: "where the environment lives".into(),
        lookup: None,
        locked_by: ["skiff", "lock", flag].map(Into::into).to_vec(),
    };
    if ir.lock.input(&ir.environment, "vpc_id").is_none() {
        inputs.insert("vpc_id".into(), input(InputKind::Vpc, "--input=vpc_id=vpc-…"));
    }
    if ir.lock.ami(&ir.region, "arm64").is_none() {
        inputs.insert("ami_arm64".into(), input(InputKind::Ami, "--ami=arm64=ami-…"));
    }
    let shape = ir.routes.iter().map(|route| (route.key.clone(), rule(ir, route))).collect();
    Ok(Plan {
        schema: Plan::SCHEMA.into(),
        app: ir.app.clone(),
        environment: ir.environment.clone(),
        account: ir.account.clone(),
        region: ir.region.clone(),
        state_root: ".skiff".into(),
        inputs,
        shape,
        services: BTreeMap::new(),
        cost: Cost::default(),
    })
}

fn rule(ir: &Ir, route: &RouteKey) -> Resource {
    let mut properties = Map::new();
    properties.insert("Priority".into(), json!(ir.lock.priority(&ir.environment, &route.key)));
    Resource {
        resource_type: "AWS::ElasticLoadBalancingV2::ListenerRule".into(),
        owner: "environment".into(),
        origin: route.key.clone(),
        was: None,
        properties,
        runtime_owned: Vec::new(),
        retain: false,
        accepted: BTreeMap::new(),
    }
}

/// The difference in meaning between two plans.
pub(crate) fn change(before: &Plan, after: &Plan) -> Change {
    let entry = |key: &String, resource: &Resource, verb| ShapeChange {
        resource: key.clone(),
        resource_type: resource.resource_type.clone(),
        owner: resource.owner.clone(),
        verb,
        was: None,
        risk: Risk::Medium,
        reversibility: Reversibility::Reversible,
        reason: "it differs".into(),
        properties: Vec::new(),
    };
    let mut shape: Vec<_> = after
        .shape
        .iter()
        .filter(|(key, resource)| before.shape.get(*key) != Some(*resource))
        .map(|(key, resource)| {
            entry(key, resource, if before.shape.contains_key(key) { ShapeVerb::Change } else { ShapeVerb::Add })
        })
        .collect();
    let gone = before.shape.iter().filter(|(key, _)| !after.shape.contains_key(*key));
    shape.extend(gone.map(|(key, resource)| entry(key, resource, ShapeVerb::Remove)));
    let count = |verb| shape.iter().filter(|change| change.verb == verb).count();
    let summary = ChangeSummary {
        add: count(ShapeVerb::Add),
        change: count(ShapeVerb::Change),
        replace: 0,
        rename: 0,
        remove: count(ShapeVerb::Remove),
        release: 0,
        risk: shape.iter().map(|change| change.risk).max().unwrap_or(Risk::None),
    };
    Change {
        schema: Change::SCHEMA.into(),
        summary,
        shape,
        release: Vec::new(),
        monthly_before: None,
        monthly_after: None,
    }
}

/// The CloudFormation template of a plan.
pub(crate) fn cloudformation_text(plan: &Plan) -> String {
    format!("{:#}\n", json!({ "AWSTemplateFormatVersion": "2010-09-09", "Resources": plan.shape }))
}

/// A plan for people.
pub(crate) fn plan_text(plan: &Plan, findings: &[Finding]) -> String {
    format!("{} {}: {} resources, {} findings\n", plan.app, plan.environment, plan.shape.len(), findings.len())
}

/// A plan for a pull request.
pub(crate) fn plan_markdown(plan: &Plan, findings: &[Finding]) -> String {
    format!("## {}", plan_text(plan, findings))
}

/// A change for people.
pub(crate) fn change_text(change: &Change) -> String {
    change.shape.iter().map(|change| format!("{:?} {}\n", change.verb, change.resource)).collect()
}

/// A change for a pull request.
pub(crate) fn change_markdown(change: &Change) -> String {
    format!("## Change\n\n{}", change_text(change))
}

/// The lines in which two texts differ.
pub(crate) fn text_diff(before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after).unified_diff().header("before", "after").to_string()
}
