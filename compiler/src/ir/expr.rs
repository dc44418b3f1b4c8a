//! Values that are known only once something exists: typed references, pseudo-references, inputs.

use std::{
    fmt::{self, Write as _},
    marker::PhantomData,
    sync::{Arc, LazyLock},
};

use serde::{Serialize, Serializer, ser::SerializeMap};

/// The logical id of a resource, such as `web.target_group.a`.
pub type Id = Arc<str>;

/// A text that many may hold; it has room from the start, so that it does not move while it is written.
pub(crate) fn shared(parts: fmt::Arguments<'_>) -> Arc<str> {
    let mut text = String::with_capacity(96);
    // Writing to a text cannot fail.
    let _ = text.write_fmt(parts);
    text.into()
}

/// A reference to a resource of a known type; what it offers are the methods of its type.
pub struct Handle<T> {
    id: Id,
    kind: PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    /// A handle for a logical id.
    pub(crate) fn new(id: Id) -> Self {
        Self { id, kind: PhantomData }
    }

    /// The logical id.
    #[must_use]
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// An attribute by its CloudFormation name; the families give each one a method.
    pub(crate) fn attribute(&self, attribute: &'static str) -> Expr {
        Expr::Reference { resource: self.id.clone(), attribute }
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        Self::new(self.id.clone())
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.id)
    }
}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// Gives the attributes of a resource type as methods of its handle.
macro_rules! attributes {
    ($kind:ty { $($(#[doc = $doc:literal])+ $method:ident = $attribute:literal,)+ }) => {
        impl $crate::ir::expr::Handle<$kind> {
            $(
                $(#[doc = $doc])+
                #[must_use]
                pub fn $method(&self) -> $crate::ir::expr::Expr {
                    self.attribute($attribute)
                }
            )+
        }
    };
}

pub(crate) use attributes;

/// What the environment of a plan knows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pseudo {
    /// The account id.
    Account,
    /// The region.
    Region,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    Partition,
}

/// A text, or what will be one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expr {
    /// Known now.
    Text(Arc<str>),
    /// An attribute of another resource.
    Reference {
        /// Its logical id.
        resource: Id,
        /// The attribute's CloudFormation name.
        attribute: &'static str,
    },
    /// A pseudo-reference.
    Pseudo(Pseudo),
    /// A named input of the plan.
    Input(Arc<str>),
    /// The parts, one after another.
    Join(Vec<Self>),
}

impl Expr {
    /// A known text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The text, when it is known now.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// At most how many characters it will have: what is known later is counted as long as AWS makes it.
    #[must_use]
    pub fn characters(&self) -> usize {
        /// An ARN with the longest physical name, a path and AWS's own suffixes.
        const REFERENCE: usize = 160;
        /// The longest of a partition, a region and an account id.
        const PSEUDO: usize = 16;
        match self {
            Self::Text(text) => text.len(),
            Self::Reference { .. } | Self::Input(_) => REFERENCE,
            Self::Pseudo(_) => PSEUDO,
            Self::Join(parts) => parts.iter().map(Self::characters).sum(),
        }
    }

    /// `arn:PARTITION:service:REGION:ACCOUNT:resource`, with pseudo-references.
    #[must_use]
    pub fn arn(service: &str, resource: impl Into<Self>) -> Self {
        let of_service = Self::Text(shared(format_args!(":{service}:")));
        let account = [Self::text(":"), Self::Pseudo(Pseudo::Account), Self::text(":"), resource.into()];
        Self::join(Self::beginning().into_iter().chain([of_service, Self::Pseudo(Pseudo::Region)]).chain(account))
    }

    /// Like [`arn`](Self::arn), for services without regions.
    #[must_use]
    pub fn global_arn(service: &str, resource: impl fmt::Display) -> Self {
        let of_service = Self::Text(shared(format_args!(":{service}::")));
        let resource = Self::Text(shared(format_args!(":{resource}")));
        let [arn, partition] = Self::beginning();
        Self::Join(vec![arn, partition, of_service, Self::Pseudo(Pseudo::Account), resource])
    }

    /// The ARN of a bucket, or of a key pattern in it.
    #[must_use]
    pub fn bucket_arn(resource: impl fmt::Display) -> Self {
        let [arn, partition] = Self::beginning();
        Self::Join(vec![arn, partition, Self::Text(shared(format_args!(":s3:::{resource}")))])
    }

    /// What every ARN begins with.
    fn beginning() -> [Self; 2] {
        static ARN: LazyLock<Arc<str>> = LazyLock::new(|| "arn:".into());
        [Self::Text(Arc::clone(&ARN)), Self::Pseudo(Pseudo::Partition)]
    }

    /// The parts one after another; neighbouring texts become one.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let parts = parts.into_iter();
        let mut joined = Vec::with_capacity(parts.size_hint().0);
        parts.for_each(|part| part.append_to(&mut joined));
        match <[Self; 1]>::try_from(joined) {
            Ok([single]) => single,
            Err(joined) => Self::Join(joined),
        }
    }

    fn append_to(self, joined: &mut Vec<Self>) {
        match (joined.last_mut(), self) {
            (Some(Self::Text(last)), Self::Text(next)) => *last = [&**last, &*next].concat().into(),
            (_, Self::Join(parts)) => parts.into_iter().for_each(|part| part.append_to(joined)),
            (_, part) => joined.push(part),
        }
    }
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Expr {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl Serialize for Expr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Reference { resource, attribute } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("attribute", attribute)?;
                map.serialize_entry("resource", resource)?;
                map.end()
            }
            Self::Pseudo(pseudo) => single(serializer, "pseudo", pseudo),
            Self::Input(name) => single(serializer, "input", name),
            Self::Join(parts) => single(serializer, "join", parts),
        }
    }
}

fn single<S: Serializer>(serializer: S, key: &str, value: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_texts_become_one() {
        let joined = Expr::join([Expr::text("a"), Expr::text("b"), Expr::Pseudo(Pseudo::Region)]);
        assert_eq!(joined, Expr::Join(vec![Expr::text("ab"), Expr::Pseudo(Pseudo::Region)]));
        assert_eq!(Expr::join([Expr::text("a"), Expr::text("b")]), Expr::text("ab"));
    }

    #[test]
    fn an_arn_prints_its_pseudo_references() {
        let arn = serde_json::to_string(&Expr::arn("sqs", "jobs")).unwrap();
        assert_eq!(
            arn,
            r#"{"join":["arn:",{"pseudo":"partition"},":sqs:",{"pseudo":"region"},":",{"pseudo":"account"},":jobs"]}"#
        );
    }
}
