//! What scales and protects workloads.

use super::{
    kinds::{Kind, Section},
    metadata::{METADATA, OBJECT},
    row::{Row, ignored, mapped, mapped_as, said},
};
use crate::kube::codes::runtime::{RESOURCE_CHANGED, SCALING, SCALING_CHANGED};

const OF_REQUEST: &str = "percent of the request becomes percent of the VM";
const FOLLOWS: &str = "Skiff follows processor use and queues";
const INSTEAD: &str = "write `scaling: { cpu: … }` or `scaling: { queue: … }`";
const ITS_OWN_PACE: &str = "target tracking has its own pace";
const OF_A_TYPE: &str = "the amount beside it is of one type, and says which";
const WHAT_IT_IS: &str = "it says what is followed";

/// `spec` of a HorizontalPodAutoscaler, of all versions of its API.
static AUTOSCALER: &[Row] = &[
    mapped_as("scaleTargetRef.apiVersion", "", "it joins the autoscaler to its workload"),
    mapped_as("scaleTargetRef.kind", "", "it joins the autoscaler to its workload"),
    mapped_as("scaleTargetRef.name", "", "it joins the autoscaler to its workload"),
    mapped("minReplicas", "replicas.min"),
    mapped("maxReplicas", "replicas.max"),
    said("targetCPUUtilizationPercentage", "scaling.cpu", &SCALING_CHANGED, OF_REQUEST, "look at the number"),
    mapped_as("metrics[].type", "scaling", WHAT_IT_IS),
    mapped_as("metrics[].resource.name", "scaling", WHAT_IT_IS),
    said("metrics[].resource.target.**", "scaling", &SCALING, FOLLOWS, INSTEAD),
    ignored("metrics[].resource.target.type", OF_A_TYPE),
    said(
        "metrics[].resource.target.averageUtilization",
        "scaling.cpu",
        &SCALING_CHANGED,
        OF_REQUEST,
        "look at the number",
    ),
    said("metrics[].resource.target.averageValue", "scaling.cpu", &SCALING_CHANGED, "it becomes percent of the VM", ""),
    said(
        "metrics[].resource.targetAverageUtilization",
        "scaling.cpu",
        &SCALING_CHANGED,
        OF_REQUEST,
        "look at the number",
    ),
    said("metrics[].resource.targetAverageValue", "scaling.cpu", &SCALING_CHANGED, "it becomes percent of the VM", ""),
    mapped_as("metrics[].containerResource.name", "scaling", WHAT_IT_IS),
    mapped_as("metrics[].containerResource.container", "scaling", "the only container of the pod"),
    said("metrics[].containerResource.target.**", "scaling", &SCALING, FOLLOWS, INSTEAD),
    ignored("metrics[].containerResource.target.type", OF_A_TYPE),
    said("metrics[].containerResource.target.averageUtilization", "scaling.cpu", &SCALING_CHANGED, OF_REQUEST, ""),
    said("metrics[].containerResource.target.averageValue", "scaling.cpu", &SCALING_CHANGED, OF_REQUEST, ""),
    said("metrics[].containerResource.targetAverageUtilization", "scaling.cpu", &SCALING_CHANGED, OF_REQUEST, ""),
    said("metrics[].containerResource.targetAverageValue", "scaling.cpu", &SCALING_CHANGED, OF_REQUEST, ""),
    said("metrics[].pods.**", "scaling", &SCALING, FOLLOWS, INSTEAD),
    said("metrics[].object.**", "scaling", &SCALING, FOLLOWS, INSTEAD),
    said("metrics[].external.**", "scaling", &SCALING, FOLLOWS, INSTEAD),
    said(
        "behavior.**",
        "scaling",
        &SCALING_CHANGED,
        ITS_OWN_PACE,
        "watch the first days; raise `min` if it is too slow",
    ),
];

/// `spec` of a PodDisruptionBudget.
static BUDGET: &[Row] = &[
    mapped("minAvailable", "min_healthy"),
    mapped("maxUnavailable", "min_healthy"),
    mapped_as("selector.matchLabels.<map>", "", "it joins the budget to its workloads"),
    mapped_as("selector.matchExpressions[].key", "", "it joins the budget to its workloads"),
    mapped_as("selector.matchExpressions[].operator", "", "it joins the budget to its workloads"),
    mapped_as("selector.matchExpressions[].values[]", "", "it joins the budget to its workloads"),
    ignored("unhealthyPodEvictionPolicy", "AWS replaces a member that is not healthy at any time"),
];

const SUPPLIED: &str = "it is written out for the containers that do not say it";
const REFUSES: &str = "it refuses objects, and what is imported was accepted";

const DEFAULTS: &str = "its defaults are written out";

/// A LimitRange becomes nothing of its own: these rows replace those of all objects.
static WRITTEN_OUT: &[Row] = &[mapped_as("kind", "", DEFAULTS)];
static WRITTEN_OUT_NAME: &[Row] = &[mapped_as("name", "", DEFAULTS), mapped_as("namespace", "", DEFAULTS)];

/// `spec` of a LimitRange.
static LIMIT_RANGE: &[Row] = &[
    mapped_as("limits[].type", "", "it says what is limited"),
    said("limits[].default.cpu", "limits.cpu", &RESOURCE_CHANGED, SUPPLIED, ""),
    said("limits[].default.memory", "limits.memory", &RESOURCE_CHANGED, SUPPLIED, ""),
    said("limits[].default.ephemeral-storage", "size.disk", &RESOURCE_CHANGED, SUPPLIED, ""),
    ignored("limits[].default.<map>", "Skiff chooses a VM by processor, memory and disk"),
    said("limits[].defaultRequest.cpu", "size.cpu", &RESOURCE_CHANGED, SUPPLIED, ""),
    said("limits[].defaultRequest.memory", "size.memory", &RESOURCE_CHANGED, SUPPLIED, ""),
    said("limits[].defaultRequest.ephemeral-storage", "size.disk", &RESOURCE_CHANGED, SUPPLIED, ""),
    ignored("limits[].defaultRequest.<map>", "Skiff chooses a VM by processor, memory and disk"),
    ignored("limits[].max.<map>", REFUSES),
    ignored("limits[].min.<map>", REFUSES),
    ignored("limits[].maxLimitRequestRatio.<map>", REFUSES),
];

/// The kinds of this topic.
pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "HorizontalPodAutoscaler",
        groups: &["autoscaling", "extensions"],
        api: Some("HorizontalPodAutoscaler"),
        sections: &[
            Section { at: "", rows: &[OBJECT] },
            Section { at: "metadata", rows: &[METADATA] },
            Section { at: "spec", rows: &[AUTOSCALER] },
        ],
    },
    Kind {
        name: "PodDisruptionBudget",
        groups: &["policy"],
        api: Some("PodDisruptionBudget"),
        sections: &[
            Section { at: "", rows: &[OBJECT] },
            Section { at: "metadata", rows: &[METADATA] },
            Section { at: "spec", rows: &[BUDGET] },
        ],
    },
    Kind {
        name: "LimitRange",
        groups: &[""],
        api: Some("LimitRange"),
        sections: &[
            Section { at: "", rows: &[OBJECT, WRITTEN_OUT] },
            Section { at: "metadata", rows: &[METADATA, WRITTEN_OUT_NAME] },
            Section { at: "spec", rows: &[LIMIT_RANGE] },
        ],
    },
];
