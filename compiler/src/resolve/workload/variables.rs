//! Environment variables: each set once, none of the runner's, none with a secret in plain sight.

use super::Written;
use crate::{
    resolve::{Reporter, codes, looks_secret, one_of},
    source::Span,
    spec::{
        shorthand::{SecretReference, SecretSource},
        values::VariableName,
    },
};

pub(super) fn check(written: &Written<'_>, report: &mut Reporter<'_>) {
    for (name, value) in written.env {
        check_reserved(name, value.span(), report);
        if looks_secret(value) {
            let message = format!("the value of `{name}` looks like a secret");
            let hint = "put a name under `secrets:` and the value into the secret; replace it if it was real";
            report.report(&codes::LOOKS_SECRET, value.span(), message, hint);
        }
    }
    for (variable, SecretSource(source)) in written.secrets {
        check_reserved(variable, source.at.whole, report);
        check_twice(written, variable, source.at.whole, report);
        check_source(source, report);
    }
    check_facts(written, report);
}

fn check_reserved(name: &VariableName, span: Span, report: &mut Reporter<'_>) {
    if ["SKIFF_", "AWS_CONTAINER_"].iter().any(|prefix| name.as_str().starts_with(prefix)) {
        let message = format!("`{name}` is set by the runner");
        report.report(&codes::RESERVED_VARIABLE, span, message, "use another name");
    }
}

/// A variable of `secrets` or `facts` that has a plain value as well.
fn check_twice(written: &Written<'_>, variable: &VariableName, span: Span, report: &mut Reporter<'_>) {
    if let Some(other) = written.env.get(variable) {
        let message = format!("`{variable}` is also under `env`");
        let related = (other.span(), "the plain value");
        report.report_related(&codes::VARIABLE_TWICE, (span, message), "remove one of them", related);
    }
}

fn check_facts(written: &Written<'_>, report: &mut Reporter<'_>) {
    let span = written.at.field("facts");
    for variable in written.facts.keys() {
        check_reserved(variable, span, report);
        check_twice(written, variable, span, report);
        if let Some(SecretSource(source)) = written.secrets.get(variable) {
            let message = format!("`{variable}` is also under `secrets`");
            let related = (source.at.whole, "the secret");
            report.report_related(&codes::VARIABLE_TWICE, (span, message), "remove one of them", related);
        }
    }
}

fn check_source(source: &SecretReference, report: &mut Reporter<'_>) {
    if source.name.is_some() == source.arn.is_some() {
        let message = "a secret has exactly one of `name` and `arn`";
        report.report(&codes::EXACTLY_ONE, source.at.whole, message, one_of(source.name.is_some()));
    }
    if let Some(arn) = source.arn.as_ref().filter(|arn| !matches!(arn.service(), "secretsmanager" | "ssm")) {
        let message = format!("this is an ARN of `{}`", arn.service());
        report.report(&codes::WRONG_ARN, arn.span(), message, "a secret is in `secretsmanager` or `ssm`");
    }
}
