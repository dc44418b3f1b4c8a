//! One root module, in a folder of its own.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use skiff_terraform_provider::{Server, SharedAccount};
use tempfile::TempDir;

use super::{Failure, PlannedChanges, Terraform};

/// State stays in the folder, whatever backend the module names.
const LOCAL_BACKEND: &str = "terraform {\n  backend \"local\" {}\n}\n";
/// An override file, so that it wins over the module's own backend.
const BACKEND_FILE: &str = "backend_override.tf";
/// Where the local backend keeps state.
const STATE: &str = "terraform.tfstate";
const PLAN: &str = "plan.bin";
const VARIABLES: &str = "variables.json";

/// A root module that Terraform can be run on.
#[derive(Debug)]
pub struct Workspace {
    terraform: Terraform,
    folder: TempDir,
    reattach: String,
    account: SharedAccount,
}

impl Workspace {
    /// Copies the files below `root` (such as `services/web`; empty for all) into a new folder and initialises it.
    ///
    /// # Errors
    /// The folder cannot be written, or `terraform init` refuses the module.
    pub fn new(
        terraform: &Terraform,
        server: &Server,
        files: &BTreeMap<String, String>,
        root: &str,
    ) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(|error| failure("create a folder", &error))?;
        let workspace = Self {
            terraform: terraform.clone(),
            folder,
            reattach: server.reattach(),
            account: server.account().clone(),
        };
        for (path, text) in files {
            let within = if root.is_empty() { Some(path.as_str()) } else { path.strip_prefix(&format!("{root}/")) };
            within.map_or(Ok(()), |path| workspace.write(path, text))?;
        }
        workspace.write(BACKEND_FILE, LOCAL_BACKEND)?;
        workspace.init()?;
        Ok(workspace)
    }

    /// Where the module is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes or replaces one file of the module.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.path(path);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| failure(&format!("write {}", path.display()), &error))
    }

    /// Whether all files are in canonical form.
    ///
    /// # Errors
    /// As [`Terraform::fmt_check`].
    pub fn fmt_check(&self) -> Result<(), Failure> {
        self.terraform.fmt_check(self.folder())
    }

    /// Initialises the folder; done by [`Workspace::new`], and needed again only after a `terraform` block changed.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn init(&self) -> Result<(), Failure> {
        self.run(&["init", "-no-color", "-input=false", "-get=false"]).map(drop)
    }

    /// Judges the module by itself.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn validate(&self) -> Result<(), Failure> {
        self.run(&["validate", "-no-color"]).map(drop)
    }

    /// What an apply would do.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn plan(&self, variables: &BTreeMap<String, Value>) -> Result<PlannedChanges, Failure> {
        let values = self.variable_file(variables)?;
        let out = format!("-out={PLAN}");
        self.run(&["plan", "-no-color", "-input=false", "-lock=false", &values, &out])?;
        let shown = self.run(&["show", "-json", "-no-color", PLAN])?;
        parsed("terraform show -json", &shown).map(PlannedChanges::new)
    }

    /// Plans, and refuses a plan that would change anything; it is in the error then. Quicker than [`Workspace::plan`].
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn expect_no_changes(&self, variables: &BTreeMap<String, Value>) -> Result<(), Failure> {
        let values = self.variable_file(variables)?;
        self.run(&["plan", "-no-color", "-input=false", "-lock=false", "-detailed-exitcode", &values]).map(drop)
    }

    /// Plans and applies.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn apply(&self, variables: &BTreeMap<String, Value>) -> Result<(), Failure> {
        let values = self.variable_file(variables)?;
        self.run(&["apply", "-no-color", "-input=false", "-lock=false", "-auto-approve", &values]).map(drop)
    }

    /// Applies what [`Workspace::plan`] planned last, which is quicker.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn apply_plan(&self) -> Result<(), Failure> {
        self.run(&["apply", "-no-color", "-input=false", "-lock=false", PLAN]).map(drop)
    }

    /// Destroys everything that the module made.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn destroy(&self, variables: &BTreeMap<String, Value>) -> Result<(), Failure> {
        let values = self.variable_file(variables)?;
        self.run(&["destroy", "-no-color", "-input=false", "-lock=false", "-auto-approve", &values]).map(drop)
    }

    /// Runs the module's own tests, `tests/*.tftest.hcl`, and gives what Terraform printed.
    ///
    /// # Errors
    /// As [`Terraform::run`]; a test that fails too.
    pub fn test(&self) -> Result<String, Failure> {
        self.run(&["test", "-no-color"])
    }

    /// Takes a resource of the account into the state.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn import(&self, variables: &BTreeMap<String, Value>, address: &str, id: &str) -> Result<(), Failure> {
        let values = self.variable_file(variables)?;
        self.run(&["import", "-no-color", "-input=false", "-lock=false", &values, address, id]).map(drop)
    }

    /// The state as `terraform show -json` has it.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn state(&self) -> Result<Value, Failure> {
        parsed("terraform show -json", &self.run(&["show", "-json", "-no-color"])?)
    }

    /// Changes the stored state, and the account with it: what the runtime does to resources that Terraform made.
    ///
    /// `edit` gets the state file (version 4): `resources[].instances[].attributes`.
    ///
    /// # Errors
    /// There is no state, or the account cannot take a changed resource.
    pub fn edit_state(&self, edit: impl FnOnce(&mut Value)) -> Result<(), Failure> {
        let path = self.path(STATE);
        let text = fs::read_to_string(&path).map_err(|error| failure(&format!("read {}", path.display()), &error))?;
        let before = parsed("read the state", &text)?;
        let mut state = before.clone();
        edit(&mut state);
        state["serial"] = Value::from(before["serial"].as_u64().unwrap_or_default() + 1);
        for (resource, attributes) in instances(&state) {
            self.account.put(resource, attributes).map_err(|error| failure("edit the state", &error))?;
        }
        self.write(STATE, &state.to_string())
    }

    /// Runs any other command of Terraform's in the folder.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn run(&self, arguments: &[&str]) -> Result<String, Failure> {
        self.terraform.run(self.folder(), arguments, &[("TF_REATTACH_PROVIDERS", &self.reattach)])
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder().join(path)
    }

    fn variable_file(&self, variables: &BTreeMap<String, Value>) -> Result<String, Failure> {
        let text = Value::from_iter(variables.clone()).to_string();
        self.write(VARIABLES, &text)?;
        Ok(format!("-var-file={VARIABLES}"))
    }
}

/// Type and attributes of every managed resource in a state file.
fn instances(state: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let managed = state["resources"].as_array().into_iter().flatten().filter(|resource| resource["mode"] == "managed");
    managed.flat_map(|resource| {
        let kind = resource["type"].as_str().unwrap_or_default();
        resource["instances"].as_array().into_iter().flatten().map(move |instance| (kind, &instance["attributes"]))
    })
}

fn parsed(command: &str, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| failure(command, &format!("{error} in {text}")))
}

fn failure(command: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure { command: command.to_owned(), output: error.to_string() }
}
