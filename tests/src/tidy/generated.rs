//! What is made from the code and committed beside it.

use std::fmt::Write as _;

use skiff_compiler::diagnostic::Code;

use super::{import_page, spec_page};
use crate::{Problems, checkout, expected::Expected, seam};

/// Where the JSON Schemas are, from the workspace root.
const SCHEMAS: &str = "docs/schema";

/// The JSON Schemas of all documents, the reference of `skiff.yaml`, the page of all diagnostics and the field table of the
/// import are the ones the code would make.
///
/// # Errors
/// A folder that cannot be read, or a schema that cannot be written.
pub fn is_fresh() -> Result<Problems, String> {
    let mut expected = Expected::new("tidy");
    let mut names = Vec::new();
    for (name, schema) in skiff_wire::schemas() {
        expected.file(format!("{SCHEMAS}/{name}"), seam::to_json(&schema)?);
        names.push(name);
    }
    if let Some(schema) = seam::spec_schema() {
        expected.file(format!("{SCHEMAS}/skiff.v1.json"), seam::to_json(&schema)?);
        names.push("skiff.v1.json");
        expected.file("docs/spec.md", spec_page::page(&schema));
    }
    expected.file("docs/diagnostics.md", diagnostics_page());
    expected.file("docs/import-kubernetes.md", import_page::kubernetes());
    expected.file("docs/import-compose.md", import_page::compose());
    let committed = checkout::walk(&checkout::root().join(SCHEMAS)).unwrap_or_default();
    committed
        .iter()
        // Those of the commands' `data` are compared where their types are: in the commands.
        .filter(|file| !names.contains(&file.as_str()) && !file.starts_with("data/"))
        .for_each(|file| expected.orphan(format!("{SCHEMAS}/{file}")));
    Ok(expected.settle())
}

/// The page of all diagnostics, sorted by code: a table, then each manual.
#[must_use]
pub fn diagnostics_page() -> String {
    let codes = sorted_codes();
    let mut page = String::from(PREFACE);
    for code in &codes {
        let anchor = code.id.to_lowercase();
        let _ =
            writeln!(page, "| [{}](#{anchor}) | {} | {} | {} |", code.id, code.name, code.severity.word(), code.title);
    }
    for code in &codes {
        let _ = writeln!(page, "\n## {}\n\n`{}`, {}: {}.\n", code.id, code.name, code.severity.word(), code.title);
        page.push_str(manual(code).trim_end());
        page.push('\n');
    }
    page
}

const PREFACE: &str = "# Diagnostics\n\nEvery mistake Skiff can point at. Made from the declarations in the code; \
                       `skiff explain CODE` prints the same pages.\n\n| code | name | severity | what is wrong |\n\
                       |---|---|---|---|\n";

/// A doc comment's lines begin with the space after `///`.
fn manual(code: &Code) -> String {
    code.manual.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line).trim_end())).collect()
}

fn sorted_codes() -> Vec<&'static Code> {
    let mut codes = seam::codes();
    codes.sort_by_key(|code| code.id);
    codes
}

/// Codes that are declared twice, and manuals too short to help (fewer than three lines).
#[must_use]
pub fn codes_are_well_declared() -> Problems {
    let codes = sorted_codes();
    let twice =
        codes.windows(2).filter(|pair| pair[0].id == pair[1].id).map(|pair| format!("{}: declared twice", pair[0].id));
    let short = codes.iter().filter(|code| code.manual.trim().lines().count() < 3);
    twice.chain(short.map(|code| format!("{}: its manual has fewer than three lines", code.id))).collect()
}
