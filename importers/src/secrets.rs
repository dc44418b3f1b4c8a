//! The secrets that an import needs: their names and keys, never their values.

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::spec::{decode::Decode, shorthand::SecretReference, values::Name};

use crate::{import::spanned, names::Names};

/// A secret that somebody must create and fill in before the first deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its name in `skiff.yaml`.
    pub name: Name,
    /// What it was: `Secret shop/database`.
    pub source: String,
    /// The JSON keys that are used; empty when the whole value is.
    pub keys: BTreeSet<String>,
    /// The services that use it.
    pub services: BTreeSet<String>,
}

/// All secrets that are needed, each by the Secret that it was.
#[derive(Debug, Default)]
pub struct Secrets {
    names: Names,
    needed: BTreeMap<(String, String), Needed>,
}

impl Secrets {
    /// The name of a secret for one key, or all, of an object of this kind: a ConfigMap that is not there becomes one too.
    pub fn of_object(&mut self, kind: &str, namespace: &str, name: &str, key: Option<&str>, service: &Name) -> Name {
        let names = &mut self.names;
        let source = format!("{kind} {namespace}/{name}");
        let needed = self.needed.entry((namespace.to_owned(), source.clone())).or_insert_with(|| Needed {
            name: names.choose(namespace, name),
            source,
            keys: BTreeSet::new(),
            services: BTreeSet::new(),
        });
        needed.keys.extend(key.map(str::to_owned));
        needed.services.insert(service.to_string());
        needed.name.clone()
    }

    /// A reference to one key of what an object of this kind held, as an environment variable takes it.
    pub fn reference(
        &mut self,
        kind: &str,
        (namespace, name): (&str, &str),
        key: &str,
        service: &Name,
    ) -> SecretReference {
        let name = self.of_object(kind, namespace, name, Some(key), service);
        SecretReference { name: Some(spanned(name)), key: Some(key.to_owned()), ..SecretReference::fallback() }
    }

    /// A reference to a secret for plain values of a workload that look like secrets, one key for each variable.
    pub fn of_plain(&mut self, source: &str, variable: &str, service: &Name) -> SecretReference {
        let names = &mut self.names;
        let needed = self.needed.entry((String::new(), source.to_owned())).or_insert_with(|| Needed {
            name: names.choose("plain", &format!("{service}-env")),
            source: format!("plain values of {source}"),
            keys: BTreeSet::new(),
            services: BTreeSet::new(),
        });
        needed.keys.insert(variable.to_owned());
        needed.services.insert(service.to_string());
        let name = Some(spanned(needed.name.clone()));
        SecretReference { name, key: Some(variable.to_owned()), ..SecretReference::fallback() }
    }

    /// All of them, by name.
    #[must_use]
    pub fn into_needed(self) -> Vec<Needed> {
        let mut needed: Vec<_> = self.needed.into_values().collect();
        needed.sort_by(|one, other| one.name.cmp(&other.name));
        needed
    }
}
