//! Values with a short form: a number for `replicas`, a path for a probe, a name for what is used.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::{
    declare::{choice, mapping},
    decode::{At, Decode, Place, Spanned, bad_value, wrong_type},
    network::{Selector, SubnetSelector, Tags, Zones},
    service::Probe,
    values::{Arn, FileMode, Name, Scalar},
};
use crate::{
    diagnostic::Diagnostics,
    node::{Node, Value},
};

/// Implements the reading of a type that has a short and a long form.
macro_rules! short_or_long {
    ($name:ident, $schema_name:literal, $expected:literal, $node:ident, $out:ident, $short:expr, $long:expr, $fallback:expr, $schema:expr) => {
        impl Decode for $name {
            const EXPECTED: &'static str = $expected;

            fn decode($node: &Node, $out: &mut Diagnostics) -> Self {
                match &$node.value {
                    Value::Mapping(_) => $long,
                    _ => $short,
                }
            }

            fn fallback() -> Self {
                $fallback
            }
        }


        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                $schema_name.into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let (short, long): (Schema, Schema) = $schema(generator);
                json_schema!({ "anyOf": [short, long] })
            }
        }
    };
}

mapping! {
    /// Least and most members.
    ReplicaRange, "`min` and `max`" {
        /// Least.
        shape min: Spanned<u32>,
        /// Most.
        shape max: Spanned<u32>,
    }
}

/// How many members: a number, or `min` and `max`.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicas(pub ReplicaRange);

short_or_long!(
    Replicas,
    "Replicas",
    "a number of members, or `min` and `max`",
    node,
    diagnostics,
    {
        let number = Spanned::<u32>::decode(node, diagnostics);
        Self(ReplicaRange { min: number.clone(), max: number, at: At::of(node.span) })
    },
    Self(ReplicaRange::decode(node, diagnostics)),
    Self(ReplicaRange::fallback()),
    |generator: &mut SchemaGenerator| (u32::json_schema(generator), generator.subschema_for::<ReplicaRange>())
);

impl Serialize for Replicas {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.min == self.0.max { self.0.min.serialize(serializer) } else { self.0.serialize(serializer) }
    }
}

/// A probe: a path is short for an HTTP probe of the service's port.
#[derive(Debug, Clone, PartialEq)]
pub struct PathProbe(pub Probe);

short_or_long!(
    PathProbe,
    "PathProbe",
    "a path, or a probe",
    node,
    diagnostics,
    {
        let path = String::decode(node, diagnostics);
        let at = At::of(node.span);
        Self(Probe { http: Some(path), at, ..Probe::fallback() })
    },
    Self(Probe::decode(node, diagnostics)),
    Self(Probe { http: Some("/".into()), ..Probe::fallback() }),
    |generator: &mut SchemaGenerator| (
        json_schema!({ "type": "string", "pattern": "^/" }),
        generator.subschema_for::<Probe>()
    )
);

impl Serialize for PathProbe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let short = Probe { http: self.0.http.clone(), ..Probe::fallback() };
        match &self.0.http {
            Some(path) if self.0 == short => path.serialize(serializer),
            _ => self.0.serialize(serializer),
        }
    }
}

choice! {
    /// What a service may do with what it uses.
    Mode, "a way of using" {
        /// Read objects, or receive messages.
        Read = "read",
        /// Write objects, or send messages.
        Write = "write",
        /// Both.
        ReadWrite = "read-write",
    }
}

mapping! {
    /// Something of this file that a service uses.
    UseOf, "`name` and `access`" {
        /// The database, queue, bucket or service.
        shape name: Spanned<Name>,
        /// What it may do; default `read-write`.
        shape access: Option<Spanned<Mode>>,
        /// Whether its variables are set; default true. Without them the service finds it some other way.
        shape variables: Option<bool>,
    }
}

/// Something that a service uses: a name, or a name and what it may do.
#[derive(Debug, Clone, PartialEq)]
pub struct Use(pub UseOf);

short_or_long!(
    Use,
    "Use",
    "the name of a database, queue, bucket or service of this file",
    node,
    diagnostics,
    {
        let name = Spanned::<Name>::decode(node, diagnostics);
        Self(UseOf { name, at: At::of(node.span), ..UseOf::fallback() })
    },
    Self(UseOf::decode(node, diagnostics)),
    Self(UseOf::fallback()),
    |generator: &mut SchemaGenerator| (generator.subschema_for::<Name>(), generator.subschema_for::<UseOf>())
);

impl Serialize for Use {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            UseOf { name, access: None, variables: None, .. } => name.serialize(serializer),
            long => long.serialize(serializer),
        }
    }
}

mapping! {
    /// Where the value of a secret comes from; never the value.
    SecretReference, "a secret reference" {
        /// A secret of this application that Skiff creates without a value.
        shape name: Option<Spanned<Name>>,
        /// An existing secret.
        shape arn: Option<Spanned<Arn>>,
        /// The JSON key within the secret; absent, the whole.
        shape key: Option<String>,
    }
}

/// The source of a secret: the name of one that Skiff creates, an ARN, or the long form.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretSource(pub SecretReference);

short_or_long!(
    SecretSource,
    "SecretSource",
    "the name or the ARN of a secret",
    node,
    diagnostics,
    {
        let mut source = SecretReference { at: At::of(node.span), ..SecretReference::fallback() };
        let place = Place(node.span);
        match node.text() {
            Some(text) if Name::parse(text).is_some() => {
                source.name = Name::parse(text).map(|value| Spanned { value, at: place });
            }
            Some(text) if Arn::parse(text).is_some() => {
                source.arn = Arn::parse(text).map(|value| Spanned { value, at: place });
            }
            Some(_) => bad_secret(node, diagnostics),
            None => wrong_type(node, Self::EXPECTED, diagnostics),
        }
        Self(source)
    },
    Self(SecretReference::decode(node, diagnostics)),
    Self(SecretReference::fallback()),
    |generator: &mut SchemaGenerator| (
        json_schema!({ "type": "string" }),
        generator.subschema_for::<SecretReference>()
    )
);

/// A text that is no reference may be the secret itself: it is not repeated.
fn bad_secret(node: &Node, diagnostics: &mut Diagnostics) {
    diagnostics
        .push(&super::codes::BAD_SECRET, node.span, "this is neither the name nor the ARN of a secret")
        .hint("write a name such as `stripe-key`; if this was the secret's value, take it out of the file and out of its history");
    diagnostics.poison(node.span);
}

impl Serialize for SecretSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            SecretReference { name: Some(name), arn: None, key: None, .. } => name.serialize(serializer),
            SecretReference { name: None, arn: Some(arn), key: None, .. } => arn.serialize(serializer),
            long => long.serialize(serializer),
        }
    }
}

mapping! {
    /// A volume, or a part of one, as a container sees it.
    MountOf, "a mount" {
        /// The volume; the one of a stateful service is called `volume`.
        release volume: Spanned<Name>,
        /// The directory or file within the volume; default all of it.
        release path: Option<Spanned<String>>,
        /// Whether it cannot be written; default false.
        release read_only: Option<bool>,
    }
}

/// A mount: the name of a volume, or the long form.
#[derive(Debug, Clone, PartialEq)]
pub struct Mount(pub MountOf);

short_or_long!(
    Mount,
    "Mount",
    "the name of a volume, or a mount",
    node,
    diagnostics,
    {
        let volume = Spanned::<Name>::decode(node, diagnostics);
        Self(MountOf { volume, path: None, read_only: None, at: At::of(node.span) })
    },
    Self(MountOf::decode(node, diagnostics)),
    Self(MountOf::fallback()),
    |generator: &mut SchemaGenerator| (generator.subschema_for::<Name>(), generator.subschema_for::<MountOf>())
);

impl Serialize for Mount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            MountOf { volume, path: None, read_only: None, .. } => volume.serialize(serializer),
            long => long.serialize(serializer),
        }
    }
}

mapping! {
    /// A file: its content, or the secret that is its content.
    FileContent, "a file" {
        /// The content.
        release content: Option<String>,
        /// The content as base64, for what is no text.
        release base64: Option<Spanned<String>>,
        /// A secret of this application whose value is the content.
        shape secret: Option<Spanned<Name>>,
        /// The JSON key within the secret; absent, the whole.
        shape key: Option<String>,
        /// Permissions; default `0644`, for a secret `0400`.
        release mode: Option<FileMode>,
    }
}

/// A file: its content as text, or the long form.
#[derive(Debug, Clone, PartialEq)]
pub struct File(pub FileContent);

short_or_long!(
    File,
    "File",
    "the content of a file",
    node,
    diagnostics,
    {
        let content = Some(String::decode(node, diagnostics));
        Self(FileContent { content, at: At::of(node.span), ..FileContent::fallback() })
    },
    Self(FileContent::decode(node, diagnostics)),
    Self(FileContent { content: Some(String::new()), ..FileContent::fallback() }),
    |generator: &mut SchemaGenerator| (json_schema!({ "type": "string" }), generator.subschema_for::<FileContent>())
);

impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            FileContent { content: Some(content), base64: None, secret: None, key: None, mode: None, .. } => {
                content.serialize(serializer)
            }
            long => long.serialize(serializer),
        }
    }
}

short_or_long!(
    Selector,
    "Selector",
    "an id, or `tags:`",
    node,
    diagnostics,
    Self::Id(Spanned::decode(node, diagnostics)),
    Self::Tags(Tags::decode(node, diagnostics)),
    Self::Id(Spanned::fallback()),
    |generator: &mut SchemaGenerator| (json_schema!({ "type": "string" }), generator.subschema_for::<Tags>())
);

impl Serialize for Selector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Id(id) => id.serialize(serializer),
            Self::Tags(tags) => tags.serialize(serializer),
        }
    }
}

short_or_long!(
    SubnetSelector,
    "SubnetSelector",
    "a list of subnet ids, or `tags:`",
    node,
    diagnostics,
    match &node.value {
        Value::Sequence(_) => Self::Ids(Vec::decode(node, diagnostics)),
        _ => {
            wrong_type(node, Self::EXPECTED, diagnostics);
            Self::fallback()
        }
    },
    Self::Tags(Tags::decode(node, diagnostics)),
    Self::Ids(Vec::new()),
    |generator: &mut SchemaGenerator| (
        json_schema!({ "type": "array", "items": { "type": "string" } }),
        generator.subschema_for::<Tags>()
    )
);

impl Serialize for SubnetSelector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Ids(ids) => ids.serialize(serializer),
            Self::Tags(tags) => tags.serialize(serializer),
        }
    }
}

impl Decode for Zones {
    const EXPECTED: &'static str = "a number of zones, or a list of their names";

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        match &node.value {
            Value::Sequence(_) => Self::Named(Vec::decode(node, diagnostics)),
            Value::Scalar(scalar) => scalar.text.parse().map_or_else(
                |_| {
                    bad_value(node, Self::EXPECTED, diagnostics);
                    Self::fallback()
                },
                Self::Count,
            ),
            Value::Mapping(_) => {
                wrong_type(node, Self::EXPECTED, diagnostics);
                Self::fallback()
            }
        }
    }

    fn fallback() -> Self {
        Self::Count(2)
    }
}

impl JsonSchema for Zones {
    fn schema_name() -> Cow<'static, str> {
        "Zones".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "integer", "minimum": 1 },
            { "type": "array", "items": { "type": "string" } },
        ] })
    }
}

impl Serialize for Zones {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => count.serialize(serializer),
            Self::Named(names) => names.serialize(serializer),
        }
    }
}
