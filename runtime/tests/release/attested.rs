//! The bill of materials and the provenance beside a release.

use serde_json::{Value, json};
use skiff_runtime::{
    ErrorKind,
    release::{NewRelease, codes, create, materials, shelf},
    trust::{verify::subject, verify_payload},
};
use skiff_wire::ReleaseStatement;

use crate::scene::{Scene, fails, wait, write};

/// The statement of an attestation, verified.
fn statement(scene: &Scene, id: &str, what: &str) -> Value {
    let bytes = wait(shelf::attestation(&scene.ledger, &scene.service(), id, what)).unwrap().unwrap();
    let signed = verify_payload(&bytes, &scene.root, "release", ReleaseStatement::PAYLOAD_TYPE).unwrap();
    assert_eq!(signed.signers, ["ann"]);
    serde_json::from_slice(&signed.bytes).unwrap()
}

#[test]
fn the_bill_names_files_and_packages() {
    let scene = Scene::new();
    let dist = scene.place.path().join("dist");
    write(&dist.join("Cargo.lock"), "version = 4\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.229\"\n", 0o644);
    let npm = json!({ "lockfileVersion": 3, "packages": {
        "": { "name": "web" }, "node_modules/@acme/ui": { "version": "2.0.0" },
        "node_modules/a/node_modules/b": { "version": "0.1.0" }, "node_modules/link": { "link": true },
    }});
    write(&dist.join("ui/package-lock.json"), &npm.to_string(), 0o644);
    write(
        &dist.join("requirements.txt"),
        "# tools\nFlask[async]==3.1.0 ; python_version > '3'\n-r more.txt\nx>=1\n",
        0o644,
    );
    let made = scene.made("v1");
    let bill = statement(&scene, &made.id, "sbom");
    assert_eq!(bill["predicateType"], "https://cyclonedx.org/bom");
    let bill = &bill["predicate"];
    assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&json!("CycloneDX"), &json!("1.6")));
    let components = bill["components"][0]["components"].as_array().unwrap();
    let purls: Vec<_> = components.iter().filter_map(|one| one["purl"].as_str()).collect();
    assert_eq!(
        purls,
        ["pkg:cargo/serde@1.0.229", "pkg:npm/%40acme/ui@2.0.0", "pkg:npm/b@0.1.0", "pkg:pypi/flask@3.1.0"]
    );
    let run = components.iter().find(|one| one["name"] == "run").unwrap();
    let digest = skiff_runtime::trust::verify::digest(b"#!/bin/sh\n");
    assert_eq!(run["hashes"], json!([{ "alg": "SHA-256", "content": digest }]));
}

#[test]
fn the_provenance_says_how_it_was_made() {
    let scene = Scene::new();
    let made = scene.made("v1");
    let provenance = statement(&scene, &made.id, "provenance");
    assert_eq!(provenance["predicateType"], "https://slsa.dev/provenance/v1");
    let definition = &provenance["predicate"]["buildDefinition"];
    assert_eq!(definition["externalParameters"]["workloads"], json!({ "main": { "bundle": "dist" } }));
    assert_eq!(definition["externalParameters"]["label"], "v1");
    let release: ReleaseStatement = serde_json::from_value({
        let envelope: Value = serde_json::from_slice(&made.envelope).unwrap();
        let payload = envelope["payload"].as_str().unwrap();
        let engine = base64::engine::general_purpose::STANDARD;
        serde_json::from_slice(&base64::Engine::decode(&engine, payload).unwrap()).unwrap()
    })
    .unwrap();
    assert_eq!(provenance["subject"], json!(subject(&release.predicate.artifacts)));
}

#[test]
fn a_bill_of_another_tool_is_taken_as_it_is() {
    let scene = Scene::new();
    let given = |text: &Value| NewRelease { sbom: Some(text.to_string().into_bytes()), ..scene.new_release() };
    let spdx = json!({ "spdxVersion": "SPDX-2.3", "name": "web", "score": 0.5 });
    let made = wait(create(&scene.ledger, &given(&spdx), &scene.keys)).unwrap();
    let bill = statement(&scene, &made.id, "sbom");
    assert_eq!((&bill["predicateType"], &bill["predicate"]), (&json!("https://spdx.dev/Document/v2.3"), &spdx));
    for (text, kind) in [
        (json!({ "bomFormat": "CycloneDX", "specVersion": "1.5" }), "https://cyclonedx.org/bom"),
        (json!({ "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld" }), "https://spdx.dev/Document/v3"),
    ] {
        assert_eq!(materials::given(text.to_string().as_bytes()).unwrap().predicate_type, kind);
    }
    for text in ["{}", "[]", "", r#"{"bomFormat":"CycloneDX","specVersion":"9"}"#, r#"{"spdxVersion":"SPDX-1.0"}"#] {
        fails(materials::given(text.as_bytes()), &codes::BAD_SBOM, ErrorKind::Invalid);
    }
}
