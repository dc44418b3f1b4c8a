//! `skiff secret set` and `skiff secret list`: what is shown, and what never is.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::json;

use crate::Project;

const VALUE: &[u8] = b"correct horse battery staple";

#[test]
fn a_value_is_set_listed_and_nowhere_to_be_read() {
    let project = Project::new();
    let set = project.json_fed(&["secret", "set", "smtp-password"], VALUE);
    assert_eq!((&set["code"], &set["exit"], &set["data"]["version"]), (&json!("SECRET_SET"), &json!(0), &json!(1)));
    let list = project.json(&["secret", "list"]);
    assert_eq!(list["data"]["secrets"][1]["name"], "smtp-password");
    assert_eq!(list["data"]["secrets"][1]["services"], json!(["mailer"]));
    assert_eq!(
        (&list["data"]["secrets"][0]["name"], &list["data"]["secrets"][0]["version"]),
        (&json!("shop/flags"), &json!(null))
    );
    let text = project.run(&["secret", "list"]).stdout;
    assert!(text.contains("not set") && text.contains("mailer"), "{text}");
    let audit = project.json(&["audit"]);
    assert_eq!(audit["data"]["events"][0]["kind"], "secret-set");
    let said = format!("{set}{list}{text}{audit}");
    let secret = String::from_utf8_lossy(VALUE);
    assert!(!said.contains(&*secret));
    for (path, bytes) in project.state() {
        assert!(!String::from_utf8_lossy(&bytes).contains(&*secret), "{}", path.display());
    }
    let mode = fs::metadata(project.path("config/skiff/local.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_same_value_again_changes_nothing() {
    let project = Project::new();
    fs::write(project.path("value"), VALUE).unwrap();
    assert_eq!(project.json(&["secret", "set", "smtp-password", "--from-file", "value"])["code"], "SECRET_SET");
    let before = project.state();
    let with_newline = [VALUE, b"\n"].concat();
    let again = project.json_fed(&["secret", "set", "smtp-password"], &with_newline);
    assert_eq!((&again["code"], &again["data"]["version"]), (&json!("UNCHANGED"), &json!(1)));
    assert_eq!(project.state(), before);
    let other = project.json_fed(&["secret", "set", "smtp-password"], b"another");
    assert_eq!(other["data"]["version"], 2);
    assert_eq!(other["recommended_actions"][0]["argv"], json!(["skiff", "restart", "mailer"]));
}

#[test]
fn a_dry_run_writes_nothing_at_all() {
    let project = Project::new();
    let run = project.json_fed(&["secret", "set", "smtp-password", "--dry-run"], VALUE);
    assert_eq!(run["code"], "WOULD_SET");
    assert!(project.state().is_empty() && !project.path("config").exists());
}

#[test]
fn a_value_on_the_command_line_is_refused_and_not_repeated() {
    let project = Project::new();
    for words in [&["secret", "set", "smtp-password", "hunter2"][..], &["secret", "set", "smtp-password=hunter2"]] {
        for format in ["text", "json"] {
            let run = project.run(&[words, &["--format", format]].concat());
            assert_eq!(run.exit, 2, "{run:?}");
            assert!(!format!("{run:?}").contains("hunter2"), "{run:?}");
        }
    }
    assert!(project.state().is_empty());
}

#[test]
fn what_cannot_be_a_secret_says_why() {
    let project = Project::new();
    let unknown = project.json_fed(&["secret", "set", "smtp-pasword"], VALUE);
    assert_eq!((&unknown["code"], &unknown["exit"]), (&json!("NOT_FOUND"), &json!(5)));
    assert!(unknown["summary"].as_str().unwrap().contains("did you mean `smtp-password`?"), "{unknown}");
    assert_eq!(project.json(&["secret", "set", "smtp-password"])["findings"][0]["code"], "SK2537");
    assert_eq!(project.json_fed(&["secret", "set", "smtp-password"], &[0; 65_537])["exit"], 2);
    assert_eq!(project.json(&["secret", "set", "../up"])["findings"][0]["code"], "SK2537");
    assert_eq!(project.json(&["secret", "set", "smtp-password", "--from-file", "none"])["exit"], 5);
}

#[test]
fn a_key_that_others_may_read_is_not_used() {
    let project = Project::new();
    assert_eq!(project.fed(&["secret", "set", "smtp-password"], VALUE).exit, 0);
    let key = project.path("config/skiff/local.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let run = project.json_fed(&["secret", "set", "smtp-password"], b"another");
    assert_eq!((&run["exit"], &run["findings"][0]["code"]), (&json!(4), &json!("SK2532")));
}

/// What a deploy would ask for: the password of a database too, and nothing that `local:` replaces.
#[test]
fn the_names_are_those_that_a_deploy_asks_for() {
    let project = Project::new();
    let spec = fs::read_to_string(project.path("skiff.yaml")).unwrap();
    let database = "databases:\n  orders: { engine: mariadb, multi_az: false, backup_retention: 1d, deletion_protection: false }\n";
    let local = "local:\n  services:\n    mailer: { env: { FLAGS: none } }\n";
    fs::write(project.path("skiff.yaml"), format!("{database}{spec}    uses: [orders]\n{local}")).unwrap();
    let list = project.json(&["secret", "list"]);
    let names: Vec<_> =
        list["data"]["secrets"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["orders.password", "smtp-password"], "{list:#}");
    assert_eq!(project.json_fed(&["secret", "set", "orders.password"], VALUE)["code"], "SECRET_SET");
    let doctor = project.json(&["doctor", "--races", "1"]);
    let actions = doctor["recommended_actions"].to_string();
    assert!(actions.contains("set-smtp-password") && !actions.contains("orders"), "{actions}");
}
