//! Environment variables.

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

/// The Secret that holds what came from the shell.
const SHELL: &str = "environment";

pub(super) fn apply(draft: &mut Draft<'_>, root: Field<'_>, project: &Project<'_>) {
    let Some(field) = root.get("environment") else { return };
    for (key, value) in field.entries() {
        variable(draft, key, value.written().filter(|_| !value.is_null()), value, project);
    }
    for item in field.items() {
        let Some(text) = item.written() else { continue };
        let (key, value) = text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)));
        variable(draft, key, value, item, project);
    }
    if let Some(file) = root.get("env_file") {
        file.touch();
    }
}

/// A variable without a value takes it from the shell, as one does that is nothing but `${NAME}`.
fn variable(draft: &mut Draft<'_>, key: &str, value: Option<&str>, field: Field<'_>, project: &Project<'_>) {
    let Some(name) = VariableName::parse(key.trim()) else {
        field.say(&codes::BAD_VALUE, "this is no name of a variable", "use letters, digits and underscores");
        return;
    };
    let from_shell = match value {
        None => Some(name.as_str().to_owned()),
        Some(value) => variables::alone(value).map(str::to_owned),
    };
    if let Some(shell) = from_shell {
        let reference = project.secrets.borrow_mut().reference(
            "shell variables of",
            (project.app.as_str(), SHELL),
            &shell,
            &draft.name,
        );
        draft.service.secrets.insert(name, SecretSource(reference));
        let reason = format!("`{shell}` came from the shell that starts Compose");
        field.say(&codes::VARIABLE_SECRET, reason, "fill in the secret, or write a plain value under `env`");
        return;
    }
    let filled = variables::fill(value.unwrap_or_default());
    if looks_secret(&filled.text) {
        return hide(draft, name, &filled.text, field, project);
    }
    variables::say(field, &filled);
    draft.service.secrets.remove(&name);
    draft.service.env.insert(name, spanned(escaped(&filled.text)));
}

/// A plain value that has the form of a secret: it is neither written nor repeated. Behind the password of a URL stands whom
/// the service uses, and that is kept.
fn hide(draft: &mut Draft<'_>, name: VariableName, value: &str, field: Field<'_>, project: &Project<'_>) {
    let reason = format!("the plain value of `{name}` looks like a secret, so it is one in `skiff.yaml`");
    field.say(&codes::VALUE_LOOKS_SECRET, reason, "fill in the secret, and replace the value if it was real");
    draft.connects.extend(value.rsplit_once('@').map(|(_, host)| host.to_owned()));
    let source = format!("service {}", draft.object.name());
    let reference = project.secrets.borrow_mut().of_plain(&source, name.as_str(), &draft.name);
    draft.service.env.remove(&name);
    draft.service.secrets.insert(name, SecretSource(reference));
}

/// The runner fills in `$(NAME)`, which means nothing to Compose.
fn escaped(text: &str) -> String {
    text.replace("$(", "$$(")
}
