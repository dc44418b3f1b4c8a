//! The provider as a program that Terraform starts, for `terraform init` with a folder of providers.
//!
//! Started by hand it only says what it is. Terraform must run with `TF_DISABLE_PLUGIN_TLS=1`; see the crate's documentation.

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

/// Set by whoever starts a plugin.
const COOKIE: &str = "TF_PLUGIN_MAGIC_COOKIE";

fn main() -> ExitCode {
    let refusal = if env::var_os(COOKIE).is_none() {
        "this is a provider for Skiff's tests of Terraform; `terraform` starts it".to_owned()
    } else if env::var_os("PLUGIN_CLIENT_CERT").is_some() {
        "this provider speaks no TLS: run terraform with TF_DISABLE_PLUGIN_TLS=1".to_owned()
    } else {
        match skiff_terraform_provider::serve_as_plugin() {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => error.to_string(),
        }
    };
    // There is nobody to tell if even this fails; the exit code is left.
    let _ = writeln!(io::stderr(), "{refusal}");
    ExitCode::FAILURE
}
