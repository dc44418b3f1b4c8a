//! What is well-formed but cannot be meant: `SK02xx` references, `SK03xx` services, `SK04xx` network, `SK06xx` lock,
//! `SK07xx` settings.

use crate::declare;

declare! {
    /// A name that nothing in the file has.
    ///
    /// `uses:`, `scaling.queue.name` and volumes are referred to by the names they are declared under. Declare what is
    /// missing, or mind the suggestion.
    ///
    /// ```yaml
    /// queues:
    ///   jobs: {}
    /// services:
    ///   thumbnails:
    ///     kind: worker
    ///     uses: [job]        # `jobs`
    /// ```
    DANGLING_REFERENCE = "SK0201" "dangling-reference" ERROR "a name that nothing in the file has";

    /// Services that use each other in a circle.
    ///
    /// A service is deployed after the services it uses, so a circle has no beginning. Usually one of the connections is a
    /// queue in disguise: let one side send messages instead.
    CYCLE = "SK0202" "cycle" ERROR "services that use each other in a circle";

    /// A port by a name that the service does not have.
    ///
    /// Probes and forwarded ports may name a port: `port`'s own name is `main`, others are those under `ports:`.
    UNKNOWN_PORT = "SK0203" "unknown-port" ERROR "a port by a name that the service does not have";

    /// `was:` names something that still exists.
    ///
    /// `was: old-name` says that the resource was called `old-name` before, so that it is renamed and not made anew: it keeps
    /// the AWS names it was born with, so `was` stays as long as the resource lives. The old name must not be declared any
    /// more, and two things cannot both have had it.
    STALE_RENAME = "SK0204" "stale-rename" ERROR "`was:` names something that still exists";

    /// One name for two things.
    ///
    /// Services, databases, queues and buckets share one space of names, because `uses:` refers to all of them and their AWS
    /// names are made alike.
    NAME_TAKEN = "SK0205" "name-taken" ERROR "one name for two things";

    /// A way of using that the thing used does not have.
    ///
    /// Queues and buckets can be used with `read`, `write` or `read-write`. A database or a service is used as a whole: leave
    /// `access` out.
    BAD_ACCESS = "SK0206" "bad-access" ERROR "a way of using that the thing used does not have";

    /// An AWS name that two things would have.
    ///
    /// AWS names are made of the application, the environment and the names in the spec, joined by hyphens. Two different
    /// sets of parts can give the same name: the dead-letter queue of `jobs` is called `jobs-dead`, and so is a queue
    /// `jobs-dead`; the secret `key` of `web-api` and the secret `api-key` of `web` are both `web-api-key`. AWS takes a name
    /// once. Give one of the two another name in the spec.
    ///
    /// ```yaml
    /// queues:
    ///   jobs: {}
    ///   jobs-dead: {}     # `failed-jobs`
    /// ```
    PHYSICAL_NAME_TAKEN = "SK0207" "physical-name-taken" ERROR "an AWS name that two things would have";

    /// One thing used twice by the same service.
    ///
    /// Each entry of `uses` grants access and sets the variables of its connection; a second entry for the same thing would
    /// set them again, and the two may disagree about the access. Keep one, with the wider access.
    ///
    /// ```yaml
    /// uses:
    ///   - { name: jobs, access: read }
    ///   - { name: jobs, access: write }     # one entry with `access: read-write`
    /// ```
    USED_TWICE = "SK0208" "used-twice" ERROR "one thing used twice by the same service";

    /// A key that this kind of service does not have.
    ///
    /// Only a `web` service has routes, only a `job` a schedule, only a `stateful` service a volume of its own. A key that has
    /// no effect would be a promise that nobody keeps, so it is refused.
    NOT_FOR_KIND = "SK0301" "not-for-kind" ERROR "a key that this kind of service does not have";

    /// A key that this kind of service needs.
    ///
    /// A `web` service needs a `port` and at least one route that leads to it, a `job` a `schedule`, a `stateful` service a
    /// `volume`. The `cutover` of a `web` service needs the `port` of the old one.
    NEEDED_FOR_KIND = "SK0302" "needed-for-kind" ERROR "a key that this kind of service needs";

    /// A service runs exactly one artifact.
    ///
    /// Give either `image:` or `bundle:`. A bundle has no ENTRYPOINT of its own, so it also needs a `command`.
    ONE_ARTIFACT = "SK0303" "one-artifact" ERROR "a service runs exactly one artifact";

    /// Replicas that cannot be.
    ///
    /// `min` is at most `max`, `max` is at least 1 and at most 500. A stateful service and a job have exactly one member.
    BAD_REPLICAS = "SK0304" "bad-replicas" ERROR "replicas that cannot be";

    /// No instance type has that size.
    ///
    /// Skiff chooses the cheapest instance type that has the processor, the memory and the architecture that are asked for;
    /// here none has, or the type that is named does not exist or has another architecture. Ask for less, or name an
    /// `instance_type`.
    NO_INSTANCE = "SK0305" "no-instance" ERROR "no instance type has that size";

    /// Two routes that match the same requests.
    ///
    /// The same host, path, match kind and conditions lead to two places; the load balancer would take the first. Remove
    /// one.
    DUPLICATE_ROUTE = "SK0306" "duplicate-route" ERROR "two routes that match the same requests";

    /// A route that no listener serves.
    ///
    /// HTTPS needs a certificate: without `certificates:` the load balancer has only its HTTP listener. Add the ARN of a
    /// certificate, or say `tls: false` on the route if plain HTTP is really meant.
    NO_LISTENER = "SK0307" "no-listener" ERROR "a route that no listener serves";

    /// A path that a load balancer cannot match.
    ///
    /// A path begins with `/` and has at most 128 characters. In `prefix` and `exact` paths `*` and `?` would be wildcards:
    /// use `match: regex` for patterns. A regular expression must not be empty, and has no look-around, back-references and
    /// Unicode classes.
    BAD_PATH = "SK0308" "bad-path" ERROR "a path that a load balancer cannot match";

    /// A probe that is not one probe, or whose numbers contradict each other.
    ///
    /// A probe is exactly one of `http`, `tcp`, `grpc` and `exec`. Its timeout is shorter than its interval; interval and
    /// failures are at least 1. A probe without a port needs a service with one. Only an `http` probe has `tls` and `headers`.
    BAD_PROBE = "SK0309" "bad-probe" ERROR "a probe that is not one probe";

    /// Steps that do not rise to 100.
    ///
    /// The steps of a canary are percentages that rise and end at 100, such as `[5, 25, 50, 100]`.
    BAD_STEPS = "SK0310" "bad-steps" ERROR "steps that do not rise to 100";

    /// A strategy that this kind of service cannot have.
    ///
    /// A share of the traffic exists only where a load balancer shares it: `canary` is for web services. A stateful service has
    /// one volume that two members cannot hold, and a job runs alone: both are `recreate`.
    BAD_STRATEGY = "SK0311" "bad-strategy" ERROR "a strategy that this kind of service cannot have";

    /// A gate whose bound does not fit its metric.
    ///
    /// `error-rate`, `healthy` and `cpu` are bounded by a percentage, latencies by a time such as `500ms` or `2s`, `log` by a
    /// number of lines or a percentage of the requests, `burn-rate` by a factor. `>=` before a bound makes it the least that
    /// passes, where more can be better. A gate on traffic needs a web service.
    BAD_GATE = "SK0312" "bad-gate" ERROR "a gate whose bound does not fit its metric";

    /// A gate whose keys do not fit its metric.
    ///
    /// Each metric has keys of its own, and some it cannot do without: `log` a `pattern`, `burn-rate` an `objective`,
    /// `prometheus` a `url` and a `query`, `http` a `url`, `replay` a `file`, `command` a `command`. A source is asked over http
    /// or https, and its token is named, never written: by the variable or the file that holds it.
    GATE_KEYS = "SK0324" "gate-keys" ERROR "a gate whose keys do not fit its metric";

    /// A number or time beyond what AWS accepts.
    ///
    /// The message names the bounds. Examples: a queue keeps messages for 1 minute to 14 days, a target group drains for at
    /// most an hour, a lifecycle hook waits for at most two hours, logs are kept for one of a fixed list of days.
    OUT_OF_RANGE = "SK0313" "out-of-range" ERROR "a number or time beyond what AWS accepts";

    /// A variable that is set twice.
    ///
    /// The same name stands under two of `env`, `secrets` and `facts` of one container, or comes from `uses`. Remove one of
    /// them.
    ///
    /// What a service uses sets variables that begin with its name in capitals, hyphens as underscores: a database `orders`
    /// sets `ORDERS_HOST`, `ORDERS_PORT`, `ORDERS_NAME`, `ORDERS_USER` and `ORDERS_PASSWORD`, a queue `jobs` sets
    /// `JOBS_QUEUE_URL`, a bucket `media` sets `MEDIA_BUCKET`, and a service `api` sets `API_URL`.
    VARIABLE_TWICE = "SK0314" "variable-twice" ERROR "a variable that is set twice";

    /// A variable that Skiff itself sets.
    ///
    /// Names that begin with `SKIFF_` and `AWS_CONTAINER_` belong to the runner: they carry the slot, the release and the
    /// workload's credentials.
    RESERVED_VARIABLE = "SK0315" "reserved-variable" ERROR "a variable that Skiff itself sets";

    /// Two ports of one member with the same number, or one that the runner uses.
    ///
    /// All containers of a member share the VM's network, so each port is used once. 8079 is the runner's own health port, and
    /// 0 is no port.
    PORT_TAKEN = "SK0316" "port-taken" ERROR "two ports of one member with the same number";

    /// A path of a file or a mount that cannot be.
    ///
    /// Paths within a member are absolute, without `..`, and each is used once.
    BAD_FILE = "SK0317" "bad-file" ERROR "a path of a file or a mount that cannot be";

    /// More routes than one load balancer takes.
    ///
    /// An Application Load Balancer has at most 100 target groups, two for each web service (three with a cutover). Split the
    /// application.
    TOO_MANY_ROUTES = "SK0318" "too-many-target-groups" ERROR "more services than one load balancer takes";

    /// A choice of exactly one that is none or several.
    ///
    /// Some mappings offer several ways to say one thing: `alerts` has a `topic` or an `email`, `scaling.queue` a `depth` or an
    /// `age`, a secret a `name` or an `arn`, a file `content`, `base64` or a `secret`, a route of the load balancer a
    /// `redirect` or a `respond`. Give exactly one.
    EXACTLY_ONE = "SK0319" "exactly-one" ERROR "a choice of exactly one that is none or several";

    /// An image by tag, not yet locked.
    ///
    /// A tag can point at something else tomorrow, and Auto Scaling may launch a member weeks from now. `skiff lock` asks the
    /// registry for the digest and writes it to `skiff.lock`; until then the plan shows the tag and `deploy` refuses.
    UNLOCKED_IMAGE = "SK0320" "unlocked-image" WARNING "an image by tag, not yet locked";

    /// A web service with a single member.
    ///
    /// While its VM is replaced or its zone is away, nobody answers. Two members are Skiff's default.
    SINGLE_MEMBER = "SK0321" "single-member" WARNING "a web service with a single member";

    /// A value that looks like a secret.
    ///
    /// Environment variables under `env` are written to the plan in plain text. Put the name of a secret under `secrets:`
    /// instead, and its value with `skiff secret set`. If this was a real secret, it must be replaced.
    LOOKS_SECRET = "SK0322" "looks-like-a-secret" WARNING "a value that looks like a secret";

    /// A time zone that is no IANA name.
    ///
    /// `timezone` takes the name of a zone in the IANA database, an area and a place: `Europe/Berlin`, `America/New_York`,
    /// `Etc/UTC`. Abbreviations such as `CET` or `PST` and offsets such as `+02:00` do not say when the clocks change.
    ///
    /// ```yaml
    /// schedule: "0 3 * * *"
    /// timezone: CET     # `Europe/Berlin`
    /// ```
    BAD_TIMEZONE = "SK0323" "bad-timezone" ERROR "a time zone that is no IANA name";

    /// A condition that a load balancer cannot compare.
    ///
    /// Request methods are written in capitals. A header has a name of at most 40 characters without wildcards, `host` is
    /// compared by the route's own `host`, and the case of names does not matter. Values of headers and query parameters have
    /// 1 to 128 characters of ASCII; `*` stands for any number of characters, `?` for one.
    ///
    /// ```yaml
    /// routes:
    ///   - methods: [get]             # `GET`
    ///     headers: { x-canary: [] }  # `["*"]` matches any value
    /// ```
    BAD_CONDITION = "SK0370" "bad-condition" ERROR "a condition that a load balancer cannot compare";

    /// More conditions than a load balancer compares.
    ///
    /// All conditions of a route together have at most five values and five wildcards. The host is one value, an exact path
    /// and a regular expression are one, a prefix such as `/api` is two (`/api` and `/api/*`), and each method, value of a
    /// header, query parameter and range is one. Divide the route into several.
    TOO_MANY_CONDITIONS = "SK0371" "too-many-conditions" ERROR "more conditions than a load balancer compares";

    /// A rewrite that cannot be done.
    ///
    /// A rewrite replaces `path`, `host` or both in a request that is forwarded; a route with `redirect` or `respond` forwards
    /// nothing. Without `regex` the new path begins with `/` and takes the place of what the route's `path` matched. With
    /// `regex`, or on a route that is one, `$1` is the first group of the expression. Look-around, back-references and Unicode
    /// classes are not taken.
    ///
    /// ```yaml
    /// routes:
    ///   - path: /api
    ///     rewrite: { path: /v2/$1 }     # `regex: ^/api/(.*)`, or `path: /v2`
    /// ```
    BAD_REWRITE = "SK0372" "bad-rewrite" ERROR "a rewrite that cannot be done";

    /// A redirect that cannot be done.
    ///
    /// A load balancer redirects with status 301 or 302, and never from HTTPS to HTTP. The redirect must lead elsewhere, or the
    /// client comes back for ever: change the host, the path or the port. With certificates the HTTP listener redirects to
    /// HTTPS by itself, so that a route need not. A path begins with `/` and may take up `#{path}`, `#{host}` and `#{port}`, a
    /// host `#{host}`, a query any part of the request.
    ///
    /// ```yaml
    /// load_balancer:
    ///   routes:
    ///     - host: example.com
    ///       redirect: { host: www.example.com }
    /// ```
    BAD_REDIRECT = "SK0373" "bad-redirect" ERROR "a redirect that cannot be done";

    /// An answer that a load balancer cannot give.
    ///
    /// The status is 2xx, 4xx or 5xx, the body has at most 1,024 bytes, and its type is `text/plain`, `text/css`, `text/html`,
    /// `application/javascript` or `application/json`.
    BAD_ANSWER = "SK0374" "bad-answer" ERROR "an answer that a load balancer cannot give";

    /// A cookie that a load balancer cannot follow.
    ///
    /// `stickiness.cookie` names a cookie that the service itself sets. Names that begin with `AWSALB` are those of the load
    /// balancer. Without `cookie` the load balancer sets one of its own, and nothing need be named.
    BAD_COOKIE = "SK0375" "bad-cookie" ERROR "a cookie that a load balancer cannot follow";

    /// A network that is neither given nor created.
    ///
    /// An existing VPC is described by `vpc` and `private_subnets` (and `public_subnets` for an internet-facing load balancer);
    /// a created one by `cidr` and `zones`. The two do not mix.
    BAD_NETWORK = "SK0401" "bad-network" ERROR "a network that is neither given nor created";

    /// Too few zones.
    ///
    /// An Application Load Balancer and a database's subnet group need subnets in at least two Availability Zones.
    TOO_FEW_ZONES = "SK0402" "too-few-zones" ERROR "too few zones";

    /// A zone or region that AWS does not have.
    ///
    /// Zones are named by their region and a letter, such as `eu-west-1a`.
    UNKNOWN_ZONE = "SK0403" "unknown-zone" ERROR "a zone or region that AWS does not have";

    /// A range too small for its subnets.
    ///
    /// Skiff cuts a created VPC into one public and one private subnet for each zone, none smaller than `/26`. Give a range of
    /// `/16` to `/22`.
    RANGE_TOO_SMALL = "SK0404" "range-too-small" ERROR "a range too small for its subnets";

    /// An image that the members cannot reach.
    ///
    /// With `egress: endpoints` nothing reaches the internet, so only images in Amazon ECR of the same region can be pulled.
    /// Copy the image to ECR (a pull-through cache does it by itself), or choose `egress: nat`.
    UNREACHABLE_IMAGE = "SK0405" "unreachable-image" ERROR "an image that the members cannot reach";

    /// A host outside the DNS zone.
    ///
    /// Skiff writes a record for each host of a route into the zone under `dns:`; this host does not end with the zone's name.
    /// Correct the host, or take `dns` away and point the name at the load balancer yourself.
    HOST_OUTSIDE_ZONE = "SK0406" "host-outside-zone" ERROR "a host outside the DNS zone";

    /// A discovery name that cannot be one.
    ///
    /// A name under `discovery.names` is the whole name that others look up. Its first label becomes a name within a private
    /// DNS zone, and the rest, of at least two labels, becomes the zone. A wildcard has no members of its own.
    ///
    /// ```yaml
    /// discovery:
    ///   names: [checkout]     # checkout.shop.svc.cluster.local
    /// ```
    BAD_DISCOVERY_NAME = "SK0410" "bad-discovery-name" ERROR "a discovery name that cannot be one";

    /// A discovery name that is taken.
    ///
    /// The members of a service register under its names, so a name that two services had would lead to both, and a name
    /// that stands twice says nothing more. Keep it where it belongs.
    DISCOVERY_NAME_TAKEN = "SK0411" "discovery-name-taken" ERROR "a discovery name that is taken";

    /// A private zone that would hide other names.
    ///
    /// Within the VPC a private zone answers for everything in it and knows only what Skiff registered. A zone that shares
    /// names with the one under `dns:` would hide the application's own hosts, one of `amazonaws.com` the endpoints of AWS, and
    /// `ENVIRONMENT.APP.internal` is the zone that Skiff keeps for services that are used. A name that is itself the zone of
    /// another name is hidden by it. Choose a zone of its own, such as `svc.cluster.local`.
    HIDING_ZONE = "SK0412" "hiding-zone" ERROR "a private zone that would hide other names";

    /// A forwarded port that leads nowhere.
    ///
    /// The runner listens on `port` and passes on to `to`, on which a process of the member listens: the service's `port`, or
    /// another one by its number or name. A port that leads to itself, or to one that is forwarded too, reaches no process.
    ///
    /// ```yaml
    /// port: 8080
    /// discovery:
    ///   forward:
    ///     - { port: 80, to: 80 }     # { port: 80 }
    /// ```
    FORWARD_NOWHERE = "SK0413" "forward-nowhere" ERROR "a forwarded port that leads nowhere";

    /// A stand-in on one's own machine that cannot stand in.
    ///
    /// `local.uses` gives values to the variables that the use of a database, queue, bucket or service sets in AWS, and to no
    /// others; what else a service needs on your machine goes under `local.services`. A password is never in the file: the
    /// local provider asks for the secret `NAME.password`, which `skiff secret set` keeps encrypted.
    ///
    /// ```yaml
    /// local:
    ///   uses:
    ///     orders: { ORDERS_HOST: localhost, ORDERS_PORT: "5432" }
    /// ```
    LOCAL_STAND_IN = "SK0414" "local-stand-in" ERROR "a stand-in on one's own machine that cannot stand in";

    /// An old way of serving that cannot be reached from one's own machine.
    ///
    /// `local.services.NAME.legacy` says where the local load balancer finds what the service takes over from: a host and a
    /// port that answer plain HTTP, such as a forwarded port of the cluster. Requests keep the host and the path that users
    /// asked for, so the address has no path of its own. Only a web service with `cutover.from` takes over from anything.
    ///
    /// ```yaml
    /// local:
    ///   services:
    ///     web: { legacy: "127.0.0.1:9000" }
    /// ```
    LOCAL_LEGACY = "SK0415" "local-legacy" ERROR "an old way of serving that cannot be reached from one's own machine";

    /// The lock contradicts the spec.
    ///
    /// Two routes have the same priority in `skiff.lock`, a priority is out of range, a route that must be matched first has
    /// the later one, or a locked value does not have its form. Run `skiff lock`, which repairs it with the smallest change.
    BAD_LOCK = "SK0601" "bad-lock" ERROR "the lock contradicts the spec";

    /// An ARN of another service, region or partition.
    ///
    /// A certificate of a load balancer must be in the load balancer's region, a KMS key where the data is, and every ARN in the
    /// partition of the region. The message says what was expected.
    WRONG_ARN = "SK0701" "wrong-arn" ERROR "an ARN of another service, region or partition";

    /// A state root that VMs cannot read.
    ///
    /// Members boot from the ledger, so for AWS it is a bucket: `s3://bucket` or `s3://bucket/prefix`. Without `state.root`
    /// Skiff uses `s3://skiff-ACCOUNT-REGION`.
    BAD_STATE_ROOT = "SK0702" "bad-state-root" ERROR "a state root that VMs cannot read";

    /// Nobody hears the alarms.
    ///
    /// Alarms without a target change colour on a page that nobody watches. Add `alerts:` with a `topic` or an `email`.
    NO_ALERTS = "SK0703" "no-alerts" WARNING "nobody hears the alarms";

    /// Roles are made without a permissions boundary.
    ///
    /// A permissions boundary is a managed policy that caps what a role can ever do, whatever its own policies say. Many
    /// organisations require one on every role that a tool makes. Add the ARN of yours; without one Skiff's roles have only
    /// the permissions that follow from the spec, and nothing above them.
    ///
    /// ```yaml
    /// permissions_boundary: arn:aws:iam::111122223333:policy/workload-boundary
    /// ```
    NO_BOUNDARY = "SK0704" "no-boundary" NOTE "roles are made without a permissions boundary";
}
