//! Tags: those of the spec, and four of Skiff's own.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    facts::schemas,
    ir::{Body, Context, Ir, Owner, Resource, Tags},
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
    for resource in &mut ir.resources {
        if !takes_tags(&resource.body) {
            continue;
        }
        let mut own = vec![("Name", name(resource, context).into())];
        if let Owner::Service(name) = &resource.owner {
            own.push(("skiff:service", name.clone()));
        }
        resource.tags = Tags { common: Arc::clone(&common), own };
    }
    ir
}

/// VMs are called like their slot, which is what somebody looks for; everything else like its logical id.
fn name(resource: &Resource, context: &Context) -> String {
    match &resource.body {
        Body::LaunchTemplate(template) => template.launch_template_name.clone(),
        _ => format!("{}-{}/{}", context.app, context.environment, resource.id),
    }
}

fn takes_tags(body: &Body) -> bool {
    matches!(body, Body::LaunchTemplate(_)) || tagged_types().contains(body.type_name())
}

/// The emitted types that take tags; looked up once.
fn tagged_types() -> &'static std::collections::BTreeSet<&'static str> {
    static TAGGED: std::sync::LazyLock<std::collections::BTreeSet<&'static str>> = std::sync::LazyLock::new(|| {
        crate::ir::TYPE_NAMES.iter().copied().filter(|name| schemas::tag_style(name).is_some()).collect()
    });
    &TAGGED
}
