//! Codes SK0910 to SK0949: how requests reach a workload.

use skiff_compiler::declare;

declare! {
    /// No imported workload carries the labels that this Service selects.
    ///
    /// Import the workload's manifest together with this one.
    NO_TARGET = "SK0910" "kube-service-without-workload" UNSUPPORTED "a Service that selects nothing of the import";
}
