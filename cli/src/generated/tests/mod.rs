//! Every state a folder can be in.

mod killed;
#[cfg(unix)]
mod links;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use skiff_wire::ExitCode;
use tempfile::TempDir;

use super::{
    LIST, Opened, STAGING, Wanted, compare, digest,
    disk::{Disk, Real},
    open, refresh,
    refusal::of_what_is_in_the_way,
    survey::State,
};
use crate::{action, failure::Failure, outcome::Outcome};

fn wanted(files: &[(&str, &str)]) -> Wanted {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Wanted { app: "shop".into(), environment: "prod".into(), files }
}

fn first() -> Wanted {
    wanted(&[
        ("README.md", "one\n"),
        ("environment/iam.tf", "role\n"),
        ("environment/network.tf", "vpc\n"),
        ("services/old/compute.tf", "old\n"),
    ])
}

fn second() -> Wanted {
    wanted(&[
        ("README.md", "two\n"),
        ("environment/iam.tf", "role\n"),
        ("environment/network.tf", "vpc and more\n"),
        ("services/new/deep/compute.tf", "new\n"),
    ])
}

fn write_with(disk: &dyn Disk, root: &Path, wanted: &Wanted, discard_edits: bool) -> Result<Opened, Failure> {
    let opened = open(root, wanted, true)?;
    of_what_is_in_the_way(root, &opened.survey, discard_edits, action::write("again", &[], "again"))?;
    refresh::refresh(disk, root, wanted, &opened.survey)?;
    Ok(opened)
}

fn write(root: &Path, wanted: &Wanted) -> Result<Opened, Failure> {
    write_with(&Real, root, wanted, false)
}

fn refused(result: Result<Opened, Failure>) -> Outcome {
    result.err().expect("a refusal").into_outcome()
}

/// Every file and every folder below a root: text by path, folders with a `/` at their end.
fn everything(root: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if entry.file_type().unwrap().is_dir() {
                all.insert(name + "/", String::new());
                folders.push(entry.path());
            } else {
                all.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    all
}

/// That a folder holds the tree, its list, and what users put there.
fn assert_holds(root: &Path, wanted: &Wanted, users: &[(&str, &str)]) {
    let mut expected = wanted.files.clone();
    expected.insert(LIST.into(), crate::document::to_json(&wanted.list()).unwrap());
    expected.extend(users.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let folders: Vec<_> = expected
        .keys()
        .flat_map(|path| super::path::folders(path).map(|it| format!("{it}/")).collect::<Vec<_>>())
        .collect();
    expected.extend(folders.into_iter().map(|folder| (folder, String::new())));
    assert_eq!(everything(root), expected);
}

const USERS: &[(&str, &str)] = &[
    (".terraform/modules.json", "{}"),
    ("environment/.terraform.lock.hcl", "locked"),
    ("environment/extra.tf", "mine"),
    ("prod.tfvars", "x = 1"),
];

fn with_users_files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in USERS {
        let path = super::path::below(folder.path(), path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_tree_is_written_refreshed_and_left_alone() {
    let folder = with_users_files();
    let root = folder.path();
    write(root, &first()).unwrap();
    assert_holds(root, &first(), USERS);
    write(root, &second()).unwrap();
    assert_holds(root, &second(), USERS);
    let opened = write_with(&killed::Dying::after(0), root, &second(), false).unwrap();
    assert!(opened.survey.is_current(), "and the second time nothing is touched");
}

#[test]
fn what_did_not_change_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &first()).unwrap();
    let unchanged = folder.path().join("environment/iam.tf");
    let past = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().append(true).open(&unchanged).unwrap().set_modified(past).unwrap();
    write(folder.path(), &second()).unwrap();
    assert_eq!(fs::metadata(unchanged).unwrap().modified().unwrap(), past);
}

#[test]
fn a_folder_with_a_file_of_its_user_stays() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &first()).unwrap();
    fs::write(folder.path().join("services/old/notes.txt"), "keep").unwrap();
    write(folder.path(), &second()).unwrap();
    assert_holds(folder.path(), &second(), &[("services/old/notes.txt", "keep")]);
}

#[test]
fn everything_in_the_way_is_said_at_once_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, &first()).unwrap();
    fs::write(root.join("README.md"), "by hand").unwrap();
    fs::write(root.join("services/old/compute.tf"), "by hand").unwrap();
    fs::write(root.join("services/new"), "a file in the place of a folder").unwrap();
    let mut next = second();
    next.files.insert("environment/extra.tf".into(), "ours".into());
    fs::write(root.join("environment/extra.tf"), "mine").unwrap();
    let before = everything(root);
    let outcome = refused(write(root, &next));
    assert_eq!((&*outcome.code, outcome.exit), ("CONFLICT", ExitCode::Conflict));
    assert_eq!(outcome.data["problems"].as_array().unwrap().len(), 4, "{:#}", outcome.data);
    let said = outcome.details.join("\n");
    for (path, what) in [
        ("README.md", "was edited by hand"),
        ("services/old/compute.tf", "was edited by hand"),
        ("services/new", "is to be a folder, and something else is there"),
        ("environment/extra.tf", "was not written by Skiff"),
    ] {
        let place = super::path::below(root, path);
        assert!(said.contains(&format!("`{}` {what}", place.display())), "{said}");
    }
    assert!(outcome.actions.is_empty(), "giving up the edits alone would not help");
    assert_eq!(everything(root), before);
    let outcome = refused(write_with(&Real, root, &next, true));
    assert_eq!(outcome.data["problems"].as_array().unwrap().len(), 2, "only edits of listed files can be given up");
    assert_eq!(everything(root), before);
}

#[test]
fn edits_are_given_up_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, &first()).unwrap();
    fs::write(root.join("README.md"), "by hand").unwrap();
    fs::write(root.join("services/old/compute.tf"), "by hand").unwrap();
    let outcome = refused(write(root, &second()));
    assert_eq!(outcome.actions[0].argv.last().unwrap(), "--discard-edits");
    write_with(&Real, root, &second(), true).unwrap();
    assert_holds(root, &second(), &[]);
}

#[test]
fn a_deleted_file_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &first()).unwrap();
    fs::remove_dir_all(folder.path().join("environment")).unwrap();
    write(folder.path(), &first()).unwrap();
    assert_holds(folder.path(), &first(), &[]);
}

#[test]
fn a_tree_of_another_environment_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &first()).unwrap();
    for other in [Wanted { environment: "staging".into(), ..first() }, Wanted { app: "other".into(), ..first() }] {
        let outcome = refused(write(folder.path(), &other));
        assert_eq!(outcome.exit, ExitCode::Conflict);
        assert!(outcome.summary.contains("holds the tree of `shop` in `prod`"), "{}", outcome.summary);
    }
    assert_holds(folder.path(), &first(), &[]);
}

#[test]
fn a_list_that_cannot_be_believed_is_refused() {
    let good = crate::document::to_json(&first().list()).unwrap();
    let entry = |path: &str| {
        let mut list = first().list();
        list.files.insert(path.into(), digest(b"secret"));
        crate::document::to_json(&list).unwrap()
    };
    let lists = [
        String::new(),
        "<<<<<<< ours\n".into(),
        good.replace("generated/v1", "generated/v9"),
        good.replace("sha256:", "md5:"),
        good.replace("\"app\"", "\"application\""),
        entry("../outside.txt"),
        entry("/etc/passwd"),
        entry("environment/../../outside.txt"),
        entry(LIST),
    ];
    for list in lists {
        let above = tempfile::tempdir().unwrap();
        fs::write(above.path().join("outside.txt"), "secret").unwrap();
        let root = above.path().join("infra");
        fs::create_dir(&root).unwrap();
        fs::write(root.join(LIST), &list).unwrap();
        let outcome = refused(write_with(&Real, &root, &second(), true));
        assert_eq!((&*outcome.code, outcome.exit), ("VERIFICATION_FAILED", ExitCode::VerificationFailed), "{list}");
        assert_eq!(everything(&root), BTreeMap::from([(LIST.to_owned(), list)]));
        assert_eq!(fs::read_to_string(above.path().join("outside.txt")).unwrap(), "secret");
    }
}

#[test]
fn another_run_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let first_run = open(folder.path(), &first(), true).unwrap();
    let outcome = refused(write(folder.path(), &first()));
    assert_eq!((&*outcome.code, outcome.exit), ("CONFLICT", ExitCode::Conflict));
    assert!(outcome.summary.contains("another `skiff generate`"), "{}", outcome.summary);
    assert_eq!(refused(open(folder.path(), &first(), false)).exit, ExitCode::Conflict, "reading waits as well");
    drop(first_run);
    let readers = (open(folder.path(), &first(), false).unwrap(), open(folder.path(), &first(), false).unwrap());
    assert!(!readers.0.listed && !readers.1.listed, "two may read at once");
}

#[test]
fn looking_makes_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("infra");
    let opened = open(&root, &first(), false).unwrap();
    assert_eq!(opened.survey.with(State::Missing).count(), 4);
    assert!(!root.exists());
}

#[test]
fn a_difference_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let many = |word: &str| (0..1000).map(|line| format!("{word} {line}\n")).collect::<String>();
    write(folder.path(), &wanted(&[("a.tf", &many("old"))])).unwrap();
    let next = wanted(&[("a.tf", &many("new"))]);
    let difference = compare::difference(folder.path(), &next, &open(folder.path(), &next, false).unwrap().survey);
    assert_eq!((difference.text.lines().count(), difference.left_out), (400, 1603));
    assert!(difference.text.contains("\n-old 0\n"), "{}", difference.text);
}

#[test]
fn a_staging_folder_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(STAGING)).unwrap();
    fs::write(folder.path().join(STAGING).join("notes.txt"), "mine").unwrap();
    assert_eq!(refused(write(folder.path(), &first())).exit, ExitCode::Conflict);
    assert_eq!(everything(folder.path()).len(), 2);
}

#[test]
fn a_folder_that_may_not_be_written_is_said() {
    struct ReadOnly;
    impl Disk for ReadOnly {
        fn make_folder(&self, _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn write_new(&self, _: &Path, _: &[u8], _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn sync(&self, _: &[PathBuf]) -> io::Result<()> {
            Ok(())
        }
        fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn remove_file(&self, _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn remove_folder(&self, _: &Path) -> io::Result<()> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let outcome = refused(write_with(&ReadOnly, folder.path(), &first(), false));
    assert_eq!((&*outcome.code, outcome.exit), ("NOT_AUTHORISED", ExitCode::NotAuthorised));
    assert!(outcome.summary.contains(STAGING), "{}", outcome.summary);
}
