//! `skiff import kube`: what is read, what is written, how it ends.

use std::{
    fs,
    io::Write as _,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::{Folder, Run, recommended};

/// A workload of which nothing is lost.
const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: 'ghcr.io/acme/web:1.4'}
";

/// An object of a kind that nobody knows.
const TUBE: &str = "apiVersion: tubes.example.com/v1\nkind: Tube\nmetadata: {name: long}\nspec: {length: 3}\n";

/// An account and a region, so that nothing is a placeholder.
const PLACE: [&str; 4] = ["--account", "111122223333", "--region", "eu-west-1"];

fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::empty();
    for (name, text) in files {
        fs::create_dir_all(folder.path(name).parent().unwrap()).unwrap();
        folder.write(name, text);
    }
    folder
}

fn import(folder: &Folder, arguments: &[&str]) -> Run {
    folder.run(["import", "kube"].iter().chain(arguments).chain(&PLACE))
}

/// Runs with a text as standard input.
fn piped(folder: &Folder, arguments: &[&str], text: &str) -> Run {
    let mut command = folder.command(["import", "kube"].iter().chain(arguments));
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child: Child = child.unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    Run::from(child.wait_with_output().unwrap())
}

#[test]
fn a_folder_becomes_a_spec_that_checks() {
    let folder = folder(&[("k8s/web.yaml", WEB)]);
    let run = import(&folder, &["k8s"]);
    assert_eq!(run.exit, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("Deployment        1 "), "{}", run.stdout);
    assert!(run.stdout.contains("  web  worker    Deployment default/web\n"), "{}", run.stdout);
    assert!(run.stderr.starts_with("wrote `skiff.yaml`: 1 service from 1 object; of "), "{}", run.stderr);
    assert!(run.stderr.contains("next: skiff check skiff.yaml  # "), "{}", run.stderr);
    let spec = folder.read("skiff.yaml");
    assert!(spec.contains("\napp: k8s\naccount: \"111122223333\"\nregion: eu-west-1\n"), "{spec}");
    assert_eq!(folder.run(["check"]).exit, 0);
}

#[test]
fn an_existing_spec_stays_unless_it_may_go() {
    let folder = folder(&[("web.yaml", WEB), ("skiff.yaml", "mine\n")]);
    let refused = import(&folder, &["web.yaml"]);
    assert_eq!((refused.exit, folder.read("skiff.yaml").as_str()), (6, "mine\n"));
    assert!(refused.stderr.contains("`--force` replaces it"), "{}", refused.stderr);
    assert_eq!(import(&folder, &["web.yaml", "--dry-run"]).exit, 0);
    assert_eq!(folder.read("skiff.yaml"), "mine\n");
    assert_eq!(import(&folder, &["web.yaml", "--force"]).exit, 0);
    assert!(folder.read("skiff.yaml").contains("kind: worker"));
    assert_eq!(import(&folder, &["web.yaml", "--out", "new/skiff.yaml"]).exit, 5, "there is no such folder");
}

#[test]
fn a_dry_run_prints_the_spec_and_writes_nothing() {
    let folder = folder(&[("web.yaml", WEB)]);
    let run = import(&folder, &["web.yaml", "--dry-run", "--report", "report.json", "--app", "shop"]);
    assert!(run.stdout.starts_with("# yaml-language-server:"), "{}", run.stdout);
    assert!(run.stdout.contains("\napp: shop\n"), "{}", run.stdout);
    assert!(run.stderr.starts_with("would write `skiff.yaml`"), "{}", run.stderr);
    assert_eq!(folder.files(), ["web.yaml"]);
}

#[test]
fn what_is_lost_is_said_and_written_all_the_same() {
    let folder = folder(&[("web.yaml", &format!("{WEB}---\n{TUBE}"))]);
    let run = import(&folder, &["web.yaml"]);
    assert_eq!(run.exit, 3, "{}", run.stderr);
    assert!(run.stdout.contains("unsupported SK0834 (kube-unknown-kind): "), "{}", run.stdout);
    let spec = folder.read("skiff.yaml");
    assert!(spec.contains("# UNSUPPORTED SK0834 Tube long: "), "{spec}");
    assert_eq!(folder.run(["check"]).exit, 0, "a comment is no mistake");
    for allowed in ["SK0834", "sk0834", "kube-unknown-kind"] {
        assert_eq!(import(&folder, &["web.yaml", "--force", "--allow", allowed]).exit, 0, "{allowed}");
    }
    let misspelt = import(&folder, &["web.yaml", "--force", "--allow", "kube-unknown-kin"]);
    assert_eq!(misspelt.exit, 2);
    assert!(misspelt.stderr.contains("did you mean `kube-unknown-kind`?"), "{}", misspelt.stderr);
}

#[test]
fn what_cannot_be_read_costs_itself() {
    let folder = folder(&[("web.yaml", &format!("a: [\n---\n{WEB}---\n{TUBE}"))]);
    let envelope = folder.json(["import", "kube", "web.yaml", "--allow", "kube-unknown-kind"]);
    assert_eq!((envelope["exit"].as_i64(), envelope["code"].as_str()), (Some(12), Some("INPUT_ERRORS")));
    assert_eq!(envelope["data"]["services"][0]["name"], "web");
    assert!(folder.read("skiff.yaml").contains("# ERROR SK0805 web.yaml:1:4: "), "{}", folder.read("skiff.yaml"));
    assert!(recommended(&envelope).contains(&"skiff explain SK0805".to_owned()), "{envelope:#}");
}

#[test]
fn strict_counts_what_skiff_chose() {
    let folder = folder(&[("web.yaml", WEB)]);
    assert_eq!(folder.run(["import", "kube", "web.yaml", "--dry-run"]).exit, 0);
    assert_eq!(folder.run(["import", "kube", "web.yaml", "--dry-run", "--strict"]).exit, 3);
    let findings = folder.json(["import", "kube", "web.yaml", "--dry-run"])["findings"].take();
    let codes =
        findings.as_array().unwrap().iter().map(|finding| format!("--allow={}", finding["code"].as_str().unwrap()));
    let strict = ["import", "kube", "web.yaml", "--dry-run", "--strict"].map(str::to_owned);
    assert_eq!(folder.run(strict.into_iter().chain(codes)).exit, 0);
}

#[test]
fn standard_input_is_read_once() {
    let folder = Folder::empty();
    let run = piped(&folder, &["-", "--app", "shop"], WEB);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(folder.read("skiff.yaml").contains("ghcr.io/acme/web:1.4"));
    assert_eq!(piped(&folder, &["-", "-", "--force"], WEB).exit, 2);
    let empty = piped(&folder, &["-", "--force"], "");
    assert_eq!(empty.exit, 5, "{}", empty.stderr);
}

#[test]
fn folders_are_read_sorted_without_what_is_hidden() {
    let named = |name: &str| WEB.replace("name: web}\nspec", &format!("name: {name}}}\nspec"));
    let folder = folder(&[
        ("k8s/b.yml", &named("second")),
        ("k8s/a/deep/a.yaml", &named("first")),
        ("k8s/c.JSON", "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"n\"}}"),
        ("k8s/.git/x.yaml", &named("hidden")),
        ("k8s/.x.yaml", &named("read")),
        ("k8s/notes.txt", "a: ["),
    ]);
    let services = |envelope: &Value| {
        let services = envelope["data"]["services"].as_array().unwrap();
        services.iter().map(|service| service["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let envelope = folder.json(["import", "kube", "k8s", "k8s/b.yml", "--dry-run"]);
    assert_eq!(services(&envelope), ["read", "first", "second"]);
    assert_eq!(envelope["data"]["kinds"]["Namespace"]["objects"], 1);
}

#[cfg(unix)]
#[test]
fn links_in_folders_are_not_followed_and_named_ones_are() {
    let folder = folder(&[("k8s/web.yaml", WEB)]);
    std::os::unix::fs::symlink(folder.path("k8s"), folder.path("k8s/again")).unwrap();
    std::os::unix::fs::symlink(folder.path("k8s/web.yaml"), folder.path("link.yaml")).unwrap();
    let envelope = folder.json(["import", "kube", "k8s", "--dry-run"]);
    assert_eq!(envelope["data"]["services"].as_array().unwrap().len(), 1);
    let envelope = folder.json(["import", "kube", "link.yaml", "--dry-run"]);
    assert_eq!(envelope["data"]["services"].as_array().unwrap().len(), 1);
}

#[test]
fn what_a_run_writes_is_no_input_of_the_next() {
    let folder = folder(&[("web.yaml", WEB)]);
    let arguments = ["import", "kube", ".", "--app", "shop", "--report", "report.json", "--force"];
    let run = || (folder.run(arguments), folder.read("skiff.yaml"), folder.read("report.json"));
    let (first, second) = (run(), run());
    assert_eq!((first.0.exit, &first.0.stdout), (0, &second.0.stdout));
    assert_eq!((first.1, first.2), (second.1, second.2));
}

#[test]
fn the_report_has_every_leaf() {
    let folder = folder(&[("web.yaml", &format!("{WEB}---\n{TUBE}"))]);
    let envelope = folder.json(["import", "kube", "web.yaml", "--report", "report.json"]);
    let account = &envelope["data"]["account"];
    let sum = ["mapped", "changed", "assumed", "ignored", "unsupported", "unknown"]
        .map(|fate| account[fate].as_u64().unwrap())
        .iter()
        .sum::<u64>();
    assert_eq!(account["leaves"], sum);
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    let schema: Value = serde_json::from_str(&folder.run(["schema", "import-report"]).stdout).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&report), "{report:#}");
    assert_eq!(&report["account"], account);
    let leaves = report["objects"].as_array().unwrap().iter().map(|object| object["leaves"].as_array().unwrap().len());
    assert_eq!(leaves.sum::<usize>() as u64, sum);
    assert_eq!(report["findings"], envelope["findings"]);
    let finding = &report["findings"].as_array().unwrap().iter().find(|found| found["code"] == "SK0834").unwrap();
    assert_eq!((&finding["kind"], &finding["name"], &finding["path"]), (&"Tube".into(), &"long".into(), &"".into()));
    assert_eq!(folder.run(["import", "kube", "web.yaml", "--report", "report.md", "--force"]).exit, 3);
    let markdown = folder.read("report.md");
    assert!(markdown.starts_with("# Import of `"), "{markdown}");
    assert!(markdown.contains("| `spec.length` | unsupported |"), "{markdown}");
    assert_eq!(folder.run(["import", "kube", "web.yaml", "--out", "x.md", "--report", "x.md"]).exit, 2);
}

#[test]
fn what_is_not_there_is_said() {
    let folder = folder(&[("k8s/notes.txt", "nothing"), ("broken.yaml", "a: [\n"), ("other.yaml", "a: b\n")]);
    for (path, exit) in [("missing", 5), ("k8s", 5), ("other.yaml", 5), ("broken.yaml", 12)] {
        let run = import(&folder, &[path]);
        assert_eq!(run.exit, exit, "{path}: {}", run.stderr);
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    }
    assert!(!folder.path("skiff.yaml").exists());
}

#[test]
fn what_no_manifest_says_is_checked() {
    let folder = folder(&[("web.yaml", WEB)]);
    let wrong = [
        (["--account", "1234"], "twelve digits"),
        (["--region", "eu-wset-1"], "did you mean `eu-west-1`?"),
        (["--certificate", "arn:aws:s3:::bucket"], "is no ARN of a certificate"),
        (["--app", "Web Shop"], "cannot be an application's name"),
    ];
    for (flag, words) in wrong {
        let run = folder.run(["import", "kube", "web.yaml"].iter().chain(&flag));
        assert_eq!(run.exit, 2, "{flag:?}");
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

#[test]
fn no_value_of_a_secret_is_in_any_output() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: aHVudGVyMg==}\nstringData: {b: hunter3}\n";
    let folder = folder(&[("k8s/web.yaml", WEB), ("k8s/secret.yaml", secret)]);
    let mut all = String::new();
    for form in ["text", "json"] {
        for report in ["r.md", "r.json"] {
            let run = import(&folder, &["k8s", "--force", "--report", report, "--format", form]);
            all += &(run.stdout + &run.stderr + &folder.read(report) + &folder.read("skiff.yaml"));
        }
    }
    for value in ["hunter", "aHVudGVy"] {
        assert!(!all.contains(value), "{value} is in an output");
    }
}

#[test]
fn names_of_an_input_do_not_steer_the_terminal() {
    let folder =
        folder(&[("web.yaml", "apiVersion: e.com/v1\nkind: \"T\\e[2Jube\"\nmetadata: {name: \"a\\u202eb\"}\n")]);
    let run = import(&folder, &["web.yaml", "--report", "r.md"]);
    let all = format!("{}{}{}{}", run.stdout, run.stderr, folder.read("skiff.yaml"), folder.read("r.md"));
    assert!(!all.contains(['\u{1b}', '\u{202e}']), "{all}");
}
