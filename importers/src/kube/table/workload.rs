//! The kinds that have pods.

use super::{
    container,
    kinds::{Kind, Section},
    metadata::{METADATA, OBJECT, TEMPLATE},
    pod,
    row::{Row, ignored, mapped, mapped_as, said},
    runtime, volumes,
};
use crate::kube::codes::workload as codes;

const HISTORY: Row = ignored("revisionHistoryLimit", "Skiff keeps its own history of releases");
const READY: Row = mapped("minReadySeconds", "rollout.bake");
const REPLICAS: Row = mapped("replicas", "replicas");
const SELECTOR: Row = ignored("selector.**", "it names the pods of the template, which was checked");

/// `spec` of a Deployment, its template excepted.
static DEPLOYMENT: &[Row] = &[
    REPLICAS,
    SELECTOR,
    READY,
    HISTORY,
    mapped("progressDeadlineSeconds", "rollout.deadline"),
    mapped("paused", "rollout"),
    mapped("strategy.type", "rollout.strategy"),
    mapped("strategy.rollingUpdate.maxSurge", "rollout"),
    mapped("strategy.rollingUpdate.maxUnavailable", "rollout"),
    ignored("rollbackTo.**", "a command of an old API, which the cluster took back once it was done"),
];

/// `spec` of a ReplicaSet and of a ReplicationController.
static REPLICA_SET: &[Row] = &[REPLICAS, SELECTOR, READY];

/// `spec` of a StatefulSet.
static STATEFUL_SET: &[Row] = &[
    REPLICAS,
    SELECTOR,
    READY,
    HISTORY,
    said(
        "serviceName",
        "discovery",
        &codes::SINGLE_STATEFUL_SET,
        "the member has no DNS name of its own, only the service has one",
        "look for configuration that names the pod",
    ),
    ignored("podManagementPolicy", "there is one member, so there is no order"),
    mapped("updateStrategy.type", "rollout.strategy"),
    said(
        "updateStrategy.rollingUpdate.partition",
        "rollout",
        &codes::ORDERED_UPDATE,
        "members have no ordinals by which a part of them could be updated",
        "use canary steps where a part should get the release first",
    ),
    ignored("updateStrategy.rollingUpdate.maxUnavailable", "there is one member"),
    said(
        "ordinals.**",
        "replicas",
        &codes::ORDERED_UPDATE,
        "members have no ordinals",
        "take what depends on the number out of the application",
    ),
    ignored("persistentVolumeClaimRetentionPolicy.**", "Skiff never deletes the volume of a service by itself"),
    ignored("volumeClaimTemplates[].apiVersion", "it says how the claim is read"),
    ignored("volumeClaimTemplates[].kind", "it says that it is a claim"),
    ignored("volumeClaimTemplates[].metadata.**", "nothing of it reaches the volume"),
    mapped("volumeClaimTemplates[].metadata.name", "volume"),
    mapped("volumeClaimTemplates[].spec.accessModes[]", "volume"),
    mapped("volumeClaimTemplates[].spec.resources.requests.<map>", "volume.size"),
    ignored("volumeClaimTemplates[].spec.resources.limits.<map>", "the volume has the size that is asked for"),
    ignored(
        "volumeClaimTemplates[].spec.resources.claims.**",
        "a device is for a container, and the API takes none for a volume",
    ),
    mapped("volumeClaimTemplates[].spec.storageClassName", "volume"),
    mapped("volumeClaimTemplates[].spec.volumeMode", "volume"),
    ignored("volumeClaimTemplates[].spec.volumeAttributesClassName", "the volume is of type gp3"),
    ignored("volumeClaimTemplates[].spec.volumeName", "the volume is a new one"),
    ignored("volumeClaimTemplates[].spec.selector.**", "the volume is a new one"),
    ignored("volumeClaimTemplates[].spec.dataSource.**", "the volume is a new one, and its data is copied"),
    ignored("volumeClaimTemplates[].spec.dataSourceRef.**", "the volume is a new one, and its data is copied"),
    ignored("volumeClaimTemplates[].status.**", "the cluster writes it"),
];

const ON_EACH_NODE: &str = "there are no nodes that each need a pod";

/// `spec` of a DaemonSet.
static DAEMON_SET: &[Row] = &[
    SELECTOR,
    HISTORY,
    said("minReadySeconds", "rollout", &codes::DAEMON_SET, ON_EACH_NODE, ""),
    said("updateStrategy.**", "rollout", &codes::DAEMON_SET, ON_EACH_NODE, ""),
    ignored("templateGeneration", "the cluster wrote it in an old API"),
];

/// `spec` of a Job, also below a CronJob.
static JOB: &[Row] = &[
    mapped_as("activeDeadlineSeconds", "timeout", "how long a run may take"),
    mapped_as("backoffLimit", "retries", "six when it is absent"),
    said("backoffLimitPerIndex", "retries", &codes::PARALLEL_JOB, INDEX, QUEUE),
    mapped("completionMode", "kind"),
    mapped("completions", "kind"),
    mapped("parallelism", "kind"),
    said(
        "managedBy",
        "kind",
        &codes::PARALLEL_JOB,
        "another controller looks after this Job",
        "ask what it does for it",
    ),
    ignored("manualSelector", "the selector finds the Job's own pods"),
    said("maxFailedIndexes", "retries", &codes::PARALLEL_JOB, INDEX, QUEUE),
    said(
        "podFailurePolicy.**",
        "retries",
        &codes::PARALLEL_JOB,
        "every failed run is tried again, whatever its exit code",
        "",
    ),
    ignored("podReplacementPolicy", "a run begins after the last one has ended"),
    said("scheduling.**", "kind", &codes::PARALLEL_JOB, "a run is one member, with nothing to schedule together", ""),
    SELECTOR,
    said("successPolicy.**", "kind", &codes::PARALLEL_JOB, INDEX, QUEUE),
    mapped("suspend", "suspended"),
    ignored("ttlSecondsAfterFinished", "the VM of a run goes when the run ends"),
];

const INDEX: &str = "a run is one member, and has no index";
const QUEUE: &str = "put the parts into a queue, and let a worker take them";

/// `spec` of a CronJob.
static CRON_JOB: &[Row] = &[
    mapped("schedule", "schedule"),
    mapped("timeZone", "timezone"),
    mapped("suspend", "suspended"),
    mapped("concurrencyPolicy", "kind"),
    said(
        "startingDeadlineSeconds",
        "schedule",
        &codes::STARTING_DEADLINE,
        "a run that could not start is left out, however late it is",
        "let the job find out what is left to do",
    ),
    ignored("successfulJobsHistoryLimit", "runs are in the log"),
    ignored("failedJobsHistoryLimit", "runs are in the log"),
];

/// What stands at a pod, wherever the pod stands.
macro_rules! pods {
    ($name:literal, $groups:expr, $at:literal, $($place:literal: $rows:expr),* $(,)?) => {
        Kind {
            name: $name,
            groups: &$groups,
            api: Some($name),
            sections: &[
                Section { at: "", rows: &[OBJECT] },
                Section { at: "metadata", rows: &[METADATA] },
                $(Section { at: $place, rows: &[$rows] },)*
                Section { at: concat!($at, "spec"), rows: &[pod::POD, container::POD, volumes::POD] },
                Section {
                    at: concat!($at, "spec.containers[]"),
                    rows: &[container::CONTAINER, container::MAIN_CONTAINER, runtime::CONTAINER],
                },
                Section {
                    at: concat!($at, "spec.initContainers[]"),
                    rows: &[container::CONTAINER, container::INIT_CONTAINER, runtime::INIT_CONTAINER],
                },
            ],
        }
    };
}

/// The same for what has a template of its pods.
macro_rules! template {
    ($name:literal, $groups:expr, $rows:expr) => {
        pods!($name, $groups, "spec.template.", "spec": $rows, "spec.template.metadata": METADATA, "spec.template.metadata": TEMPLATE)
    };
}

/// The kinds that have pods.
pub(super) static KINDS: &[Kind] = &[
    template!("Deployment", ["apps", "extensions"], DEPLOYMENT),
    template!("ReplicaSet", ["apps", "extensions"], REPLICA_SET),
    template!("ReplicationController", [""], REPLICA_SET),
    template!("StatefulSet", ["apps"], STATEFUL_SET),
    template!("DaemonSet", ["apps", "extensions"], DAEMON_SET),
    template!("Job", ["batch"], JOB),
    pods!("Pod", [""], "",),
    pods!(
        "CronJob", ["batch"], "spec.jobTemplate.spec.template.",
        "spec": CRON_JOB,
        "spec.jobTemplate.metadata": METADATA,
        "spec.jobTemplate.metadata": TEMPLATE,
        "spec.jobTemplate.spec": JOB,
        "spec.jobTemplate.spec.template.metadata": METADATA,
        "spec.jobTemplate.spec.template.metadata": TEMPLATE,
    ),
];
