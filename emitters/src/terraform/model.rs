//! Terraform's own model: blocks, arguments and expressions, without any layout.

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Fraction(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A list.
    List(Vec<Value>),
    /// A map or object, in this order.
    Map(Vec<(String, Value)>),
    /// A reference, such as `aws_lb.main.arn`.
    Path(Path),
    /// Parts one after another in one quoted text.
    Template(Vec<Value>),
    /// Parts one after another, over several lines.
    Heredoc(Vec<Value>),
    /// A function with its arguments.
    Call(&'static str, Vec<Value>),
    /// An expression in Terraform's own words, for what has no other form here; it is parsed before it is printed.
    Code(String),
    /// An element of a list with a comment above it.
    Commented(String, Box<Value>),
}

impl Value {
    /// A text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A list of texts.
    pub(super) fn texts<Text: AsRef<str>>(texts: impl IntoIterator<Item = Text>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::text(text.as_ref())).collect())
    }

    /// A number that CloudFormation takes as text.
    pub(super) fn number(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::text(text), Self::Whole)
    }

    /// The parts of a template; anything else is the only one.
    pub(super) fn into_parts(self) -> Vec<Self> {
        match self {
            Self::Template(parts) => parts,
            other => vec![other],
        }
    }

    /// A reference by its steps: a root and names.
    pub(super) fn path(steps: &[&str]) -> Self {
        Self::Path(Path::of(steps))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<&&str> for Value {
    fn from(text: &&str) -> Self {
        Self::text(*text)
    }
}

impl From<&std::borrow::Cow<'_, str>> for Value {
    fn from(text: &std::borrow::Cow<'_, str>) -> Self {
        Self::text(&**text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Whole(number.into())
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<f64> for Value {
    /// A number without a fraction is written as a whole one.
    fn from(number: f64) -> Self {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() < EXACT {
            // Exact: whole and smaller than 2^53.
            #[allow(clippy::cast_possible_truncation, reason = "checked above")]
            return Self::Whole(number as i64);
        }
        Self::Fraction(number)
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::List(items)
    }
}

impl From<Path> for Value {
    fn from(path: Path) -> Self {
        Self::Path(path)
    }
}

/// A reference: a root and the steps from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// `var`, `local`, `each`, `data` or a resource type.
    pub(super) root: String,
    /// What follows.
    pub(super) steps: Vec<Step>,
}

/// One step of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// `.name`
    Name(String),
    /// `["key"]`
    Key(String),
    /// `[each.key]`
    EachKey,
    /// `[*]`
    Splat,
}

impl Path {
    /// A root and names.
    pub(super) fn of(steps: &[&str]) -> Self {
        let mut steps = steps.iter();
        let root = steps.next().copied().unwrap_or_default().to_owned();
        Self { root, steps: steps.map(|name| Step::Name((*name).to_owned())).collect() }
    }

    /// One more step.
    pub(super) fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// One more name.
    pub(super) fn name(self, name: &str) -> Self {
        self.then(Step::Name(name.to_owned()))
    }
}

/// What stands in a body, in this order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Body {
    /// Arguments and blocks.
    pub(super) items: Vec<Item>,
}

/// An argument or a block, with the lines of comment above it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// Without `#`.
    pub(super) comment: Vec<String>,
    /// What it is.
    pub(super) kind: Kind,
}

/// An argument or a block.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// `name = value`
    Argument(String, Value),
    /// `keyword "label" { … }`
    Block(Block),
    /// Only its comment.
    Note,
}

/// A block.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// `resource`, `data`, `lifecycle` …
    pub(super) keyword: String,
    /// Labels, quoted when printed.
    pub(super) labels: Vec<String>,
    /// What is in it.
    pub(super) body: Body,
}

impl Block {
    /// A block with labels.
    pub(super) fn new(keyword: &str, labels: &[&str], body: Body) -> Self {
        Self { keyword: keyword.into(), labels: labels.iter().map(|label| (*label).to_owned()).collect(), body }
    }
}

impl Body {
    /// An empty body.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// With an argument.
    #[must_use]
    pub(super) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.push(Kind::Argument(name.into(), value.into()));
        self
    }

    /// With an argument, when there is a value for it.
    #[must_use]
    pub(super) fn set_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// With a nested block.
    #[must_use]
    pub(super) fn block(mut self, keyword: &str, body: Self) -> Self {
        self.push(Kind::Block(Block::new(keyword, &[], body)));
        self
    }

    /// With one nested block for each body.
    #[must_use]
    pub(super) fn blocks(self, keyword: &str, bodies: impl IntoIterator<Item = Self>) -> Self {
        bodies.into_iter().fold(self, |body, nested| body.block(keyword, nested))
    }

    /// With a comment above what was added last.
    #[must_use]
    pub(super) fn because(mut self, why: &str) -> Self {
        if let Some(last) = self.items.last_mut() {
            last.comment.extend(wrapped(why));
        }
        self
    }

    /// With an item.
    pub(super) fn push(&mut self, kind: Kind) {
        self.items.push(Item { comment: Vec::new(), kind });
    }
}

/// A comment in lines that a reviewer's window shows whole.
pub(super) fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 96;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
