//! The variables of a container: from `envFrom`, then from `env`, in the order in which the kubelet makes them.

mod expand;
mod references;
mod sources;

use std::{cell::Cell, collections::BTreeMap};

use expand::Piece;
pub(super) use references::{Known, amount, known};
use skiff_compiler::{
    resolve::looks_secret,
    spec::{
        decode::Spanned,
        shorthand::{SecretReference, SecretSource},
        values::{Scalar, VariableName},
        workload::Fact,
    },
};

use super::scope::Scope;
use crate::{
    import::spanned,
    kube::{
        codes::{pod as codes, workload},
        map::config,
        object::Field,
    },
};

/// What a webhook of EKS gives a pod for its role: the role first.
const GIVEN: [&str; 2] = ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"];

/// The variables of a container, as `skiff.yaml` has them.
#[derive(Debug, Default)]
pub(super) struct Environment {
    pub(super) env: BTreeMap<VariableName, Spanned<String>>,
    pub(super) secrets: BTreeMap<VariableName, SecretSource>,
    pub(super) facts: BTreeMap<VariableName, Fact>,
}

/// The variables of a container while they are collected.
#[derive(Debug, Default)]
pub(super) struct Variables<'c> {
    entries: BTreeMap<VariableName, Variable<'c>>,
}

#[derive(Debug)]
struct Variable<'c> {
    held: Held,
    /// What `$(NAME)` becomes.
    pieces: Vec<Piece>,
    /// Where the value stands.
    field: Field<'c>,
    /// Whether that is in `env`, where a later one of the same name wins.
    own: bool,
    /// Whether another variable has taken it in: then it counts, even when a later one wins.
    used: Cell<bool>,
}

/// What a variable holds.
#[derive(Debug)]
enum Held {
    Text,
    /// A plain text that has the form of a secret, and becomes one.
    Plain,
    Secret(SecretReference),
    Fact(Fact),
}

impl<'c> Variables<'c> {
    /// The variables of the container of this scope.
    pub(super) fn of(scope: &Scope<'_, 'c>) -> Self {
        let mut variables = Self::default();
        sources::collect(scope, &mut variables);
        for item in scope.container.list("env") {
            variables.add_item(item, scope);
        }
        variables
    }

    fn add_item(&mut self, item: Field<'c>, scope: &Scope<'_, 'c>) {
        let name = item.get("name").and_then(Field::written).unwrap_or_default();
        if is_said_elsewhere(name, scope) {
            return item.share(&workload::IDENTITY, "a member has its role by itself, and no token of the cluster");
        }
        let Some(name) = variable_name(name, item) else { return };
        let written = item.get("value").and_then(Field::written).filter(|value| !value.is_empty());
        match (written, item.get("valueFrom")) {
            (Some(value), _) => {
                let pieces = self.expand(value);
                self.insert_pieces(name, pieces, item);
            }
            (None, Some(from)) => references::add(self, name, item, from, scope),
            (None, None) => self.insert_pieces(name, Vec::new(), item),
        }
    }

    fn expand(&self, text: &str) -> Vec<Piece> {
        expand::expand(text, |name| {
            let variable = self.entries.get(name)?;
            variable.used.set(true);
            Some(variable.pieces.as_slice())
        })
    }

    fn insert_pieces(&mut self, name: VariableName, pieces: Vec<Piece>, field: Field<'c>) {
        self.insert_plain(name, pieces, field, true);
    }

    /// A variable with a text that holds no `$(NAME)` to expand.
    fn insert_text(&mut self, name: VariableName, text: &str, field: Field<'c>, own: bool) {
        let pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Text(text.to_owned())] };
        self.insert_plain(name, pieces, field, own);
    }

    /// A variable with a text; of one that looks like a secret the others only have the name.
    fn insert_plain(&mut self, name: VariableName, pieces: Vec<Piece>, field: Field<'c>, own: bool) {
        if looks_secret(&self.written(&pieces)) {
            return self.insert_held(name, Held::Plain, field, own);
        }
        self.insert(name, Variable { held: Held::Text, pieces, field, own, used: Cell::new(false) });
    }

    /// A variable whose value only the member knows.
    fn insert_held(&mut self, name: VariableName, held: Held, field: Field<'c>, own: bool) {
        let pieces = vec![Piece::Variable(name.to_string())];
        self.insert(name, Variable { held, pieces, field, own, used: Cell::new(false) });
    }

    fn insert(&mut self, name: VariableName, variable: Variable<'c>) {
        if let Some(before) = self.entries.insert(name, variable).filter(|before| before.own && !before.used.get()) {
            before.field.ignore("a later entry of the same name wins");
        }
    }

    /// The texts of a list, `$(NAME)` filled in.
    pub(super) fn expanded(&self, container: Field<'_>, key: &str) -> Vec<String> {
        container.list(key).filter_map(Field::written).map(|text| self.written(&self.expand(text))).collect()
    }

    /// A text with all variables filled in; `None` when the member alone knows one of them.
    pub(super) fn plain(&self, text: &str) -> Option<String> {
        let pieces = self.expand(text);
        let parts = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Variable(_) => None,
        });
        parts.collect()
    }

    fn written(&self, pieces: &[Piece]) -> String {
        expand::written(pieces, |name| self.entries.contains_key(name))
    }

    /// As `skiff.yaml` has them; a plain value that looks like a secret becomes one.
    pub(super) fn finish(&self, scope: &Scope<'_, 'c>) -> Environment {
        let mut environment = Environment::default();
        for (name, variable) in &self.entries {
            match &variable.held {
                Held::Secret(reference) => {
                    environment.secrets.insert(name.clone(), SecretSource(reference.clone()));
                }
                Held::Fact(fact) => {
                    environment.facts.insert(name.clone(), *fact);
                }
                Held::Plain => {
                    let reference = plain_secret(name, variable.field, scope);
                    environment.secrets.insert(name.clone(), SecretSource(reference));
                }
                Held::Text => {
                    environment.env.insert(name.clone(), spanned(self.written(&variable.pieces)));
                }
            }
        }
        environment
    }
}

/// A plain value that has the form of a secret: it is neither written nor repeated.
fn plain_secret(name: &VariableName, field: Field<'_>, scope: &Scope<'_, '_>) -> SecretReference {
    let reason = format!("the plain value of `{name}` looks like a secret, so it is one in `skiff.yaml`");
    let action = "fill it in with `skiff secret set`, and replace the value if it was real";
    let value = field.get("value").unwrap_or(field);
    value.say(&codes::PLAIN_SECRET, reason, action);
    scope.context.secrets.borrow_mut().of_plain(&scope.source(), name.as_str(), scope.service)
}

/// Whether another finding says already that the pod's role of AWS is none of a member: at the service account, or at the
/// variable that names the role.
fn is_said_elsewhere(name: &str, scope: &Scope<'_, '_>) -> bool {
    let names_role = || scope.container.list("env").any(|item| item.text_of("name") == Some(GIVEN[0]));
    GIVEN.contains(&name) && (config::has_role(scope.pod, scope.context) || name != GIVEN[0] && names_role())
}

/// The name of a variable; one that Skiff cannot have is reported.
fn variable_name(name: &str, item: Field<'_>) -> Option<VariableName> {
    let action = "rename it in the application, or put the value into a file";
    if ["SKIFF_", "AWS_CONTAINER_"].iter().any(|prefix| name.starts_with(prefix)) {
        item.say(&codes::VARIABLE_NAME, format!("`{name}` is set by Skiff's runner"), action);
        return None;
    }
    let parsed = VariableName::parse(name);
    if parsed.is_none() {
        item.say(
            &codes::VARIABLE_NAME,
            format!("`{name}` has other signs than letters, digits and underscores"),
            action,
        );
    }
    let given = GIVEN.contains(&name);
    if given {
        let reason = "a member has its role by itself, and no token of the cluster";
        item.say(&workload::IDENTITY, reason, "copy the role's policies to `permissions:`");
    }
    parsed.filter(|_| !given)
}
