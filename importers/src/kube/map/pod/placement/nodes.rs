//! Labels of nodes that a pod asks for, in its node selector and its required affinity.

use skiff_compiler::facts::instances;

use crate::kube::{
    codes::runtime::{PLACEMENT, PLACEMENT_CHANGED, RESOURCE, RESOURCE_CHANGED, SECURITY},
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
    field: Field<'o>,
}

/// The labels that must be there.
pub(super) fn wanted(pod: Field<'_>) -> Vec<Wanted<'_>> {
    let selector = pod.map("nodeSelector").map(|(key, field)| Wanted {
        key,
        operator: "In",
        values: field.written().into_iter().collect(),
        field,
    });
    let required = pod.at("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
    let terms = required.into_iter().flat_map(|required| required.list("nodeSelectorTerms"));
    let affinity = terms.flat_map(|term| term.list("matchExpressions")).map(|field| Wanted {
        key: field.text_of("key").unwrap_or_default(),
        operator: field.text_of("operator").unwrap_or_default(),
        values: field.get("values").map(Field::texts).unwrap_or_default(),
        field,
    });
    selector.chain(affinity).collect()
}

impl<'o> Wanted<'o> {
    fn is_in(&self) -> bool {
        self.operator == "In"
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
        _ => Topic::Other,
    }
}

/// Says what becomes of each label.
pub(super) fn say(pod: Field<'_>) {
    let gpus = super::super::resources::wants_gpus(pod);
    wanted(pod).iter().for_each(|wanted| say_one(wanted, gpus));
    let Some(affinity) = pod.at("affinity.nodeAffinity") else { return };
    if let Some(preferred) = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") {
        preferred.ignore("a preference that a scheduler may pass over; each member has a VM of its own");
    }
    let required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution");
    for term in required.into_iter().flat_map(|required| required.list("nodeSelectorTerms")) {
        if let Some(fields) = term.get("matchFields") {
            fields.say(&PLACEMENT, "there are no nodes with names", "set `size` by what that node has");
        }
    }
}

fn say_one(wanted: &Wanted<'_>, gpus: bool) {
    let field = wanted.field;
    if matches!(wanted.operator, "NotIn" | "DoesNotExist") && !matches!(topic(wanted.key), Topic::Architecture) {
        field.ignore("a VM of its own has no such label");
        return;
    }
    match topic(wanted.key) {
        Topic::Architecture => say_architecture(wanted),
        Topic::System if wanted.values.iter().all(|value| *value == "linux") => field.ignore("Skiff's VMs run Linux"),
        Topic::System => field.say(&SECURITY, "Skiff's VMs run Linux", "leave it where it is"),
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
