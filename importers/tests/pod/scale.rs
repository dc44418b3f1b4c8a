//! Autoscalers, disruption budgets, limit ranges, and kinds that become nothing.

use crate::imported::{Imported, deployment};
use skiff_compiler::spec::values::{Cpu, MemorySize, Percent};
use skiff_importers::account::Fate;

const REQUESTS: &str = "        resources: { requests: { cpu: 1, memory: 1Gi } }";

fn with(container: &str, more: &str) -> Imported {
    Imported::of(&format!("{}---\n{more}", deployment("", container)))
}

fn autoscaler(spec: &str) -> String {
    format!(
        "apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{ name: web, namespace: shop }}
spec:
  scaleTargetRef: {{ apiVersion: apps/v1, kind: Deployment, name: web }}
{spec}
"
    )
}

fn cpu(import: &Imported) -> Option<Percent> {
    import.web().scaling.as_ref().and_then(|scaling| scaling.cpu.as_ref()).map(|cpu| cpu.value)
}

fn replicas(import: &Imported) -> (u32, u32) {
    let range = &import.web().replicas.as_ref().unwrap().0;
    (range.min.value, range.max.value)
}

#[test]
fn percent_of_a_request_becomes_percent_of_the_vm() {
    let spec = "  minReplicas: 2\n  maxReplicas: 8
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }]";
    let import = with(REQUESTS, &autoscaler(spec));
    assert_eq!((cpu(&import), replicas(&import)), (Some(Percent(40_000)), (2, 8)));
    let (fate, reason) = import.fate("averageUtilization");
    assert_eq!(fate, Fate::Changed);
    assert!(reason.contains("80% of the 1000m") && reason.contains("40% of a VM with 2 vCPU"), "{reason}");
    assert_eq!(import.fate("spec.replicas").0, Fate::Ignored);
    assert_eq!(import.fate("scaleTargetRef.name").0, Fate::Mapped);
}

#[test]
fn a_target_below_the_noise_is_raised() {
    let spec = "  maxReplicas: 4\n  metrics: [{ type: Resource, resource: { name: cpu, target: { type: AverageValue, averageValue: 50m } } }]";
    let import = with("        resources: { requests: { cpu: 100m } }", &autoscaler(spec));
    assert_eq!((cpu(&import), replicas(&import)), (Some(Percent(10_000)), (1, 4)));
    assert!(import.fate("averageValue").1.contains("3% of a VM"));
}

#[test]
fn an_autoscaler_without_metrics_holds_eighty_percent() {
    let import = with(REQUESTS, &autoscaler("  maxReplicas: 4"));
    assert_eq!(cpu(&import), Some(Percent(40_000)));
    assert!(import.fate("maxReplicas").1.contains("without metrics it holds 80%"));
    let old = autoscaler("  maxReplicas: 4\n  targetCPUUtilizationPercentage: 60")
        .replace("autoscaling/v2", "autoscaling/v1");
    assert_eq!(cpu(&with(REQUESTS, &old)), Some(Percent(30_000)));
    let beta = autoscaler(
        "  maxReplicas: 4\n  metrics: [{ type: Resource, resource: { name: cpu, targetAverageUtilization: 50 } }]",
    );
    assert_eq!(cpu(&with(REQUESTS, &beta.replace("autoscaling/v2", "autoscaling/v2beta1"))), Some(Percent(25_000)));
}

#[test]
fn memory_and_other_metrics_are_lost_and_processor_use_is_kept() {
    let spec = "  maxReplicas: 4
  metrics:
  - { type: Resource, resource: { name: memory, target: { type: Utilization, averageUtilization: 70 } } }
  - { type: External, external: { metric: { name: depth }, target: { type: AverageValue, averageValue: 30 } } }
  - { type: ContainerResource, containerResource: { name: cpu, container: web, target: { type: Utilization, averageUtilization: 50 } } }";
    let import = with(REQUESTS, &autoscaler(spec));
    assert_eq!(cpu(&import), Some(Percent(25_000)));
    assert_eq!(import.fate("metrics[0].resource.name").0, Fate::Unsupported);
    assert_eq!(import.fate("metrics[1].external.metric.name").0, Fate::Unsupported);
    assert_eq!(import.fate("metrics[2].containerResource.container").0, Fate::Mapped);
    let memory = autoscaler(
        "  minReplicas: 2\n  maxReplicas: 4\n  metrics: [{ type: Resource, resource: { name: memory, target: { type: Utilization, averageUtilization: 70 } } }]",
    );
    let import = with(REQUESTS, &memory);
    assert_eq!((cpu(&import), replicas(&import)), (None, (3, 3)));
    assert_eq!(import.fate("spec.replicas").0, Fate::Mapped);
    assert_eq!((import.fate("maxReplicas").0, import.fate("minReplicas").0), (Fate::Ignored, Fate::Ignored));
    let more =
        with(REQUESTS, &memory.replace("minReplicas: 2", "minReplicas: 4").replace("maxReplicas: 4", "maxReplicas: 9"));
    assert_eq!((replicas(&more), more.fate("minReplicas").0), ((4, 4), Fate::Mapped));
    assert_eq!(more.fate("spec.replicas").0, Fate::Ignored);
    assert!(import.reason("SK0908").ends_with("nothing adds members, so 3 run"));
}

#[test]
fn a_percent_that_stays_is_mapped() {
    let spec = "  maxReplicas: 4\n  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }]";
    let import = with("        resources: { requests: { cpu: 2, memory: 4Gi } }", &autoscaler(spec));
    assert_eq!((cpu(&import), import.fate("averageUtilization").0), (Some(Percent(60_000)), Fate::Mapped));
    assert!(import.findings("SK0907").is_empty());
}

#[test]
fn the_default_pace_is_no_change() {
    let behavior = "  maxReplicas: 4\n  behavior: { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { stabilizationWindowSeconds: 300, selectPolicy: Max } }";
    let import = with(REQUESTS, &autoscaler(behavior));
    assert_eq!(import.fate("scaleDown.stabilizationWindowSeconds").0, Fate::Ignored);
    let slower = with(REQUESTS, &autoscaler(&behavior.replace("300", "600").replace("Seconds: 0", "Seconds: 9")));
    let at_behavior = |finding: &&&skiff_importers::account::Finding| finding.path.contains("behavior");
    assert_eq!(slower.findings("SK0907").iter().filter(at_behavior).count(), 1);
}

#[test]
fn a_version_that_was_removed_says_so() {
    let old = autoscaler("  maxReplicas: 4").replace("autoscaling/v2", "autoscaling/v2beta2");
    let import = with(REQUESTS, &old);
    let objects = import.0.account.objects.iter().filter(|object| object.kind.as_ref() == "HorizontalPodAutoscaler");
    let leaf = objects.flat_map(|object| &object.leaves).find(|leaf| leaf.path == "apiVersion").unwrap();
    assert_eq!(leaf.fate, Fate::Mapped);
    assert!(leaf.reason.contains("1.26"), "{}", leaf.reason);
}

#[test]
fn a_range_that_cannot_be_is_said() {
    let zero = with(REQUESTS, &autoscaler("  minReplicas: 0\n  maxReplicas: 4"));
    assert_eq!((zero.fate("minReplicas").0, replicas(&zero)), (Fate::Unsupported, (1, 4)));
    let reversed = with(REQUESTS, &autoscaler("  minReplicas: 5\n  maxReplicas: 4"));
    assert_eq!((reversed.fate("maxReplicas").0, replicas(&reversed)), (Fate::Unknown, (5, 5)));
    let fixed = with(
        REQUESTS,
        &autoscaler("  minReplicas: 4\n  maxReplicas: 4\n  behavior: { scaleDown: { stabilizationWindowSeconds: 5 } }"),
    );
    assert!(fixed.web().scaling.is_none());
    assert_eq!(fixed.fate("stabilizationWindowSeconds").0, Fate::Ignored);
}

#[test]
fn a_pace_is_changed_and_a_direction_that_is_off_is_lost() {
    let import = with(
        REQUESTS,
        &autoscaler(
            "  maxReplicas: 4\n  behavior: { scaleUp: { stabilizationWindowSeconds: 5 }, scaleDown: { selectPolicy: Disabled } }",
        ),
    );
    assert_eq!(import.fate("stabilizationWindowSeconds").0, Fate::Changed);
    assert_eq!(import.fate("selectPolicy").0, Fate::Unsupported);
}

#[test]
fn an_autoscaler_without_its_workload_is_said() {
    let import = with(REQUESTS, &autoscaler("  maxReplicas: 4").replace("kind: Deployment", "kind: StatefulSet"));
    assert!(import.reason("SK0832").contains("StatefulSet `web`"));
    assert_eq!(replicas(&import), (3, 3));
    let other = with(REQUESTS, &autoscaler("  maxReplicas: 4").replace("shop", "other"));
    assert_eq!(other.fate("maxReplicas").0, Fate::Unsupported);
}

fn budget(spec: &str) -> Imported {
    with(
        REQUESTS,
        &format!(
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{ name: web, namespace: shop }}\nspec:\n{spec}\n"
        ),
    )
}

#[test]
fn budgets_become_a_share_of_the_members() {
    let kept = |spec: &str, end: &str| {
        let import = budget(&format!("  selector: {{ matchLabels: {{ app: web }} }}\n  {spec}"));
        (import.web().min_healthy.as_ref().map(|share| share.value.0 / 1000), import.fate(end).0)
    };
    assert_eq!(kept("minAvailable: 2", "minAvailable"), (Some(66), Fate::Changed));
    assert_eq!(kept("minAvailable: 3", "minAvailable"), (Some(100), Fate::Changed));
    assert_eq!(kept("minAvailable: 50%", "minAvailable"), (Some(50), Fate::Mapped));
    assert_eq!(kept("maxUnavailable: 1", "maxUnavailable"), (Some(66), Fate::Changed));
    assert_eq!(kept("maxUnavailable: 0", "maxUnavailable"), (Some(100), Fate::Mapped));
    assert_eq!(kept("maxUnavailable: many", "maxUnavailable"), (None, Fate::Unknown));
}

#[test]
fn budgets_are_joined_by_labels() {
    let fits = budget(
        "  minAvailable: 1\n  selector: { matchExpressions: [{ key: tier, operator: In, values: [front, back] }] }",
    );
    assert!(fits.web().min_healthy.is_some());
    assert_eq!(fits.fate("values[1]").0, Fate::Mapped);
    assert!(budget("  minAvailable: 1\n  selector: {}").web().min_healthy.is_some());
    let misses = budget("  minAvailable: 1\n  selector: { matchLabels: { app: other } }");
    assert!(misses.web().min_healthy.is_none());
    assert_eq!(misses.findings("SK0832").len(), 1);
}

#[test]
fn a_limit_range_supplies_what_a_container_does_not_say() {
    let range = "apiVersion: v1\nkind: LimitRange\nmetadata: { name: defaults, namespace: shop }\nspec:\n  limits:
  - { type: Container, default: { memory: 2Gi }, defaultRequest: { cpu: 250m, memory: 1Gi }, max: { memory: 4Gi } }\n";
    let import = with("", range);
    let web = import.web();
    assert_eq!(web.size.as_ref().unwrap().cpu, Some(Cpu(250)));
    assert_eq!(web.size.as_ref().unwrap().memory, Some(MemorySize(1024)));
    assert_eq!(web.limits.as_ref().unwrap().memory, Some(MemorySize(2048)));
    assert_eq!(import.fate("defaultRequest.cpu").0, Fate::Changed);
    assert_eq!(import.fate("max.memory").0, Fate::Ignored);
    assert_eq!(import.findings("SK0900").len(), 1);
    assert!(!import.findings("SK0900")[0].action.is_empty());
    let unused = with("        resources: { requests: { cpu: 1, memory: 1Gi }, limits: { memory: 1Gi } }", range);
    assert_eq!(unused.fate("defaultRequest.cpu").0, Fate::Ignored);
    let elsewhere = with("", &range.replace("shop", "other"));
    assert_eq!(elsewhere.web().size.as_ref().unwrap().cpu, None);
}

fn object(version: &str, kind: &str) -> Imported {
    Imported::of(&format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{ name: thing }}\nspec: {{ a: 1 }}\n"))
}

#[test]
fn kinds_without_a_home_are_told_apart_by_their_group() {
    assert_eq!(object("v1", "ResourceQuota").fate("spec.a").0, Fate::Unsupported);
    assert_eq!(object("serving.knative.dev/v1", "Service").fate("spec.a").0, Fate::Unsupported);
    assert!(object("argoproj.io/v1alpha1", "Rollout").findings("SK0835")[0].action.contains("apps/v1"));
    assert!(object("networking.istio.io/v1", "VirtualService").findings("SK0835")[0].action.contains("routes"));
    assert_eq!(object("example.com/v1", "Namespace").findings("SK0834").len(), 1);
    assert!(object("v1", "Deployment").findings("SK0834")[0].action.contains("`apiVersion: apps/v1`"));
    assert_eq!(object("notargoproj.io/v1", "Rollout").findings("SK0834").len(), 1);
}

fn bound(account: &str, rules: &str) -> Imported {
    let binding = format!(
        "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{ name: reader, namespace: shop }}
rules: {rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{ name: reader, namespace: shop }}
roleRef: {{ apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }}
subjects: [{{ kind: ServiceAccount, name: {account} }}]
"
    );
    Imported::of(&format!("{}---\n{binding}", deployment("      serviceAccountName: web", "")))
}

#[test]
fn rights_on_the_kubernetes_api_matter_when_a_workload_has_them() {
    let pods = "[{ apiGroups: [''], resources: [pods], verbs: [list] }]";
    let used = bound("web", pods);
    assert!(used.reason("SK0909").contains("Deployment `web`"));
    assert_eq!(used.fate("subjects[0].name").0, Fate::Unsupported);
    assert_eq!(bound("other", pods).fate("subjects[0].name").0, Fate::Ignored);
    let policy = "[{ apiGroups: [policy], resources: [podsecuritypolicies], verbs: [use] }]";
    assert_eq!(bound("web", policy).fate("subjects[0].name").0, Fate::Ignored);
}

fn bound_to(subject: &str, pod: &str, rest: &str) -> Imported {
    let binding = format!(
        "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{ name: reader }}
{rest}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{ name: readers, namespace: shop }}
roleRef: {{ apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }}
subjects: [{subject}]
"
    );
    Imported::of(&format!("{}---\n{binding}", deployment(pod, "")))
}

#[test]
fn accounts_are_bound_by_groups_and_as_users() {
    let rules = "rules: [{ apiGroups: [''], resources: [pods], verbs: [list] }]";
    for subject in [
        "{ kind: Group, name: 'system:serviceaccounts:shop' }",
        "{ kind: Group, name: 'system:serviceaccounts' }",
        "{ kind: User, name: 'system:serviceaccount:shop:default' }",
        "{ kind: ServiceAccount, name: default }",
    ] {
        let import = bound_to(subject, "", rules);
        assert_eq!(import.findings("SK0909").len(), 1, "{subject}");
        assert_eq!(import.findings("SK0868").len(), 1, "{subject}");
        let without = bound_to(subject, "      automountServiceAccountToken: false", rules);
        assert!(without.findings("SK0909").is_empty() && without.findings("SK0868").is_empty(), "{subject}");
    }
    for subject in [
        "{ kind: Group, name: 'system:serviceaccounts:other' }",
        "{ kind: User, name: 'system:serviceaccount:shop:web' }",
    ] {
        let import = bound_to(subject, "", rules);
        assert!(import.findings("SK0909").is_empty() && import.findings("SK0868").is_empty(), "{subject}");
    }
    let all = "{ kind: Group, name: 'system:serviceaccounts' }";
    let aggregated = "aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: b } }] }\nrules: []";
    assert_eq!(bound_to(all, "", aggregated).findings("SK0909").len(), 1);
    assert!(bound_to(all, "", "rules: []").findings("SK0909").is_empty());
}

#[test]
fn a_budget_with_both_numbers_is_said_once() {
    let both = budget("  minAvailable: 1\n  maxUnavailable: 1\n  selector: { matchLabels: { app: web } }");
    assert_eq!((both.findings("SK0897").len(), both.findings("SK0832").len()), (1, 0));
    assert_eq!(both.fate("maxUnavailable").0, Fate::Unknown);
}
