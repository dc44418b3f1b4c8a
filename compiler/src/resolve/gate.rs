//! Gates: bounds and keys that fit their metric.

use regex_syntax::{Error, ParserBuilder};
use skiff_wire as wire;

use super::{Reporter, codes, one_of};
use crate::{
    source::Span,
    spec::{
        codes as of_spec,
        service::{Gate, GateMetric, GateToken, Kind},
        values::{Duration, Percent, Scalar},
    },
};

pub(crate) fn resolve(gate: &Gate, kind: Kind, report: &mut Reporter<'_>) -> wire::Gate {
    if gate.at.has("metric") && !report.is_poisoned(field(gate, "metric")) {
        bound(gate, report);
        traffic(gate, kind, report);
        keys(gate, report);
        values(gate, report);
    }
    written(gate)
}

/// As it is written: defaults are the judge's, and pinned when a rollout begins.
fn written(gate: &Gate) -> wire::Gate {
    wire::Gate {
        name: gate.name.as_ref().map(|name| name.value.clone()),
        metric: gate.metric.word().into(),
        limit: gate.limit.as_ref().map(|limit| limit.value.clone()).unwrap_or_default(),
        dry_run: gate.dry_run.unwrap_or(false),
        compare: gate.compare,
        effect: gate.effect.as_ref().map(|effect| effect.value),
        minimum_samples: gate.minimum_samples.as_ref().map(|samples| samples.value),
        failures: gate.failures,
        inconclusive: gate.inconclusive,
        errors: gate.errors,
        pattern: gate.pattern.as_ref().map(|pattern| pattern.value.clone()),
        objective: gate.objective.as_ref().map(|objective| objective.value.to_string()),
        windows: gate.windows.iter().map(|window| window.value.0).collect(),
        url: gate.url.as_ref().map(|url| url.value.clone()),
        query: gate.query.as_ref().map(|query| query.value.clone()),
        file: gate.file.clone(),
        command: gate.command.clone(),
        timeout_seconds: gate.timeout.as_ref().map(|timeout| timeout.value.0),
        token: gate.token.as_ref().and_then(token),
    }
}

fn token(token: &GateToken) -> Option<wire::GateToken> {
    let environment = token.environment.clone().map(wire::GateToken::Environment);
    environment.or_else(|| token.file.clone().map(wire::GateToken::File))
}

/// What a bound looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Share,
    Time,
    Factor,
    Lines,
    Any,
}

impl Unit {
    fn of(metric: GateMetric) -> Self {
        match metric {
            GateMetric::ErrorRate | GateMetric::Healthy | GateMetric::Cpu => Self::Share,
            GateMetric::LatencyP50 | GateMetric::LatencyP90 | GateMetric::LatencyP95 => Self::Time,
            GateMetric::LatencyP99 | GateMetric::LatencyP999 => Self::Time,
            GateMetric::Log => Self::Lines,
            GateMetric::BurnRate => Self::Factor,
            GateMetric::Prometheus | GateMetric::Replay | GateMetric::Command | GateMetric::Http => Self::Any,
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Share => "a percentage such as `1%`",
            Self::Time => "a time such as `500ms` or `2s`",
            Self::Factor => "a factor such as `14.4`",
            Self::Lines => "a number of lines such as `5`, or a percentage of the requests such as `1%`",
            Self::Any => "a number, a percentage, or a time such as `500ms`",
        }
    }

    fn fits(self, amount: &str) -> bool {
        let share = Percent::parse(amount).is_some();
        match self {
            Self::Share => share,
            Self::Time => is_latency(amount),
            Self::Factor => number(amount).is_some_and(|factor| factor > 0.0),
            Self::Lines => share || number(amount).is_some(),
            Self::Any => share || is_latency(amount) || number(amount.strip_prefix('-').unwrap_or(amount)).is_some(),
        }
    }
}

fn bound(gate: &Gate, report: &mut Reporter<'_>) {
    let judges_itself = matches!(gate.metric, GateMetric::Command | GateMetric::Http);
    let Some(limit) = &gate.limit else {
        if !judges_itself {
            let start = Span { start: gate.at.whole.start, end: gate.at.whole.start };
            report.report(&of_spec::MISSING_KEY, start, "`limit` is missing", "add `limit:`");
        }
        return;
    };
    let (unit, text) = (Unit::of(gate.metric), limit.trim());
    let at_least = text.starts_with(">=");
    let amount = text.strip_prefix(">=").or_else(|| text.strip_prefix("<=")).unwrap_or(text).trim();
    let word = gate.metric.word();
    if !unit.fits(amount) {
        let message = format!("`{word}` is bounded by {}, found `{}`", unit.expected(), limit.value);
        report.report(&codes::BAD_GATE, limit.span(), message, format!("write {}", unit.expected()));
    } else if at_least && unit != Unit::Any && !matches!(gate.metric, GateMetric::Healthy | GateMetric::Cpu) {
        let message = format!("more of `{word}` is never better");
        report.report(&codes::BAD_GATE, limit.span(), message, format!("write `<={amount}`"));
    }
}

/// What only a web service has.
fn traffic(gate: &Gate, kind: Kind, report: &mut Reporter<'_>) {
    let by_request = gate.metric == GateMetric::Log && gate.limit.as_ref().is_some_and(|limit| limit.ends_with('%'));
    let of_traffic = match Unit::of(gate.metric) {
        Unit::Time | Unit::Factor => true,
        _ => gate.metric == GateMetric::ErrorRate || by_request,
    };
    if of_traffic && kind != Kind::Web {
        let message = format!("`{}` looks at traffic, which a {} service has none of", gate.metric.word(), kind.word());
        report.report(&codes::BAD_GATE, field(gate, "metric"), message, "use `healthy` or `cpu`");
    }
}

/// Keys that belong to some metrics only: which, and whether these can do without.
fn keys(gate: &Gate, report: &mut Reporter<'_>) {
    use GateMetric::{BurnRate, Command, Http, Log, Prometheus, Replay};
    let table: [(&str, bool, &[GateMetric], bool); 9] = [
        ("pattern", gate.pattern.is_some(), &[Log], true),
        ("objective", gate.objective.is_some(), &[BurnRate], true),
        ("windows", !gate.windows.is_empty(), &[BurnRate], false),
        ("url", gate.url.is_some(), &[Prometheus, Http], true),
        ("query", gate.query.is_some(), &[Prometheus], true),
        ("file", gate.file.is_some(), &[Replay], true),
        ("command", !gate.command.is_empty(), &[Command], true),
        ("timeout", gate.timeout.is_some(), &[Command, Http], false),
        ("token", gate.token.is_some(), &[Prometheus, Http], false),
    ];
    let word = gate.metric.word();
    for (key, is_there, metrics, needed) in table {
        let belongs = metrics.contains(&gate.metric);
        if is_there && !belongs {
            let message = format!("`{key}` has no effect on a gate of `{word}`");
            report.report(&codes::GATE_KEYS, field(gate, key), message, format!("remove `{key}`"));
        } else if needed && belongs && !is_there && !gate.at.has(key) {
            let message = format!("a gate of `{word}` needs `{key}`");
            report.report(&codes::GATE_KEYS, field(gate, "metric"), message, format!("add `{key}:`"));
        }
    }
    comparison(gate, report);
}

fn comparison(gate: &Gate, report: &mut Reporter<'_>) {
    let compares = !matches!(gate.metric, GateMetric::Healthy | GateMetric::Cpu | GateMetric::BurnRate);
    if gate.compare == Some(true) && !compares {
        let message = format!("`{}` is not compared with what serves", gate.metric.word());
        report.report(&codes::GATE_KEYS, field(gate, "compare"), message, "remove `compare`");
    }
    let query = gate.query.as_ref().filter(|query| gate.compare == Some(true) && !query.contains("{{group}}"));
    if let (Some(query), GateMetric::Prometheus) = (query, gate.metric) {
        let message = "a query that is compared does not say of which group";
        report.report(&codes::GATE_KEYS, query.span(), message, "write `{{group}}` where the slot's letter belongs");
    }
}

/// Values that no type can hold to their form.
fn values(gate: &Gate, report: &mut Reporter<'_>) {
    let mut bad = |span: Span, message: String, hint: &str| report.report(&codes::GATE_KEYS, span, message, hint);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if let Some(name) = gate.name.as_ref().filter(|name| !(1..=64).contains(&name.len()) || !name.chars().all(plain)) {
        bad(name.span(), format!("`{}` is no name of a gate", name.value), "1 to 64 letters, digits, `-`, `_` and `.`");
    }
    if let Some(effect) = gate.effect.as_ref().filter(|effect| !(110..=10_000).contains(&effect.value)) {
        bad(effect.span(), format!("an effect of {} percent", effect.value), "from 110 to 10000, such as 150");
    }
    if let Some(samples) = gate.minimum_samples.as_ref().filter(|samples| samples.value == 0) {
        bad(samples.span(), "no sample is never enough".into(), "at least 1");
    }
    if let Some(timeout) = gate.timeout.as_ref().filter(|timeout| !(1..=300).contains(&timeout.value.0)) {
        bad(timeout.span(), format!("a timeout of `{}`", timeout.value), "from `1s` to `5m`");
    }
    if let Some(objective) = gate.objective.as_ref().filter(|objective| !(50.0..100.0).contains(&objective.number())) {
        bad(objective.span(), format!("an objective of `{}`", objective.value), "from `50%` to `99.999%`");
    }
    if let Some((pattern, why)) = gate.pattern.as_ref().and_then(|pattern| Some((pattern, unreadable(pattern)?))) {
        bad(
            pattern.span(),
            format!("`{}` is no regular expression: {why}", pattern.value),
            "write it without look-around",
        );
    }
    if let Some((url, why)) = gate.url.as_ref().and_then(|url| Some((url, unaskable(url)?))) {
        bad(url.span(), why.into(), "such as `http://metrics.internal:9090`");
    }
    windows(gate, report);
    tokens(gate, report);
}

fn windows(gate: &Gate, report: &mut Reporter<'_>) {
    let windows: Vec<u32> = gate.windows.iter().map(|window| window.value.0).collect();
    let fits = match windows.as_slice() {
        [] => true,
        [long, short] => short < long && *short > 0 && *long <= 30 * 86_400,
        _ => false,
    };
    if !fits {
        let message = "the windows of a burn rate are a long one and a short one";
        report.report(&codes::GATE_KEYS, field(gate, "windows"), message, "such as `[1h, 5m]`, at most thirty days");
    }
}

fn tokens(gate: &Gate, report: &mut Reporter<'_>) {
    let Some(token) = &gate.token else { return };
    if token.environment.is_some() == token.file.is_some() {
        let message = "a token is in exactly one of `environment` and `file`";
        report.report(&codes::EXACTLY_ONE, token.at.whole, message, one_of(token.file.is_some()));
    }
}

/// As the judge compiles it: over bytes, without Unicode classes.
fn unreadable(pattern: &str) -> Option<String> {
    if pattern.is_empty() {
        return Some("it is empty".into());
    }
    let read = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    read.err().map(|error| match error {
        Error::Parse(error) => error.kind().to_string(),
        Error::Translate(error) => error.kind().to_string(),
        error => error.to_string().replace('\n', " "),
    })
}

fn unaskable(url: &str) -> Option<&'static str> {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return Some("the address begins neither with `https://` nor with `http://`");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let blank = url.chars().any(|c| c.is_whitespace() || c.is_control());
    match authority {
        "" => Some("the address has no host"),
        _ if blank => Some("the address has a blank in it"),
        _ if authority.contains('@') => Some("the address has a name or a password in it"),
        _ => None,
    }
}

fn field(gate: &Gate, name: &str) -> Span {
    gate.at.field(name)
}

/// Whole milliseconds or a duration of at most a day.
fn is_latency(text: &str) -> bool {
    let milliseconds =
        text.strip_suffix("ms").is_some_and(|number| number.parse::<u32>().is_ok_and(|number| number > 0));
    milliseconds || Duration::parse(text).is_some_and(|duration| (1..=86_400).contains(&duration.0))
}

/// Digits with at most one point.
fn number(text: &str) -> Option<f64> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 18;
    let digits = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    text.parse().ok().filter(|_| plain && digits)
}
