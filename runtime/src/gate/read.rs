//! From what a plan or a command line says to a gate: every default explicit, everything checked.

use skiff_wire::GateToken;

use super::{
    EFFECT_PERCENT, Gate, Limits, Metric, Token,
    bound::{Amount, Bound},
    codes, state,
};
use crate::error::{Error, ErrorKind};

/// The most gates of a rollout.
pub const GATES: usize = 32;
/// Bytes of a name, and of what else a gate is given.
const NAME: usize = 64;
const TEXT: usize = 4096;
/// Arguments of a command.
const ARGUMENTS: usize = 64;
/// Seconds until a command or an address is given up when nothing is said, and at most.
const TIMEOUT: u32 = 10;
const LONGEST_TIMEOUT: u32 = 300;
/// The windows of a burn rate when nothing is said: an hour and five minutes.
const WINDOWS: (u32, u32) = (3600, 300);
/// The longest window: thirty days.
const LONGEST_WINDOW: u32 = 2_592_000;

impl Gate {
    /// The gate that a plan says, with the defaults of its metric.
    ///
    /// # Errors
    /// [`codes::BAD_GATE`] in words, when it cannot be.
    pub fn of(written: &skiff_wire::Gate) -> Result<Self, Error> {
        build(written).map_err(|why| bad(&written.metric, &why))
    }

    /// All gates of a rollout, each under a name of its own: a second one of the same name gets a number.
    ///
    /// # Errors
    /// As [`Gate::of`], and when there are more than [`GATES`].
    pub fn all(written: &[skiff_wire::Gate]) -> Result<Vec<Self>, Error> {
        if written.len() > GATES {
            let message = format!("a rollout has {} gates, and may have {GATES}", written.len());
            return Err(Error::new(&codes::BAD_GATE, ErrorKind::Usage, message).hint("leave some out"));
        }
        let mut gates: Vec<Self> = Vec::with_capacity(written.len());
        for one in written {
            let mut gate = Self::of(one)?;
            let same = |name: &str| gates.iter().any(|other| other.name == name);
            if same(&gate.name) {
                let names = (2..).map(|number| format!("{}-{number}", gate.name));
                gate.name = names.into_iter().find(|name| !same(name)).unwrap_or_default();
            }
            gates.push(gate);
        }
        Ok(gates)
    }

    /// The gate that a command line says: `METRIC<=BOUND` or `METRIC>=BOUND`, then, behind commas, `dry-run` and
    /// `KEY=VALUE` for the keys of a plan that are one word or number.
    ///
    /// # Errors
    /// [`codes::BAD_GATE`] in words, when it is not of that form or the gate cannot be.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let written = written(text).map_err(|why| bad(text, &why))?;
        Self::of(&written)
    }
}

fn bad(gate: &str, why: &str) -> Error {
    Error::new(&codes::BAD_GATE, ErrorKind::Usage, format!("gate `{gate}`: {why}"))
        .hint("for example `error-rate<=1%`, `latency-p99<=500ms`, `healthy>=90%`")
}

fn written(text: &str) -> Result<skiff_wire::Gate, String> {
    let mut parts = text.split(',').map(str::trim);
    let head = parts.next().unwrap_or_default();
    let place = head.find(['<', '>']).ok_or("expected `METRIC<=BOUND` or `METRIC>=BOUND`")?;
    let (metric, limit) = head.split_at(place);
    if !limit.starts_with("<=") && !limit.starts_with(">=") {
        return Err("a bound begins with `<=` or `>=`".into());
    }
    let mut gate =
        skiff_wire::Gate { metric: metric.trim().into(), limit: limit.into(), ..skiff_wire::Gate::default() };
    for part in parts {
        option(&mut gate, part)?;
    }
    Ok(gate)
}

fn option(gate: &mut skiff_wire::Gate, part: &str) -> Result<(), String> {
    if part == "dry-run" {
        gate.dry_run = true;
        return Ok(());
    }
    let (key, value) = part.split_once('=').ok_or_else(|| format!("`{part}` is neither `dry-run` nor `KEY=VALUE`"))?;
    let number = || value.parse::<u32>().map_err(|_| format!("`{key}` takes a whole number, found `{value}`"));
    match key {
        "name" => gate.name = Some(value.into()),
        "compare" => gate.compare = Some(yes(value)?),
        "effect" => gate.effect = Some(number()?),
        "minimum-samples" => gate.minimum_samples = Some(number()?),
        "failures" => gate.failures = Some(number()?),
        "inconclusive" => gate.inconclusive = Some(number()?),
        "errors" => gate.errors = Some(number()?),
        "objective" => gate.objective = Some(value.into()),
        "file" => gate.file = Some(value.into()),
        "pattern" | "query" | "url" | "command" | "windows" | "token" => {
            return Err(format!("`{key}` is written in `rollout.gates` of the service, not on a command line"));
        }
        _ => return Err(format!("there is no key `{key}`")),
    }
    Ok(())
}

fn yes(value: &str) -> Result<bool, String> {
    match value {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(format!("`compare` is `yes` or `no`, found `{value}`")),
    }
}

fn build(written: &skiff_wire::Gate) -> Result<Gate, String> {
    let metric = metric(written)?;
    let bound = bound(&metric, &written.limit)?;
    let name = name(written, &metric)?;
    let effect_percent = written.effect.unwrap_or(EFFECT_PERCENT);
    if !(110..=10_000).contains(&effect_percent) {
        return Err(format!("an effect is from 110 to 10000 percent, found {effect_percent}"));
    }
    if written.minimum_samples == Some(0) {
        return Err("no sample is never enough: `minimum_samples` is at least 1".into());
    }
    let compare = written.compare.unwrap_or_else(|| metric.compares());
    let limits = limits(written, &metric, compare);
    let dry_run = written.dry_run;
    let minimum_samples = written.minimum_samples;
    let gate = Gate { name, metric, bound, dry_run, compare, effect_percent, minimum_samples, limits };
    check(&gate, written)?;
    Ok(gate)
}

fn limits(written: &skiff_wire::Gate, metric: &Metric, compare: bool) -> Limits {
    let usual = metric.limits();
    // A series that is compared gathers samples: until there are enough, it cannot say.
    let inconclusive = usual.inconclusive.filter(|_| !compare);
    Limits {
        failures: written.failures.unwrap_or(usual.failures),
        inconclusive: written.inconclusive.or(inconclusive),
        errors: written.errors.unwrap_or(usual.errors),
    }
}

fn name(written: &skiff_wire::Gate, metric: &Metric) -> Result<String, String> {
    let name = written.name.clone().unwrap_or_else(|| metric.word());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > NAME || !name.chars().all(plain) {
        return Err(format!("a name has 1 to {NAME} letters, digits, `-`, `_` or `.`, found `{name}`"));
    }
    Ok(name)
}

fn metric(written: &skiff_wire::Gate) -> Result<Metric, String> {
    if let Some(percentile) = written.metric.strip_prefix("latency-p") {
        return latency(percentile);
    }
    Ok(match written.metric.as_str() {
        "healthy" => Metric::Healthy,
        "error-rate" => Metric::ErrorRate,
        "cpu" => Metric::Cpu,
        "log" => Metric::Log { pattern: pattern(written)? },
        "burn-rate" => burn_rate(written)?,
        "prometheus" => Metric::Prometheus {
            url: address(written)?,
            query: text(written.query.as_ref(), "query")?,
            token: token(written),
        },
        "replay" => Metric::Replay { path: text(written.file.as_ref(), "file")? },
        "command" => Metric::Command { argv: command(written)?, timeout_seconds: timeout(written)? },
        "http" => Metric::Http { url: address(written)?, timeout_seconds: timeout(written)?, token: token(written) },
        "cloudwatch" => Metric::CloudWatch,
        other => return Err(format!("there is no metric `{other}`")),
    })
}

/// `50`, `99`, and `999` for 99.9.
fn latency(percentile: &str) -> Result<Metric, String> {
    let permille = match (percentile.len(), percentile.parse::<u16>()) {
        (2, Ok(percent)) => percent * 10,
        (3, Ok(permille)) if permille > 900 => permille,
        _ => 0,
    };
    if permille < 100 {
        return Err(format!(
            "`latency-p{percentile}` is no percentile: `latency-p50` to `latency-p99`, `latency-p999`"
        ));
    }
    Ok(Metric::Latency { permille })
}

fn pattern(written: &skiff_wire::Gate) -> Result<String, String> {
    let pattern = text(written.pattern.as_ref(), "pattern")?;
    state::expression(&pattern)?;
    Ok(pattern)
}

fn burn_rate(written: &skiff_wire::Gate) -> Result<Metric, String> {
    let objective = text(written.objective.as_ref(), "objective")?;
    let thousandths = match Bound::parse(&objective)?.amount {
        Amount::Share(share) if (0.5..1.0).contains(&share) => (share * 100_000.0).round(),
        _ => return Err(format!("an objective is from 50% to 99.999%, found `{objective}`")),
    };
    let (long_seconds, short_seconds) = match written.windows.as_slice() {
        [] => WINDOWS,
        [long, short] => (*long, *short),
        _ => return Err("a burn rate has two windows, the long one first".into()),
    };
    if short_seconds == 0 || short_seconds >= long_seconds || long_seconds > LONGEST_WINDOW {
        return Err(
            "the short window of a burn rate is shorter than the long one, which has at most thirty days".into()
        );
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a hundred thousand")]
    let objective = (thousandths as u32).min(99_999);
    Ok(Metric::BurnRate { objective, long_seconds, short_seconds })
}

fn text(written: Option<&String>, key: &str) -> Result<String, String> {
    match written {
        None => Err(format!("it needs `{key}`")),
        Some(text) if text.is_empty() || text.len() > TEXT => Err(format!("`{key}` has 1 to {TEXT} bytes")),
        Some(text) => Ok(text.clone()),
    }
}

/// An address without anything that a log must not show.
fn address(written: &skiff_wire::Gate) -> Result<String, String> {
    let url = text(written.url.as_ref(), "url")?;
    let parsed: http::Uri = url.parse().map_err(|error| format!("`url` is no address: {error}"))?;
    let authority = parsed.authority().map(http::uri::Authority::as_str);
    match (parsed.scheme_str(), authority) {
        (Some("http" | "https"), Some(authority)) if !authority.contains('@') => Ok(url),
        (Some("http" | "https"), Some(_)) => {
            Err("`url` has a name or a password in it; give a token by reference".into())
        }
        _ => Err("`url` begins with `https://` or `http://` and a host".into()),
    }
}

fn command(written: &skiff_wire::Gate) -> Result<Vec<String>, String> {
    let argv = &written.command;
    if argv.is_empty() || argv.len() > ARGUMENTS || argv.iter().any(|word| word.len() > TEXT) {
        return Err(format!("`command` has 1 to {ARGUMENTS} words of at most {TEXT} bytes"));
    }
    Ok(argv.clone())
}

fn timeout(written: &skiff_wire::Gate) -> Result<u32, String> {
    let seconds = written.timeout_seconds.unwrap_or(TIMEOUT);
    let fits = (1..=LONGEST_TIMEOUT).contains(&seconds);
    fits.then_some(seconds).ok_or_else(|| format!("a timeout is from 1 to {LONGEST_TIMEOUT} seconds"))
}

fn token(written: &skiff_wire::Gate) -> Option<Token> {
    written.token.as_ref().map(|token| match token {
        GateToken::Environment(name) => Token::Environment(name.clone()),
        GateToken::File(path) => Token::File(path.clone()),
    })
}

fn bound(metric: &Metric, limit: &str) -> Result<Option<Bound>, String> {
    let judges_itself = matches!(metric, Metric::Command { .. } | Metric::Http { .. });
    if limit.is_empty() && judges_itself {
        return Ok(None);
    }
    if limit.is_empty() {
        return Err("it needs a bound".into());
    }
    let bound = Bound::parse(limit)?;
    let bound = if matches!(metric, Metric::Healthy) { bound.or_at_least() } else { bound };
    let expected = match (metric, bound.amount) {
        (Metric::Healthy | Metric::Cpu | Metric::ErrorRate | Metric::CloudWatch, Amount::Share(_)) => {
            return Ok(Some(bound));
        }
        (Metric::Healthy | Metric::Cpu | Metric::ErrorRate | Metric::CloudWatch, _) => "a percentage such as `1%`",
        (Metric::Latency { .. }, Amount::Time(_)) => return Ok(Some(bound)),
        (Metric::Latency { .. }, _) => "a time such as `500ms`",
        (Metric::Log { .. }, Amount::Time(_)) => "a number of lines such as `5`, or lines by request such as `1%`",
        (Metric::BurnRate { .. }, Amount::Number(factor)) if factor > 0.0 => return Ok(Some(bound)),
        (Metric::BurnRate { .. }, _) => "a factor such as `14.4`",
        _ => return Ok(Some(bound)),
    };
    Err(format!("its bound is {expected}, found `{limit}`"))
}

/// What is beyond what the metric can do.
fn check(gate: &Gate, written: &skiff_wire::Gate) -> Result<(), String> {
    let (metric, bound) = (&gate.metric, gate.bound.as_ref());
    let at_least = bound.is_some_and(|bound| bound.side == super::bound::Side::AtLeast);
    let either = matches!(metric, Metric::Healthy | Metric::Cpu) || metric.is_outside();
    if at_least && (!either || matches!(metric, Metric::CloudWatch)) {
        return Err("more of it is never better: its bound is `<=`".into());
    }
    let comparable = metric.compares() || matches!(metric, Metric::Prometheus { .. } | Metric::Replay { .. });
    let own_verdict = matches!(metric, Metric::Command { .. } | Metric::Http { .. });
    if gate.compare && !comparable && !own_verdict {
        return Err("it is not compared with what serves".into());
    }
    let lacks_group = matches!(metric, Metric::Prometheus { query, .. } if !query.contains("{{group}}"));
    if gate.compare && lacks_group {
        return Err("a query that is compared has `{{group}}` in it, so that each group can be asked for".into());
    }
    let belongs = |kind: &[&str]| kind.contains(&written.metric.as_str());
    let strangers = [
        ("pattern", written.pattern.is_some() && !belongs(&["log"])),
        ("objective", written.objective.is_some() && !belongs(&["burn-rate"])),
        ("windows", !written.windows.is_empty() && !belongs(&["burn-rate"])),
        ("url", written.url.is_some() && !belongs(&["prometheus", "http"])),
        ("query", written.query.is_some() && !belongs(&["prometheus"])),
        ("file", written.file.is_some() && !belongs(&["replay"])),
        ("command", !written.command.is_empty() && !belongs(&["command"])),
        ("timeout", written.timeout_seconds.is_some() && !belongs(&["command", "http"])),
        ("token", written.token.is_some() && !belongs(&["prometheus", "http"])),
    ];
    match strangers.iter().find(|(_, strange)| *strange) {
        Some((key, _)) => Err(format!("`{key}` does not belong to it")),
        None => Ok(()),
    }
}
