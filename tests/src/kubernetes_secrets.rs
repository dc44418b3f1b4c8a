//! No value of a Secret may leave an import: every value is replaced by one that stands nowhere else, and then looked for.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value as Json;
use skiff_importers::{import::Input, kube::read::Manifest};

use crate::{Problems, kubernetes_documents::Documents, kubernetes_import};

/// What every replacement begins with; its base64 begins with [`ENCODED`], whatever follows.
const PLAIN: &str = "canary-value-";
const ENCODED: &str = "Y2FuYXJ5LXZhbHVl";

/// How the values under `data` are replaced: as a cluster wants them, and as a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In base64.
    Encoded,
    /// As they are, which is no base64.
    Plain,
}

/// Imports some files with their Secrets' values replaced, and says where one of them came out; also how many there were.
///
/// # Errors
/// The importer panicked.
pub fn leaks(files: &[Input], form: Form) -> Result<(usize, Problems), String> {
    let documents = Documents::of(files);
    let mut values = 0;
    let inputs = documents.changed(|manifest, document| {
        if is_secret(manifest) {
            hide(document, form, &mut values);
        }
    });
    // All that an import gives, and nothing of what it was given.
    let given = format!("{:?}", kubernetes_import::import(&inputs)?);
    let file = files.first().map_or("", |file| file.name.as_str());
    let leak = [PLAIN, ENCODED].into_iter().filter_map(|canary| Some((canary, given.find(canary)?)));
    let problems = leak.map(|(canary, at)| format!("{file}: `{canary}` came out: {}", around(&given, at)));
    Ok((values, problems.collect()))
}

fn is_secret(manifest: &Manifest) -> bool {
    &*manifest.kind == "Secret" && &*manifest.api_version == "v1"
}

/// Replaces everything in a Secret that may be secret: `data`, `stringData`, and the copy of both that kubectl keeps.
fn hide(document: &mut Json, form: Form, values: &mut usize) {
    const COPY: &str = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";
    for (field, form) in [("/data", form), ("/stringData", Form::Plain)] {
        for value in document.pointer_mut(field).and_then(Json::as_object_mut).into_iter().flatten() {
            *value.1 = canary(form, values).into();
        }
    }
    if let Some(copy) = document.pointer_mut(COPY) {
        *copy = canary(Form::Plain, values).into();
    }
}

fn canary(form: Form, values: &mut usize) -> String {
    *values += 1;
    let plain = format!("{PLAIN}{values}");
    if form == Form::Plain { plain } else { STANDARD.encode(plain) }
}

/// Some of a text around a place.
fn around(text: &str, at: usize) -> &str {
    let floor = |mut index: usize| {
        while !text.is_char_boundary(index) {
            index -= 1;
        }
        index
    };
    &text[floor(at.saturating_sub(200))..floor((at + 200).min(text.len()))]
}
