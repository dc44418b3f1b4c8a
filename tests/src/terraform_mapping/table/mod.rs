//! The table: every type that both emitters know, by family, as the emitter's own modules are cut.

mod compute;
mod identity;
mod load_balancing;
mod network;
mod observability;
mod storage;

use super::row::TypeMapping;

/// The families, and the types of each.
pub const FAMILIES: &[(&str, &[TypeMapping])] = &[
    ("Compute", compute::TYPES),
    ("Identity", identity::TYPES),
    ("Load balancing", load_balancing::TYPES),
    ("Network", network::TYPES),
    ("Observability", observability::TYPES),
    ("Storage", storage::TYPES),
];

/// The mapping of a CloudFormation type.
#[must_use]
pub fn mapping(plan_type: &str) -> Option<&'static TypeMapping> {
    all().find(|mapping| mapping.plan == plan_type)
}

/// All types.
pub fn all() -> impl Iterator<Item = &'static TypeMapping> {
    FAMILIES.iter().flat_map(|(_, types)| types.iter())
}
