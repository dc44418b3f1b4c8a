//! The messages of Terraform's plugin protocol 5 that a provider without functions needs.
//!
//! Names and numbers are those of `tfplugin5.proto` in Terraform's repository (`docs/plugin-protocol`). Fields that are
//! not read are not declared; protobuf skips them.

use std::collections::BTreeMap;

use prost::{Message, Oneof};

/// A value of Terraform's, encoded as MessagePack, or as JSON where nothing in it is unknown.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct DynamicValue {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) msgpack: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) json: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Diagnostic {
    /// 1 is an error, 2 a warning.
    #[prost(int32, tag = "1")]
    pub(crate) severity: i32,
    #[prost(string, tag = "2")]
    pub(crate) summary: String,
    #[prost(string, tag = "3")]
    pub(crate) detail: String,
    #[prost(message, optional, tag = "4")]
    pub(crate) attribute: Option<AttributePath>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct AttributePath {
    #[prost(message, repeated, tag = "1")]
    pub(crate) steps: Vec<PathStep>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct PathStep {
    #[prost(oneof = "Selector", tags = "1, 2, 3")]
    pub(crate) selector: Option<Selector>,
}

#[derive(Clone, PartialEq, Eq, Oneof)]
pub(crate) enum Selector {
    #[prost(string, tag = "1")]
    Attribute(String),
    #[prost(string, tag = "2")]
    Key(String),
    #[prost(int64, tag = "3")]
    Index(i64),
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Schema {
    #[prost(int64, tag = "1")]
    pub(crate) version: i64,
    #[prost(message, optional, tag = "2")]
    pub(crate) block: Option<Block>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Block {
    #[prost(message, repeated, tag = "2")]
    pub(crate) attributes: Vec<Attribute>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) block_types: Vec<NestedBlock>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Attribute {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    /// The type in Terraform's JSON form, such as `["set","string"]`.
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) type_json: Vec<u8>,
    #[prost(bool, tag = "4")]
    pub(crate) required: bool,
    #[prost(bool, tag = "5")]
    pub(crate) optional: bool,
    #[prost(bool, tag = "6")]
    pub(crate) computed: bool,
    #[prost(bool, tag = "7")]
    pub(crate) sensitive: bool,
    #[prost(bool, tag = "10")]
    pub(crate) write_only: bool,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct NestedBlock {
    #[prost(string, tag = "1")]
    pub(crate) type_name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) block: Option<Block>,
    /// 1 single, 2 list, 3 set.
    #[prost(int32, tag = "3")]
    pub(crate) nesting: i32,
    #[prost(int64, tag = "4")]
    pub(crate) min_items: i64,
    #[prost(int64, tag = "5")]
    pub(crate) max_items: i64,
}

/// Answer to `GetSchema`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Schemas {
    #[prost(message, optional, tag = "1")]
    pub(crate) provider: Option<Schema>,
    #[prost(btree_map = "string, message", tag = "2")]
    pub(crate) resources: BTreeMap<String, Schema>,
    #[prost(btree_map = "string, message", tag = "3")]
    pub(crate) data_sources: BTreeMap<String, Schema>,
}

/// Request of `PrepareProviderConfig`, whose answer has the same form and the diagnostics beside it.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ProviderConfig {
    #[prost(message, optional, tag = "1")]
    pub(crate) config: Option<DynamicValue>,
}

/// Request of `Configure`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Configure {
    #[prost(message, optional, tag = "2")]
    pub(crate) config: Option<DynamicValue>,
}

/// Request of whatever is about one value of one type: the two validations, `ReadResource`, `ReadDataSource`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct TypedValue {
    #[prost(string, tag = "1")]
    pub(crate) type_name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) value: Option<DynamicValue>,
}

/// Answer of whatever gives one value.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ValueAnswer {
    #[prost(message, optional, tag = "1")]
    pub(crate) value: Option<DynamicValue>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Answer of whatever only judges.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Judgement {
    #[prost(message, repeated, tag = "1")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Request of `UpgradeResourceState`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct StoredState {
    #[prost(string, tag = "1")]
    pub(crate) type_name: String,
    #[prost(message, optional, tag = "3")]
    pub(crate) raw: Option<RawState>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct RawState {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) json: Vec<u8>,
}

/// Request of `PlanResourceChange`, where `wanted` is what configuration and state add up to, and of
/// `ApplyResourceChange`, where it is what was planned.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Change {
    #[prost(string, tag = "1")]
    pub(crate) type_name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) prior: Option<DynamicValue>,
    #[prost(message, optional, tag = "3")]
    pub(crate) wanted: Option<DynamicValue>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Planned {
    #[prost(message, optional, tag = "1")]
    pub(crate) planned: Option<DynamicValue>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) requires_replace: Vec<AttributePath>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The AWS provider sets it, because of the SDK it is written with: Terraform then forgives small inconsistencies.
    #[prost(bool, tag = "5")]
    pub(crate) legacy_type_system: bool,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Applied {
    #[prost(message, optional, tag = "1")]
    pub(crate) state: Option<DynamicValue>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// See [`Planned::legacy_type_system`].
    #[prost(bool, tag = "4")]
    pub(crate) legacy_type_system: bool,
}

/// Request of `ImportResourceState`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Import {
    #[prost(string, tag = "1")]
    pub(crate) type_name: String,
    #[prost(string, tag = "2")]
    pub(crate) id: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ImportAnswer {
    #[prost(message, repeated, tag = "1")]
    pub(crate) resources: Vec<TypedValue>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}
