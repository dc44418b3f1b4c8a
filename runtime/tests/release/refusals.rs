//! What cannot be released, and how that is said.

use serde_json::json;
use skiff_runtime::{
    ErrorKind,
    release::{NewRelease, codes, create, prepare},
    store::Key,
    trust,
};
use skiff_wire::{Artifact, EnvironmentValue, ReleaseArtifact};

use crate::scene::{Scene, days, fails, key, manifest, running, wait};

#[test]
fn nobody_or_a_stranger_signs() {
    let scene = Scene::new();
    let with = |keys: &[trust::SigningKey]| wait(create(&scene.ledger, &scene.new_release(), keys));
    fails(with(&[]), &codes::NO_SIGNER, ErrorKind::Usage);
    fails(with(&[key("stranger", 9)]), &trust::codes::UNTRUSTED_SIGNER, ErrorKind::VerificationFailed);
    // Nothing of it is in the ledger: not even the bundle.
    let page = wait(scene.ledger.store.list("", None, 10)).unwrap();
    assert_eq!(page.keys.iter().map(Key::as_str).collect::<Vec<_>>(), ["trust/root.1.json"]);
}

#[test]
fn what_has_expired_already_is_not_made() {
    let scene = Scene::new();
    let new = NewRelease { expires: days(-1), ..scene.new_release() };
    fails(wait(create(&scene.ledger, &new, &scene.keys)), &trust::codes::EXPIRED, ErrorKind::VerificationFailed);
}

#[test]
fn a_pin_to_another_root_is_heeded() {
    let scene = Scene::new();
    let new = NewRelease { trust_root: Some(format!("sha256:{}", "0".repeat(64))), ..scene.new_release() };
    fails(wait(create(&scene.ledger, &new, &scene.keys)), &trust::codes::NOT_PINNED, ErrorKind::VerificationFailed);
    let new = NewRelease { trust_root: Some(scene.root.digest.clone()), ..scene.new_release() };
    assert!(wait(create(&scene.ledger, &new, &scene.keys)).is_ok());
}

fn image(reference: &str, digest: Option<&str>) -> Result<ReleaseArtifact, skiff_runtime::Error> {
    let artifact = Artifact::Image { reference: reference.into(), digest: digest.map(str::to_owned) };
    let content = prepare(&running(artifact), "nowhere".as_ref())?;
    Ok(content.artifacts["main"].clone())
}

#[test]
fn images_are_named_by_digest_in_full() {
    let sha256 = "a".repeat(64);
    let digest = format!("sha256:{sha256}");
    let cases = [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.29", "docker.io/library/nginx"),
        ("grafana/grafana:12", "docker.io/grafana/grafana"),
        ("ghcr.io/acme/web:v2", "ghcr.io/acme/web"),
        ("localhost:5000/web", "localhost:5000/web"),
    ];
    for (reference, repository) in cases {
        let expected = ReleaseArtifact::Image { repository: repository.into(), sha256: sha256.clone() };
        assert_eq!(image(reference, Some(&digest)).unwrap(), expected);
        assert_eq!(image(&format!("{reference}@{digest}"), None).unwrap(), expected);
    }
    for (reference, digest) in
        [("nginx", None), ("nginx@sha256:abc", None), ("nginx", Some("sha512:00")), ("nginx@x", None)]
    {
        fails(image(reference, digest), &codes::UNLOCKED_IMAGE, ErrorKind::Invalid);
    }
}

#[test]
fn every_value_must_be_known() {
    let scene = Scene::new();
    let with = |value: EnvironmentValue| {
        let mut manifest = manifest();
        manifest.main.environment.insert("DATABASE".into(), value);
        prepare(&manifest, scene.place.path())
    };
    let from = json!({ "resource": "environment.database", "attribute": "Endpoint.Address" });
    let error = with(EnvironmentValue::From(from.clone())).unwrap_err();
    assert!(error.message().contains("DATABASE") && error.message().contains("environment.database"), "{error}");
    fails(with(EnvironmentValue::From(from.clone())), &codes::UNRESOLVED, ErrorKind::Invalid);
    // A secret stays a reference; its value is none of a release's business.
    assert!(with(EnvironmentValue::Secret { secret: from, key: None }).is_ok());
    assert!(with(EnvironmentValue::Value("$(HOST)".into())).is_ok());
}

#[test]
fn each_workload_has_a_name_of_its_own() {
    let scene = Scene::new();
    let mut manifest = manifest();
    manifest.sidecars.push(manifest.main.clone());
    fails(prepare(&manifest, scene.place.path()), &codes::SHARED_NAME, ErrorKind::Invalid);
}
