//! `aws_iam_policy_document`, evaluated as the AWS provider does.
//!
//! The form of the result was read in the provider's `internal/service/iam/policy_model.go`: which fields are left out,
//! that a list of one is written as a string, that lists are in descending order (values of conditions keep theirs), and
//! that Go's JSON escapes `<`, `>` and `&`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{problem::Problem, synthetic, value::Value};

/// The version in which `&{` may stand for `${`.
const VERSION: &str = "2012-10-17";

/// Arguments that merge other documents, and are refused: what is emitted has statements only.
const MERGING: &[&str] = &["source_policy_documents", "override_policy_documents", "source_json", "override_json"];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    effect: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_action: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_resource: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<Principals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_principal: Option<Principals>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: BTreeMap<String, BTreeMap<String, OneOrMany>>,
}

/// A list, written as a string when there is one.
#[derive(Clone, Serialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Principals {
    /// `*` of type `*`: everybody, also who has not signed in.
    Everybody(&'static str),
    ByType(BTreeMap<String, OneOrMany>),
}

/// The attributes of the data source: `json`, `minified_json`, `id` and what was configured.
pub(super) fn evaluate(config: &Value) -> Result<Value, Problem> {
    if let Some(name) = MERGING.iter().find(|name| config.get(name).is_written()) {
        return Err(Problem::new(format!("{name} is not evaluated by this provider")));
    }
    let document = document(config)?;
    let pretty = escaped(&serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?);
    let minified = escaped(&serde_json::to_string(&document).map_err(|error| error.to_string())?);
    let mut found = config.clone();
    found.set("id", Value::from((synthetic::hash(&pretty) >> 32).to_string()));
    found.set("version", Value::from(document.version));
    found.set("json", Value::from(pretty));
    found.set("minified_json", Value::from(minified));
    Ok(found)
}

fn document(config: &Value) -> Result<Document, Problem> {
    let version = config.text_of("version").unwrap_or(VERSION).to_owned();
    let mut sids = BTreeSet::new();
    let mut statements = Vec::new();
    for block in config.get("statement").items() {
        let statement = statement(block, &version)?;
        if statement.sid.as_ref().is_some_and(|sid| !sids.insert(sid.clone())) {
            let sid = statement.sid.unwrap_or_default();
            return Err(Problem::new(format!(
                "writing IAM Policy Document: duplicate Sid ({sid}). Remove the Sid or ensure the Sid is unique."
            )));
        }
        statements.push(statement);
    }
    let id = config.text_of("policy_id").map(str::to_owned);
    Ok(Document { version, id, statement: statements })
}

fn statement(block: &Value, version: &str) -> Result<Statement, Problem> {
    let names = |name: &str| (!block.get(name).items().is_empty()).then(|| descending(block.get(name).texts()));
    let patterns = |name: &str| {
        let given = block.get(name).items();
        (!given.is_empty()).then(|| with_variables(block.get(name).texts(), version).map(descending_owned)).transpose()
    };
    Ok(Statement {
        sid: block.text_of("sid").filter(|sid| !sid.is_empty()).map(str::to_owned),
        effect: block.text_of("effect").unwrap_or("Allow").to_owned(),
        action: names("actions"),
        not_action: names("not_actions"),
        resource: patterns("resources")?,
        not_resource: patterns("not_resources")?,
        principal: principals(block.get("principals"), version)?,
        not_principal: principals(block.get("not_principals"), version)?,
        condition: conditions(block.get("condition"), version)?,
    })
}

fn principals(blocks: &Value, version: &str) -> Result<Option<Principals>, Problem> {
    let mut by_type: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for block in blocks.items() {
        let mut identifiers = with_variables(block.get("identifiers").texts(), version)?;
        identifiers.sort_unstable_by(|left, right| right.cmp(left));
        by_type.entry(block.text_of("type").unwrap_or_default().to_owned()).or_default().extend(identifiers);
    }
    // Several blocks of which one is everybody stay by type, as in the provider.
    if blocks.items().len() == 1 && by_type.get("*").is_some_and(|everybody| everybody == &["*"]) {
        return Ok(Some(Principals::Everybody("*")));
    }
    let by_type: BTreeMap<_, _> = by_type.into_iter().map(|(name, all)| (name, one_or_many(all))).collect();
    Ok((!by_type.is_empty()).then_some(Principals::ByType(by_type)))
}

fn conditions(blocks: &Value, version: &str) -> Result<BTreeMap<String, BTreeMap<String, OneOrMany>>, Problem> {
    let mut by_test: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for block in blocks.items() {
        let text = |name: &str| block.text_of(name).unwrap_or_default().to_owned();
        let values = by_test.entry(text("test")).or_default().entry(text("variable")).or_default();
        values.extend(with_variables(block.get("values").texts(), version)?);
    }
    let written = |variables: BTreeMap<String, Vec<String>>| {
        variables.into_iter().map(|(name, values)| (name, one_or_many(values))).collect()
    };
    Ok(by_test.into_iter().map(|(test, variables)| (test, written(variables))).collect())
}

/// `&{aws:userid}` is how `${aws:userid}` is written where Terraform would evaluate it.
fn with_variables<'a>(texts: impl Iterator<Item = &'a str>, version: &str) -> Result<Vec<String>, Problem> {
    let replaced = |text: &str| {
        if version != VERSION && text.contains("&{") {
            return Err(Problem::new(format!(
                "found &{{ sequence in ({text}), which is not supported in document version {version}"
            )));
        }
        Ok(text.replace("&{", "${"))
    };
    texts.map(replaced).collect()
}

fn descending<'a>(texts: impl Iterator<Item = &'a str>) -> OneOrMany {
    descending_owned(texts.map(str::to_owned).collect())
}

fn descending_owned(mut texts: Vec<String>) -> OneOrMany {
    texts.sort_unstable_by(|left, right| right.cmp(left));
    one_or_many(texts)
}

fn one_or_many(mut texts: Vec<String>) -> OneOrMany {
    match texts.pop() {
        Some(only) if texts.is_empty() => OneOrMany::One(only),
        last => {
            texts.extend(last);
            OneOrMany::Many(texts)
        }
    }
}

/// Those three characters stand only in strings of JSON.
fn escaped(json: &str) -> String {
    json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(config: &serde_json::Value) -> Result<Value, Problem> {
        evaluate(&Value::from(config))
    }

    fn minified(config: &serde_json::Value) -> String {
        let document = document(config).expect("a good document");
        document.text_of("minified_json").expect("it is there").to_owned()
    }

    #[test]
    fn one_is_a_string_and_many_are_in_descending_order() {
        let statement = json!({
            "sid": "Read", "actions": ["s3:GetObject", "s3:ListBucket"], "resources": ["arn:aws:s3:::b/*"],
        });
        assert_eq!(
            minified(&json!({"statement": [statement]})),
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::b/*"}]}"#
        );
    }

    #[test]
    fn principals_and_conditions_keep_the_providers_form() {
        let statement = json!({
            "effect": "Deny",
            "not_actions": ["s3:GetObject"],
            "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}, {"type": "AWS", "identifiers": ["1", "2"]}],
            "condition": [
                {"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["b", "a"]},
                {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]},
            ],
        });
        assert_eq!(
            minified(&json!({"statement": [statement]})),
            concat!(
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"s3:GetObject","#,
                r#""Principal":{"AWS":["2","1"],"Service":"ec2.amazonaws.com"},"#,
                r#""Condition":{"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:SourceAccount":["b","a"]}}}]}"#
            )
        );
    }

    #[test]
    fn everybody_is_a_star_only_for_the_type_star() {
        let of = |principal: &str| {
            minified(&json!({"statement": [{"principals": [{"type": principal, "identifiers": ["*"]}]}]}))
        };
        assert!(of("*").contains(r#""Principal":"*""#), "{}", of("*"));
        assert!(of("AWS").contains(r#""Principal":{"AWS":"*"}"#), "{}", of("AWS"));
    }

    #[test]
    fn variables_are_written_with_an_ampersand() {
        let config = json!({"statement": [{"resources": ["arn:aws:s3:::b/&{aws:userid}", "a<b"]}]});
        let text = minified(&config);
        assert!(text.contains(r#""Resource":["arn:aws:s3:::b/${aws:userid}","a\u003cb"]"#), "{text}");
        let old = json!({"version": "2008-10-17", "statement": [{"resources": ["&{aws:userid}"]}]});
        let problem = document(&old).expect_err("the old version has no variables");
        assert!(problem.summary.contains("not supported in document version 2008-10-17"), "{problem:?}");
    }

    #[test]
    fn the_long_form_is_indented_by_two() {
        let document = document(&json!({"statement": [{"actions": ["a:B"]}]})).expect("a document");
        let lines: Vec<&str> = document.text_of("json").expect("text").lines().collect();
        assert_eq!(lines[..3], ["{", r#"  "Version": "2012-10-17","#, r#"  "Statement": ["#]);
    }

    #[test]
    fn equal_sids_and_merging_are_refused() {
        let problem = document(&json!({"statement": [{"sid": "A"}, {"sid": "A"}]})).expect_err("twice the same");
        assert!(problem.summary.contains("duplicate Sid (A)"), "{problem:?}");
        let problem = document(&json!({"source_policy_documents": ["{}"]})).expect_err("merging");
        assert!(problem.summary.starts_with("source_policy_documents is not evaluated"), "{problem:?}");
    }
}
