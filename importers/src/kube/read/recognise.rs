//! Inputs that are no manifests but make some: named, with the command that does it.

use super::{
    codes,
    finding::Note,
    node::{Node, Place},
};

/// What begins a placeholder of the usual template languages: Go, Jinja, ERB.
const PLACEHOLDERS: &[&str] = &["{{", "{%", "<%"];

/// Languages whose programs print manifests: the ending of a file's name, and what to run.
const PROGRAMS: &[(&str, &str)] = &[
    (".jsonnet", "run `jsonnet -y FILE | skiff import kube -` (without `-y` for a single object)"),
    (".libsonnet", "import what the jsonnet program prints that uses this library"),
    (".cue", "run `cue export --out yaml FILE | skiff import kube -`"),
    (".k", "run `kcl run FILE | skiff import kube -`"),
    (".dhall", "run `dhall-to-yaml --documents --file FILE | skiff import kube -`"),
    (".ncl", "run `nickel export --format yaml FILE | skiff import kube -`"),
    (".tpl", "import what the chart renders: `helm template NAME CHART | skiff import kube -`"),
    (".gotmpl", "import what the chart renders: `helm template NAME CHART | skiff import kube -`"),
    (".j2", "render the template and import the result with `skiff import kube -`"),
    (".erb", "render the template and import the result with `skiff import kube -`"),
];

/// Says of a file that it must be run or rendered, by its name alone; such a file is not read.
pub(super) fn program(name: &str) -> Option<Note> {
    let (_, hint) = PROGRAMS.iter().find(|(ending, _)| base(name).to_ascii_lowercase().ends_with(ending))?;
    let message = "this is a program that makes manifests, not a manifest";
    Some(Note::new(&codes::OTHER_LANGUAGE, Place::START, message, *hint))
}

/// Says of a document that kustomize or Helm reads it, not Kubernetes.
pub(super) fn recipe(name: &str, root: &Node) -> Option<Note> {
    let group = root.get("apiVersion").and_then(Node::text).map_or("", |version| version);
    let kustomization = matches!(base(name), "kustomization.yaml" | "kustomization.yml" | "Kustomization");
    if group.starts_with("kustomize.config.k8s.io/") || (kustomization && root.get("kind").is_none()) {
        let hint = "run `kubectl kustomize DIRECTORY | skiff import kube -` with its directory";
        let message = "this is a kustomization: the files beside it are parts that it puts together";
        return Some(Note::new(&codes::KUSTOMIZATION, root.place, message, hint));
    }
    if matches!(base(name), "Chart.yaml" | "Chart.yml") && root.get("kind").is_none() {
        let hint = "run `helm template NAME DIRECTORY | skiff import kube -` with its directory";
        return Some(Note::new(&codes::HELM_CHART, root.place, "this is a Helm chart", hint));
    }
    None
}

/// Says of a text that could not be read that it is a template; at the first placeholder.
pub(super) fn template(text: &str, start: Place) -> Option<Note> {
    let at = PLACEHOLDERS.iter().filter_map(|mark| text.find(mark)).min()?;
    let place = start.after(text.as_bytes().get(..at).unwrap_or_default());
    let hint =
        "render it and import the result: `helm template NAME CHART | skiff import kube -`, or what fits the tool";
    Some(Note::new(&codes::TEMPLATE, place, "this is a template, not a manifest", hint))
}

fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
