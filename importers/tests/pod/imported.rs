//! An import of a text, and what became of its fields.

use skiff_compiler::spec::service::Service;
use skiff_importers::{
    account::{Fate, Finding},
    import::{Import, Input, Options},
    kube,
};

/// An import with short ways to what a test asks.
pub(crate) struct Imported(pub(crate) Import);

impl Imported {
    /// Imports one file.
    pub(crate) fn of(text: &str) -> Self {
        let inputs = [Input { name: "k8s.yaml".into(), bytes: text.as_bytes().to_vec() }];
        let options = Options {
            app: "shop".into(),
            account: Some("111122223333".into()),
            region: Some("eu-west-1".into()),
            certificates: Vec::new(),
        };
        Self(kube::import(&inputs, &options))
    }

    /// Imports a Deployment `web` whose pod has these lines, indented by six spaces, beside one container with those lines,
    /// indented by eight.
    pub(crate) fn pod(pod: &str, container: &str) -> Self {
        Self::of(&deployment(pod, container))
    }

    /// The service `web`.
    pub(crate) fn web(&self) -> &Service {
        self.0.spec.services.iter().find(|(name, _)| name.as_str() == "web").map(|(_, service)| service).unwrap()
    }

    /// The fate of the one leaf whose path ends so, and why.
    pub(crate) fn fate(&self, end: &str) -> (Fate, &str) {
        let leaves = self.0.account.objects.iter().flat_map(|object| &object.leaves);
        let found: Vec<_> = leaves.filter(|leaf| leaf.path.ends_with(end)).collect();
        assert_eq!(found.len(), 1, "leaves that end with {end}: {found:?}");
        (found[0].fate, &found[0].reason)
    }

    /// The findings of a code.
    pub(crate) fn findings(&self, code: &str) -> Vec<&Finding> {
        self.0.account.findings.iter().filter(|finding| finding.code.id == code).collect()
    }

    /// The reason of the only finding of a code.
    pub(crate) fn reason(&self, code: &str) -> &str {
        let found = self.findings(code);
        assert_eq!(found.len(), 1, "{code}: {found:?}");
        &found[0].reason
    }
}

/// A Deployment `web` in the namespace `shop`.
pub(crate) fn deployment(pod: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{ name: web, namespace: shop }}
spec:
  replicas: 3
  template:
    metadata: {{ labels: {{ app: web, tier: front }} }}
    spec:
{pod}
      containers:
      - name: web
        image: nginx:1.27
{container}
"
    )
}
