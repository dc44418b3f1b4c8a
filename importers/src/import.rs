//! What an import takes and gives, whatever it imports.

use skiff_compiler::spec::{
    Spec,
    decode::{Place, Spanned},
    values::Arn,
};

use crate::{account::Account, secrets::Needed};

/// One file, or standard input.
#[derive(Debug, Clone)]
pub struct Input {
    /// How findings call it.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What the user says that no manifest does.
#[derive(Debug, Clone)]
pub struct Options {
    /// The application's name.
    pub app: String,
    /// The AWS account: twelve digits.
    pub account: Option<String>,
    /// The AWS region.
    pub region: Option<String>,
    /// The certificates of HTTPS hosts.
    pub certificates: Vec<Arn>,
}

/// One service of the import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its name in `skiff.yaml`.
    pub service: String,
    /// What it was: `Deployment shop/checkout`.
    pub source: String,
}

/// What an import gives.
#[derive(Debug)]
pub struct Import {
    /// The application.
    pub spec: Spec,
    /// `skiff.yaml`: the application with comments where something is missing.
    pub text: String,
    /// What became of everything.
    pub account: Account,
    /// The services, in the order of the input.
    pub services: Vec<Imported>,
    /// The secrets to create and fill in, by name.
    pub secrets: Vec<Needed>,
}

/// A value of the spec that stands in no file.
pub(crate) fn spanned<T>(value: T) -> Spanned<T> {
    Spanned { value, at: Place::default() }
}
