//! Roles, policies, instance profiles, keys.

use skiff_compiler::ir::{
    Expr,
    identity::{Alias, InstanceProfile, Key, ManagedPolicy, Role, RolePolicy},
};

use super::{Body, File, Maker, Path, Value, address, policy};
use crate::terraform::{address::Address, model::Step};

pub(super) fn role(maker: &mut Maker<'_, '_>, role: &Role) {
    let name = policy::name(maker, "assume_role");
    let trust = policy::document(maker, name, File::Iam, &role.assume_role_policy_document);
    let boundary = maker.scope.some(role.permissions_boundary.as_ref());
    let body = Body::new()
        .set("name", &role.role_name)
        .set("path", &role.path)
        .set("description", &role.description)
        .set("assume_role_policy", trust)
        .set_some("permissions_boundary", boundary)
        .set_some("max_session_duration", role.max_session_duration);
    maker.resource(File::Iam, body);
    for attached in role.managed_policy_arns.iter().flatten() {
        attachment(maker, attached);
    }
}

/// CloudFormation lists a role's policies with the role; Terraform's own list would take away what others attached.
fn attachment(maker: &mut Maker<'_, '_>, attached: &Expr) {
    let arn = maker.scope.value(attached);
    let own = address::address(maker.resource);
    let name = match &arn {
        Value::Path(Path { steps, .. }) => match steps.first() {
            Some(Step::Name(policy)) => policy.clone(),
            _ => own.name.clone(),
        },
        _ => own.name.clone(),
    };
    let role = Path::of(&[own.kind, &own.name, "name"]);
    let body = Body::new().set("role", role).set("policy_arn", arn);
    let address = Address { kind: "aws_iam_role_policy_attachment", name, key: None };
    let piece = maker.piece(address, File::Iam, body);
    maker.add(piece);
}

pub(super) fn role_policy(maker: &mut Maker<'_, '_>, role_policy: &RolePolicy) {
    let name = policy::name(maker, "");
    let document = policy::document(maker, name, File::Iam, &role_policy.policy_document);
    let role = maker.scope.value(&role_policy.role_name);
    let body = Body::new().set("name", &role_policy.policy_name).set("role", role).set("policy", document);
    maker.resource(File::Iam, body);
}

pub(super) fn managed_policy(maker: &mut Maker<'_, '_>, managed: &ManagedPolicy) {
    let name = policy::name(maker, "");
    let document = policy::document(maker, name, File::Iam, &managed.policy_document);
    let body = Body::new()
        .set("name", &managed.managed_policy_name)
        .set("path", &managed.path)
        .set("description", &managed.description)
        .set("policy", document);
    maker.resource(File::Iam, body);
}

pub(super) fn instance_profile(maker: &mut Maker<'_, '_>, profile: &InstanceProfile) {
    let [role] = profile.roles.as_slice() else {
        maker.scope.fail(&maker.resource.id, "an instance profile has one role");
        return;
    };
    let role = maker.scope.value(role);
    let body = Body::new().set("name", &profile.instance_profile_name).set("path", &profile.path).set("role", role);
    maker.resource(File::Iam, body);
}

pub(super) fn key(maker: &mut Maker<'_, '_>, key: &Key) {
    let name = "key".to_owned();
    let document = policy::document(maker, name, File::DataStores, &key.key_policy);
    let body = Body::new()
        .set("description", &key.description)
        .set("enable_key_rotation", key.enable_key_rotation)
        .set("deletion_window_in_days", key.pending_window_in_days)
        .set("policy", document);
    maker.resource(File::DataStores, body).because(
        "Its policy names Auto Scaling's service-linked role, which a new account does not have yet: `aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com` makes it.",
    );
}

pub(super) fn alias(maker: &mut Maker<'_, '_>, alias: &Alias) {
    let key = maker.scope.value(&alias.target_key_id);
    let body = Body::new().set("name", &alias.alias_name).set("target_key_id", key);
    maker.resource(File::DataStores, body).because("The services' root modules find the key by this name.");
}
