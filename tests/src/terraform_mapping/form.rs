//! Both sides of a row in one form, so that equal means the same.

use std::str;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Number, Value};

use super::{policy, row::Form};

/// The property and the argument in one form.
///
/// # Errors
/// A sentence when a side is not what the row says it is.
pub(super) fn alike(form: Form, plan: &Value, terraform: &Value) -> Result<(Value, Value), String> {
    Ok(match form {
        Form::Same | Form::By(_) => (plain(plan), plain(terraform)),
        Form::Text => (spelt(plan), spelt(terraform)),
        Form::Set => (sorted(plan)?, sorted(terraform)?),
        Form::Base64 => (decoded(plan)?, decoded(terraform)?),
        Form::Policy => (policy::canonical(plan), policy::canonical(&parsed(terraform)?)),
        Form::JsonText => (plain(plan), plain(&parsed(terraform)?)),
        Form::Map(key) => (map(plan, key)?, plain(terraform)),
        Form::Tags => (map(plan, "Key")?, plain(terraform)),
        Form::Words(words) => (word(plan, words)?, terraform.clone()),
    })
}

/// Numbers by their value: a whole number is written without a fraction.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(whole(number)),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn whole(number: &Number) -> Number {
    let text = number.as_f64().filter(|number| number.fract() == 0.0).map(|number| format!("{number:.0}"));
    text.and_then(|text| text.parse::<i64>().ok()).map_or_else(|| number.clone(), Number::from)
}

/// A number or truth value by its spelling.
fn spelt(value: &Value) -> Value {
    match plain(value) {
        Value::Number(number) => number.to_string().into(),
        Value::Bool(value) => value.to_string().into(),
        other => other,
    }
}

fn sorted(value: &Value) -> Result<Value, String> {
    let Value::Array(mut items) = plain(value) else { return Err(format!("a list is wanted, not {value}")) };
    items.sort_by_cached_key(Value::to_string);
    Ok(items.into())
}

fn decoded(value: &Value) -> Result<Value, String> {
    let text = value.as_str().ok_or_else(|| format!("base64 is wanted, not {value}"))?;
    let bytes = STANDARD.decode(text).map_err(|error| format!("base64 is wanted: {error}"))?;
    String::from_utf8(bytes).map(Value::from).map_err(|error| format!("text in base64 is wanted: {error}"))
}

fn parsed(value: &Value) -> Result<Value, String> {
    let text = value.as_str().ok_or_else(|| format!("JSON as text is wanted, not {value}"))?;
    serde_json::from_str(text).map_err(|error| format!("JSON as text is wanted: {error}"))
}

fn map(value: &Value, key: &str) -> Result<Value, String> {
    let Value::Array(items) = value else { return Ok(plain(value)) };
    let mut map = Map::new();
    for item in items {
        let name = item[key].as_str().ok_or_else(|| format!("`{key}` and `Value` are wanted, not {item}"))?;
        if map.insert(name.to_owned(), plain(&item["Value"])).is_some() {
            return Err(format!("`{name}` is there twice"));
        }
    }
    Ok(map.into())
}

fn word(value: &Value, words: &[(&str, &str)]) -> Result<Value, String> {
    let found = words.iter().find(|(plan, _)| serde_json::from_str::<Value>(plan).is_ok_and(|plan| plan == *value));
    let (_, terraform) = found.ok_or_else(|| format!("the table has no word for {value}"))?;
    serde_json::from_str(terraform).map_err(|error| format!("the table's word for {value} is no JSON: {error}"))
}

/// Text as it travels.
pub(super) fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn same(form: Form, plan: &Value, terraform: &Value) -> bool {
        let (plan, terraform) = alike(form, plan, terraform).expect("both are what the form says");
        plan == terraform
    }

    #[test]
    fn each_form_knows_what_is_the_same() {
        assert!(same(Form::Same, &json!(60.0), &json!(60)) && !same(Form::Same, &json!("60"), &json!(60)));
        assert!(same(Form::Text, &json!("60"), &json!(60)) && same(Form::Text, &json!("true"), &json!(true)));
        assert!(same(Form::Text, &json!(0.0), &json!("0")) && !same(Form::Text, &json!("6"), &json!(60)));
        assert!(
            same(Form::Set, &json!(["a", "b"]), &json!(["b", "a"]))
                && !same(Form::Set, &json!(["a", "a"]), &json!(["a"]))
        );
        assert!(!same(Form::Same, &json!(["a", "b"]), &json!(["b", "a"])));
        assert!(
            same(Form::Base64, &json!("YQ=="), &json!("YQ==")) && !same(Form::Base64, &json!("YQ=="), &json!("Yg=="))
        );
        assert!(same(Form::JsonText, &json!({"n": 5}), &json!("{\"n\":5}")));
        assert!(same(Form::Map("Name"), &json!([{"Name": "a", "Value": "b"}]), &json!({"a": "b"})));
        assert!(
            same(Form::Tags, &json!({"a": "b"}), &json!({"a": "b"}))
                && !same(Form::Tags, &json!({}), &json!({"a": "b"}))
        );
        let words = Form::Words(&[("\"internal\"", "true"), ("\"internet-facing\"", "false")]);
        assert!(same(words, &json!("internal"), &json!(true)) && !same(words, &json!("internal"), &json!(false)));
    }

    #[test]
    fn what_a_row_does_not_expect_is_said() {
        let refused = |form, plan: Value, terraform: Value| alike(form, &plan, &terraform).expect_err("not that form");
        assert!(refused(Form::Set, json!("a"), json!(["a"])).contains("a list is wanted"));
        assert!(refused(Form::Base64, json!("?"), json!("YQ==")).contains("base64 is wanted"));
        assert!(refused(Form::Policy, json!({}), json!("{")).contains("JSON as text is wanted"));
        assert!(refused(Form::Map("Key"), json!([{"Key": "a"}, {"Key": "a"}]), json!({})).contains("twice"));
        assert!(refused(Form::Words(&[]), json!("a"), json!(true)).contains("no word"));
    }
}
