//! Files: read whole, written whole or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use serde_json::Value;
use skiff_wire::Plan;
use tempfile::NamedTempFile;

use crate::{action, failure::Failure};

/// What happens when the file to be written exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It is replaced in one step.
    Replace,
    /// It stays, and the write is refused.
    Keep,
}

/// The text of a file, `None` when there is no such file.
pub(crate) fn read_if_present(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                Err(Failure::unusable(format!("`{}` is not UTF-8 text: byte {offset} is not valid", path.display())))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file("read", path, &error)),
    }
}

/// Writes a file beside its target and renames it, so that nobody ever sees half of it.
///
/// The permissions are those of the file that is replaced, or what the process's umask gives a new file.
pub(crate) fn write(path: &Path, content: &str, existing: Existing) -> Result<(), Failure> {
    let failed = |error: &io::Error| Failure::file("write", path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.exists() {
        let message = format!("could not write `{}`: there is no folder `{}`", path.display(), folder.display());
        return Err(Failure::not_found(message).hint("make the folder first"));
    }
    let mut file = new_file(folder).map_err(|error| failed(&error))?;
    file.write_all(content.as_bytes()).map_err(|error| failed(&error))?;
    if let Ok(metadata) = fs::metadata(path) {
        if metadata.is_dir() {
            return Err(failed(&io::ErrorKind::IsADirectory.into()));
        }
        file.as_file().set_permissions(metadata.permissions()).map_err(|error| failed(&error))?;
    }
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    let result = match existing {
        Existing::Replace => file.persist(path),
        Existing::Keep => file.persist_noclobber(path),
    };
    result.map(drop).map_err(|error| failed(&error.error))
}

/// Makes the folder that a file is to be written into, where that is part of what was asked for.
pub(crate) fn make_folder_of(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or(Ok(()), |folder| fs::create_dir_all(folder).map_err(|error| Failure::file("write", path, &error)))
}

#[cfg(unix)]
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new().prefix(".skiff-").permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)
}

#[cfg(not(unix))]
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".skiff-").tempfile_in(folder)
}

/// A document as it stands in a file: indented JSON and a final newline.
pub(crate) fn to_json<T: serde::Serialize>(document: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| Failure::defect(format!("a document could not be written as JSON: {error}")))?;
    Ok(text + "\n")
}

/// As a JSON value for an envelope's `data`.
pub(crate) fn to_value<T: serde::Serialize>(document: &T) -> Result<Value, Failure> {
    serde_json::to_value(document)
        .map_err(|error| Failure::defect(format!("a document could not be written as JSON: {error}")))
}

/// Reads a plan from a file: the bare plan, or what `skiff plan --format json` printed around it.
pub(crate) fn read_plan(path: &Path) -> Result<Plan, Failure> {
    let text = read_if_present(path)?.ok_or_else(|| {
        let written = path.display().to_string();
        Failure::not_found(format!("there is no plan at `{written}`"))
            .hint("`skiff plan --out FILE` writes one")
            .action(action::write(
                "write-plan",
                &["plan", "--out", &written],
                "writes the plan of `./skiff.yaml` there",
            ))
    })?;
    parse_plan(&text, path)
}

/// A plan from its text; `path` names it in errors.
pub(crate) fn parse_plan(text: &str, path: &Path) -> Result<Plan, Failure> {
    let unusable = |error: serde_json::Error| {
        Failure::unusable(format!("`{}` is not a plan that this version reads: {error}", path.display()))
            .hint("make it anew with `skiff plan --out FILE`, or accept the present plan with `--bless`")
    };
    let value: Value = serde_json::from_str(text).map_err(unusable)?;
    let enveloped = value.get("exit").is_some() && value.get("trace_id").is_some();
    let value = if enveloped { value.get("data").cloned().unwrap_or_default() } else { value };
    if let Some(schema) = value.get("schema").and_then(Value::as_str).filter(|schema| *schema != Plan::SCHEMA) {
        return Err(Failure::unusable(format!(
            "`{}` is a `{schema}` document, and a `{}` is needed",
            path.display(),
            Plan::SCHEMA
        )));
    }
    serde_json::from_value(value).map_err(unusable)
}
