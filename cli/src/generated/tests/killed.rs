//! A run that dies at every step, and a disk that is full.

use std::cell::Cell;

use skiff_wire::Generated;

use super::*;

/// A file system that dies after a number of steps, in the middle of a file when that is the next; what is dead does
/// nothing any more, so that no cleaning up helps.
pub(super) struct Dying {
    left: Cell<usize>,
    error: io::ErrorKind,
    for_good: bool,
}

impl Dying {
    pub(super) fn after(steps: usize) -> Self {
        Self { left: Cell::new(steps), error: io::ErrorKind::Interrupted, for_good: true }
    }

    /// A disk that is full for one write, after a number of steps.
    fn full_after(steps: usize) -> Self {
        Self { left: Cell::new(steps), error: io::ErrorKind::StorageFull, for_good: false }
    }

    fn step(&self) -> io::Result<()> {
        match self.left.get() {
            0 => {
                self.left.set(if self.for_good { 0 } else { usize::MAX });
                Err(self.error.into())
            }
            left => {
                self.left.set(left - 1);
                Ok(())
            }
        }
    }
}

impl Disk for Dying {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Real.make_folder(path)
    }

    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
        let alive = self.left.get() > 0;
        if let Err(error) = self.step() {
            // The first death leaves half a file behind.
            if !alive && !path.exists() {
                Real.write_new(path, &bytes[..bytes.len() / 2], like)?;
            }
            return Err(error);
        }
        Real.write_new(path, bytes, like)
    }

    fn sync(&self, paths: &[PathBuf]) -> io::Result<()> {
        self.step()?;
        Real.sync(paths)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        Real.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Real.remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Real.remove_folder(path)
    }
}

/// Every visible file is one of a user, or whole and of one of two trees.
fn assert_whole(root: &Path, trees: [&Wanted; 2]) {
    let hidden = |path: &String| path.ends_with('/') || path.starts_with(STAGING) || path == LIST;
    for (path, text) in everything(root).into_iter().filter(|(path, _)| !hidden(path)) {
        let users = USERS.contains(&(path.as_str(), text.as_str()));
        let whole = trees.iter().any(|tree| tree.files.get(&path) == Some(&text));
        assert!(users || whole, "`{path}` is `{text}`");
    }
}

/// Kills a run at each of its steps and gives each folder that is left; ends with the first run that comes through.
fn killed_at_each_step(before: Option<&Wanted>, after: &Wanted, mut look: impl FnMut(&Path, usize)) -> usize {
    for steps in 0.. {
        let folder = with_users_files();
        if let Some(before) = before {
            write(folder.path(), before).unwrap();
        }
        let result = write_with(&Dying::after(steps), folder.path(), after, false);
        assert_whole(folder.path(), [before.unwrap_or(after), after]);
        if result.is_ok() {
            assert_holds(folder.path(), after, USERS);
            return steps;
        }
        drop(result);
        look(folder.path(), steps);
    }
    unreachable!("a run has an end")
}

#[test]
fn a_run_killed_at_any_step_is_finished_by_the_next() {
    for before in [None, Some(first())] {
        let steps = killed_at_each_step(before.as_ref(), &second(), |root, steps| {
            write(root, &second()).unwrap_or_else(|failure| panic!("step {steps}: {:?}", failure.into_outcome()));
            assert_holds(root, &second(), USERS);
        });
        assert!(steps > 15, "{steps} steps");
    }
}

#[test]
fn a_run_killed_at_any_step_can_be_taken_back() {
    killed_at_each_step(Some(&first()), &second(), |root, steps| {
        write(root, &first()).unwrap_or_else(|failure| panic!("step {steps}: {:?}", failure.into_outcome()));
        assert_holds(root, &first(), USERS);
    });
}

#[test]
fn a_run_killed_twice_is_finished_by_the_third() {
    let third = wanted(&[("environment/iam.tf", "third\n"), ("services/old/compute.tf", "third\n")]);
    killed_at_each_step(Some(&first()), &second(), |root, _| {
        for steps in [3, 9, 12, 15] {
            drop(write_with(&Dying::after(steps), root, &third, false));
        }
        write(root, &third).unwrap();
        assert_holds(root, &third, USERS);
    });
}

#[test]
fn an_edit_after_a_kill_is_still_an_edit() {
    killed_at_each_step(Some(&first()), &second(), |root, steps| {
        fs::write(root.join("README.md"), "by hand").unwrap();
        let outcome = refused(write(root, &second()));
        assert_eq!(outcome.exit, ExitCode::Conflict, "step {steps}");
        assert_eq!(outcome.details.len(), 1, "step {steps}: {:?}", outcome.details);
    });
}

#[test]
fn the_list_of_a_killed_run_has_both_digests() {
    let mut both = 0;
    killed_at_each_step(Some(&first()), &second(), |root, _| {
        let list: Generated = serde_json::from_str(&fs::read_to_string(root.join(LIST)).unwrap()).unwrap();
        if !list.replacing.is_empty() {
            both += 1;
            assert_eq!(list.files["README.md"], digest(b"two\n"));
            assert_eq!(list.replacing["README.md"], digest(b"one\n"));
            assert!(list.files.contains_key("services/old/compute.tf"), "what is to be removed is known until it is");
        }
    });
    assert!(both > 5, "{both}");
}

#[test]
fn a_full_disk_changes_nothing_while_bytes_are_written() {
    let staging_steps = 1 + (2 + second().files.len() - 1) + 1;
    for steps in 0..staging_steps {
        let folder = with_users_files();
        write(folder.path(), &first()).unwrap();
        let outcome = refused(write_with(&Dying::full_after(steps), folder.path(), &second(), false));
        assert_eq!((&*outcome.code, outcome.exit), ("FILE_TROUBLE", ExitCode::Internal), "step {steps}");
        assert!(outcome.hint.as_deref().is_some_and(|hint| hint.starts_with("nothing in ")), "{:?}", outcome.hint);
        assert_holds(folder.path(), &first(), USERS);
    }
}
