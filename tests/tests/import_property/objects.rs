//! Objects of every kind, made by walking the types that the importer has of the API.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{option, prelude::*, sample::select, strategy::BoxedStrategy};
use serde_json::{Map, Value as Json, json};
use skiff_importers::kube::api::{self, Type};

use super::{
    typed::{KINDS, Kind},
    values,
};

/// How deep objects nest; a container's probe is at the seventh level of a CronJob, and its HTTP header at the ninth.
const DEPTH: usize = 10;

/// How many of the optional fields of a type are there, about.
const FIELDS: f64 = 4.0;

/// Fields without which an object says too little to be imported, or the API refuses it.
const REQUIRED: &[(&str, &str)] = &[
    ("Container", "image"),
    ("Container", "name"),
    ("ContainerPort", "containerPort"),
    ("CronJobSpec", "jobTemplate"),
    ("CronJobSpec", "schedule"),
    ("EnvVar", "name"),
    ("HTTPIngressPath", "backend"),
    ("HTTPIngressPath", "pathType"),
    ("JobSpec", "template"),
    ("JobTemplateSpec", "spec"),
    ("ObjectMeta", "name"),
    ("PodSpec", "containers"),
    ("PodTemplateSpec", "metadata"),
    ("PodTemplateSpec", "spec"),
    ("ServicePort", "port"),
    ("ServiceSpec", "ports"),
    ("ServiceSpec", "selector"),
    ("Volume", "name"),
    ("VolumeMount", "mountPath"),
    ("VolumeMount", "name"),
];

/// Fields of versions that the types do not have, and what is anything.
const OLD: &str = include_str!("../../../importers/data/more-fields.txt");

/// Any object of any kind.
pub(super) fn object() -> BoxedStrategy<Json> {
    let mut makers = Makers::new();
    let kinds: Vec<_> = KINDS.iter().map(|kind| of_kind(kind, &mut makers)).collect();
    select(kinds).prop_flat_map(|kind| kind).boxed()
}

fn of_kind(kind: &'static Kind, makers: &mut Makers) -> BoxedStrategy<Json> {
    let body = makers.object(kind.name, DEPTH);
    let named = move |mut body: Json| {
        body["apiVersion"] = json!(kind.api_version);
        body["kind"] = json!(kind.name);
        body
    };
    body.prop_map(named).boxed()
}

/// The makers of all types, each made once for each depth that is left.
struct Makers {
    made: BTreeMap<(&'static str, usize), BoxedStrategy<Json>>,
    old: BTreeSet<(&'static str, &'static str)>,
}

impl Makers {
    fn new() -> Self {
        let field =
            |line: &'static str| line.split_once(' ').and_then(|(name, rest)| Some((name, rest.split(' ').next()?)));
        Self { made: BTreeMap::new(), old: OLD.lines().filter_map(field).collect() }
    }

    fn object(&mut self, name: &'static str, depth: usize) -> BoxedStrategy<Json> {
        if let Some(made) = self.made.get(&(name, depth)) {
            return made.clone();
        }
        let fields: BTreeMap<_, _> =
            api::fields(name).into_iter().flatten().map(|(field, inner)| (*field, *inner)).collect();
        let count = fields.len() as f64;
        let fields = fields.into_iter().filter(|(field, inner)| {
            !self.old.contains(&(name, *field))
                && *inner != Type::Any
                && !matches!(*field, "apiVersion" | "kind" | "status")
        });
        let fields: Vec<_> = fields.collect();
        let mut makers = Vec::new();
        for (field, inner) in fields {
            let required = is_required(name, field);
            if depth == 0 && !required {
                continue;
            }
            let value = self.value(name, field, &inner, depth);
            let value = match required {
                true => value.prop_map(Some).boxed(),
                false => option::weighted((FIELDS / count).min(0.5), value).boxed(),
            };
            makers.push(value.prop_map(move |value| value.map(|value| (field.to_owned(), value))));
        }
        let made = makers.prop_map(|fields| Json::Object(fields.into_iter().flatten().collect::<Map<_, _>>())).boxed();
        self.made.insert((name, depth), made.clone());
        made
    }

    fn value(&mut self, owner: &'static str, field: &'static str, value: &Type, depth: usize) -> BoxedStrategy<Json> {
        match value {
            Type::Text => values::text(owner, field),
            Type::Integer | Type::Number => values::integer(field),
            Type::Boolean => any::<bool>().prop_map(Json::from).boxed(),
            Type::IntegerOrText => values::integer_or_text(),
            Type::Quantity => values::quantity(),
            Type::Any => Just(json!({})).boxed(),
            Type::Object(name) => self.object(name, depth.saturating_sub(1)),
            Type::List(inner) => {
                let least = usize::from(is_required(owner, field));
                let items = prop::collection::vec(self.value(owner, field, inner, depth), least..3);
                items.prop_map(Json::from).boxed()
            }
            Type::Map(inner) => {
                let entries =
                    prop::collection::btree_map(values::key(field), self.value(owner, field, inner, depth), 0..3);
                entries.prop_map(|entries| Json::Object(entries.into_iter().collect())).boxed()
            }
        }
    }
}

/// The `spec` of every kind, and of each type what [`REQUIRED`] says.
fn is_required(owner: &str, field: &str) -> bool {
    let root = KINDS.iter().any(|kind| kind.name == owner) && matches!(field, "spec" | "metadata");
    let template = field == "template" && owner.ends_with("Spec");
    root || template || REQUIRED.contains(&(owner, field))
}
