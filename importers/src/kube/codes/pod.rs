//! Codes SK0870 to SK0889: what a pod and its containers run.

use skiff_compiler::declare;

declare! {
    /// The image's name is a placeholder or no reference at all, so nothing can pull it: `${IMAGE}`, `<image>`, `REPLACE_ME`,
    /// or the bare name of the workload, which tools such as Skaffold replace when they build. With `imagePullPolicy: Never` it
    /// must be on the node already, and a new VM has no images.
    ///
    /// Import what your tool renders, or correct `image` in `skiff.yaml`. Until then it names an image that does not exist.
    BAD_IMAGE = "SK0870" "kube-image" UNSUPPORTED "an image that cannot be pulled";
    /// The image has no tag, or one that moves, such as `latest`. Auto Scaling starts members weeks apart, and they would run
    /// different versions.
    ///
    /// `skiff lock` asks the registry what the tag means now and pins it; a release always runs the pinned digest.
    MUTABLE_TAG = "SK0871" "kube-mutable-tag" CHANGED "an image by a tag that moves";
    /// The container expects what only a cluster's kubelet does for it: a terminal, somebody who types, rules by exit code for
    /// when it is restarted.
    ///
    /// Skiff's runner starts a container without a terminal and restarts it whenever it ends.
    ///
    /// Check that the application runs like that.
    TERMINAL = "SK0872" "kube-terminal" UNSUPPORTED "a container that wants a terminal or rules of its own";
    /// The image is in a registry that wants a login. Members pull from Amazon ECR with their own role; a login for another
    /// registry is a secret that the VMs must be given.
    ///
    /// Copy the image to Amazon ECR (a pull-through cache does it by itself).
    REGISTRY_LOGIN = "SK0873" "kube-registry-login" CHANGED "an image behind a login";
    /// This container belongs to a service mesh or to another cloud's proxy: it works only with its control plane, which a VM
    /// does not have.
    ///
    /// Traffic between services of one file is already limited to those that use each other. For encryption between them,
    /// serve TLS in the application.
    SIDECAR = "SK0874" "kube-mesh-sidecar" UNSUPPORTED "a container of a mesh or proxy";
    /// The annotation or label makes something in the cluster add containers, files or credentials to the pod. They stand in no
    /// manifest, and nothing adds them to a VM.
    ///
    /// Add what the application needs of it yourself: a container under `containers:`, a secret under `secrets:`.
    INJECTED = "SK0875" "kube-injected" UNSUPPORTED "something that is injected in the cluster";
    /// Members of a service are reached by TCP. A UDP or SCTP port, two containers on one port, the runner's own port 8079,
    /// or another port on the node than in the pod cannot be carried over.
    ///
    /// Serve TCP, or put this part of the application elsewhere.
    PORT = "SK0876" "kube-port" UNSUPPORTED "a port that cannot be carried over";
    /// A container of a VM listens on the VM's own address, so each port is a port of the host. Only services that use this
    /// one, and the load balancer, may connect to it.
    ///
    /// Add it under `ports:` and let its clients `use` the service, if it should be reached directly.
    HOST_PORT = "SK0877" "kube-host-port" CHANGED "a port of the node";
    /// A variable has letters, digits and underscores in its name, and does not begin with `SKIFF_` or `AWS_CONTAINER_`, which
    /// the runner sets.
    ///
    /// Rename it in the application, or put the value into a file.
    VARIABLE_NAME = "SK0878" "kube-variable-name" UNSUPPORTED "a variable with a name that cannot be";
    /// The plain value of a variable has a form that only secrets have: a private key, a token, a password within a URL. Variables
    /// under `env` are written to plans in plain text, so the import made a secret of it and does not repeat it.
    ///
    /// Fill the secret in with `skiff secret set`, and replace the value if it was real: it stands in a manifest.
    PLAIN_SECRET = "SK0879" "kube-plain-secret" CHANGED "a plain value that looks like a secret";
    /// The variable holds what the cluster knows of a pod. Skiff's runner fills in what it knows of the member instead: the
    /// name of a member is the service's name and the id of its instance, and a node is an instance.
    ///
    /// Check that the application only needs something unique.
    MEMBER_FACT = "SK0880" "kube-member-fact" CHANGED "a variable about the member instead of the pod";
    /// This field of the pod has no counterpart on a VM, or its value cannot be known before the VM runs.
    ///
    /// Set the variable or write the file yourself, under `env:` or `files:`.
    FIELD_REFERENCE = "SK0881" "kube-field-reference" UNSUPPORTED "a field of the pod that a member does not have";
    /// The variable holds a share of a container's resources. The import computed it once; it does not follow when you change
    /// `size` or `limits`.
    ///
    /// Change it together with them.
    RESOURCE_REFERENCE = "SK0882" "kube-resource-reference" CHANGED "an amount that is computed once";
    /// The files of a ConfigMap become files of a release. A cluster changes mounted files within a minute or so when the
    /// ConfigMap changes; on Skiff they change with the next release. And only these files are written: what the image has
    /// in the same directory stays visible.
    ///
    /// Deploy after a change.
    FIXED_FILES = "SK0883" "kube-fixed-files" CHANGED "files that change with a release only";
    /// A file of this volume cannot be written: its mode or its path is none, or its content is known only to the cluster.
    ///
    /// Write it yourself under `files:`, or let an init container write it into a volume.
    FILE = "SK0884" "kube-file" UNSUPPORTED "a file that cannot be carried over";
    /// A VM has its own disk and nothing of a node, a cluster or another storage system.
    ///
    /// Shared files belong into a bucket (`buckets:`), data into a database, secrets of a store into AWS Secrets Manager.
    VOLUME_KIND = "SK0885" "kube-volume-kind" UNSUPPORTED "a kind of volume that a VM does not have";
    /// A claim can be kept only by a service of exactly one member that is not behind the load balancer: an EBS volume belongs
    /// to one VM in one zone.
    ///
    /// Put shared files into a bucket, data into a database, or split the part that needs the volume off into a service of
    /// its own.
    SHARED_CLAIM = "SK0886" "kube-shared-claim" UNSUPPORTED "a claim that several members or requests share";
    /// A volume of a single pod becomes an EBS volume of a stateful service: encrypted, in one zone, with backups. The old
    /// member stops before the new one starts. The class of the storage is not carried over: it is always gp3.
    ///
    /// Set `volume.iops`, `volume.throughput`, `backup` and `zone` in `skiff.yaml` as you need them.
    CLAIM = "SK0887" "kube-claim" CHANGED "a claim becomes an EBS volume";
    /// What is in the volume today stays in the cluster: an import moves no data.
    ///
    /// Copy it before traffic moves: stop the writer, copy to the new volume with a tool of the application or `rsync`,
    /// compare, then start the service.
    COPY_DATA = "SK0888" "kube-copy-data" UNSUPPORTED "data to copy";
    /// This way of mounting has no counterpart: propagation to and from the host, block devices, read-only below other mounts,
    /// or a path that is known only to the pod.
    ///
    /// Mount the volume as a whole, or change the application.
    MOUNT = "SK0889" "kube-mount" UNSUPPORTED "a mount that cannot be carried over";
}
