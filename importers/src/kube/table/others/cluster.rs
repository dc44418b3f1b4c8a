//! Kinds of Kubernetes itself.

use super::{Other, lost, needless, others};

const REQUEST: &str = "it is a request to the Kubernetes API, not something that stays";
const WRITES: &str = "the cluster writes it";
const CLUSTER: &str = "it sets up the cluster, and Skiff runs none";
const NO_API: &str = "there is no Kubernetes API whose requests it could judge";
const DEVICES: &str = "name an instance type that has the device: `size: { instance_type: … }`";

/// Kinds of Kubernetes itself that are not mapped field by field, and of the tools that set clusters up.
pub(super) const OTHERS: &[Other] = others! {
    "": "Namespace" => needless("services of all namespaces are in one file; the namespace keeps equal names apart");
    "": "ResourceQuota" => lost(
        "nothing keeps a namespace below a sum of resources",
        "set a quota of EC2 in the account (Service Quotas), or a budget in AWS Budgets");
    "": "PersistentVolume" => lost(
        "it is storage that exists, and no data is moved by an import",
        "copy the data into the `volume` of the stateful service, or into a bucket");
    "": "Endpoints" => lost(
        "it leads a Service to addresses outside the cluster",
        "write the address into `env` of who uses it, and allow the way under `egress`");
    "discovery.k8s.io": "EndpointSlice" => lost(
        "it leads a Service to addresses outside the cluster",
        "write the address into `env` of who uses it, and allow the way under `egress`");
    "": "PodTemplate" => lost("nothing runs from a template alone", "import the object that uses it");
    "": "Node" | "Event" | "ComponentStatus" => needless(WRITES);
    "": "Binding" | "Status" | "APIGroup" | "APIGroupList" | "APIResourceList" | "APIVersions" => needless(REQUEST);
    "": "Config" => needless("a configuration of kubectl says how to reach a cluster");
    "admissionregistration.k8s.io": "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding"
        | "ValidatingWebhookConfiguration" => needless(NO_API);
    "admissionregistration.k8s.io": "MutatingAdmissionPolicy" | "MutatingAdmissionPolicyBinding"
        | "MutatingWebhookConfiguration" | "InitializerConfiguration" => lost(
        "it changes pods when they are created, and what it adds is not in the manifests",
        "look at a running pod (`kubectl get pod -o yaml`), and import what was added");
    "apiextensions.k8s.io": "CustomResourceDefinition" => needless("it defines a kind; objects of that kind are judged each");
    "apiregistration.k8s.io": "APIService" => needless("there is no Kubernetes API to extend");
    "internal.apiserver.k8s.io": "*" => needless(WRITES);
    "apps": "ControllerRevision" => needless("the history of releases is kept by Skiff");
    "authentication.k8s.io": "*" => needless(REQUEST);
    "rbac.authorization.k8s.io": "*" => needless("there is no Kubernetes API to be allowed; AWS rights are in `permissions`");
    "authorization.k8s.io": "*" => needless(REQUEST);
    "autoscaling": "Scale" => needless(REQUEST);
    "policy": "Eviction" => needless(REQUEST);
    "lifecycle.k8s.io": "*" => needless(REQUEST);
    "certificates.k8s.io": "CertificateSigningRequest" | "PodCertificateRequest" => needless(REQUEST);
    "certificates.k8s.io": "ClusterTrustBundle" => lost(
        "certificates that workloads trust are not handed out", "put them into the image, or under `files`");
    "coordination.k8s.io": "Lease" | "LeaseCandidate" => needless(WRITES);
    "events.k8s.io": "Event" => needless(WRITES);
    "flowcontrol.apiserver.k8s.io": "*" => needless("there is no Kubernetes API whose load it could share out");
    "networking.k8s.io": "IngressClass" => needless("every route is served by Skiff's load balancer");
    "networking.k8s.io": "IPAddress" | "ServiceCIDR" => needless("AWS gives out the addresses");
    "node.k8s.io": "RuntimeClass" => needless("a workload that names it is reported itself");
    "policy": "PodSecurityPolicy" => needless("it refuses pods; what is imported says itself what it may do");
    "extensions": "PodSecurityPolicy" => needless("it refuses pods; what is imported says itself what it may do");
    "rbac.authorization.openshift.io": "*" => needless("there is no Kubernetes API to be allowed");
    "authorization.openshift.io": "*" => needless("there is no Kubernetes API to be allowed");
    "resource.k8s.io": "DeviceClass" | "ResourceSlice" | "DeviceTaintRule" | "ResourcePoolStatusRequest" => needless(CLUSTER);
    "resource.k8s.io": "*" => lost("Skiff claims no devices", DEVICES);
    "scheduling.k8s.io": "PriorityClass" => needless("no member takes the place of another");
    "scheduling.k8s.io": "*" => lost(
        "Skiff starts no group at once", "make what must start together `containers` of one service");
    "snapshot.storage.k8s.io": "VolumeSnapshotClass" | "VolumeSnapshotContent" => needless(CLUSTER);
    "snapshot.storage.k8s.io": "*" => lost("snapshots of volumes stay where they are", "write `backup` of the stateful service");
    "groupsnapshot.storage.k8s.io": "*" => lost("snapshots of volumes stay where they are", "write `backup` of the stateful service");
    "storage.k8s.io": "StorageClass" => needless("the volume of a stateful service is an encrypted gp3 volume");
    "storage.k8s.io": "VolumeAttributesClass" => lost(
        "it sets how fast volumes are", "write `volume: { iops: …, throughput: … }` of the stateful service");
    "storage.k8s.io": "*" => needless(WRITES);
    "storagemigration.k8s.io": "*" => needless(REQUEST);
    "gateway.networking.k8s.io": "GatewayClass" => needless("every route is served by Skiff's load balancer");
    "gateway.networking.k8s.io": "ReferenceGrant" => needless("who may lead to a service of another namespace is not asked");
    "gateway.networking.k8s.io": "TCPRoute" | "UDPRoute" | "TLSRoute" => lost(
        "Skiff's load balancer serves HTTP", "let the service serve HTTP, or put a Network Load Balancer in front of it beside Skiff");
    "gateway.networking.k8s.io": "GRPCRoute" => lost(
        "it matches services and methods of gRPC", "write the paths under `routes`, and `protocol: grpc`");
    "gateway.networking.k8s.io": "*" => lost(
        "it describes how requests reach a Service", "write it under `routes` of the service");
    "gateway.networking.x-k8s.io": "*" => lost(
        "it describes how requests reach a Service", "write it under `routes` of the service");
    "kustomize.config.k8s.io": "*" => lost(
        "kustomize makes manifests from it, and Skiff does not run kustomize",
        "import what it makes: `kubectl kustomize DIRECTORY | skiff import kube -`");
    "kind.x-k8s.io": "*" => needless(CLUSTER);
    "kubeadm.k8s.io": "*" => needless(CLUSTER);
    "kubelet.config.k8s.io": "*" => needless(CLUSTER);
    "kubeproxy.config.k8s.io": "*" => needless(CLUSTER);
    "kubescheduler.config.k8s.io": "*" => needless(CLUSTER);
    "apiserver.config.k8s.io": "*" => needless(CLUSTER);
    "apiserver.k8s.io": "*" => needless(CLUSTER);
    "audit.k8s.io": "*" => needless(CLUSTER);
    "cluster.x-k8s.io": "*" => needless(CLUSTER);
    "kops.k8s.io": "*" => needless(CLUSTER);
    "eksctl.io": "*" => needless(CLUSTER);
    "k3d.io": "*" => needless(CLUSTER);
    "minikube.sigs.k8s.io": "*" => needless(CLUSTER);
    "operator.openshift.io": "*" => needless(CLUSTER);
    "config.openshift.io": "*" => needless(CLUSTER);
    "machineconfiguration.openshift.io": "*" => needless(CLUSTER);
    "upgrade.cattle.io": "*" => needless(CLUSTER);
};
