//! Files and mounts: where they are, what they hold, each path once.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Written, codes};
use crate::{
    resolve::{Reporter, codes as general, one_of},
    source::Span,
    spec::{
        decode::{Spanned, closest},
        service::Service,
        shorthand::{File, FileContent, Mount, MountOf},
        values::Name,
    },
};

/// What mounts call the volume of a stateful service.
const OUTLIVING: &str = "volume";

pub(super) fn check(written: &Written<'_>, service: &Service, report: &mut Reporter<'_>) {
    for (path, File(file)) in written.files {
        check_path(path, file.at.whole, report);
        check_content(file, report);
        check_directory(path, file, report);
        if let Some(Mount(mount)) = written.mounts.get(path) {
            used_twice(path, (file.at.whole, mount.at.whole), "the mount", report);
        }
    }
    for (path, Mount(mount)) in written.mounts {
        check_path(path, mount.at.whole, report);
        check_within(mount, report);
        check_volume(service, &mount.volume, report);
    }
}

/// The volume of a stateful service, which the main container sees at its own `path`.
pub(super) fn check_volumes(service: &Service, report: &mut Reporter<'_>) {
    let Some(volume) = &service.volume else { return };
    let place = volume.at.field("path");
    check_path(&volume.path, place, report);
    let mount = service.mounts.get(&volume.path).map(|Mount(mount)| (mount.at.whole, "the mount"));
    let file = service.files.get(&volume.path).map(|File(file)| (file.at.whole, "the file"));
    for (other, what) in mount.into_iter().chain(file) {
        used_twice(&volume.path, (place, other), what, report);
    }
    if let Some((_, shared)) = service.volumes.iter().find(|(name, _)| name.as_str() == OUTLIVING) {
        let message = "`volume` is the volume that outlives the member";
        let related = (volume.at.whole, "its declaration");
        report.report_related(
            &general::NAME_TAKEN,
            (shared.at.whole, message.into()),
            "call this one something else",
            related,
        );
    }
}

fn used_twice(path: &str, (span, other): (Span, Span), what: &str, report: &mut Reporter<'_>) {
    let message = format!("`{path}` is used twice");
    report.report_related(&general::BAD_FILE, (span, message), "choose another path for one of them", (other, what));
}

fn check_content(file: &FileContent, report: &mut Reporter<'_>) {
    let given = [file.content.is_some(), file.base64.is_some(), file.secret.is_some()];
    let count = given.iter().filter(|given| **given).count();
    if count != 1 {
        let message = "a file has exactly one of `content`, `base64` and `secret`";
        report.report(&general::EXACTLY_ONE, file.at.whole, message, one_of(count > 1));
    }
    if file.key.is_some() && file.secret.is_none() {
        let message = "`key` without `secret`: only the JSON of a secret has keys";
        report.report(&codes::BAD_CONTENT, file.at.field("key"), message, "add `secret:`, or take `key` away");
    }
    if let Some(base64) = file.base64.as_ref().filter(|base64| STANDARD.decode(base64.as_bytes()).is_err()) {
        let hint = "write what `base64 -w0 FILE` prints: padded, in one line";
        report.report(&codes::BAD_CONTENT, base64.span(), "this is not base64", hint);
    }
}

/// A path that ends with `/` is a directory with a file for each key of a secret.
fn check_directory(path: &str, file: &FileContent, report: &mut Reporter<'_>) {
    if path.ends_with('/') && (file.secret.is_none() || file.key.is_some()) {
        let message = format!("`{path}` is a directory, which only a whole secret can fill");
        report.report(&general::BAD_FILE, file.at.whole, message, "name a file, or give `secret` without `key`");
    }
}

fn check_path(path: &str, span: Span, report: &mut Reporter<'_>) {
    let fits = path.starts_with('/') && path.len() > 1 && !leads_astray(path);
    if !fits {
        let message = format!("`{path}` is not a path within a member");
        report.report(&general::BAD_FILE, span, message, "write an absolute path without `..`");
    }
}

fn leads_astray(path: &str) -> bool {
    path.split('/').any(|part| part == ".." || part == ".")
}

/// The part of a volume that is mounted.
fn check_within(mount: &MountOf, report: &mut Reporter<'_>) {
    let astray = |path: &&Spanned<String>| path.is_empty() || path.starts_with('/') || leads_astray(path);
    if let Some(path) = mount.path.as_ref().filter(astray) {
        let message = format!("`{}` is not a path within the volume", path.value);
        let hint = "write a relative path without `..`, or leave `path` out for all of it";
        report.report(&general::BAD_FILE, path.span(), message, hint);
    }
}

fn check_volume(service: &Service, volume: &Spanned<Name>, report: &mut Reporter<'_>) {
    let outlives = service.volume.is_some() && volume.as_str() == OUTLIVING;
    if outlives || service.volumes.contains_key(&volume.value) || report.is_poisoned(service.at.field("volumes")) {
        return;
    }
    let hint = closest(volume.as_str(), service.volumes.keys().map(Name::as_str))
        .map_or_else(|| "declare it under `volumes:`".into(), |known| format!("did you mean `{known}`?"));
    report.report(&general::DANGLING_REFERENCE, volume.span(), format!("no volume `{}`", volume.value), hint);
}
