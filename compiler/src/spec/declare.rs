//! The macros that declare the types of `skiff.yaml`: once, with documentation, owner and key in one place.

/// Declares a mapping of the spec. Each field names its owner first: `shape` (moved by `apply`) or `release` (moved by
/// `deploy`); a mapping whose fields have owners of their own is `mixed`.
macro_rules! mapping {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $expected:literal {
            $( $(#[doc = $field_doc:literal])+ $owner:ident $field:ident: $type:ty, )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields, transform = Self::mark_required)]
        pub struct $name {
            $(
                $(#[doc = $field_doc])+
                #[serde(skip_serializing_if = "crate::spec::decode::Decode::is_absent")]
                #[schemars(extend("x-skiff-owner" = stringify!($owner)))]
                pub $field: $type,
            )+
            /// Where everything stands.
            #[serde(skip)]
            #[schemars(skip)]
            pub at: $crate::spec::decode::At,
        }

        impl $name {
            const KEYS: &'static [&'static str] = &[$($crate::spec::declare::key(stringify!($field))),+];

            fn mark_required(schema: &mut schemars::Schema) {
                let required: Vec<&str> = [$(
                    (<$type as $crate::spec::decode::Decode>::absent().is_none(), stringify!($field))
                ),+]
                    .into_iter()
                    .filter_map(|(required, field)| required.then_some($crate::spec::declare::key(field)))
                    .collect();
                schema.remove("required");
                if !required.is_empty() {
                    schema.insert("required".into(), serde_json::json!(required));
                }
            }
        }

        impl $crate::spec::decode::Decode for $name {
            const EXPECTED: &'static str = $expected;

            fn decode(node: &$crate::node::Node, diagnostics: &mut $crate::diagnostic::Diagnostics) -> Self {
                let mut fields = $crate::spec::decode::Fields::open(node, Self::EXPECTED, Self::KEYS, diagnostics);
                $(let $field = fields.take($crate::spec::declare::key(stringify!($field)), diagnostics);)+
                Self { $($field,)+ at: fields.finish() }
            }

            fn fallback() -> Self {
                Self {
                    $($field: <$type as $crate::spec::decode::Decode>::fallback(),)+
                    at: $crate::spec::decode::At::default(),
                }
            }
        }

    };
}

/// Declares a choice between words.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $expected:literal {
            $( $(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
        pub enum $name {
            $( $(#[doc = $variant_doc])+ #[serde(rename = $word)] $variant, )+
        }

        impl $name {
            /// The words, in the order of the declaration.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word in the spec.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::spec::decode::Decode for $name {
            const EXPECTED: &'static str = $expected;

            fn decode(node: &$crate::node::Node, diagnostics: &mut $crate::diagnostic::Diagnostics) -> Self {
                match node.text() {
                    $(Some($word) => Self::$variant,)+
                    _ => {
                        $crate::spec::declare::not_a_word(node, Self::EXPECTED, Self::WORDS, diagnostics);
                        Self::fallback()
                    }
                }
            }

            fn fallback() -> Self {
                [$(Self::$variant),+][0]
            }
        }

    };
}

pub(crate) use choice;
pub(crate) use mapping;

use crate::{
    diagnostic::Diagnostics,
    node::Node,
    spec::{
        codes,
        decode::{closest, list_of, wrong_type},
    },
};

/// A field's key: Rust's raw identifiers lose their mark.
#[must_use]
pub(crate) const fn key(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

/// Reports a word that is none of the choices.
pub(crate) fn not_a_word(node: &Node, expected: &str, words: &[&str], diagnostics: &mut Diagnostics) {
    let Some(text) = node.text().filter(|_| !node.is_null()) else {
        wrong_type(node, expected, diagnostics);
        return;
    };
    let hint = closest(text, words.iter().copied())
        .map_or_else(|| list_of("choose one of", words), |word| format!("did you mean `{word}`?"));
    diagnostics.push(&codes::BAD_CHOICE, node.span, format!("{} is not {expected}", node.describe())).hint(hint);
    diagnostics.poison(node.span);
}
