//! The schema of the AWS provider, read once from `data/aws-6.66.0.json`.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use crate::{protocol, value::Value};

const AWS: &str = include_str!("../data/aws-6.66.0.json");

/// Everything the provider declares.
#[derive(Debug, Clone, Deserialize)]
pub struct Catalogue {
    /// The release of the AWS provider that it was taken from.
    pub provider_version: String,
    /// The arguments of the provider itself.
    pub provider: Schema,
    /// Resources by type.
    pub resource_schemas: BTreeMap<String, Schema>,
    /// Data sources by type.
    pub data_source_schemas: BTreeMap<String, Schema>,
}

/// The schema of one type.
#[derive(Debug, Clone, Deserialize)]
pub struct Schema {
    /// The version of stored state; always 0 here.
    pub version: i64,
    /// Its arguments and blocks.
    pub block: Block,
}

/// What may stand between two braces.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Block {
    /// Arguments and attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// Nested blocks by name.
    #[serde(default)]
    pub block_types: BTreeMap<String, NestedBlock>,
}

/// One argument or attribute.
#[derive(Debug, Clone, Deserialize)]
pub struct Attribute {
    /// Its type.
    #[serde(rename = "type")]
    pub value_type: Type,
    /// Whether it must be written.
    #[serde(default)]
    pub required: bool,
    /// Whether it may be written.
    #[serde(default)]
    pub optional: bool,
    /// Whether AWS fills it where it is not written.
    #[serde(default)]
    pub computed: bool,
    /// Whether it is hidden in output.
    #[serde(default)]
    pub sensitive: bool,
    /// Whether it never reaches plan or state.
    #[serde(default)]
    pub write_only: bool,
}

/// One kind of nested block.
#[derive(Debug, Clone, Deserialize)]
pub struct NestedBlock {
    /// How several of them are kept.
    pub nesting_mode: Nesting,
    /// Fewest.
    #[serde(default)]
    pub min_items: i64,
    /// Most; 0 is no limit.
    #[serde(default)]
    pub max_items: i64,
    /// What is inside.
    pub block: Block,
}

/// How blocks of one name are kept together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nesting {
    /// At most one, as an object.
    Single,
    /// In order.
    List,
    /// Without order.
    Set,
}

/// The type of an attribute, as Terraform writes types in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub enum Type {
    /// `"string"`.
    Text,
    /// `"number"`.
    Number,
    /// `"bool"`.
    Bool,
    /// `["list", …]`.
    List(Box<Type>),
    /// `["set", …]`.
    Set(Box<Type>),
    /// `["map", …]`.
    Map(Box<Type>),
    /// `["object", {…}]`.
    Object(BTreeMap<String, Type>),
}

/// The schema of AWS provider 6.66.0 for the types that Skiff emits.
///
/// # Errors
/// A sentence when the committed file is broken.
pub fn aws() -> Result<&'static Catalogue, &'static str> {
    static CATALOGUE: OnceLock<Result<Catalogue, String>> = OnceLock::new();
    let read = || serde_json::from_str(AWS).map_err(|error| format!("data/aws-6.66.0.json: {error}"));
    CATALOGUE.get_or_init(read).as_ref().map_err(String::as_str)
}

impl TryFrom<serde_json::Value> for Type {
    type Error = String;

    fn try_from(json: serde_json::Value) -> Result<Self, String> {
        let unknown = || format!("{json} is not a type");
        if let Some(name) = json.as_str() {
            return match name {
                "string" => Ok(Self::Text),
                "number" => Ok(Self::Number),
                "bool" => Ok(Self::Bool),
                _ => Err(unknown()),
            };
        }
        let inner = || Self::try_from(json[1].clone()).map(Box::new);
        match json[0].as_str() {
            Some("list") => inner().map(Self::List),
            Some("set") => inner().map(Self::Set),
            Some("map") => inner().map(Self::Map),
            Some("object") => {
                let fields = json[1].as_object().ok_or_else(unknown)?;
                let field = |(name, json): (&String, &serde_json::Value)| Ok((name.clone(), json.clone().try_into()?));
                fields.iter().map(field).collect::<Result<_, String>>().map(Self::Object)
            }
            _ => Err(unknown()),
        }
    }
}

impl Type {
    fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text => "string".into(),
            Self::Number => "number".into(),
            Self::Bool => "bool".into(),
            Self::List(inner) => serde_json::json!(["list", inner.to_json()]),
            Self::Set(inner) => serde_json::json!(["set", inner.to_json()]),
            Self::Map(inner) => serde_json::json!(["map", inner.to_json()]),
            Self::Object(fields) => {
                let fields = fields.iter().map(|(name, inner)| (name.clone(), inner.to_json()));
                serde_json::json!(["object", fields.collect::<serde_json::Map<_, _>>()])
            }
        }
    }

    /// The value with exactly the fields of this type: missing ones are null, others are left out.
    #[must_use]
    pub fn conform(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::List(inner) | Self::Set(inner), Value::List(items)) => {
                Value::List(items.iter().map(|item| inner.conform(item)).collect())
            }
            // A block of which there is one, read as a list of objects.
            (Self::List(inner) | Self::Set(inner), Value::Object(_)) => Value::List(vec![inner.conform(value)]),
            (Self::Object(fields), Value::Object(_)) => {
                let field = |(name, inner): (&String, &Self)| (name.clone(), inner.conform(value.get(name)));
                Value::Object(fields.iter().map(field).collect())
            }
            (Self::Text, Value::Number(number)) => Value::Text(number.to_string()),
            (Self::Text, Value::Bool(value)) => Value::Text(value.to_string()),
            _ => value.clone(),
        }
    }
}

impl Block {
    /// The value with exactly the attributes and blocks of this block, as Terraform requires of whole objects.
    #[must_use]
    pub fn conform(&self, value: &Value) -> Value {
        let attributes = self.attributes.iter().map(|(name, attribute)| {
            let value = if attribute.write_only { &Value::Null } else { value.get(name) };
            (name.clone(), attribute.value_type.conform(value))
        });
        let blocks = self.block_types.iter().map(|(name, nested)| (name.clone(), nested.conform(value.get(name))));
        Value::Object(attributes.chain(blocks).collect())
    }

    fn to_protocol(&self) -> protocol::Block {
        protocol::Block {
            attributes: self.attributes.iter().map(|(name, attribute)| attribute.to_protocol(name)).collect(),
            block_types: self.block_types.iter().map(|(name, nested)| nested.to_protocol(name)).collect(),
        }
    }
}

impl NestedBlock {
    fn conform(&self, value: &Value) -> Value {
        match (self.nesting_mode, value) {
            (_, Value::Unknown) => Value::Unknown,
            (Nesting::Single, Value::Object(_)) => self.block.conform(value),
            (Nesting::Single, _) => Value::Null,
            (_, items) => Value::List(items.items().iter().map(|item| self.block.conform(item)).collect()),
        }
    }

    fn to_protocol(&self, name: &str) -> protocol::NestedBlock {
        let nesting = match self.nesting_mode {
            Nesting::Single => 1,
            Nesting::List => 2,
            Nesting::Set => 3,
        };
        let block = Some(self.block.to_protocol());
        let (min_items, max_items) = (self.min_items, self.max_items);
        protocol::NestedBlock { type_name: name.to_owned(), block, nesting, min_items, max_items }
    }
}

impl Attribute {
    /// Whether only AWS may set it.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.computed && !self.optional
    }

    fn to_protocol(&self, name: &str) -> protocol::Attribute {
        protocol::Attribute {
            name: name.to_owned(),
            type_json: self.value_type.to_json().to_string().into_bytes(),
            required: self.required,
            optional: self.optional,
            computed: self.computed,
            sensitive: self.sensitive,
            write_only: self.write_only,
        }
    }
}

impl Schema {
    fn to_protocol(&self) -> protocol::Schema {
        protocol::Schema { version: self.version, block: Some(self.block.to_protocol()) }
    }
}

impl Catalogue {
    /// As the protocol has it.
    pub(crate) fn to_protocol(&self) -> protocol::Schemas {
        let all = |schemas: &BTreeMap<String, Schema>| {
            schemas.iter().map(|(name, schema)| (name.clone(), schema.to_protocol())).collect()
        };
        protocol::Schemas {
            provider: Some(self.provider.to_protocol()),
            resources: all(&self.resource_schemas),
            data_sources: all(&self.data_source_schemas),
        }
    }

    /// The block of a resource type.
    ///
    /// # Errors
    /// A sentence for a type that is not in the data.
    pub fn resource(&self, type_name: &str) -> Result<&Block, String> {
        block_of(&self.resource_schemas, "resource", type_name)
    }

    /// The block of a data source.
    ///
    /// # Errors
    /// A sentence for a type that is not in the data.
    pub fn data_source(&self, type_name: &str) -> Result<&Block, String> {
        block_of(&self.data_source_schemas, "data source", type_name)
    }
}

fn block_of<'a>(schemas: &'a BTreeMap<String, Schema>, kind: &str, name: &str) -> Result<&'a Block, String> {
    let schema = schemas.get(name);
    schema
        .map(|schema| &schema.block)
        .ok_or_else(|| format!("no {kind} {name:?}: add it to types.txt and extract again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_data_is_read() {
        let catalogue = aws().expect("the committed file is good");
        assert_eq!(catalogue.provider_version, "6.66.0");
        assert_eq!((catalogue.resource_schemas.len(), catalogue.data_source_schemas.len()), (58, 25));
    }

    #[test]
    fn conforming_fills_in_what_is_missing_and_drops_what_is_not_known() {
        let block = aws().expect("data").resource("aws_lb_target_group").expect("type");
        let json = serde_json::json!({"name": "web", "health_check": [{"path": "/"}], "colour": "red"});
        let value = block.conform(&Value::from(&json));
        assert_eq!(value.get("colour"), &Value::Null);
        assert_eq!(value.get("health_check").items()[0].get("path"), &Value::from("/"));
        assert!(value.get("health_check").items()[0].fields().is_some_and(|fields| fields.contains_key("matcher")));
        assert_eq!(value.get("stickiness"), &Value::List(Vec::new()));
        assert_eq!(value.fields().map(BTreeMap::len), Some(block.attributes.len() + block.block_types.len()));
    }

    #[test]
    fn types_are_written_as_they_were_read() {
        for json in [r#"["set",["object",{"a":"string","b":["list","number"]}]]"#, r#""bool""#, r#"["map","string"]"#] {
            let read: Type = serde_json::from_str(json).expect("a type");
            assert_eq!(read.to_json().to_string(), json);
        }
        assert!(serde_json::from_str::<Type>(r#"["bag","string"]"#).is_err());
    }
}
