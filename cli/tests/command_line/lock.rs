//! `skiff lock`, with a registry on this machine where one is needed.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use crate::{Folder, recommended};

const MANIFEST: &str = r#"{"schemaVersion":2}"#;
/// `printf '{"schemaVersion":2}' | sha256sum`
pub(crate) const DIGEST: &str = "sha256:bafebd36189ad3688b7b3915ea55d461e0bfcfbdde11e54b0a123999fb6be50f";
/// A machine image that nobody has.
pub(crate) const AMI: &str = "ami-0123456789abcdef0";

/// A registry that gives every request the same answer, or first wants the password of `me`; its address.
fn registry(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let lines: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
            // `printf me:s3cret | base64`
            let authorized = lines.iter().any(|line| line.eq_ignore_ascii_case("authorization: Basic bWU6czNjcmV0"));
            let status = match status {
                "200 OK when authorized" if !authorized => "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"test\"",
                status => status,
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", MANIFEST.len());
            stream.write_all((head + MANIFEST).as_bytes()).unwrap();
        }
    });
    address
}

/// The one image of the spec.
fn image(folder: &Folder) -> String {
    let envelope = folder.json(["lock", "--check"]);
    envelope["data"]["unresolved"][0].as_str().unwrap().to_owned()
}

/// A folder whose spec takes its image from a registry on this machine.
pub(crate) fn with_registry(status: &'static str) -> Folder {
    let folder = Folder::with_spec("web");
    let image = image(&folder);
    let spec = folder.read("skiff.yaml").replace(&image, &format!("{}/acme/shop:1.4", registry(status)));
    folder.write("skiff.yaml", spec);
    folder
}

#[test]
fn a_tag_is_resolved_once_and_then_kept() {
    let folder = with_registry("200 OK");
    let before = folder.json(["lock", "--check"]);
    assert_eq!((&before["exit"], &before["code"]), (&3.into(), &"LOCK_OUTDATED".into()));
    assert_eq!(recommended(&before)[0], "skiff lock skiff.yaml");
    assert_eq!(folder.files(), ["skiff.yaml"]);
    assert_eq!(folder.json(["lock"])["code"], "LOCKED");
    let lock = folder.read("skiff.lock");
    assert!(lock.starts_with("# Written by `skiff lock`; commit it"), "{lock}");
    assert!(lock.contains(DIGEST), "{lock}");
    assert_eq!(folder.json(["lock"])["code"], "LOCK_CURRENT");
    assert_eq!(folder.json(["lock", "--update"])["code"], "LOCK_CURRENT");
    assert_eq!(folder.run(["lock", "--check"]).exit, 0);
    assert_eq!(folder.read("skiff.lock"), lock);
    assert_eq!(folder.files(), ["skiff.lock", "skiff.yaml"]);
}

#[cfg(unix)]
#[test]
fn a_credential_helper_is_asked_and_never_quoted() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = with_registry("200 OK when authorized");
    folder.write("config.json", r#"{"credsStore": "test"}"#);
    let helper = "#!/bin/sh\nread server\nprintf '{\"Username\": \"me\", \"Secret\": \"s3cret\"}'\n";
    folder.write("docker-credential-test", helper);
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path("docker-credential-test"), executable).unwrap();
    let lock = |path: &std::path::Path| crate::Run::from(folder.command(["lock"]).env("PATH", path).output().unwrap());
    let refused = lock(std::path::Path::new("/nowhere"));
    assert_eq!(refused.exit, 4, "{}", refused.stderr);
    assert!(refused.stderr.contains("docker-credential-test"), "{}", refused.stderr);
    let run = lock(&folder.path(""));
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(!(run.stdout + &run.stderr).contains("s3cret"));
    assert!(folder.read("skiff.lock").contains(DIGEST));
}

#[test]
fn a_dry_run_shows_the_lock_and_writes_nothing() {
    let folder = with_registry("200 OK");
    let run = folder.run(["lock", "--dry-run"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(run.stdout.contains(DIGEST), "{}", run.stdout);
    assert_eq!(folder.files(), ["skiff.yaml"]);
}

#[test]
fn registry_trouble_has_its_exit_code_and_writes_nothing() {
    for (status, exit) in [("404 Not Found", 5), ("403 Forbidden", 4), ("503 Service Unavailable", 7)] {
        let folder = with_registry(status);
        assert_eq!(folder.json(["lock"])["exit"], exit, "{status}");
        assert_eq!(folder.files(), ["skiff.yaml"]);
    }
}

#[test]
fn values_given_by_hand_are_kept_beside_each_other() {
    let folder = Folder::with_spec("web");
    let by_hand = format!("{}={DIGEST}", image(&folder));
    let run = folder.run(["lock", "--image", &by_hand]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let first = folder.read("skiff.lock");
    let run = folder.run(["lock", "--ami", &format!("arm64={AMI}")]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let second = folder.read("skiff.lock");
    assert!(second.contains(DIGEST) && second.contains(&format!("arm64: {AMI}")), "{second}");
    assert!(second.contains("priorities:"), "{second}");
    let kept = first.lines().filter(|line| second.lines().any(|other| other == *line)).count();
    assert_eq!(kept, first.lines().count(), "only lines were added");
    assert!(run.stdout.contains(&format!("+    arm64: {AMI}")), "{}", run.stdout);
    assert!(run.stderr.starts_with("wrote `skiff.lock`; commit it\n"), "{}", run.stderr);
}

#[test]
fn values_that_cannot_be_are_refused() {
    let folder = Folder::with_spec("web");
    let image = image(&folder);
    let cases = [
        ["--ami", "arm64"],
        ["--ami", "amd64=ami-0123456789abcdef0"],
        ["--ami", "arm64=ami-xyz"],
        ["--image", "no/such:image=sha256:0"],
        ["--image", &format!("other:1={DIGEST}")],
        ["--image", &format!("{image}=sha256:0")],
        ["--input", "no_such_input=1"],
    ];
    for [flag, value] in cases {
        let envelope = folder.json(["lock", flag, value]);
        assert_eq!((&envelope["exit"], &envelope["code"]), (&2.into(), &"USAGE".into()), "{flag} {value}");
    }
    assert_eq!(folder.files(), ["skiff.yaml"]);
}

#[test]
fn a_lock_that_cannot_be_read_stops_every_command() {
    let folder = Folder::with_spec("web");
    for broken in
        ["<<<<<<< HEAD\nschema: x\n", "schema: skiff.dev/lock/v9\n", "schema: skiff.dev/lock/v1\nnovel: 1\n", "["]
    {
        folder.write("skiff.lock", broken);
        for command in ["check", "plan", "lock"] {
            assert_eq!(folder.json([command])["exit"], 12, "{command}: {broken}");
        }
        assert_eq!(folder.read("skiff.lock"), broken);
    }
}
