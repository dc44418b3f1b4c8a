//! Files that lie in one folder: charts, kustomizations, placeholders; and no value of a Secret in anything.

use skiff_importers::{
    codes,
    import::{Import, Input, Options},
    kube, report,
};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: 'nginx:1.29'}]}}}
";

fn options() -> Options {
    Options { app: "shop".into(), account: None, region: None, certificates: Vec::new() }
}

fn import(files: &[(&str, &str)]) -> Import {
    let input = |(name, text): &(&str, &str)| Input { name: (*name).into(), bytes: text.as_bytes().into() };
    kube::import(&files.iter().map(input).collect::<Vec<_>>(), &options())
}

/// File, code and action of what the reader found.
fn found(import: &Import) -> Vec<(String, &'static str, String)> {
    let findings = import.account.findings.iter().filter(|found| found.code.id < "SK0830");
    findings.map(|found| (found.file.to_string(), found.code.id, found.action.clone())).collect()
}

#[test]
fn a_chart_is_one_finding_and_its_templates_are_not_read() {
    let import = import(&[
        ("k8s/chart/Chart.yaml", "apiVersion: v2\nname: web\n"),
        ("k8s/chart/charts/db/Chart.yaml", "apiVersion: v2\nname: db\n"),
        ("k8s/chart/charts/db/templates/db.yaml", "{{ include }}\n"),
        ("k8s/chart/templates/web.yaml", "kind: {{ .Values.kind }}\n"),
        ("k8s/chart/values.yaml", "kind: Deployment\n"),
        ("k8s/chart/values-prod.yaml", "kind: Deployment\n"),
        ("k8s/web.yaml", DEPLOYMENT),
    ]);
    let expected = "run `helm template NAME k8s/chart | skiff import kube -`";
    assert_eq!(found(&import), [("k8s/chart/Chart.yaml".into(), "SK0820", expected.into())]);
    assert_eq!(import.services.len(), 1);
}

#[test]
fn what_only_looks_like_a_chart_is_read() {
    let import = import(&[("Chart.yaml", DEPLOYMENT), ("templates/web.yaml", &DEPLOYMENT.replace("web}", "api}"))]);
    assert_eq!(found(&import), []);
    assert_eq!(import.services.len(), 2);
}

#[test]
fn a_chart_where_names_begin() {
    let import = import(&[("Chart.yaml", "apiVersion: v2\nname: web\n"), ("templates/web.yaml", "{{ x }}\n")]);
    let expected = "run `helm template NAME . | skiff import kube -`";
    assert_eq!(found(&import), [("Chart.yaml".into(), "SK0820", expected.into())]);
}

#[test]
fn a_kustomization_is_named_with_its_folder_and_the_files_beside_it_are_read() {
    let import = import(&[("my app/kustomization.yaml", "resources: [web.yaml]\n"), ("my app/web.yaml", DEPLOYMENT)]);
    let expected = "run `kubectl kustomize 'my app' | skiff import kube -`";
    assert_eq!(found(&import), [("my app/kustomization.yaml".into(), "SK0819", expected.into())]);
    assert_eq!(import.services.len(), 1);
}

#[test]
fn account_and_region_are_placeholders_unless_they_are_given() {
    let placeholders = |import: &Import| {
        let findings = import.account.findings.iter().filter(|found| found.code.id == "SK0836");
        findings.map(|found| found.home.clone().unwrap_or_default().1).collect::<Vec<_>>()
    };
    let open = import(&[("web.yaml", DEPLOYMENT)]);
    assert_eq!(placeholders(&open), ["/account", "/region"]);
    assert!(open.text.contains("# ASSUMED SK0836: nothing says the AWS account"), "{}", open.text);
    let given = Options { account: Some("111122223333".into()), region: Some("eu-central-1".into()), ..options() };
    let closed = kube::import(&[Input { name: "web.yaml".into(), bytes: DEPLOYMENT.into() }], &given);
    assert_eq!(placeholders(&closed), Vec::<String>::new());
    assert!(closed.text.contains("account: \"111122223333\"\nregion: eu-central-1\n"), "{}", closed.text);
}

#[test]
fn no_value_of_a_secret_is_in_anything() {
    let secret = "\
apiVersion: v1
kind: Secret
metadata: {name: db, annotations: {note: kept}}
data: {password: aHVudGVyMg==, broken: '*hunter3*'}
stringData: {plain: hunter4}
unknown: hunter5
type: hunter6
";
    let used = DEPLOYMENT.replace(
        "image: 'nginx:1.29'",
        "image: 'nginx:1.29', env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password}}}]",
    );
    let import = import(&[("secret.yaml", secret), ("web.yaml", &used)]);
    let report = report::report(&import);
    let summary = report::summary(&report, &codes());
    let papers = report::markdown(&report, &codes()) + &summary.account + &summary.findings;
    let all = format!("{}{report:?}{papers}{:?}{:?}", import.text, import.secrets, import.spec);
    for value in ["hunter2", "aHVudGVyMg", "hunter3", "hunter4"] {
        assert!(!all.contains(value), "{value} is in the output");
    }
}
