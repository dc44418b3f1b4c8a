//! Codes SK0890 to SK0909: how containers run, and how they scale.

use skiff_compiler::declare;

declare! {
    /// The container is root on its node: `privileged`, or one of the host's namespaces. On a VM of its own that means root
    /// on the VM, with the rights of its role.
    ///
    /// Find out what it needs that for; most often one capability is enough. If it is really meant, set
    /// `security: { privileged: true }` in `skiff.yaml` yourself.
    PRIVILEGED = "SK0890" "kube-privileged" UNSUPPORTED "a container that is root on its node";
    /// The probe is carried over, and one of its details is another one: the runner on the VM probes in whole seconds, a probe
    /// ends before the next one begins, and it asks this member alone.
    ///
    /// ```yaml
    /// livenessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 5, timeoutSeconds: 5 }   # becomes `interval: 6s`
    /// ```
    ///
    /// Read the finding, and correct `health` in `skiff.yaml` where the difference matters.
    PROBE_CHANGED = "SK0891" "kube-probe-changed" CHANGED "a probe that differs in a detail";
    /// The API refuses such a probe or hook: none or several of `httpGet`, `tcpSocket`, `grpc` and `exec`, no port, a
    /// command without a word. Nothing was imported of it.
    ///
    /// ```yaml
    /// readinessProbe:
    ///   periodSeconds: 5 # what is asked?
    /// ```
    ///
    /// Correct the manifest, or write the probe under `health` of `skiff.yaml`.
    BAD_HANDLER = "SK0892" "kube-bad-probe" ERROR "a probe or hook that the Kubernetes API refuses";
    /// The stop of a container differs: Skiff takes a member out of the load balancer and lets open requests end *before* it
    /// runs `preStop`, while Kubernetes does both at the same time.
    ///
    /// So a `preStop` that only sleeps is left out: it covers the time until all nodes have heard of the change. A time to stop
    /// that is longer than AWS waits is cut. Set `stop: { grace, drain }` where you want other times.
    STOP_CHANGED = "SK0893" "kube-stop-changed" CHANGED "a start or stop that differs in a detail";
    /// The hook cannot run as it is: Skiff's hooks are a command in the container or a plain HTTP request to it.
    ///
    /// Write it as a command under `hooks` of `skiff.yaml`, or move it into the program: most servers stop in order on SIGTERM.
    HOOK = "SK0894" "kube-hook" UNSUPPORTED "a hook that Skiff cannot run";
    /// No container says how much processor or memory it needs, so nobody knows how large a VM must be. Skiff writes nothing,
    /// which means its default: 500m and 512Mi.
    ///
    /// Look at what the pods use (`kubectl top pod`), and write `size: { cpu: …, memory: … }`.
    DEFAULT_SIZE = "SK0895" "kube-no-requests" ASSUMED "a workload that does not say what it needs";
    /// Kubernetes does not say for which processor an image was built, and an image for another one does not start. Most
    /// images run on `x86_64`, so that is written, although Skiff's default, `arm64`, costs less.
    ///
    /// When the images of the workload are built for arm64 too (`docker buildx imagetools inspect IMAGE`), take `size.arch` away.
    ARCHITECTURE = "SK0896" "kube-architecture" ASSUMED "an architecture that Skiff chose";
    /// The API takes no such value, or it is surely not what was meant. In `memory: 128m` the `m` is a thousandth: it asks for
    /// an eighth of a byte, and was meant to be `128Mi`. A probe may name a port that its container does not have.
    ///
    /// ```yaml
    /// resources:
    ///   requests: { cpu: 250m, memory: 128Mi } # `m` is a thousandth, `Mi` is a mebibyte
    /// ```
    ///
    /// Correct it; nothing was imported of it.
    BAD_VALUE = "SK0897" "kube-bad-value" UNKNOWN "a value that is probably a typo";
    /// The workload needs something that Skiff does not choose a VM by: graphics processors, huge pages, a device, or more
    /// than any instance type has.
    ///
    /// A type with graphics processors can be named: `size: { instance_type: g5.xlarge }`. Everything else needs another home.
    RESOURCE = "SK0898" "kube-resource" UNSUPPORTED "a resource that no VM is chosen by";
    /// In a cluster many small pods share a node. With Skiff each member has a VM of its own, and this workload asks for a
    /// small part of the smallest one that fits.
    ///
    /// Think about running several such workloads as `containers` of one service, or leaving them where they are.
    WHOLE_VM = "SK0899" "kube-whole-vm" NOTE "a small workload gets a VM of its own";
    /// What a container needs or may take is carried over, and means something else: a limit above what the VM has is never
    /// reached, nothing stops a container from filling the root volume, and defaults of a LimitRange are written out.
    ///
    /// Raise `size` when the workload really uses as much as its limit.
    RESOURCE_CHANGED = "SK0900" "kube-resource-changed" CHANGED "a resource that means something else";
    /// What a container may do is carried over with a difference. `runAsNonRoot` looks at the image when the container starts
    /// on the VM, `fsGroup` owns the volumes of the VM, and every container has the container engine's seccomp profile.
    ///
    /// Test the container on one VM before traffic moves: a refused system call shows there.
    SECURITY_CHANGED = "SK0901" "kube-security-changed" CHANGED "a security setting that means something else";
    /// The setting belongs to a policy of the nodes that a VM of Skiff does not have: SELinux labels, AppArmor and seccomp
    /// profiles that somebody installed, an unmasked `/proc`, Windows.
    ///
    /// On a VM of its own the container has no neighbours to be kept from; put what must hold into `security`.
    SECURITY = "SK0902" "kube-security" UNSUPPORTED "a security setting that Skiff does not have";
    /// The workload asks for certain nodes. Each member has a VM of its own in one of the network's zones, so most of this holds
    /// by itself; the finding says what differs.
    ///
    /// Set `network: { zones: … }` for other zones, and `size` for other machines.
    PLACEMENT_CHANGED = "SK0903" "kube-placement-changed" CHANGED "a wish for nodes that means something else";
    /// The workload asks for nodes by a label that somebody put on them, for a neighbour, a node by its name, or a scheduler of
    /// its own. Skiff has VMs, and no nodes to choose from.
    ///
    /// Find out what those nodes have: a type, a disk, a network. Write that under `size`. Containers that must be together on
    /// one machine become `containers` of one service.
    PLACEMENT = "SK0904" "kube-placement" UNSUPPORTED "a wish for nodes that Skiff cannot grant";
    /// How the pod is named, or finds others, differs: the containers share the network of their VM, which is named after the
    /// service and the instance, and the resolver of the VPC answers.
    ///
    /// Check the names that the workload connects to, and `dns` and `hosts` in `skiff.yaml`.
    NETWORK_CHANGED = "SK0905" "kube-pod-network-changed" CHANGED "a network setting that means something else";
    /// The workload relies on something of the cluster's network that is not there: variables such as `CART_SERVICE_HOST`, a DNS
    /// name for each pod, processes of one container seen from another.
    ///
    /// Use the name of the service instead: `uses: [cart]` gives this service the way to `cart`, and `env` the address.
    NETWORK = "SK0906" "kube-pod-network" UNSUPPORTED "a network setting that Skiff does not have";
    /// Scaling and protection against interruption are carried over with other numbers. Kubernetes counts processor use in
    /// percent of what a pod *requests*, AWS in percent of the whole VM; AWS keeps a share of the members, not a count.
    ///
    /// ```text
    /// 80% of a request of 500m, on a VM with 2 vCPU  →  scaling: { cpu: 20% }
    /// ```
    ///
    /// The finding says both numbers. With a VM of its own a member can often take more: raise the target after a look at it.
    SCALING_CHANGED = "SK0907" "kube-scaling-changed" CHANGED "scaling with other numbers";
    /// Skiff scales by processor use or by a queue, between at least one member and a maximum.
    ///
    /// For work from a queue, declare the queue and write `scaling: { queue: { name: …, depth: … } }`. For memory, requests or
    /// metrics of the program, scale by processor use, or run as many members as the peak needs.
    SCALING = "SK0908" "kube-scaling" UNSUPPORTED "scaling by something that Skiff does not follow";
    /// A role of the cluster is bound to the account that the workload runs as, so the workload calls the Kubernetes API. There
    /// is no such API where Skiff runs it.
    ///
    /// Controllers and operators stay in a cluster. A program that only looks for its peers can use the service's name;
    /// one that reads ConfigMaps or Secrets gets `files` and `secrets`.
    BOUND_ROLE = "SK0909" "kube-bound-role" UNSUPPORTED "a role of the cluster that a workload has";
}
