//! Workloads, containers and configuration of Kubernetes: both sides of each trap.
#![allow(clippy::panic, reason = "a test that cannot go on says so")]

use skiff_compiler::{
    compile,
    source::Sources,
    spec::{
        service::{Kind, Service, Strategy},
        values::Name,
    },
};
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

/// A Deployment `web` with these lines in `spec`, in the pod's `spec` and in its one container.
fn deployment(spec: &str, pod: &str, container: &str) -> String {
    let indent =
        |text: &str, by: usize| text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect::<String>();
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: web, namespace: shop }}\nspec:\n{}  selector: {{ matchLabels: {{ app: web }} }}\n  \
         template:\n    metadata: {{ labels: {{ app: web }} }}\n    spec:\n{}      containers:\n        - name: main\n          image: ghcr.io/acme/web:1.4\n{}",
        indent(spec, 2),
        indent(pod, 6),
        indent(container, 10)
    )
}

fn container(lines: &str) -> Import {
    import(&deployment("", "", lines))
}

fn service<'i>(import: &'i Import, name: &str) -> &'i Service {
    let found = import.spec.services.iter().find(|(key, _)| key.as_str() == name);
    found.map(|(_, service)| &**service).unwrap_or_else(|| panic!("no service {name} in\n{}", import.text))
}

fn fate(import: &Import, path: &str) -> Fate {
    let mut leaves = import.account.objects.iter().flat_map(|object| &object.leaves);
    leaves.find(|leaf| leaf.path.ends_with(path)).unwrap_or_else(|| panic!("no leaf {path}")).fate
}

fn has(import: &Import, code: &str) -> bool {
    import.account.findings.iter().any(|finding| finding.code.id == code)
}

fn reason(import: &Import, code: &str) -> String {
    let found = import.account.findings.iter().find(|finding| finding.code.id == code);
    found.map(|finding| finding.reason.clone()).unwrap_or_else(|| panic!("no finding {code}"))
}

fn env<'i>(import: &'i Import, name: &str) -> Option<&'i str> {
    service(import, "web").env.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value.value.as_str())
}

/// What was written is read back and checked; gives the errors.
fn errors(import: &Import) -> Vec<String> {
    let sources = Sources::new("skiff.yaml", import.text.clone(), None);
    let findings = compile(&sources, &skiff_wire::Lock::default()).diagnostics.findings(&sources.file);
    let errors = findings.into_iter().filter(|it| it.severity == skiff_wire::Severity::Error);
    errors.map(|it| format!("{} {}\n{}", it.code, it.message, import.text)).collect()
}

#[test]
fn a_plain_deployment_is_mapped_whole() {
    let import = import(&deployment("replicas: 2\nprogressDeadlineSeconds: 600", "", "args: [serve]"));
    let web = service(&import, "web");
    assert_eq!(web.kind, Kind::Worker);
    assert_eq!(web.args, ["serve"]);
    assert!(web.rollout.is_none(), "600 is the API's default");
    let worst = import.account.objects.iter().flat_map(|object| &object.leaves).map(|leaf| leaf.fate);
    assert!(worst.into_iter().all(|fate| matches!(fate, Fate::Mapped | Fate::Ignored)), "{:#?}", import.account);
}

#[test]
fn no_replicas_is_a_service_that_is_switched_off() {
    let off = import(&deployment("replicas: 0", "", ""));
    let range = &service(&off, "web").replicas.as_ref().unwrap().0;
    assert_eq!((range.min.value, range.max.value), (0, 1));
    assert_eq!(fate(&off, "spec.replicas"), Fate::Assumed);
    assert_eq!(fate(&import(&deployment("replicas: 1", "", "")), "spec.replicas"), Fate::Mapped);
}

#[test]
fn the_numbers_of_a_rolling_update_are_said() {
    let three =
        import(&deployment("replicas: 3\nstrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }", "", ""));
    assert!(reason(&three, "SK0844").contains("MinHealthyPercentage 66 and MaxHealthyPercentage 100"));
    let one = import(&deployment("strategy: { type: RollingUpdate }", "", ""));
    assert!(reason(&one, "SK0844").contains("MinHealthyPercentage 100 and MaxHealthyPercentage 200"));
    assert!(!has(&import(&deployment("", "", "")), "SK0844"));
}

#[test]
fn old_deployments_have_other_defaults() {
    let text = deployment("replicas: 4\nstrategy: { type: RollingUpdate }", "", "");
    assert!(reason(&import(&text), "SK0844").contains("MinHealthyPercentage 75"), "25% of 4");
    let eight = text.replace("replicas: 4", "replicas: 8");
    assert!(reason(&import(&eight), "SK0844").contains("MinHealthyPercentage 75"));
    let old = eight.replace("apps/v1", "extensions/v1beta1");
    assert!(reason(&import(&old), "SK0844").contains("MinHealthyPercentage 87"));
}

#[test]
fn recreate_never_overlaps() {
    let import = import(&deployment("strategy: { type: Recreate }", "", ""));
    let strategy = service(&import, "web").rollout.as_ref().and_then(|it| it.strategy.as_ref()).map(|it| it.value);
    assert_eq!(strategy, Some(Strategy::Recreate));
    assert_eq!(fate(&import, "strategy.type"), Fate::Changed);
    assert_eq!(errors(&import), [""; 0]);
}

#[test]
fn a_selector_that_misses_its_pods_is_an_error() {
    let text = deployment("", "", "").replace("labels: { app: web }", "labels: { app: shop }");
    assert!(has(&import(&text), "SK0843"));
}

#[test]
fn a_patch_makes_no_service() {
    let import = import(&deployment("", "", "").replace("          image: ghcr.io/acme/web:1.4\n", ""));
    assert!(import.spec.services.is_empty());
    assert!(has(&import, "SK0840"));
    assert_eq!(import.account.totals().of(Fate::Unsupported), import.account.totals().leaves());
}

#[test]
fn two_namespaces_may_share_a_name() {
    let one = deployment("", "", "");
    let both = import(&format!("{one}---\n{}", one.replace("namespace: shop", "namespace: lab")));
    assert!(both.spec.services.keys().any(|name| name.as_str() == "lab-web"));
    assert!(has(&both, "SK0841") && !has(&both, "SK0837"));
    let twice = import(&format!("{one}---\n{one}"));
    assert_eq!(twice.spec.services.len(), 1);
    assert!(has(&twice, "SK0837"));
}

#[test]
fn a_kind_of_another_group_is_another_kind() {
    let import = import(&deployment("", "", "").replace("apps/v1", "example.com/v1"));
    assert!(import.spec.services.is_empty());
}

#[test]
fn variables_are_expanded_as_the_kubelet_does() {
    let import = container(
        "env:\n- { name: B, value: '$(A)' }\n- { name: A, value: one }\n- { name: C, value: 'x-$(A)-$$(A)-$(NONE)' }\n- { name: A, value: two }\n\
         args: ['$(A)', '$(date)', '$$(A)', '$(S)']\n",
    );
    assert_eq!(env(&import, "B"), Some("$$(A)"), "A is not yet known there, so the text stays");
    assert_eq!(env(&import, "C"), Some("x-one-$$(A)-$(NONE)"));
    assert_eq!(env(&import, "A"), Some("two"));
    assert_eq!(service(&import, "web").args, ["two", "$(date)", "$$(A)", "$(S)"]);
    assert_eq!(fate(&import, "env[1].value"), Fate::Mapped, "it is in C");
}

#[test]
fn a_later_variable_wins_and_the_first_is_ignored() {
    let import = container("env: [{ name: A, value: one }, { name: A, value: two }]");
    assert_eq!(env(&import, "A"), Some("two"));
    assert_eq!((fate(&import, "env[0].value"), fate(&import, "env[1].value")), (Fate::Ignored, Fate::Mapped));
}

#[test]
fn secrets_stay_references() {
    let secret = "---\napiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\nstringData: { password: hunter2-long }\n";
    let text = deployment(
        "",
        "",
        "env:\n- { name: PW, valueFrom: { secretKeyRef: { name: db, key: password } } }\n- { name: URL, value: 'u:$(PW)@h' }",
    );
    let import = import(&format!("{text}{secret}"));
    assert_eq!(env(&import, "URL"), Some("u:$(PW)@h"));
    assert_eq!(env(&import, "PW"), None);
    assert_eq!(import.secrets.len(), 1);
    assert_eq!(fate(&import, "stringData.password"), Fate::Changed);
    assert!(!format!("{}{:?}", import.text, import.account).contains("hunter2"));
    assert_eq!(errors(&import), [""; 0]);
}

#[test]
fn a_missing_key_is_reported_and_an_optional_one_is_not() {
    let secret = "---\napiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\ndata: { other: eA== }\n";
    let of = |optional: &str| {
        let reference =
            format!("env: [{{ name: PW, valueFrom: {{ secretKeyRef: {{ name: db, key: password{optional} }} }} }}]");
        import(&format!("{}{secret}", deployment("", "", &reference)))
    };
    assert!(has(&of(""), "SK0863"));
    let optional = of(", optional: true");
    assert!(!has(&optional, "SK0863"));
    assert!(service(&optional, "web").secrets.is_empty());
}

#[test]
fn config_maps_are_written_out() {
    let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf, namespace: shop }\ndata: { LEVEL: debug, 'no.name': one, unused: two }\n";
    let lines = "env:\n- { name: ONE, valueFrom: { configMapKeyRef: { name: conf, key: LEVEL } } }\n- { name: C_LEVEL, value: own }\nenvFrom: [{ prefix: C_, configMapRef: { name: conf } }]";
    let import = import(&format!("{}{map}", deployment("", "", lines)));
    assert_eq!(
        (env(&import, "ONE"), env(&import, "C_LEVEL"), env(&import, "C_unused")),
        (Some("debug"), Some("own"), Some("two"))
    );
    assert_eq!(fate(&import, "data[\"no.name\"]"), Fate::Unsupported);
    assert!(reason(&import, "SK0878").contains("`C_no.name`"));
    assert!(has(&container(lines), "SK0862"), "without the ConfigMap");
}

#[test]
fn fields_of_the_pod_become_texts_and_facts() {
    let import = container(
        "env:\n- { name: NS, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }\n- { name: APP, valueFrom: { fieldRef: { fieldPath: \"metadata.labels['app']\" } } }\n\
         - { name: IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }\n- { name: ME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }\n- { name: X, valueFrom: { fieldRef: { fieldPath: status.phase } } }",
    );
    assert_eq!((env(&import, "NS"), env(&import, "APP")), (Some("shop"), Some("web")));
    assert_eq!(fate(&import, "env[2].valueFrom.fieldRef.fieldPath"), Fate::Mapped);
    assert_eq!(fate(&import, "env[3].valueFrom.fieldRef.fieldPath"), Fate::Changed);
    assert_eq!(fate(&import, "env[4].valueFrom.fieldRef.fieldPath"), Fate::Unsupported);
    assert_eq!(service(&import, "web").facts.len(), 2);
}

#[test]
fn a_plain_password_becomes_a_secret() {
    let import =
        container("env: [{ name: URL, value: 'postgres://u:hunter2@db/x' }, { name: OK, value: 'http://db/x' }]");
    assert_eq!((env(&import, "URL"), env(&import, "OK")), (None, Some("http://db/x")));
    assert!(has(&import, "SK0879"));
    assert!(!format!("{}{:?}", import.text, import.account).contains("hunter2"));
}

#[test]
fn names_that_the_runner_sets_are_refused() {
    let import = container("env: [{ name: SKIFF_X, value: a }, { name: 'a.b', value: b }]");
    assert!(service(&import, "web").env.is_empty());
    assert_eq!(fate(&import, "env[0].value"), Fate::Unsupported);
}

#[test]
fn files_have_the_modes_of_the_volume() {
    let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf, namespace: shop }\ndata: { a.conf: 'x=$$y' }\nbinaryData: { b: AAE= }\n";
    let pod = "volumes: [{ name: conf, configMap: { name: conf, defaultMode: 0755 } }, { name: one, secret: { secretName: tls } }]";
    let lines =
        "volumeMounts: [{ name: conf, mountPath: /etc/conf/ }, { name: one, mountPath: /keys/k, subPath: tls.key }]";
    let import = import(&format!("{}{map}", deployment("", pod, lines)));
    let files = &service(&import, "web").files;
    let file = |path: &str| &files.get(path).unwrap_or_else(|| panic!("no {path}")).0;
    assert_eq!(file("/etc/conf/a.conf").content.as_deref(), Some("x=$$y"));
    assert_eq!(file("/etc/conf/a.conf").mode.as_ref().map(ToString::to_string).as_deref(), Some("0755"));
    assert_eq!(file("/etc/conf/b").base64.as_ref().map(|it| it.value.as_str()), Some("AAE="));
    assert_eq!(file("/keys/k").key.as_deref(), Some("tls.key"));
    assert_eq!(file("/keys/k").mode.as_ref().map(ToString::to_string).as_deref(), Some("0644"), "as a cluster has it");
    assert_eq!(fate(&import, "configMap.name"), Fate::Changed);
}

#[test]
fn one_file_by_sub_path_never_changes_in_a_cluster_either() {
    let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf, namespace: shop }\ndata: { a.conf: one, b.conf: two }\n";
    let pod = "volumes: [{ name: conf, configMap: { name: conf } }]";
    let import = import(&format!(
        "{}{map}",
        deployment("", pod, "volumeMounts: [{ name: conf, mountPath: /a, subPath: a.conf }]")
    ));
    assert_eq!(service(&import, "web").files.len(), 1);
    assert_eq!((fate(&import, "configMap.name"), fate(&import, "data[\"b.conf\"]")), (Fate::Mapped, Fate::Ignored));
}

#[test]
fn what_is_not_in_the_import_is_a_secret_whose_keys_are_files() {
    let pod = "volumes: [{ name: tls, secret: { secretName: tls } }]";
    let of = |mount: &str| import(&deployment("", pod, &format!("volumeMounts: [{{ name: tls, {mount} }}]")));
    let whole = of("mountPath: /certs/");
    let (path, file) = service(&whole, "web").files.iter().next().unwrap();
    assert_eq!((path.as_str(), file.0.key.as_deref()), ("/certs/", None));
    assert_eq!(file.0.secret.as_ref().unwrap().value.as_str(), "tls");
    assert!(has(&whole, "SK0864"));
    let one = of("mountPath: /tls.crt, subPath: tls.crt");
    let (path, file) = service(&one, "web").files.iter().next().unwrap();
    assert_eq!((path.as_str(), file.0.key.as_deref()), ("/tls.crt", Some("tls.crt")));
    let below = of("mountPath: /x, subPath: a/b");
    assert!(service(&below, "web").files.is_empty());
}

#[test]
fn a_token_of_the_cluster_is_lost_whatever_stands_beside_it() {
    let labels = "downwardAPI: { items: [{ path: labels, fieldRef: { fieldPath: metadata.labels } }, { path: ip, fieldRef: { fieldPath: status.podIP } }] }";
    let pod = format!(
        "volumes: [{{ name: p, projected: {{ sources: [{{ serviceAccountToken: {{ path: t }} }}, {{ {labels} }}] }} }}]"
    );
    let import = import(&deployment("", &pod, "volumeMounts: [{ name: p, mountPath: /p }]"));
    let files = &service(&import, "web").files;
    assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), ["/p/labels"]);
    assert_eq!(files["/p/labels"].0.content.as_deref(), Some("app=\"web\""));
    assert_eq!(fate(&import, "serviceAccountToken.path"), Fate::Unsupported);
    assert_eq!(fate(&import, "items[0].path"), Fate::Changed);
    assert_eq!(fate(&import, "items[1].path"), Fate::Unsupported);
}

#[test]
fn decimal_modes_are_what_the_api_takes_them_for() {
    let of = |mode: &str| {
        let pod = format!(
            "volumes: [{{ name: s, secret: {{ secretName: tls, defaultMode: {mode}, items: [{{ key: k, path: k }}] }} }}]"
        );
        import(&deployment("", &pod, "volumeMounts: [{ name: s, mountPath: /keys }]"))
    };
    let shown = |import: &Import| {
        service(import, "web").files.get("/keys/k").and_then(|it| it.0.mode.as_ref()).map(ToString::to_string)
    };
    assert_eq!(shown(&of("256")), None, "0400 is Skiff's own");
    assert_eq!(shown(&of("0440")).as_deref(), Some("0440"));
    assert!(has(&of("644"), "SK0884"), "644 is 01204 in octal");
}

#[test]
fn directories_are_shared_and_unused_ones_ignored() {
    let pod = "volumes: [{ name: tmp, emptyDir: { medium: Memory, sizeLimit: 1G } }, { name: spare, emptyDir: {} }, { name: host, hostPath: { path: /var/log } }]";
    let import =
        import(&deployment("", pod, "volumeMounts: [{ name: tmp, mountPath: /tmp }, { name: host, mountPath: /log }]"));
    let web = service(&import, "web");
    assert_eq!((web.volumes.len(), web.mounts.len()), (1, 1));
    assert_eq!(fate(&import, "sizeLimit"), Fate::Changed);
    assert_eq!(fate(&import, "volumes[1].emptyDir"), Fate::Ignored);
    assert_eq!(fate(&import, "hostPath.path"), Fate::Unsupported);
    assert_eq!(fate(&import, "volumeMounts[1].mountPath"), Fate::Unsupported);
    assert_eq!(errors(&import), [""; 0]);
}

const CLAIM: &str = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: shop }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }\n";

fn claimed(replicas: u32, modes: &str) -> Import {
    let pod = "volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]";
    let text = deployment(&format!("replicas: {replicas}"), pod, "volumeMounts: [{ name: data, mountPath: /data }]");
    import(&format!("{text}{}", CLAIM.replace("ReadWriteOnce", modes)))
}

#[test]
fn a_claim_of_one_member_is_its_volume() {
    let one = claimed(1, "ReadWriteOnce");
    let web = service(&one, "web");
    assert_eq!(web.kind, Kind::Stateful);
    assert_eq!(
        web.volume.as_ref().map(|it| (it.size.to_string(), it.path.clone())),
        Some(("20Gi".into(), "/data".into()))
    );
    assert!(has(&one, "SK0888"), "the data must be copied");
    assert_eq!(errors(&one), [""; 0]);
}

#[test]
fn a_claim_of_several_is_not_carried_over() {
    for import in [claimed(2, "ReadWriteOnce"), claimed(1, "ReadWriteMany")] {
        let web = service(&import, "web");
        assert_eq!(web.kind, Kind::Worker);
        assert!(web.mounts.is_empty() && has(&import, "SK0886"));
        assert_eq!(errors(&import), [""; 0]);
    }
}

fn stateful_set(replicas: u32, claims: &str) -> Import {
    let text = deployment(
        &format!("replicas: {replicas}\nserviceName: web\n{claims}"),
        "",
        "volumeMounts: [{ name: data, mountPath: /data }]",
    );
    import(&text.replace("kind: Deployment", "kind: StatefulSet"))
}

const TEMPLATES: &str = "volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } } }]";

#[test]
fn a_stateful_set_of_one_is_a_stateful_service() {
    let one = stateful_set(1, TEMPLATES);
    assert_eq!(service(&one, "web").kind, Kind::Stateful);
    assert!(has(&one, "SK0848"));
    let three = stateful_set(3, TEMPLATES);
    assert!(three.spec.services.is_empty() && has(&three, "SK0847"));
}

#[test]
fn images_are_normalised_and_placeholders_found() {
    let of = |image: &str| {
        let import = import(&deployment("", "", "").replace("ghcr.io/acme/web:1.4", image));
        format!("{} {}", service(&import, "web").image.as_ref().unwrap().value, has(&import, "SK0870"))
    };
    assert_eq!(of("nginx:1.27"), "docker.io/library/nginx:1.27 false");
    assert_eq!(of("acme/web:1"), "docker.io/acme/web:1 false");
    assert_eq!(of("'${IMAGE}'"), "fill-in/main true");
    assert_eq!(of("web"), "docker.io/library/web true");
}

#[test]
fn a_workload_may_be_called_like_an_official_image() {
    let nginx =
        import(&deployment("", "", "").replace("name: web", "name: nginx").replace("ghcr.io/acme/web:1.4", "nginx"));
    assert!(!has(&nginx, "SK0870") && has(&nginx, "SK0871"));
    assert!(!has(&container(""), "SK0871"), "1.4 does not move");
}

#[test]
fn containers_beside_and_before_the_main_one() {
    let pod = "initContainers:\n- { name: wait, image: 'busybox:1', args: [sleep, '1'] }\n- { name: proxy, image: 'acme/proxy:1', restartPolicy: Always }";
    let lines = "ports: [{ containerPort: 8080, name: http }]\n";
    let text = format!(
        "{}        - {{ name: side, image: 'acme/side:2', ports: [{{ containerPort: 9090, name: admin }}] }}\n        - {{ name: istio-proxy, image: 'istio/proxyv2:1' }}\n",
        deployment("", pod, lines)
    );
    let import = import(&text);
    let web = service(&import, "web");
    let names: Vec<_> = web.containers.iter().map(|(name, it)| (name.as_str(), it.first, it.ports.len())).collect();
    assert_eq!(names, [("proxy", Some(true), 0), ("side", None, 1)]);
    assert_eq!(web.init.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["wait"]);
    assert_eq!(web.port.as_ref().unwrap().value, 8080);
    assert!(has(&import, "SK0874"));
}

#[test]
fn the_default_container_is_the_main_one() {
    let text = deployment("", "", "").replace(
        "metadata: { labels: { app: web } }",
        "metadata: { labels: { app: web }, annotations: { kubectl.kubernetes.io/default-container: real } }",
    );
    let import = import(&format!("{text}        - {{ name: real, image: 'acme/real:2' }}\n"));
    let web = service(&import, "web");
    assert_eq!(web.image.as_ref().unwrap().value.to_string(), "docker.io/acme/real:2");
    assert_eq!(web.containers.keys().map(Name::as_str).collect::<Vec<_>>(), ["main"]);
}

#[test]
fn ports_are_tcp_and_once() {
    let import = container(
        "ports: [{ containerPort: 53, name: dns }, { containerPort: 53, name: dns-udp, protocol: UDP }, { containerPort: 8079, name: taken }, { containerPort: 9999 }]",
    );
    assert_eq!(service(&import, "web").ports.len(), 1);
    assert_eq!(fate(&import, "ports[1].containerPort"), Fate::Unsupported);
    assert_eq!(fate(&import, "ports[2].containerPort"), Fate::Unsupported);
    assert_eq!(fate(&import, "ports[3].containerPort"), Fate::Mapped);
    assert_eq!(errors(&import), [""; 0]);
}

fn cron_job(spec: &str, job: &str) -> Import {
    import(&format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{ name: web }}\nspec:\n{spec}  jobTemplate:\n    spec:\n{job}      template:\n        spec:\n          restartPolicy: Never\n          containers: [{{ name: main, image: 'acme/job:1' }}]\n"
    ))
}

#[test]
fn a_cron_job_is_a_job() {
    let import = cron_job(
        "  schedule: '@daily'\n  timeZone: Europe/Berlin\n  suspend: true\n  concurrencyPolicy: Forbid\n",
        "      backoffLimit: 2\n      activeDeadlineSeconds: 600\n",
    );
    let job = service(&import, "web");
    assert_eq!((job.kind, job.schedule.as_ref().map(|it| it.value.to_string())), (Kind::Job, Some("0 0 * * *".into())));
    assert_eq!(
        (job.timezone.as_deref(), job.suspended, job.retries.as_ref().map(|it| it.value)),
        (Some("Europe/Berlin"), Some(true), Some(2))
    );
    assert_eq!(job.timeout.as_ref().map(|it| it.value.0), Some(600));
    assert!(!has(&import, "SK0859") && !has(&import, "SK0861"));
    assert_eq!(errors(&import), [""; 0]);
}

#[test]
fn what_a_cron_job_leaves_open_is_assumed() {
    let import = cron_job("  schedule: '0 3 * * *'\n  concurrencyPolicy: Replace\n", "");
    assert_eq!(service(&import, "web").retries.as_ref().map(|it| it.value), Some(6), "the controller's default");
    assert!(has(&import, "SK0859") && has(&import, "SK0861") && has(&import, "SK0855"));
    let bad = cron_job("  schedule: '@every 5m'\n", "");
    assert!(has(&bad, "SK0853"));
    assert_eq!(service(&bad, "web").suspended, Some(true));
    assert_eq!(errors(&bad), [""; 0]);
}

#[test]
fn a_hook_becomes_a_step_of_the_service_with_its_image() {
    let job = |annotation: &str| {
        format!(
            "---\napiVersion: batch/v1\nkind: Job\nmetadata: {{ name: migrate, namespace: shop, annotations: {{ {annotation} }} }}\nspec: {{ template: {{ spec: {{ restartPolicy: Never, containers: [{{ name: m, image: 'ghcr.io/acme/web:1.4', command: [migrate, up] }}] }} }} }}\n"
        )
    };
    let hook = import(&format!("{}{}", deployment("", "", ""), job("helm.sh/hook: pre-upgrade")));
    assert_eq!(
        service(&hook, "web").rollout.as_ref().map(|it| it.before.clone()),
        Some(vec!["migrate".into(), "up".into()])
    );
    assert!(has(&hook, "SK0852") && !has(&hook, "SK0851"));
    let own = job("helm.sh/hook: pre-upgrade").replace("command:", "env: [{ name: ONLY_HERE, value: x }], command:");
    assert!(has(&import(&format!("{}{own}", deployment("", "", ""))), "SK0851"), "a variable that the service lacks");
    let plain = import(&format!("{}{}", deployment("", "", ""), job("a: b")));
    assert!(has(&plain, "SK0851"));
}

#[test]
fn a_daemon_set_is_left_out() {
    let text = deployment("", "", "").replace("kind: Deployment", "kind: DaemonSet");
    let import_of = |image: &str| import(&text.replace("ghcr.io/acme/web:1.4", image));
    assert!(has(&import_of("acme/agent:1"), "SK0850"));
    let shipper = import_of("fluent/fluent-bit:3");
    assert!(!has(&shipper, "SK0850") && shipper.spec.services.is_empty());
}

#[test]
fn bare_pods_are_services_unless_they_end() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: main, image: 'acme/web:1' }] }\n";
    assert!(has(&import(pod), "SK0858"));
    let once = import(&pod.replace("spec: { ", "spec: { restartPolicy: Never, "));
    assert!(once.spec.services.is_empty() && has(&once, "SK0851"));
}

#[test]
fn what_a_workload_makes_is_not_imported_twice() {
    let owned = "---\napiVersion: v1\nkind: Pod\nmetadata: { name: web-1, namespace: shop, ownerReferences: [{ kind: Deployment, name: web }] }\nspec: { containers: [{ name: main, image: 'acme/web:1' }] }\n";
    let import = import(&format!("{}{owned}", deployment("", "", "")));
    assert_eq!(import.spec.services.len(), 1);
}

#[test]
fn rights_in_the_cluster_and_in_aws_are_reported() {
    let account = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web, namespace: shop, annotations: { eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/web' } }\n";
    let binding = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: web, namespace: shop }\nroleRef: { kind: Role, name: web }\nsubjects: [{ kind: ServiceAccount, name: web }]\n";
    let text = |pod: &str| format!("{}{account}{binding}", deployment("", pod, ""));
    let bound = import(&text("serviceAccountName: web"));
    assert!(has(&bound, "SK0867") && has(&bound, "SK0868"));
    let unmounted = import(&text("serviceAccountName: web\nautomountServiceAccountToken: false"));
    assert!(!has(&unmounted, "SK0868"));
    assert!(!has(&import(&text("")), "SK0868"), "another account");
}

#[test]
fn base64_is_checked_and_types_are_told_apart() {
    let secret = |rest: &str| import(&format!("apiVersion: v1\nkind: Secret\nmetadata: {{ name: s }}\n{rest}\n"));
    assert!(has(&secret("data: { a: 'no!' }"), "SK0865"));
    assert!(!has(&secret("data: { a: eA== }"), "SK0865"));
    assert!(has(&secret("type: kubernetes.io/service-account-token"), "SK0869"));
    assert_eq!(fate(&secret("data: { a: eA== }"), "data.a"), Fate::Ignored);
}

#[test]
fn what_is_injected_is_not_there() {
    let of = |annotation: &str| {
        import(&deployment("", "", "").replace(
            "metadata: { labels: { app: web } }",
            &format!("metadata: {{ labels: {{ app: web }}, annotations: {{ {annotation} }} }}"),
        ))
    };
    assert!(has(&of("linkerd.io/inject: enabled"), "SK0875"));
    assert!(!has(&of("linkerd.io/inject: disabled"), "SK0875"));
    assert!(!has(&of("prometheus.io/scrape: 'true'"), "SK0875"));
    assert!(!has(&of("sidecar.istio.io/proxyCPU: '1'"), "SK0875"), "there is no proxy to tune");
    assert!(has(&of("sidecar.istio.io/inject: 'true', sidecar.istio.io/proxyCPU: '1'"), "SK0875"));
}
