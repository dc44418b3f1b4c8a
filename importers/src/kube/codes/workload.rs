//! Codes SK0840 to SK0869: workloads, their scale and their configuration.

use skiff_compiler::declare;

declare! {
    /// A container without an `image` is part of a manifest: a patch that kustomize puts onto a base.
    ///
    /// Alone it describes nothing that could run, so no service is made of it.
    ///
    /// Import what kustomize makes of it: `kubectl kustomize DIRECTORY | skiff import kube -`.
    PARTIAL = "SK0840" "kube-partial-manifest" UNSUPPORTED "a partial manifest: run kustomize build";
    /// Names in `skiff.yaml` have lower-case letters, digits and hyphens, at most 32 of them, and each is used once for the
    /// whole application; in Kubernetes two namespaces, or two kinds, may share one.
    ///
    /// The import made a name of its own. Rename the service in `skiff.yaml` before the first deploy if you like another one.
    RENAMED = "SK0841" "kube-renamed" ASSUMED "a workload with another name in skiff.yaml";
    /// A workload with `replicas: 0` is switched off. Skiff keeps it as a service without members, which can be scaled to
    /// one.
    ///
    /// If nobody needs it any more, take the service out of `skiff.yaml`.
    SWITCHED_OFF = "SK0842" "kube-no-replicas" ASSUMED "a workload with no replicas";
    /// The selector does not match the labels of the pod template. The API refuses such an object, because it would never
    /// find its own pods.
    ///
    /// ```yaml
    /// selector: { matchLabels: { app: web } }
    /// template: { metadata: { labels: { app: shop } } } # must be web
    /// ```
    SELECTOR = "SK0843" "kube-selector" ERROR "a selector that does not match its own pods";
    /// Kubernetes replaces pods one after the other; Skiff starts a whole new set beside the old one and moves the traffic
    /// to it in steps. At no time fewer members serve than before, and for a while twice as many VMs run.
    ///
    /// The finding says which numbers an instance refresh of Auto Scaling would need, should AWS have to replace members.
    /// Set `rollout.steps` in `skiff.yaml` if you want other steps.
    ROLLING_UPDATE = "SK0844" "kube-rolling-update" CHANGED "a rolling update becomes a rollout in steps";
    /// `Recreate` stops the old pods before the new ones start, most often because two must never write to one volume.
    /// Skiff does the same with VMs, which takes minutes instead of seconds: nobody answers meanwhile.
    ///
    /// If old and new may overlap after all, take `rollout.strategy` out of `skiff.yaml`.
    RECREATE = "SK0845" "kube-recreate" CHANGED "the old one stops before the new one starts";
    /// A paused Deployment is not rolled out when its template changes. Skiff never rolls out by itself: a release goes out
    /// with `skiff deploy` and not before.
    ///
    /// Leave the service alone until you want it deployed.
    PAUSED = "SK0846" "kube-paused" CHANGED "a Deployment that is paused";
    /// The pods of a StatefulSet have an ordinal, a DNS name and a volume each, which outlive them. Members of an Auto Scaling
    /// group have none of that, so a StatefulSet of several pods with volumes is not imported.
    ///
    /// Most of them are databases, caches or queues that AWS runs for you: declare a database or a queue in `skiff.yaml`,
    /// or use the managed service that the finding names, and move the data.
    STATEFUL_SET = "SK0847" "kube-stateful-set" UNSUPPORTED "a StatefulSet of several pods";
    /// A StatefulSet of one pod becomes one member. Its ordinal and its own DNS name are gone: clients use the name of the
    /// Service.
    ///
    /// Look for configuration that names `NAME-0`, and put the name of the service there.
    SINGLE_STATEFUL_SET = "SK0848" "kube-single-stateful-set" CHANGED "a StatefulSet of one pod";
    /// How the pods of this StatefulSet are replaced, numbered or thinned out has no counterpart: Skiff replaces its one member
    /// as a whole.
    ///
    /// Use canary steps of a web service if only a part should get a new release first.
    ORDERED_UPDATE = "SK0849" "kube-ordered-update" UNSUPPORTED "an update by ordinals";
    /// A DaemonSet puts one pod onto each node. On Skiff each VM is one member of one service, and there are no nodes to
    /// look after.
    ///
    /// What it does for other workloads must be part of the VM: Skiff's runner ships logs and metrics to CloudWatch; a
    /// proxy or an agent can be one more entry under `containers:` of the services that need it.
    DAEMON_SET = "SK0850" "kube-daemon-set" UNSUPPORTED "a pod on each node";
    /// A Job runs once, when it is created. A spec says what should be there, not what should happen once.
    ///
    /// A migration that belongs to a service is its `rollout.before`, a command that runs once with each new release. What
    /// should happen regularly is a service of `kind: job` with a `schedule`. Anything else is run by hand.
    JOB = "SK0851" "kube-job" UNSUPPORTED "a Job that runs once";
    /// A Job that Helm or Argo CD runs before each release uses the same image as a service, so that it becomes the
    /// service's `rollout.before`: one command, run once with the new release before any member serves.
    ///
    /// It runs with the service's variables and files. Check that they hold what the Job needs.
    JOB_AS_STEP = "SK0852" "kube-job-before-rollout" CHANGED "a hook that becomes rollout.before";
    /// A schedule has five fields, as cron has them, or one of `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`,
    /// `@yearly` and `@annually`. This one has another form, so Skiff writes `0 0 * * *`, switched off.
    ///
    /// Correct `schedule` in `skiff.yaml`, and take `suspended` away.
    SCHEDULE = "SK0853" "kube-schedule" UNSUPPORTED "a schedule that cannot be carried over";
    /// A job of Skiff has one member, so a run never begins before the last one has ended. In Kubernetes `Allow`, the default,
    /// lets them overlap.
    ///
    /// Nothing is to do, unless runs are longer than the time between them and should overlap.
    CONCURRENCY = "SK0854" "kube-concurrency" CHANGED "runs of a job do not overlap";
    /// `Replace` stops a run that is still going when the next one is due. A job of Skiff finishes its run first.
    ///
    /// Set `timeout` in `skiff.yaml` below the time between two runs: a run that hangs is then stopped as well.
    REPLACE_RUN = "SK0855" "kube-replace-run" UNSUPPORTED "a run that replaces the last one";
    /// A run that could not start in time is left out after `startingDeadlineSeconds`. Skiff starts a VM for each run, and
    /// does not make up for one that was missed.
    ///
    /// Let the job find out by itself what is left to do.
    STARTING_DEADLINE = "SK0856" "kube-starting-deadline" CHANGED "a run that is missed is not made up for";
    /// A job of Skiff is one run of one member. Several pods of one Job, indexes, and policies for single pods have no
    /// counterpart.
    ///
    /// Put the work into a queue and let a worker with `scaling.queue` take it.
    PARALLEL_JOB = "SK0857" "kube-parallel-job" UNSUPPORTED "a Job of several pods";
    /// A ReplicaSet, a ReplicationController or a bare Pod has no rollout of its own, and a bare Pod does not come back when its
    /// node is lost. As a service of Skiff it has both.
    ///
    /// Nothing is to do.
    NO_ROLLOUT = "SK0858" "kube-without-rollout" CHANGED "a workload without a rollout of its own";
    /// The schedule has no time zone, so a cluster reads it in the zone of its controller, which is UTC almost everywhere.
    /// Skiff reads it in UTC.
    ///
    /// Set `timezone` in `skiff.yaml` if your cluster's controllers live elsewhere.
    TIME_ZONE = "SK0859" "kube-time-zone" ASSUMED "a schedule without a time zone";
    /// Skiff takes a time zone as an area and a place, `Europe/Berlin`; older names without a place are not taken.
    ///
    /// Write the place whose clocks are meant under `timezone`.
    OLD_TIME_ZONE = "SK0860" "kube-old-time-zone" UNSUPPORTED "a time zone without a place";
    /// A run of a Job may take for ever unless `activeDeadlineSeconds` says otherwise; a run of Skiff ends after an hour
    /// unless `timeout` says otherwise.
    ///
    /// Set `timeout` in `skiff.yaml` if a run may take longer.
    TIMEOUT = "SK0861" "kube-job-timeout" ASSUMED "a job without a deadline";
    /// A ConfigMap or Secret that a container needs is not among the manifests, so the import cannot know what is in it.
    ///
    /// Import it together with the workload, for example with `kubectl get configmap NAME -o yaml`; of a Secret only the
    /// names of its keys are read.
    MISSING_CONFIG = "SK0862" "kube-missing-config" UNSUPPORTED "configuration that is not in the import";
    /// The object is there, and the key that a container needs is not in it. A cluster would not start the container.
    ///
    /// Correct the key, or add it to the ConfigMap or Secret.
    MISSING_KEY = "SK0863" "kube-missing-key" UNSUPPORTED "a key that the ConfigMap or Secret does not have";
    /// A ConfigMap or Secret is not among the manifests, and the import took something for granted. A variable from one that is
    /// `optional` is left out when it is a key of a ConfigMap, or all keys of either; a key of a Secret is asked for
    /// anyway. Where files are mounted, a secret of Skiff takes the place of what is not there.
    ///
    /// Import the object too where the live cluster has it. Take a variable or a file that does not exist out of `skiff.yaml`.
    ASSUMED_CONFIG = "SK0864" "kube-assumed-config" ASSUMED "configuration that is not in the import";
    /// What a Secret holds under `data` is base64, and this is not. The API refuses the object.
    ///
    /// ```yaml
    /// data:
    ///   password: aHVudGVyMg==
    /// ```
    ///
    /// Encode it, or put the text under `stringData`. The value is never read into anything that Skiff writes.
    BAD_BASE64 = "SK0865" "kube-bad-base64" ERROR "data that is not base64";
    /// Values of secrets are never written to `skiff.yaml`. The import has a name for each Secret that a service uses, and a
    /// list of them with their keys.
    ///
    /// Fill them in with `skiff secret set` before the first deploy. A value that was committed in plain text should be
    /// replaced while you are at it.
    SECRET_VALUES = "SK0866" "kube-secret-values" CHANGED "a secret to create and fill in";
    /// The pod takes an AWS role by its service account (IRSA). That role trusts the cluster's identity provider, which no VM
    /// can use. Skiff makes a role for each service instead, and every process of the VM has it.
    ///
    /// Copy the role's policies to `permissions:` of the service, action by action.
    IDENTITY = "SK0867" "kube-aws-role" CHANGED "an AWS role by service account";
    /// The service account is bound to a role of the cluster, so the application calls the Kubernetes API: to find pods, to
    /// elect a leader, to create objects. On a VM there is no such API: the service has a role of its own in AWS, and what the
    /// binding gave it is lost, which [SK0909](#sk0909) says at the binding.
    ///
    /// Find out what it asks the API for. Operators and controllers have no place on Skiff; leader election and discovery
    /// need another way.
    API_ACCESS = "SK0868" "kube-api-access" CHANGED "an application that calls the Kubernetes API";
    /// The pod has an identity of another cloud, or a token for something that trusts the cluster. A VM on AWS cannot have it.
    ///
    /// Give the application credentials of its own under `secrets:`, or move to what AWS offers in its place.
    OTHER_IDENTITY = "SK0869" "kube-other-identity" UNSUPPORTED "an identity that only the cluster gives";
}
