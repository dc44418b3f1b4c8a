//! The reader of manifests against kubectl: every file of the corpus, value for value and field for field.
//!
//! The corpus is a folder with `corpus/`, `truth.tsv` (what kubectl would send for each file: path, status, JSON) and
//! `fields.tsv` (how many objects of a kind have a field). It is found by `SKIFF_KUBE_CORPUS`, else beside the checkout;
//! where it is missing the tests say so and pass.

#![allow(clippy::expect_used, reason = "what a test stands on is there, or the test says what is missing")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value as Json};
use skiff_importers::kube::read::{self, Document, Finding, Manifest, Meaning, Node, Value, codes};
use skiff_tests::checkout;
use skiff_wire::Severity;

/// The folder of the corpus.
fn corpus() -> Option<PathBuf> {
    let folder =
        env::var_os("SKIFF_KUBE_CORPUS").map_or_else(|| checkout::root().join("../shared/kube"), PathBuf::from);
    if folder.join("truth.tsv").is_file() {
        return Some(folder);
    }
    // Not a tool that a machine could install: where the corpus is not, the crate's own tests have each trap.
    say("without the corpus of manifests (SKIFF_KUBE_CORPUS names it) the reader is not compared with kubectl");
    None
}

/// Past the test harness, which keeps the output of passing tests to itself.
fn say(line: &str) {
    writeln!(io::stderr(), "{line}").expect("standard error is open");
}

/// What kubectl makes of one file.
struct Truth {
    file: String,
    status: String,
    documents: Vec<Json>,
}

fn truths(folder: &Path) -> Vec<Truth> {
    let text = fs::read_to_string(folder.join("truth.tsv")).expect("the oracle can be read");
    let line = |line: &str| {
        let mut columns = line.splitn(3, '\t').map(str::to_owned);
        let (file, status) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let documents = columns.next().filter(|json| !json.is_empty());
        let documents = documents.map_or(Json::Array(Vec::new()), |json| serde_json::from_str(&json).expect(&file));
        Truth { file, status, documents: documents.as_array().cloned().unwrap_or_default() }
    };
    text.lines().map(line).collect()
}

/// A tree as JSON. Recursion is safe: a tree is at most `limits::MAX_DEPTH` deep.
fn json(node: &Node) -> Json {
    match &node.value {
        Value::Sequence(items) => Json::Array(items.iter().map(json).collect()),
        Value::Mapping(entries) => {
            let members: Map<_, _> = entries.iter().map(|entry| (entry.key.to_string(), json(&entry.node))).collect();
            assert_eq!(members.len(), entries.len(), "a key stands twice");
            Json::Object(members)
        }
        Value::Scalar(scalar) => match scalar.meaning {
            Meaning::Null => Json::Null,
            Meaning::Boolean(boolean) => boolean.into(),
            Meaning::Integer(integer) => integer.into(),
            Meaning::Float(float) => float.into(),
            Meaning::Text => (&*scalar.text).into(),
        },
    }
}

/// `1.0` and `1` are one number for Kubernetes.
fn normal(json: &Json) -> Json {
    match json {
        Json::Number(number) => number.as_i64().map_or_else(|| number.as_f64().into(), Json::from),
        Json::Array(items) => items.iter().map(normal).collect(),
        Json::Object(members) => members.iter().map(|(key, value)| (key.clone(), normal(value))).collect(),
        other => other.clone(),
    }
}

/// What was counted over the corpus.
#[derive(Default, Debug)]
struct Figures {
    files: usize,
    documents: usize,
    leaves: usize,
    /// Files that differ, by reason.
    differences: BTreeMap<&'static str, Vec<String>>,
    findings: BTreeMap<&'static str, usize>,
}

fn difference(truth: &Truth, documents: &[Document], findings: &[Finding]) -> Option<&'static str> {
    let refused = findings.iter().any(|finding| finding.code.severity == Severity::Error);
    let twice = findings.iter().any(|finding| finding.code == &codes::DUPLICATE_KEY);
    if truth.status.starts_with("ERR") {
        return (!refused).then_some("read, and kubectl refuses it");
    }
    let wanted: Vec<Json> = truth.documents.iter().map(normal).collect();
    let found: Vec<Json> = documents.iter().map(|document| json(&document.root)).collect();
    match () {
        () if refused => Some("refused, and kubectl reads it"),
        () if found.len() != wanted.len() => Some("other documents"),
        () if found != wanted => Some("other values"),
        () if truth.status.contains("already set in map") && !twice => Some("a key that stands twice is not reported"),
        () => None,
    }
}

/// The text at the place of each node begins like the node, in all files without aliases and merges.
fn assert_places(text: &str, node: &Node, file: &str) {
    let lines: Vec<&str> = text.split('\n').collect();
    for leaf in node.leaves() {
        let at = |place: read::Place| {
            let line = lines.get(place.line as usize - 1).copied().unwrap_or_default();
            line.chars().skip(place.column as usize - 1).collect::<String>()
        };
        if let Some(read::Step::Key(key)) = leaf.path.steps.last() {
            let there = at(leaf.place);
            let there = there.trim_start_matches(['"', '\'']);
            assert!(there.starts_with(key), "{file}:{}:{}: `{key}` is not here", leaf.place.line, leaf.place.column);
        }
        if let Value::Scalar(scalar) = &leaf.node.value
            && scalar.meaning != Meaning::Text
        {
            let place = leaf.node.place;
            assert!(at(place).starts_with(&*scalar.text), "{file}:{}:{}: {scalar:?}", place.line, place.column);
        }
    }
}

#[test]
fn the_corpus_is_read_as_kubectl_reads_it() {
    let Some(folder) = corpus() else { return };
    let mut figures = Figures::default();
    for truth in truths(&folder) {
        let bytes = fs::read(folder.join(&truth.file)).expect(&truth.file);
        let (documents, findings) = read::documents(&truth.file, &bytes);
        figures.files += 1;
        figures.documents += documents.len();
        figures.leaves += documents.iter().map(|document| document.root.leaves().count()).sum::<usize>();
        findings.iter().for_each(|finding| *figures.findings.entry(finding.code.name).or_default() += 1);
        if let Some(reason) = difference(&truth, &documents, &findings) {
            figures.differences.entry(reason).or_default().push(truth.file.clone());
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}');
        if !text.contains("<<:") && !text.contains(": *") && !text.contains("\\") {
            documents.iter().for_each(|document| assert_places(text, &document.root, &truth.file));
        }
    }
    say(&format!(
        "reader: {} files, {} documents, {} leaves; differences {:?}; findings {:?}",
        figures.files, figures.documents, figures.leaves, figures.differences, figures.findings
    ));
    assert!(figures.files >= 1_312 && figures.leaves > 10_000, "the corpus is not complete");
    assert!(figures.differences.is_empty(), "{:#?}", figures.differences);
}

/// How many objects have a field, by kind and field; only of the kinds and groups that the list speaks of.
fn fields(manifests: &[Manifest], kinds: &BTreeSet<String>) -> BTreeMap<(String, String), usize> {
    let mut counted = BTreeMap::new();
    for manifest in manifests.iter().filter(|manifest| kinds.contains(&*manifest.kind)) {
        let fields: BTreeSet<String> = manifest.leaves().map(|leaf| leaf.field()).collect();
        for field in fields {
            *counted.entry((manifest.kind.to_string(), field)).or_default() += 1;
        }
    }
    counted
}

/// Where the list is coarser than the reader: it takes these selectors, objects with `matchLabels`, for maps.
const COARSE: &[(&str, &str)] = &[
    ("Gateway", "spec.allowedListeners.namespaces.selector.<map>"),
    ("Gateway", "spec.listeners[].allowedRoutes.namespaces.selector.<map>"),
    ("HorizontalPodAutoscaler", "spec.metrics[].external.metric.selector.<map>"),
];

/// Fields that the list leaves out: what every object has, what a cluster wrote, and `annotations` without any.
fn is_left_out(field: &str) -> bool {
    matches!(field, "apiVersion" | "kind" | "metadata.annotations={}") || field.starts_with("status")
}

/// Counted otherwise: the list has one of the 12 empty `annotations` for each map with a key, and stops at the document
/// that kubectl refuses, where the reader goes on to a claim of six fields.
const COUNTED_OTHERWISE: usize = 7;

fn listed(folder: &Path) -> BTreeMap<(String, String), usize> {
    let list = fs::read_to_string(folder.join("fields.tsv")).expect("the list of fields can be read");
    let row = |line: &str| {
        let mut columns = line.split('\t').map(str::to_owned);
        let field = (columns.next()?, columns.next()?);
        Some((field, columns.next()?.parse().ok()?))
    };
    list.lines().skip(1).filter_map(row).collect()
}

#[test]
fn the_leaves_of_the_corpus_are_the_listed_fields() {
    let Some(folder) = corpus() else { return };
    let listed = listed(&folder);
    let kinds = listed.keys().map(|(kind, _)| kind.clone()).collect();
    let mut manifests = Vec::new();
    for truth in truths(&folder) {
        let bytes = fs::read(folder.join(&truth.file)).expect(&truth.file);
        manifests.extend(read::read(&truth.file, &bytes).manifests);
    }
    let counted = fields(&manifests, &kinds);
    let missing: Vec<_> = listed.keys().filter(|field| !counted.contains_key(*field)).collect();
    let missing: Vec<_> = missing.iter().map(|(kind, field)| (kind.as_str(), field.as_str())).collect();
    let added = |(kind, field): &&(String, String)| {
        !listed.contains_key(&(kind.clone(), field.clone()))
            && !is_left_out(field)
            && !field.contains(".selector.match")
    };
    let added: Vec<_> = counted.keys().filter(added).collect();
    let otherwise = listed.iter().filter(|(field, count)| counted.get(*field).is_some_and(|other| other != *count));
    let otherwise: Vec<_> = otherwise.collect();
    say(&format!(
        "fields: {} manifests, {} fields listed, {} counted otherwise",
        manifests.len(),
        listed.len(),
        otherwise.len()
    ));
    assert_eq!(missing, COARSE);
    assert!(added.is_empty(), "{added:#?}");
    assert_eq!(otherwise.len(), COUNTED_OTHERWISE, "{otherwise:#?}");
}
