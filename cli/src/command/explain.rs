//! `skiff explain`: the manual page of a code.

use clap::Args;
use serde_json::{Value, json};
use skiff_compiler::diagnostic::Code;

use crate::{action, document, failure::Failure, outcome::Outcome, seam};

/// How alike a misspelt name must be to be suggested, from 0 to 1.
const ALIKE: f64 = 0.7;

/// Print the manual page of a code, or list all codes
///
/// Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff explain SK0001")]
pub(crate) struct ExplainArguments {
    /// A code or its name, such as SK0001 or syntax
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Explains one code, or lists all.
pub(crate) fn run(arguments: &ExplainArguments) -> Result<Outcome, Failure> {
    let mut codes = seam::codes();
    codes.sort_by_key(|code| code.id);
    match &arguments.code {
        None => list(&codes),
        Some(wanted) => match codes.iter().find(|code| named(code, wanted)) {
            Some(code) => page(code),
            None => Err(unknown(&codes, wanted)),
        },
    }
}

fn named(code: &Code, wanted: &str) -> bool {
    code.id.eq_ignore_ascii_case(wanted) || code.name.eq_ignore_ascii_case(wanted)
}

fn list(codes: &[&'static Code]) -> Result<Outcome, Failure> {
    let width = codes.iter().map(|code| code.name.len()).max().unwrap_or(0);
    let line = |code: &&Code| format!("{}  {:width$}  {:7}  {}\n", code.id, code.name, severity(code), code.title);
    let entries = codes.iter().map(|code| describe(code)).collect::<Result<Vec<_>, _>>()?;
    Ok(Outcome::done("LISTED", format!("{} codes", codes.len()))
        .body(codes.iter().map(line).collect::<String>())
        .data(json!({ "codes": entries })))
}

fn page(code: &Code) -> Result<Outcome, Failure> {
    let mut data = describe(code)?;
    data["manual"] = json!(manual(code));
    let heading = format!("{} ({}): {}\n", code.id, code.name, code.title);
    Ok(Outcome::done("EXPLAINED", code.title).body(format!("{heading}\n{}\n", manual(code))).data(data))
}

fn describe(code: &Code) -> Result<Value, Failure> {
    let severity = document::to_value(&code.severity)?;
    Ok(json!({ "id": code.id, "name": code.name, "severity": severity, "title": code.title }))
}

fn severity(code: &Code) -> String {
    format!("{:?}", code.severity).to_lowercase()
}

/// The manual without the space that a doc comment has before each line.
fn manual(code: &Code) -> String {
    let lines = code.manual.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn unknown(codes: &[&'static Code], wanted: &str) -> Failure {
    let wanted = wanted.to_lowercase();
    let likeness = |code: &&Code| {
        strsim::jaro_winkler(&code.id.to_lowercase(), &wanted).max(strsim::jaro_winkler(code.name, &wanted))
    };
    let best = codes.iter().map(|code| (likeness(code), code)).max_by(|a, b| a.0.total_cmp(&b.0));
    let failure = Failure::not_found(format!("there is no code `{wanted}`"));
    match best.filter(|(likeness, _)| *likeness >= ALIKE) {
        Some((_, code)) => failure.hint(format!("did you mean `{}` ({})?", code.id, code.name)).action(action::look(
            "explain",
            &["explain", code.id],
            code.title,
        )),
        None => failure.hint("`skiff explain` lists all codes").action(action::look(
            "list",
            &["explain"],
            "lists all codes",
        )),
    }
}
