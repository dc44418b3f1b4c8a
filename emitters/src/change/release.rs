//! What differs outside the shape: what moves with a release, and what frames both.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use skiff_wire::{
    Difference, Plan,
    Risk::{self, High, Low, Medium, None as NoRisk},
};

use super::{
    compare::{self, Leaf},
    pairs::Pairs,
    pointer,
    when::When::{self, Always, Appears, GainsPrivilege, Loses, Shrinks, TurnsOff, TurnsOn},
};

/// One row: the first that holds decides a difference.
struct Row(&'static str, When, Risk, &'static str);

const WORKLOAD_HEALTH: &str = "decides when a member serves or is restarted; moves with the next deploy";
const NEXT_DEPLOY: &str = "moves with the next deploy";
const PRIVILEGED: &str = "a container is root on its VM, and has whatever the VM may reach; moves with the next deploy";
const SECURITY: &str =
    "what a container no longer may do fails, what it newly may do nobody stops; moves with the next deploy";
const NO_LIMIT: &str = "a container may take all of its VM; moves with the next deploy";
const TIGHTER: &str = "a container that takes more than this memory is killed; moves with the next deploy";
const HOOKS: &str = "decides what a member does before it serves and before it stops; moves with the next deploy";
const NAMES: &str = "names lead elsewhere, or nowhere; moves with the next deploy";
const ELSEWHERE: &str = "everything in the plan is made anew there, and what is here stays behind";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row("/app", Always, High, ELSEWHERE),
    Row("/environment", Always, High, ELSEWHERE),
    Row("/account", Always, High, ELSEWHERE),
    Row("/region", Always, High, ELSEWHERE),
    Row("/state_root", Always, High, "the ledger is looked for elsewhere: without moving it, Skiff knows nothing of what runs"),
    Row("/schema", Always, Medium, "the plan is of another version"),
    Row("/inputs/*", Appears, Low, "must be locked before the next apply"),
    Row("/inputs/*", Loses, NoRisk, "is locked now"),
    Row("/inputs/*", Always, Low, "the value is asked for differently"),

    Row("/services/*/release/*/*/readiness", Always, Medium, WORKLOAD_HEALTH),
    Row("/services/*/release/*/*/liveness", Always, Medium, WORKLOAD_HEALTH),
    Row("/services/*/release/*/*/startup", Always, Medium, WORKLOAD_HEALTH),
    Row("/services/*/release/main/readiness", Always, Medium, WORKLOAD_HEALTH),
    Row("/services/*/release/main/liveness", Always, Medium, WORKLOAD_HEALTH),
    Row("/services/*/release/main/startup", Always, Medium, WORKLOAD_HEALTH),
    Row("/services/*/release/main/ports", Always, Medium, "clients look for the old port; moves with the next deploy"),
    Row("/services/*/release/main/security/privileged", TurnsOn, High, PRIVILEGED),
    Row("/services/*/release/*/*/security/privileged", TurnsOn, High, PRIVILEGED),
    Row("/services/*/release", GainsPrivilege, High, PRIVILEGED),
    Row("/services/*/release/main/security", Always, Medium, SECURITY),
    Row("/services/*/release/*/*/security", Always, Medium, SECURITY),
    Row("/services/*/release/main/limits", Loses, Low, NO_LIMIT),
    Row("/services/*/release/*/*/limits", Loses, Low, NO_LIMIT),
    Row("/services/*/release/main/limits", Appears, Medium, TIGHTER),
    Row("/services/*/release/*/*/limits", Appears, Medium, TIGHTER),
    Row("/services/*/release/main/limits/memory_mib", Shrinks, Medium, TIGHTER),
    Row("/services/*/release/*/*/limits/memory_mib", Shrinks, Medium, TIGHTER),
    Row("/services/*/release/main/hooks", Always, Medium, HOOKS),
    Row("/services/*/release/*/*/hooks", Always, Medium, HOOKS),
    Row("/services/*/release/dns", Always, Medium, NAMES),
    Row("/services/*/release/hosts", Always, Medium, NAMES),
    Row("/services/*/release/sysctls", Always, Medium, "the kernel of the VM behaves differently; moves with the next deploy"),
    Row("/services/*/release", Always, Low, NEXT_DEPLOY),

    Row("/services/*/kind", Always, High, "the service is run in another way"),
    Row("/services/*/slots", Always, High, "the runtime moves other groups than before"),
    Row("/services/*/minimum", Shrinks, Medium, "fewer members always run: less is left when one fails"),
    Row("/services/*/minimum", Always, Medium, "more members always run, and bill for it"),
    Row("/services/*/maximum", Shrinks, Medium, "the service may not grow as far: load above it is not served"),
    Row("/services/*/maximum", Always, Medium, "the service may grow further, and bill for it"),
    Row("/services/*/discovery_aliases", Appears, Low, "members register under more names"),
    Row("/services/*/discovery_aliases", Always, Medium, "members are found by other names: who looks for an old one finds nobody"),
    Row("/services/*/discovery", Appears, Low, "other services find the members by name"),
    Row("/services/*/discovery", Always, Medium, "members are found by another name"),
    Row("/services/*/forward", Appears, Low, "the runner listens on more ports"),
    Row("/services/*/forward", Always, Medium, "the runner listens on other ports: who connects to an old one is refused"),
    Row("/services/*/routes", Always, Medium, "other requests than before reach the service"),
    Row("/services/*/legacy", Always, Medium, "names another old way of serving, which the cutover starts from"),
    Row("/services/*/legacy_target_group", Always, High, "changes where the old way of serving is reached during a cutover"),

    Row("/services/*/rollout/strategy", Always, Medium, "the next deploy moves traffic in another way"),
    Row("/services/*/rollout/steps", Always, Medium, "the next deploy takes other steps, or watches them for another time"),
    Row("/services/*/rollout/gates/*/dry_run", TurnsOn, Medium, "the gate only reports: it stops no bad release any more"),
    Row("/services/*/rollout/gates/*/dry_run", TurnsOff, Low, "the gate stops a bad release from now on"),
    Row("/services/*/rollout/gates/*/limit", Always, Medium, "a release is judged by another limit"),
    Row("/services/*/rollout/gates/*", Appears, Low, "one more condition that a release must meet"),
    Row("/services/*/rollout/gates", Appears, Low, "conditions that a release must meet"),
    Row("/services/*/rollout/gates", Loses, Medium, "a condition that stopped bad releases is gone"),
    Row("/services/*/rollout/gates", Always, Medium, "a release is judged differently"),
    Row("/services/*/rollout/before", Always, Medium, "another command runs before the next release serves"),
    Row("/services/*/rollout/deadline_seconds", Shrinks, Medium, "a slow rollout fails earlier"),
    Row("/services/*/rollout", Always, Low, "the next deploy waits differently"),

    Row("/services/*/stop", Shrinks, Medium, "a member has less time: requests in flight may be cut off"),
    Row("/services/*/stop", Always, Low, "a member has more time to finish"),
    Row("/services/*/suspended", TurnsOn, Medium, "the job does not run by itself any more"),
    Row("/services/*/suspended", TurnsOff, Medium, "the job runs by its schedule from now on"),
    Row("/services/*/schedule", Always, Medium, "the job runs at other times"),
    Row("/services/*/timeout_seconds", Shrinks, Medium, "a long run of the job is cut off earlier"),
    Row("/services/*/timeout_seconds", Always, Low, "a run of the job may last longer"),
    Row("/services/*/retries", Shrinks, Medium, "a run of the job that failed is given up earlier"),
    Row("/services/*/retries", Always, Low, "a run of the job that failed is tried again more often"),
    Row("/services/*/maintenance_window", Always, Medium, "the member is replaced at another time"),
    Row("/services/*", Appears, Low, "a new service; nothing runs until its first deploy"),
    Row("/services/*", Loses, High, "the service is gone: its members stop and nothing answers for it"),

    Row("/shape/*/owner", Always, Medium, "another root module owns it: move its state before the next apply"),
    Row("/shape/*/retain", TurnsOff, Medium, "a removal would destroy it from now on"),
    Row("/shape/*/retain", Always, Low, "a removal leaves it in the account from now on"),
    Row("/shape/*/runtime_owned", Always, Medium, "what an apply sets and what the runtime keeps is divided differently"),
    Row("/shape/*/accepted", Appears, Low, "a scanner's finding was decided against"),
    Row("/shape/*/accepted", Loses, NoRisk, "a scanner's finding counts again"),
    Row("/shape/*/accepted", Always, Low, "the reason for a decision against a scanner's finding reads differently"),

    Row("/cost/unpriced", Appears, Low, "no price is known: the estimate leaves it out"),
    Row("/cost/unpriced", Always, NoRisk, "the estimate covers it now"),
    Row("/cost", Always, NoRisk, "the estimate changes, and nothing that runs"),
];

/// Every difference outside the properties of the shape, sorted by pointer.
pub(super) fn differences(before: &Plan, after: &Plan, pairs: &Pairs) -> Vec<Difference> {
    let old = compare::normalise(&frame_before(before, pairs), "");
    let new = compare::normalise(&frame(after, &BTreeMap::new(), &kept_after(pairs)), "");
    compare::differences(&old, &new).into_iter().map(judge).collect()
}

fn judge(leaf: Leaf) -> Difference {
    let (before, after) = (leaf.before.as_ref(), leaf.after.as_ref());
    let holds = |row: &&Row| pointer::at_or_below(&leaf.pointer, row.0) && row.1.holds(before, after);
    let (risk, reason) =
        ROWS.iter().find(holds).map_or((Medium, "no rule judges this value: read what it does"), |row| (row.2, row.3));
    Difference { pointer: leaf.pointer, before: leaf.before, after: leaf.after, risk, reason: reason.to_owned() }
}

fn frame_before(before: &Plan, pairs: &Pairs) -> Value {
    let kept = pairs.kept.iter().map(|(id, (old, _))| {
        let owner = pairs.renamed_services.get(old.owner.as_str()).copied().unwrap_or(&old.owner);
        (*id, aspects(old, owner))
    });
    pairs.in_new_names(&frame(before, &pairs.renamed_services, &kept.collect()))
}

fn kept_after<'p>(pairs: &Pairs<'p>) -> BTreeMap<&'p str, Value> {
    pairs.kept.iter().map(|(id, (_, new))| (*id, aspects(new, &new.owner))).collect()
}

/// What the plan says of a resource beside its properties.
fn aspects(resource: &skiff_wire::Resource, owner: &str) -> Value {
    let mut owned = resource.runtime_owned.clone();
    owned.sort();
    json!({ "owner": owner, "retain": resource.retain, "runtime_owned": owned, "accepted": resource.accepted })
}

/// A plan without the properties of its shape and without the lines of its estimate, which follow from the shape.
fn frame(plan: &Plan, renamed_services: &BTreeMap<&str, &str>, shape: &BTreeMap<&str, Value>) -> Value {
    let services: Map<String, Value> = plan
        .services
        .iter()
        .map(|(name, motion)| {
            let name = renamed_services.get(name.as_str()).map_or_else(|| name.clone(), |new| (*new).to_owned());
            // A motion is plain data with text keys, which always has a JSON form.
            (name, serde_json::to_value(motion).unwrap_or(Value::Null))
        })
        .collect();
    let inputs = serde_json::to_value(&plan.inputs).unwrap_or(Value::Null);
    let unpriced: Map<String, Value> = plan
        .cost
        .unknown
        .iter()
        // What bills by use follows from the shape; a missing price makes the two sums say different things.
        .filter(|part| part.reason.starts_with("no price"))
        .map(|part| (format!("{} {}", part.resource, part.item), json!(part.reason)))
        .collect();
    let cost = json!({
        "currency": plan.cost.currency,
        "prices_as_of": plan.cost.prices_as_of,
        "monthly": plan.cost.monthly,
        "monthly_peak": plan.cost.monthly_peak,
        "unpriced": unpriced,
    });
    json!({
        "schema": plan.schema, "app": plan.app, "environment": plan.environment, "account": plan.account,
        "region": plan.region, "state_root": plan.state_root, "inputs": inputs, "services": services,
        "shape": shape, "cost": cost,
    })
}
