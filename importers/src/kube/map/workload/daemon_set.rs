//! DaemonSets: one pod on each node.

use super::{Pods, products};
use crate::kube::{codes::workload as codes, object::Object};

/// Says what becomes of it: logs and metrics are the runner's, anything else has no place.
pub(super) fn say(object: &Object<'_>, pods: Pods<'_>) {
    if products::is_shipper(pods.spec) {
        object
            .root()
            .ignore("it ships logs or metrics of nodes; Skiff's runner ships those of each member to CloudWatch");
        return;
    }
    let reason = "it runs one pod on each node, and on Skiff each VM is one member of one service";
    let action = "add its container under `containers:` of the services that need it, or leave it with the cluster";
    object.say(&codes::DAEMON_SET, reason, action);
}
