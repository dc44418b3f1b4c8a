//! The instance type that a size leads to, held against what the containers ask for and may take.

use skiff_compiler::{
    facts::instances::InstanceType,
    resolve::instance_for,
    spec::{decode::Decode, service::Size},
};

use super::amount::{self, Needs};
use crate::kube::{
    codes::runtime::{RESOURCE, RESOURCE_CHANGED, WHOLE_VM},
    map::{context::Context, draft::Draft, quantity::Quantity},
    object::Field,
};

/// A workload is small when it asks for less than one part in so many of its VM.
const SMALL: u32 = 4;

/// A size that some instance type has: without the amounts that none has, which are reported.
pub(super) fn possible(draft: &Draft<'_>, size: Size, needs: &Needs) -> Size {
    if instance_for(Some(&size)).is_some() {
        return size;
    }
    let some = |size: Size| instance_for(Some(&Size { instance_type: None, ..size })).is_some();
    let cpu = some(Size { memory: None, ..size.clone() });
    let memory = some(Size { cpu: None, ..size.clone() });
    // When each alone is possible, it is both together.
    let (lost_cpu, lost_memory) = if cpu && memory { (true, true) } else { (!cpu, !memory) };
    for (key, _) in [("cpu", lost_cpu), ("memory", lost_memory)].into_iter().filter(|(_, lost)| *lost) {
        let fields = requests(draft.pod, key);
        let asked = match fields[..] {
            [field] if !(cpu && memory) => format!("`{}` of {}", field.written().unwrap_or_default(), word(key)),
            _ => words(needs),
        };
        for field in fields {
            let reason = format!("no instance type that Skiff chooses has {asked}");
            field.say(&RESOURCE, reason, "name a type under `size: { instance_type: … }`, or divide the work");
        }
    }
    Size {
        cpu: size.cpu.filter(|_| !lost_cpu),
        memory: size.memory.filter(|_| !lost_memory),
        instance_type: None,
        ..size
    }
}

fn word(key: &str) -> &str {
    if key == "cpu" { "processor" } else { key }
}

/// What a pod asks for of one resource: as a whole, or each container its request, else its limit.
pub(super) fn requests<'o>(pod: Field<'o>, key: &str) -> Vec<Field<'o>> {
    let one = |field: Field<'o>, list: &str| field.get("resources")?.get(list)?.get(key);
    if let Some(whole) = one(pod, "requests") {
        return vec![whole];
    }
    let containers = pod.list("initContainers").chain(pod.list("containers"));
    containers.filter_map(|container| one(container, "requests").or_else(|| one(container, "limits"))).collect()
}

/// What containers ask for, where the pod as a whole says what all of them do.
pub(super) fn say_overridden(pod: Field<'_>) {
    for (key, _) in pod.get("resources").into_iter().flat_map(|resources| resources.map("requests")) {
        for container in pod.list("initContainers").chain(pod.list("containers")) {
            let own = container.get("resources").and_then(|own| own.get("requests")?.get(key));
            own.into_iter().for_each(|own| own.ignore("the pod says what all its containers ask for together"));
        }
    }
}

fn words(needs: &Needs) -> String {
    let cpu = needs.cpu.map(|cpu| format!("{}m of processor", cpu.thousandths()));
    let memory = needs.memory.map(|memory| format!("{}Mi of memory", memory.mebibytes()));
    cpu.into_iter().chain(memory).collect::<Vec<_>>().join(" and ")
}

/// Says where the VM is much larger than what was asked for, and where a limit is above what it has.
pub(super) fn compare(draft: &Draft<'_>, size: &Size, needs: &Needs) {
    let Some(vm) = instance_for(Some(size)) else { return };
    let small_cpu = needs.cpu.is_some_and(|cpu| cpu.thousandths() < vm.vcpus.saturating_mul(1000) / SMALL);
    let small_memory = needs.memory.is_some_and(|memory| memory.mebibytes() < vm.memory_mib / SMALL);
    if let Some(containers) = draft.pod.get("containers").filter(|_| small_cpu && small_memory) {
        let has = format!("{} vCPU and {} MiB", vm.vcpus, vm.memory_mib);
        let reason = format!("it asks for {}, and each member has a `{}` with {has} to itself", words(needs), vm.name);
        containers.note(&WHOLE_VM, reason, "run small workloads as `containers` of one service");
    }
    for container in draft.pod.list("initContainers").chain(draft.pod.list("containers")) {
        say_unreachable(container, vm);
    }
}

fn say_unreachable(container: Field<'_>, vm: &InstanceType) {
    let Some(limits) = container.get("resources").and_then(|resources| resources.get("limits")) else { return };
    let all_cpu = Quantity::from_thousandths(vm.vcpus.saturating_mul(1000));
    let above = |key: &str, most: &dyn Fn(Quantity) -> bool| {
        limits.get(key).filter(|field| amount::read(*field).is_some_and(most))
    };
    let memory = |limit: Quantity| limit.mebibytes() > vm.memory_mib;
    if let Some(field) = above("memory", &memory) {
        let reason = format!("the VM that its request leads to, a `{}`, has {} MiB", vm.name, vm.memory_mib);
        field.say(&RESOURCE_CHANGED, reason, "raise `size: { memory: … }` if it uses as much as its limit");
    }
    if let Some(field) = above("cpu", &|limit| limit > all_cpu) {
        let reason = format!("the VM that its request leads to, a `{}`, has {} vCPU", vm.name, vm.vcpus);
        field.say(&RESOURCE_CHANGED, reason, "raise `size: { cpu: … }` if it uses as much as its limit");
    }
}

/// What the containers of a workload request of processor, and the vCPU of the VM that Skiff gives each member, in
/// thousandths.
pub(in crate::kube::map) fn cpu_requests(draft: &Draft<'_>, context: &Context<'_>) -> (Option<u32>, u32) {
    let containers: Vec<_> = draft.pod.list("containers").collect();
    let asked = Needs::of(draft.pod, &containers, context).cpu.map(Quantity::thousandths);
    let size = draft.service.size.clone().unwrap_or_else(Size::fallback);
    let vcpus = instance_for(Some(&size)).map_or(2, |vm| vm.vcpus);
    (asked, vcpus.saturating_mul(1000))
}
