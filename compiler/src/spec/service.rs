//! A service: what runs, how it is reached, how it changes.

use std::collections::BTreeMap;

use super::{
    declare::{choice, mapping},
    decode::Spanned,
    routing::{Redirect, Respond, Rewrite, Stickiness},
    shorthand::{File, Mount, PathProbe, Replicas, SecretSource, Use},
    values::{
        Cidr, Cpu, Cron, Duration, HostName, ImageReference, MaintenanceWindow, MemorySize, Name, Percent, VariableName,
    },
    workload::{Discovery, Fact, Hooks, Limits, Resolver, Security},
};

choice! {
    /// The kinds of service.
    Kind, "a kind of service" {
        /// Serves HTTP behind the load balancer.
        Web = "web",
        /// Runs without being routed to.
        Worker = "worker",
        /// Runs to its end on a schedule.
        Job = "job",
        /// Exactly one member, with a volume that outlives it.
        Stateful = "stateful",
    }
}

mapping! {
    /// One service.
    Service, "a service" {
        /// What kind of service it is.
        shape kind: Kind,
        /// The name it had before.
        shape was: Option<Spanned<Name>>,
        /// An OCI image to run.
        release image: Option<Spanned<ImageReference>>,
        /// A folder to pack and run, relative to this file.
        release bundle: Option<Spanned<String>>,
        /// The program and its arguments; for an image, replaces its ENTRYPOINT.
        release command: Vec<String>,
        /// Arguments; for an image, replace its CMD.
        release args: Vec<String>,
        /// Working directory of the program.
        release working_directory: Option<String>,
        /// The port that serves; a web service must have one.
        shape port: Option<Spanned<u16>>,
        /// More ports, by name; others of this file that use this service may reach them.
        shape ports: BTreeMap<Name, Spanned<u16>>,
        /// What the load balancer speaks to the service; default `http`.
        shape protocol: Option<Spanned<Protocol>>,
        /// How many members: a number, or `min` and `max`; default 2 for web, else 1.
        shape replicas: Option<Replicas>,
        /// The VM each member gets.
        shape size: Option<Size>,
        /// When a member may serve, must restart, has started.
        release health: Option<Health>,
        /// Where requests come from.
        shape routes: Vec<Route>,
        /// Environment variables.
        release env: BTreeMap<VariableName, Spanned<String>>,
        /// Environment variables from secrets: a name of this application's, or an ARN.
        shape secrets: BTreeMap<VariableName, SecretSource>,
        /// Environment variables that the runner fills in with what it knows of the member.
        release facts: BTreeMap<VariableName, Fact>,
        /// Files written before the start: absolute path and content. A path that ends with `/` is a directory with one
        /// file for each key of a secret's JSON.
        release files: BTreeMap<String, File>,
        /// Whom the main container runs as, and what it may do on the VM.
        release security: Option<Security>,
        /// The most that the main container may take of the VM.
        release limits: Option<Limits>,
        /// What runs after the main container has started and before it is stopped.
        release hooks: Option<Hooks>,
        /// More AWS permissions of the workload.
        shape permissions: Vec<Permission>,
        /// Databases, queues, buckets and services of this file that it uses.
        shape uses: Vec<Use>,
        /// More names and ports under which services that use it find it.
        shape discovery: Option<Discovery>,
        /// How its containers resolve names.
        release dns: Option<Resolver>,
        /// Lines of its containers' `/etc/hosts`: address and names.
        release hosts: BTreeMap<String, Vec<String>>,
        /// Kernel parameters of the VM, such as `net.core.somaxconn`.
        release sysctls: BTreeMap<String, String>,
        /// Where it may connect beyond what it uses.
        shape egress: Vec<EgressRule>,
        /// Whether a client stays with the member that it met first.
        shape stickiness: Option<Stickiness>,
        /// How long a new member's share of the requests grows, 30s to 15m.
        shape slow_start: Option<Spanned<Duration>>,
        /// When members are added and removed.
        shape scaling: Option<Scaling>,
        /// Least share of members, in whole percents, that AWS keeps while it replaces some by itself; up to a full set
        /// of new ones may start first.
        shape min_healthy: Option<Spanned<Percent>>,
        /// How a member stops.
        shape stop: Option<Stop>,
        /// How a release is rolled out.
        release rollout: Option<Rollout>,
        /// The old way of serving, from which traffic moves.
        shape cutover: Option<Cutover>,
        /// When somebody must look.
        shape alarms: Option<Alarms>,
        /// When a job runs.
        shape schedule: Option<Spanned<Cron>>,
        /// The time zone of the schedule; default `Etc/UTC`.
        shape timezone: Option<String>,
        /// Whether the schedule is switched off; nothing starts the job then.
        shape suspended: Option<bool>,
        /// How long a job may run; default `1h`.
        release timeout: Option<Spanned<Duration>>,
        /// How often a failed run is tried again; default never.
        release retries: Option<Spanned<u32>>,
        /// The volume of a stateful service.
        shape volume: Option<StatefulVolume>,
        /// Backups of that volume.
        shape backup: Option<Backup>,
        /// When a stateful member may be replaced, in UTC.
        release maintenance_window: Option<MaintenanceWindow>,
        /// The zone of a stateful service; default the first.
        shape zone: Option<Spanned<String>>,
        /// Containers beside the main one.
        release containers: BTreeMap<Name, Container>,
        /// Containers run in order to success before the main one.
        release init: Vec<InitContainer>,
        /// Directories that containers share.
        shape volumes: BTreeMap<Name, Volume>,
        /// Where the main container sees volumes: absolute path and volume.
        release mounts: BTreeMap<String, Mount>,
    }
}

choice! {
    /// What the load balancer speaks to a service.
    Protocol, "a protocol" {
        /// HTTP/1.1.
        Http = "http",
        /// HTTP/2.
        Http2 = "http2",
        /// gRPC.
        Grpc = "grpc",
        /// HTTP/1.1 over TLS; the certificate is not verified.
        Https = "https",
    }
}

mapping! {
    /// The VM of a member: what it needs, or which type it is.
    Size, "a size" {
        /// Processor; default `500m`.
        shape cpu: Option<Cpu>,
        /// Memory; default `512Mi`.
        shape memory: Option<MemorySize>,
        /// Architecture; default `arm64`.
        shape arch: Option<Architecture>,
        /// The instance type, instead of what it needs.
        shape instance_type: Option<Spanned<String>>,
        /// Root volume; default `8Gi`.
        shape disk: Option<Spanned<MemorySize>>,
    }
}

choice! {
    /// A processor architecture.
    Architecture, "an architecture" {
        /// AWS Graviton.
        Arm64 = "arm64",
        /// Intel or AMD.
        X86 = "x86_64",
    }
}

mapping! {
    /// The probes of a member.
    Health, "probes" {
        /// Whether it may serve; gates the target group, never the Auto Scaling group. A path is short for `http`.
        release readiness: Option<PathProbe>,
        /// Whether it must be restarted.
        release liveness: Option<PathProbe>,
        /// Whether it has started; the other two wait for it.
        release startup: Option<PathProbe>,
    }
}

mapping! {
    /// One probe: exactly one of `http`, `tcp`, `grpc`, `exec`.
    Probe, "a probe" {
        /// HTTP path that answers 200 to 399.
        release http: Option<String>,
        /// Port that accepts a connection: a number or a name.
        release tcp: Option<Spanned<String>>,
        /// gRPC health service, empty for the whole server.
        release grpc: Option<String>,
        /// Command that exits 0.
        release exec: Vec<String>,
        /// The port of `http` and `grpc`, a number or a name; default the service's port.
        release port: Option<Spanned<String>>,
        /// Whether `http` speaks TLS; the certificate is not verified.
        release tls: Option<bool>,
        /// Headers that `http` sends; `host` is one of them.
        release headers: BTreeMap<String, String>,
        /// Time between two probes; default `10s`.
        release interval: Option<Spanned<Duration>>,
        /// Time after which a probe has failed; default `2s`.
        release timeout: Option<Spanned<Duration>>,
        /// Failures in a row that turn the verdict; default 3.
        release failures: Option<Spanned<u32>>,
        /// Successes in a row that turn it back; default 1.
        release successes: Option<Spanned<u32>>,
        /// Time before the first probe; default none.
        release delay: Option<Duration>,
    }
}

choice! {
    /// How a route's path is compared.
    Match, "a match kind" {
        /// The path and everything below it, element by element.
        Prefix = "prefix",
        /// Exactly this path.
        Exact = "exact",
        /// A regular expression.
        Regex = "regex",
    }
}

mapping! {
    /// Which requests it takes, and what happens to them.
    Route, "a route" {
        /// The host, absent for any.
        shape host: Option<Spanned<HostName>>,
        /// The path; default `/`.
        shape path: Option<Spanned<String>>,
        /// How the path is compared; default `prefix`.
        shape r#match: Option<Spanned<Match>>,
        /// Whether only HTTPS is served; default true. With false the HTTP listener serves it too.
        shape tls: Option<bool>,
        /// Request methods, such as `GET`; default any.
        shape methods: Vec<Spanned<String>>,
        /// Headers that must match: name and values, of which one is enough; `*` and `?` are wildcards.
        shape headers: BTreeMap<String, Vec<Spanned<String>>>,
        /// Query parameters that must match: name and value; `*` and `?` are wildcards.
        shape query: BTreeMap<String, Spanned<String>>,
        /// Ranges that the request must come from.
        shape sources: Vec<Spanned<Cidr>>,
        /// What is changed in the request before the service gets it.
        shape rewrite: Option<Rewrite>,
        /// Where the load balancer sends the client instead of forwarding.
        shape redirect: Option<Redirect>,
        /// What the load balancer answers by itself instead of forwarding.
        shape respond: Option<Respond>,
    }
}

mapping! {
    /// AWS permissions of the workload.
    Permission, "a permission" {
        /// Actions such as `s3:GetObject`; never `*`.
        shape actions: Vec<Spanned<String>>,
        /// The ARNs they may touch.
        shape resources: Vec<Spanned<String>>,
        /// Why it needs them; becomes the description of the statement.
        shape reason: Option<String>,
    }
}

mapping! {
    /// Somewhere the service may connect to.
    EgressRule, "a destination" {
        /// The range.
        shape to: Spanned<Cidr>,
        /// The TCP port.
        shape port: u16,
        /// What is there; becomes the rule's description.
        shape reason: Option<Spanned<String>>,
    }
}

mapping! {
    /// When members are added and removed.
    Scaling, "scaling" {
        /// Average processor use to hold, such as `60%`.
        shape cpu: Option<Spanned<Percent>>,
        /// A queue to follow.
        shape queue: Option<QueueScaling>,
    }
}

mapping! {
    /// Scaling by a queue that the service uses: exactly one of `depth` and `age`.
    QueueScaling, "scaling by a queue" {
        /// The queue.
        shape name: Spanned<Name>,
        /// Waiting messages that one member can hold.
        shape depth: Option<Spanned<u32>>,
        /// How old the oldest message may get before members are added.
        shape age: Option<Spanned<Duration>>,
    }
}

mapping! {
    /// How a member stops.
    Stop, "stop settings" {
        /// From SIGTERM to SIGKILL; default `30s`.
        shape grace: Option<Spanned<Duration>>,
        /// How long open connections are kept while a member leaves the load balancer; default the grace.
        shape drain: Option<Spanned<Duration>>,
    }
}

choice! {
    /// How a release takes over.
    Strategy, "a rollout strategy" {
        /// A growing share of the traffic.
        Canary = "canary",
        /// All at once, the old one kept until the end.
        BlueGreen = "blue-green",
        /// The old one stops before the new one starts.
        Recreate = "recreate",
    }
}

mapping! {
    /// How a release is rolled out.
    Rollout, "rollout settings" {
        /// The strategy; default `canary` for web, `blue-green` for worker, `recreate` for job and stateful.
        release strategy: Option<Spanned<Strategy>>,
        /// Percentages of a canary, rising to 100; default 5, 25, 50, 100.
        release steps: Vec<Spanned<u32>>,
        /// How long each step is watched; default `5m`.
        release bake: Option<Duration>,
        /// What must hold at each step.
        release gates: Vec<Gate>,
        /// A command run once with the new release before any member serves.
        release before: Vec<String>,
        /// When the rollout has failed; default `30m`.
        release deadline: Option<Duration>,
    }
}

choice! {
    /// What a gate looks at.
    GateMetric, "a gate metric" {
        /// Share of responses that are 5xx, or that never came.
        ErrorRate = "error-rate",
        /// Median response time.
        LatencyP50 = "latency-p50",
        /// 90th percentile of the response time.
        LatencyP90 = "latency-p90",
        /// 95th percentile of the response time.
        LatencyP95 = "latency-p95",
        /// 99th percentile of the response time.
        LatencyP99 = "latency-p99",
        /// 99.9th percentile of the response time.
        LatencyP999 = "latency-p999",
        /// Share of members that are healthy.
        Healthy = "healthy",
        /// Processor use.
        Cpu = "cpu",
        /// Lines of logs that match `pattern`, as a number or by request.
        Log = "log",
        /// How many times faster than `objective` allows errors come, over two `windows`.
        BurnRate = "burn-rate",
        /// The answer of `query`, asked at `url`.
        Prometheus = "prometheus",
        /// Recorded readings of `file`.
        Replay = "replay",
        /// What `command` says: exit 0 is a pass, 1 a fail, 2 inconclusive.
        Command = "command",
        /// What `url` answers to a POST.
        Http = "http",
    }
}

mapping! {
    /// A condition that each step of a rollout must meet.
    Gate, "a gate" {
        /// What it is called; default its metric.
        release name: Option<Spanned<String>>,
        /// What is looked at.
        release metric: GateMetric,
        /// The bound: a percentage, a time such as `500ms`, or a number; behind `>=` the least that passes. Only `command` and `http` do without.
        release limit: Option<Spanned<String>>,
        /// Whether it only reports.
        release dry_run: Option<bool>,
        /// Whether the new release is compared with the one that serves; default true for errors, latencies and `log`.
        release compare: Option<bool>,
        /// How much worse a comparison must be able to notice, in percent of what serves; default 150.
        release effect: Option<Spanned<u32>>,
        /// Samples from which on what was measured decides alone; default as many as the bound asks for.
        release minimum_samples: Option<Spanned<u32>>,
        /// Failed evaluations that a step tolerates; default none, but five of `cpu`, two of `healthy`, one of `prometheus` and `replay`.
        release failures: Option<u32>,
        /// Inconclusive evaluations that a step tolerates; default any where samples are gathered, else four.
        release inconclusive: Option<u32>,
        /// Evaluations that a step tolerates not to be possible; default four.
        release errors: Option<u32>,
        /// Of `log`: the expression that a line must match to count.
        release pattern: Option<Spanned<String>>,
        /// Of `burn-rate`: the share of requests that must be served well, such as `99.9%`.
        release objective: Option<Spanned<Percent>>,
        /// Of `burn-rate`: the long and the short window; default `1h` and `5m`.
        release windows: Vec<Spanned<Duration>>,
        /// Of `prometheus` and `http`: where it is asked, over http or https.
        release url: Option<Spanned<String>>,
        /// Of `prometheus`: PromQL with one number as its answer; `{{app}}`, `{{environment}}`, `{{service}}` and `{{group}}` are filled in.
        release query: Option<Spanned<String>>,
        /// Of `replay`: the file, beside `skiff.yaml`.
        release file: Option<String>,
        /// Of `command`: program and arguments, run where the rollout is driven.
        release command: Vec<String>,
        /// Of `command` and `http`: when it is given up; default `10s`.
        release timeout: Option<Spanned<Duration>>,
        /// Of `prometheus` and `http`: where the bearer token is.
        release token: Option<GateToken>,
    }
}

mapping! {
    /// Where whoever drives a rollout has a bearer token: exactly one of `environment` and `file`.
    GateToken, "a reference to a token" {
        /// The variable that holds it.
        release environment: Option<String>,
        /// The file that holds it.
        release file: Option<String>,
    }
}

mapping! {
    /// From where traffic moves to this service.
    Cutover, "a cutover" {
        /// The old way of serving.
        shape from: CutoverSource,
    }
}

mapping! {
    /// The old way of serving: an address behind a target group of its own.
    CutoverSource, "an old service" {
        /// What it is, such as `kubernetes/shop/checkout`.
        shape service: String,
        /// The port it serves on; a web service must say it.
        shape port: Option<Spanned<u16>>,
        /// The path of its health check, of a web service; default `/`.
        shape health: Option<String>,
    }
}

mapping! {
    /// When somebody must look; absent numbers take Skiff's defaults.
    Alarms, "alarms" {
        /// Share of responses that are 5xx; default `1%`.
        shape error_rate: Option<Percent>,
        /// 99th percentile of the response time; default `1s`.
        shape latency_p99: Option<Duration>,
        /// Age of the oldest message of the queues it uses; default `15m`.
        shape queue_age: Option<Duration>,
        /// Processor use; default `90%`.
        shape cpu: Option<Percent>,
    }
}

mapping! {
    /// The volume of a stateful service; it outlives the member.
    StatefulVolume, "a volume" {
        /// Its size.
        shape size: MemorySize,
        /// Where the main container sees it.
        release path: String,
        /// Provisioned operations a second; default 3000.
        shape iops: Option<Spanned<u32>>,
        /// Provisioned throughput in MiB a second; default 125.
        shape throughput: Option<Spanned<u32>>,
    }
}

mapping! {
    /// Backups of the volume.
    Backup, "backups" {
        /// When they are taken; default `0 3 * * *`.
        shape schedule: Option<Spanned<Cron>>,
        /// How long they are kept; default `30d`.
        shape keep: Option<Spanned<Duration>>,
    }
}

mapping! {
    /// A container beside the main one.
    Container, "a container" {
        /// The image.
        release image: Spanned<ImageReference>,
        /// Replaces the image's ENTRYPOINT.
        release command: Vec<String>,
        /// Replace the image's CMD.
        release args: Vec<String>,
        /// Environment variables.
        release env: BTreeMap<VariableName, Spanned<String>>,
        /// Environment variables from secrets.
        shape secrets: BTreeMap<VariableName, SecretSource>,
        /// Environment variables that the runner fills in.
        release facts: BTreeMap<VariableName, Fact>,
        /// Files written before the start.
        release files: BTreeMap<String, File>,
        /// Working directory.
        release working_directory: Option<String>,
        /// Ports, by name.
        release ports: BTreeMap<Name, Spanned<u16>>,
        /// Where it sees volumes: absolute path and volume.
        release mounts: BTreeMap<String, Mount>,
        /// Probes.
        release health: Option<Health>,
        /// Whom it runs as, and what it may do on the VM.
        release security: Option<Security>,
        /// The most that it may take of the VM.
        release limits: Option<Limits>,
        /// What runs after it has started and before it is stopped.
        release hooks: Option<Hooks>,
        /// Whether it starts before the init containers and stops after the main one; default false, beside the main one.
        release first: Option<bool>,
    }
}

mapping! {
    /// A container run to success before the main one.
    InitContainer, "an init container" {
        /// Its name.
        release name: Name,
        /// The image; default the service's.
        release image: Option<Spanned<ImageReference>>,
        /// Replaces the image's ENTRYPOINT.
        release command: Vec<String>,
        /// Replace the image's CMD.
        release args: Vec<String>,
        /// Environment variables.
        release env: BTreeMap<VariableName, Spanned<String>>,
        /// Environment variables from secrets.
        shape secrets: BTreeMap<VariableName, SecretSource>,
        /// Environment variables that the runner fills in.
        release facts: BTreeMap<VariableName, Fact>,
        /// Files written before the start.
        release files: BTreeMap<String, File>,
        /// Working directory.
        release working_directory: Option<String>,
        /// Where it sees volumes: absolute path and volume.
        release mounts: BTreeMap<String, Mount>,
        /// Whom it runs as, and what it may do on the VM.
        release security: Option<Security>,
        /// The most that it may take of the VM.
        release limits: Option<Limits>,
    }
}

choice! {
    /// What a shared directory is kept on.
    Medium, "a medium" {
        /// The root volume.
        Disk = "disk",
        /// Memory.
        Memory = "memory",
    }
}

mapping! {
    /// A directory that containers of one member share; it goes with the VM.
    Volume, "a volume" {
        /// What it is kept on; default `disk`.
        shape medium: Option<Medium>,
        /// Its size; absent, as the medium allows.
        shape size: Option<MemorySize>,
    }
}
