//! `valueFrom`: one key of a ConfigMap or Secret, a field of the pod, an amount of resources.

use skiff_compiler::spec::{values::VariableName, workload::Fact};

use super::{Held, Variables};
use crate::kube::{
    codes::{pod as codes, workload},
    map::{
        config::{Source, get},
        pod::scope::Scope,
        quantity::Quantity,
    },
    object::Field,
};

/// What the import, or the member, knows of a field of the pod.
pub(in super::super) enum Known {
    /// Its text.
    Text(String),
    /// What takes its place on a member, and whether that is the same.
    Fact(Fact, bool),
    /// Nothing.
    Nothing,
}

/// Adds a variable whose value comes from elsewhere.
pub(super) fn add<'c>(
    variables: &mut Variables<'c>,
    name: VariableName,
    item: Field<'c>,
    from: Field<'c>,
    scope: &Scope<'_, 'c>,
) {
    if let Some(reference) = from.get("configMapKeyRef") {
        config_map(variables, name, item, reference, scope);
    } else if let Some(reference) = from.get("secretKeyRef") {
        secret(variables, name, item, reference, scope);
    } else if let Some(reference) = from.get("fieldRef") {
        field(variables, name, item, reference, scope);
    } else if let Some(reference) = from.get("resourceFieldRef")
        && let Some(value) = amount(reference, scope)
    {
        variables.insert_text(name, &value, item, true);
    }
}

fn config_map<'c>(
    variables: &mut Variables<'c>,
    name: VariableName,
    item: Field<'c>,
    reference: Field<'c>,
    scope: &Scope<'_, 'c>,
) {
    let (map, key) = (reference.text_of("name").unwrap_or_default(), reference.text_of("key").unwrap_or_default());
    let optional = reference.boolean_of("optional") == Some(true);
    let source = Source::find(scope.context, "ConfigMap", scope.namespace(), map, scope.service.as_str());
    match (source, source.and_then(|source| source.text(key))) {
        (_, Some(field)) => variables.insert_text(name, field.written().unwrap_or_default(), item, true),
        (Some(_), None) if optional => item.ignore("the ConfigMap does not have the key, and need not"),
        (Some(_), None) => {
            let reason = format!("ConfigMap `{map}` has no key `{key}`");
            item.say(&workload::MISSING_KEY, reason, "correct the key, or add it");
        }
        (None, None) if optional => {
            let reason = format!("ConfigMap `{map}` is optional and not in the import: `{name}` is left out");
            item.say(&workload::ASSUMED_CONFIG, reason, format!("import it too: `{}`", get("ConfigMap", map, item)));
        }
        (None, None) => {
            let reason =
                format!("ConfigMap `{map}` is not in the import: a secret takes its place, with the key `{key}`");
            item.say(
                &workload::ASSUMED_CONFIG,
                reason,
                format!("import it too: `{}`, or set `{name}` under `env`", get("ConfigMap", map, item)),
            );
            variables.insert_held(name, Held::Secret(scope.key_of("ConfigMap", map, key)), item, true);
        }
    }
}

fn secret<'c>(
    variables: &mut Variables<'c>,
    name: VariableName,
    item: Field<'c>,
    reference: Field<'c>,
    scope: &Scope<'_, 'c>,
) {
    let (secret, key) = (reference.text_of("name").unwrap_or_default(), reference.text_of("key").unwrap_or_default());
    let optional = reference.boolean_of("optional") == Some(true);
    let source = Source::find(scope.context, "Secret", scope.namespace(), secret, scope.service.as_str());
    match (source, source.and_then(|source| source.text(key))) {
        (_, Some(field)) => field.touch(),
        (Some(_), None) if optional => return item.ignore("the Secret does not have the key, and need not"),
        (Some(_), None) => {
            let reason = format!("Secret `{secret}` has no key `{key}`");
            item.say(&workload::MISSING_KEY, reason, "correct the key, or add it to the secret when you fill it in");
        }
        (None, None) if optional => {
            let reason = format!("Secret `{secret}` is optional and not in the import, and Skiff asks for it anyway");
            item.say(&workload::ASSUMED_CONFIG, reason, format!("take `{name}` away if the cluster does not have it"));
        }
        (None, None) => {}
    }
    variables.insert_held(name, Held::Secret(scope.secret(secret, key)), item, true);
}

fn field<'c>(
    variables: &mut Variables<'c>,
    name: VariableName,
    item: Field<'c>,
    reference: Field<'c>,
    scope: &Scope<'_, 'c>,
) {
    let Some(path) = reference.get("fieldPath") else { return };
    let written = path.text().unwrap_or_default();
    match known(written, scope) {
        Known::Text(text) => variables.insert_text(name, &text, item, true),
        Known::Fact(fact, same) => {
            if !same {
                let reason = format!("`{name}` holds `{}` of the member, and not `{written}`", fact.word());
                path.say(&codes::MEMBER_FACT, reason, "check that the application only needs something unique");
            }
            variables.insert_held(name, Held::Fact(fact), item, true);
        }
        Known::Nothing => {
            let reason = format!("a member has nothing like `{written}`");
            path.say(&codes::FIELD_REFERENCE, reason, format!("set `{name}` under `env` yourself"));
            item.share(&codes::FIELD_REFERENCE, "the variable is left out");
        }
    }
}

/// What is known of a field of the pod.
pub(in super::super) fn known(path: &str, scope: &Scope<'_, '_>) -> Known {
    match path {
        "metadata.namespace" => Known::Text(scope.namespace().to_owned()),
        "spec.serviceAccountName" => Known::Text(scope.account().to_owned()),
        "metadata.name" => Known::Fact(Fact::Name, false),
        "metadata.uid" | "spec.nodeName" => Known::Fact(Fact::InstanceId, false),
        "status.podIP" | "status.podIPs" | "status.hostIP" | "status.hostIPs" => Known::Fact(Fact::Ip, true),
        "metadata.labels['topology.kubernetes.io/zone']" => Known::Fact(Fact::Zone, true),
        "metadata.labels['topology.kubernetes.io/region']" => Known::Fact(Fact::Region, true),
        _ => entry(path, scope),
    }
}

/// `metadata.labels['x']` and `metadata.annotations['x']`: empty where there is none.
fn entry(path: &str, scope: &Scope<'_, '_>) -> Known {
    let inner = |map: &str| path.strip_prefix("metadata.")?.strip_prefix(map)?.strip_prefix("['")?.strip_suffix("']");
    let found = ["labels", "annotations"].iter().find_map(|map| Some((*map, inner(map)?)));
    let Some((map, key)) = found else { return Known::Nothing };
    let field = scope.template.and_then(|template| template.get(map)).and_then(|map| map.get(key));
    if let Some(field) = field {
        field.mapped_to("env");
    }
    Known::Text(field.and_then(Field::written).unwrap_or_default().to_owned())
}

/// The amount that a container asks for or is limited to, divided and rounded up.
pub(in super::super) fn amount(reference: Field<'_>, scope: &Scope<'_, '_>) -> Option<String> {
    let resource = reference.text_of("resource").unwrap_or_default();
    let container = reference.text_of("containerName").map_or(Some(scope.container), |name| scope.named(name));
    let divisor = reference.get("divisor").and_then(Field::written).filter(|divisor| *divisor != "0").unwrap_or("1");
    let amount = container.and_then(|container| effective(resource, container, scope)).zip(Quantity::parse(divisor));
    let Some(number) = amount.and_then(|(amount, divisor)| amount.per(divisor)) else {
        let reason = format!("the import cannot know what `{resource}` is on a member");
        reference.say(&codes::FIELD_REFERENCE, reason, "set it yourself, from the `size` of the service");
        return None;
    };
    let text = number.to_string();
    reference.say(
        &codes::RESOURCE_REFERENCE,
        format!("`{resource}` is written as `{text}`"),
        "change it together with `size` and `limits`",
    );
    Some(text)
}

/// What `requests.cpu` and the like mean, in billionths: a request that is not there is the limit, or else nothing; a limit
/// that is not there is what the machine has.
fn effective(resource: &str, container: Field<'_>, scope: &Scope<'_, '_>) -> Option<Quantity> {
    let (kind, name) = resource.split_once('.')?;
    let written = |kind: &str| container.get("resources")?.get(kind)?.get(name)?.written();
    match kind {
        "requests" => Quantity::parse(written("requests").or_else(|| written("limits")).unwrap_or("0")),
        "limits" => match (written("limits"), scope.vm, name) {
            (Some(limit), ..) => Quantity::parse(limit),
            (None, Some(vm), "cpu") => Quantity::parse(&vm.vcpus.to_string()),
            (None, Some(vm), "memory") => Quantity::parse(&format!("{}Mi", vm.memory_mib)),
            _ => None,
        },
        _ => None,
    }
}
