//! Files that belong together: Helm charts, whose templates are no manifests, and kustomizations.

use std::{borrow::Cow, collections::BTreeSet};

use super::read::{self, codes};
use crate::{account::Finding, import::Input};

/// What lies in a chart's folder and is no manifest: folders whose names end with `/`, and files.
const PARTS_OF_A_CHART: &[&str] = &["templates/", "charts/", "ci/", "values", "requirements.", "Chart.lock"];

/// The inputs without what only Helm can read. Of each chart `Chart.yaml` stays, from which the reader makes one finding.
pub(super) fn without_charts(inputs: &[Input]) -> Vec<&Input> {
    let charts: BTreeSet<&str> =
        inputs.iter().filter(|input| is_chart(input)).map(|input| folder(&input.name)).collect();
    inputs.iter().filter(|input| !is_part_of_a_chart(&input.name, &charts)).collect()
}

fn is_chart(input: &Input) -> bool {
    let named = matches!(input.name.rsplit('/').next(), Some("Chart.yaml" | "Chart.yml"));
    named && read::read(&input.name, &input.bytes).findings.iter().any(|found| found.code == &codes::HELM_CHART)
}

fn is_part_of_a_chart(name: &str, charts: &BTreeSet<&str>) -> bool {
    let below = |chart: &&&str| {
        let rest = if chart.is_empty() { Some(name) } else { name.strip_prefix(**chart) };
        let rest = rest.map(|rest| rest.trim_start_matches('/'));
        rest.is_some_and(|rest| PARTS_OF_A_CHART.iter().any(|part| rest.starts_with(part)))
    };
    ancestors(name).any(|ancestor| charts.get(ancestor).iter().any(below))
}

/// The folders that a file lies in, from the nearest; the last is empty, for where names begin.
fn ancestors(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder(name)), |above| Some(folder(above)).filter(|_| !above.is_empty()))
}

fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Gives each chart and kustomization that was found the command that renders it, with its folder.
pub(super) fn name_commands(findings: &mut [Finding]) {
    for found in findings {
        let folder = Some(folder(&found.file)).filter(|folder| !folder.is_empty()).unwrap_or(".");
        let folder = quoted(folder);
        if found.code == &codes::HELM_CHART {
            found.action = format!("run `helm template NAME {folder} | skiff import kube -`");
        } else if found.code == &codes::KUSTOMIZATION && &*found.file != "-" {
            found.action = format!("run `kubectl kustomize {folder} | skiff import kube -`");
        }
    }
}

/// As a shell takes it.
fn quoted(folder: &str) -> Cow<'_, str> {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=@,+".contains(letter);
    if folder.chars().all(plain) { folder.into() } else { format!("'{}'", folder.replace('\'', r"'\''")).into() }
}
