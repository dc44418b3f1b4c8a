//! `envFrom`: all keys of a ConfigMap or Secret as variables.

use std::collections::BTreeMap;

use skiff_compiler::spec::values::VariableName;

use super::{Held, Variables};
use crate::kube::{
    codes::workload as codes,
    map::{
        config::{Source, get},
        pod::scope::Scope,
    },
    object::Field,
};

/// Where the value of a key stands.
#[derive(Clone, Copy)]
enum Origin<'c> {
    Text(Field<'c>),
    /// The Secret's name, the key, and the field of its value, which is never read.
    Secret(&'c str, &'c str, Field<'c>),
}

/// Adds the variables of `envFrom`; of two with one name the later one wins.
pub(super) fn collect<'c>(scope: &Scope<'_, 'c>, variables: &mut Variables<'c>) {
    let mut origins = BTreeMap::new();
    for source in scope.container.list("envFrom") {
        let prefix = source.text_of("prefix").unwrap_or_default();
        let from = [("ConfigMap", "configMapRef"), ("Secret", "secretRef")];
        for (kind, key) in from {
            if let Some(reference) = source.get(key) {
                add(kind, reference, prefix, scope, &mut origins);
            }
        }
    }
    for (name, origin) in origins {
        match origin {
            Origin::Text(field) => variables.insert_text(name, field.written().unwrap_or_default(), field, false),
            Origin::Secret(secret, key, field) => {
                field.touch();
                let held = Held::Secret(scope.secret(secret, key));
                variables.insert_held(name, held, field, false);
            }
        }
    }
}

fn add<'c>(
    kind: &str,
    reference: Field<'c>,
    prefix: &str,
    scope: &Scope<'_, 'c>,
    origins: &mut BTreeMap<VariableName, Origin<'c>>,
) {
    let name = reference.text_of("name").unwrap_or_default();
    let Some(source) = Source::find(scope.context, kind, scope.namespace(), name, scope.service.as_str()) else {
        return missing(kind, name, reference);
    };
    for (key, field) in source.texts() {
        let Some(variable) = super::variable_name(&format!("{prefix}{key}"), field) else { continue };
        if is_overridden(variable.as_str(), scope.container) {
            continue;
        }
        let origin = if kind == "Secret" { Origin::Secret(name, key, field) } else { Origin::Text(field) };
        origins.insert(variable, origin);
    }
}

/// Whether an entry of `env` surely takes the place of the variable, and none takes its value in.
fn is_overridden(name: &str, container: Field<'_>) -> bool {
    let written = || container.list("env").filter_map(|item| Some((item.get("name")?.written()?, item)));
    let reference = format!("$({name})");
    let takes_in = |item: Field<'_>| item.text_of("value").is_some_and(|value| value.contains(&reference));
    written().any(|(other, item)| other == name && item.get("valueFrom").is_none())
        && !written().any(|(_, item)| takes_in(item))
        && !["command", "args"]
            .iter()
            .any(|key| container.list(key).filter_map(Field::written).any(|text| text.contains(&reference)))
}

/// Says that a ConfigMap or Secret is not among the manifests.
fn missing(kind: &str, name: &str, reference: Field<'_>) {
    let action = format!("import it too: `{}`", get(kind, name, reference));
    if reference.boolean_of("optional") == Some(true) {
        let reason = format!("{kind} `{name}` is optional and not in the import: its variables are left out");
        reference.say(&codes::ASSUMED_CONFIG, reason, action);
    } else {
        let reason = format!("{kind} `{name}` is not in the import, so nobody knows which variables it has");
        reference.say(&codes::MISSING_CONFIG, reason, action);
    }
}
