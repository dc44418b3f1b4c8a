//! Files that are put aside when they are full, and forgotten when they are old.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

/// When a file is put aside, in bytes.
const FULL: u64 = 10 * 1024 * 1024;
/// How many files there are of one workload: the newest and those put aside.
const PARTS: u32 = 5;

struct Part {
    file: File,
    length: u64,
}

/// The log files of one folder, by workload.
pub(super) struct Files {
    folder: PathBuf,
    full: u64,
    open: BTreeMap<String, Part>,
}

impl Files {
    /// The files of a folder.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, full: FULL, open: BTreeMap::new() }
    }

    /// Appends a line. A disk that refuses costs this line; the next one tries again.
    pub(super) fn append(&mut self, workload: &str, line: &[u8]) {
        if self.try_append(workload, line).is_err() {
            self.open.remove(workload);
        }
    }

    fn try_append(&mut self, workload: &str, line: &[u8]) -> io::Result<()> {
        let length = line.len() as u64;
        let is_full = |part: &Part, full: u64| part.length > 0 && part.length + length > full;
        if self.open.get(workload).is_some_and(|part| is_full(part, self.full)) {
            self.open.remove(workload);
            self.put_aside(workload)?;
        }
        if !self.open.contains_key(workload) {
            let part = self.begin(workload)?;
            self.open.insert(workload.to_owned(), part);
        }
        let Some(part) = self.open.get_mut(workload) else { return Ok(()) };
        part.file.write_all(line)?;
        part.length += length;
        Ok(())
    }

    fn begin(&self, workload: &str) -> io::Result<Part> {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(self.path(workload, 0))?;
        let length = file.metadata()?.len();
        Ok(Part { file, length })
    }

    fn put_aside(&self, workload: &str) -> io::Result<()> {
        for part in (0..PARTS - 1).rev() {
            match fs::rename(self.path(workload, part), self.path(workload, part + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn path(&self, workload: &str, part: u32) -> PathBuf {
        let ending = if part == 0 { String::new() } else { format!(".{part}") };
        self.folder.join(format!("{workload}.log{ending}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_files_are_put_aside_and_the_oldest_is_forgotten() {
        let place = tempfile::tempdir().unwrap();
        let mut files = Files { full: 20, ..Files::new(place.path().to_owned()) };
        for number in 0..12 {
            files.append("main", format!("line {number:04}\n").as_bytes());
        }
        let mut names: Vec<_> = fs::read_dir(place.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["main.log", "main.log.1", "main.log.2", "main.log.3", "main.log.4"]);
        assert_eq!(fs::read_to_string(place.path().join("main.log")).unwrap(), "line 0010\nline 0011\n");
        assert_eq!(fs::read_to_string(place.path().join("main.log.4")).unwrap(), "line 0002\nline 0003\n");
    }

    #[test]
    fn a_folder_that_is_gone_costs_lines_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let mut files = Files::new(place.path().join("gone"));
        files.append("main", b"lost\n");
        fs::create_dir(place.path().join("gone")).unwrap();
        files.append("main", b"kept\n");
        assert_eq!(fs::read_to_string(place.path().join("gone/main.log")).unwrap(), "kept\n");
    }
}
