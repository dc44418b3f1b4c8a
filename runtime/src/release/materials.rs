//! Bills of materials: CycloneDX made from what is in the bundles, or one that was given.
//!
//! What is made here knows the files of each bundle by their digests, and the packages of the lock files among them. It does
//! not look into binaries; a tool of the language knows more, and its bill is taken with `--sbom`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use skiff_wire::ReleaseArtifact;

use crate::{
    error::{Error, ErrorKind},
    release::{Content, bundle::BundledFile, codes},
    state::layout::ServiceScope,
};

const CYCLONEDX: &str = "https://cyclonedx.org/bom";
const CYCLONEDX_VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// What is said about artifacts, and of which kind it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Materials {
    /// The in-toto predicate type.
    pub predicate_type: String,
    /// The document.
    pub predicate: Value,
}

/// A bill that another tool has made, once its form is known.
///
/// # Errors
/// [`codes::BAD_SBOM`].
pub fn given(bytes: &[u8]) -> Result<Materials, Error> {
    let refuse = |why: &str| {
        Error::new(&codes::BAD_SBOM, ErrorKind::Invalid, format!("the bill of materials cannot be used: {why}"))
            .hint("give CycloneDX 1.2 to 1.7 or SPDX 2.2, 2.3 or 3.0, as JSON")
    };
    let predicate: Value = serde_json::from_slice(bytes).map_err(|error| refuse(&error.to_string()))?;
    let text = |name: &str| predicate.get(name).and_then(Value::as_str).unwrap_or_default();
    let predicate_type = match (text("bomFormat"), text("spdxVersion"), text("@context")) {
        ("CycloneDX", _, _) if CYCLONEDX_VERSIONS.contains(&text("specVersion")) => CYCLONEDX,
        ("CycloneDX", _, _) => return Err(refuse("`specVersion` is none of 1.2 to 1.7")),
        (_, "SPDX-2.2", _) => "https://spdx.dev/Document/v2.2",
        (_, "SPDX-2.3", _) => "https://spdx.dev/Document/v2.3",
        (_, _, context) if context.starts_with("https://spdx.org/rdf/3.") => "https://spdx.dev/Document/v3",
        _ => return Err(refuse("it has neither `bomFormat`, nor a known `spdxVersion`, nor an SPDX 3 `@context`")),
    };
    Ok(Materials { predicate_type: predicate_type.into(), predicate })
}

/// The bill of what is about to be released; without serial number and time, so that the same content gives the same.
#[must_use]
pub fn of(scope: &ServiceScope, content: &Content) -> Materials {
    let components: Vec<Value> =
        content.artifacts.iter().map(|(name, artifact)| workload(name, artifact, content)).collect();
    let predicate = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": { "type": "application", "name": format!("{}/{}", scope.scope.app, scope.service) },
            "tools": { "components": [{ "type": "application", "name": "skiff", "version": env!("CARGO_PKG_VERSION") }] },
        },
        "components": components,
    });
    Materials { predicate_type: CYCLONEDX.into(), predicate }
}

fn workload(name: &str, artifact: &ReleaseArtifact, content: &Content) -> Value {
    match artifact {
        ReleaseArtifact::Image { repository, sha256 } => json!({
            "type": "container",
            "name": repository,
            "version": format!("sha256:{sha256}"),
            "hashes": [{ "alg": "SHA-256", "content": sha256 }],
        }),
        ReleaseArtifact::Bundle { sha256, .. } => {
            let files = content.bundles.get(name).map_or(&[][..], |bundle| &bundle.files);
            let listed = files.iter().map(file).chain(packages(files).into_iter().map(package));
            json!({
                "type": "application",
                "name": name,
                "hashes": [{ "alg": "SHA-256", "content": sha256 }],
                "components": listed.collect::<Vec<_>>(),
            })
        }
    }
}

fn file(file: &BundledFile) -> Value {
    json!({ "type": "file", "name": file.path, "hashes": [{ "alg": "SHA-256", "content": file.sha256 }] })
}

/// A package by its ecosystem (as package URLs call it), name and version.
type Package = (&'static str, String, String);

fn package((ecosystem, name, version): Package) -> Value {
    // Of what can be in these names, package URLs encode only the `@` of npm's scopes.
    let purl = format!("pkg:{ecosystem}/{}@{version}", name.replace('@', "%40"));
    json!({ "type": "library", "name": name, "version": version, "purl": purl })
}

/// The packages of the lock files, each once, sorted.
fn packages(files: &[BundledFile]) -> BTreeSet<Package> {
    let of = |file: &BundledFile| {
        let text = file.lock_file.as_deref().unwrap_or_default();
        match file.path.rsplit('/').next() {
            Some("Cargo.lock") => cargo(text),
            Some("package-lock.json") => npm(text),
            Some("requirements.txt") => python(text),
            _ => Vec::new(),
        }
    };
    files.iter().flat_map(of).collect()
}

/// `Cargo.lock` is written by a machine: in each `[[package]]`, `name` and `version` are lines of their own.
fn cargo(text: &str) -> Vec<Package> {
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix('='))?;
        Some(line.trim().trim_matches('"').to_owned())
    };
    let blocks = text.split("[[package]]").skip(1);
    blocks.filter_map(|block| Some(("cargo", value(block, "name")?, value(block, "version")?))).collect()
}

/// `packages` of version 2 and 3 of npm's lock file: paths that end with `node_modules/<name>`.
fn npm(text: &str) -> Vec<Package> {
    let lock: Value = serde_json::from_str(text).unwrap_or_default();
    let packages = lock.get("packages").and_then(Value::as_object).into_iter().flatten();
    let package = |(path, package): (&String, &Value)| {
        let (_, name) = path.rsplit_once("node_modules/")?;
        Some(("npm", name.to_owned(), package.get("version")?.as_str()?.to_owned()))
    };
    packages.filter_map(package).collect()
}

/// The pinned lines of a `requirements.txt` (PEP 508, `name==version`); names as PEP 503 normalises them.
fn python(text: &str) -> Vec<Package> {
    let package = |line: &str| {
        let line = line.split(['#', ';']).next()?.trim().trim_end_matches('\\').trim();
        let (name, rest) = line.split_once("==")?;
        let name = name.split('[').next()?.trim().to_ascii_lowercase().replace(['_', '.'], "-");
        let version = rest.split_whitespace().next()?.to_owned();
        (!name.starts_with('-') && !name.is_empty()).then_some(("pypi", name, version))
    };
    text.lines().filter_map(package).collect()
}
