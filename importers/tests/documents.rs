//! Files to documents and manifests: separators, encodings, JSON, lists, what must be rendered first, bounds.

use proptest::prelude::*;
use skiff_importers::kube::read::{Reading, limits, read};

/// Names and kinds of all manifests, then all findings with their lines and columns.
fn shown(reading: &Reading) -> String {
    let name = |name: &Option<_>| name.as_deref().unwrap_or("?").to_owned();
    let manifests = reading.manifests.iter().map(|manifest| {
        format!("{}/{}@{}:{}", manifest.kind, name(&manifest.name), manifest.place.line, manifest.place.column)
    });
    let found = reading
        .findings
        .iter()
        .map(|finding| format!("!{}@{}:{}", finding.code.name, finding.place.line, finding.place.column));
    manifests.chain(found).collect::<Vec<_>>().join(" ")
}

fn file(text: impl AsRef<[u8]>) -> String {
    shown(&read("web.yaml", text.as_ref()))
}

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";

#[test]
fn separators_comments_and_empty_documents() {
    assert_eq!(
        file(format!("# only\n---\n---   # web\n{SERVICE}---\n\n---\n{SERVICE}")),
        "Service/web@4:1 Service/web@10:1"
    );
    assert_eq!(file(format!("{SERVICE}...\n---\n{SERVICE}")), "Service/web@1:1 Service/web@6:1");
    assert_eq!(file(""), "");
    assert_eq!(file("--- x\na: b\n"), "!manifest-separator@1:1");
    assert_eq!(
        file(format!("{SERVICE}--- x\na: b\n---\n{SERVICE}")),
        "Service/web@1:1 Service/web@7:1 !manifest-separator@4:1"
    );
    assert_eq!(file(format!("{SERVICE}...\nlost: 1\n")), "Service/web@1:1 !manifest-text-after-end@5:1");
}

#[test]
fn a_bad_document_costs_itself() {
    let text = format!("{SERVICE}---\na: [\n---\nb: \"x\n---\n{SERVICE}---\n  c: 1\n d: 2\n");
    let expected = "Service/web@1:1 Service/web@9:1 !manifest-syntax@5:4 !manifest-syntax@8:1 !not-kubernetes@13:3 !manifest-text-after-end@14:2";
    assert_eq!(file(text), expected);
}

#[test]
fn encodings() {
    assert_eq!(file(format!("\u{feff}{SERVICE}")), "Service/web@1:1");
    assert_eq!(file(SERVICE.replace('\n', "\r\n")), "Service/web@1:1");
    assert_eq!(
        file(format!("a: 1\rb: 2\n---\r\n{SERVICE}c: \u{7}")),
        "!not-kubernetes@1:1 !manifest-control-character@7:4"
    );
    let units = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let marked = format!("\u{feff}{}", SERVICE.replace("web", "wéb😀"));
    assert_eq!(file(units(&marked, u16::to_le_bytes)), "Service/wéb😀@1:1");
    assert_eq!(file(units(&marked, u16::to_be_bytes)), "Service/wéb😀@1:1");
    let mut odd = units(&marked, u16::to_le_bytes);
    odd.push(1);
    assert_eq!(file(odd), "!manifest-not-utf8@4:1");
    let latin = [b"a: caf\xe9\n---\n", SERVICE.as_bytes()].concat();
    assert_eq!(file(latin), "Service/web@3:1 !manifest-not-utf8@1:7");
    assert_eq!(file(format!("a: x\u{7}\n---\n{SERVICE}")), "Service/web@3:1 !manifest-control-character@1:5");
    assert_eq!(file(format!("{SERVICE}x: a\u{2028}b\n")), "Service/web@1:1 !manifest-line-separator@4:5");
}

#[test]
fn json_files_and_streams() {
    let object = r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"w\u00e9b\ud83d\ude00"}}"#;
    assert_eq!(file(format!("{object}\n {object}")), "Service/wéb😀@1:1 Service/wéb😀@2:2");
    assert_eq!(file(format!("{object}\n---\n{SERVICE}")), "Service/wéb😀@1:1 Service/web@3:1");
    assert_eq!(file("{apiVersion: v1, kind: Service, metadata: {name: flow}}"), "Service/flow@1:1");
    let typed =
        read("web.json", br#"{"apiVersion":"v1","kind":"ConfigMap","data":{"a":null,"b":1.0,"c":0.5,"<<":"yes"}}"#);
    let leaves: Vec<_> = typed.manifests[0].leaves().map(|leaf| leaf.field()).collect();
    assert_eq!(leaves, ["apiVersion", "kind", "data.<map>=null", "data.<map>", "data.<map>", "data.<map>"]);
    assert_eq!(file("{\"a\": 1e400}"), "!manifest-scalar@1:7");
    assert_eq!(file("{\"a\": 0755}"), "!not-kubernetes@1:1");
    assert_eq!(file("{\"a\": 1,\n \"b\" 2}"), "!manifest-syntax@2:6");
}

#[test]
fn lists_are_unrolled_at_any_depth() {
    let item = "{apiVersion: v1, kind: Service, metadata: {name: NAME}}";
    let inner = format!("{{apiVersion: v1, kind: List, items: [{}]}}", item.replace("NAME", "b"));
    let text = format!(
        "apiVersion: v1\nkind: List\nmetadata: {{resourceVersion: \"\"}}\nitems:\n- {}\n- {inner}\n- null\n- 5\n- {}\n",
        item.replace("NAME", "a"),
        item.replace("NAME", "c")
    );
    let reading = read("web.yaml", text.as_bytes());
    assert_eq!(shown(&reading), "Service/a@5:3 Service/b@6:40 Service/c@9:3 !manifest-list-item@8:3");
    let own: Vec<_> = reading.envelopes.iter().map(|list| list.leaves().count()).collect();
    assert_eq!(own, [3, 2]);
    assert_eq!(file("apiVersion: apps/v1\nkind: DeploymentList\nitems: [{metadata: {name: a}}]\n"), "Deployment/a@3:9");
    assert_eq!(file("apiVersion: v1\nkind: List\nitems: null\n"), "");
}

#[test]
fn inputs_that_make_manifests_are_named() {
    let named = |name: &str, text: &str| shown(&read(name, text.as_bytes()));
    assert_eq!(named("k8s/kustomization.yaml", "resources: [a.yaml]\n"), "!kustomization@1:1");
    assert_eq!(
        named("a.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"),
        "!kustomization@1:1"
    );
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n";
    assert_eq!(named("kustomization.yaml", flux), "Kustomization/a@1:1");
    assert_eq!(named("chart/Chart.yaml", "apiVersion: v2\nname: web\n"), "!helm-chart@1:1");
    assert_eq!(named("chart/values.yaml", "replicas: 2\n---\nb: 1\n"), "!not-kubernetes@1:1");
    assert_eq!(named("a.yaml", "kind: Service\n"), "!not-kubernetes@1:1");
    assert_eq!(named("patch.yaml", "- op: replace\n"), "!not-kubernetes@1:1");
    assert_eq!(named("web.jsonnet", "{}"), "!manifest-program@1:1");
    let template = "{{- if .Values.on }}\nkind: A\n{{- end }}\n---\na: {{ .b }}\n---\n";
    assert_eq!(named("t.yaml", &format!("{template}{SERVICE}")), "Service/web@7:1 !manifest-template@1:1");
    let quoted = format!("{SERVICE}spec: {{externalName: \"{{{{ a }}}}\"}}\n");
    assert_eq!(named("t.yaml", &quoted), "Service/web@1:1");
}

#[test]
fn every_key_and_value_knows_its_place() {
    let text = format!("# é\n---\n{SERVICE}spec:\n  ports:\n  - port: 80\n    \"ü.x/y\": &a\n      - {{k: *a2}}\n")
        .replace("*a2", "v");
    let reading = read("web.yaml", text.as_bytes());
    let leaves = reading.manifests[0].leaves();
    let places: Vec<_> =
        leaves.map(|leaf| format!("{} {}:{}", leaf.path, leaf.place.line, leaf.place.column)).collect();
    let expected = [
        "apiVersion 3:1",
        "kind 4:1",
        "metadata.name 5:12",
        "spec.ports[0].port 8:5",
        "spec.ports[0][\"ü.x/y\"][0].k 10:10",
    ];
    assert_eq!(places, expected);
}

#[test]
fn bounds_hold() {
    let nested = |depth: usize| format!("a: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(file(nested(limits::MAX_DEPTH - 1)), "!not-kubernetes@1:1");
    assert_eq!(file(nested(limits::MAX_DEPTH)), "!manifest-too-deep@1:131");
    assert!(file(nested(100_000)).starts_with("!manifest-too-deep@1:"));
    assert_eq!(file(format!("{{\"a\":{}", "[".repeat(100_000))), "!manifest-too-deep@1:133");
    let block: String = (0..300).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(file(block).starts_with("!manifest-"), "nested blocks");
    let bomb: String = (0..20)
        .map(|level| format!("a{}: &a{} [{}]\n", level + 1, level + 1, vec![format!("*a{level}"); 9].join(",")))
        .collect();
    assert_eq!(
        file(format!("a0: &a0 [x,x,x,x,x,x,x,x,x]\n{bomb}---\n{SERVICE}")),
        "Service/web@23:1 !manifest-alias-expansion@4:22"
    );
    let many = format!("a: [{}]\n---\n{SERVICE}", "1,".repeat(limits::MAX_VALUES));
    assert!(file(many).starts_with("!manifest-too-many-values@1:"), "values");
    let quotes: String = (0..300).map(|key| format!("  k{key}: \"x\ny\"\n")).collect();
    assert_eq!(file(format!("apiVersion: v1\nkind: A\nspec:\n{quotes}")), "A/?@1:1");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "([ \\t\\n:#&*|>'\"\\[\\]{},!%?@-]|[a-c]|<<|---\\n|\\u{2028}|é|0x1|\\r\\n){0,60}") {
        let reading = read("web.yaml", text.as_bytes());
        for manifest in &reading.manifests {
            prop_assert!(manifest.leaves().count() > 0);
        }
        let lines = u32::try_from(text.lines().count()).unwrap() + 2;
        for finding in &reading.findings {
            prop_assert!(finding.place.line >= 1 && finding.place.column >= 1 && finding.place.line <= lines);
            prop_assert!(!finding.message.is_empty() && !finding.hint.is_empty());
        }
    }

    #[test]
    fn what_json_says_is_what_is_read(keys in prop::collection::btree_map("[a-z<\"\\\\é\\n]{0,6}", prop_oneof![
        any::<i64>().prop_map(serde_json::Value::from), ".{0,12}".prop_map(serde_json::Value::from), Just(serde_json::Value::Null)
    ], 0..8)) {
        let object = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "data": keys});
        let reading = read("a.json", object.to_string().as_bytes());
        prop_assert!(reading.findings.is_empty(), "{:?}", reading.findings);
        let data = reading.manifests[0].node.get("data").unwrap();
        prop_assert_eq!(data.entries().len(), keys.len());
        for (key, value) in &keys {
            let read = data.get(key).unwrap();
            prop_assert_eq!(read.text().map(|text| &**text), value.as_str());
            prop_assert_eq!(read.is_null(), value.is_null());
        }
    }
}
