//! Labels of nodes that a pod asks for, in its node selector and its required affinity.

use skiff_compiler::facts::instances;

use crate::kube::{
    codes::runtime::{PLACEMENT, PLACEMENT_CHANGED, RESOURCE, RESOURCE_CHANGED},
    object::Field,
};

/// One label that is asked for.
#[derive(Debug)]
pub(super) struct Wanted<'o> {
    key: &'o str,
    /// `In`, `NotIn`, `Exists` …; a node selector means `In`.
    operator: &'o str,
    values: Vec<&'o str>,
    /// Where it stands.
    pub(super) field: Field<'o>,
}

/// One of the terms of the required affinity: any of them is enough, and all its labels must be there.
struct Term<'o> {
    field: Field<'o>,
    wanted: Vec<Wanted<'o>>,
}

impl Term<'_> {
    /// Whether no VM of Skiff can be what it asks for; a term that asks for nothing fits no node.
    fn is_impossible(&self, gpus: bool) -> bool {
        self.wanted.is_empty()
            || self.field.list("matchFields").next().is_some()
            || self.wanted.iter().any(|wanted| wanted.is_impossible(gpus))
    }
}

/// The labels of the node selector.
fn selected(pod: Field<'_>) -> impl Iterator<Item = Wanted<'_>> {
    pod.map("nodeSelector").map(|(key, field)| Wanted {
        key,
        operator: "In",
        values: field.written().into_iter().collect(),
        field,
    })
}

/// The terms of the required affinity: those that Skiff can choose a VM by, or all when there are none, and the others.
fn terms(pod: Field<'_>) -> (Vec<Term<'_>>, Vec<Term<'_>>) {
    let gpus = super::super::resources::wants_gpus(pod);
    let required = pod.at("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
    let terms = required.into_iter().flat_map(|required| required.list("nodeSelectorTerms")).map(|field| {
        let wanted = field.list("matchExpressions").map(|field| Wanted {
            key: field.text_of("key").unwrap_or_default(),
            operator: field.text_of("operator").unwrap_or_default(),
            values: field.get("values").map(Field::texts).unwrap_or_default(),
            field,
        });
        Term { field, wanted: wanted.collect() }
    });
    let (others, possible): (Vec<_>, Vec<_>) = terms.partition(|term| term.is_impossible(gpus));
    if possible.is_empty() { (others, possible) } else { (possible, others) }
}

/// The labels that must be there.
pub(super) fn wanted(pod: Field<'_>) -> Vec<Wanted<'_>> {
    selected(pod).chain(terms(pod).0.into_iter().flat_map(|term| term.wanted)).collect()
}

impl<'o> Wanted<'o> {
    fn is_in(&self) -> bool {
        self.operator == "In"
    }

    /// Whether it asks for a system other than Linux.
    pub(super) fn is_windows(&self) -> bool {
        let linux = self.values.contains(&"linux");
        matches!(topic(self.key), Topic::System) && ((self.is_in() && !linux) || (self.operator == "NotIn" && linux))
    }

    /// Whether no VM of Skiff has it.
    fn is_impossible(&self, gpus: bool) -> bool {
        match topic(self.key) {
            Topic::Architecture => {
                self.operator != "NotIn" && !self.architectures().iter().any(|word| matches!(*word, "arm64" | "amd64"))
            }
            Topic::System => self.is_windows(),
            _ if matches!(self.operator, "NotIn" | "DoesNotExist") => false,
            Topic::InstanceType => self.instance_type().is_none(),
            Topic::Device => !gpus,
            Topic::Amount | Topic::Other => true,
            Topic::Capacity | Topic::Zone | Topic::Role | Topic::Pool => false,
        }
    }

    /// The architectures that it allows, in Go's words; of a label that excludes some, the other one.
    pub(super) fn architectures(&self) -> Vec<&'o str> {
        match (self.key, self.operator) {
            ("kubernetes.io/arch" | "beta.kubernetes.io/arch", "In") => self.values.clone(),
            ("kubernetes.io/arch" | "beta.kubernetes.io/arch", "NotIn") => {
                let all = ["amd64", "arm64"].into_iter();
                let left: Vec<_> = all.filter(|word| !self.values.contains(word)).collect();
                if left.len() == 1 { left } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    /// The instance type that it asks for, when it is one of EC2's that Skiff knows.
    pub(super) fn instance_type(&self) -> Option<&'o str> {
        let key = matches!(self.key, "node.kubernetes.io/instance-type" | "beta.kubernetes.io/instance-type");
        let mut known = self.values.iter().copied().filter(|name| instances::find(name).is_some());
        known.next().filter(|_| key && self.is_in())
    }
}

/// What a label is about.
#[derive(Clone, Copy)]
enum Topic {
    Architecture,
    System,
    InstanceType,
    Capacity,
    Zone,
    Role,
    Device,
    /// Machines of one kind, by the name that a provider gives them.
    Pool,
    /// So many processors, or so much memory.
    Amount,
    Other,
}

fn topic(key: &str) -> Topic {
    match key {
        "kubernetes.io/arch" | "beta.kubernetes.io/arch" => Topic::Architecture,
        "kubernetes.io/os" | "beta.kubernetes.io/os" => Topic::System,
        "node.kubernetes.io/instance-type" | "beta.kubernetes.io/instance-type" => Topic::InstanceType,
        "karpenter.sh/capacity-type"
        | "eks.amazonaws.com/capacityType"
        | "node.kubernetes.io/lifecycle"
        | "cloud.google.com/gke-spot"
        | "cloud.google.com/gke-preemptible"
        | "kubernetes.azure.com/scalesetpriority" => Topic::Capacity,
        "topology.kubernetes.io/zone"
        | "topology.kubernetes.io/region"
        | "failure-domain.beta.kubernetes.io/zone"
        | "failure-domain.beta.kubernetes.io/region"
        | "topology.ebs.csi.aws.com/zone" => Topic::Zone,
        "kubernetes.io/role" => Topic::Role,
        _ if key.starts_with("node-role.kubernetes.io/") => Topic::Role,
        _ if key.contains("accelerator") || key.starts_with("nvidia.com/") || key.contains("gpu") => Topic::Device,
        "cloud.google.com/compute-class"
        | "cloud.google.com/machine-family"
        | "cloud.google.com/gke-nodepool"
        | "eks.amazonaws.com/nodegroup"
        | "alpha.eksctl.io/nodegroup-name"
        | "karpenter.sh/nodepool"
        | "karpenter.sh/provisioner-name"
        | "kops.k8s.io/instancegroup"
        | "kubernetes.azure.com/agentpool"
        | "kubernetes.azure.com/mode"
        | "agentpool"
        | "karpenter.k8s.aws/instance-family"
        | "karpenter.k8s.aws/instance-category"
        | "karpenter.k8s.aws/instance-size" => Topic::Pool,
        "karpenter.k8s.aws/instance-cpu" | "karpenter.k8s.aws/instance-memory" => Topic::Amount,
        _ => Topic::Other,
    }
}

/// Says what becomes of each label.
pub(super) fn say(pod: Field<'_>) {
    let gpus = super::super::resources::wants_gpus(pod);
    selected(pod).for_each(|wanted| say_one(&wanted, gpus));
    let Some(affinity) = pod.at("affinity.nodeAffinity") else { return };
    if let Some(preferred) = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") {
        preferred.ignore("a preference that a scheduler may pass over; each member has a VM of its own");
    }
    let (taken, others) = terms(pod);
    for term in taken {
        term.wanted.iter().for_each(|wanted| say_one(wanted, gpus));
        if let Some(fields) = term.field.get("matchFields") {
            fields.say(&PLACEMENT, "there are no nodes with names", "set `size` by what that node has");
        }
    }
    for term in others {
        let reason = "another of these terms is enough, and Skiff chooses the VM by that one";
        term.field.say(&PLACEMENT_CHANGED, reason, "check `size` if these nodes were meant");
    }
}

fn say_one(wanted: &Wanted<'_>, gpus: bool) {
    let field = wanted.field;
    if matches!(wanted.operator, "NotIn" | "DoesNotExist")
        && !matches!(topic(wanted.key), Topic::Architecture | Topic::System)
    {
        field.ignore("a VM of its own has no such label");
        return;
    }
    match topic(wanted.key) {
        Topic::Architecture => say_architecture(wanted),
        Topic::System if !wanted.is_windows() => field.ignore("Skiff's VMs run Linux"),
        // All that is for Windows is said at once.
        Topic::System => {}
        Topic::InstanceType => say_type(wanted),
        Topic::Capacity => say_capacity(wanted),
        Topic::Zone => {
            let reason = "members are spread over all zones of the network in the one region of `skiff.yaml`";
            field.say(&PLACEMENT_CHANGED, reason, "name the zones under `network: { zones: [ … ] }` if it matters");
        }
        Topic::Role => field.ignore("a VM of its own has no role in a cluster"),
        Topic::Device if gpus => {
            let reason = "the instance type was chosen by how many graphics processors it asks for, not by their kind";
            field.say(&RESOURCE_CHANGED, reason, "name a type with that kind under `size: { instance_type: … }`");
        }
        Topic::Device => {
            let reason = "Skiff chooses no VM by its graphics processors or other devices";
            field.say(&RESOURCE, reason, "name a type that has them, such as `size: { instance_type: g5.xlarge }`");
        }
        Topic::Pool => {
            let reason = format!("`{}` names machines of a cluster; Skiff chooses the VM by `size`", wanted.key);
            field.say(&PLACEMENT_CHANGED, reason, "find out what those machines have, and check `size`");
        }
        Topic::Amount => {
            let reason = "Skiff chooses the VM by `size`, not by labels of nodes";
            let action =
                if wanted.key.ends_with("cpu") { "set `size: { cpu: … }`" } else { "set `size: { memory: … }`" };
            field.say(&PLACEMENT, reason, action);
        }
        Topic::Other => {
            let reason = format!("`{}` is a label that somebody put on nodes", wanted.key);
            field.say(&PLACEMENT, reason, "find out what those nodes have, and write it under `size`");
        }
    }
}

fn say_architecture(wanted: &Wanted<'_>) {
    let known = wanted.architectures();
    let field = wanted.field;
    if known.iter().any(|word| matches!(*word, "arm64" | "amd64")) {
        field.mapped_to("size.arch");
    } else if wanted.operator == "NotIn" {
        field.ignore("Skiff's VMs are of other architectures");
    } else {
        let words = wanted.values.join(", ");
        field.say(&PLACEMENT, format!("Skiff has no VM of `{words}`"), "build the images for arm64 or x86_64");
    }
}

fn say_type(wanted: &Wanted<'_>) {
    let field = wanted.field;
    match wanted.instance_type() {
        Some(_) if wanted.values.len() == 1 => field.mapped_to("size.instance_type"),
        Some(name) => {
            let reason = format!("of several types Skiff takes one, `{name}`");
            field.say(&PLACEMENT_CHANGED, reason, "name another under `size: { instance_type: … }`");
        }
        None => {
            let reason = "it is no instance type of EC2 that Skiff knows";
            field.say(&PLACEMENT, reason, "name one under `size: { instance_type: … }`, or say `cpu` and `memory`");
        }
    }
}

/// Whether members may be interrupted to save money.
fn say_capacity(wanted: &Wanted<'_>) {
    let normal = |value: &&str| matches!(value.to_ascii_lowercase().as_str(), "on-demand" | "on_demand" | "regular");
    let field = wanted.field;
    if wanted.is_in() && !wanted.values.is_empty() && wanted.values.iter().all(normal) {
        field.ignore("Skiff's VMs are on-demand instances");
    } else {
        let reason = "Skiff's VMs are on-demand instances: they cost more, and are not interrupted";
        field.say(&PLACEMENT_CHANGED, reason, "compare what the plan says it costs");
    }
}
