//! The volumes of a pod.

use super::row::{Row, ignored, mapped, mapped_as, said};
use crate::kube::codes::{pod as codes, workload};

const OPTIONAL: &str = "the import knows whether it is there";
const OLD_DISK: &str = "a disk of a cluster cannot be attached to a member";
const USE_VOLUME: &str = "use `volume:` of a stateful service, and copy the data";
const NETWORK: &str = "Skiff mounts no file system over the network";
const USE_BUCKET: &str = "put shared files into a bucket, or mount the file system from the application";

/// A volume that only a cluster, or another cloud, can attach.
const fn disk(field: &'static str) -> Row {
    said(field, "volume", &codes::VOLUME_KIND, OLD_DISK, USE_VOLUME)
}

/// A file system of another machine.
const fn network(field: &'static str) -> Row {
    said(field, "mounts", &codes::VOLUME_KIND, NETWORK, USE_BUCKET)
}

const fn token(field: &'static str, what: &'static str) -> Row {
    said(field, "files", &codes::FILE, what, "give the application credentials of its own under `secrets:`")
}

/// `spec` of a pod, as far as it is about volumes.
pub(super) static POD: &[Row] = &[
    mapped("volumes[].name", "volumes"),
    mapped_as("volumes[].emptyDir", "volumes", "a directory that goes with the VM"),
    mapped("volumes[].emptyDir.medium", "volumes"),
    mapped("volumes[].emptyDir.sizeLimit", "volumes"),
    mapped("volumes[].emptyDir.mode", "volumes"),
    mapped("volumes[].configMap.name", "files"),
    mapped("volumes[].configMap.defaultMode", "files"),
    ignored("volumes[].configMap.optional", OPTIONAL),
    mapped("volumes[].configMap.items[].key", "files"),
    mapped("volumes[].configMap.items[].path", "files"),
    mapped("volumes[].configMap.items[].mode", "files"),
    mapped("volumes[].secret.secretName", "files"),
    mapped("volumes[].secret.defaultMode", "files"),
    ignored("volumes[].secret.optional", OPTIONAL),
    mapped("volumes[].secret.items[].key", "files"),
    mapped("volumes[].secret.items[].path", "files"),
    mapped("volumes[].secret.items[].mode", "files"),
    mapped("volumes[].downwardAPI.defaultMode", "files"),
    mapped("volumes[].downwardAPI.items[].path", "files"),
    mapped("volumes[].downwardAPI.items[].mode", "files"),
    mapped("volumes[].downwardAPI.items[].fieldRef.fieldPath", "files"),
    ignored("volumes[].downwardAPI.items[].fieldRef.apiVersion", "there is only one"),
    mapped("volumes[].downwardAPI.items[].resourceFieldRef.resource", "files"),
    mapped("volumes[].downwardAPI.items[].resourceFieldRef.containerName", "files"),
    mapped("volumes[].downwardAPI.items[].resourceFieldRef.divisor", "files"),
    mapped("volumes[].projected.defaultMode", "files"),
    mapped("volumes[].projected.sources[].configMap.name", "files"),
    ignored("volumes[].projected.sources[].configMap.optional", OPTIONAL),
    mapped("volumes[].projected.sources[].configMap.items[].key", "files"),
    mapped("volumes[].projected.sources[].configMap.items[].path", "files"),
    mapped("volumes[].projected.sources[].configMap.items[].mode", "files"),
    mapped("volumes[].projected.sources[].secret.name", "files"),
    ignored("volumes[].projected.sources[].secret.optional", OPTIONAL),
    mapped("volumes[].projected.sources[].secret.items[].key", "files"),
    mapped("volumes[].projected.sources[].secret.items[].path", "files"),
    mapped("volumes[].projected.sources[].secret.items[].mode", "files"),
    mapped("volumes[].projected.sources[].downwardAPI.items[].path", "files"),
    mapped("volumes[].projected.sources[].downwardAPI.items[].mode", "files"),
    mapped("volumes[].projected.sources[].downwardAPI.items[].fieldRef.fieldPath", "files"),
    ignored("volumes[].projected.sources[].downwardAPI.items[].fieldRef.apiVersion", "there is only one"),
    mapped("volumes[].projected.sources[].downwardAPI.items[].resourceFieldRef.resource", "files"),
    mapped("volumes[].projected.sources[].downwardAPI.items[].resourceFieldRef.containerName", "files"),
    mapped("volumes[].projected.sources[].downwardAPI.items[].resourceFieldRef.divisor", "files"),
    said(
        "volumes[].projected.sources[].serviceAccountToken.**",
        "files",
        &workload::OTHER_IDENTITY,
        "a token of the cluster proves nothing outside it",
        "give the application credentials of its own under `secrets:`",
    ),
    token("volumes[].projected.sources[].clusterTrustBundle.**", "the certificates that the cluster trusts stay in it"),
    token("volumes[].projected.sources[].podCertificate.**", "the cluster signs no certificate for a member"),
    mapped("volumes[].persistentVolumeClaim.claimName", "volume"),
    mapped("volumes[].persistentVolumeClaim.readOnly", "volume"),
    said(
        "volumes[].ephemeral.**",
        "volumes",
        &codes::CLAIM,
        "a volume for the life of a pod becomes a directory on the disk of its VM",
        "raise `size.disk` so that it fits",
    ),
    said(
        "volumes[].hostPath.**",
        "mounts",
        &codes::VOLUME_KIND,
        "there is no node with a directory of its own",
        "use a volume under `volumes:` if it only shares files between containers",
    ),
    said(
        "volumes[].image.**",
        "containers",
        &codes::VOLUME_KIND,
        "the files of another image cannot be mounted",
        "copy them out of that image by an init container, into a volume",
    ),
    said(
        "volumes[].csi.**",
        "mounts",
        &codes::VOLUME_KIND,
        "a storage driver of the cluster does not run on a member",
        "give secrets under `secrets:` or `files:`, data to a volume or a bucket",
    ),
    said(
        "volumes[].gitRepo.**",
        "bundle",
        &codes::VOLUME_KIND,
        "nothing clones a repository before the start",
        "put the files into the image, or clone them by an init container",
    ),
    network("volumes[].nfs.**"),
    network("volumes[].azureFile.**"),
    network("volumes[].cephfs.**"),
    network("volumes[].glusterfs.**"),
    network("volumes[].quobyte.**"),
    disk("volumes[].awsElasticBlockStore.**"),
    disk("volumes[].azureDisk.**"),
    disk("volumes[].cinder.**"),
    disk("volumes[].fc.**"),
    disk("volumes[].flexVolume.**"),
    disk("volumes[].flocker.**"),
    disk("volumes[].gcePersistentDisk.**"),
    disk("volumes[].iscsi.**"),
    disk("volumes[].photonPersistentDisk.**"),
    disk("volumes[].portworxVolume.**"),
    disk("volumes[].rbd.**"),
    disk("volumes[].scaleIO.**"),
    disk("volumes[].storageos.**"),
    disk("volumes[].vsphereVolume.**"),
    owner("volumes[].configMap.defaultUser"),
    owner("volumes[].secret.defaultUser"),
    owner("volumes[].downwardAPI.defaultUser"),
    owner("volumes[].downwardAPI.items[].user"),
    owner("volumes[].projected.defaultUser"),
    owner("volumes[].projected.sources[].downwardAPI.items[].user"),
    owner("volumes[].configMap.items[].user"),
    owner("volumes[].secret.items[].user"),
    owner("volumes[].projected.sources[].configMap.items[].user"),
    owner("volumes[].projected.sources[].secret.items[].user"),
];

/// Who owns a file: `skiff.yaml` has only its mode.
const fn owner(field: &'static str) -> Row {
    said(field, "files", &codes::FILE, "files of a release belong to root", "give them a mode that others can read")
}
