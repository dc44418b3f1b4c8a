//! Keys on the disk and elsewhere: what opens, what does not, and what is never shown.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use skiff_runtime::{
    Error, ErrorKind,
    trust::{KeyFolder, Passphrase, PublicKey, SigningKey, codes, envelope},
    world::Random,
};
use skiff_wire::PrincipalKind;

use crate::scene::{Seed, key};

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.into())
}

fn load(folder: &KeyFolder, name: &str, text: &str) -> Result<SigningKey, Error> {
    folder.load(name, || Ok(passphrase(text)))
}

fn scene() -> (tempfile::TempDir, KeyFolder) {
    let place = tempfile::tempdir().unwrap();
    let folder = KeyFolder::at(place.path().join("keys"));
    folder.create("ann", PrincipalKind::Human, &passphrase("correct horse"), &Seed(1)).unwrap();
    (place, folder)
}

#[track_caller]
fn fails<T: std::fmt::Debug>(result: Result<T, Error>, code: &skiff_wire::Code, kind: ErrorKind) {
    let error = result.unwrap_err();
    assert_eq!((error.code().id, error.kind()), (code.id, kind), "{error}");
}

#[test]
fn a_key_comes_back_with_its_passphrase_and_only_with_it() {
    let (_place, folder) = scene();
    let loaded = load(&folder, "ann", "correct horse\n").unwrap();
    assert_eq!(loaded.public(), key("ann", 1).public());
    let signature = loaded.sign(b"bytes").unwrap();
    assert!(loaded.public().verifies(b"bytes", &signature));
    assert!(!loaded.public().verifies(b"other bytes", &signature));
    fails(load(&folder, "ann", "wrong horse"), &codes::WRONG_PASSPHRASE, ErrorKind::NotAuthorised);
    fails(load(&folder, "ann", ""), &codes::WRONG_PASSPHRASE, ErrorKind::NotAuthorised);
}

#[test]
fn its_file_is_for_its_owner_alone_and_holds_nothing_in_the_clear() {
    let (_place, folder) = scene();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = folder.path().join("ann.pem");
    assert_eq!((mode(folder.path()), mode(&file)), (0o700, 0o600));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{text}");
    let mut secret = [0; 32];
    Seed(1).fill(&mut secret);
    for path in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(path.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|window| window == &secret[..8]));
        assert!(!String::from_utf8_lossy(&bytes).contains("horse"));
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    fails(load(&folder, "ann", "correct horse"), &codes::OPEN_KEY, ErrorKind::NotAuthorised);
}

#[test]
fn nothing_of_it_can_be_printed() {
    let (_place, folder) = scene();
    let loaded = load(&folder, "ann", "correct horse").unwrap();
    let shown = format!("{loaded:?}");
    assert_eq!(shown, format!("SigningKey(ann {})", loaded.public().hex()));
}

#[test]
fn no_key_is_overwritten() {
    let (_place, folder) = scene();
    let before = fs::read(folder.path().join("ann.pem")).unwrap();
    let again = folder.create("ann", PrincipalKind::Ci, &passphrase("another horse"), &Seed(2));
    fails(again, &codes::KEY_EXISTS, ErrorKind::Conflict);
    fs::remove_file(folder.path().join("ann.json")).unwrap();
    let again = folder.create("ann", PrincipalKind::Ci, &passphrase("another horse"), &Seed(2));
    fails(again, &codes::KEY_EXISTS, ErrorKind::Conflict);
    assert_eq!(fs::read(folder.path().join("ann.pem")).unwrap(), before);
}

#[test]
fn keys_are_listed_and_renamed() {
    let (_place, folder) = scene();
    folder.create("bot", PrincipalKind::Agent, &passphrase("correct horse"), &Seed(2)).unwrap();
    folder.rename("ann", "ann-1").unwrap();
    let names = |folder: &KeyFolder| folder.entries().unwrap().into_iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(names(&folder), ["ann-1", "bot"]);
    assert!(load(&folder, "ann-1", "correct horse").is_ok());
    fails(load(&folder, "ann", "correct horse"), &codes::UNREADABLE_KEY, ErrorKind::NotFound);
    fails(folder.rename("ann-1", "bot"), &codes::KEY_EXISTS, ErrorKind::Conflict);
    assert_eq!(names(&KeyFolder::at("/nowhere/at/all")), Vec::<String>::new());
}

#[test]
fn damaged_files_are_named() {
    let (_place, folder) = scene();
    let text = fs::read_to_string(folder.path().join("ann.json")).unwrap();
    fs::write(
        folder.path().join("ann.json"),
        text.replace(&key("ann", 1).public().hex(), &key("ann", 2).public().hex()),
    )
    .unwrap();
    fails(load(&folder, "ann", "correct horse"), &codes::UNREADABLE_KEY, ErrorKind::Invalid);
    fs::write(folder.path().join("ann.json"), "{}").unwrap();
    fails(load(&folder, "ann", "correct horse"), &codes::UNREADABLE_KEY, ErrorKind::Invalid);
    fs::write(folder.path().join("ann.json"), text).unwrap();
    fs::write(folder.path().join("ann.pem"), "-----BEGIN PRIVATE KEY-----\n").unwrap();
    fails(load(&folder, "ann", "correct horse"), &codes::UNREADABLE_KEY, ErrorKind::Invalid);
}

#[test]
fn names_stay_names() {
    let (_place, folder) = scene();
    for name in ["", "../ann", "Ann", "a/b", ".hidden", "-flag", "ä", &"a".repeat(64)] {
        let made = folder.create(name, PrincipalKind::Human, &passphrase("correct horse"), &Seed(3));
        fails(made, &codes::BAD_NAME, ErrorKind::Usage);
    }
}

/// A signer in a shell: what it got is what was signed, and it prints what it was told to.
fn signer(place: &Path, answer: &str, status: i32) -> Vec<String> {
    let got = place.join("got").display().to_string();
    ["sh".into(), "-c".into(), format!("cat > '{got}'; printf '%s\\n' '{answer}'; exit {status}")].into()
}

#[test]
fn a_command_signs_for_a_key_that_is_elsewhere() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let (place, folder) = scene();
    let real = key("ann", 1);
    let message = envelope::encoding("text/plain", b"payload");
    let answer = STANDARD.encode(real.sign(&message).unwrap());
    let refer = |name: &str, command: Vec<String>| {
        folder.refer(name, PrincipalKind::Ci, &real.public(), command).unwrap();
        load(&folder, name, "never asked for").unwrap().sign(&message)
    };
    assert_eq!(refer("hsm", signer(place.path(), &answer, 0)).unwrap(), real.sign(&message).unwrap());
    assert_eq!(fs::read(place.path().join("got")).unwrap(), message);
    let other = STANDARD.encode(key("eve", 3).sign(&message).unwrap());
    let failing = [
        ("other-key", signer(place.path(), &other, 0)),
        ("no-signature", signer(place.path(), "yes", 0)),
        ("unhappy", signer(place.path(), &answer, 3)),
        ("missing", vec!["/nowhere/signer".into()]),
    ];
    for (name, command) in failing {
        fails(refer(name, command), &codes::SIGNER_FAILED, ErrorKind::Unavailable);
    }
}

/// One key, in the two forms that people have them in, is one key.
#[test]
fn pem_and_digits_are_one_key() {
    let public = key("ann", 1).public();
    // SubjectPublicKeyInfo of Ed25519 (RFC 8410): twelve bytes, then the key.
    let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let digits = public.hex();
    der.extend((0..32).map(|index| u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).unwrap()));
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n");
    assert_eq!(PublicKey::parse(&pem).unwrap(), public);
    assert_eq!(PublicKey::parse(&digits).unwrap(), public);
}
