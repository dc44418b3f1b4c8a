//! Codes SK0870 to SK0889: what a pod and its containers run.

use skiff_compiler::declare;

declare! {
    /// The image's name is a placeholder or no reference at all, so nothing can pull it: `${IMAGE}`, `<image>`, `REPLACE_ME`.
    ///
    /// Fill it in before the import, or correct `image` in `skiff.yaml`.
    BAD_IMAGE = "SK0870" "kube-image" UNSUPPORTED "an image that cannot be pulled";
}
