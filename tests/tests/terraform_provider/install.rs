//! `terraform init` with the provider as a program in a folder: the version constraint is judged, the lock file written.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use skiff_tests::terraform::{Failure, Terraform};
use tempfile::TempDir;

use super::{ENVIRONMENT, tree};

/// Plugins have no TLS here; see the crate's documentation.
const WITHOUT_TLS: &[(&str, &str)] = &[("TF_DISABLE_PLUGIN_TLS", "1")];

/// The provider as a program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_terraform-provider-aws");

/// A folder with the provider under the name and version by which Terraform looks for it, and an empty module.
fn installed(terraform: &Terraform) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let version = terraform.run(folder.path(), &["version", "-json"], &[]).expect("a version");
    let version: serde_json::Value = serde_json::from_str(&version).expect("JSON");
    let platform = version["platform"].as_str().expect("a platform");
    let plugin = folder.path().join("plugins/registry.terraform.io/hashicorp/aws/6.66.0").join(platform);
    fs::create_dir_all(&plugin).expect("a folder");
    fs::copy(PROGRAM, plugin.join("terraform-provider-aws_v6.66.0_x5")).expect("a copy");
    folder
}

/// `terraform init` of the environment, and then what else is asked, with another constraint on the provider.
fn init(terraform: &Terraform, folder: &Path, constraint: &str) -> Result<String, Failure> {
    let module = folder.join("module");
    fs::create_dir_all(&module).expect("a folder");
    let files: BTreeMap<String, String> = tree();
    for name in ["main.tf", "providers.tf", "terraform.tf"] {
        let text = files[&format!("{ENVIRONMENT}/{name}")].replace("~> 6.66", constraint);
        fs::write(module.join(name), text).expect("a file");
    }
    terraform.run(&module, &["init", "-backend=false", "-no-color", "-plugin-dir=../plugins"], WITHOUT_TLS)
}

#[test]
fn the_provider_is_installed_from_a_folder_and_its_version_judged() {
    let Some(terraform) = Terraform::find().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    let folder = installed(&terraform);
    let refusal = init(&terraform, folder.path(), "~> 5.0").expect_err("there is no 5");
    assert!(refusal.says("no available releases match the given constraints ~> 5.0"), "{refusal}");

    init(&terraform, folder.path(), "~> 6.66").unwrap_or_else(|failure| panic!("{failure}"));
    let module = folder.path().join("module");
    let lock = fs::read_to_string(module.join(".terraform.lock.hcl")).expect("a lock file");
    assert!(lock.contains("version     = \"6.66.0\"") && lock.contains("constraints = \"~> 6.66\""), "{lock}");
    terraform.run(&module, &["validate", "-no-color"], WITHOUT_TLS).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_program_says_what_it_is_when_somebody_else_starts_it() {
    let output = Command::new(PROGRAM).env_remove("TF_PLUGIN_MAGIC_COOKIE").output().expect("it runs");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && words.contains("`terraform` starts it"), "{words}");
    let asked = [("TF_PLUGIN_MAGIC_COOKIE", "1"), ("PLUGIN_CLIENT_CERT", "a certificate")];
    let output = Command::new(PROGRAM).envs(asked).output().expect("it runs");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && words.contains("TF_DISABLE_PLUGIN_TLS=1"), "{words}");
}
