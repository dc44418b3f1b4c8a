//! Tags: those of the spec, and four of Skiff's own.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use crate::{
    facts::schemas,
    ir::{Body, Context, Id, Ir, Owner, Resource, TYPE_NAMES, Tags},
};

/// Tags every resource that takes tags; a VM and its volumes get those of its launch template.
#[must_use]
pub fn run(mut ir: Ir) -> Ir {
    let context = &ir.context;
    let common: BTreeMap<String, String> = context
        .tags
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .chain([
            ("skiff:app".to_owned(), context.app.clone()),
            ("skiff:environment".to_owned(), context.environment.clone()),
        ])
        .collect();
    let common = Arc::new(common);
    let mut naming = Naming::new(context);
    for resource in &mut ir.resources {
        if !takes_tags(&resource.body) {
            continue;
        }
        let name = ("Name", naming.name(resource));
        let own = match &resource.owner {
            Owner::Service(service) => vec![name, ("skiff:service", service.clone())],
            Owner::Environment => vec![name],
        };
        resource.tags = Tags { common: Arc::clone(&common), own };
    }
    ir
}

/// Makes names in one text, of which the beginning stays.
struct Naming {
    text: String,
    beginning: usize,
}

impl Naming {
    fn new(context: &Context) -> Self {
        let text = format!("{}-{}/", context.app, context.environment);
        Self { beginning: text.len(), text }
    }

    /// VMs are called like their slot, which is what somebody looks for; everything else like its logical id.
    fn name(&mut self, resource: &Resource) -> Id {
        if let Body::LaunchTemplate(template) = &resource.body {
            return template.launch_template_name.as_str().into();
        }
        self.text.truncate(self.beginning);
        self.text.push_str(&resource.id);
        self.text.as_str().into()
    }
}

fn takes_tags(body: &Body) -> bool {
    /// Of each emitted type, in the order of their names.
    static TAGGED: LazyLock<Vec<bool>> =
        LazyLock::new(|| TYPE_NAMES.iter().map(|name| schemas::tag_style(name).is_some()).collect());
    matches!(body, Body::LaunchTemplate(_)) || TAGGED[body.type_index()]
}
