//! HorizontalPodAutoscalers: how many members, and when there are more of them.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Kind, Scaling},
};

use super::{metric, of_kind};
use crate::{
    import::spanned,
    kube::{
        codes::{
            general::NOT_CARRIED,
            runtime::{BAD_VALUE, SCALING, SCALING_CHANGED},
        },
        map::{context::Context, draft::Draft},
        object::{Field, Object},
    },
};

/// The most members that a service may have.
const MOST_MEMBERS: u32 = 500;

/// Joins each autoscaler to the workload that it names.
pub(super) fn join(drafts: &mut [Draft<'_>], context: &Context<'_>) {
    let mut taken: Vec<String> = Vec::new();
    for autoscaler in of_kind(context, "HorizontalPodAutoscaler") {
        let Some((draft, spec)) = target(drafts, autoscaler) else { continue };
        let name = draft.name.to_string();
        if taken.contains(&name) {
            let reason = "another autoscaler scales this workload already";
            autoscaler.say(&SCALING, reason, "merge the two: one autoscaler takes several metrics");
            continue;
        }
        autoscaler.belongs_to(&name);
        taken.push(name);
        apply(draft, spec, context);
    }
}

/// The workload that an autoscaler names, with the autoscaler's `spec`.
fn target<'d, 'c, 'o>(
    drafts: &'d mut [Draft<'c>],
    autoscaler: &'o Object<'o>,
) -> Option<(&'d mut Draft<'c>, Field<'o>)> {
    let spec = autoscaler.at("spec")?;
    let reference = spec.get("scaleTargetRef")?;
    reference.touch();
    let (kind, name) = (reference.text_of("kind").unwrap_or_default(), reference.text_of("name").unwrap_or_default());
    let fits = |draft: &&mut Draft<'_>| {
        let workload = draft.workload;
        workload.kind() == kind && workload.name() == name && workload.namespace() == autoscaler.namespace()
    };
    let found = drafts.iter_mut().find(fits);
    if found.is_none() {
        let reason = format!("it scales the {kind} `{name}` of `{}`, which was not imported", autoscaler.namespace());
        autoscaler.say(&NOT_CARRIED, reason, "import that workload together with it, or correct `scaleTargetRef`");
    }
    found.map(|draft| (draft, spec))
}

fn apply(draft: &mut Draft<'_>, spec: Field<'_>, context: &Context<'_>) {
    if !matches!(draft.service.kind, Kind::Web | Kind::Worker) {
        let reason = format!("a service of kind `{}` has a fixed number of members", draft.service.kind.word());
        spec.say(&SCALING, reason, "make it a service without a volume of its own, or choose a larger `size`");
        return;
    }
    let Some((min, max)) = range(spec) else { return };
    let scales = min < max;
    // As many as the workload says are there when the autoscaler comes, and without a metric it changes nothing.
    let least = draft.replicas.0.clamp(min, max);
    if let Some(percent) = metric::cpu_target(draft, spec, (least, scales), context) {
        let cpu = Some(spanned(percent));
        draft.service.scaling = Some(Scaling { cpu, ..Scaling::fallback() });
        initial(draft);
        draft.replicas = (min, max);
    } else if scales {
        without_metric(draft, spec, least);
    } else {
        initial(draft);
        draft.replicas = (min, max);
    }
    behavior(spec, scales);
}

/// Without a policy that adds members, the least number is all that would ever run. The loss is reported of the metrics; of
/// an autoscaler in the words of `autoscaling/v1`, whose target is none, it is reported here.
fn without_metric(draft: &mut Draft<'_>, spec: Field<'_>, least: u32) {
    match (draft.workload.at("spec.replicas"), spec.get("minReplicas")) {
        (Some(replicas), _) if draft.replicas.0 < least => replicas.ignore("the autoscaler has more members at least"),
        (replicas, min) => {
            replicas.into_iter().for_each(|field| field.mapped_to("replicas"));
            let fewer = min.filter(|min| min.integer().is_some_and(|min| min < i64::from(least)));
            fewer.into_iter().for_each(|min| min.ignore("nothing takes away the members that the workload says"));
        }
    }
    draft.replicas = (least, least);
    let Some(most) = spec.get("maxReplicas") else { return };
    if spec.list("metrics").next().is_some() {
        most.ignore("nothing adds members without the metrics, whose loss is reported");
    } else {
        let reason = format!("nothing that Skiff follows adds members: {least} run");
        most.say(&SCALING, reason, "set `scaling` and `replicas: { min: …, max: … }`");
    }
}

/// What the workload says of its number is where the autoscaler begins.
fn initial(draft: &Draft<'_>) {
    if let Some(replicas) = draft.workload.at("spec.replicas") {
        replicas.ignore("the autoscaler decides how many members there are");
    }
}

/// Least and most members; the API's default for the least is 1.
fn range(spec: Field<'_>) -> Option<(u32, u32)> {
    let number = |key| spec.get(key).and_then(|field| Some((field, field.integer()?)));
    let least = number("minReplicas");
    let Some((most_field, most)) = number("maxReplicas") else {
        spec.say(&BAD_VALUE, "an autoscaler without `maxReplicas`, which the API refuses", "add it");
        return None;
    };
    let min = match least {
        Some((field, 0)) => {
            let reason = "Skiff does not scale from nothing: at least 1 member runs";
            field.say(&SCALING, reason, "use a `job`, or a function, for what runs rarely");
            1
        }
        Some((_, number)) => u32::try_from(number).unwrap_or(1),
        None => 1,
    };
    let max = u32::try_from(most).unwrap_or(0);
    if max < min {
        most_field.say(&BAD_VALUE, "it is less than the least number of members", "correct it");
        return Some((min, min));
    }
    if max > MOST_MEMBERS {
        let reason = format!("a service has at most {MOST_MEMBERS} members");
        most_field.say(&SCALING_CHANGED, reason, "divide the work between several services");
    }
    Some((min.min(MOST_MEMBERS), max.min(MOST_MEMBERS)))
}

/// How fast members come and go: target tracking has a pace of its own.
fn behavior(spec: Field<'_>, scales: bool) {
    let Some(behavior) = spec.get("behavior") else { return };
    if !scales {
        behavior.ignore("the number of members is fixed");
        return;
    }
    let mut other = false;
    for (key, rules) in behavior.entries() {
        if rules.text_of("selectPolicy") == Some("Disabled") {
            let reason = format!("AWS adds and removes members, and `{key}` switches one of them off");
            rules.say(&SCALING, reason, "set `replicas` to a fixed number where members must not go away");
        } else if is_default(key, rules) {
            rules.ignore("it is the default");
        } else {
            other = true;
        }
    }
    if other {
        let reason = "target tracking has its own pace: it adds members within minutes, and removes them slowly";
        behavior.say(&SCALING_CHANGED, reason, "watch the first days; raise `min` if it is too slow");
    }
}

/// Whether rules say what holds without them (`HPAScalingRules` of the Kubernetes API).
fn is_default(key: &str, rules: Field<'_>) -> bool {
    let (window, policies): (_, &[_]) = match key {
        "scaleUp" => (0, &[("Pods", 4, 15), ("Percent", 100, 15)]),
        _ => (300, &[("Percent", 100, 15)]),
    };
    let mut written = rules.list("policies").map(|policy| {
        let number = |key| policy.integer_of(key).unwrap_or_default();
        (policy.text_of("type").unwrap_or_default(), number("value"), number("periodSeconds"))
    });
    rules.get("tolerance").is_none()
        && rules.integer_of("stabilizationWindowSeconds").is_none_or(|seconds| seconds == window)
        && rules.text_of("selectPolicy").is_none_or(|policy| policy == "Max")
        && (rules.list("policies").count() == 0 || rules.list("policies").count() == policies.len())
        && written.all(|policy| policies.contains(&policy))
}
