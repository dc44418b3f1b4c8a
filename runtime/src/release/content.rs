//! The artifacts of a manifest, before anything is written: folders are packed, images need their digest, values are known.

use std::{
    collections::BTreeMap,
    path::{Component, Path},
};

use serde_json::Value;
use skiff_wire::{Artifact, EnvironmentValue, ReleaseArtifact, ReleaseManifest, Workload};

use crate::{
    error::{Error, ErrorKind},
    release::{
        bundle::{Bundle, pack},
        codes,
    },
    trust::verify::digest,
};

/// What a release is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// By workload.
    pub artifacts: BTreeMap<String, ReleaseArtifact>,
    /// The packed folders by workload; none for a release that repeats another.
    pub bundles: BTreeMap<String, Bundle>,
}

/// Packs what a manifest runs; `base` is the folder of the spec. Nothing is written.
///
/// # Errors
/// A value that is not known yet, an image without a digest, a folder that cannot be packed, two workloads of one name.
pub fn prepare(manifest: &ReleaseManifest, base: &Path) -> Result<Content, Error> {
    let mut content = Content::default();
    for workload in workloads(manifest) {
        check_values(workload)?;
        let artifact = match &workload.artifact {
            Artifact::Bundle { path } => {
                let bundle = pack(&folder(base, path))?;
                let size = u64::try_from(bundle.bytes.len()).unwrap_or(u64::MAX);
                let artifact = ReleaseArtifact::Bundle { sha256: digest(&bundle.bytes), size };
                content.bundles.insert(workload.name.clone(), bundle);
                artifact
            }
            Artifact::Image { reference, digest } => image(&workload.name, reference, digest.as_deref())?,
        };
        if content.artifacts.insert(workload.name.clone(), artifact).is_some() {
            let message = format!("two workloads are called `{}`", workload.name);
            return Err(Error::new(&codes::SHARED_NAME, ErrorKind::Invalid, message).hint("rename one of them"));
        }
    }
    Ok(content)
}

/// Every workload of a manifest.
pub(crate) fn workloads(manifest: &ReleaseManifest) -> impl Iterator<Item = &Workload> {
    [&manifest.main].into_iter().chain(&manifest.init).chain(&manifest.sidecars)
}

/// The folder below the spec's, so that messages show the path as people write it.
fn folder(base: &Path, path: &str) -> std::path::PathBuf {
    base.components().chain(Path::new(path).components()).filter(|part| *part != Component::CurDir).collect()
}

fn image(workload: &str, reference: &str, locked: Option<&str>) -> Result<ReleaseArtifact, Error> {
    let (name, written) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (reference, None),
    };
    let digest = written.or(locked).and_then(|digest| digest.strip_prefix("sha256:"));
    let digest = digest.filter(|digest| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match digest {
        Some(sha256) => {
            Ok(ReleaseArtifact::Image { repository: repository(name), sha256: sha256.to_ascii_lowercase() })
        }
        None => {
            let message = format!("the image `{reference}` of `{workload}` has no digest");
            Err(Error::new(&codes::UNLOCKED_IMAGE, ErrorKind::Invalid, message).hint("`skiff lock` pins it"))
        }
    }
}

/// Registry and repository in full, as the CNCF distribution project's `reference` package completes them.
fn repository(name: &str) -> String {
    let name = match name.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        _ => name,
    };
    match name.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => name.into(),
        Some(_) => format!("docker.io/{name}"),
        None => format!("docker.io/library/{name}"),
    }
}

/// Refuses what must still be looked up. A secret stays a reference: its value never becomes part of a release.
fn check_values(workload: &Workload) -> Result<(), Error> {
    let open = workload.environment.iter().find_map(|(name, value)| match value {
        EnvironmentValue::From(reference) => Some((name, reference)),
        _ => None,
    });
    open.map_or(Ok(()), |(name, reference)| Err(unresolved(workload, name, reference)))
}

fn unresolved(workload: &Workload, name: &str, reference: &Value) -> Error {
    let message = format!("`{name}` of `{}` is not known yet: it comes from {reference}", workload.name);
    Error::new(&codes::UNRESOLVED, ErrorKind::Invalid, message)
        .hint("apply the shape first; on this machine, give the stand-in under `local:` in the spec")
}
