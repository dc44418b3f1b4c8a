//! What containers ask for and may take: the size of the VM, and limits on it.
//!
//! A VM holds one pod. It must have what all containers ask for together, or what the largest init container asks for beside
//! the sidecars that run by then. What the operating system and the runner need is not added here: the compiler adds it when
//! it chooses the instance type.

mod amount;
mod defaults;
mod devices;
mod vm;

use skiff_compiler::spec::{
    decode::Decode,
    service::Size,
    values::{Cpu, MemorySize},
    workload::Limits,
};

pub(in crate::kube::map) use amount::read as quantity;
pub(super) use devices::wants as wants_gpus;
pub(in crate::kube::map) use vm::cpu_requests;

use crate::{
    import::spanned,
    kube::{
        codes::runtime::{DEFAULT_SIZE, RESOURCE_CHANGED},
        map::{context::Context, draft::Draft, quantity::Quantity},
        object::Field,
    },
};

/// What Skiff takes where nothing is said, so that it need not be written.
const DEFAULT_CPU: Cpu = Cpu(500);
const DEFAULT_MEMORY: MemorySize = MemorySize(512);

/// What the operating system and a usual image take of the root volume, in GiB: Skiff's default disk.
const ROOM_FOR_IMAGES: u32 = 8;

/// The largest root volume, in GiB.
const LARGEST_DISK: u32 = 16_384;

/// The limits of a container.
pub(super) fn limits(container: Field<'_>, context: &Context<'_>) -> Option<Limits> {
    let limit = |key| amount::limit(container, key, context).filter(|limit| !limit.is_zero());
    let cpu = limit("cpu").map(|limit| Cpu(limit.thousandths()));
    let memory = limit("memory").map(|limit| MemorySize(limit.mebibytes()));
    (cpu.is_some() || memory.is_some()).then(|| Limits { cpu, memory, ..Limits::fallback() })
}

/// The VM that all containers of the pod need together.
pub(super) fn size(draft: &mut Draft<'_>, containers: &[Field<'_>], context: &Context<'_>) {
    devices::ignore_none(draft.pod);
    let needs = amount::Needs::of(draft.pod, containers, context);
    vm::say_overridden(draft.pod);
    let placed = super::placement::wish(draft.pod);
    let size = Size {
        cpu: needs.cpu.map(|cpu| Cpu(cpu.thousandths())).filter(|cpu| *cpu != DEFAULT_CPU),
        memory: needs.memory.map(|memory| MemorySize(memory.mebibytes())).filter(|memory| *memory != DEFAULT_MEMORY),
        arch: placed.architecture,
        instance_type: placed.instance_type.map(|name| spanned(name.to_owned())),
        disk: disk(needs.storage),
        ..Size::fallback()
    };
    let size = match devices::choose(draft.pod, size.cpu, size.memory) {
        Some(vm) if size.instance_type.is_none() => {
            let instance_type = Some(spanned(vm.name.to_owned()));
            Size { instance_type, disk: size.disk, ..Size::fallback() }
        }
        _ => size,
    };
    let size = vm::possible(draft, size, &needs);
    say_defaults(draft.pod, &needs);
    vm::compare(draft, &size, &needs);
    draft.service.size = (size != Size::fallback()).then_some(size);
}

fn disk(storage: Option<Quantity>) -> Option<skiff_compiler::spec::decode::Spanned<MemorySize>> {
    let asked = storage.filter(|storage| !storage.is_zero())?.gibibytes();
    let gibibytes = asked.saturating_add(ROOM_FOR_IMAGES).min(LARGEST_DISK);
    (gibibytes > ROOM_FOR_IMAGES).then(|| spanned(MemorySize(gibibytes.saturating_mul(1024))))
}

/// One finding for a workload that does not say what it needs.
fn say_defaults(pod: Field<'_>, needs: &amount::Needs) {
    // An amount that cannot be read was reported, and is not the same as none.
    let said = |key| vm::requests(pod, key).into_iter().any(|field| amount::read(field).is_none());
    let reason = match (needs.cpu.is_some() || said("cpu"), needs.memory.is_some() || said("memory")) {
        (true, true) => return,
        (false, false) => "no container asks for processor or memory: Skiff's default is 500m and 512Mi",
        (false, true) => "no container asks for processor: Skiff's default is 500m",
        (true, false) => "no container asks for memory: Skiff's default is 512Mi",
    };
    if let Some(containers) = pod.get("containers") {
        containers.note(&DEFAULT_SIZE, reason, "look at what the pods use, and write `size: { cpu: …, memory: … }`");
    }
}

/// Says of what the pod as a whole may take that its VM is the limit.
fn say_pod_limits(pod: Field<'_>) {
    if let Some(limits) = pod.at("resources.limits") {
        let reason = "the VM is what all containers together may take";
        limits.say(&RESOURCE_CHANGED, reason, "choose `size` by what they need together");
    }
}
