//! Codes of every kind of object: SK0828 to SK0839.

use skiff_compiler::declare;

declare! {
    /// The Kubernetes API of this kind has no field of this name at this place, so kubectl leaves it out or refuses it, and
    /// Skiff cannot know what was meant.
    ///
    /// ```yaml
    /// spec:
    ///   RestartPolicy: Always # a field begins with a small letter
    /// ```
    ///
    /// Correct the name or the indentation. A field that a newer version of the API brought is reported here too.
    UNKNOWN_FIELD = "SK0830" "kube-unknown-field" UNKNOWN "the Kubernetes API has no such field";
    /// The value is of another type than the API takes, so a cluster refuses the object.
    ///
    /// ```yaml
    /// env:
    ///   - name: DEBUG
    ///     value: true # must be "true"
    /// ```
    ///
    /// Correct it, or fill in the placeholder before the import.
    WRONG_TYPE = "SK0831" "kube-wrong-type" ERROR "the Kubernetes API refuses this type of value";
    /// Skiff has a home for this field, but the object it belongs to could not be imported, or does not lead to a service
    /// that was: a Service that selects nothing, a route to a Service that is not there.
    ///
    /// Look for other findings about the object: they say what is missing.
    NOT_CARRIED = "SK0832" "kube-not-carried" UNSUPPORTED "nothing that was imported leads here";
    /// The API knows this field, and Skiff has nothing that it could become.
    ///
    /// Check whether the workload needs it. If it does, say so in an issue of Skiff.
    NO_HOME = "SK0833" "kube-no-home" UNSUPPORTED "a field that Skiff has no counterpart for";
    /// Skiff does not know this kind of object: a resource that an operator or an extension of the cluster brought. What
    /// that operator does from it must be done some other way.
    ///
    /// If the operator creates Deployments and Services, export those and import them.
    UNKNOWN_KIND = "SK0834" "kube-unknown-kind" UNSUPPORTED "a kind of object that Skiff does not know";
    /// This kind of object has no counterpart; the finding says what takes its place.
    ///
    /// Skiff knows the kind, and an application of `skiff.yaml` has nothing that would do the same. Read what the finding says of
    /// the object, do that where you need it, and leave the object out of the next import.
    KIND_WITHOUT_HOME = "SK0835" "kube-kind-without-home" UNSUPPORTED "a kind of object without a counterpart";
    /// The application's AWS account, region or certificate is in no manifest. The import writes a placeholder that compiles.
    ///
    /// Give `--account`, `--region` and `--certificate`, or correct `skiff.yaml` before you apply anything.
    PLACEHOLDER = "SK0836" "import-placeholder" ASSUMED "a placeholder that you must fill in";
    /// Services that connect to each other in a circle cannot be deployed one after the other, so Skiff refuses circles, and
    /// one of the connections was left out: it is closed.
    ///
    /// Let one side send messages through a queue, or run both in one service, under `containers`.
    CIRCLE = "SK0838" "kube-circle" UNSUPPORTED "services that connect to each other in a circle";
    /// The pods name a region or a bucket of AWS, and nothing among the manifests says by which role they may use it: with EKS
    /// Pod Identity, or with a role of the node, that stands in no manifest. A member has a role that Skiff makes, and it
    /// may do what `permissions:` says, which the import leaves empty.
    ///
    /// ```sh
    /// aws eks list-pod-identity-associations --cluster-name NAME
    /// ```
    ///
    /// Find the role of the service account, and copy its policies to `permissions:` of the service.
    POD_IDENTITY = "SK0839" "kube-pod-identity" ASSUMED "a role of AWS that stands in no manifest";
    /// The version of the API that the object is written in is gone from newer clusters. Skiff reads it as the cluster did
    /// that still had it, with the defaults of that version.
    ///
    /// Nothing is to do for Skiff. A cluster of today refuses the file: if it is still applied somewhere, write it in the
    /// newer version.
    OLD_GROUP = "SK0829" "kube-old-api" NOTE "a version of the API that newer clusters do not have";
    /// A sidecar, an init container with `restartPolicy: Always`, starts in a cluster at its place among the init containers.
    /// Skiff starts what has `first: true` before all init containers.
    ///
    /// Check that it can start without what the init containers before it prepare.
    SIDECAR_ORDER = "SK0828" "kube-sidecar-order" CHANGED "a sidecar that starts earlier";
    /// Two objects have the same kind, namespace and name. `kubectl apply` leaves the one that is applied last in the cluster,
    /// and so does Skiff: files are taken in the order of their names, and nothing of the other object is imported.
    ///
    /// If they belong to two environments, import the files of one at a time.
    DUPLICATE_OBJECT = "SK0837" "kube-duplicate-object" CHANGED "an object that is there twice";
}
