//! Values as Terraform has them: what JSON has, and "unknown until it is applied".
//!
//! On the wire a value is MessagePack, where an extension type stands for unknown (with refinements such as "not null",
//! which are dropped here: less is known then, never something wrong).

use std::collections::BTreeMap;

use serde_json::Number;

/// The extension of MessagePack that stands for an unknown value: type 0, one byte.
const UNKNOWN: (i8, u8) = (0, 0);

/// One value of any type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not set.
    Null,
    /// Set, and not known before apply.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A number that JSON can hold; other numbers come and go as [`Value::Text`].
    Number(Number),
    /// A string.
    Text(String),
    /// A list, set or tuple; a set in the order in which it came.
    List(Vec<Value>),
    /// An object or map.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// From MessagePack.
    ///
    /// # Errors
    /// A sentence when the bytes are not one value, or not a value of Terraform's.
    pub fn from_msgpack(mut bytes: &[u8]) -> Result<Self, String> {
        let raw = rmpv::decode::read_value(&mut bytes).map_err(|error| format!("not MessagePack: {error}"))?;
        Self::from_raw(raw)
    }

    fn from_raw(raw: rmpv::Value) -> Result<Self, String> {
        Ok(match raw {
            rmpv::Value::Nil => Self::Null,
            rmpv::Value::Ext(..) => Self::Unknown,
            rmpv::Value::Boolean(value) => Self::Bool(value),
            rmpv::Value::Integer(value) => Self::Number(integer(value)?),
            rmpv::Value::F32(value) => float(f64::from(value))?,
            rmpv::Value::F64(value) => float(value)?,
            rmpv::Value::String(value) => Self::Text(value.into_str().ok_or("a string that is not UTF-8")?),
            rmpv::Value::Binary(_) => return Err("a value of bytes, which Terraform has not".to_owned()),
            rmpv::Value::Array(items) => Self::List(items.into_iter().map(Self::from_raw).collect::<Result<_, _>>()?),
            rmpv::Value::Map(fields) => Self::Object(fields.into_iter().map(field).collect::<Result<_, _>>()?),
        })
    }

    /// To MessagePack.
    #[must_use]
    pub fn to_msgpack(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory cannot fail; if it could, Terraform would refuse the cut value with words.
        let _ = rmpv::encode::write_value(&mut bytes, &self.to_raw());
        bytes
    }

    fn to_raw(&self) -> rmpv::Value {
        match self {
            Self::Null => rmpv::Value::Nil,
            Self::Unknown => rmpv::Value::Ext(UNKNOWN.0, vec![UNKNOWN.1]),
            Self::Bool(value) => rmpv::Value::Boolean(*value),
            Self::Number(value) => raw_number(value),
            Self::Text(value) => rmpv::Value::from(value.as_str()),
            Self::List(items) => rmpv::Value::Array(items.iter().map(Self::to_raw).collect()),
            Self::Object(fields) => {
                let raw = |(key, value): (&String, &Self)| (rmpv::Value::from(key.as_str()), value.to_raw());
                rmpv::Value::Map(fields.iter().map(raw).collect())
            }
        }
    }

    /// As JSON; what is unknown becomes null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null | Self::Unknown => serde_json::Value::Null,
            Self::Bool(value) => serde_json::Value::Bool(*value),
            Self::Number(value) => serde_json::Value::Number(value.clone()),
            Self::Text(value) => serde_json::Value::String(value.clone()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, also where Terraform sent it as text because binary floating point cannot hold it.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The elements of a list or set; of anything else none.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The texts in a list or set.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.items().iter().filter_map(Self::text)
    }

    /// A field of an object; null where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        self.fields().and_then(|fields| fields.get(name)).unwrap_or(&Self::Null)
    }

    /// The text of a field of an object.
    #[must_use]
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).text()
    }

    /// Puts a field into an object; does nothing to other values.
    pub fn set(&mut self, name: &str, value: Self) {
        if let Self::Object(fields) = self {
            fields.insert(name.to_owned(), value);
        }
    }

    /// The fields of an object or map.
    #[must_use]
    pub fn fields(&self) -> Option<&BTreeMap<String, Self>> {
        if let Self::Object(fields) = self { Some(fields) } else { None }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it, and everything in it, is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(items) => items.iter().all(Self::is_known),
            Self::Object(fields) => fields.values().all(Self::is_known),
            _ => true,
        }
    }

    /// Whether anything is written there: an empty list is how Terraform says that a block is missing.
    #[must_use]
    pub fn is_written(&self) -> bool {
        !self.is_null() && !matches!(self, Self::List(items) if items.is_empty())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(value) => Self::Number(value.clone()),
            serde_json::Value::String(value) => Self::Text(value.clone()),
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(fields) => {
                Self::Object(fields.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect())
            }
        }
    }
}

fn field((key, value): (rmpv::Value, rmpv::Value)) -> Result<(String, Value), String> {
    let key = key.as_str().ok_or("a key that is not a string")?.to_owned();
    Ok((key, Value::from_raw(value)?))
}

fn integer(value: rmpv::Integer) -> Result<Number, String> {
    let signed = value.as_i64().map(Number::from);
    signed.or_else(|| value.as_u64().map(Number::from)).ok_or_else(|| format!("{value} is out of range"))
}

fn float(value: f64) -> Result<Value, String> {
    Number::from_f64(value).map(Value::Number).ok_or_else(|| format!("{value} is not a number of Terraform's"))
}

fn raw_number(number: &Number) -> rmpv::Value {
    let integer = number.as_i64().map(rmpv::Value::from).or_else(|| number.as_u64().map(rmpv::Value::from));
    integer.or_else(|| number.as_f64().map(rmpv::Value::from)).unwrap_or(rmpv::Value::Nil)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through_msgpack(value: &Value) -> Value {
        Value::from_msgpack(&value.to_msgpack()).expect("what was written can be read")
    }

    #[test]
    fn msgpack_keeps_every_kind_of_value() {
        let json = serde_json::json!({"a": [1, -2, 0.5, u64::MAX], "b": {"c": null, "d": true}, "e": "text"});
        let mut value = Value::from(&json);
        assert_eq!(through_msgpack(&value), value);
        value.set("later", Value::Unknown);
        assert_eq!(through_msgpack(&value), value);
        assert!(!value.is_known());
    }

    #[test]
    fn a_refined_unknown_is_unknown() {
        let mut bytes = Vec::new();
        let refined = rmpv::Value::Ext(12, vec![0x81, 0x01, 0xc2]);
        rmpv::encode::write_value(&mut bytes, &refined).expect("memory can be written");
        assert_eq!(Value::from_msgpack(&bytes), Ok(Value::Unknown));
    }

    #[test]
    fn bytes_that_are_no_value_are_refused_with_words() {
        let refusal = Value::from_msgpack(&[0x91]).expect_err("a list without its element");
        assert!(refusal.starts_with("not MessagePack"), "{refusal}");
    }

    #[test]
    fn an_empty_list_counts_as_not_written() {
        assert!(!Value::List(Vec::new()).is_written());
        assert!(Value::from(false).is_written());
    }
}
