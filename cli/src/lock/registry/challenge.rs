//! What a registry asks for when it says 401 (RFC 9110, section 11), and the token that answers it.

use serde::Deserialize;

/// A way to authenticate that is understood here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// Fetch a token there.
    Bearer {
        /// Address of the token service.
        realm: String,
        /// What the token is for.
        service: Option<String>,
        /// What it is to allow.
        scope: Option<String>,
    },
    /// Send name and password.
    Basic,
}

/// The best of several `WWW-Authenticate` headers: a token before a password.
pub(super) fn best<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let mut understood: Vec<_> = headers.filter_map(parse).collect();
    understood.sort_by_key(|challenge| matches!(challenge, Challenge::Basic));
    understood.into_iter().next()
}

fn parse(header: &str) -> Option<Challenge> {
    let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let parameters = parameters(rest);
    let value =
        |name: &str| parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone());
    Some(Challenge::Bearer { realm: value("realm")?, service: value("service"), scope: value("scope") })
}

/// `name=value` and `name="quoted, value"`, separated by commas.
fn parameters(mut rest: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, remaining) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        all.push((name.trim_matches([',', ' ', '\t']).to_owned(), value));
        rest = remaining;
    }
    all
}

/// A quoted string after its first quote, and what follows its last.
fn unquote(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[index + 1..]),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            letter => value.push(letter),
        }
    }
    (value, "")
}

/// The token in a token service's answer; the two names mean the same.
pub(super) fn token(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Document {
        token: Option<String>,
        access_token: Option<String>,
    }
    let document: Document = serde_json::from_slice(body).ok()?;
    document.token.or(document.access_token).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_challenge_is_taken_apart() {
        let header = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#;
        let expected = Challenge::Bearer {
            realm: "https://auth.docker.io/token".into(),
            service: Some("registry.docker.io".into()),
            scope: Some("repository:a/b:pull,push".into()),
        };
        assert_eq!(best(["Basic realm=\"x\"", header].into_iter()), Some(expected));
    }

    #[test]
    fn odd_spelling_is_understood_and_nonsense_is_not() {
        let expected = Challenge::Bearer { realm: "a\"b".into(), service: Some("s".into()), scope: None };
        assert_eq!(best([r#"bearer service=s , Realm="a\"b""#].into_iter()), Some(expected));
        assert_eq!(best(["Bearer service=x", "Negotiate", "", "Bearer realm"].into_iter()), None);
        assert!(best([r#"Bearer realm="never closed"#].into_iter()).is_some());
    }
}
