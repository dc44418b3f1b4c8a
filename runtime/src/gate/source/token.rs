//! Bearer tokens by reference: read when they are needed, and never kept, logged or told.

use std::{env, fs};

use zeroize::Zeroizing;

use super::Asked;
use crate::{
    error::{Error, ErrorKind},
    gate::{Token, codes},
};

/// A token is no longer than this.
const BYTES: usize = 16 * 1024;

/// The token that a gate refers to.
pub(super) fn read(asked: &Asked<'_>, token: Option<&Token>) -> Result<Option<Zeroizing<String>>, Error> {
    let (place, text) = match token {
        None => return Ok(None),
        Some(Token::Environment(name)) => (format!("variable `{name}`"), env::var(name).ok()),
        Some(Token::File(path)) => (format!("file `{path}`"), fs::read_to_string(path).ok()),
    };
    let text = Zeroizing::new(text.unwrap_or_default());
    let token = text.trim();
    if token.is_empty() || token.len() > BYTES || token.contains(|c: char| c.is_control() || !c.is_ascii()) {
        let message = format!("gate `{}`: no token can be read from the {place}", asked.gate.name);
        return Err(Error::new(&codes::NO_TOKEN, ErrorKind::NotAuthorised, message)
            .hint("give it to every machine that drives operations"));
    }
    Ok(Some(Zeroizing::new(token.to_owned())))
}
