//! Bytes of one file to manifests, value for value what kubectl would send, with line and column of each.
//!
//! The steps: `decode` takes a byte-order mark off, `split` cuts the file at its `---` lines,
//! `yaml` or `json` turn a document into events, `compose` makes a tree of them (`resolve` says what a scalar means,
//! `mapping` lets the last of two keys win and carries out `<<`), `recognise` names what must be rendered first, and
//! `manifest` unrolls lists.
//!
//! - **One bad document costs one finding**, and never what else is in the file.
//! - **No input can do harm**: no recursion follows the input, and [`limits`] bound depth, size and aliases.
//! - **No finding repeats a value** of the file: it may be a secret.
//!
//! # Where the parser and kubectl differ
//!
//! kubectl reads with go-yaml v2, a YAML 1.1 parser; granit-parser reads YAML 1.2. What was found by comparing both on
//! a corpus of 1,312 files and on a hundred thousand mutations of them:
//!
//! | text | kubectl | here |
//! |---|---|---|
//! | a quoted text whose lines are not indented below its key | reads it | the lines are indented, and read (`quoted`) |
//! | a tab that indents a line in brackets or quotes | reads it | becomes a space, and is read (`tabs`) |
//! | `"x"# comment` | reads it | a space is put before the `#`, and it is read |
//! | a block at the end of a file without a line end | no line end | the one that the parser adds is taken off |
//! | `<<` below a key that it brings | replaces the key | the same, and a finding |
//! | two equal keys | the last one | the same, and a finding with both places |
//! | text after `...`, or after a complete `{…}` | is ignored | the same, and a finding |
//! | tabs in lines without a value, behind a `-`, or after an unquoted text in brackets | refuses the document | reads it |
//! | a document that is a single text and no YAML after it | reads the text | refuses it: it is no object |
//! | U+0085, U+2028, U+2029 | end a line | are letters, and a finding says so |
//! | `---` with something behind it | stops reading the file | leaves out that document, with a finding |
//! | a bad document | stops reading the file | leaves out that document, with a finding |
//! | UTF-16 with a byte-order mark | cannot split it | decodes it |
//!
//! Merges and aliases follow `decode.go`, scalars and keys `resolve.go` of go-yaml and `yaml.go` of sigs.k8s.io/yaml.
//!
//! ```
//! use skiff_importers::kube::read::read;
//!
//! let reading = read("web.yaml", b"apiVersion: v1\nkind: ConfigMap\ndata: {mode: 0755}\n");
//! let leaf = reading.manifests[0].leaves().last().unwrap();
//! assert_eq!((leaf.path.to_string(), leaf.field()), ("data.mode".into(), "data.<map>".into()));
//! assert_eq!((leaf.place.line, leaf.place.column), (3, 8));
//! ```

pub mod codes;
mod compose;
mod decode;
mod document;
mod event;
mod finding;
mod json;
mod leaf;
pub mod limits;
mod manifest;
mod mapping;
mod node;
mod quoted;
mod recognise;
mod resolve;
mod split;
mod syntax;
mod tabs;
mod tag;
mod yaml;

use std::sync::Arc;

use compose::Keys;
pub use document::Document;
use document::Reader;
pub use finding::Finding;
use finding::Note;
pub use leaf::{Leaf, Leaves, Path, Step};
pub use manifest::Manifest;
pub use node::{Entry, Meaning, Node, Place, Scalar, Value};

/// What one file holds.
#[derive(Debug, Default)]
pub struct Reading {
    /// The objects, in the order of the text; those of lists in the place of the list.
    pub manifests: Vec<Manifest>,
    /// The lists that were unrolled, without their items: their own fields want an account too.
    pub envelopes: Vec<Manifest>,
    /// Everything to be said about the file, by place.
    pub findings: Vec<Finding>,
}

/// Reads the manifests of one file; `name` is how its findings call it, and helps to recognise a kustomization.
#[must_use]
pub fn read(name: &str, bytes: &[u8]) -> Reading {
    let file = Arc::from(name);
    if let Some(note) = recognise::program(name) {
        return Reading { findings: findings(&file, vec![note]), ..Reading::default() };
    }
    let (documents, mut notes) = documents_and_notes(&file, bytes, Keys::Json);
    let sorted = manifest::sort(documents);
    notes.extend(sorted.notes);
    Reading { manifests: sorted.manifests, envelopes: sorted.envelopes, findings: findings(&file, notes) }
}

/// Reads all documents of one file, whatever they hold: lists stay lists, and a kustomization is a document too.
#[must_use]
pub fn documents(name: &str, bytes: &[u8]) -> (Vec<Document>, Vec<Finding>) {
    let file = Arc::from(name);
    let (documents, notes) = documents_and_notes(&file, bytes, Keys::Json);
    (documents, findings(&file, notes))
}

/// Reads all documents of one file with each key as it is written: `N` is no boolean there, as Docker Compose reads it.
#[must_use]
pub fn documents_with_written_keys(name: &str, bytes: &[u8]) -> (Vec<Document>, Vec<Finding>) {
    let file = Arc::from(name);
    let (documents, notes) = documents_and_notes(&file, bytes, Keys::Written);
    (documents, findings(&file, notes))
}

fn documents_and_notes(file: &Arc<str>, bytes: &[u8], keys: Keys) -> (Vec<Document>, Vec<Note>) {
    if bytes.len() > limits::MAX_FILE_BYTES {
        let message = format!("the file has more than the {} bytes that are read", limits::MAX_FILE_BYTES);
        let hint = "check that this is the file you meant, or split it";
        return (Vec::new(), vec![Note::new(&codes::FILE_TOO_LARGE, Place::START, message, hint)]);
    }
    let mut reader = Reader::new(file, keys);
    reader.read(&decode::decode(bytes));
    (reader.documents, reader.notes)
}

fn findings(file: &Arc<str>, mut notes: Vec<Note>) -> Vec<Finding> {
    notes.sort_by_key(|note| (note.place, note.code.id));
    notes.into_iter().map(|note| note.in_file(file)).collect()
}
