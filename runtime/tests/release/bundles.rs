//! A folder becomes the same bytes everywhere, or is refused by name.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use proptest::prelude::*;
use skiff_runtime::{
    ErrorKind,
    release::{bundle::pack, codes, unpack},
    trust::{VerifiedArtifact, verify::digest},
};

use crate::scene::{fails, write};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(&root.join("run"), "#!/bin/sh\necho hello\n", 0o755);
    write(&root.join("lib/words.txt"), "words\n", 0o644);
    write(&root.join("lib.txt"), "beside the folder\n", 0o644);
    fs::create_dir(root.join("empty")).unwrap();
    symlink("lib/words.txt", root.join("words")).unwrap();
    symlink("../run", root.join("lib/start")).unwrap();
    folder
}

#[test]
fn the_same_folder_is_the_same_bytes() {
    let (first, second) = (folder(), folder());
    // Another time, other permissions of the group, another order of creation: nothing of it is packed.
    write(&second.path().join("run"), "#!/bin/sh\necho hello\n", 0o700);
    write(&second.path().join("lib.txt"), "beside the folder\n", 0o600);
    fs::create_dir(second.path().join(".git")).unwrap();
    write(&second.path().join(".skiff/trust/root.1.json"), "{}", 0o644);
    assert!(
        Command::new("touch").args(["-d", "2001-01-01"]).arg(second.path().join("run")).status().unwrap().success()
    );
    let (first, second) = (pack(first.path()).unwrap(), pack(second.path()).unwrap());
    assert_eq!(digest(&first.bytes), digest(&second.bytes));
    // Pinned, so that another version of the archive library, or another machine, is seen to make the same.
    assert_eq!(digest(&first.bytes), "50037a2b5dd46d12d47fe0c8021da49dcbc8a5facaac03d1ec8463169ffe3aa4");
}

#[test]
fn it_lists_its_files() {
    let names: Vec<_> = pack(folder().path()).unwrap().files.into_iter().map(|file| file.path).collect();
    assert_eq!(names, ["lib.txt", "lib/words.txt", "run"]);
}

#[test]
fn a_usual_tar_reads_it() {
    let (source, target) = (folder(), tempfile::tempdir().unwrap());
    let long = format!("{}/{}.txt", "deep/".repeat(20), "n".repeat(150));
    write(&source.path().join(&long), "long\n", 0o644);
    let archive = target.path().join("bundle.tar");
    fs::write(&archive, pack(source.path()).unwrap().bytes).unwrap();
    let out = Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(target.path()).output().unwrap();
    assert!(out.status.success(), "{out:?}");
    assert_eq!(fs::read_to_string(target.path().join(long)).unwrap(), "long\n");
    assert_eq!(fs::read_link(target.path().join("words")).unwrap(), Path::new("lib/words.txt"));
}

#[test]
fn what_cannot_be_packed_is_named() {
    for target in ["/etc/passwd", "../outside", "lib/../../outside", "lib/../run", "lib/.."] {
        let folder = folder();
        symlink(target, folder.path().join("escape")).unwrap();
        let error = pack(folder.path()).unwrap_err();
        assert!(error.message().contains("escape") && error.message().contains(target), "{error}");
        fails(pack(folder.path()), &codes::UNPACKABLE, ErrorKind::Invalid);
    }
    let folder = folder();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    fails(pack(folder.path()), &codes::UNPACKABLE, ErrorKind::Invalid);
}

#[test]
fn a_folder_that_is_none_is_named() {
    let folder = folder();
    for name in ["missing", "run"] {
        let error = pack(&folder.path().join(name)).unwrap_err();
        assert!(error.message().contains(name), "{error}");
        fails(pack(&folder.path().join(name)), &codes::NO_BUNDLE, ErrorKind::NotFound);
    }
}

#[test]
fn one_that_is_too_large_is_refused_before_it_is_read() {
    let folder = folder();
    // A hole: it has a size and no blocks.
    fs::File::create(folder.path().join("hole")).unwrap().set_len(2 * 1024 * 1024 * 1024).unwrap();
    fails(pack(folder.path()), &codes::TOO_LARGE, ErrorKind::Invalid);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_packed_comes_back(files in prop::collection::btree_map("[a-c]{1,2}(/[a-c.]{1,3}x){0,3}", ".{0,80}", 0..12)) {
        let (source, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (path, text) in &files {
            let path = source.path().join(path);
            // Of a file and a folder of one name, the first stays.
            if fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.is_dir() {
                fs::write(&path, text).ok();
            }
        }
        let bundle = pack(source.path()).unwrap();
        let artifact = VerifiedArtifact::check(bundle.bytes.clone(), &digest(&bundle.bytes)).unwrap();
        let place = target.path().join("out");
        unpack(&artifact, &place).unwrap();
        prop_assert_eq!(pack(&place).unwrap(), bundle);
    }
}
