//! The table as a page for people.

use std::fmt::Write as _;

use super::{
    reference::ATTRIBUTES,
    row::{Form, Match, Only, Place, Row, TypeMapping},
    table::FAMILIES,
};

const PREFACE: &str = "# The plan and Terraform say the same

Both are made from one IR. This is every property that a plan can hold and the argument that says it in Terraform; made from
the table in `tests/src/terraform_mapping`, by which a test compares the two for every case of `golden/plan`. A property or
an argument that is not here makes that test fail. What one side alone says is here with the reason.

`[]` stands for each element of a list.
";

const REFERENCES: &str = "
## References

A reference of the plan names an attribute in CloudFormation's words; these are Terraform's.

| type | CloudFormation | Terraform |
|---|---|---|
";

/// The page.
#[must_use]
pub fn page() -> String {
    let mut page = PREFACE.to_owned();
    for (family, types) in FAMILIES {
        let _ = write!(page, "\n## {family}\n");
        types.iter().for_each(|mapping| page.push_str(&section(mapping)));
    }
    page.push_str(REFERENCES);
    for attribute in ATTRIBUTES {
        let suffix = if attribute.suffix.is_empty() { String::new() } else { format!(" and `{}`", attribute.suffix) };
        let (plan_type, plan, terraform) = (attribute.plan_type, attribute.plan, attribute.terraform);
        let _ = writeln!(page, "| `{plan_type}` | `{plan}` | `{terraform}`{suffix} |");
    }
    page
}

fn section(mapping: &TypeMapping) -> String {
    let mut section = format!("\n### {}\n\n| property | argument | how |\n|---|---|---|\n", mapping.plan);
    if let Place::With(pointer) = mapping.place {
        let _ = writeln!(section, "| `{pointer}` | — | the resource it refers to has the block |");
    }
    for block in mapping.blocks {
        let at = block.for_each.map_or(String::new(), |(list, _)| format!("{list}[]"));
        lines(block.rows, &at, &format!("{}: ", block.terraform), &mut section);
    }
    section
}

fn lines(rows: &[Row], plan_at: &str, terraform_at: &str, page: &mut String) {
    for row in rows {
        let _ = match *row {
            Row::Pair { plan, terraform, form } => {
                writeln!(page, "| `{plan_at}{plan}` | `{terraform_at}{terraform}` | {} |", form_words(form))
            }
            Row::Each { plan, terraform, matched, .. } => {
                writeln!(page, "| `{plan_at}{plan}[]` | `{terraform_at}{terraform}[]` | {} |", match_words(matched))
            }
            Row::PlanOnly { plan, value, why } => {
                writeln!(page, "| `{plan_at}{plan}`{} | — | {why} |", only_words(value))
            }
            Row::TerraformOnly { terraform, value, why } => {
                writeln!(page, "| — | `{terraform_at}{terraform}`{} | {why} |", only_words(value))
            }
            Row::Again { terraform, plan } => {
                writeln!(page, "| — | `{terraform_at}{terraform}` | `{plan}` once more |")
            }
        };
        if let Row::Each { plan, terraform, rows, .. } = row {
            lines(rows, &format!("{plan_at}{plan}[]"), &format!("{terraform_at}{terraform}[]."), page);
        }
    }
}

fn form_words(form: Form) -> String {
    match form {
        Form::Same => "the same".to_owned(),
        Form::Text => "text on one side".to_owned(),
        Form::Set => "the same elements, in any order".to_owned(),
        Form::Base64 => "text as base64".to_owned(),
        Form::Policy => "an IAM policy of the same meaning".to_owned(),
        Form::JsonText => "an object, and its JSON as text".to_owned(),
        Form::Map(key) => format!("a list of `{key}` and `Value`, and a map"),
        Form::Tags => "the default tags with the block's own".to_owned(),
        Form::Words(words) => {
            words.iter().map(|(plan, terraform)| format!("`{plan}` is `{terraform}`")).collect::<Vec<_>>().join(", ")
        }
        Form::By(attribute) => format!("the `{attribute}` of what it refers to"),
    }
}

fn match_words(matched: Match) -> String {
    match matched {
        Match::Order => "each, in order".to_owned(),
        Match::Key(property, _) => format!("each, in any order, by its `{property}`"),
        Match::Content => "each, in any order".to_owned(),
    }
}

fn only_words(only: Only) -> String {
    match only {
        Only::Anything => String::new(),
        Only::Json(json) => format!(" = `{json}`"),
        Only::Empty => " (empty)".to_owned(),
    }
}
