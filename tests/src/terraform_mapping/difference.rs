//! One thing that the two emitters do not say alike.

use std::fmt;

use serde_json::Value;

use crate::expected::first_differences;

/// One difference, with its place on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The plan's logical id; empty for what only Terraform has.
    pub resource: String,
    /// Root module and address; empty for what only the plan has.
    pub address: String,
    /// JSON pointer into the plan's properties; empty for the resource itself, or what only Terraform has.
    pub property: String,
    /// Terraform's argument; empty for the block itself, or what only the plan has.
    pub argument: String,
    /// What differs.
    pub what: What,
}

/// What differs.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Two values, in the row's form.
    Values {
        /// The plan's.
        plan: Value,
        /// Terraform's.
        terraform: Value,
    },
    /// The plan says it, Terraform does not.
    OnlyInPlan(Value),
    /// Terraform says it, the plan does not.
    OnlyInTerraform(Value),
    /// The table says why one side alone says it, and that reason is for another value.
    Exception {
        /// The value that is there.
        value: Value,
        /// The reason.
        why: &'static str,
    },
    /// It could not be compared.
    Unclear(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place =
            |thing: &str, part: &str| if part.is_empty() { format!("`{thing}`") } else { format!("`{thing}` {part}") };
        let plan = place(&self.resource, &self.property);
        let terraform = place(&self.address, &self.argument);
        match &self.what {
            What::Values { plan: Value::String(one), terraform: Value::String(other) } if one.contains('\n') => {
                write!(
                    formatter,
                    "{plan} (committed) and {terraform} (produced) differ:\n{}",
                    first_differences(one, other)
                )
            }
            What::Values { plan: one, terraform: other } => {
                write!(formatter, "{plan} is {one}\n{terraform} is {other}")
            }
            What::OnlyInPlan(value) => {
                write!(formatter, "{plan} is {value}\nand Terraform does not say it ({terraform})")
            }
            What::OnlyInTerraform(value) => {
                write!(formatter, "{terraform} is {value}\nand the plan does not say it ({plan})")
            }
            What::Exception { value, why } => {
                write!(formatter, "{plan} / {terraform} is {value}, which this reason does not cover: {why}")
            }
            What::Unclear(cause) => write!(formatter, "{plan} / {terraform} cannot be compared: {cause}"),
        }
    }
}
