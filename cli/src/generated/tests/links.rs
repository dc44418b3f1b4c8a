//! Symbolic links: none within the folder is followed.

use std::os::unix::fs::symlink;

use super::*;

/// A folder beside the tree, with the same files in it.
fn outside(above: &Path) -> PathBuf {
    let outside = above.join("outside");
    write(&outside, &first()).unwrap();
    outside
}

#[test]
fn a_linked_folder_is_never_followed() {
    let above = tempfile::tempdir().unwrap();
    let (outside, root) = (outside(above.path()), above.path().join("infra"));
    write(&root, &first()).unwrap();
    for linked in ["services", "environment"] {
        fs::remove_dir_all(root.join(linked)).unwrap();
        symlink(outside.join(linked), root.join(linked)).unwrap();
        let outcome = refused(write_with(&Real, &root, &second(), true));
        assert_eq!((&*outcome.code, outcome.exit), ("VERIFICATION_FAILED", ExitCode::VerificationFailed));
        assert!(outcome.details[0].contains("is a symbolic link"), "{:?}", outcome.details);
        assert_holds(&outside, &first(), &[]);
        fs::remove_file(root.join(linked)).unwrap();
        write(&root, &first()).unwrap();
    }
}

#[test]
fn a_link_in_the_place_of_a_file_is_an_edit_and_only_the_link_goes() {
    let above = tempfile::tempdir().unwrap();
    let (outside, root) = (outside(above.path()), above.path().join("infra"));
    write(&root, &first()).unwrap();
    for path in ["README.md", "services/old/compute.tf"] {
        fs::remove_file(root.join(path)).unwrap();
        symlink(outside.join(path), root.join(path)).unwrap();
    }
    let outcome = refused(write(&root, &second()));
    assert_eq!(outcome.exit, ExitCode::Conflict);
    assert_eq!(outcome.details.len(), 2);
    assert!(outcome.details[0].contains("was replaced by a symbolic link"), "{:?}", outcome.details);
    write_with(&Real, &root, &second(), true).unwrap();
    assert_holds(&root, &second(), &[]);
    assert_holds(&outside, &first(), &[]);
}

#[test]
fn a_link_to_nowhere_is_in_the_way_as_well() {
    let folder = tempfile::tempdir().unwrap();
    symlink("/nowhere", folder.path().join("README.md")).unwrap();
    assert_eq!(refused(write(folder.path(), &first())).exit, ExitCode::Conflict);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_list_and_the_staging_folder_are_never_links() {
    for (name, target) in [(LIST, "outside/skiff-files.json"), (STAGING, "outside")] {
        let above = tempfile::tempdir().unwrap();
        let (outside, root) = (outside(above.path()), above.path().join("infra"));
        fs::create_dir(&root).unwrap();
        symlink(above.path().join(target), root.join(name)).unwrap();
        assert_eq!(refused(write_with(&Real, &root, &second(), true)).exit, ExitCode::VerificationFailed, "{name}");
        assert_holds(&outside, &first(), &[]);
    }
}

#[test]
fn the_folder_itself_may_be_a_link() {
    let above = tempfile::tempdir().unwrap();
    let outside = outside(above.path());
    symlink(&outside, above.path().join("infra")).unwrap();
    write(&above.path().join("infra"), &second()).unwrap();
    assert_holds(&outside, &second(), &[]);
}

#[test]
fn permissions_that_were_given_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &first()).unwrap();
    let readme = folder.path().join("README.md");
    fs::set_permissions(&readme, fs::Permissions::from_mode(0o640)).unwrap();
    write(folder.path(), &second()).unwrap();
    assert_eq!(fs::metadata(&readme).unwrap().permissions().mode() & 0o777, 0o640);
}
