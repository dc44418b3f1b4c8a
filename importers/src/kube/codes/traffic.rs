//! Codes SK0910 to SK0949: how requests reach a workload.

use skiff_compiler::declare;

declare! {
    /// No imported workload carries the labels that this Service selects, so there is nothing that it could lead to.
    ///
    /// Import the workload's manifest together with this one, or correct `spec.selector`: every label of it must be a label
    /// of the pods, in the same namespace.
    NO_TARGET = "SK0910" "kube-service-without-workload" UNSUPPORTED "a Service that selects nothing of the import";
    /// One Service selects the pods of several workloads and spreads requests over all of them. A name of Skiff leads to
    /// one service, so the first workload keeps it and the others are no longer reached by it.
    ///
    /// Where the workloads are versions of one program, import one and let Skiff roll out the next as a canary. Else give
    /// each workload a Service of its own, and callers the names.
    MANY_TARGETS = "SK0911" "kube-service-several-workloads" UNSUPPORTED "a Service that selects several workloads";
    /// A Service without a selector leads to addresses outside of the import: an `ExternalName`, or Endpoints that somebody
    /// writes by hand. Skiff makes no name for what it does not run.
    ///
    /// Give the callers the address itself, in the variable that holds the Service's name now.
    NO_SELECTOR = "SK0912" "kube-service-outside" UNSUPPORTED "a Service that leads outside of the import";
    /// A port is a number from 1 to 65535, or the name of a port of the pod. A number in quotes is a name, and no port can
    /// have a name without a letter, so a cluster refuses it.
    ///
    /// ```yaml
    /// targetPort: "8080" # must be 8080
    /// ```
    ///
    /// Take the quotes away.
    BAD_PORT = "SK0913" "kube-bad-port" ERROR "a port that a cluster refuses";
    /// The Service or route names a port that nothing declares, so requests to it reach nobody.
    ///
    /// Give the container's port this name, or write its number. A route names a port of the Service, never of the pod.
    NO_SUCH_PORT = "SK0914" "kube-no-such-port" UNSUPPORTED "a port that nothing declares";
    /// The Service's port is not the one that the process listens on. A name in DNS leads to a member, and cannot turn one
    /// port into another, so Skiff's runner listens on the Service's port and passes connections on: the process sees them
    /// come from its own VM.
    ///
    /// Nothing must be done. To do without, let callers use the process's own port.
    PORT_FORWARDED = "SK0915" "kube-port-forwarded" CHANGED "a Service port that the runner passes on";
    /// A port of a member leads to one place. Two Services of one workload have the same port and lead to different ports of
    /// the pod, a process listens on the port that should lead elsewhere, or it is the port of Skiff's runner, 8079.
    ///
    /// Give one of the two another port, and its callers too.
    PORT_TAKEN = "SK0916" "kube-port-taken" UNSUPPORTED "a port that leads elsewhere already";
    /// Skiff opens TCP between services and HTTP from the load balancer. UDP and SCTP need a network load balancer or rules
    /// of your own.
    ///
    /// Leave this workload where it is, or open the port in your own Terraform beside Skiff's.
    NOT_TCP = "SK0917" "kube-not-tcp" UNSUPPORTED "a port that is not TCP";
    /// `NodePort` opens a port on every node of the cluster. What connects to it stands in no manifest: often a load
    /// balancer that somebody made by hand, sometimes nothing at all. Skiff takes the service for an internal one.
    ///
    /// If it must be reached from outside, give it `kind: web` and `routes`.
    NODE_PORT = "SK0918" "kube-node-port" ASSUMED "a NodePort taken for internal";
    /// A `LoadBalancer` Service passes on connections of any kind. Skiff's load balancer understands HTTP: it becomes a
    /// route for every path, on the address that all routes of the environment share. It listens on port 80, and ends TLS at
    /// port 443, whatever the port of the Service is.
    ///
    /// Check that the service speaks HTTP, and add a `host` and a certificate to its route.
    LOAD_BALANCER = "SK0919" "kube-load-balancer" CHANGED "a LoadBalancer Service as a route";
    /// This `LoadBalancer` Service needs an address of its own: it speaks something else than HTTP, or another Service has
    /// the shared address already. The workload is imported, and is not reached from outside.
    ///
    /// Give its route a `host` of its own in `skiff.yaml`; for anything but HTTP put a network load balancer in front.
    OWN_ADDRESS = "SK0920" "kube-own-address" UNSUPPORTED "a LoadBalancer Service that needs its own address";
    /// A headless Service gives the addresses of all its pods. So does every name of Skiff: it leads to the members that are
    /// healthy. What it cannot give is a name for each single pod, such as `db-0.db`.
    ///
    /// Nothing must be done unless callers use such a name.
    HEADLESS = "SK0921" "kube-headless" CHANGED "a headless Service without names for single pods";
    /// The Service asks for something that names and security groups cannot do.
    ///
    /// Check whether anything depends on it; the finding says what it was for.
    SERVICE_SETTING = "SK0922" "kube-service-setting" UNSUPPORTED "a setting of a Service without a counterpart";
    /// Skiff's networks have IPv4 addresses, so the service is reached by IPv4 alone.
    ///
    /// Check that no caller has only IPv6; inside of one VPC none has.
    IPV4_ONLY = "SK0923" "kube-ipv4-only" CHANGED "a service reached by IPv4 alone";
    /// The client stays with the member that it met first. The cluster told clients apart by address or by a cookie of its
    /// own; the load balancer sets a cookie, whose name, path and flags it chooses itself.
    ///
    /// Nothing must be done for browsers. A client that keeps no cookies is spread over all members.
    AFFINITY = "SK0924" "kube-affinity" CHANGED "clients kept with their member by another cookie";
    /// Inside of a cluster everybody may connect to everybody, unless a NetworkPolicy says otherwise. Skiff lets in who
    /// says `uses`, and the import wrote that where it found the name of a Service in a variable, an argument or a file.
    ///
    /// A caller that makes up the name while it runs, or reads it from a database, was not seen: add it to `uses`.
    ASSUMED_EDGES = "SK0925" "kube-assumed-callers" ASSUMED "callers found by the names that they use";
    /// Another controller than that of AWS's load balancers carried out this Ingress or Gateway. Its hosts and paths mean
    /// the same; what the controller was told besides is reported by itself.
    ///
    /// Try the routes before the traffic moves: buffering, timeouts and headers differ between load balancers.
    INGRESS_CLASS = "SK0926" "kube-ingress-class" CHANGED "routes of another controller";
    /// The Ingress does not say which controller carries it out, so the cluster's default does, and that stands in no
    /// manifest. The import takes paths as the Kubernetes API describes them.
    ///
    /// If the default is another controller, set `spec.ingressClassName` and import again.
    CLASS_ASSUMED = "SK0927" "kube-ingress-class-assumed" ASSUMED "an Ingress without a class";
    /// `pathType` is `Prefix`, `Exact` or `ImplementationSpecific`, in exactly this case, and a path begins with `/`: a cluster
    /// refuses other words, and in `networking.k8s.io/v1` a path without a type.
    ///
    /// ```yaml
    /// pathType: exact # must be Exact
    /// ```
    ///
    /// The path got no route.
    BAD_PATH_TYPE = "SK0928" "kube-bad-path-type" ERROR "a type of path that a cluster refuses";
    /// The controller compared this path in its own way: as a pattern, as a regular expression, or without regard to case.
    /// The route in `skiff.yaml` matches the requests that were meant, and may differ at the edges.
    ///
    /// Compare the route with what the service answers to.
    PATH_MEANING = "SK0929" "kube-path-meaning" CHANGED "a path that is compared in another way";
    /// In Kubernetes `*.example.com` stands for exactly one label; a load balancer's `*` also matches `a.b.example.com`.
    ///
    /// Nothing must be done unless such a name exists and must not be answered.
    WILDCARD_HOST = "SK0930" "kube-wildcard-host" CHANGED "a wildcard host that matches more labels";
    /// The route leads to a Service that is not part of the import, leads to no workload, or leads to one that a load
    /// balancer cannot serve: a job, a stateful service, an object of another kind.
    ///
    /// Import the Service and its workload together with the route, or write the route in `skiff.yaml` yourself.
    NO_BACKEND = "SK0931" "kube-route-without-backend" UNSUPPORTED "a route that leads to nothing of the import";
    /// Routes lead to two different ports of one workload. A web service of Skiff has one port that the load balancer
    /// reaches, and that is the first one.
    ///
    /// Split the workload in two services of one image, each with its own `port`.
    SECOND_PORT = "SK0932" "kube-second-port" UNSUPPORTED "a route to another port of a service";
    /// Two routes match the same requests and lead to different services. The first one of the input keeps them, as the
    /// older one would in a cluster.
    ///
    /// Remove one of them, or give it another host or path.
    ROUTE_TWICE = "SK0933" "kube-route-twice" UNSUPPORTED "two routes for the same requests";
    /// The certificate is in a Secret of the cluster. A load balancer takes it from AWS Certificate Manager, and the import
    /// reads no key.
    ///
    /// Request or import a certificate for the hosts there, and give its ARN with `--certificate`.
    CERTIFICATE = "SK0934" "kube-certificate" ASSUMED "a certificate to request in AWS";
    /// The routes share requests between several Services by weight, by cookie or by chance. A route of Skiff leads to one
    /// service; shares belong to a rollout, and move there by themselves.
    ///
    /// Import the main service and let `rollout: { strategy: canary }` release the next version.
    SPLIT = "SK0935" "kube-split-traffic" UNSUPPORTED "requests shared between Services";
    /// A load balancer redirects with 301, for good, or 302, for now. Other codes become the nearest one, with which some
    /// clients turn a POST into a GET.
    ///
    /// Check that nobody sends a POST to the old address.
    REDIRECT_CODE = "SK0936" "kube-redirect-code" CHANGED "a redirect with another status";
    /// The load balancer has one idle timeout for all connections, where the controller had timeouts for each step of each
    /// route. The longest one that was written is used.
    ///
    /// Set `load_balancer.idle_timeout` yourself when that is too long.
    TIMEOUT = "SK0937" "kube-timeout" CHANGED "timeouts as one idle timeout";
    /// The annotation tells a controller to do something that Skiff's load balancer does not do.
    ///
    /// Move it into the service, or put something in front of it that does it; the finding says what is lost.
    ANNOTATION = "SK0938" "kube-annotation" UNSUPPORTED "an annotation without a counterpart";
    /// The annotation has a counterpart that does not mean quite the same; the finding says what differs.
    ///
    /// Check it in `skiff.yaml`; most often nothing must be done. Where a limit was lifted, the service must keep to it
    /// itself.
    ANNOTATION_CHANGED = "SK0939" "kube-annotation-changed" CHANGED "an annotation that means something else";
    /// A snippet is configuration of one controller's program, written as text. Nothing but that program understands it.
    ///
    /// Find out what it does and do that in the service, or with the keys of a route: `headers`, `redirect`, `rewrite`,
    /// `respond`.
    SNIPPET = "SK0940" "kube-snippet" UNSUPPORTED "configuration text for a controller";
    /// The controller asked who a client is before it passed a request on. Without it the service is open to everybody who
    /// reaches the load balancer.
    ///
    /// Do not move traffic before the service checks its clients itself, or something in front of the load balancer does.
    AUTHENTICATION = "SK0941" "kube-authentication" UNSUPPORTED "authentication in front of the service";
    /// The controller limited how much a client may ask for. Skiff's load balancer does not.
    ///
    /// Put an AWS WAF web ACL with a rate rule in front: `load_balancer: { web_acl: ARN }`.
    RATE_LIMIT = "SK0942" "kube-rate-limit" UNSUPPORTED "a limit on what clients may ask for";
    /// The filter changes requests or answers in a way that Skiff's load balancer does not: other headers, copies of
    /// requests, retries, extensions of one implementation.
    ///
    /// Do it in the service. A copy of the traffic for a new version is what `skiff shadow` is for.
    ROUTE_FILTER = "SK0943" "kube-route-filter" UNSUPPORTED "a filter of a route without a counterpart";
    /// The Gateway API compares headers and parameters exactly; a load balancer ignores their case.
    ///
    /// Nothing must be done unless two values differ in nothing but case.
    ROUTE_MATCH = "SK0944" "kube-route-match" CHANGED "a match that ignores case";
    /// The load balancer cannot compare this: a regular expression for a header, a method of gRPC by expression, more
    /// values than a rule holds.
    ///
    /// Write the values that occur, or let the service look at them.
    ROUTE_CONDITION = "SK0945" "kube-route-condition" UNSUPPORTED "a condition that a load balancer cannot compare";
    /// The Gateway asks for a listener that Skiff's load balancer does not have: another protocol than HTTP and HTTPS,
    /// client certificates, an address or parameters of an implementation.
    ///
    /// Leave it where it is, or put a network load balancer of your own in front of the service.
    LISTENER = "SK0946" "kube-listener" UNSUPPORTED "a listener without a counterpart";
    /// A NetworkPolicy says something that security groups between services cannot: exceptions from a range, selections
    /// that nothing of the import meets, protocols other than TCP.
    ///
    /// Check who must get through, and write `uses` or `egress` for them.
    POLICY = "SK0947" "kube-network-policy" UNSUPPORTED "a rule of a NetworkPolicy without a counterpart";
    /// Who may connect is in `uses`, for all ports of a service together; what goes out to the internet is open for HTTPS
    /// and what `egress` names.
    ///
    /// Compare `uses` and `egress` with the policy: the finding says what differs.
    POLICY_CHANGED = "SK0948" "kube-network-policy-changed" CHANGED "a NetworkPolicy as edges between services";
    /// Some routes were for the internet and some for inside only. All routes of an environment share one load balancer,
    /// and it faces the internet when one of them must. The routes that were for inside only let in private addresses alone,
    /// which hardly anybody has who comes over the internet.
    ///
    /// Move the internal services into an application of their own, with `load_balancer: { scheme: internal }`.
    SCHEME = "SK0949" "kube-scheme" CHANGED "routes that face something else than before";
}
