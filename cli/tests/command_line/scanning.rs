//! `skiff check --format sarif`, held against what SARIF 2.1.0 demands of the part that Skiff writes.

use serde_json::{Value, json};

use crate::Folder;

/// The part of the standard (OASIS, "Static Analysis Results Interchange Format 2.1.0") that a log of ours may use:
/// required properties, enumerations and bounds as the standard has them, and nothing beside them.
fn standard() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let message = object(&["text"], json!({ "text": text }));
    let help = object(&["text"], json!({ "text": text, "markdown": text }));
    let rule = object(&["id"], json!({ "id": text, "name": text, "shortDescription": message, "help": help }));
    let driver = object(&["name"], json!({ "name": text, "version": text, "rules": list(rule) }));
    let number = json!({ "type": "integer", "minimum": 1 });
    let region = object(&["startLine"], json!({ "startLine": number, "startColumn": number }));
    let uri = json!({ "type": "string", "pattern": "^[A-Za-z0-9._~/!$&'()*+,;=@%-]+$" });
    let artifact = object(&["uri"], json!({ "uri": uri }));
    let place = object(&["artifactLocation"], json!({ "artifactLocation": artifact, "region": region }));
    let location = object(&[], json!({ "physicalLocation": place }));
    let levels = json!({ "enum": ["none", "note", "warning", "error"] });
    let result = object(
        &["ruleId", "message"],
        json!({ "ruleId": text, "level": levels, "message": message, "locations": list(location) }),
    );
    let notification = object(&["message"], json!({ "level": levels, "message": message }));
    let invocation = object(
        &["executionSuccessful"],
        json!({ "executionSuccessful": { "type": "boolean" }, "toolExecutionNotifications": list(notification) }),
    );
    let run = object(
        &["tool", "results"],
        json!({
            "tool": object(&["driver"], json!({ "driver": driver })),
            "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
            "invocations": list(invocation),
            "results": list(result),
        }),
    );
    object(&["version", "runs"], json!({ "$schema": text, "version": { "const": "2.1.0" }, "runs": list(run) }))
}

/// The log of one check, once it was held against the standard.
fn log(folder: &Folder, arguments: &[&str], exit: i32) -> Value {
    let run = folder.run(["check"].iter().chain(arguments).copied().chain(["--format", "sarif"]));
    assert_eq!(run.exit, exit, "{arguments:?}: {}", run.stderr);
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let validator = jsonschema::validator_for(&standard()).unwrap();
    let problems: Vec<_> =
        validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(problems, Vec::<String>::new(), "{log:#}");
    let rules: Vec<_> =
        log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        assert!(rules.contains(&&result["ruleId"]), "{result:#}");
    }
    log
}

#[test]
fn each_finding_is_a_result_at_its_place() {
    let folder = Folder::empty();
    folder.write("skiff.yaml", "app: shop\nregoin: eu-west-1\naccount: 12\nservices: {}\n");
    let log = log(&folder, &[], 12);
    let found = log["runs"][0]["results"].as_array().unwrap();
    assert!(found.len() >= 3, "{log:#}");
    let unknown = found.iter().find(|result| result["ruleId"] == "SK0101").unwrap();
    let place = &unknown["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "skiff.yaml");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&2.into(), &1.into()));
    assert_eq!(unknown["message"]["text"], "`regoin` is not a key here: did you mean `region`?");
}

#[test]
fn warnings_alone_pass() {
    let log = log(&Folder::with_spec("stack"), &[], 0);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let tags = results.iter().filter(|result| result["ruleId"] == "SK0320");
    assert_eq!(tags.map(|result| result["level"].as_str().unwrap()).collect::<Vec<_>>(), ["warning", "warning"]);
    assert!(results.iter().all(|result| result["level"] != "error"), "{log:#}");
}

#[test]
fn a_file_with_an_odd_name_has_a_reference_that_is_one() {
    let folder = Folder::empty();
    folder.write("a spec — ü.yaml", "app: [\n");
    let log = log(&folder, &["a spec — ü.yaml"], 12);
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20spec%20%E2%80%94%20%C3%BC.yaml");
}

#[test]
fn a_check_that_could_not_be_made_says_so() {
    let log = log(&Folder::empty(), &["elsewhere.yaml"], 5);
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), 1);
}
