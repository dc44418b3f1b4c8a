//! Physical names: stable, unique within an account and region, and at most 32 characters, or as long as the type takes
//! where people read them at night.

use sha2::{Digest, Sha256};

use crate::spec::{decode::Spanned, values::Name};

/// The longest name that every AWS type accepts (load balancers and target groups, ELBv2 API reference).
pub(crate) const LONGEST: usize = 32;

/// The parts joined by hyphens; what is too long is cut and ends with a hash of the whole.
pub(crate) fn physical<'part>(parts: impl IntoIterator<Item = &'part &'part str>) -> String {
    within(LONGEST, parts)
}

/// The same for a type that takes longer names, of at most so many characters.
pub(crate) fn within<'part>(longest: usize, parts: impl IntoIterator<Item = &'part &'part str>) -> String {
    let mut name = String::with_capacity(LONGEST);
    for part in parts {
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(part);
    }
    fit(name, longest)
}

/// The parts under a prefix, such as that of log groups, which counts too.
pub(crate) fn under(prefix: &str, parts: &[&str]) -> String {
    format!("{prefix}{}", fit(parts.join("-"), LONGEST - prefix.len()))
}

/// The parts before an ending, such as that of FIFO queues, which counts too.
pub(crate) fn ending(parts: &[&str], ending: &str) -> String {
    format!("{}{ending}", fit(parts.join("-"), LONGEST - ending.len()))
}

/// The name something was born with: a rename keeps what AWS knows it by, or it would be made anew.
pub(crate) fn born<'name>(name: &'name Name, was: Option<&'name Spanned<Name>>) -> &'name str {
    was.map_or(name, |was| &was.value).as_str()
}

/// A name that is unique in the world: it always ends with a hash that covers `scope`.
pub(crate) fn worldwide(parts: &[&str], scope: &[&str]) -> String {
    let name = parts.join("-");
    let hash = hash(&format!("{name}/{}", scope.join("/")));
    let room = LONGEST - hash.len() - 1;
    format!("{}-{hash}", cut(&name, room))
}

fn fit(name: String, room: usize) -> String {
    if name.len() <= room {
        return name;
    }
    let hash = hash(&name);
    format!("{}-{hash}", cut(&name, room - hash.len() - 1))
}

fn cut(name: &str, room: usize) -> &str {
    name.get(..room.min(name.len())).unwrap_or(name).trim_end_matches('-')
}

/// Eight hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// A text as a part of a logical id: lower-case letters, digits and single hyphens.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// A domain name as a part of a logical id; with a hash where a hyphen could be a dot.
pub(crate) fn dotted(domain: &str) -> String {
    let plain = slug(domain);
    if domain.contains('-') { format!("{plain}-{}", hash(domain)) } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_stay() {
        assert_eq!(physical(&["shop", "prod", "web", "a"]), "shop-prod-web-a");
    }

    #[test]
    fn long_names_are_cut_and_hashed() {
        let name = physical(&["a-rather-long-application", "production", "checkout", "a"]);
        assert_eq!(name.len(), LONGEST);
        assert_ne!(name, physical(&["a-rather-long-application", "production", "checkout", "b"]));
        assert_eq!(name, physical(&["a-rather-long-application", "production", "checkout", "a"]));
    }

    #[test]
    fn a_type_that_takes_longer_names_gets_them_whole() {
        let parts = ["a-rather-long-application", "production", "checkout", "a"];
        assert_eq!(within(255, &parts), parts.join("-"));
        assert_eq!(within(255, &["x".repeat(300).as_str()]).len(), 255);
    }

    #[test]
    fn names_in_the_world_depend_on_their_scope() {
        assert_ne!(worldwide(&["shop", "prod"], &["1", "x"]), worldwide(&["shop", "prod"], &["2", "x"]));
        assert!(worldwide(&["a-rather-long-application", "production"], &["1"]).len() <= LONGEST);
    }

    #[test]
    fn domains_that_differ_in_a_dot_have_ids_that_differ() {
        assert_eq!(dotted("svc.cluster.local"), "svc-cluster-local");
        assert_ne!(dotted("a-b.example"), dotted("a.b-example"));
        assert_ne!(dotted("a-b.example"), dotted("a.b.example"));
    }

    #[test]
    fn slugs_have_single_hyphens() {
        assert_eq!(slug("*.Shop.example.com /api/*"), "shop-example-com-api");
    }
}
