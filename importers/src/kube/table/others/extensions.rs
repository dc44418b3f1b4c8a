//! Kinds that operators and extensions bring: for the best known ones, what takes their place.

use super::{Other, lost, needless, others};

const METRICS: &str =
    "Skiff measures load balancer, members and alarms by itself; metrics of the program are not collected";
const SCRAPE: &str = "run the CloudWatch agent or an OpenTelemetry collector as one of `containers`, and let it scrape";
const ALARMS: &str = "write the conditions under `alarms`, or as CloudWatch alarms beside Skiff";
const MESH: &str = "there is no mesh between the members, whose rules it could set";
const RENDER: &str = "it fetches manifests from elsewhere, which this import does not see";
const POLICY: &str = "there is no Kubernetes API whose requests it could judge";
const DATABASE: &str = "an operator runs a database from it";
const FUNCTION: &str = "an operator makes a service from it that scales from nothing";
const NODES: &str = "it adds machines to a cluster; each member of Skiff has a VM of its own";
const TRAFFIC: &str = "it describes how requests reach a Service, in words of its own";
const ROUTES: &str = "write it under `routes` of the service";
const DNS: &str = "Skiff makes the records of the hosts of `routes`: see `dns`";
const IMPORT_RESULT: &str = "export what it made (`kubectl get deploy,service -o yaml`), and import that";
const AWS: &str = "it makes a resource of AWS that Skiff does not own";
const BACKUP: &str = "write `backup` of stateful services and databases";
const MACHINE_LEARNING: &str = "it runs a job of machine learning over several machines";

/// Kinds of operators and extensions.
pub(super) const OTHERS: &[Other] = others! {
    "monitoring.coreos.com": "ServiceMonitor" | "PodMonitor" | "Probe" | "ScrapeConfig" => lost(METRICS, SCRAPE);
    "monitoring.coreos.com": "PrometheusRule" | "AlertmanagerConfig" => lost("Skiff does not evaluate these rules", ALARMS);
    "monitoring.coreos.com": "*" => lost(
        "an operator runs Prometheus from it", "use Amazon Managed Service for Prometheus, or the alarms of Skiff");
    "azmonitoring.coreos.com": "*" => lost(METRICS, SCRAPE);
    "monitoring.googleapis.com": "*" => lost(METRICS, SCRAPE);
    "operator.victoriametrics.com": "*" => lost(METRICS, SCRAPE);
    "datadoghq.com": "*" => lost(METRICS, "run the Datadog agent as one of `containers`");
    "opentelemetry.io": "*" => lost(METRICS, "run the collector as one of `containers`");
    "grafana.integreatly.org": "*" => lost("dashboards are not made", "import the dashboards into Amazon Managed Grafana");
    "logging.banzaicloud.io": "*" => lost("the runner ships all logs to CloudWatch", "subscribe to the log group for other places");
    "logging.openshift.io": "*" => lost("the runner ships all logs to CloudWatch", "subscribe to the log group for other places");
    "cert-manager.io": "Certificate" | "CertificateRequest" => lost(
        "Skiff's load balancer takes certificates of AWS Certificate Manager",
        "request one for the same hosts in ACM, and give it: `--certificate ARN`");
    "cert-manager.io": "*" => needless("AWS Certificate Manager issues and renews what the load balancer serves");
    "certmanager.k8s.io": "*" => needless("AWS Certificate Manager issues and renews what the load balancer serves");
    "networking.gke.io": "ManagedCertificate" => lost(
        "Google issues this certificate", "request one for the same hosts in ACM, and give it: `--certificate ARN`");
    "external-secrets.io": "ExternalSecret" | "ClusterExternalSecret" | "PushSecret" => lost(
        "an operator fills a Secret from another store",
        "of a secret in AWS give the ARN under `secrets`; copy others into AWS Secrets Manager");
    "external-secrets.io": "*" => needless("the runner reads AWS Secrets Manager with the role of the service");
    "kubernetes-client.io": "ExternalSecret" => lost(
        "an operator fills a Secret from another store", "of a secret in AWS give the ARN under `secrets`");
    "bitnami.com": "SealedSecret" => lost(
        "only the controller in the cluster can read what is sealed",
        "take the values from the Secret that it made, and fill them into the secrets that Skiff creates");
    "isindir.github.com": "SopsSecret" => lost(
        "its values are encrypted, and read by an operator", "fill them into the secrets that Skiff creates");
    "secrets-store.csi.x-k8s.io": "*" => lost(
        "it mounts secrets of another store as files",
        "write the files under `files: { /path: { secret: … } }`, or the ARNs under `secrets`");
    "secrets.hashicorp.com": "*" => lost(
        "an operator fills a Secret from Vault", "copy the values into AWS Secrets Manager, or read Vault from the program");
    "helm.toolkit.fluxcd.io": "HelmRelease" => lost(
        RENDER, "render the chart: `helm template NAME CHART -f values.yaml | skiff import kube -`");
    "kustomize.toolkit.fluxcd.io": "Kustomization" => lost(
        RENDER, "render it: `kubectl kustomize PATH | skiff import kube -`");
    "helm.fluxcd.io": "HelmRelease" => lost(RENDER, "render the chart: `helm template NAME CHART | skiff import kube -`");
    "fluxcd.io": "*" => needless("it says where Flux finds manifests; Skiff deploys releases");
    "helm.cattle.io": "HelmChart" | "HelmChartConfig" => lost(
        RENDER, "render the chart: `helm template NAME CHART | skiff import kube -`");
    "argoproj.io": "Application" | "ApplicationSet" => lost(
        RENDER, "render what it points at: `argocd app manifests NAME | skiff import kube -`");
    "argoproj.io": "AppProject" | "ArgoCD" => needless("it says what Argo CD may do; Skiff deploys releases");
    "argoproj.io": "Rollout" => lost(
        "an operator runs pods from it, and moves traffic in steps",
        "change `kind` to Deployment and `apiVersion` to apps/v1, import that, and write the steps under `rollout`");
    "argoproj.io": "AnalysisTemplate" | "ClusterAnalysisTemplate" | "AnalysisRun" | "Experiment" => lost(
        "it judges a rollout by metrics", "write the conditions under `rollout: { gates: … }`");
    "argoproj.io": "Workflow" | "WorkflowTemplate" | "ClusterWorkflowTemplate" => lost(
        "an operator runs containers in order from it", "make each step a `job`, or use AWS Step Functions");
    "argoproj.io": "CronWorkflow" => lost(
        "an operator runs containers in order from it, on a schedule", "make it a `job` with a `schedule`");
    "argoproj.io": "*" => lost("an operator of Argo acts on it", "use EventBridge rules, or a `job`");
    "flagger.app": "*" => lost("an operator moves traffic in steps", "write `rollout: { strategy: canary, steps: …, gates: … }`");
    "istio.io": "VirtualService" => lost(TRAFFIC, "write hosts, paths, headers and rewrites under `routes`");
    "istio.io": "DestinationRule" => lost(MESH, "write `stickiness` and `protocol` of the service; there are no circuit breakers");
    "istio.io": "Gateway" => lost(TRAFFIC, "write the hosts under `routes`; certificates are those of ACM");
    "istio.io": "ServiceEntry" => lost(MESH, "allow the address under `egress` of the services that connect to it");
    "istio.io": "AuthorizationPolicy" | "PeerAuthentication" | "RequestAuthentication" => lost(
        MESH, "who may connect is said by `uses`; check tokens in the program");
    "istio.io": "*" => lost(MESH, "see which service it was for, and whether it needs it");
    "linkerd.io": "*" => lost(MESH, "who may connect is said by `uses`; retries and timeouts belong into the program");
    "kuma.io": "*" => lost(MESH, "who may connect is said by `uses`");
    "consul.hashicorp.com": "*" => lost(MESH, "who may connect is said by `uses`");
    "appmesh.k8s.aws": "*" => lost(MESH, "who may connect is said by `uses`");
    "split.smi-spec.io": "*" => lost(MESH, "write `rollout: { strategy: canary }`");
    "cilium.io": "*" => lost(
        "it says who may connect, in words of its own", "who may connect is said by `uses` and `egress`");
    "projectcalico.org": "*" => lost(
        "it says who may connect, in words of its own", "who may connect is said by `uses` and `egress`");
    "policy.networking.k8s.io": "*" => lost(
        "it says who may connect in the whole cluster", "who may connect is said by `uses` and `egress`");
    "serving.knative.dev": "Service" | "Configuration" => lost(
        FUNCTION, "write a service with the same image, `port: 8080` and `routes`; at least one member runs");
    "knative.dev": "*" => lost("Knative acts on it", "use a queue of Skiff, or EventBridge");
    "apps.openshift.io": "DeploymentConfig" => lost(
        "OpenShift runs pods from it",
        "change `kind` to Deployment and `apiVersion` to apps/v1, take `triggers` away, and import that");
    "route.openshift.io": "Route" => lost(TRAFFIC, "write `host` and `path` under `routes` of the service");
    "image.openshift.io": "*" => lost("it names images within OpenShift", "name the image in a registry that AWS can reach");
    "build.openshift.io": "*" => lost("it builds images", "build them where the code is kept, and push them to Amazon ECR");
    "template.openshift.io": "*" => lost(
        "it makes manifests from parameters", "render it: `oc process -f FILE | skiff import kube -`");
    "security.openshift.io": "*" => needless("it refuses pods; what is imported says itself what it may do");
    "project.openshift.io": "*" => needless("services of all namespaces are in one file");
    "autoscaling.k8s.io": "*" => lost(
        "an operator changes what the pods request", "look at what it recommends, and write that under `size`");
    "keda.sh": "ScaledObject" => lost(
        "an operator scales a workload by a metric",
        "for an SQS queue declare it under `queues`, and write `scaling: { queue: { name: …, depth: … } }`");
    "keda.sh": "ScaledJob" => lost(
        "an operator starts a job for each message", "make it a worker with `scaling: { queue: … }`");
    "keda.sh": "*" => needless("the runner reads queues with the role of the service");
    "karpenter.sh": "*" => needless(NODES);
    "karpenter.k8s.aws": "*" => needless(NODES);
    "eks.amazonaws.com": "*" => needless(NODES);
    "elbv2.k8s.aws": "TargetGroupBinding" => lost(
        "it joins pods to a target group that exists", "give the service `routes`: Skiff makes its target groups itself");
    "elbv2.k8s.aws": "IngressClassParams" => needless("every route is served by Skiff's load balancer");
    "elbv2.k8s.aws": "*" => lost("it sets up the AWS Load Balancer Controller", "see `load_balancer` of `skiff.yaml`");
    "gateway.k8s.aws": "*" => lost("it sets up the AWS Load Balancer Controller", "see `load_balancer` of `skiff.yaml`");
    "application-networking.k8s.aws": "*" => lost(TRAFFIC, "who may connect is said by `uses`");
    "vpcresources.k8s.aws": "SecurityGroupPolicy" => lost(
        "it puts pods into security groups that exist", "allow the ways under `uses` and `egress`");
    "crd.k8s.amazonaws.com": "*" => needless("AWS gives out the addresses");
    "rds.services.k8s.aws": "*" => lost(AWS, "declare the database under `databases`");
    "sqs.services.k8s.aws": "*" => lost(AWS, "declare the queue under `queues`");
    "s3.services.k8s.aws": "*" => lost(AWS, "declare the bucket under `buckets`");
    "services.k8s.aws": "*" => lost(AWS, "keep it in Terraform, and allow what the service needs under `permissions`");
    "crossplane.io": "*" => lost("Crossplane makes cloud resources from it", "keep it in Terraform, or declare it in `skiff.yaml`");
    "upbound.io": "*" => lost("Crossplane makes cloud resources from it", "keep it in Terraform, or declare it in `skiff.yaml`");
    "cnrm.cloud.google.com": "*" => lost("it makes a resource of Google Cloud", "find its counterpart in AWS");
    "cloud.google.com": "BackendConfig" | "FrontendConfig" => lost(TRAFFIC, "write health checks and redirects under `health` and `routes`");
    "networking.gke.io": "FrontendConfig" => lost(TRAFFIC, "write redirects under `routes`; HTTP leads to HTTPS by default");
    "gke.io": "*" => lost("a controller of Google Cloud acts on it", "find its counterpart in AWS");
    "cloud.google.com": "*" => lost("a controller of Google Cloud acts on it", "find its counterpart in AWS");
    "aadpodidentity.k8s.io": "*" => lost("it gives pods an identity of Azure", "each service has a role of AWS: see `permissions`");
    "externaldns.k8s.io": "*" => lost("it makes DNS records", DNS);
    "externaldns.nginx.org": "*" => lost("it makes DNS records", DNS);
    "traefik.io": "*" => lost(TRAFFIC, ROUTES);
    "traefik.containo.us": "*" => lost(TRAFFIC, ROUTES);
    "projectcontour.io": "*" => lost(TRAFFIC, ROUTES);
    "getambassador.io": "*" => lost(TRAFFIC, ROUTES);
    "configuration.konghq.com": "*" => lost(TRAFFIC, ROUTES);
    "k8s.nginx.org": "*" => lost(TRAFFIC, ROUTES);
    "gateway.solo.io": "*" => lost(TRAFFIC, ROUTES);
    "gateway.envoyproxy.io": "*" => lost(TRAFFIC, ROUTES);
    "inference.networking.k8s.io": "*" => lost(TRAFFIC, "leave the inference gateway where it is");
    "inference.networking.x-k8s.io": "*" => lost(TRAFFIC, "leave the inference gateway where it is");
    "metallb.io": "*" => needless("AWS gives out the addresses");
    "postgresql.cnpg.io": "*" => lost(DATABASE, "declare a PostgreSQL under `databases`, and copy the data");
    "acid.zalan.do": "*" => lost(DATABASE, "declare a PostgreSQL under `databases`, and copy the data");
    "postgres-operator.crunchydata.com": "*" => lost(DATABASE, "declare a PostgreSQL under `databases`, and copy the data");
    "mysql.oracle.com": "*" => lost(DATABASE, "declare a MySQL under `databases`, and copy the data");
    "mysql.presslabs.org": "*" => lost(DATABASE, "declare a MySQL under `databases`, and copy the data");
    "mariadb.com": "*" => lost(DATABASE, "declare a MySQL under `databases`, and copy the data");
    "percona.com": "*" => lost(DATABASE, "declare it under `databases` if Skiff has its engine, and copy the data");
    "mongodb.com": "*" => lost(DATABASE, "use Amazon DocumentDB or MongoDB Atlas, and copy the data");
    "databases.spotahome.com": "*" => lost(DATABASE, "use Amazon ElastiCache for Redis or Valkey");
    "redis.redis.opstreelabs.in": "*" => lost(DATABASE, "use Amazon ElastiCache for Redis or Valkey");
    "app.redislabs.com": "*" => lost(DATABASE, "use Amazon ElastiCache for Redis or Valkey");
    "kafka.strimzi.io": "*" => lost("an operator runs Kafka from it", "use Amazon MSK; for work queues declare `queues`");
    "rabbitmq.com": "*" => lost("an operator runs RabbitMQ from it", "use Amazon MQ; for work queues declare `queues`");
    "nats.io": "*" => lost("an operator runs NATS from it", "for work queues declare `queues`");
    "k8s.elastic.co": "*" => lost("an operator runs Elastic from it", "use Amazon OpenSearch Service or Elastic Cloud");
    "opensearch.opster.io": "*" => lost("an operator runs OpenSearch from it", "use Amazon OpenSearch Service");
    "cassandra.datastax.com": "*" => lost(DATABASE, "use Amazon Keyspaces");
    "scylladb.com": "*" => lost(DATABASE, "keep the database where it is, and give its address under `env`");
    "clickhouse.altinity.com": "*" => lost(DATABASE, "keep the database where it is, and give its address under `env`");
    "crdb.cockroachlabs.com": "*" => lost(DATABASE, "use CockroachDB Cloud, or a PostgreSQL under `databases`");
    "minio.min.io": "*" => lost("an operator runs MinIO from it", "declare a bucket under `buckets`");
    "ceph.rook.io": "*" => lost("an operator runs storage from it", "use the `volume` of a stateful service, or `buckets`");
    "longhorn.io": "*" => needless("the volume of a stateful service is an EBS volume");
    "velero.io": "*" => lost("backups of the cluster are not carried over", BACKUP);
    "k10.kasten.io": "*" => lost("backups of the cluster are not carried over", BACKUP);
    "kyverno.io": "*" => needless(POLICY);
    "wgpolicyk8s.io": "*" => needless(POLICY);
    "gatekeeper.sh": "*" => needless(POLICY);
    "aquasecurity.github.io": "*" => needless("it is a report of a scanner");
    "tekton.dev": "*" => lost("an operator builds and tests from it", "build where the code is kept; Skiff deploys what was built");
    "actions.summerwind.dev": "*" => lost("it runs agents for builds", "use hosted runners");
    "actions.github.com": "*" => lost("it runs agents for builds", "use hosted runners");
    "operators.coreos.com": "*" => lost("it installs an operator", "see what the operator was for; Skiff runs none");
    "kubeflow.org": "*" => lost(MACHINE_LEARNING, "use Amazon SageMaker or AWS Batch");
    "ray.io": "*" => lost(MACHINE_LEARNING, "use Amazon SageMaker or AWS Batch");
    "serving.kserve.io": "*" => lost("an operator serves a model from it", "write a service with the same image, and name a type with graphics processors");
    "kaito.sh": "*" => lost("an operator serves a model from it", "write a service with the same image, and name a type with graphics processors");
    "leaderworkerset.x-k8s.io": "*" => lost(MACHINE_LEARNING, "leave it in the cluster");
    "jobset.x-k8s.io": "*" => lost("it runs jobs as a group", "use AWS Batch");
    "kueue.x-k8s.io": "*" => lost("it queues jobs", "use AWS Batch");
    "batch.volcano.sh": "*" => lost("it queues jobs", "use AWS Batch");
    "sparkoperator.k8s.io": "*" => lost("an operator runs Spark from it", "use Amazon EMR Serverless");
    "flink.apache.org": "*" => lost("an operator runs Flink from it", "use Amazon Managed Service for Apache Flink");
    "nvidia.com": "*" => needless("drivers come with the image of the VM");
    "apps.kruise.io": "*" => lost("an operator runs pods from it", "change `kind` to the one of apps/v1 that is nearest, and import that");
    "dapr.io": "*" => lost("Dapr runs beside the program, and is not imported", "run daprd as one of `containers`");
    "core.oam.dev": "*" => lost("an operator makes workloads from it", IMPORT_RESULT);
    "app.k8s.io": "Application" => needless("it only describes which objects belong together");
    "apps.emqx.io": "*" => lost("an operator runs EMQX from it", "use AWS IoT Core");
    "keycloak.org": "*" => lost("an operator runs Keycloak from it", IMPORT_RESULT);
    "infinispan.org": "*" => lost("an operator runs Infinispan from it", "use Amazon ElastiCache");
    "jaegertracing.io": "*" => lost("an operator runs Jaeger from it", "use AWS X-Ray");
    "nfd.k8s-sigs.io": "*" => needless(NODES);
    "reloader.stakater.com": "*" => needless("a release holds its configuration, and a change of it is a release");
};
