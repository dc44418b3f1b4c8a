//! Graphics processors: what a container asks for as `nvidia.com/gpu` decides the instance type.

use skiff_compiler::{
    facts::instances::{self, InstanceType},
    spec::values::{Cpu, MemorySize},
};

use crate::kube::{
    codes::runtime::{RESOURCE, RESOURCE_CHANGED},
    map::quantity::Quantity,
    object::Field,
};

/// The resource that NVIDIA's device plugin offers.
const GPU: &str = "nvidia.com/gpu";

/// The instance type with as many graphics processors as all containers ask for; none when they ask for none.
pub(super) fn choose(pod: Field<'_>, cpu: Option<Cpu>, memory: Option<MemorySize>) -> Option<&'static InstanceType> {
    let fields = asked(pod);
    let count = count(&fields)?;
    let found = instances::smallest_with_gpus(count, cpu.map_or(0, |cpu| cpu.0), memory.map_or(0, |memory| memory.0));
    for field in &fields {
        match found {
            Some(vm) => {
                let reason = format!("the VM is a `{}`, which has {} of them", vm.name, vm.gpus);
                field.say(&RESOURCE_CHANGED, reason, "lock an AMI that brings NVIDIA's driver");
            }
            None => {
                let reason = format!("no instance type that Skiff knows has {count} of them");
                field.say(&RESOURCE, reason, "divide the work");
            }
        }
    }
    found
}

/// Says of devices and the like of which a pod asks for none that nothing is lost.
pub(super) fn ignore_none(pod: Field<'_>) {
    let of_pod = ["limits", "requests"].into_iter().filter_map(|list| pod.get("resources")?.get(list));
    for (key, field) in lists(pod).chain(of_pod).flat_map(Field::entries) {
        let other = !matches!(key, "cpu" | "memory" | "ephemeral-storage");
        if other && field.written().and_then(Quantity::parse).is_some_and(Quantity::is_zero) {
            field.ignore("it asks for none");
        }
    }
}

/// Whether a pod asks for graphics processors.
pub(in crate::kube::map::pod) fn wants(pod: Field<'_>) -> bool {
    count(&asked(pod)).is_some()
}

/// Where containers ask: limits and requests, which the API wants to be the same.
fn asked(pod: Field<'_>) -> Vec<Field<'_>> {
    let some = |field: &Field<'_>| field.written() != Some("0");
    lists(pod).filter_map(|list| list.get(GPU)).filter(some).collect()
}

fn lists(pod: Field<'_>) -> impl Iterator<Item = Field<'_>> {
    let resources = pod.list("containers").chain(pod.list("initContainers")).filter_map(|each| each.get("resources"));
    resources.flat_map(|each| ["limits", "requests"].into_iter().filter_map(move |list| each.get(list)))
}

fn count(fields: &[Field<'_>]) -> Option<u32> {
    let limits = fields.iter().filter(|field| field.path().contains(".limits"));
    let sum: u32 = limits.filter_map(|field| field.written()?.parse::<u32>().ok()).sum();
    (sum > 0).then_some(sum)
}
