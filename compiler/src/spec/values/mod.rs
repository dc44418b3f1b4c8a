//! The small values of a spec: each parses from one scalar, prints back to it, and has a pattern in the JSON Schema.

mod amounts;
mod cidr;
mod names;
mod references;
#[cfg(test)]
mod tests;
mod times;

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::{
    diagnostic::Diagnostics,
    node::{Node, Value},
    spec::decode::{Decode, bad_value, wrong_type},
};

pub use amounts::{Cpu, MemorySize, Percent};
pub use cidr::Cidr;
pub use times::Duration;

/// A value that one scalar holds.
pub trait Scalar: Sized + fmt::Display {
    /// What the user should have written.
    const EXPECTED: &'static str;
    /// The name in the JSON Schema.
    const NAME: &'static str;
    /// A regular expression (ECMA 262) that every written form matches.
    const PATTERN: &'static str;
    /// An example that parses.
    const EXAMPLE: &'static str;
    /// Whether a plain number is also a written form.
    const NUMBER: bool = false;

    /// Reads the text; `None` when it is not such a value.
    fn parse(text: &str) -> Option<Self>;

    /// Stands in for a text that could not be read.
    fn stand_in() -> Self;
}

macro_rules! scalars {
    ($($name:ident),+ $(,)?) => {$(
        impl Decode for $name {
            const EXPECTED: &'static str = <Self as Scalar>::EXPECTED;

            fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
                let Value::Scalar(scalar) = &node.value else {
                    wrong_type(node, <Self as Scalar>::EXPECTED, diagnostics);
                    return Self::stand_in();
                };
                Self::parse(&scalar.text).unwrap_or_else(|| {
                    bad_value(node, <Self as Scalar>::EXPECTED, diagnostics);
                    Self::stand_in()
                })
            }

            fn fallback() -> Self {
                Self::stand_in()
            }
        }


        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                <Self as Scalar>::NAME.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let text = json_schema!({
                    "type": "string",
                    "pattern": <Self as Scalar>::PATTERN,
                    "description": <Self as Scalar>::EXPECTED,
                    "examples": [<Self as Scalar>::EXAMPLE],
                });
                if !<Self as Scalar>::NUMBER {
                    return text;
                }
                json_schema!({ "anyOf": [text, { "type": "number", "minimum": 0 }] })
            }
        }
    )+};
}

scalars!(
    AccountId,
    Arn,
    Cidr,
    Cpu,
    Cron,
    Digest,
    Duration,
    FileMode,
    ImageReference,
    MaintenanceWindow,
    MemorySize,
    Name,
    Percent,
    VariableName,
    HostName,
);

macro_rules! text_newtypes {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )+};
}

text_newtypes! {
    /// The name of an application, environment, service, queue …: also part of AWS names and DNS labels.
    Name;
    /// A twelve-digit AWS account id.
    AccountId;
    /// An Amazon Resource Name.
    Arn;
    /// `sha256:` and 64 hexadecimal digits.
    Digest;
    /// The name of an environment variable.
    VariableName;
    /// An OCI image reference.
    ImageReference;
    /// A DNS name, whose first label may be `*`.
    HostName;
    /// A five-field cron expression, as Auto Scaling's scheduled actions take it.
    Cron;
    /// `ddd:HH:MM-ddd:HH:MM` in UTC, as RDS takes it.
    MaintenanceWindow;
    /// Octal permissions.
    FileMode;
}
