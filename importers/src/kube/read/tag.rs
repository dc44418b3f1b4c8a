//! Tags on scalars, as go-yaml v2 understands them. Tags on lists and mappings mean nothing there, nor here.

use std::{borrow::Cow, sync::Arc};

use base64::Engine as _;

use super::{
    codes,
    event::Style,
    finding::Note,
    node::Place,
    resolve::{self, Resolved},
};

/// What the tags of YAML's own begin with.
const YAML: &str = "tag:yaml.org,2002:";

impl Style {
    /// Whether a key `<<` of this style merges.
    pub(super) fn may_merge(&self) -> bool {
        match self {
            Self::Plain => true,
            Self::Tagged(name) => name.strip_prefix(YAML) == Some("merge"),
            Self::Text | Self::Json => false,
        }
    }
}

/// The text of a scalar with a tag, and what it means; a tag that is not YAML's own makes it text.
pub(super) fn resolve(place: Place, text: Cow<'_, str>, tag: &str) -> Result<(Arc<str>, Resolved), Note> {
    match tag.strip_prefix(YAML) {
        Some("binary") => binary(place, &text),
        Some(name) => match resolve::tagged(name, &text) {
            Ok(resolved) => Ok((Arc::from(text), resolved)),
            Err(()) => Err(misfit(place)),
        },
        None => Ok((Arc::from(text), Resolved::Text)),
    }
}

/// `!!binary` is the text that its base64 holds; what is not UTF-8 in it JSON replaces.
fn binary(place: Place, text: &str) -> Result<(Arc<str>, Resolved), Note> {
    let digits: String = text.chars().filter(|letter| !matches!(letter, '\n' | '\r')).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(digits).map_err(|_| misfit(place))?;
    Ok((Arc::from(String::from_utf8_lossy(&bytes)), Resolved::Text))
}

fn misfit(place: Place) -> Note {
    let hint = "remove the tag, or write a value of that kind";
    Note::new(&codes::SCALAR, place, "the tag does not fit its value", hint)
}
