//! `skiff keys` and `skiff release`: who signs, what is signed, and what is never shown.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{Folder, Run, schema};

const PASSPHRASE: &str = "correct horse battery";
const SPEC: &str = "\
app: shop
environments:
  prod: { account: \"111122223333\", region: eu-west-1, state: { manage: true } }
network: { egress: nat }
alerts: { email: ops@example.com }
services:
  web:
    kind: web
    bundle: ./dist
    command: [./run]
    port: 8080
    health: { readiness: / }
    replicas: { min: 2, max: 4 }
    routes: [{ path: /, tls: false }]
";

/// A folder with a spec, a bundle, and keys of its own; everything that was printed in it is kept.
struct Place {
    folder: Folder,
    printed: std::cell::RefCell<String>,
}

impl Place {
    fn new() -> Self {
        let folder = Folder::empty();
        folder.write("skiff.yaml", SPEC);
        fs::create_dir(folder.path("dist")).unwrap();
        folder.write("dist/run", "#!/bin/sh\n");
        fs::set_permissions(folder.path("dist/run"), fs::Permissions::from_mode(0o755)).unwrap();
        folder.write("passphrase", format!("{PASSPHRASE}\n"));
        Self { folder, printed: String::new().into() }
    }

    /// With a key `ann` that has every role.
    fn with_root() -> Self {
        let place = Self::new();
        place.done(&["keys", "new", "ann"], "KEY_MADE");
        place.done(&["keys", "enroll", "ann"], "ENROLLED");
        place
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.folder.command(arguments);
        command
            .env("SKIFF_KEYS", self.folder.path("keys"))
            .env("SKIFF_PASSPHRASE_FILE", self.folder.path("passphrase"))
            .env_remove("SKIFF_PASSPHRASE")
            .stdin(Stdio::null());
        command
    }

    fn judged(&self, mut command: Command) -> Value {
        let run = Run::from(command.arg("--format").arg("json").output().unwrap());
        *self.printed.borrow_mut() += &(run.stdout.clone() + &run.stderr);
        let envelope: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
        assert_eq!((&envelope["exit"], run.stderr.as_str()), (&json!(run.exit), ""));
        envelope
    }

    fn json(&self, arguments: &[&str]) -> Value {
        self.judged(self.command(arguments))
    }

    #[track_caller]
    fn done(&self, arguments: &[&str], code: &str) -> Value {
        let envelope = self.json(arguments);
        assert_eq!((&envelope["exit"], &envelope["code"]), (&json!(0), &json!(code)), "{envelope:#}");
        schema::check(arguments, &envelope["data"]);
        envelope
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str], exit: i32, code: &str) -> Value {
        let envelope = self.json(arguments);
        assert_eq!((&envelope["exit"], &envelope["code"]), (&json!(exit), &json!(code)), "{envelope:#}");
        envelope
    }

    /// The ledger's files, without what the store keeps for itself.
    fn ledger(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut open = vec![self.folder.path(".skiff")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { open.push(path) } else { files.push(path.display().to_string()) }
            }
        }
        files.retain(|file| !file.contains("/+store/"));
        files.sort();
        files
    }
}

#[test]
fn from_a_key_to_a_release_that_is_verified() {
    let place = Place::with_root();
    let made = place.done(&["release", "create", "--label", "v1", "--key", "ann"], "RELEASE_CREATED");
    let id = made["data"]["release"]["id"].as_str().unwrap();
    assert_eq!((&made["data"]["release"]["sequence"], &made["data"]["signers"]), (&json!(1), &json!(["ann"])));
    let listed = place.done(&["release", "list"], "RELEASES_LISTED");
    assert_eq!(listed["data"]["releases"][0]["id"], id);
    let shown = place.done(&["release", "show", "v1"], "RELEASE_SHOWN");
    assert_eq!(shown["data"]["predicate"]["app"], "shop");
    assert_eq!(shown["data"]["attestations"]["sbom"]["predicate"]["bomFormat"], "CycloneDX");
    let verified = place.done(&["release", "verify", &id[..12]], "VERIFIED");
    assert_eq!((&verified["data"]["id"], &verified["data"]["assignable"]), (&json!(id), &json!(true)));
    let envelope = format!(".skiff/shop/prod/services/web/releases/{id}.dsse.json");
    place.done(&["release", "verify", &envelope], "VERIFIED");
    let keys = place.done(&["keys", "list"], "KEYS_LISTED");
    assert_eq!(keys["data"]["keys"][0]["roles"], json!(["approval", "release", "root"]));
    assert_eq!(keys["data"]["trust_root"]["root"]["version"], 1);
}

#[test]
fn what_was_tampered_with_is_refused_with_10() {
    let place = Place::with_root();
    let made = place.done(&["release", "create"], "RELEASE_CREATED");
    let id = made["data"]["release"]["id"].as_str().unwrap();
    let path = format!(".skiff/shop/prod/services/web/releases/{id}.dsse.json");
    let mut envelope: Value = serde_json::from_str(&place.folder.read(&path)).unwrap();
    envelope["payload"] = json!("e30=");
    place.folder.write("forged.json", envelope.to_string());
    place.refused(&["release", "verify", "forged.json"], 10, "BAD_SIGNATURE");
    // The bundle, changed on the disk.
    let artifact = place.ledger().into_iter().find(|file| file.contains("/artifacts/")).unwrap();
    fs::write(&artifact, "another program").unwrap();
    place.refused(&["release", "verify", id], 10, "WRONG_ARTIFACT");
}

#[test]
fn a_revoked_release_and_a_revoked_key_count_no_more() {
    let place = Place::with_root();
    let first = place.done(&["release", "create", "--label", "v1"], "RELEASE_CREATED");
    place.done(&["release", "create", "--label", "v2"], "RELEASE_CREATED");
    place.done(&["release", "revoke", "v1"], "RELEASE_REVOKED");
    let id = first["data"]["release"]["id"].as_str().unwrap();
    place.refused(&["release", "verify", id], 10, "RELEASE_REVOKED");
    place.done(&["release", "verify", "v2"], "VERIFIED");
    place.done(&["keys", "new", "ben"], "KEY_MADE");
    place.done(&["keys", "enroll", "ben", "--role", "release", "--key", "ann"], "ENROLLED");
    place.done(&["release", "create", "--label", "v3", "--key", "ben"], "RELEASE_CREATED");
    place.done(&["keys", "revoke", "ben"], "REVOKED");
    let listed = place.done(&["release", "list"], "RELEASES_LISTED");
    let refused: Vec<_> =
        listed["data"]["releases"].as_array().unwrap().iter().map(|one| &one["refused"]["code"]).collect();
    assert_eq!(refused.iter().filter(|code| code.is_null()).count(), 1, "{refused:?}");
    place.refused(&["release", "create", "--key", "ben"], 10, "UNTRUSTED_SIGNER");
}

#[test]
fn several_must_sign_when_the_root_says_so() {
    let place = Place::with_root();
    place.done(&["keys", "new", "ben"], "KEY_MADE");
    let enroll =
        ["keys", "enroll", "ben", "--role", "root", "--role", "release", "--threshold", "root=2", "--key", "ann"];
    place.refused(&enroll, 10, "ROOT_NOT_APPROVED");
    let proposal = [&enroll[..], &["--proposal", "root.json"]].concat();
    let proposed = place.refused(&proposal, 9, "MORE_MUST_SIGN");
    assert!(proposed["summary"].as_str().unwrap().contains("ben"), "{proposed:#}");
    place.done(&["keys", "sign-root", "root.json", "--dry-run"], "WOULD_SIGN_ROOT");
    place.refused(&["keys", "sign-root", "root.json", "--key", "ann"], 9, "MORE_MUST_SIGN");
    let signed = place.done(&["keys", "sign-root", "root.json", "--key", "ben"], "ROOT_SIGNED");
    assert_eq!(signed["data"]["version"], 2);
    place.refused(&["keys", "renew", "--key", "ann"], 10, "ROOT_NOT_APPROVED");
    // Both keys of role root are here, so both sign when none is named.
    assert_eq!(place.done(&["keys", "renew"], "RENEWED")["data"]["version"], 3);
    place.refused(&["keys", "enroll", "ann", "--threshold", "release=0"], 2, "BAD_THRESHOLD");
    place.refused(&["keys", "revoke", "ben"], 2, "BAD_THRESHOLD");
}

#[test]
fn a_rotated_key_signs_and_the_old_one_no_more() {
    let place = Place::with_root();
    place.done(&["release", "create", "--label", "v1"], "RELEASE_CREATED");
    let before = place.ledger();
    place.done(&["keys", "rotate", "ann", "--dry-run"], "WOULD_CHANGE_ROOT");
    assert_eq!(place.ledger(), before);
    let rotated = place.done(&["keys", "rotate", "ann", "--keep"], "ROTATED");
    assert_eq!(rotated["data"]["root"]["roles"]["release"]["principals"], json!(["ann", "ann.1"]));
    place.done(&["release", "verify", "v1"], "VERIFIED");
    place.done(&["release", "create", "--label", "v2", "--key", "ann"], "RELEASE_CREATED");
    place.done(&["keys", "revoke", "ann.1"], "REVOKED");
    place.refused(&["release", "create", "--key", "ann.1"], 10, "UNTRUSTED_SIGNER");
    let listed = place.done(&["release", "list"], "RELEASES_LISTED");
    assert_eq!(listed["data"]["releases"][0]["label"], "v2");
    assert!(listed["data"]["releases"][1]["refused"]["code"].is_string());
}

#[test]
fn a_passphrase_comes_from_somewhere_or_the_flag_is_named() {
    let place = Place::new();
    let without = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env_remove("SKIFF_PASSPHRASE_FILE");
        command
    };
    let refused = place.judged(without(&["keys", "new", "ann"]));
    assert_eq!(refused["exit"], 2);
    assert!(refused["summary"].as_str().unwrap().contains("--passphrase-file"), "{refused:#}");
    let mut direct = without(&["keys", "new", "ann"]);
    direct.env("SKIFF_PASSPHRASE", PASSPHRASE);
    assert_eq!(place.judged(direct)["code"], "KEY_MADE");
    place.folder.write("wrong", "another horse");
    place.refused(&["keys", "enroll", "ann", "--passphrase-file", "wrong"], 4, "WRONG_PASSPHRASE");
    place.refused(&["keys", "enroll", "ann", "--passphrase-file", "missing"], 5, "NOT_FOUND");
    place.folder.write("short", "1234567");
    place.refused(&["keys", "new", "ben", "--passphrase-file", "short"], 2, "USAGE");
    fs::set_permissions(place.folder.path("keys/ann.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    place.refused(&["keys", "enroll", "ann"], 4, "OPEN_KEY");
}

#[test]
fn keys_are_named_when_there_are_several() {
    let place = Place::with_root();
    place.done(&["keys", "new", "ben"], "KEY_MADE");
    let refused = place.refused(&["release", "create"], 2, "USAGE");
    assert!(refused["summary"].as_str().unwrap().contains("`ann` and `ben`"), "{refused:#}");
    place.refused(&["release", "create", "--key", "nobody"], 5, "UNREADABLE_KEY");
    place.refused(&["release", "create", "--key", "../keys/ann"], 2, "BAD_KEY_NAME");
    place.refused(&["keys", "new", "ann"], 6, "KEY_EXISTS");
}

#[test]
fn weak_and_shared_keys_are_not_enrolled() {
    let place = Place::with_root();
    let weak = format!("01{}", "0".repeat(62));
    place.refused(&["keys", "enroll", "eve", "--public-key", &weak], 10, "BAD_PUBLIC_KEY");
    let keys = place.done(&["keys", "list"], "KEYS_LISTED");
    let ann = keys["data"]["keys"][0]["public_key"].as_str().unwrap();
    place.refused(&["keys", "enroll", "eve", "--public-key", ann], 2, "SHARED_KEY");
    place.done(&["keys", "new", "bot", "--kind", "agent"], "KEY_MADE");
    place.refused(&["keys", "enroll", "bot", "--role", "approval"], 2, "AGENT_APPROVES");
}

#[test]
fn a_key_that_is_elsewhere_signs_by_its_command() {
    let place = Place::with_root();
    place.folder.write("public", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    place.done(
        &["keys", "new", "vault", "--public-key", "public", "--key-command", "sh -c 'cat >got; echo AAAA'"],
        "KEY_MADE",
    );
    let failed = place.refused(&["release", "create", "--key", "vault"], 7, "SIGNER_FAILED");
    assert!(failed["summary"].as_str().unwrap().contains("vault"), "{failed:#}");
    assert!(place.folder.read("got").starts_with("DSSEv1 28 application/vnd.in-toto+json "));
    place.refused(&["keys", "new", "other", "--public-key", "public", "--key-command", "sh -c 'open"], 2, "USAGE");
}

#[test]
fn the_first_key_must_be_able_to_sign_the_next_root() {
    let place = Place::new();
    place.done(&["keys", "new", "ann"], "KEY_MADE");
    let refused = place.refused(&["keys", "enroll", "ann", "--role", "release"], 2, "BAD_ROOT");
    let hint = refused["findings"][0]["hint"].as_str().unwrap();
    assert!(hint.contains("leave `--role` away") && hint.contains("`--role root`"), "{refused:#}");
    place.done(&["keys", "enroll", "ann", "--role", "release", "--role", "root"], "ENROLLED");
}

#[test]
fn dry_runs_write_nothing_and_repetitions_nothing_new() {
    let place = Place::with_root();
    let before = place.ledger();
    place.done(&["release", "create", "--dry-run"], "WOULD_RELEASE");
    place.done(&["keys", "renew", "--dry-run"], "WOULD_CHANGE_ROOT");
    place.done(&["keys", "new", "ben", "--dry-run"], "WOULD_MAKE_KEY");
    assert_eq!((place.ledger(), place.folder.path("keys/ben.pem").exists()), (before, false));
    let create = ["release", "create", "--label", "v1", "--idempotency-key", "build-7"];
    let first = place.done(&create, "RELEASE_CREATED");
    let after = place.ledger();
    assert_eq!(place.done(&create, "RELEASE_CREATED")["data"], first["data"]);
    assert_eq!(place.ledger(), after);
    place.refused(&["release", "create", "--label", "v2", "--idempotency-key", "build-7"], 2, "IDEMPOTENCY_KEY_REUSED");
}

#[test]
fn what_is_missing_is_named() {
    let place = Place::with_root();
    place.refused(&["release", "show", "v9"], 5, "NO_SUCH_RELEASE");
    place.refused(&["release", "create", "nothing"], 5, "NOT_FOUND");
    place.refused(&["keys", "revoke", "nobody"], 5, "NO_SUCH_PRINCIPAL");
    place.folder.write("bill.json", "{}");
    place.refused(&["release", "create", "--sbom", "bill.json"], 12, "UNKNOWN_SBOM");
    fs::remove_dir_all(place.folder.path("dist")).unwrap();
    let missing = place.refused(&["release", "create"], 5, "MISSING_BUNDLE");
    assert!(missing["summary"].as_str().unwrap().contains("dist"), "{missing:#}");
    let empty = Place::new();
    empty.refused(&["release", "list"], 5, "NO_TRUST_ROOT");
    empty.refused(&["keys", "renew"], 5, "NO_TRUST_ROOT");
    assert_eq!(empty.done(&["keys", "list"], "KEYS_LISTED")["data"]["keys"], json!([]));
}

/// No passphrase and nothing of a private key: not in what is printed, not in the ledger.
#[test]
fn nothing_secret_is_printed_or_stored() {
    let place = Place::with_root();
    place.done(&["release", "create", "--label", "v1"], "RELEASE_CREATED");
    place.done(&["keys", "rotate", "ann"], "ROTATED");
    place.done(&["keys", "list"], "KEYS_LISTED");
    for arguments in [&["keys", "list"][..], &["release", "list"], &["release", "show", "v1"], &["keys", "new", "ben"]]
    {
        let run = Run::from(place.command(arguments).output().unwrap());
        *place.printed.borrow_mut() += &(run.stdout + &run.stderr);
    }
    let mut secrets = vec![PASSPHRASE.to_owned(), "PRIVATE KEY".to_owned()];
    for name in ["ann", "ann.1", "ben"] {
        let pem = place.folder.read(&format!("keys/{name}.pem"));
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        secrets.extend(pem.lines().filter(|line| !line.starts_with('-')).map(str::to_owned));
    }
    let stored = place.ledger().into_iter().map(|file| String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned());
    let all: String = stored.chain([place.printed.borrow().clone()]).collect();
    for secret in secrets {
        assert!(!all.contains(&secret), "{secret} was printed or stored");
    }
}
