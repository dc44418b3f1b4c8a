//! Codes SK0950 to SK0979: what a Compose file says. The severity of a code is the fate of what it is said about.

use skiff_compiler::declare;

declare! {
    /// The file has no mapping `services`, so it is no Compose file.
    ///
    /// Files of old Compose versions without `services:` are read by `docker compose config` only after they are changed.
    NO_COMPOSE_FILE = "SK0950" "compose-no-services" ERROR "a file without services";
    /// Compose fills in `${NAME}` from the shell or a file `.env`; an import has neither. A default (`${NAME:-default}`) is
    /// taken; without one the place is empty.
    ///
    /// Run `docker compose config | skiff import compose -`, which fills everything in, or correct the value in `skiff.yaml`.
    VARIABLE_DEFAULT = "SK0951" "compose-variable-default" ASSUMED "the default of a variable was taken";
    /// Compose fills in `${NAME}` from the shell or a file `.env`, and the file gives no default. In an environment variable
    /// it becomes a secret; anywhere else the value is not known.
    ///
    /// Run `docker compose config | skiff import compose -`, which fills everything in, or correct the value in `skiff.yaml`.
    VARIABLE_MISSING = "SK0952" "compose-variable-missing" UNSUPPORTED "a variable without a value";
    /// The value of this environment variable came from the shell that starts Compose. It is a key of one secret now, since
    /// that is where such values usually belong.
    ///
    /// Fill in the secret before the first deploy; a value that is none may be written under `env` instead.
    VARIABLE_SECRET = "SK0953" "compose-variable-secret" CHANGED "a variable of the shell became a secret";
    /// Compose builds the image on the machine that runs it. A VM pulls an image that a registry has.
    ///
    /// Build and push the image in your pipeline, and name it under `image`.
    BUILD = "SK0954" "compose-build" UNSUPPORTED "an image that Compose builds itself";
    /// The service has an `image` as well, so it can be pulled once your pipeline pushes it there.
    ///
    /// Build and push it as Compose did; Skiff runs what the registry has.
    BUILD_ELSEWHERE = "SK0955" "compose-build-elsewhere" CHANGED "the image must be built by your pipeline";
    /// The import reads only the file that it is given, and this names another one.
    ///
    /// Run `docker compose config | skiff import compose -`: it puts all files together.
    OTHER_FILE = "SK0956" "compose-other-file" UNSUPPORTED "another file that the import does not see";
    /// A published port makes the service reachable on the machine's address. Here the load balancer serves it, which speaks
    /// HTTP: one service gets all requests, several get a host each.
    ///
    /// Correct the hosts and add a certificate: `certificates:`, and take `tls: false` away.
    PUBLISHED = "SK0957" "compose-published-port" CHANGED "a published port became a route";
    /// The load balancer forwards HTTP, and this port speaks something else (or UDP). The port is open to the services that
    /// use this one, and closed to the outside.
    ///
    /// Keep such a service private, or put a Network Load Balancer in front of it yourself.
    PUBLISHED_UNSUPPORTED = "SK0958" "compose-port-not-http" UNSUPPORTED "a published port that a load balancer cannot serve";
    /// A bind mount shows a file or folder of the machine inside of the container. A VM of Skiff starts empty: what the
    /// service needs must be in its image, in `files`, or in a bucket.
    ///
    /// Put configuration under `files`, code into the image, data into a bucket or a volume.
    BIND_MOUNT = "SK0959" "compose-bind-mount" UNSUPPORTED "a folder of the machine in a container";
    /// A named volume outlives its container. One member with one volume is a `stateful` service: its volume is an EBS
    /// volume of one zone, detached before the next member starts. What is in the old volume is not copied.
    ///
    /// Check `size`, and copy the data before the cutover. A database is better served by `databases:`.
    VOLUME = "SK0960" "compose-named-volume" CHANGED "a named volume became an EBS volume";
    /// A service that is routed to, that has several members or several volumes cannot keep a volume: each would see its own.
    ///
    /// Move the data to a database or a bucket, or keep one member without routes behind another service.
    VOLUME_UNSUPPORTED = "SK0961" "compose-volume-shared" UNSUPPORTED "a volume that cannot be carried over";
    /// All services of a Compose network reach each other. Skiff lets in only those that `uses` names: here the ones that
    /// `depends_on` and `links` name, and those whose name stands in a variable or a command.
    ///
    /// Add to `uses` what is missing.
    NETWORKS = "SK0962" "compose-networks" ASSUMED "who reaches whom was read from the file";
    /// Compose starts services in this order on one machine. Services of Skiff start by themselves, and again whenever a
    /// member is replaced, so each must wait for or retry what it needs.
    ///
    /// Make the service retry its connections, or wait in an `init` container.
    DEPENDS_ON = "SK0963" "compose-depends-on" CHANGED "the order of starts is not kept";
    /// A field of Compose that a VM of Skiff has no counterpart for.
    ///
    /// The finding says what takes its place. Leave the field out where the service does not need it.
    UNSUPPORTED = "SK0964" "compose-unsupported" UNSUPPORTED "a setting without a counterpart";
    /// A field of Compose whose counterpart means something else.
    ///
    /// The finding says what differs; decide whether that is what you want.
    CHANGED = "SK0965" "compose-changed" CHANGED "a setting whose counterpart differs";
    /// The text is not what the Compose Specification takes here: a port, a duration, a size, a boolean.
    ///
    /// Correct it; `docker compose config` names the place too.
    BAD_VALUE = "SK0966" "compose-value" ERROR "a value that Compose refuses";
    /// Services that use each other in a circle cannot be deployed one after the other, so one of the uses was taken away: the
    /// connection is closed.
    ///
    /// Let one side send messages through a queue, or put both into one service, under `containers`.
    CIRCLE = "SK0969" "compose-circle" UNSUPPORTED "services that use each other in a circle";
    /// Inside of a Compose network every port of every service is open, so the file need not name it. Skiff opens what is
    /// declared: here the port that another service connects to, or the one that the image is known to serve.
    ///
    /// Correct `port` in `skiff.yaml`, or add `expose` to the service.
    PORT = "SK0968" "compose-port-assumed" ASSUMED "a port that the file does not name";
    /// A `healthcheck` of Compose marks a container as unhealthy and nothing else; here a member that fails it gets no
    /// requests. It does not restart the container, as in Compose.
    ///
    /// Add `liveness` if it should be restarted.
    HEALTH = "SK0967" "compose-healthcheck" CHANGED "the health check decides about requests";
    /// The plain value of an environment variable has the form of a key, a token, or a URL with a password, and a `skiff.yaml`
    /// is committed and shown. The variable is a key of a secret of its service instead; the value is in no output.
    ///
    /// Fill in the secret before the first deploy, and replace the value if it was real: the Compose file shows it to
    /// everybody who reads it.
    VALUE_LOOKS_SECRET = "SK0970" "compose-value-looks-secret" CHANGED "a plain value that looks like a secret";
    /// A Compose file need not say for which processor its images are built, and an image for another one does not start.
    /// Most images run on `x86_64`, so that is written, although Skiff's default, `arm64`, costs less.
    ///
    /// When the images are built for arm64 too (`docker buildx imagetools inspect IMAGE`), take `size.arch` away.
    ARCHITECTURE = "SK0971" "compose-architecture" ASSUMED "a processor that the file does not name";
}
