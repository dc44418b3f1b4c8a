//! `skiff explain`, `schema`, `completions` and `man`.

use serde_json::Value;

use crate::{Folder, recommended};

#[test]
fn a_code_is_explained_by_its_id_or_its_name() {
    let folder = Folder::empty();
    for code in ["SK0001", "sk0001", "syntax"] {
        let run = folder.run(["explain", code]);
        assert_eq!(run.exit, 0, "{}", run.stderr);
        assert!(run.stdout.starts_with("SK0001 (syntax): "), "{}", run.stdout);
        assert!(!run.stdout.contains("\n "), "the space of the doc comment is gone: {}", run.stdout);
    }
    assert!(folder.json(["explain", "SK0001"])["data"]["manual"].as_str().is_some_and(|manual| manual.len() > 40));
}

#[test]
fn without_a_code_all_are_listed() {
    let folder = Folder::empty();
    assert!(folder.run(["explain"]).stdout.contains("SK0001  syntax"));
    assert_eq!(folder.json(["explain"])["data"]["codes"][0]["id"], "SK0001");
}

#[test]
fn an_unknown_code_is_guessed_at() {
    let folder = Folder::empty();
    let near = folder.json(["explain", "sintax"]);
    assert_eq!(near["exit"], 5);
    assert!(near["summary"].as_str().unwrap().contains("did you mean `SK0001` (syntax)?"), "{near:#}");
    assert_eq!(recommended(&near), ["skiff explain SK0001"]);
    assert_eq!(recommended(&folder.json(["explain", "zzz"])), ["skiff explain"]);
}

#[test]
fn every_document_has_a_schema() {
    let folder = Folder::empty();
    for document in ["plan", "lock", "change", "generated", "origins", "import-report", "envelope"] {
        let run = folder.run(["schema", document]);
        let schema: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(schema["properties"]["schema"].is_object(), "{document}");
        assert_eq!(folder.json(["schema", document])["data"]["schema"], schema);
    }
    assert_eq!(folder.run(["schema"]).stdout, folder.run(["schema", "spec"]).stdout);
}

#[test]
fn every_shell_has_a_script() {
    let folder = Folder::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = folder.run(["completions", shell]);
        assert_eq!(run.exit, 0);
        assert!(run.stdout.contains("completions"), "{shell}");
    }
    assert_eq!(folder.run(["completions", "dos"]).exit, 2);
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = Folder::empty();
    assert!(folder.run(["man"]).stdout.contains(".TH skiff 1"));
    assert_eq!(folder.run(["man", "--out", "man"]).exit, 0);
    for page in [
        "skiff",
        "skiff-plan",
        "skiff-lock",
        "skiff-generate",
        "skiff-generate-cloudformation",
        "skiff-generate-terraform",
        "skiff-explain-resource",
        "skiff-import",
        "skiff-import-kube",
        "skiff-man",
    ] {
        let text = folder.read(&format!("man/{page}.1"));
        assert!(text.contains(&format!(".TH {page} 1")), "{page}: {text}");
    }
}
