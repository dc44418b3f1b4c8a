//! A service of `skiff.yaml` while it is put together from several objects.

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::Decode,
    service::{Kind, Service},
    values::Name,
};

use crate::kube::object::{Field, Object};

/// A service while it is put together.
#[derive(Debug)]
pub(crate) struct Draft<'c> {
    /// Its name in `skiff.yaml`.
    pub(crate) name: Name,
    /// The object with the pods: a Deployment, a StatefulSet, a CronJob ….
    pub(crate) workload: &'c Object<'c>,
    /// `metadata` of its pods.
    pub(crate) template: Option<Field<'c>>,
    /// `spec` of its pods.
    pub(crate) pod: Field<'c>,
    /// The labels of its pods, by which Services select them.
    pub(crate) labels: BTreeMap<&'c str, &'c str>,
    /// The ports of all its containers.
    pub(crate) ports: Vec<PodPort<'c>>,
    /// Least and most members, as the workload or its autoscaler says.
    pub(crate) replicas: (u32, u32),
    /// The claims that its containers mount: whether one can be kept is known when traffic was joined.
    pub(crate) claims: Vec<Claim<'c>>,
    /// What is written.
    pub(crate) service: Service,
}

/// A claim that containers of a pod mount.
#[derive(Debug, Clone)]
pub(crate) struct Claim<'c> {
    /// The entry under `volumes` or `volumeClaimTemplates`.
    pub(crate) volume: Field<'c>,
    /// The claim's `spec`.
    pub(crate) spec: Field<'c>,
    /// The mounts in all containers.
    pub(crate) mounts: Vec<Field<'c>>,
}

/// A port that a container declares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PodPort<'c> {
    /// Its name.
    pub(crate) name: Option<&'c str>,
    /// Its number.
    pub(crate) number: u16,
    /// `TCP`, `UDP` or `SCTP`.
    pub(crate) protocol: &'c str,
    /// Whether the main container declares it.
    pub(crate) main: bool,
    /// Where it is declared.
    pub(crate) field: Field<'c>,
}

impl<'c> Draft<'c> {
    /// Says of the labels that a selector asks for by these keys that they are how the service is found.
    pub(crate) fn selected_by<'k>(&self, keys: impl Iterator<Item = &'k str>) {
        let Some(labels) = self.template.and_then(|template| template.get("labels")) else { return };
        keys.filter_map(|key| labels.get(key)).for_each(|label| label.mapped_to("discovery"));
    }

    /// A draft with nothing but its name.
    #[must_use]
    pub(crate) fn new(name: Name, workload: &'c Object<'c>, pod: Field<'c>) -> Self {
        workload.belongs_to(name.as_str());
        let service = Service { kind: Kind::Worker, ..Service::fallback() };
        Self {
            name,
            workload,
            template: None,
            pod,
            labels: BTreeMap::new(),
            ports: Vec::new(),
            replicas: (1, 1),
            claims: Vec::new(),
            service,
        }
    }
}
