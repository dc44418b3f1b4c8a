//! Bundles that are signed and still wrong: nothing is ever written outside of the new folder.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use skiff_runtime::{
    ErrorKind,
    release::{bundle::pack, codes, unpack},
    trust::{VerifiedArtifact, verify::digest},
};
use tar::{Builder, EntryType, Header};

use crate::scene::{fails, write};

fn verified(bytes: Vec<u8>) -> VerifiedArtifact {
    let sha256 = digest(&bytes);
    VerifiedArtifact::check(bytes, &sha256).unwrap()
}

/// An archive of entries: kind, path, link target or content.
fn archive(entries: &[(EntryType, &str, &str)]) -> VerifiedArtifact {
    let mut builder = Builder::new(Vec::new());
    for (kind, path, content) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o6777);
        // The name is written past the library, which would not write a bad one.
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        let link = matches!(kind, EntryType::Symlink | EntryType::Link);
        if link {
            header.as_mut_bytes()[157..157 + content.len()].copy_from_slice(content.as_bytes());
        }
        let data = if link { b"" } else { content.as_bytes() };
        header.set_size(u64::try_from(data.len()).unwrap());
        header.set_cksum();
        builder.append(&header, data).unwrap();
    }
    verified(builder.into_inner().unwrap())
}

#[test]
fn nothing_leads_out_of_the_folder() {
    use EntryType::{Block, Directory, Fifo, Link, Regular, Symlink};
    let bad: &[&[(EntryType, &str, &str)]] = &[
        &[(Regular, "../escaped", "x")],
        &[(Regular, "/skiff-escaped", "x")],
        &[(Directory, "a", ""), (Regular, "a/../../escaped", "x")],
        &[(Symlink, "out", "..")],
        &[(Symlink, "out", "/etc")],
        &[(Symlink, "out", "here/../../escaped")],
        &[(Symlink, "here", "."), (Regular, "here/file", "x")],
        &[(Directory, "d", ""), (Symlink, "d/up", "../.."), (Regular, "d/up/escaped", "x")],
        &[(Regular, "a", "x"), (Regular, "a", "y")],
        &[(Regular, "a", "x"), (Regular, "a/b", "y")],
        &[(Regular, "nowhere/a", "x")],
        &[(Regular, "a", "x"), (Link, "b", "a")],
        &[(Block, "disk", "")],
        &[(Fifo, "pipe", "")],
        &[(Regular, "", "x")],
        &[(Regular, ".", "x")],
    ];
    for entries in bad {
        let place = tempfile::tempdir().unwrap();
        let result = unpack(&archive(entries), &place.path().join("out"));
        fails(result, &codes::UNSAFE_BUNDLE, ErrorKind::VerificationFailed);
        let outside: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(outside, ["out"], "{entries:?}");
        assert!(!Path::new("/skiff-escaped").exists());
    }
    let place = tempfile::tempdir().unwrap();
    let result = unpack(&verified(b"no archive at all".repeat(100)), &place.path().join("out"));
    fails(result, &codes::UNSAFE_BUNDLE, ErrorKind::VerificationFailed);
}

#[test]
fn no_privilege_comes_with_it() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    unpack(&archive(&[(EntryType::Directory, "d", ""), (EntryType::Regular, "d/run", "x")]), &out).unwrap();
    let mode = |path: &str| fs::metadata(out.join(path)).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("d"), mode("d/run")), (0o755, 0o755));
}

#[test]
fn it_goes_into_a_new_folder_alone() {
    let place = tempfile::tempdir().unwrap();
    let artifact = archive(&[(EntryType::Regular, "run", "new")]);
    write(&place.path().join("there/run"), "old", 0o644);
    fails(unpack(&artifact, &place.path().join("there")), &codes::UNPACK_FAILED, ErrorKind::Conflict);
    assert_eq!(fs::read_to_string(place.path().join("there/run")).unwrap(), "old");
    symlink(place.path().join("there"), place.path().join("link")).unwrap();
    fails(unpack(&artifact, &place.path().join("link")), &codes::UNPACK_FAILED, ErrorKind::Conflict);
    let missing = place.path().join("no/such/folder");
    fails(unpack(&artifact, &missing), &codes::UNPACK_FAILED, ErrorKind::Internal);
}

#[test]
fn links_within_come_back_as_they_were() {
    let source = tempfile::tempdir().unwrap();
    write(&source.path().join("bin/run"), "x", 0o755);
    symlink("bin/run", source.path().join("start")).unwrap();
    symlink("../start", source.path().join("bin/again")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    unpack(&verified(pack(source.path()).unwrap().bytes), &out).unwrap();
    assert_eq!(fs::read_to_string(out.join("bin/again")).unwrap(), "x");
}
