//! JSON that can mean one thing only: I-JSON (RFC 7493), narrowed.
//!
//! First the bytes are read once for what no typed reader would notice (duplicate keys above all), then the very same bytes
//! are read as the type that is wanted.

use std::{collections::HashSet, fmt};

use serde::de::{self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::{
    error::{Error, ErrorKind},
    trust::codes,
};

/// The most bytes of a signed document: a manifest carries configuration files, each of which Kubernetes caps at 1 MiB.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;
/// The most levels of objects and lists.
const DEEPEST: usize = 64;
/// Above it a reader that knows only IEEE doubles sees another number (RFC 7493, 2.2).
const HIGHEST: u64 = (1 << 53) - 1;

/// Reads bytes as a type, once it is certain that they can mean one thing only.
///
/// # Errors
/// [`codes::AMBIGUOUS_JSON`] for the form, [`codes::BAD_STATEMENT`] for the content; `what` names the document in both.
pub fn read<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, Error> {
    check(bytes, what)?;
    serde_json::from_slice(bytes)
        .map_err(|error| Error::new(&codes::BAD_STATEMENT, ErrorKind::VerificationFailed, format!("{what}: {error}")))
}

/// Checks the form alone.
///
/// # Errors
/// [`codes::AMBIGUOUS_JSON`].
pub fn check(bytes: &[u8], what: &str) -> Result<(), Error> {
    let refuse = |why: String| {
        let hint = "it was not written by Skiff, or was changed since; make it again from its source";
        Error::new(&codes::AMBIGUOUS_JSON, ErrorKind::VerificationFailed, format!("{what}: {why}")).hint(hint)
    };
    if bytes.len() > MOST_BYTES {
        return Err(refuse(format!("{} bytes, more than {MOST_BYTES}", bytes.len())));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Strict { depth: 0 }.deserialize(&mut reader).and_then(|()| reader.end()).map_err(|error| refuse(error.to_string()))
}

/// Looks at one value and all below it, and keeps nothing.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn below<E: de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > DEEPEST { Err(E::custom(format!("more than {DEEPEST} levels"))) } else { Ok(Self { depth }) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("plain JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        if number > HIGHEST { Err(E::custom(format!("the number {number} is not below 2^53"))) } else { Ok(()) }
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.visit_u64(number.unsigned_abs())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        Err(E::custom(format!("the number {number:?} is not a plain integer")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let below = self.below()?;
        while list.next_element_seed(below)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let below = self.below()?;
        let mut seen = HashSet::new();
        while let Some(key) = object.next_key::<String>()? {
            object.next_value_seed(below)?;
            if let Some(key) = seen.replace(key) {
                return Err(de::Error::custom(format!("the key `{key}` stands twice in one object")));
            }
        }
        Ok(())
    }
}
