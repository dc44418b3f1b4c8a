//! Names of `skiff.yaml` for names of Kubernetes.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use skiff_compiler::spec::values::{Name, Scalar};

/// The longest name that a spec takes.
const LONGEST: usize = 32;

/// The names that are taken. Services, databases, queues and buckets share one space of names.
#[derive(Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A free name for an object: its own where that is a name and free, else one with its namespace or a hash.
    pub fn choose(&mut self, namespace: &str, name: &str) -> Name {
        let choices = [name.to_owned(), format!("{namespace}-{name}"), format!("{name}-{}", hash(&[namespace, name]))];
        let free = choices.iter().map(|choice| tidy(choice)).find(|choice| !self.taken.contains(choice.as_str()));
        let name = free.unwrap_or_else(|| tidy(&format!("s-{}", hash(&[namespace, name, "again"]))));
        self.taken.insert(name.to_string());
        name
    }
}

/// A text as a name: lower case, other signs as hyphens, cut with a hash when it is too long.
#[must_use]
pub fn tidy(text: &str) -> Name {
    let mut tidy = String::new();
    for letter in text.chars() {
        match letter.to_ascii_lowercase() {
            letter if letter.is_ascii_lowercase() || (letter.is_ascii_digit() && !tidy.is_empty()) => tidy.push(letter),
            letter if letter.is_ascii_digit() => tidy.extend(['n', letter]),
            _ if tidy.is_empty() || tidy.ends_with('-') => {}
            _ => tidy.push('-'),
        }
    }
    let whole = tidy.trim_end_matches('-');
    let cut = match whole.len() {
        0 => "unnamed".to_owned(),
        length if length <= LONGEST => whole.to_owned(),
        _ => format!("{}-{}", whole[..LONGEST - 7].trim_end_matches('-'), hash(&[text])),
    };
    Name::parse(&cut).unwrap_or_else(Name::stand_in)
}

/// Six hexadecimal digits that are the same for the same texts.
fn hash(texts: &[&str]) -> String {
    let digest = Sha256::digest(texts.join("\u{0}").as_bytes());
    digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect()
}
