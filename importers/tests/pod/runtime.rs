//! How containers run: probes, hooks, sizes, privileges, by the traps of the Kubernetes API.

use crate::imported::Imported;
use skiff_compiler::spec::{
    service::{Architecture, Probe},
    values::{Cpu, Duration, MemorySize},
};
use skiff_importers::account::Fate;

fn container(lines: &str) -> Imported {
    Imported::pod("", lines)
}

fn readiness(import: &Imported) -> Probe {
    import.web().health.as_ref().unwrap().readiness.as_ref().unwrap().0.clone()
}

#[test]
fn a_probe_has_the_timeout_of_kubernetes_not_of_skiff() {
    let probe = readiness(&container("        readinessProbe: { httpGet: { path: /ready, port: 8080 } }"));
    assert_eq!(probe.http.as_deref(), Some("/ready"));
    assert_eq!(probe.port.map(|port| port.value).as_deref(), Some("8080"));
    assert_eq!(probe.timeout.map(|time| time.value), Some(Duration(1)));
    assert_eq!((probe.interval, probe.failures, probe.successes, probe.delay), (None, None, None, None));
    let same =
        container("        readinessProbe: { httpGet: { path: /, port: 80 }, timeoutSeconds: 2, periodSeconds: 10 }");
    assert_eq!(readiness(&same).timeout, None);
    assert_eq!(same.fate("readinessProbe.timeoutSeconds").0, Fate::Mapped);
}

#[test]
fn a_named_port_becomes_its_number() {
    let import = container(
        "        ports: [{ name: admin, containerPort: 9000 }]\n        readinessProbe: { tcpSocket: { port: admin } }",
    );
    assert_eq!(readiness(&import).tcp.map(|port| port.value).as_deref(), Some("9000"));
    let quoted = container("        readinessProbe: { tcpSocket: { port: \"9001\" } }");
    assert_eq!(readiness(&quoted).tcp.map(|port| port.value).as_deref(), Some("9001"));
    let dangling = container("        readinessProbe: { tcpSocket: { port: admin } }");
    assert!(dangling.web().health.is_none());
    assert_eq!(dangling.fate("tcpSocket.port").0, Fate::Unknown);
    assert!(dangling.reason("SK0897").contains("`admin`"));
}

#[test]
fn a_timeout_that_is_not_shorter_lengthens_the_period() {
    let import =
        container("        readinessProbe: { exec: { command: [check] }, periodSeconds: 5, timeoutSeconds: 5 }");
    let probe = readiness(&import);
    assert_eq!(probe.interval.map(|time| time.value), Some(Duration(6)));
    assert_eq!(probe.timeout.map(|time| time.value), Some(Duration(5)));
    assert_eq!(import.fate("periodSeconds").0, Fate::Changed);
    let shorter =
        container("        readinessProbe: { exec: { command: [check] }, periodSeconds: 5, timeoutSeconds: 4 }");
    assert_eq!(shorter.fate("periodSeconds").0, Fate::Mapped);
    assert!(shorter.findings("SK0891").is_empty());
}

#[test]
fn a_probe_needs_exactly_one_handler() {
    let several = container("        livenessProbe: { exec: { command: [check] }, tcpSocket: { port: 80 } }");
    assert!(several.web().health.is_none());
    assert!(several.reason("SK0892").contains("several"));
    let none = container("        livenessProbe: { periodSeconds: 5 }");
    assert_eq!(none.fate("periodSeconds").0, Fate::Unknown);
    assert_eq!(container("        livenessProbe: {}").fate("livenessProbe").0, Fate::Unknown);
}

#[test]
fn http_details_are_carried_or_said() {
    let import = container(
        "        readinessProbe:
          httpGet: { path: healthz, port: 8443, scheme: HTTPS, host: other.example, httpHeaders: [{ name: Host, value: a.example }] }
          initialDelaySeconds: 7
          successThreshold: 2
          failureThreshold: 5
          terminationGracePeriodSeconds: 3",
    );
    let probe = readiness(&import);
    assert_eq!((probe.http.as_deref(), probe.tls), (Some("/healthz"), Some(true)));
    assert_eq!(probe.headers.get("Host").map(String::as_str), Some("a.example"));
    assert_eq!(probe.delay, Some(Duration(7)));
    assert_eq!(probe.failures.unwrap().value, 5);
    assert_eq!(probe.successes.unwrap().value, 2);
    assert_eq!(import.fate("httpGet.host").0, Fate::Changed);
    assert_eq!(import.fate("terminationGracePeriodSeconds").0, Fate::Changed);
    assert_eq!(import.fate("httpHeaders[0].value").0, Fate::Mapped);
}

#[test]
fn grpc_probes_are_carried() {
    let probe = readiness(&container("        readinessProbe: { grpc: { port: 9090, service: cart } }"));
    assert_eq!((probe.grpc.as_deref(), probe.port.unwrap().value.as_str()), (Some("cart"), "9090"));
    let whole = readiness(&container("        readinessProbe: { grpc: { port: 9090 } }"));
    assert_eq!(whole.grpc.as_deref(), Some(""));
}

#[test]
fn a_sleep_before_the_stop_is_left_out_and_a_command_is_not() {
    let sleeping = container("        lifecycle: { preStop: { exec: { command: [sh, -c, sleep 10] } } }");
    assert!(sleeping.web().hooks.is_none());
    assert_eq!(sleeping.fate("command[2]").0, Fate::Changed);
    assert_eq!(container("        lifecycle: { preStop: { sleep: { seconds: 5 } } }").fate("seconds").0, Fate::Changed);
    let command =
        container("        lifecycle: { preStop: { exec: { command: [sh, -c, nginx -s quit; echo $(date)] } } }");
    let hook = command.web().hooks.as_ref().unwrap().before_stop.clone().unwrap();
    assert_eq!(hook.exec, ["sh", "-c", "nginx -s quit; echo $$(date)"]);
    assert_eq!(command.fate("command[0]").0, Fate::Mapped);
}

#[test]
fn hooks_that_cannot_run_are_said() {
    let tcp = container("        lifecycle: { postStart: { tcpSocket: { port: 80 } } }");
    assert_eq!(tcp.fate("tcpSocket.port").0, Fate::Unsupported);
    let tls = container("        lifecycle: { preStop: { httpGet: { path: /stop, port: 80, scheme: HTTPS } } }");
    assert!(tls.web().hooks.is_none() && tls.fate("httpGet.path").0 == Fate::Unsupported);
    let plain = container("        lifecycle: { preStop: { httpGet: { path: /stop, port: 80 } } }");
    assert_eq!(plain.web().hooks.as_ref().unwrap().before_stop.as_ref().unwrap().http.as_deref(), Some("/stop"));
    let signal = container("        lifecycle: { stopSignal: SIGQUIT }");
    assert_eq!(signal.fate("stopSignal").0, Fate::Unsupported);
    assert_eq!(container("        lifecycle: { stopSignal: SIGTERM }").fate("stopSignal").0, Fate::Ignored);
}

#[test]
fn the_grace_is_written_when_it_is_another_one() {
    let grace = |seconds: &str| {
        let import = Imported::pod(&format!("      terminationGracePeriodSeconds: {seconds}"), "");
        let written = import.web().stop.as_ref().and_then(|stop| stop.grace.as_ref().map(|grace| grace.value.0));
        (written, import.fate("terminationGracePeriodSeconds").0)
    };
    assert_eq!(grace("30"), (None, Fate::Mapped));
    assert_eq!(grace("0"), (Some(0), Fate::Mapped));
    assert_eq!(grace("120"), (Some(120), Fate::Mapped));
    assert_eq!(grace("9000"), (Some(7_080), Fate::Changed));
    assert_eq!(grace("-1"), (None, Fate::Unknown));
}

#[test]
fn a_vm_has_the_sum_of_the_containers_or_the_largest_init() {
    let import = Imported::pod(
        "      initContainers:
      - { name: migrate, image: m, resources: { requests: { cpu: 1500m, memory: 256Mi } } }
      - { name: proxy, image: p, restartPolicy: Always, resources: { requests: { cpu: 100m, memory: 1Gi } } }",
        "        resources: { requests: { cpu: 0.25, memory: 1G } }",
    );
    let size = import.web().size.clone().unwrap();
    assert_eq!((size.cpu, size.memory), (Some(Cpu(1500)), Some(MemorySize(1024 + 954))));
}

#[test]
fn a_limit_stands_in_for_a_request() {
    let import = container("        resources: { limits: { cpu: '2', memory: 3Gi } }");
    let web = import.web();
    assert_eq!(web.size.as_ref().unwrap().cpu, Some(Cpu(2000)));
    assert_eq!(web.limits.as_ref().unwrap().memory, Some(MemorySize(3072)));
    assert_eq!(import.fate("limits.memory").0, Fate::Mapped);
    let burst = container("        resources: { requests: { memory: 64Mi }, limits: { memory: 4Gi } }");
    assert_eq!(burst.fate("limits.memory").0, Fate::Changed);
}

#[test]
fn nothing_asked_is_one_assumption() {
    let import = container("        resources: {}");
    assert_eq!(import.findings("SK0895").len(), 1);
    assert_eq!(import.fate("containers[0].resources").0, Fate::Ignored);
    let size = import.web().size.clone().unwrap();
    assert_eq!((size.cpu, size.memory, size.arch), (None, None, Some(Architecture::X86)));
    assert!(container("        resources: { requests: { cpu: 1, memory: 1Gi } }").findings("SK0895").is_empty());
}

#[test]
fn amounts_that_are_typos_are_said() {
    let import = container("        resources: { requests: { cpu: 100m, memory: 128m } }");
    assert_eq!(import.fate("requests.memory").0, Fate::Unknown);
    assert!(import.findings("SK0897")[0].action.contains("128Mi"));
    assert_eq!(import.web().size.as_ref().unwrap().memory, None);
    let words = container("        resources: { requests: { cpu: lots } }");
    assert_eq!(words.fate("requests.cpu").0, Fate::Unknown);
}

#[test]
fn devices_and_giants_are_unsupported() {
    let gpu = container("        resources: { limits: { nvidia.com/gpu: 1, hugepages-2Mi: 64Mi } }");
    assert_eq!(gpu.findings("SK0898").len(), 1, "the huge pages");
    assert_eq!(gpu.web().size.as_ref().unwrap().instance_type.as_ref().unwrap().value, "g4dn.xlarge");
    let many = container("        resources: { limits: { nvidia.com/gpu: 99 } }");
    assert_eq!(many.fate("nvidia.com/gpu\"]").0, Fate::Unsupported);
    let giant = container("        resources: { requests: { cpu: 5000, memory: 1Gi } }");
    assert_eq!(giant.fate("requests.cpu").0, Fate::Unsupported);
    assert_eq!(giant.web().size.as_ref().unwrap().cpu, None);
}

#[test]
fn a_small_workload_hears_of_its_vm() {
    let small = container("        resources: { requests: { cpu: 10m, memory: 50Mi } }");
    assert!(small.reason("SK0899").contains("10m of processor and 50Mi of memory"));
    assert!(container("        resources: { requests: { cpu: 1500m, memory: 50Mi } }").findings("SK0899").is_empty());
}

#[test]
fn storage_is_room_beside_the_image() {
    let import =
        container("        resources: { requests: { ephemeral-storage: 20Gi }, limits: { ephemeral-storage: 40Gi } }");
    let disk = import.web().size.as_ref().unwrap().disk.as_ref().unwrap().value;
    assert_eq!(disk, MemorySize(28 * 1024));
    assert_eq!(import.fate("requests.ephemeral-storage").0, Fate::Mapped);
    assert_eq!(import.fate("limits.ephemeral-storage").0, Fate::Changed);
}

#[test]
fn a_container_overrides_its_pod() {
    let import = Imported::pod(
        "      securityContext: { runAsUser: 1, runAsGroup: 2, fsGroup: 3, supplementalGroups: [4], runAsNonRoot: true }",
        "        securityContext:
          runAsUser: 1000
          readOnlyRootFilesystem: true
          allowPrivilegeEscalation: false
          privileged: false
          capabilities: { drop: [all], add: [CAP_NET_BIND_SERVICE, NET_FLY] }",
    );
    let security = import.web().security.clone().unwrap();
    assert_eq!((security.user.unwrap().value, security.group.unwrap().value), (1000, 2));
    assert_eq!((security.volume_group.unwrap().value, security.groups[0].value), (3, 4));
    assert_eq!((security.read_only, security.privilege_escalation), (Some(true), Some(false)));
    assert_eq!((security.privileged, security.non_root), (None, Some(true)));
    assert_eq!(security.drop_capabilities[0].value, "ALL");
    assert_eq!(security.add_capabilities.len(), 1);
    assert_eq!(security.add_capabilities[0].value, "NET_BIND_SERVICE");
    assert_eq!(import.fate("add[1]").0, Fate::Unknown);
    assert_eq!(import.fate("privileged").0, Fate::Ignored);
    assert_eq!(import.fate("runAsNonRoot").0, Fate::Mapped);
    assert_eq!(import.fate("fsGroup").0, Fate::Changed);
}

#[test]
fn root_is_refused_where_it_is_forbidden() {
    let import = container("        securityContext: { runAsNonRoot: true, runAsUser: 0 }");
    assert_eq!(import.fate("runAsNonRoot").0, Fate::Unknown);
    assert_eq!(import.web().security.as_ref().unwrap().non_root, None);
    let image = container("        securityContext: { runAsNonRoot: true }");
    assert_eq!(image.fate("runAsNonRoot").0, Fate::Changed);
    assert_eq!(container("        securityContext: { runAsNonRoot: false }").fate("runAsNonRoot").0, Fate::Ignored);
}

#[test]
fn policies_of_nodes_are_said_by_their_value() {
    let fate = |yaml: &str, end: &str| container(&format!("        securityContext: {yaml}")).fate(end).0;
    assert_eq!(fate("{ privileged: true }", "privileged"), Fate::Unsupported);
    assert_eq!(fate("{ seccompProfile: { type: RuntimeDefault } }", "type"), Fate::Mapped);
    assert_eq!(fate("{ seccompProfile: { type: Unconfined } }", "type"), Fate::Changed);
    assert_eq!(fate("{ seccompProfile: { type: Localhost, localhostProfile: a } }", "type"), Fate::Unsupported);
    assert_eq!(fate("{ procMount: Unmasked }", "procMount"), Fate::Unsupported);
    assert_eq!(fate("{ procMount: Default }", "procMount"), Fate::Ignored);
    assert_eq!(fate("{ seLinuxOptions: { level: a } }", "level"), Fate::Unsupported);
    assert_eq!(fate("{ appArmorProfile: { type: RuntimeDefault } }", "type"), Fate::Ignored);
}

#[test]
fn a_port_in_quotes_is_a_number_and_grpc_takes_no_name() {
    let quoted = container("        readinessProbe: { httpGet: { path: /, port: \"8080\" } }");
    assert_eq!(readiness(&quoted).port.unwrap().value, "8080");
    assert_eq!(quoted.fate("httpGet.port").0, Fate::Changed);
    let plain = container("        readinessProbe: { httpGet: { path: /, port: 8080 } }");
    assert_eq!(plain.fate("httpGet.port").0, Fate::Mapped);
    let named = container(
        "        ports: [{ name: grpc, containerPort: 9000 }]\n        livenessProbe: { grpc: { port: grpc } }",
    );
    assert!(named.web().health.is_none());
    assert_eq!(named.fate("grpc.port").0, Fate::Unknown);
    assert!(named.reason("SK0892").contains("`grpc` is none"));
}

#[test]
fn only_a_readiness_probe_succeeds_more_than_once() {
    for probe in ["livenessProbe", "startupProbe"] {
        let twice = container(&format!("        {probe}: {{ tcpSocket: {{ port: 80 }}, successThreshold: 2 }}"));
        assert_eq!(twice.fate("successThreshold").0, Fate::Unknown);
        let health = twice.web().health.clone().unwrap();
        let written = health.liveness.or(health.startup).unwrap().0;
        assert_eq!(written.successes, None);
        let once = container(&format!("        {probe}: {{ tcpSocket: {{ port: 80 }}, successThreshold: 1 }}"));
        assert_eq!(once.fate("successThreshold").0, Fate::Mapped);
    }
}

#[test]
fn profiles_in_annotations_are_said() {
    let import = Imported::of(&crate::imported::deployment("", "").replace(
        "    metadata: { labels: { app: web, tier: front } }",
        "    metadata:
      labels: { app: web }
      annotations:
        container.apparmor.security.beta.kubernetes.io/web: localhost/web
        container.apparmor.security.beta.kubernetes.io/other: runtime/default
        seccomp.security.alpha.kubernetes.io/pod: docker/default
        container.seccomp.security.alpha.kubernetes.io/web: localhost/calls.json
        container.seccomp.security.alpha.kubernetes.io/other: unconfined",
    ));
    assert_eq!(import.fate("apparmor.security.beta.kubernetes.io/web\"]").0, Fate::Unsupported);
    assert_eq!(import.fate("apparmor.security.beta.kubernetes.io/other\"]").0, Fate::Ignored);
    assert_eq!(import.fate("alpha.kubernetes.io/pod\"]").0, Fate::Ignored);
    assert_eq!(import.fate("seccomp.security.alpha.kubernetes.io/web\"]").0, Fate::Unsupported);
    assert_eq!(import.fate("seccomp.security.alpha.kubernetes.io/other\"]").0, Fate::Changed);
    assert_eq!(import.findings("SK0902").len(), 2);
}

#[test]
fn none_of_a_device_is_no_loss() {
    let none = container("        resources: { limits: { nvidia.com/gpu: \"0\", hugepages-2Mi: 0 } }");
    assert_eq!(none.fate("gpu\"]").0, Fate::Ignored);
    assert_eq!(none.fate("hugepages-2Mi").0, Fate::Ignored);
    assert!(none.findings("SK0898").is_empty());
}

#[test]
fn what_is_overridden_is_ignored() {
    let import = Imported::pod(
        "      securityContext: { runAsNonRoot: true, runAsGroup: 5 }
      resources: { requests: { cpu: 2 } }",
        "        securityContext: { runAsNonRoot: false }\n        resources: { requests: { cpu: 1, memory: 3Gi } }",
    );
    assert_eq!(import.fate("template.spec.securityContext.runAsNonRoot").0, Fate::Ignored);
    assert_eq!(import.fate("template.spec.securityContext.runAsGroup").0, Fate::Mapped);
    assert!(import.findings("SK0901").is_empty());
    assert_eq!(import.fate("containers[0].resources.requests.cpu").0, Fate::Ignored);
    assert_eq!(import.fate("containers[0].resources.requests.memory").0, Fate::Mapped);
    assert_eq!(import.web().size.as_ref().unwrap().cpu, Some(Cpu(2000)));
}

#[test]
fn only_what_is_too_large_is_lost() {
    let import = container("        resources: { requests: { cpu: 2, memory: 100Ti }, limits: { memory: 200Ti } }");
    let reason = import.reason("SK0898");
    assert!(reason.contains("`100Ti` of memory"), "{reason}");
    assert_eq!(import.fate("requests.cpu").0, Fate::Mapped);
    let size = import.web().size.clone().unwrap();
    assert_eq!((size.cpu, size.memory), (Some(Cpu(2000)), None));
    let typo = container("        resources: { requests: { cpu: 1, memory: 128m } }");
    assert!(typo.findings("SK0895").is_empty());
}
