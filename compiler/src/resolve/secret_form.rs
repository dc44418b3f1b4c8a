//! Forms that only secrets have: private keys, tokens of clouds and vendors, passwords in URLs.

/// How tokens begin: those of AWS, GitHub, Slack, Stripe and GitLab, and keys as PEM.
const BEGINNINGS: [&str; 10] =
    ["AKIA", "ASIA", "ghp_", "github_pat_", "xoxb-", "xoxp-", "sk_live_", "rk_live_", "glpat-", "-----BEGIN"];

/// The bytes of the shortest token: less than that is the name of something.
const SHORTEST: usize = 16;

/// Whether a plain value would be taken for a secret (`SK0322`).
///
/// It knows forms and no meanings: a password that looks like a word is not noticed. A password that begins with `$` is a
/// variable to be replaced, and none.
#[must_use]
pub fn looks_secret(value: &str) -> bool {
    let is_token = value.len() >= SHORTEST && BEGINNINGS.iter().any(|beginning| value.starts_with(beginning));
    is_token || value.contains("PRIVATE KEY-----") || password(value).is_some_and(|it| !it.starts_with('$'))
}

/// The password of `scheme://user:password@host`, when it is not empty.
fn password(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let (user, _) = rest.split('/').next()?.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password).filter(|password| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use super::looks_secret;

    #[test]
    fn keys_tokens_and_passwords_in_urls_look_secret() {
        for value in [
            concat!("AKIA", "AAAAAAAAAAAAAAAA"),
            concat!("ghp_", "000000000000000000000000000000000000"),
            "-----BEGIN PRIVATE KEY-----",
            "text before -----BEGIN EC PRIVATE KEY-----",
            "postgres://shop:hunter2@db:5432/shop",
            "redis://:hunter2@cache",
        ] {
            assert!(looks_secret(value), "{value}");
        }
    }

    #[test]
    fn names_variables_and_plain_urls_do_not() {
        for value in [
            "",
            "AKIA",
            "hunter2",
            "postgres://db:5432/shop",
            "postgres://shop@db/shop",
            "postgres://shop:@db/shop",
            "postgres://shop:$(PASSWORD)@db/shop",
            "https://example.com/a:b@c",
        ] {
            assert!(!looks_secret(value), "{value}");
        }
    }
}
