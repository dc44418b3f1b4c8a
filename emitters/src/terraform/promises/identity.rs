//! What the spec promises about roles and the key.

use skiff_compiler::ir::identity::{Key, Role};

use super::promise::Promises;

pub(super) fn role(promises: &mut Promises<'_, '_>, role: &Role) {
    let boundary = promises.some(role.permissions_boundary.as_ref());
    let words = match &boundary {
        Some(_) => format!("`{}` stays within the permissions boundary", role.role_name),
        None => format!("`{}` stands under the path that roles may be passed from", role.role_name),
    };
    promises
        .promise(words)
        .is("@.name", &role.role_name)
        .is("@.path", &role.path)
        .is_some("@.permissions_boundary", boundary);
}

pub(super) fn key(promises: &mut Promises<'_, '_>, key: &Key) {
    promises
        .promise(format!("the key rotates, and a deletion of it waits {} days", key.pending_window_in_days))
        .is("@.enable_key_rotation", key.enable_key_rotation)
        .is("@.deletion_window_in_days", key.pending_window_in_days);
}
