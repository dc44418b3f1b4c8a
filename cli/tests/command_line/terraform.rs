//! `skiff generate terraform`: the tree in its folder, held against any tree that is generated.

use std::fs;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Folder, recommended};

const LIST: &str = "infra/skiff-files.json";
const GENERATE: [&str; 4] = ["generate", "terraform", "--out", "infra"];

fn generated() -> Folder {
    let folder = Folder::with_spec("web");
    assert_eq!(folder.json(GENERATE)["code"], "GENERATED");
    folder
}

fn digest(text: &str) -> String {
    format!("sha256:{}", Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// Writes a file and puts it on the list, as an earlier version of the spec would have had it.
fn generated_before(folder: &Folder, path: &str, text: &str) {
    let place = folder.path("infra").join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, text).unwrap();
    on_the_list(folder, path, &digest(text));
}

fn on_the_list(folder: &Folder, path: &str, digest: &str) {
    let mut list: Value = serde_json::from_str(&folder.read(LIST)).unwrap();
    list["files"][path] = json!(digest);
    folder.write(LIST, serde_json::to_string_pretty(&list).unwrap() + "\n");
}

#[test]
fn a_tree_is_written_once_and_then_left_alone() {
    let folder = Folder::with_spec("web");
    let first = folder.json(GENERATE);
    assert_eq!((&first["code"], &first["exit"]), (&"GENERATED".into(), &0.into()));
    let list: Value = serde_json::from_str(&folder.read(LIST)).unwrap();
    assert_eq!((&list["schema"], &list["app"]), (&"skiff.dev/generated/v1".into(), &"shop".into()));
    let listed: Vec<_> = list["files"].as_object().unwrap().iter().collect();
    assert_eq!(json!(listed.iter().map(|(path, _)| path).collect::<Vec<_>>()), first["data"]["written"]);
    for (path, listed) in listed {
        assert_eq!(digest(&folder.read(&format!("infra/{path}"))), *listed.as_str().unwrap(), "{path}");
    }
    let modified = |path: &str| fs::metadata(folder.path(path)).unwrap().modified().unwrap();
    let before = modified(LIST);
    let second = folder.json(GENERATE);
    assert_eq!((&second["code"], &second["data"]["written"]), (&"TREE_CURRENT".into(), &json!([])));
    assert_eq!(second["data"]["unchanged"], first["data"]["written"]);
    assert_eq!(modified(LIST), before);
    assert_eq!(folder.json(["generate", "terraform", "--out", "infra", "--check"])["code"], "TREE_CURRENT");
}

#[test]
fn the_list_is_as_its_schema_says() {
    let folder = generated();
    let schema: Value = serde_json::from_str(&folder.run(["schema", "generated"]).stdout).unwrap();
    let list: Value = serde_json::from_str(&folder.read(LIST)).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&list), "{list:#}");
}

#[test]
fn what_is_open_is_said_with_the_command_that_locks_it() {
    let envelope = Folder::with_spec("web").json(GENERATE);
    assert!(recommended(&envelope).contains(&"skiff lock --ami arm64=ami-…".into()), "{envelope:#}");
    assert!(envelope["data"]["inputs"].as_array().unwrap().contains(&"ami_arm64".into()));
}

#[test]
fn what_was_generated_before_goes_and_what_is_a_users_stays() {
    let folder = generated();
    generated_before(&folder, "services/gone/compute.tf", "old\n");
    folder.write("infra/extra.tf", "mine\n");
    fs::create_dir(folder.path("infra/.terraform")).unwrap();
    let check = folder.json(["generate", "terraform", "--out", "infra", "--check"]);
    assert_eq!((&check["code"], &check["exit"]), (&"TREE_STALE".into(), &3.into()));
    assert_eq!(check["data"]["files"]["superfluous"], json!(["services/gone/compute.tf"]));
    assert_eq!(recommended(&check), ["skiff generate terraform --out infra"]);
    let dry = folder.json(["generate", "terraform", "--out", "infra", "--dry-run"]);
    assert_eq!((&dry["code"], &dry["data"]["removed"]), (&"WOULD_WRITE".into(), &json!(["services/gone/compute.tf"])));
    assert_eq!(folder.read("infra/services/gone/compute.tf"), "old\n");
    let run = folder.run(GENERATE);
    assert!(run.stdout.contains("remove  services/gone/compute.tf\n"), "{}", run.stdout);
    assert!(run.stderr.contains("removed 1"), "{}", run.stderr);
    assert!(!folder.path("infra/services/gone").exists());
    assert_eq!(folder.read("infra/extra.tf"), "mine\n");
    assert!(folder.path("infra/.terraform").exists());
}

#[test]
fn an_edit_is_refused_until_it_is_given_up() {
    let folder = generated();
    generated_before(&folder, "edited.tf", "as it was\n");
    folder.write("infra/edited.tf", "by hand\n");
    let refused = folder.json(GENERATE);
    assert_eq!((&refused["code"], &refused["exit"]), (&"CONFLICT".into(), &6.into()));
    assert_eq!(refused["data"]["problems"][0]["path"], "edited.tf");
    assert_eq!(refused["data"]["problems"][0]["problem"], "edited");
    assert_eq!(recommended(&refused), ["skiff generate terraform --out infra --discard-edits"]);
    let run = folder.run(GENERATE);
    assert!(run.stderr.contains("\n  `infra/edited.tf` was edited by hand\nhint: "), "{}", run.stderr);
    let check = folder.json(["generate", "terraform", "--out", "infra", "--check"]);
    assert_eq!((&check["exit"], &check["data"]["files"]["edited"]), (&3.into(), &json!(["edited.tf"])));
    assert_eq!(folder.read("infra/edited.tf"), "by hand\n");
    let discarded = folder.json(["generate", "terraform", "--out", "infra", "--discard-edits"]);
    assert_eq!(discarded["data"]["edits_discarded"], json!(["edited.tf"]));
    assert!(!folder.path("infra/edited.tf").exists());
}

#[test]
fn checking_without_a_tree_is_not_found_and_writes_nothing() {
    let folder = Folder::with_spec("web");
    let envelope = folder.json(["generate", "terraform", "--out", "infra", "--check"]);
    assert_eq!((&envelope["code"], &envelope["exit"]), (&"NOT_FOUND".into(), &5.into()));
    assert_eq!(recommended(&envelope), ["skiff generate terraform --out infra"]);
    assert_eq!(folder.json(["generate", "terraform", "--out", "infra", "--dry-run"])["code"], "WOULD_WRITE");
    assert_eq!(folder.files(), ["skiff.yaml"]);
}

#[test]
fn a_tree_of_another_application_is_refused() {
    let folder = generated();
    folder.write("skiff.yaml", folder.read("skiff.yaml").replace("app: shop", "app: other"));
    for flag in ["--check", "--dry-run", "--discard-edits"] {
        let envelope = folder.json(["generate", "terraform", "--out", "infra", flag]);
        assert_eq!((&envelope["code"], &envelope["exit"]), (&"CONFLICT".into(), &6.into()), "{flag}");
    }
}

#[test]
fn a_list_that_leads_outside_is_never_followed() {
    let folder = generated();
    folder.write("outside.txt", "secret");
    on_the_list(&folder, "../outside.txt", &digest("secret"));
    for flag in ["--check", "--discard-edits"] {
        let envelope = folder.json(["generate", "terraform", "--out", "infra", flag]);
        assert_eq!((&envelope["code"], &envelope["exit"]), (&"VERIFICATION_FAILED".into(), &10.into()), "{flag}");
        assert!(!envelope.to_string().contains("secret"));
    }
    assert_eq!(folder.read("outside.txt"), "secret");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_outside_is_never_followed() {
    let folder = generated();
    generated_before(&folder, "linked/compute.tf", "old\n");
    fs::rename(folder.path("infra/linked"), folder.path("outside")).unwrap();
    std::os::unix::fs::symlink(folder.path("outside"), folder.path("infra/linked")).unwrap();
    let envelope = folder.json(["generate", "terraform", "--out", "infra", "--discard-edits"]);
    assert_eq!((&envelope["code"], &envelope["exit"]), (&"VERIFICATION_FAILED".into(), &10.into()));
    assert_eq!(folder.read("outside/compute.tf"), "old\n");
}

#[cfg(unix)]
#[test]
fn a_second_run_at_once_is_told_so() {
    let folder = generated();
    let other = fs::File::open(folder.path("infra")).unwrap();
    other.lock().unwrap();
    let envelope = folder.json(GENERATE);
    assert_eq!((&envelope["code"], &envelope["exit"]), (&"CONFLICT".into(), &6.into()));
    drop(other);
    assert_eq!(folder.json(GENERATE)["exit"], 0);
}

#[test]
fn a_folder_that_cannot_be_one_is_said() {
    let folder = Folder::with_spec("web");
    folder.write("infra", "a file");
    assert_eq!(folder.json(GENERATE)["exit"], 2);
    assert_eq!(folder.json(["generate", "terraform", "--out", "infra", "--check"])["exit"], 2);
    assert_eq!(folder.read("infra"), "a file");
    assert_eq!(folder.json(["generate", "terraform"])["exit"], 2, "`--out` is needed");
}

/// Where not even root may make a folder.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_is_said() {
    let folder = Folder::with_spec("web");
    let envelope = folder.json(["generate", "terraform", "--out", "/sys/kernel/infra"]);
    assert_eq!((&envelope["code"], &envelope["exit"]), (&"NOT_AUTHORISED".into(), &4.into()), "{envelope:#}");
}

#[test]
fn a_spec_with_errors_makes_no_folder() {
    let folder = Folder::empty();
    folder.write("skiff.yaml", "app: [\n");
    assert_eq!(folder.json(GENERATE)["exit"], 12);
    assert_eq!(folder.files(), ["skiff.yaml"]);
}

#[test]
fn each_environment_has_a_tree_of_its_own() {
    let folder = Folder::with_spec("web");
    let staging = "environments:\n  staging:\n    account: \"444455556666\"\n    region: eu-west-1\n    state: { manage: true }\n";
    folder.write("skiff.yaml", folder.read("skiff.yaml").replace("environments:\n", staging));
    for environment in ["staging", "prod"] {
        let generate = ["generate", "terraform", "--env", environment, "--out"];
        let own = folder.run(generate.iter().chain(&[format!("infra/{environment}").as_str()]));
        assert_eq!(own.exit, 0, "{}", own.stderr);
    }
    let wrong = folder.json(["generate", "terraform", "--env", "prod", "--out", "infra/staging"]);
    assert_eq!((&wrong["code"], &wrong["exit"]), (&"CONFLICT".into(), &6.into()));
    assert_eq!(wrong["data"]["holds"], json!({ "app": "shop", "environment": "staging" }));
    let check = folder.json(["generate", "terraform", "--env", "prod", "--out", "infra/none", "--check"]);
    assert_eq!(recommended(&check), ["skiff generate terraform --env prod --out infra/none"]);
}
