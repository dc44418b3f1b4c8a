//! What holds for every command: one object, the same twice, errors of usage, closed pipes.

use std::fs::File;

use serde_json::Value;

use crate::{Folder, schema};

/// Every command as it does its work, and as it fails, in a folder with a first spec.
const COMMANDS: &[(&[&str], i32)] = &[
    (&["init", "web", "shop", "--dry-run"], 0),
    (&["init", "web", "shop"], 6),
    (&["check"], 0),
    (&["check", "--env", "nowhere"], 12),
    (&["plan"], 0),
    (&["plan", "missing.yaml"], 5),
    (&["plan", "--golden", "golden.json"], 5),
    (&["diff", "one.json", "two.json"], 5),
    (&["generate", "cloudformation"], 0),
    (&["generate", "cloudformation", "--env", "nowhere"], 12),
    (&["generate", "terraform", "--out", "infra", "--check"], 5),
    (&["generate", "terraform", "--out", "infra", "--dry-run"], 0),
    (&["generate", "terraform", "--out", "skiff.yaml"], 2),
    (&["generate", "terraform"], 2),
    (&["import", "kube", "missing", "--dry-run"], 5),
    (&["import", "kube", "skiff.yaml", "--dry-run"], 5),
    (&["import", "kube", ".", "--allow", "SK9999"], 2),
    (&["import", "kube", "."], 6),
    (&["import", "kube"], 2),
    (&["lock", "--check"], 3),
    (&["lock", "--ami", "arm64"], 2),
    (&["explain"], 0),
    (&["explain", "SK0101"], 0),
    (&["explain", "SK9999"], 5),
    (&["explain-resource", "environment.vpc"], 0),
    (&["explain-resource", "environment.vcp"], 5),
    (&["explain-resource", "environment.vpc", "--tree", "infra"], 5),
    (&["schema"], 0),
    (&["schema", "plan"], 0),
    (&["completions", "bash"], 0),
    (&["completions", "dos"], 2),
    (&["man"], 0),
    (&["status"], 0),
    (&["status", "nosuch"], 5),
    (&["deploy"], 7),
    (&["deploy", "--dry-run"], 7),
    (&["deploy", "--release", "v1", "--label", "v2"], 2),
    (&["scale", "web", "0"], 2),
    (&["scale", "web", "3"], 5),
    (&["restart"], 5),
    (&["rollback"], 5),
    (&["destroy", "web"], 0),
    (&["approve", "nothing"], 5),
    (&["resume", "nothing"], 5),
    (&["--version"], 0),
    (&["--help"], 0),
    (&["nonsense"], 2),
];

#[test]
fn every_envelope_is_as_its_schema_says() {
    let folder = Folder::with_spec("web");
    let schema: Value = serde_json::from_str(&folder.run(["schema", "envelope"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (command, exit) in COMMANDS {
        let run = folder.run(command.iter().copied().chain(["--format", "json"]));
        let envelope: Value = serde_json::from_str(&run.stdout).unwrap();
        let problems: Vec<_> = validator.iter_errors(&envelope).map(|error| error.to_string()).collect();
        assert_eq!(problems, Vec::<String>::new(), "{command:?}");
        assert_eq!((run.exit, run.stderr.as_str()), (*exit, ""), "{command:?}");
        assert_eq!(envelope["exit"], *exit, "{command:?}");
        if envelope["ok"] == true {
            schema::check(command, &envelope["data"]);
        }
    }
}

#[test]
fn two_runs_are_the_same_bytes_but_for_the_trace_id() {
    let folder = Folder::with_spec("web");
    for (command, _) in COMMANDS {
        for form in ["json", "text"] {
            let run = || {
                let run = folder.run(command.iter().copied().chain(["--format", form]));
                let id = serde_json::from_str::<Value>(&run.stdout)
                    .ok()
                    .and_then(|it| it["trace_id"].as_str().map(str::to_owned));
                assert_eq!(id.is_some(), form == "json", "{command:?}");
                (run.stdout.replace(id.as_deref().unwrap_or("no trace id"), "…"), run.stderr, id)
            };
            let (first, second) = (run(), run());
            assert_eq!((&first.0, &first.1), (&second.0, &second.1), "{command:?} as {form}");
            assert!(form == "text" || first.2 != second.2, "{command:?}: a trace id is fresh");
        }
    }
}

#[test]
fn the_envelope_has_exactly_the_fields_of_the_contract() {
    let envelope = Folder::empty().json(["explain"]);
    let mut fields: Vec<_> = envelope.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let mut expected = [
        "schema",
        "ok",
        "code",
        "summary",
        "exit",
        "trace_id",
        "facts",
        "hypotheses",
        "findings",
        "recommended_actions",
        "data",
        "warnings",
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
}

#[test]
fn mistakes_in_the_arguments_are_json_as_well() {
    let folder = Folder::empty();
    let cases: [(&[&str], &str); 5] = [
        (&["plna", "--format", "json"], "skiff.dev/skiff/v1"),
        (&["plan", "--format=json", "--colour"], "skiff.dev/plan/v1"),
        (&["--format", "json"], "skiff.dev/skiff/v1"),
        (&["diff", "one.json", "--format", "json"], "skiff.dev/diff/v1"),
        (&["plan", "--bless", "--format", "json"], "skiff.dev/plan/v1"),
    ];
    for (arguments, schema) in cases {
        let run = folder.run(arguments);
        let envelope: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {}", run.stdout));
        assert_eq!((run.exit, &envelope["code"], run.stderr.as_str()), (2, &"USAGE".into(), ""), "{arguments:?}");
        assert_eq!(envelope["schema"], schema, "{arguments:?}");
        assert!(!envelope["summary"].as_str().unwrap().is_empty());
    }
}

#[test]
fn mistakes_in_the_arguments_go_to_standard_error_otherwise() {
    let run = Folder::empty().run(["plna"]);
    assert_eq!((run.exit, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("'plan'"), "{}", run.stderr);
}

#[test]
fn help_and_version_are_not_errors() {
    let folder = Folder::empty();
    let help = folder.run(["--help"]);
    assert_eq!((help.exit, help.stderr.as_str()), (0, ""));
    assert!(help.stdout.contains("Exit codes:"), "{}", help.stdout);
    assert_eq!(folder.run(["--version"]).stdout, format!("skiff {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(folder.json(["plan", "--help"])["code"], "HELP");
    assert_eq!(folder.json(["--version"])["code"], "VERSION");
}

#[test]
fn a_form_that_a_command_lacks_is_refused() {
    let folder = Folder::with_spec("web");
    for arguments in
        [["lock", "--format", "markdown"], ["plan", "--format", "sarif"], ["check", "--format", "markdown"]]
    {
        let run = folder.run(arguments);
        assert_eq!(run.exit, 2, "{arguments:?}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = Folder::empty();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = folder.command(["schema", "plan"]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = Folder::empty().command(["schema", "plan"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not write the output"));
}
