//! What a row of the table can say.
//!
//! A property is named by a JSON pointer into the plan's properties; `[name]` at its end picks the element of a list of
//! `Key` and `Value` by its key. An argument is named by Terraform's words with dots; a block that stands once needs no
//! index. Within [`Row::Each`] both begin at the element.

/// How one CloudFormation type is said in Terraform.
#[derive(Debug, Clone, Copy)]
pub struct TypeMapping {
    /// The CloudFormation type.
    pub plan: &'static str,
    /// Whose blocks they are.
    pub place: Place,
    /// The blocks; the first is the resource's own, the others belong to it.
    pub blocks: &'static [Block],
}

/// Whose blocks say what a resource says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Its own.
    Own,
    /// Those of the resource that this property refers to; the reference itself is said by being there.
    With(&'static str),
}

/// One type of block.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// Terraform's type.
    pub terraform: &'static str,
    /// Set when there is one block for each element of a list: the list, and the argument that holds the element.
    pub for_each: Option<(&'static str, &'static str)>,
    /// What its arguments are.
    pub rows: &'static [Row],
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub enum Row {
    /// A property and an argument that say the same.
    Pair {
        /// The property.
        plan: &'static str,
        /// The argument.
        terraform: &'static str,
        /// In which sense they are the same.
        form: Form,
    },
    /// A list of objects, or a map as a list of `Key` and `Value`, and a block for each.
    Each {
        /// The list.
        plan: &'static str,
        /// The block.
        terraform: &'static str,
        /// Which element is which block.
        matched: Match,
        /// The rows of an element.
        rows: &'static [Row],
    },
    /// A property that no argument says.
    PlanOnly {
        /// The property.
        plan: &'static str,
        /// What it must be for the reason to hold.
        value: Only,
        /// Why Terraform need not say it.
        why: &'static str,
    },
    /// An argument that no property says.
    TerraformOnly {
        /// The argument.
        terraform: &'static str,
        /// What it must be for the reason to hold.
        value: Only,
        /// Why the plan need not say it.
        why: &'static str,
    },
    /// An argument that says once more what another row compares.
    Again {
        /// The argument.
        terraform: &'static str,
        /// The property, from the resource's own properties.
        plan: &'static str,
    },
}

/// The value of what stands on one side only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// Whatever it is.
    Anything,
    /// This JSON.
    Json(&'static str),
    /// A block in which nothing is set.
    Empty,
}

/// Which element of a list is which block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// By their places: both are lists.
    Order,
    /// By a property and an argument that are the same; Terraform keeps the blocks as a set.
    Key(&'static str, &'static str),
    /// By all they say: Terraform keeps the blocks as a set, and nothing names them.
    Content,
}

/// In which sense a property and an argument are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The same JSON; numbers by their value.
    Same,
    /// Text on one side, a number or a truth value on the other, of the same spelling.
    Text,
    /// Lists of the same elements; one side is a set.
    Set,
    /// Text that travels as base64.
    Base64,
    /// An IAM policy on both sides: order, and one value or a list of one, mean nothing.
    Policy,
    /// An object on one side, its JSON as text on the other.
    JsonText,
    /// A list of objects with this key and `Value`, or a map, and a map.
    Map(&'static str),
    /// Tags as a list or map, and `tags_all`: the provider's default tags with the block's own.
    Tags,
    /// Words: the property's and the argument's JSON.
    Words(&'static [(&'static str, &'static str)]),
    /// A reference to the same resource, that names it by this Terraform attribute instead.
    By(&'static str),
}

/// The same on both sides.
pub const fn same(plan: &'static str, terraform: &'static str) -> Row {
    Row::Pair { plan, terraform, form: Form::Same }
}

/// Text on one side only.
pub const fn text(plan: &'static str, terraform: &'static str) -> Row {
    Row::Pair { plan, terraform, form: Form::Text }
}

/// A list and a set.
pub const fn set(plan: &'static str, terraform: &'static str) -> Row {
    Row::Pair { plan, terraform, form: Form::Set }
}

/// An IAM policy.
pub const fn policy(plan: &'static str, terraform: &'static str) -> Row {
    Row::Pair { plan, terraform, form: Form::Policy }
}

/// Tags.
pub const fn tags(plan: &'static str) -> Row {
    Row::Pair { plan, terraform: "tags_all", form: Form::Tags }
}

/// The provider's default tags on a type that CloudFormation cannot tag.
pub const fn untagged() -> Row {
    Row::TerraformOnly {
        terraform: "tags_all",
        value: Only::Anything,
        why: "the provider's default tags reach this type, CloudFormation cannot tag it",
    }
}

/// Any other pair.
pub const fn pair(plan: &'static str, terraform: &'static str, form: Form) -> Row {
    Row::Pair { plan, terraform, form }
}

/// A list and its blocks.
pub const fn each(plan: &'static str, terraform: &'static str, matched: Match, rows: &'static [Row]) -> Row {
    Row::Each { plan, terraform, matched, rows }
}

/// A property of one value without an argument.
pub const fn plan_only(plan: &'static str, json: &'static str, why: &'static str) -> Row {
    Row::PlanOnly { plan, value: Only::Json(json), why }
}

/// An argument of one value without a property.
pub const fn terraform_only(terraform: &'static str, json: &'static str, why: &'static str) -> Row {
    Row::TerraformOnly { terraform, value: Only::Json(json), why }
}

/// A repetition.
pub const fn again(terraform: &'static str, plan: &'static str) -> Row {
    Row::Again { terraform, plan }
}

/// A type of one block.
pub const fn one(plan: &'static str, blocks: &'static [Block]) -> TypeMapping {
    TypeMapping { plan, place: Place::Own, blocks }
}

/// A block.
pub const fn block(terraform: &'static str, rows: &'static [Row]) -> Block {
    Block { terraform, for_each: None, rows }
}
