//! `skiff check` and `skiff init`.

use serde_json::Value;

use crate::{Folder, recommended};

#[test]
fn every_first_spec_passes_check_as_it_is() {
    for kind in ["web", "worker", "job", "stateful", "stack"] {
        let folder = Folder::with_spec(kind);
        let run = folder.run(["check"]);
        assert_eq!(run.exit, 0, "{kind}: {}{}", run.stdout, run.stderr);
        assert!(folder.read("skiff.yaml").contains("app: shop"), "{kind}");
        assert!(!folder.read("skiff.yaml").contains("{{"), "{kind}");
        assert_eq!(folder.json(["plan"])["code"], "PLANNED", "{kind}");
    }
}

#[test]
fn every_first_spec_is_as_the_schema_says_that_it_names() {
    let schema: Value = serde_json::from_str(&Folder::empty().run(["schema", "spec"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let reference = format!("# yaml-language-server: $schema={}\n", schema["$id"].as_str().unwrap());
    for kind in ["web", "worker", "job", "stateful", "stack"] {
        let text = Folder::with_spec(kind).read("skiff.yaml");
        assert!(text.starts_with(&reference), "{kind}: {text}");
        let spec: Value = serde_yaml::from_str(&text).unwrap();
        let problems: Vec<_> = validator.iter_errors(&spec).map(|error| error.to_string()).collect();
        assert_eq!(problems, Vec::<String>::new(), "{kind}");
    }
}

#[test]
fn an_existing_spec_is_kept_unless_forced() {
    let folder = Folder::empty();
    folder.write("skiff.yaml", "mine");
    let envelope = folder.json(["init", "web", "shop"]);
    assert_eq!((&envelope["exit"], &envelope["code"]), (&6.into(), &"CONFLICT".into()));
    assert_eq!(folder.read("skiff.yaml"), "mine");
    assert_eq!(folder.run(["init", "web", "shop", "--dry-run"]).exit, 0);
    assert_eq!(folder.read("skiff.yaml"), "mine");
    assert_eq!(folder.run(["init", "web", "shop", "--force"]).exit, 0);
    assert_ne!(folder.read("skiff.yaml"), "mine");
    assert_eq!(folder.files(), ["skiff.yaml"]);
}

#[test]
fn a_name_that_cannot_be_one_is_refused() {
    for name in ["Shop", "9shop", "shop_1", "shop-", "", &"s".repeat(33)] {
        let folder = Folder::empty();
        assert_eq!(folder.json(["init", "web", name])["exit"], 2, "{name}");
        assert!(folder.files().is_empty());
    }
}

#[test]
fn errors_are_drawn_with_their_place_and_exit_with_twelve() {
    let folder = Folder::empty();
    folder.write("skiff.yaml", "app: [\n");
    let run = folder.run(["check"]);
    assert_eq!(run.exit, 12);
    assert!(run.stdout.contains("skiff.yaml:"), "{}", run.stdout);
    assert!(run.stderr.starts_with("error: `skiff.yaml` has 1 error\n"), "{}", run.stderr);
    let envelope = folder.json(["check"]);
    assert_eq!((&envelope["code"], &envelope["schema"]), (&"INPUT_ERRORS".into(), &"skiff.dev/check/v1".into()));
    let finding = &envelope["findings"][0];
    assert_eq!(finding["file"], "skiff.yaml");
    assert!(finding["line"].is_u64() && finding["column"].is_u64() && finding["code"].is_string());
    assert_eq!(recommended(&envelope), [format!("skiff explain {}", finding["code"].as_str().unwrap())]);
}

#[test]
fn a_spec_that_is_not_utf8_is_a_finding() {
    let folder = Folder::empty();
    folder.write("skiff.yaml", b"app: sh\xffp\n");
    for command in ["check", "plan", "lock"] {
        let envelope = folder.json([command]);
        assert_eq!(envelope["exit"], 12, "{command}");
        assert_eq!((&envelope["findings"][0]["line"], &envelope["findings"][0]["column"]), (&1.into(), &8.into()));
    }
}

#[test]
fn a_missing_spec_leads_to_init() {
    let envelope = Folder::empty().json(["check"]);
    assert_eq!((&envelope["exit"], &envelope["code"]), (&5.into(), &"NOT_FOUND".into()));
    assert_eq!(recommended(&envelope), ["skiff init web my-app"]);
}

#[test]
fn a_folder_is_not_a_spec() {
    assert_eq!(Folder::empty().json(["check", "."])["exit"], 2);
}

#[test]
fn an_unknown_environment_is_an_error_of_the_input() {
    assert_eq!(Folder::with_spec("web").json(["check", "--env", "nowhere"])["exit"], 12);
}

#[test]
fn colours_come_only_when_asked_for() {
    let folder = Folder::empty();
    folder.write("skiff.yaml", "app: [\n");
    let escape = '\u{1b}';
    assert!(!folder.run(["check"]).stdout.contains(escape));
    let colored = folder.run(["check", "--color", "always"]);
    assert!(colored.stdout.contains(escape) && colored.stderr.contains(escape));
    assert!(!folder.json(["check", "--color", "always"]).to_string().contains(escape));
}

#[test]
fn what_may_be_a_secret_is_never_drawn() {
    let folder = Folder::empty();
    let secret = "AKIAIOSFODNN7EXAMPLE";
    let spec = format!(
        "app: shop\naccount: \"111122223333\"\nregion: eu-west-1\nnetwork: {{ egress: nat }}\nservices:\n  api:\n    \
         kind: worker\n    image: ghcr.io/acme/api:1\n    env:\n      KEY: {secret}\n      SKIFF_X: \"1\"\n    secrets:\n      \
         TOKEN: \"Not a name but {secret}\"\n"
    );
    folder.write("skiff.yaml", &spec);
    for format in ["text", "json", "sarif"] {
        let run = folder.run(["check", "--format", format]);
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(all.contains("SK0322") && all.contains("SK0107"), "{all}");
        assert!(!all.contains(secret), "{format}: {all}");
    }
}
