//! What an autoscaler follows: of all metrics, processor use has a counterpart.

use skiff_compiler::spec::values::Percent;

use crate::kube::{
    codes::runtime::{SCALING, SCALING_CHANGED},
    map::{
        context::Context,
        draft::Draft,
        pod::resources::{cpu_requests, quantity},
    },
    object::Field,
};

/// Least and most target, in percent of the VM. Below the least, what the system itself does would add members; above the
/// most, members that are full would not.
const TARGETS: std::ops::RangeInclusive<u32> = 10..=90;

/// What an autoscaler without metrics holds (`autoscaling/v1` and `v2` of the Kubernetes API), in percent of the request.
const DEFAULT_UTILIZATION: u32 = 80;

/// What a metric is about.
enum Cpu<'o> {
    /// Percent of what the pod requests.
    OfRequest(Field<'o>, u32),
    /// Thousandths of a processor.
    Amount(Field<'o>, u32),
}

/// The target for processor use of the VM; says of every other metric that it is lost, and of how many members run when no
/// metric is left. When the number of members is fixed, no metric matters.
pub(super) fn cpu_target(
    draft: &Draft<'_>,
    spec: Field<'_>,
    (least, scales): (u32, bool),
    context: &Context<'_>,
) -> Option<Percent> {
    let old = spec.get("targetCPUUtilizationPercentage");
    if !scales {
        let all = spec.get("metrics").into_iter().chain(old);
        all.for_each(|field| field.ignore("the number of members is fixed"));
        return None;
    }
    let mut found = old.and_then(|field| Some(Cpu::OfRequest(field, percent(field)?)));
    let mut lost = Vec::new();
    for metric in spec.list("metrics") {
        match cpu(metric, draft) {
            Some(cpu) if found.is_none() => found = Some(cpu),
            Some(_) => metric.say(&SCALING_CHANGED, "one target for processor use is enough", "keep the lower one"),
            None => lost.push(metric),
        }
    }
    if found.is_none() && old.is_none() && lost.is_empty() {
        found = Some(Cpu::OfRequest(spec.get("maxReplicas").unwrap_or(spec), DEFAULT_UTILIZATION));
    }
    let stays = if found.is_none() { format!("; nothing adds members, so {least} run") } else { String::new() };
    lost.iter().for_each(|metric| say_lost(*metric, &stays));
    found.map(|cpu| of_vm(draft, &cpu, context))
}

fn percent(field: Field<'_>) -> Option<u32> {
    field.integer().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0)
}

/// A metric that is about processor use, of the pod or of its only container.
fn cpu<'o>(metric: Field<'o>, draft: &Draft<'_>) -> Option<Cpu<'o>> {
    let source = match metric.text_of("type") {
        Some("Resource") => metric.get("resource")?,
        Some("ContainerResource") if draft.pod.list("containers").count() == 1 => {
            let source = metric.get("containerResource")?;
            source.get("container").into_iter().for_each(Field::touch);
            source
        }
        _ => return None,
    };
    if source.text_of("name") != Some("cpu") {
        return None;
    }
    // `autoscaling/v2beta1` has the target beside the name.
    let target = source.get("target").unwrap_or(source);
    target.get("type").into_iter().for_each(Field::touch);
    let utilization = target.get("averageUtilization").or_else(|| source.get("targetAverageUtilization"));
    if let Some(field) = utilization {
        return Some(Cpu::OfRequest(field, percent(field)?));
    }
    let amount = target.get("averageValue").or_else(|| source.get("targetAverageValue"))?;
    let thousandths = quantity(amount)?.thousandths();
    (thousandths > 0).then_some(Cpu::Amount(amount, thousandths))
}

/// Kubernetes' target as a share of the VM, with both numbers said where they differ.
fn of_vm(draft: &Draft<'_>, cpu: &Cpu<'_>, context: &Context<'_>) -> Percent {
    let (requested, all) = cpu_requests(draft, context);
    let (field, exact, words) = match *cpu {
        Cpu::OfRequest(field, percent) => match requested {
            Some(requested)
                if share(u64::from(percent) * u64::from(requested), all) == percent && is_target(percent) =>
            {
                // The number of members at most has a home of its own.
                if field.key() != Some("maxReplicas") {
                    field.mapped_to("scaling.cpu");
                }
                return Percent(percent * 1000);
            }
            Some(requested) => {
                let holds = if field.key() == Some("maxReplicas") { "without metrics it holds " } else { "" };
                let exact = share(u64::from(percent) * u64::from(requested), all);
                (field, exact, format!("{holds}{percent}% of the {requested}m that it requests, which"))
            }
            None => (field, percent, format!("{percent}% of a request that no container makes, taken as it is,")),
        },
        Cpu::Amount(field, thousandths) => {
            (field, share(u64::from(thousandths) * 100, all), format!("{thousandths}m of processor"))
        }
    };
    let target = exact.clamp(*TARGETS.start(), *TARGETS.end());
    let vcpus = all / 1000;
    let bound = match target == exact {
        true => String::new(),
        false => {
            format!(" ({exact}% would be {}, so it is {target}%)", if exact < target { "noise" } else { "too late" })
        }
    };
    let reason = format!("{words} is {exact}% of a VM with {vcpus} vCPU{bound}");
    field.say(&SCALING_CHANGED, reason, "raise the target: a member has its VM to itself, and can take more");
    Percent(target * 1000)
}

fn is_target(percent: u32) -> bool {
    TARGETS.contains(&percent)
}

/// A share in whole percent, rounded up, of `all` thousandths.
fn share(hundredfold: u64, all: u32) -> u32 {
    u32::try_from(hundredfold.div_ceil(u64::from(all.max(1)))).unwrap_or(u32::MAX)
}

/// A metric without a counterpart, with what to do instead.
fn say_lost(metric: Field<'_>, stays: &str) {
    let kind = metric.text_of("type").unwrap_or_default();
    let memory = metric.get("resource").and_then(|source| source.text_of("name")) == Some("memory");
    let (reason, action) = match kind {
        "Resource" if memory => (
            "AWS has no metric for the memory of an instance, and memory seldom falls when members are added",
            "choose `size: { memory: … }` for the peak, and scale by processor use",
        ),
        "ContainerResource" => (
            "the VM is measured as a whole, not one container of it",
            "scale by the processor use of all containers: `scaling: { cpu: … }`",
        ),
        "External" => (
            "Skiff does not follow metrics from outside the service",
            "for the length of a queue declare it under `queues`, and write `scaling: { queue: { name: …, depth: … } }`",
        ),
        "Pods" | "Object" => (
            "Skiff does not follow metrics of the program or of other objects",
            "scale by processor use, or by a queue: `scaling: { queue: … }`",
        ),
        _ => ("Skiff follows processor use and queues", "write `scaling: { cpu: … }` or `scaling: { queue: … }`"),
    };
    metric.say(&SCALING, format!("{reason}{stays}"), action);
}
