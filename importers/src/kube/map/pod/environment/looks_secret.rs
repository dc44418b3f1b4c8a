//! Whether a plain value has a form that only secrets have: what `skiff check` warns of as SK0322.

/// The beginnings of keys and tokens: AWS, GitHub, Slack, Stripe, GitLab, PEM.
static BEGINNINGS: &[&str] =
    &["AKIA", "ASIA", "ghp_", "github_pat_", "xoxb-", "xoxp-", "sk_live_", "rk_live_", "glpat-", "-----BEGIN"];

/// The shortest token.
const SHORTEST: usize = 16;

/// Whether a value would be taken for a secret.
pub(super) fn looks_secret(value: &str) -> bool {
    let is_token = value.len() >= SHORTEST && BEGINNINGS.iter().any(|beginning| value.starts_with(beginning));
    is_token || value.contains("PRIVATE KEY-----") || password_of(value).is_some_and(|it| !it.starts_with('$'))
}

/// The password of `scheme://user:password@host`.
fn password_of(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let (user, _) = rest.split('/').next()?.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password).filter(|password| !password.is_empty())
}
