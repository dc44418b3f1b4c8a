//! Codes SK0890 to SK0909: how containers run, and how they scale.

use skiff_compiler::declare;

declare! {
    /// The container is root on its node: `privileged`, or one of the host's namespaces. On a VM of its own that means root
    /// on the VM, with the rights of its role.
    ///
    /// Find out what it needs that for; most often one capability is enough. If it is really meant, set
    /// `security: { privileged: true }` in `skiff.yaml` yourself.
    PRIVILEGED = "SK0890" "kube-privileged" UNSUPPORTED "a container that is root on its node";
}
