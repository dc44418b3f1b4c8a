//! A folder of generated files: written, refreshed and compared, with nothing else in it ever touched.
//!
//! [`list`] reads which files Skiff wrote, [`survey`] says how each path stands, [`refusal`] what keeps Skiff from
//! writing, [`refresh`] writes, [`compare`] shows what differs. [`hold`] keeps two runs apart and [`disk`] is the door to
//! the file system, so that a test can close it at any step.
//!
//! **A path that is not on the list is never written, renamed or removed, and no symbolic link within the folder is
//! followed.** The folder itself may be one: its user named it.

pub(crate) mod compare;
pub(crate) mod disk;
pub(crate) mod hold;
pub(crate) mod list;
pub(crate) mod path;
pub(crate) mod refresh;
pub(crate) mod refusal;
pub(crate) mod survey;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::Path};

use sha2::{Digest as _, Sha256};
use skiff_wire::Generated;

use crate::{document, failure::Failure};
use hold::Hold;
use list::List;
use survey::Survey;

/// The list of what Skiff wrote, at the root of the folder.
pub(crate) const LIST: &str = "skiff-files.json";
/// Where new bytes wait until all of them are on the disk, at the root of the folder; gone after each run.
pub(crate) const STAGING: &str = ".skiff-staging";

/// What a folder is to hold.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Application name.
    pub(crate) app: String,
    /// Environment name.
    pub(crate) environment: String,
    /// Text by path within the folder, with `/` between folders.
    pub(crate) files: BTreeMap<String, String>,
}

impl Wanted {
    /// The list of a folder that holds exactly this.
    pub(crate) fn list(&self) -> Generated {
        Generated {
            schema: Generated::SCHEMA.into(),
            app: self.app.clone(),
            environment: self.environment.clone(),
            files: self.files.iter().map(|(path, text)| (path.clone(), digest(text.as_bytes()))).collect(),
            replacing: BTreeMap::new(),
        }
    }
}

/// A folder that was looked at, and that no other run writes into meanwhile.
pub(crate) struct Opened {
    /// Whether there is a list.
    pub(crate) listed: bool,
    /// How each path stands.
    pub(crate) survey: Survey,
    /// What could not be made sure.
    pub(crate) warning: Option<String>,
    /// Held until the end of the run.
    _hold: Option<Hold>,
}

/// Looks at a folder; with `write`, makes it first when it is not there.
///
/// # Errors
/// Exit 6 while another run writes there, and for a tree of another application or environment; exit 10 for a list that
/// cannot be believed.
pub(crate) fn open(root: &Path, wanted: &Wanted, write: bool) -> Result<Opened, Failure> {
    if let Some((path, problem)) = wanted.files.keys().find_map(|path| Some((path, path::problem(path)?))) {
        return Err(Failure::defect(format!("the generated path `{path}` {problem}")));
    }
    if root.metadata().is_ok_and(|metadata| !metadata.is_dir()) {
        return Err(Failure::usage(format!("`{}` is not a folder", root.display())).hint("name a folder with `--out`"));
    }
    if write {
        std::fs::create_dir_all(root).map_err(|error| Failure::file("make", root, &error))?;
    }
    let (hold, warning) = hold::take(root, write)?;
    let list = list::read(root)?;
    list.as_ref().map_or(Ok(()), |list| refusal::of_another(root, list, wanted))?;
    let survey = Survey::of(root, wanted, list.as_ref(), &document::to_json(&wanted.list())?)?;
    Ok(Opened { listed: list.is_some(), survey, warning, _hold: hold })
}

/// As documents write a digest: `sha256:` and 64 hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    written(&Sha256::digest(bytes))
}

fn written(digest: &[u8]) -> String {
    format!("sha256:{}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// The digests that a listed file may have, the newest first.
fn digests<'list>(list: Option<&'list List>, path: &str) -> Vec<&'list str> {
    let document = list.map(|list| &list.document);
    let of = |document: &'list Generated| [document.files.get(path), document.replacing.get(path)];
    document.into_iter().flat_map(of).flatten().map(String::as_str).collect()
}
