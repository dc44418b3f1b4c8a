//! IAM: roles, instance profiles, policies; KMS keys, which carry a policy of their own.

use std::borrow::Cow;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::expr::{Expr, Pseudo, attributes};

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, whatever else allows.
    Deny,
}

/// Who a statement of a resource policy is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// AWS services, such as `ec2.amazonaws.com`.
    Service(Vec<String>),
    /// Accounts, roles, users.
    Aws(Vec<Expr>),
    /// Everyone; only together with a denial or a condition.
    Everyone,
}

impl Serialize for Principal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Service(names) => map.serialize_entry("Service", names)?,
            Self::Aws(arns) => map.serialize_entry("AWS", arns)?,
            Self::Everyone => map.serialize_entry("AWS", "*")?,
        }
        map.end()
    }
}

/// A condition of a statement: all must hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// Operator, such as `StringEquals`.
    pub operator: &'static str,
    /// Condition key, such as `iam:PassedToService`.
    pub key: &'static str,
    /// Any of these.
    pub values: Vec<Expr>,
}

impl Condition {
    /// A condition with values known now.
    pub fn new(operator: &'static str, key: &'static str, values: impl IntoIterator<Item = Expr>) -> Self {
        Self { operator, key, values: values.into_iter().collect() }
    }
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// Its name: letters and digits.
    pub sid: Cow<'static, str>,
    /// Allow or deny.
    pub effect: Effect,
    /// Absent in policies of identities.
    pub principal: Option<Principal>,
    /// Actions, sorted.
    pub actions: Vec<Cow<'static, str>>,
    /// Resources, sorted; empty only in trust policies.
    pub resources: Vec<Expr>,
    /// Whether the resources are those that are left out: `NotResource`.
    pub all_but: bool,
    /// Conditions.
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// Allows actions on resources.
    pub fn allow<Action: Into<Cow<'static, str>>>(
        sid: impl Into<Cow<'static, str>>,
        actions: impl IntoIterator<Item = Action>,
        resources: impl IntoIterator<Item = Expr>,
    ) -> Self {
        let mut actions: Vec<_> = actions.into_iter().map(Into::into).collect();
        actions.sort();
        actions.dedup();
        Self {
            sid: sid.into(),
            effect: Effect::Allow,
            principal: None,
            actions,
            resources: resources.into_iter().collect(),
            all_but: false,
            conditions: Vec::new(),
        }
    }

    /// Denies actions on resources.
    pub fn deny<Action: Into<Cow<'static, str>>>(
        sid: impl Into<Cow<'static, str>>,
        actions: impl IntoIterator<Item = Action>,
        resources: impl IntoIterator<Item = Expr>,
    ) -> Self {
        Self { effect: Effect::Deny, ..Self::allow(sid, actions, resources) }
    }

    /// At most how many characters it takes of a policy, white space not counted.
    #[must_use]
    pub fn characters(&self) -> usize {
        /// `{"Sid":"","Effect":"Allow","Action":[],"NotResource":[]},` and a `"Condition":{}`.
        const FRAME: usize = 80;
        let quoted = |length: usize| length + 3;
        let actions: usize = self.actions.iter().map(|action| quoted(action.len())).sum();
        let resources: usize = self.resources.iter().map(|resource| quoted(resource.characters())).sum();
        let condition = |condition: &Condition| {
            let values: usize = condition.values.iter().map(|value| quoted(value.characters())).sum();
            quoted(condition.operator.len()) + quoted(condition.key.len()) + values + 4
        };
        FRAME + self.sid.len() + actions + resources + self.conditions.iter().map(condition).sum::<usize>()
    }

    /// On everything but the resources.
    #[must_use]
    pub fn on_all_but(mut self) -> Self {
        self.all_but = true;
        self
    }

    /// For a principal.
    #[must_use]
    pub fn to(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Under a condition.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Sid", &self.sid)?;
        map.serialize_entry("Effect", &self.effect)?;
        if let Some(principal) = &self.principal {
            map.serialize_entry("Principal", principal)?;
        }
        map.serialize_entry("Action", &self.actions)?;
        if !self.resources.is_empty() {
            map.serialize_entry(if self.all_but { "NotResource" } else { "Resource" }, &self.resources)?;
        }
        if !self.conditions.is_empty() {
            map.serialize_entry("Condition", &Conditions(&self.conditions))?;
        }
        map.end()
    }
}

/// Conditions grouped by operator, as IAM writes them.
struct Conditions<'statement>(&'statement [Condition]);

impl Serialize for Conditions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut grouped: std::collections::BTreeMap<&str, std::collections::BTreeMap<&str, &Vec<Expr>>> =
            std::collections::BTreeMap::new();
        for condition in self.0 {
            grouped.entry(condition.operator).or_default().insert(condition.key, &condition.values);
        }
        grouped.serialize(serializer)
    }
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDocument {
    /// Its statements.
    pub statements: Vec<Statement>,
}

impl PolicyDocument {
    /// A policy of these statements.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { statements: statements.into_iter().collect() }
    }

    /// Lets an AWS service assume a role.
    #[must_use]
    pub fn trust_service(service: &str) -> Self {
        let principal = Principal::Service(vec![service.into()]);
        Self::new([Statement::allow("AssumeRole", ["sts:AssumeRole"], []).to(principal)])
    }

    /// Lets an AWS service assume a role, on behalf of this account alone.
    #[must_use]
    pub fn trust_own_service(service: &str) -> Self {
        let own = Condition::new("StringEquals", "aws:SourceAccount", [Expr::Pseudo(Pseudo::Account)]);
        let principal = Principal::Service(vec![service.into()]);
        Self::new([Statement::allow("AssumeRole", ["sts:AssumeRole"], []).to(principal).when(own)])
    }

    /// Lets principals assume a role.
    #[must_use]
    pub fn trust(principals: Vec<Expr>) -> Self {
        Self::new([Statement::allow("AssumeRole", ["sts:AssumeRole"], []).to(Principal::Aws(principals))])
    }
}

impl Serialize for PolicyDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("Version", "2012-10-17")?;
        map.serialize_entry("Statement", &self.statements)?;
        map.end()
    }
}

/// `AWS::IAM::Role`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    pub role_name: String,
    pub path: String,
    pub description: String,
    pub assume_role_policy_document: PolicyDocument,
    pub managed_policy_arns: Option<Vec<Expr>>,
    pub permissions_boundary: Option<Expr>,
    pub max_session_duration: Option<u32>,
}

attributes!(Role {
    /// Its ARN.
    arn = "Arn",
    /// Its name.
    name = "RoleName",
});

/// `AWS::IAM::RolePolicy`: inline, so that it lives and dies with its role.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RolePolicy {
    pub policy_name: String,
    pub role_name: Expr,
    pub policy_document: PolicyDocument,
}

/// `AWS::IAM::ManagedPolicy`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedPolicy {
    pub managed_policy_name: String,
    pub path: String,
    pub description: String,
    pub policy_document: PolicyDocument,
}

attributes!(ManagedPolicy {
    /// Its ARN.
    arn = "PolicyArn",
});

/// `AWS::IAM::InstanceProfile`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfile {
    pub instance_profile_name: String,
    pub path: String,
    pub roles: Vec<Expr>,
}

attributes!(InstanceProfile {
    /// Its ARN.
    arn = "Arn",
});

/// `AWS::KMS::Key`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Key {
    pub description: String,
    pub enable_key_rotation: bool,
    pub key_policy: PolicyDocument,
    pub pending_window_in_days: u32,
}

attributes!(Key {
    /// Its ARN.
    arn = "Arn",
    /// Its id.
    key_id = "KeyId",
});

/// `AWS::KMS::Alias`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alias {
    pub alias_name: String,
    pub target_key_id: Expr,
}
