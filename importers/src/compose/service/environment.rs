//! Environment variables.

use std::collections::BTreeSet;

use skiff_compiler::{
    resolve::looks_secret,
    spec::{
        shorthand::SecretSource,
        values::{Scalar, VariableName},
    },
};

use super::Draft;
use crate::{
    compose::{codes, project::Project, variables},
    import::spanned,
    kube::object::Field,
};

/// The secret that holds what came from the shell, and its name where the file has a secret that is called so.
const SHELL: [&str; 2] = ["environment", "shell-environment"];

/// The beginnings of names that belong to the runner.
const RESERVED: &[&str] = &["SKIFF_", "AWS_CONTAINER_"];

/// A variable of the file: its name, its value, and where it stands.
type Variable<'o> = (&'o str, Option<&'o str>, Field<'o>);

pub(super) fn apply<'o>(draft: &mut Draft<'o>, root: Field<'o>, project: &Project<'_>) {
    let Some(field) = root.get("environment") else { return };
    let listed = field.items().filter_map(|item| {
        let text = item.written()?;
        let (key, value) = text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)));
        Some((key, value, item))
    });
    let mapped = field.entries().map(|(key, value)| (key, value.written().filter(|_| !value.is_null()), value));
    let variables: Vec<Variable<'o>> = mapped.chain(listed).collect();
    for (key, value, field) in &variables {
        let Some(name) = name(key.trim(), *field) else { continue };
        // A variable without a value takes it from the shell, as one does that is nothing but `${NAME}`.
        let from_shell = match value {
            None => Some(name.as_str().to_owned()),
            Some(value) => variables::alone(value).map(str::to_owned),
        };
        match from_shell {
            Some(shell) => {
                secret(draft, name, &shell, project);
                let reason = format!("`{shell}` came from the shell that starts Compose");
                field.say(&codes::VARIABLE_SECRET, reason, ACTION);
            }
            None => plain(draft, name, value.unwrap_or_default(), (*field, &variables), project),
        }
    }
}

/// What to do about a value of the shell.
const ACTION: &str = "fill in the secret, or write a plain value under `env`";

/// A name that `env` takes; says why it is none.
fn name(key: &str, field: Field<'_>) -> Option<VariableName> {
    let parsed = VariableName::parse(key);
    if key.is_empty() {
        field.say(&codes::BAD_VALUE, "a variable without a name", "write `NAME=value`");
    } else if parsed.is_none() {
        let reason = "a variable of Skiff is named by letters, digits and underscores";
        field.say(
            &codes::UNSUPPORTED,
            reason,
            "set it in the service's own configuration, or as an option of `command`",
        );
    } else if RESERVED.iter().any(|beginning| key.starts_with(beginning)) {
        field.say(&codes::UNSUPPORTED, "the runner sets variables of this name itself", "use another name");
        return None;
    }
    parsed
}

/// The runner puts what came from the shell into a text: `$(NAME)`.
fn plain<'o>(
    draft: &mut Draft<'o>,
    name: VariableName,
    value: &str,
    (field, all): (Field<'o>, &[Variable<'o>]),
    project: &Project<'_>,
) {
    let filled = variables::fill(value);
    let missing: BTreeSet<&str> = filled.missing().collect();
    for shell in &missing {
        if let Some(variable) = VariableName::parse(&beside(shell, all)) {
            secret(draft, variable, shell, project);
        }
    }
    if !missing.is_empty() {
        let names: Vec<_> = missing.into_iter().collect();
        let reason = format!("`{}` came from the shell that starts Compose", names.join("`, `"));
        field.say(&codes::VARIABLE_SECRET, reason, ACTION);
    }
    draft.texts.push((filled.text(), field));
    if looks_secret(&filled.text()) {
        return hide(draft, name, field, project);
    }
    variables::say_defaults(field, &filled);
    draft.service.secrets.remove(&name);
    draft.service.env.insert(name, spanned(filled.for_runner(|shell| beside(shell, all))));
}

/// The variable that holds one of the shell: of the same name, unless the service has another value under it.
fn beside(shell: &str, all: &[Variable<'_>]) -> String {
    let differs = |(key, value, _): &Variable<'_>| {
        key.trim() == shell && value.is_some_and(|value| variables::alone(value) != Some(shell))
    };
    let taken = RESERVED.iter().any(|beginning| shell.starts_with(beginning)) || all.iter().any(differs);
    if taken { format!("SHELL_{shell}") } else { shell.to_owned() }
}

fn secret(draft: &mut Draft<'_>, name: VariableName, shell: &str, project: &Project<'_>) {
    let secret = if project.find("secret", SHELL[0]).is_some() { SHELL[1] } else { SHELL[0] };
    let reference = project.secrets.borrow_mut().reference(
        "shell variables of",
        (project.app.as_str(), secret),
        shell,
        &draft.name,
    );
    draft.service.env.remove(&name);
    draft.service.secrets.insert(name, SecretSource(reference));
}

/// A plain value that has the form of a secret: it is neither written nor repeated.
fn hide(draft: &mut Draft<'_>, name: VariableName, field: Field<'_>, project: &Project<'_>) {
    let reason = format!("the plain value of `{name}` looks like a secret, so it is one in `skiff.yaml`");
    field.say(&codes::VALUE_LOOKS_SECRET, reason, "fill in the secret, and replace the value if it was real");
    let source = format!("service {}", draft.object.name());
    let reference = project.secrets.borrow_mut().of_plain(&source, name.as_str(), &draft.name);
    draft.service.env.remove(&name);
    draft.service.secrets.insert(name, SecretSource(reference));
}
