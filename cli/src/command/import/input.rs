//! The files of an import: named ones, those of folders, standard input.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{
    failure::Failure,
    seam::{Input, MAX_IMPORTED_BYTES},
};

/// Bytes that all files of one import may have together: 512 MiB.
const MOST_BYTES: usize = 512 << 20;
/// What a file of a folder must end with to be read.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// Reads everything that is named, in the order it is named; the files of a folder sorted. A file that is reached twice is
/// read once, and what this run writes is no input of the next.
pub(super) fn read(paths: &[PathBuf], written: &[&Path]) -> Result<Vec<Input>, Failure> {
    let mut reader = Reader { seen: written.iter().map(|path| identity(path)).collect(), ..Reader::default() };
    for path in paths {
        reader.path(path)?;
    }
    if reader.inputs.is_empty() {
        let names: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(Failure::not_found(format!("there is nothing to import in {}", crate::words::list(&names))).hint(
            "of a folder, the files that end with .yaml, .yml or .json are read, hidden folders and links excepted",
        ));
    }
    Ok(reader.inputs)
}

#[derive(Default)]
struct Reader {
    inputs: Vec<Input>,
    seen: BTreeSet<PathBuf>,
    bytes: usize,
}

impl Reader {
    fn path(&mut self, path: &Path) -> Result<(), Failure> {
        if path.as_os_str() == "-" {
            return self.standard_input();
        }
        let metadata = fs::metadata(path).map_err(|error| Failure::file("read", path, &error))?;
        if !metadata.is_dir() {
            return self.file(path);
        }
        let mut files = files(path)?;
        files.sort();
        files.iter().try_for_each(|file| self.file(file))
    }

    fn standard_input(&mut self) -> Result<(), Failure> {
        if !self.seen.insert(PathBuf::from("-")) {
            return Err(Failure::usage("standard input was named twice"));
        }
        self.add(Path::new("-"), io::stdin().lock())
    }

    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        if !self.seen.insert(identity(path)) {
            return Ok(());
        }
        let file = File::open(path).map_err(|error| Failure::file("read", path, &error))?;
        self.add(path, file)
    }

    /// Reads one byte more than the importer takes at most, so that it says so, and no more than that.
    fn add(&mut self, path: &Path, source: impl Read) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        let most = u64::try_from(MAX_IMPORTED_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        source.take(most).read_to_end(&mut bytes).map_err(|error| Failure::file("read", path, &error))?;
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > MOST_BYTES {
            let message =
                format!("the files have more than {MOST_BYTES} bytes together, `{}` is one too many", path.display());
            return Err(Failure::unusable(message).hint("name the folder with the manifests, or import it in parts"));
        }
        self.inputs.push(Input { name: path.display().to_string(), bytes });
        Ok(())
    }
}

/// The manifests below a folder; a folder within is opened after the one it lies in, so that none is opened by a call of a call.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = open.pop() {
        let failed = |error: &io::Error| Failure::file("read", &folder, error);
        for entry in fs::read_dir(&folder).map_err(|error| failed(&error))? {
            let entry = entry.map_err(|error| failed(&error))?;
            let kind = entry.file_type().map_err(|error| failed(&error))?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            match (kind.is_dir(), kind.is_file()) {
                (true, _) if !hidden => open.push(entry.path()),
                (_, true) if has_ending(&entry.path()) => found.push(entry.path()),
                _ => {}
            }
        }
    }
    Ok(found)
}

fn has_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// What a path leads to, so that two names of one file are known for one.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
