//! Makes a folder what it should be, so that being killed at any moment leaves what the next run can go on from.
//!
//! 1. All new bytes go into [`STAGING`]; a full disk shows here, where nothing has changed yet.
//! 2. The list of both is put in place: it names what is there and what will be, with either digest.
//! 3. Each file is put in place whole, then what is no longer wanted is removed.
//! 4. The list of what is there now is put in place.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use skiff_wire::Generated;

use super::{
    LIST, STAGING, Wanted,
    disk::Disk,
    path,
    survey::{State, Survey, staged_names},
};
use crate::{document, failure::Failure};

/// Writes, removes and lists; does nothing when all is as it should be.
///
/// The survey must not have anything in the way; edited files are overwritten.
pub(crate) fn refresh(disk: &dyn Disk, root: &Path, wanted: &Wanted, survey: &Survey) -> Result<(), Failure> {
    let work = Work { disk, root, wanted, survey, staging: root.join(STAGING) };
    if survey.leftover {
        work.clear_staging()?;
    }
    if survey.is_current() {
        return Ok(());
    }
    work.stage().map_err(|failure| {
        // The next run clears what this one cannot.
        drop(work.clear_staging());
        failure.hint(format!("nothing in `{}` was changed", root.display()))
    })?;
    work.publish().map_err(|failure| {
        failure.hint(format!(
            "`{}` is changed in part, each file whole; its list knows, and running the same command again goes on",
            root.display()
        ))
    })
}

/// One refresh.
struct Work<'a> {
    disk: &'a dyn Disk,
    root: &'a Path,
    wanted: &'a Wanted,
    survey: &'a Survey,
    staging: PathBuf,
}

impl Work<'_> {
    /// Brings all new bytes onto the disk: the two lists as `0` and `1`, then the files.
    fn stage(&self) -> Result<(), Failure> {
        act("make", &self.staging, self.disk.make_folder(&self.staging))?;
        let list = self.root.join(LIST);
        let lists = [self.list_of_both(), self.wanted.list()];
        for (number, text) in lists.iter().enumerate() {
            self.stage_one(number, &document::to_json(text)?, &list)?;
        }
        for (number, (path, text)) in self.new_files().enumerate() {
            self.stage_one(number + lists.len(), text, &path::below(self.root, path))?;
        }
        let staged: Vec<_> = (0..self.new_files().count() + lists.len()).map(|number| self.staged(number)).collect();
        act("write", &self.staging, self.disk.sync(&staged))
    }

    fn stage_one(&self, number: usize, text: &str, target: &Path) -> Result<(), Failure> {
        act("write", target, self.disk.write_new(&self.staged(number), text.as_bytes(), target))
    }

    fn staged(&self, number: usize) -> PathBuf {
        self.staging.join(number.to_string())
    }

    fn new_files(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = |path: &str| self.wanted.files.get(path).map(String::as_str);
        self.survey.to_write().filter_map(move |entry| Some((entry.path.as_str(), text(&entry.path)?)))
    }

    /// Names what is there and what will be, so that whatever a killed run leaves is known to the next.
    fn list_of_both(&self) -> Generated {
        let mut list = self.wanted.list();
        for entry in &self.survey.entries {
            let Some(known) = entry.found.as_ref().or(entry.listed.as_ref()) else { continue };
            match list.files.get(&entry.path) {
                Some(new) if new == known => {}
                Some(_) => drop(list.replacing.insert(entry.path.clone(), known.clone())),
                None => drop(list.files.insert(entry.path.clone(), known.clone())),
            }
        }
        list
    }

    fn publish(&self) -> Result<(), Failure> {
        let list = self.root.join(LIST);
        act("write", &list, self.disk.rename(&self.staged(0), &list))?;
        act("write", self.root, self.disk.sync(&[self.root.to_owned()]))?;
        let mut touched: BTreeSet<PathBuf> = BTreeSet::new();
        for (number, (path, _)) in self.new_files().enumerate() {
            touched.insert(self.put(&self.staged(number + 2), path)?);
        }
        self.remove()?;
        act("write", self.root, self.disk.sync(&touched.into_iter().collect::<Vec<_>>()))?;
        act("write", &list, self.disk.rename(&self.staged(1), &list))?;
        act("remove", &self.staging, self.disk.remove_folder(&self.staging))?;
        act("write", self.root, self.disk.sync(&[self.root.to_owned()]))
    }

    /// Puts one staged file in place and gives the folder it is in.
    fn put(&self, staged: &Path, path: &str) -> Result<PathBuf, Failure> {
        let target = path::below(self.root, path);
        let mut folder = self.root.to_owned();
        for name in path::folders(path) {
            folder = path::below(self.root, name);
            // Looked at once more, since time has passed: a link that came meanwhile is not followed.
            match fs::symlink_metadata(&folder) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => act("write", &target, Err(io::ErrorKind::NotADirectory.into()))?,
                Err(_) => act("make", &folder, self.disk.make_folder(&folder))?,
            }
        }
        act("write", &target, self.disk.rename(staged, &target))?;
        Ok(folder)
    }

    /// Removes what is no longer wanted, and the folders that this leaves empty.
    fn remove(&self) -> Result<(), Failure> {
        for entry in self.survey.to_remove() {
            let place = path::below(self.root, &entry.path);
            act("remove", &place, self.disk.remove_file(&place))?;
        }
        for entry in self.survey.to_remove().chain(self.survey.with(State::Gone)) {
            self.remove_empty_folders(&entry.path);
        }
        Ok(())
    }

    /// From inside out, until one is not empty; a folder that stays is no harm.
    fn remove_empty_folders(&self, path: &str) {
        for folder in path::folders(path).rev() {
            match self.disk.remove_folder(&path::below(self.root, folder)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return,
                _ => {}
            }
        }
    }

    /// Removes what a run that did not come to its end left behind.
    fn clear_staging(&self) -> Result<(), Failure> {
        let names = match staged_names(&self.staging) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            names => act("read", &self.staging, names)?,
        };
        for name in names.unwrap_or_default() {
            let place = self.staging.join(name);
            act("remove", &place, self.disk.remove_file(&place))?;
        }
        act("remove", &self.staging, self.disk.remove_folder(&self.staging))
    }
}

/// Says what was tried, and where.
fn act<T>(verb: &str, path: &Path, result: io::Result<T>) -> Result<T, Failure> {
    result.map_err(|error| Failure::file(verb, path, &error))
}
