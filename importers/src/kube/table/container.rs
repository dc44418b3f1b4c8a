//! What a container says of what it runs: image, command, variables, ports, mounts.

use super::row::{Row, ignored, mapped, mapped_as, said};
use crate::kube::codes::pod as codes;

/// What a pod says of its containers as a whole.
pub(super) static POD: &[Row] = &[
    ignored("ephemeralContainers.**", "somebody's debugging session in a running pod"),
    said(
        "imagePullSecrets[].name",
        "image",
        &codes::REGISTRY_LOGIN,
        "members pull with their own role, and with no login of another registry",
        "copy the image to Amazon ECR, or check that it can be pulled without a login",
    ),
    mapped_as("restartPolicy", "kind", "a service restarts its containers, a job tries a failed run again"),
    ignored("serviceAccount", "each service has an AWS role of its own"),
    ignored("serviceAccountName", "each service has an AWS role of its own"),
];

/// A container, from its root.
pub(super) static CONTAINER: &[Row] = &[
    mapped_as("name", "containers", "the name of a container beside the main one"),
    mapped("image", "image"),
    ignored("imagePullPolicy", "a member pulls the digest of its release, once"),
    mapped_as("command[]", "command", "replaces the image's ENTRYPOINT; without `args` its CMD goes too"),
    mapped_as("args[]", "args", "replace the image's CMD"),
    mapped("workingDir", "working_directory"),
    mapped("env[].name", "env"),
    mapped_as("env[].value", "env", "`$(NAME)` is filled in during the import where the value is known"),
    mapped("env[].valueFrom.configMapKeyRef.name", "env"),
    mapped("env[].valueFrom.configMapKeyRef.key", "env"),
    ignored("env[].valueFrom.configMapKeyRef.optional", "the import knows whether it is there"),
    mapped("env[].valueFrom.secretKeyRef.name", "secrets"),
    mapped("env[].valueFrom.secretKeyRef.key", "secrets"),
    ignored("env[].valueFrom.secretKeyRef.optional", "Skiff asks for every secret that a service names"),
    mapped("env[].valueFrom.fieldRef.fieldPath", "facts"),
    ignored("env[].valueFrom.fieldRef.apiVersion", "there is only one"),
    mapped("env[].valueFrom.resourceFieldRef.resource", "env"),
    mapped("env[].valueFrom.resourceFieldRef.containerName", "env"),
    mapped("env[].valueFrom.resourceFieldRef.divisor", "env"),
    said(
        "env[].valueFrom.fileKeyRef.**",
        "env",
        &codes::FIELD_REFERENCE,
        "the value is in a file that an init container writes, and no import can know it",
        "let the application read the file, or put the value under `secrets:`",
    ),
    mapped("envFrom[].configMapRef.name", "env"),
    ignored("envFrom[].configMapRef.optional", "the import knows whether it is there"),
    mapped("envFrom[].secretRef.name", "secrets"),
    ignored("envFrom[].secretRef.optional", "Skiff asks for every secret that a service names"),
    mapped_as("envFrom[].prefix", "env", "part of the variables' names"),
    mapped_as("ports[].containerPort", "ports", "`port` where a Service leads to it"),
    mapped("ports[].name", "ports"),
    mapped_as("ports[].protocol", "ports", "TCP is the only protocol that a member serves"),
    ignored("ports[].hostIP", "a member has one address"),
    said(
        "ports[].hostPort",
        "ports",
        &codes::HOST_PORT,
        "every port of a member is a port of its VM, and only services that use it may connect",
        "let its clients `use` the service",
    ),
    mapped("volumeMounts[].name", "mounts"),
    mapped("volumeMounts[].mountPath", "mounts"),
    mapped("volumeMounts[].subPath", "mounts"),
    mapped_as("volumeMounts[].subPathExpr", "mounts", "variables are filled in during the import"),
    mapped("volumeMounts[].readOnly", "mounts"),
    said(
        "volumeMounts[].mountPropagation",
        "mounts",
        &codes::MOUNT,
        "mounts do not spread between a container and its VM",
        "mount what is needed in each container",
    ),
    said(
        "volumeMounts[].recursiveReadOnly",
        "mounts",
        &codes::MOUNT,
        "a mount is read-only by itself, and not for other mounts below it",
        "make those read-only too",
    ),
    said(
        "volumeMounts[].bindMountOptions[]",
        "mounts",
        &codes::MOUNT,
        "options of the mount are not carried over",
        "check what the application needs them for",
    ),
    said(
        "volumeDevices.**",
        "volume",
        &codes::MOUNT,
        "a raw block device cannot be given to a container",
        "use a file system, or a managed database",
    ),
    said(
        "restartPolicyRules.**",
        "health",
        &codes::TERMINAL,
        "a container is restarted whatever its exit code was",
        "let the process decide by itself",
    ),
    said(
        "stdin",
        "command",
        &codes::TERMINAL,
        "nobody can type into a container of a member",
        "read from a file or a queue",
    ),
    ignored("stdinOnce", "it says how often somebody may type"),
    said(
        "tty",
        "command",
        &codes::TERMINAL,
        "a container of a member has no terminal",
        "check that it runs without one",
    ),
    ignored("terminationMessagePath", "the last words of a container are in its log"),
    ignored("terminationMessagePolicy", "the last words of a container are in its log"),
];

/// What an init container says besides.
pub(super) static INIT_CONTAINER: &[Row] =
    &[mapped_as("restartPolicy", "containers", "`Always` is a container with `first: true`")];

/// What any other container says besides.
pub(super) static MAIN_CONTAINER: &[Row] = &[mapped_as("restartPolicy", "", "`Always` is how members run containers")];
