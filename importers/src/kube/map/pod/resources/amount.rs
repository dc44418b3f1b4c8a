//! What a container asks for: its request, else its limit, else what a LimitRange of its namespace supplies.

use super::{defaults, say_pod_limits};
use crate::kube::{
    codes::runtime::{BAD_VALUE, RESOURCE_CHANGED},
    map::{context::Context, quantity::Quantity},
    object::Field,
};

/// What a pod needs, of each what is known.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) cpu: Option<Quantity>,
    pub(super) memory: Option<Quantity>,
    pub(super) storage: Option<Quantity>,
}

impl Needs {
    pub(super) fn of(pod: Field<'_>, containers: &[Field<'_>], context: &Context<'_>) -> Self {
        let need = |key| {
            let each = together(pod, containers, |container| request(container, key, context));
            let whole = pod.at("resources.requests").and_then(|requests| requests.get(key)).and_then(read);
            whole.or(each).filter(|amount| !amount.is_zero())
        };
        let needs = Self { cpu: need("cpu"), memory: need("memory"), storage: need("ephemeral-storage") };
        say_pod_limits(pod);
        needs
    }
}

/// What the containers need together, as the scheduler adds it up: init containers run one after the other, each beside the
/// sidecars that were started before it. `None` when none of them says anything.
pub(super) fn together(
    pod: Field<'_>,
    containers: &[Field<'_>],
    amount: impl Fn(Field<'_>) -> Option<Quantity>,
) -> Option<Quantity> {
    let mut sidecars: Option<Quantity> = None;
    let mut most: Option<Quantity> = None;
    for container in pod.list("initContainers") {
        let sum = add(sidecars, amount(container));
        if is_sidecar(container) { sidecars = sum } else { most = most.max(sum) }
    }
    let app = containers.iter().filter(|container| !is_init(**container));
    app.fold(sidecars, |sum, container| add(sum, amount(*container))).max(most)
}

fn add(one: Option<Quantity>, other: Option<Quantity>) -> Option<Quantity> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.plus(other)),
        (one, other) => one.or(other),
    }
}

fn is_sidecar(container: Field<'_>) -> bool {
    container.text_of("restartPolicy") == Some("Always")
}

fn is_init(container: Field<'_>) -> bool {
    container.path().contains("initContainers[")
}

/// What a container asks for.
pub(super) fn request(container: Field<'_>, key: &str, context: &Context<'_>) -> Option<Quantity> {
    let supplied = || defaults::supplied(container, "defaultRequest", key, context);
    let asked = written(container, "requests", key);
    let limit = limit(container, key, context);
    if let (Some((field, asked)), Some((_, limit))) = (asked, written(container, "limits", key))
        && asked > limit
    {
        field.note(&BAD_VALUE, format!("the request for `{key}` is above the limit"), "lower it, or raise the limit");
    }
    let own_limit = written(container, "limits", key).map(|(_, limit)| limit);
    asked.map(|(_, asked)| asked).or(own_limit).or_else(supplied).or(limit)
}

/// The most that a container may take.
pub(super) fn limit(container: Field<'_>, key: &str, context: &Context<'_>) -> Option<Quantity> {
    let own = written(container, "limits", key);
    if let Some((field, _)) = own.filter(|_| key == "ephemeral-storage") {
        let reason = "nothing keeps a container from filling the root volume of its VM";
        field.say(&RESOURCE_CHANGED, reason, "set `size: { disk: … }` for all that it writes");
    }
    own.map(|(_, limit)| limit).or_else(|| defaults::supplied(container, "default", key, context))
}

fn written<'o>(container: Field<'o>, list: &str, key: &str) -> Option<(Field<'o>, Quantity)> {
    let field = container.get("resources")?.get(list)?.get(key)?;
    read(field).map(|quantity| (field, quantity))
}

/// Reads an amount; what is surely no such amount is reported. The field's key says what it is an amount of.
pub(in crate::kube::map) fn read(field: Field<'_>) -> Option<Quantity> {
    let text = field.integer().map_or_else(|| field.written().unwrap_or_default().to_owned(), |it| it.to_string());
    let Some(quantity) = Quantity::parse(text.trim()) else {
        let reason = format!("`{text}` is not an amount");
        field.say(&BAD_VALUE, reason, "write it like `500m`, `2`, `256Mi` or `1Gi`");
        return None;
    };
    let bytes = matches!(field.key(), Some("memory" | "ephemeral-storage" | "storage" | "sizeLimit"));
    if bytes && !quantity.is_zero() && quantity < Quantity::MEBIBYTE {
        let meant = text.trim_end_matches(char::is_alphabetic);
        let reason = match text.strip_suffix('m') {
            Some(_) => format!("`m` is a thousandth: `{text}` is a small part of a mebibyte, because it counts bytes"),
            None => format!("`{text}` is less than a mebibyte, because it counts bytes"),
        };
        field.say(&BAD_VALUE, reason, format!("write `{meant}Mi` if that was meant"));
        return None;
    }
    Some(quantity)
}
