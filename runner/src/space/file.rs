//! The files of a workload, written before each start.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustix::process::geteuid;
use serde_json::Value;
use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{File, Workload};
use zeroize::Zeroizing;

use super::{
    Mounted, Space,
    beneath::{self, Rights},
    relative, unwritable,
};
use crate::{
    codes,
    log::Redactor,
    variables::{self, secret::Secrets},
};

/// Writes every file of a workload. A path that ends with `/` is a directory, with a file for each key of its secret.
pub(crate) fn write_all(
    workload: &Workload,
    space: &Space,
    mounted: &[Mounted],
    secrets: &dyn Secrets,
    redactor: &Redactor,
) -> Result<(), Error> {
    for (path, file) in &workload.files {
        let content = content(workload, path, file, secrets, redactor)?;
        let rights = rights(workload, path, file)?;
        if path.ends_with('/') {
            for (name, content) in keys(path, &content)? {
                write(&format!("{path}{name}"), &content, rights, space, mounted)?;
            }
        } else {
            write(path, &content, rights, space, mounted)?;
        }
    }
    Ok(())
}

fn content(
    workload: &Workload,
    path: &str,
    file: &File,
    secrets: &dyn Secrets,
    redactor: &Redactor,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if let Some(reference) = &file.secret {
        let value = variables::fetch(secrets, reference, file.key.as_deref(), &workload.name)?;
        redactor.learn(&value);
        return Ok(value);
    }
    let bytes = match &file.base64 {
        Some(encoded) => STANDARD.decode(encoded).map_err(|error| bad(path, &format!("it is no base64: {error}")))?,
        None => file.content.clone().unwrap_or_default().into_bytes(),
    };
    Ok(Zeroizing::new(bytes))
}

fn rights(workload: &Workload, path: &str, file: &File) -> Result<Rights, Error> {
    let mode = u32::from_str_radix(&file.mode, 8).map_err(|_| bad(path, &format!("`{}` is no mode", file.mode)))?;
    let security = workload.security.as_ref().filter(|_| geteuid().is_root());
    Ok(Rights {
        mode: mode & 0o7777,
        user: security.and_then(|security| security.user),
        group: security.and_then(|security| security.group),
    })
}

/// A file of a directory: its name and its content.
type Named = (String, Zeroizing<Vec<u8>>);

/// The keys of a JSON object, each with its value as text.
fn keys(path: &str, content: &[u8]) -> Result<Vec<Named>, Error> {
    let object: serde_json::Map<String, Value> =
        serde_json::from_slice(content).map_err(|_| bad(path, "its secret holds no JSON object"))?;
    let text = |value: Value| match value {
        Value::String(text) => text.into_bytes(),
        other => other.to_string().into_bytes(),
    };
    let plain = |name: &str| !name.is_empty() && name != "." && name != ".." && !name.contains('/');
    match object.keys().find(|name| !plain(name)) {
        Some(name) => Err(bad(path, &format!("the key `{name}` of its secret cannot be the name of a file"))),
        None => Ok(object.into_iter().map(|(name, value)| (name, Zeroizing::new(text(value)))).collect()),
    }
}

/// Writes below the volume that the path lies in, or below the workload's root.
fn write(path: &str, content: &[u8], rights: Rights, space: &Space, mounted: &[Mounted]) -> Result<(), Error> {
    let within = |mounted: &&Mounted| Path::new(path).starts_with(&mounted.path);
    let (base, rest) = match mounted.iter().filter(within).max_by_key(|mounted| mounted.path.as_os_str().len()) {
        Some(mounted) => {
            let rest = Path::new(path).strip_prefix(&mounted.path).unwrap_or(Path::new(""));
            (mounted.source.clone(), relative(&rest.to_string_lossy())?)
        }
        None => (space.root.clone().unwrap_or_else(|| PathBuf::from("/")), relative(path)?),
    };
    beneath::write(&base, &rest, content, rights).map_err(|error| unwritable(&base.join(&rest), &error))
}

fn bad(path: &str, why: &str) -> Error {
    Error::new(&codes::FILE_TROUBLE, ErrorKind::Invalid, format!("the file `{path}` cannot be written: {why}"))
}
