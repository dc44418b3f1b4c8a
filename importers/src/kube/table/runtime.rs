//! What a container says of how it runs: probes, resources, privileges, hooks.

use super::row::{Row, ignored, mapped, mapped_as, said};
use crate::kube::codes::runtime::{
    HOOK, PRIVILEGED, PROBE_CHANGED, RESOURCE, RESOURCE_CHANGED, SECURITY, SECURITY_CHANGED, STOP_CHANGED,
};

const DEVICES: &str = "Skiff chooses a VM by processor, memory and disk";
const NAME_A_TYPE: &str =
    "name a type that has it, such as `size: { instance_type: g5.xlarge }` for graphics processors";
const GRPC_MODE: &str = "Skiff asks gRPC without TLS";
const HTTP_VERSION: &str = "Skiff asks by HTTP/1.1";
const OTHER_HOST: &str = "Kubernetes asks this other host, Skiff asks the member itself";

/// The rows of all containers: three probes, two hooks, and the rest.
macro_rules! container {
    (probes: $($probe:literal => $health:literal),+; hooks: $($hook:literal => $home:literal),+; $($row:expr),+ $(,)?) => {
        &[
            $(
                mapped(concat!($probe, ".httpGet.path"), concat!($health, ".http")),
                mapped_as(concat!($probe, ".httpGet.port"), concat!($health, ".port"), "a name becomes its number"),
                mapped(concat!($probe, ".httpGet.scheme"), concat!($health, ".tls")),
                said(concat!($probe, ".httpGet.host"), $health, &PROBE_CHANGED, OTHER_HOST, "probe by a command instead"),
                said(concat!($probe, ".httpGet.protocol"), $health, &PROBE_CHANGED, HTTP_VERSION, ""),
                mapped(concat!($probe, ".httpGet.httpHeaders[].name"), concat!($health, ".headers")),
                mapped(concat!($probe, ".httpGet.httpHeaders[].value"), concat!($health, ".headers")),
                mapped_as(concat!($probe, ".tcpSocket.port"), concat!($health, ".tcp"), "a name becomes its number"),
                said(concat!($probe, ".tcpSocket.host"), $health, &PROBE_CHANGED, OTHER_HOST, "probe by a command instead"),
                mapped(concat!($probe, ".grpc.port"), concat!($health, ".port")),
                mapped(concat!($probe, ".grpc.service"), concat!($health, ".grpc")),
                said(concat!($probe, ".grpc.mode"), $health, &PROBE_CHANGED, GRPC_MODE, "probe by a command instead"),
                mapped(concat!($probe, ".exec.command[]"), concat!($health, ".exec")),
                mapped(concat!($probe, ".initialDelaySeconds"), concat!($health, ".delay")),
                mapped(concat!($probe, ".periodSeconds"), concat!($health, ".interval")),
                mapped(concat!($probe, ".timeoutSeconds"), concat!($health, ".timeout")),
                mapped(concat!($probe, ".failureThreshold"), concat!($health, ".failures")),
                mapped(concat!($probe, ".successThreshold"), concat!($health, ".successes")),
                said(
                    concat!($probe, ".terminationGracePeriodSeconds"),
                    "stop.grace",
                    &PROBE_CHANGED,
                    "a container that fails this probe has as long to stop as on any other occasion",
                    "set `stop: { grace: … }` for the whole service",
                ),
            )+
            $(
                mapped(concat!($hook, ".exec.command[]"), concat!($home, ".exec")),
                mapped(concat!($hook, ".httpGet.path"), concat!($home, ".http")),
                mapped_as(concat!($hook, ".httpGet.port"), concat!($home, ".port"), "a name becomes its number"),
                mapped(concat!($hook, ".httpGet.scheme"), $home),
                said(concat!($hook, ".httpGet.host"), $home, &HOOK, "Skiff's hooks ask the member itself", ""),
                said(concat!($hook, ".httpGet.protocol"), $home, &STOP_CHANGED, HTTP_VERSION, ""),
                said(concat!($hook, ".httpGet.httpHeaders.**"), $home, &HOOK, "Skiff's hooks send no headers", ""),
                said(
                    concat!($hook, ".sleep.seconds"),
                    "stop.drain",
                    &STOP_CHANGED,
                    "Skiff waits by itself until no request comes any more",
                    "set `stop: { drain: … }`",
                ),
                said(concat!($hook, ".tcpSocket.**"), $home, &HOOK, "the API refuses such hooks when they run", ""),
            )+
            $($row,)+
        ]
    };
}

/// A container, from its root.
pub(super) static CONTAINER: &[Row] = container! {
    probes:
        "readinessProbe" => "health.readiness",
        "livenessProbe" => "health.liveness",
        "startupProbe" => "health.startup";
    hooks:
        "lifecycle.postStart" => "hooks.after_start",
        "lifecycle.preStop" => "hooks.before_stop";
    said("lifecycle.stopSignal", "", &HOOK, "Skiff stops a container with SIGTERM", "set STOPSIGNAL in the image"),
    mapped_as("resources.requests.cpu", "size.cpu", "a VM has what all containers ask for together"),
    mapped_as("resources.requests.memory", "size.memory", "a VM has what all containers ask for together, in whole MiB"),
    mapped_as("resources.requests.ephemeral-storage", "size.disk", "beside 8Gi for the system and images"),
    said("resources.requests.<map>", "size", &RESOURCE, DEVICES, NAME_A_TYPE),
    mapped("resources.limits.cpu", "limits.cpu"),
    mapped_as("resources.limits.memory", "limits.memory", "in whole MiB"),
    said(
        "resources.limits.ephemeral-storage",
        "size.disk",
        &RESOURCE_CHANGED,
        "nothing keeps a container from filling the root volume of its VM",
        "set `size: { disk: … }` for all that it writes",
    ),
    said("resources.limits.<map>", "size", &RESOURCE, DEVICES, NAME_A_TYPE),
    said("resources.claims.**", "size", &RESOURCE, "Skiff claims no devices", NAME_A_TYPE),
    ignored("resizePolicy.**", "the size of a VM does not change while it runs"),
    mapped("securityContext.runAsUser", "security.user"),
    mapped("securityContext.runAsGroup", "security.group"),
    said(
        "securityContext.runAsNonRoot",
        "security.non_root",
        &SECURITY_CHANGED,
        "the runner looks at the image's user when it starts the container",
        "name the user under `security: { user: … }` to be sure",
    ),
    mapped("securityContext.readOnlyRootFilesystem", "security.read_only"),
    mapped("securityContext.allowPrivilegeEscalation", "security.privilege_escalation"),
    mapped("securityContext.capabilities.add[]", "security.add_capabilities"),
    mapped("securityContext.capabilities.drop[]", "security.drop_capabilities"),
    said("securityContext.privileged", "security.privileged", &PRIVILEGED, "the container is root on its node", ""),
    said("securityContext.procMount", "security", &SECURITY, "Skiff masks parts of `/proc`", ""),
    mapped_as("securityContext.seccompProfile.type", "security", "every container has the engine's profile"),
    said("securityContext.seccompProfile.localhostProfile", "security", &SECURITY, "the profile is a file on nodes", ""),
    ignored("securityContext.appArmorProfile.type", "the VM's system does not use AppArmor"),
    said("securityContext.appArmorProfile.localhostProfile", "security", &SECURITY, "the profile is loaded on nodes", ""),
    said(
        "securityContext.seLinuxOptions.**",
        "security",
        &SECURITY,
        "Skiff gives no SELinux labels",
        "limit the container by `capabilities` and `read_only`",
    ),
    said("securityContext.windowsOptions.**", "security", &SECURITY, "Skiff's VMs run Linux", "leave it where it is"),
};

/// An init container, from its root: a sidecar among them has probes and hooks.
pub(super) static INIT_CONTAINER: &[Row] = CONTAINER;
