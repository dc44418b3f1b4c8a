//! What a workload loses is reported, once, and counted in the account.
#![allow(clippy::panic, reason = "a test that cannot go on says so")]

use skiff_compiler::spec::service::{Service, Strategy};
use skiff_importers::{
    account::Fate,
    import::{Import, Input, Options},
    kube,
};

fn import(text: &str) -> Import {
    let options = Options {
        app: "shop".into(),
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        certificates: Vec::new(),
    };
    kube::import(&[Input { name: "k8s.yaml".into(), bytes: text.as_bytes().to_vec() }], &options)
}

/// A workload `web` of a kind with these lines in `spec`, in the pod's `spec` and in its one container.
fn workload(kind: &str, spec: &str, pod: &str, container: &str) -> String {
    let indent =
        |text: &str, by: usize| text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect::<String>();
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{ name: web }}\nspec:\n{}  selector: {{ matchLabels: {{ app: web }} }}\n  \
         template:\n    metadata: {{ labels: {{ app: web }} }}\n    spec:\n{}      containers:\n        - name: main\n          image: ghcr.io/acme/web:1.4\n{}",
        indent(spec, 2),
        indent(pod, 6),
        indent(container, 10)
    )
}

fn deployment(spec: &str, pod: &str, container: &str) -> Import {
    import(&workload("Deployment", spec, pod, container))
}

fn web(import: &Import) -> &Service {
    let found = import.spec.services.iter().find(|(name, _)| name.as_str() == "web");
    found.map(|(_, service)| &**service).unwrap_or_else(|| panic!("no service in\n{}", import.text))
}

fn fate(import: &Import, path: &str) -> Fate {
    let mut leaves = import.account.objects.iter().flat_map(|object| &object.leaves);
    leaves.find(|leaf| leaf.path.ends_with(path)).unwrap_or_else(|| panic!("no leaf {path}")).fate
}

/// The paths of the findings with a code.
fn places<'i>(import: &'i Import, code: &str) -> Vec<&'i str> {
    let found = import.account.findings.iter().filter(|finding| finding.code.id == code);
    found.map(|finding| finding.path.as_str()).collect()
}

fn reason<'i>(import: &'i Import, code: &str) -> &'i str {
    let found = import.account.findings.iter().find(|finding| finding.code.id == code);
    found.map_or_else(|| panic!("no finding {code}"), |finding| finding.reason.as_str())
}

const MAP: &str = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf }\ndata: { log-level: debug, LEVEL: info, a.conf: text }\n";

#[test]
fn keys_that_no_variable_is_called_are_reported() {
    let lines = "envFrom: [{ configMapRef: { name: conf } }]\nenv: [{ name: LEVEL, value: own }]";
    let import = import(&format!("{}{MAP}", workload("Deployment", "", "", lines)));
    assert_eq!(places(&import, "SK0878"), ["data.log-level", "data[\"a.conf\"]"]);
    assert_eq!(fate(&import, "data.log-level"), Fate::Unsupported);
    assert_eq!(fate(&import, "data.LEVEL"), Fate::Ignored, "`env` wins");
}

#[test]
fn a_part_that_the_volume_does_not_have_is_reported() {
    let pod = "volumes: [{ name: conf, configMap: { name: conf } }]";
    let of = |part: &str| {
        let mount = format!("volumeMounts: [{{ name: conf, mountPath: /etc/a, subPath: {part} }}]");
        import(&format!("{}{MAP}", workload("Deployment", "", pod, &mount)))
    };
    let missing = of("b.conf");
    assert_eq!(places(&missing, "SK0863"), ["spec.template.spec.containers[0].volumeMounts[0]"]);
    assert_eq!(fate(&missing, "volumeMounts[0].mountPath"), Fate::Unsupported);
    let there = of("a.conf");
    assert!(places(&there, "SK0863").is_empty() && web(&there).files.contains_key("/etc/a"));
}

#[test]
fn a_path_out_of_the_volume_is_reported_at_the_item() {
    let pod = "volumes: [{ name: conf, configMap: { name: conf, items: [{ key: LEVEL, path: a }, { key: a.conf, path: ../b }] } }]";
    let mount = "volumeMounts: [{ name: conf, mountPath: /etc/a }]";
    let import = import(&format!("{}{MAP}", workload("Deployment", "", pod, mount)));
    assert_eq!(places(&import, "SK0884"), ["spec.template.spec.volumes[0].configMap.items[1].path"]);
    assert_eq!(web(&import).files.len(), 1);
    let text = workload("Deployment", "", &pod.replace("../b", "n"), mount);
    let boolean = self::import(&format!("{text}{MAP}"));
    assert_eq!((places(&boolean, "SK0884").len(), places(&boolean, "SK0831").len()), (0, 1), "`n` is a boolean");
}

#[test]
fn a_deadline_without_progress_is_none_of_the_whole() {
    let of = |seconds: u32| deployment(&format!("progressDeadlineSeconds: {seconds}"), "", "");
    let deadline = |import: &Import| web(import).rollout.as_ref().and_then(|rollout| rollout.deadline).map(|it| it.0);
    assert_eq!((deadline(&of(600)), fate(&of(600), "progressDeadlineSeconds")), (None, Fate::Ignored));
    assert_eq!((deadline(&of(900)), fate(&of(900), "progressDeadlineSeconds")), (None, Fate::Changed));
    assert_eq!((deadline(&of(3_600)), fate(&of(3_600), "progressDeadlineSeconds")), (Some(3_600), Fate::Changed));
    assert_eq!(fate(&deployment("minReadySeconds: 20", "", ""), "minReadySeconds"), Fate::Changed);
}

#[test]
fn two_pods_never_have_one_identity() {
    let import = import(&workload("StatefulSet", "replicas: 3", "", ""));
    let strategy = web(&import).rollout.as_ref().and_then(|rollout| rollout.strategy.as_ref()).map(|it| it.value);
    assert_eq!(strategy, Some(Strategy::Recreate));
    assert_eq!(places(&import, "SK0845"), ["kind"]);
}

#[test]
fn words_of_a_rolling_update_fit_the_kind() {
    let import = deployment("strategy: { type: RollingUpdate }", "", "");
    assert!(reason(&import, "SK0844").contains("then stops the old ones; with 1 replica at most"));
}

#[test]
fn logins_count_unless_images_are_in_ecr() {
    let account =
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web }\nimagePullSecrets: [{ name: login }]\n";
    let elsewhere = format!("{}{account}", workload("Deployment", "", "serviceAccountName: web", ""));
    let own = elsewhere.replace("ghcr.io/acme", "111122223333.dkr.ecr.eu-west-1.amazonaws.com");
    assert_eq!(places(&import(&elsewhere), "SK0873"), ["imagePullSecrets[0].name"]);
    assert_eq!(fate(&import(&own), "imagePullSecrets[0].name"), Fate::Ignored);
}

#[test]
fn a_role_that_no_manifest_names_is_assumed() {
    let region = "env: [{ name: AWS_REGION, value: eu-west-1 }]";
    assert_eq!(places(&deployment("", "serviceAccountName: web", region), "SK0839").len(), 1);
    assert!(places(&deployment("", "", region), "SK0839").is_empty(), "the default account");
    assert!(places(&deployment("", "serviceAccountName: web", ""), "SK0839").is_empty());
}

#[test]
fn amounts_fall_back_as_in_a_cluster() {
    let of = |resources: &str, resource: &str| {
        let lines = format!(
            "resources: {resources}\nenv: [{{ name: N, valueFrom: {{ resourceFieldRef: {{ resource: {resource} }} }} }}]"
        );
        let import = deployment("", "", &lines);
        web(&import).env.values().next().map(|value| value.value.clone())
    };
    assert_eq!(of("{ limits: { cpu: 3 } }", "requests.cpu").as_deref(), Some("3"));
    assert_eq!(of("{}", "requests.cpu").as_deref(), Some("0"));
    assert_eq!(of("{ requests: { cpu: 500m } }", "limits.cpu").as_deref(), Some("2"), "of the VM");
}

#[test]
fn a_sidecar_behind_an_init_container_starts_earlier() {
    let of = |steps: &str| deployment("", &format!("initContainers:\n{steps}"), "");
    let (step, proxy) =
        ("- { name: step, image: acme/step:1 }\n", "- { name: proxy, image: acme/p:1, restartPolicy: Always }\n");
    let behind = of(&format!("{step}{proxy}"));
    assert_eq!(places(&behind, "SK0828"), ["spec.template.spec.initContainers[1].restartPolicy"]);
    assert!(places(&of(&format!("{proxy}{step}")), "SK0828").is_empty());
    let leaves = || behind.account.objects.iter().flat_map(|object| &object.leaves);
    let home = |path: &str| leaves().find(|leaf| leaf.path.ends_with(path)).map(|leaf| leaf.home.as_str());
    assert_eq!(home("initContainers[0].image"), Some("services.web.init[].image"));
    assert_eq!(home("initContainers[1].image"), Some("services.web.containers.proxy.image"));
}

#[test]
fn a_quoted_port_is_one_error() {
    let import = deployment("", "", "ports: [{ name: http, containerPort: \"8080\" }]");
    assert_eq!(places(&import, "SK0831").len(), 1);
    assert!(places(&import, "SK0876").is_empty());
}

#[test]
fn a_lost_volume_is_one_finding() {
    let pod = "volumes: [{ name: docker, hostPath: { path: /var/run/docker.sock } }]";
    let import = deployment("", pod, "volumeMounts: [{ name: docker, mountPath: /var/run/docker.sock }]");
    assert_eq!(places(&import, "SK0885"), ["spec.template.spec.volumes[0]"]);
    for path in ["volumes[0].name", "volumeMounts[0].name", "volumeMounts[0].mountPath"] {
        assert_eq!(fate(&import, path), Fate::Unsupported, "{path}");
    }
}

#[test]
fn a_variable_without_a_value_is_lost_with_its_name() {
    let import = deployment("", "", "env: [{ name: X, valueFrom: { fieldRef: { fieldPath: status.phase } } }]");
    assert_eq!((fate(&import, "env[0].name"), places(&import, "SK0881").len()), (Fate::Unsupported, 1));
}

#[test]
fn what_takes_a_secret_in_names_it() {
    let lines = "env:\n- { name: DATABASE_URL, value: 'postgres://shop:not-real@db/shop' }\n- { name: POOL_URL, value: '$(DATABASE_URL)?pool=5' }";
    let import = deployment("", "", lines);
    let env: Vec<_> = web(&import).env.values().map(|value| value.value.as_str()).collect();
    assert_eq!(env, ["$(DATABASE_URL)?pool=5"]);
    assert_eq!(places(&import, "SK0879").len(), 1);
    assert!(!import.text.contains("not-real"));
}

#[test]
fn circles_count() {
    let service = |name: &str| {
        format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {{ selector: {{ app: {name} }}, ports: [{{ port: 80 }}] }}\n"
        )
    };
    let first = workload("Deployment", "", "", "env: [{ name: A, value: 'http://api:80' }]");
    let second = first.replace("web", "api").replace("http://api:80", "http://web:80");
    let import = import(&format!("{first}---\n{second}{}{}", service("web"), service("api")));
    assert_eq!(places(&import, "SK0838"), ["spec.template.spec.containers[0].env[0].value"]);
    assert!(import.account.objects.iter().flat_map(|object| &object.leaves).any(|leaf| leaf.fate == Fate::Unsupported));
}

#[test]
fn a_token_of_the_cluster_is_an_identity() {
    let pod = "volumes: [{ name: t, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]";
    let import = deployment("", pod, "volumeMounts: [{ name: t, mountPath: /t }]");
    assert_eq!(places(&import, "SK0869").len(), 1);
}

#[test]
fn a_claim_is_one_finding_and_its_rest_another() {
    let claim = "volumeClaimTemplates: [{ metadata: { name: d }, spec: { accessModes: [ReadWriteOnce], storageClassName: gp2, resources: { requests: { storage: 20G } } } }]";
    let import = import(&workload("StatefulSet", claim, "", "volumeMounts: [{ name: d, mountPath: /d }]"));
    let found = places(&import, "SK0887");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|path| path.ends_with("requests.storage")));
}

#[test]
fn jobs_that_wait_for_somebody_are_switched_off() {
    let text = "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: { name: web }\nspec:\n  schedule: \"0 1 * * *\"\n  startingDeadlineSeconds: 60\n  jobTemplate:\n    spec:\n      suspend: true\n      template:\n        spec: { restartPolicy: Never, containers: [{ name: main, image: acme/web:1 }] }\n";
    let import = import(text);
    assert_eq!(web(&import).suspended, Some(true));
    assert_eq!((places(&import, "SK0856").len(), places(&import, "SK0832").len()), (1, 0));
    assert!(reason(&import, "SK0829").contains("1.25"));
}

#[test]
fn what_is_injected_is_one_finding_for_each_product() {
    let of = |enabled: &str| {
        let lines = format!("annotations: {{ dapr.io/enabled: \"{enabled}\", dapr.io/app-id: web }}, labels:");
        import(&workload("Deployment", "", "", "").replace("metadata: { labels:", &format!("metadata: {{ {lines}")))
    };
    assert_eq!(places(&of("true"), "SK0875").len(), 1);
    assert_eq!(fate(&of("true"), "annotations[\"dapr.io/app-id\"]"), Fate::Unsupported);
    assert!(places(&of("false"), "SK0875").is_empty());
    assert_eq!(fate(&of("false"), "annotations[\"dapr.io/app-id\"]"), Fate::Ignored);
}
