//! What all containers of a service have in common, wherever they are written.

use std::collections::BTreeMap;

use crate::{
    source::Span,
    spec::{
        decode::{At, Spanned},
        service::{Container, InitContainer, Service},
        shorthand::{File, Mount, SecretSource},
        values::{Arn, Name, VariableName},
        workload::{Fact, Limits, Security},
    },
};

/// One container as it was written: the main one, one beside it, or one before it.
#[derive(Debug, Clone)]
pub(crate) struct Written<'spec> {
    /// Its name within the service; the main one is `main`.
    pub name: &'spec str,
    /// Where it stands within the service: empty for the main one, else such as `containers.proxy.`.
    pub path: String,
    pub at: &'spec At,
    pub command: &'spec [String],
    pub args: &'spec [String],
    pub working_directory: Option<&'spec String>,
    pub env: &'spec BTreeMap<VariableName, Spanned<String>>,
    pub secrets: &'spec BTreeMap<VariableName, SecretSource>,
    pub facts: &'spec BTreeMap<VariableName, Fact>,
    pub files: &'spec BTreeMap<String, File>,
    pub mounts: &'spec BTreeMap<String, Mount>,
    pub security: Option<&'spec Security>,
    pub limits: Option<&'spec Limits>,
}

/// Takes the fields that every sort of container has under the same key.
macro_rules! written {
    ($container:ident, $name:expr, $path:expr) => {
        Written {
            name: $name,
            path: $path,
            at: &$container.at,
            command: &$container.command,
            args: &$container.args,
            working_directory: $container.working_directory.as_ref(),
            env: &$container.env,
            secrets: &$container.secrets,
            facts: &$container.facts,
            files: &$container.files,
            mounts: &$container.mounts,
            security: $container.security.as_ref(),
            limits: $container.limits.as_ref(),
        }
    };
}

impl<'spec> Written<'spec> {
    /// The main container of a service.
    pub(crate) fn main(service: &'spec Service) -> Self {
        written!(service, "main", String::new())
    }

    /// A container beside the main one.
    pub(crate) fn beside(name: &'spec Name, container: &'spec Container) -> Self {
        written!(container, name.as_str(), format!("containers.{name}."))
    }

    /// A container before the main one, by its place in the list.
    pub(crate) fn before(index: usize, container: &'spec InitContainer) -> Self {
        written!(container, container.name.as_str(), format!("init[{index}]."))
    }

    /// All containers of a service, the main one first.
    pub(crate) fn all(service: &'spec Service) -> impl Iterator<Item = Self> {
        let beside = service.containers.iter().map(|(name, container)| Self::beside(name, container));
        let before = service.init.iter().enumerate().map(|(index, container)| Self::before(index, container));
        std::iter::once(Self::main(service)).chain(beside).chain(before)
    }

    /// The secrets of Skiff's own making: name, path within the service, and place.
    pub(crate) fn named_secrets(&self) -> impl Iterator<Item = (&'spec Name, String, Span)> {
        let variables = self.secrets.iter().filter_map(|(variable, SecretSource(source))| {
            Some((&source.name.as_ref()?.value, format!("{}secrets.{variable}", self.path), source.at.whole))
        });
        let files = self.files.iter().filter_map(|(path, File(file))| {
            Some((&file.secret.as_ref()?.value, format!("{}files.{path}", self.path), file.at.whole))
        });
        variables.chain(files)
    }

    /// The ARNs of secrets that exist.
    pub(crate) fn existing_secrets(&self) -> impl Iterator<Item = &'spec Arn> {
        self.secrets.values().filter_map(|SecretSource(source)| source.arn.as_ref()).map(|arn| &arn.value)
    }
}
