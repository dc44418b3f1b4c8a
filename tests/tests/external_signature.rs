//! A stock tool takes our envelopes and refuses spoiled ones, and we take its: `securesystemslib` from PyPI.
//!
//! It is found by the `python3` on the `PATH`, or by the one that `SKIFF_PYTHON` names. Where it is missing the test says
//! `SKIPPED` and passes, unless `SKIFF_REQUIRE_TOOLS=1`: then it fails.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

use std::{
    env,
    io::{self, Write as _},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use skiff_runtime::{
    trust::{
        KeyFolder, Passphrase, PublicKey, SigningKey, TrustedRoot, edit, edit::Enrolment, envelope, verify_payload,
    },
    world::World,
};
use skiff_wire::{PrincipalKind, ReleaseStatement};

/// Reads a question from standard input, prints an answer: `verify` an envelope by public keys, `open` a private key, or
/// `sign` a payload.
const SCRIPT: &str = r#"
import base64, json, sys
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

question = json.load(sys.stdin)
if question["what"] == "verify":
    keys = [SSlibKey(key, "ed25519", "ed25519", {"public": key}) for key in question["keys"]]
    envelope = Envelope.from_dict(question["envelope"])
    try:
        accepted = sorted(envelope.verify(keys, question["threshold"]))
    except VerificationError:
        accepted = []
    answer = {"accepted": accepted, "payload": base64.b64encode(envelope.payload).decode()}
elif question["what"] == "open":
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    key = load_pem_private_key(question["pem"].encode(), question["passphrase"].encode())
    answer = {"key": key.public_key().public_bytes_raw().hex()}
else:
    signer = CryptoSigner.generate_ed25519()
    envelope = Envelope(question["payload"].encode(), question["type"], {})
    envelope.sign(signer)
    answer = {"envelope": envelope.to_dict(), "key": signer.public_key.keyval["public"]}
json.dump(answer, sys.stdout)
"#;

/// The interpreter that has the package; `None` when there is none and it may be missing.
fn python() -> Option<String> {
    let program = env::var("SKIFF_PYTHON").unwrap_or_else(|_| "python3".into());
    let probe = "import securesystemslib.dsse, cryptography";
    let found = Command::new(&program).args(["-c", probe]).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return Some(program);
    }
    let missing = format!("`{program}` has no securesystemslib[crypto]");
    assert!(env::var("SKIFF_REQUIRE_TOOLS").is_err(), "{missing}");
    // Past the test harness, which keeps the output of passing tests to itself: a skip must be seen.
    let _ = writeln!(io::stderr(), "SKIPPED: {missing}");
    None
}

fn ask(python: &str, question: &Value) -> Value {
    let mut child =
        Command::new(python).args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn keys() -> [SigningKey; 2] {
    let random = World::real().random;
    ["ann", "ben"].map(|name| SigningKey::generate(name, &*random).unwrap())
}

fn accepted(python: &str, envelope: &Value, keys: &[SigningKey], threshold: u32) -> Value {
    let public: Vec<String> = keys.iter().map(|key| key.public().hex()).collect();
    ask(python, &json!({ "what": "verify", "envelope": envelope, "keys": public, "threshold": threshold }))
}

#[test]
fn it_takes_our_envelopes_and_refuses_spoiled_ones() {
    let Some(python) = python() else { return };
    let keys = keys();
    let payload = r#"{"_type":"https://in-toto.io/Statement/v1","ü":"€"}"#;
    let signed = envelope::sign(ReleaseStatement::PAYLOAD_TYPE, payload.as_bytes(), &keys).unwrap();
    let envelope: Value = serde_json::from_slice(&signed).unwrap();
    let mut public: Vec<String> = keys.iter().map(|key| key.public().hex()).collect();
    public.sort();
    let answer = accepted(&python, &envelope, &keys, 2);
    assert_eq!((&answer["accepted"], &answer["payload"]), (&json!(public), &envelope["payload"]));
    let spoil = |pointer: &str, value: Value| {
        let mut spoiled = envelope.clone();
        *spoiled.pointer_mut(pointer).unwrap() = value;
        accepted(&python, &spoiled, &keys, 2)["accepted"].clone()
    };
    assert_eq!(spoil("/payloadType", json!("text/plain")), json!([]));
    assert_eq!(spoil("/payload", json!("e30=")), json!([]));
    assert_eq!(spoil("/signatures/0/sig", envelope["signatures"][1]["sig"].clone()), json!([]));
    assert_eq!(accepted(&python, &envelope, &self::keys(), 1)["accepted"], json!([]));
}

#[test]
fn we_take_its_envelopes() {
    let Some(python) = python() else { return };
    let question = json!({ "what": "sign", "payload": "{\"a\":\"ü\"}", "type": ReleaseStatement::PAYLOAD_TYPE });
    let answer = ask(&python, &question);
    let key = PublicKey::parse(answer["key"].as_str().unwrap()).unwrap();
    let roles = vec!["root".to_owned(), "release".to_owned()];
    let enrolment = Enrolment { name: "ann".into(), kind: PrincipalKind::Ci, key, roles };
    let root = edit::first(&enrolment, "2030-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let root = TrustedRoot { root, digest: String::new() };
    let bytes = serde_json::to_vec(&answer["envelope"]).unwrap();
    let signed = verify_payload(&bytes, &root, "release", ReleaseStatement::PAYLOAD_TYPE).unwrap();
    assert_eq!((signed.bytes, signed.signers), ("{\"a\":\"ü\"}".into(), vec!["ann".to_owned()]));
    assert!(verify_payload(&bytes, &root, "release", "text/plain").is_err());
}

#[test]
fn others_open_our_keys() {
    let Some(python) = python() else { return };
    let place = tempfile::tempdir().unwrap();
    let folder = KeyFolder::at(place.path());
    let passphrase = Passphrase::new("correct horse".into());
    let entry = folder.create("ann", PrincipalKind::Human, &passphrase, &*World::real().random).unwrap();
    let pem = std::fs::read_to_string(place.path().join("ann.pem")).unwrap();
    let answer = ask(&python, &json!({ "what": "open", "pem": pem, "passphrase": "correct horse" }));
    assert_eq!(answer["key"], entry.public_key);
}
