//! Where a pod wants to run: architectures, zones, neighbours.
//!
//! Each member has a VM of its own in one of the network's zones. So what keeps pods apart always holds, and what asks for
//! nodes of a kind becomes a size, where a size can say it.

mod nodes;
mod spread;

use skiff_compiler::spec::service::Architecture;

use crate::kube::{
    codes::runtime::{ARCHITECTURE, PLACEMENT, RESOURCE, SECURITY},
    map::draft::Draft,
    object::Field,
};

/// What a pod wants of its VM.
#[derive(Debug, Default)]
pub(super) struct Wish<'o> {
    /// What is written; `None` where Skiff's default is right.
    pub(super) architecture: Option<Architecture>,
    /// Whether the manifest says it.
    said: bool,
    /// A type of EC2.
    pub(super) instance_type: Option<&'o str>,
}

/// What a pod wants of its VM, as its node selector and required affinity say.
pub(super) fn wish(pod: Field<'_>) -> Wish<'_> {
    let wanted = nodes::wanted(pod);
    let words: Vec<_> = wanted.iter().flat_map(nodes::Wanted::architectures).collect();
    let has = |word| words.contains(&word);
    let instance_type = wanted.iter().find_map(nodes::Wanted::instance_type);
    let architecture = match (has("arm64"), has("amd64"), instance_type) {
        (true, _, _) | (_, _, Some(_)) => None,
        _ => Some(Architecture::X86),
    };
    Wish { architecture, said: has("arm64") || has("amd64") || instance_type.is_some(), instance_type }
}

/// Applies what the pod says about the nodes it wants.
pub(super) fn apply(draft: &mut Draft<'_>) {
    let pod = draft.pod;
    nodes::say(pod);
    spread::say(pod);
    if !say_windows(pod)
        && !wish(pod).said
        && let Some(containers) = pod.get("containers")
    {
        let reason = "nothing says for which processor the images are built: `x86_64` runs most of them";
        containers.note(&ARCHITECTURE, reason, "take `size.arch` away when they are built for arm64, which costs less");
    }
    say_schedulers(pod);
}

/// Says of a pod for Windows once that it is; whether it is.
fn say_windows(pod: Field<'_>) -> bool {
    let of_pod = pod.get("os").filter(|os| os.text_of("name") == Some("windows"));
    let labels = nodes::wanted(pod).into_iter().filter(nodes::Wanted::is_windows).map(|wanted| wanted.field);
    let mut fields = of_pod.into_iter().chain(labels);
    let Some(first) = fields.next() else { return false };
    first.say(&SECURITY, "Skiff's VMs run Linux", "leave it where it is");
    let each = pod.list("initContainers").chain(pod.list("containers")).chain([pod]);
    let options = each.filter_map(|each| each.get("securityContext")?.get("windowsOptions"));
    fields.chain(options).for_each(|field| field.ignore("it is for Windows, which was reported"));
    true
}

/// Settings of the scheduler that mean nothing, or cannot be, by their value.
fn say_schedulers(pod: Field<'_>) {
    if let Some(field) = pod.get("schedulerName") {
        match field.text() {
            Some("default-scheduler" | "") => field.ignore("it is the default"),
            _ => field.say(&PLACEMENT, "Skiff has no scheduler", "find out where it places the pods, and set `size`"),
        }
    }
    if let Some(field) = pod.get("os") {
        field.ignore("Skiff's VMs run Linux");
    }
    for gate in pod.list("readinessGates") {
        match gate.text_of("conditionType") {
            Some(name) if name.contains("elbv2.k8s.aws") || name.contains("alb.ingress.k8s.aws") => {
                gate.ignore("a member serves when its target group calls it healthy");
            }
            _ => gate.say(&PLACEMENT, "nobody sets this condition", "let the readiness probe ask for it"),
        }
    }
    if let Some(claims) = pod.get("resourceClaims") {
        claims.say(&RESOURCE, "Skiff claims no devices", "name a type that has them: `size: { instance_type: … }`");
    }
}
