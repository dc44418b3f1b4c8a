//! Codes SK0840 to SK0869: workloads, their scale and their configuration.

use skiff_compiler::declare;

declare! {
    /// A container without an `image` is part of a manifest: a patch that kustomize puts onto a base.
    ///
    /// Import what kustomize makes of it: `kubectl kustomize DIRECTORY | skiff import kube -`.
    PARTIAL = "SK0840" "kube-partial-manifest" UNSUPPORTED "a partial manifest: run kustomize build";
}
