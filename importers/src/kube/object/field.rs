//! A field of an object: reading it marks it, saying something about it is its account.

use std::fmt;

use skiff_compiler::diagnostic::Code;

use super::{Object, Slot, Verdict, verdict::Said};
use crate::kube::read::{Meaning, Path, Place, Scalar, Step, Value};

/// A field of an object, null excepted: a null counts as absent.
#[derive(Clone, Copy)]
pub struct Field<'o> {
    object: &'o Object<'o>,
    slot: u32,
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {:?}", self.path(), self.place())
    }
}

impl<'o> Field<'o> {
    pub(super) fn new(object: &'o Object<'_>, slot: u32) -> Self {
        Self { object, slot }
    }

    fn inner(self) -> &'o Slot<'o> {
        // The slot was made by this object, so that it is one of its slots; the root stands in for any other.
        self.object.slots.get(self.slot as usize).unwrap_or(&self.object.slots[0])
    }

    fn children(self) -> impl Iterator<Item = Self> {
        let (first, count) = self.inner().children;
        (first..first + count).map(move |slot| Self { slot, ..self })
    }

    /// The object that the field is of.
    #[must_use]
    pub fn object(self) -> &'o Object<'o> {
        self.object
    }

    /// The field of a mapping by its key; null counts as absent.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.children().find(|child| child.key() == Some(key)).filter(|child| !child.inner().node.is_null())
    }

    /// A field by its dotted way, such as `template.spec`; null counts as absent.
    #[must_use]
    pub fn at(self, way: &str) -> Option<Self> {
        way.split('.').try_fold(self, Self::get)
    }

    /// The items of a list; none for anything else.
    pub fn items(self) -> impl Iterator<Item = Self> {
        self.children().filter(|child| matches!(child.inner().step, Some(Step::Index(_))))
    }

    /// The keys and values of a mapping; none for anything else.
    pub fn entries(self) -> impl Iterator<Item = (&'o str, Self)> {
        self.children().filter_map(|child| Some((child.key()?, child)))
    }

    /// The items of a list that is a field of this one.
    pub fn list(self, key: &str) -> impl Iterator<Item = Self> + use<'o> {
        self.get(key).into_iter().flat_map(Self::items)
    }

    /// The keys and values of a mapping that is a field of this one.
    pub fn map(self, key: &str) -> impl Iterator<Item = (&'o str, Self)> + use<'o> {
        self.get(key).into_iter().flat_map(Self::entries)
    }

    /// The key that the field stands under, when it is one of a mapping.
    #[must_use]
    pub fn key(self) -> Option<&'o str> {
        match self.inner().step {
            Some(Step::Key(key)) => Some(key),
            _ => None,
        }
    }

    fn scalar(self) -> Option<&'o Scalar> {
        match &self.inner().node.value {
            Value::Scalar(scalar) => {
                self.inner().read.set(true);
                Some(scalar)
            }
            _ => None,
        }
    }

    /// The text of a scalar that means text.
    #[must_use]
    pub fn text(self) -> Option<&'o str> {
        self.scalar().filter(|scalar| scalar.meaning == Meaning::Text).map(|scalar| &*scalar.text)
    }

    /// The text of any scalar as it is written: also of a number or a boolean.
    #[must_use]
    pub fn written(self) -> Option<&'o str> {
        self.scalar().map(|scalar| &*scalar.text)
    }

    /// A whole number.
    #[must_use]
    pub fn integer(self) -> Option<i64> {
        self.scalar().and_then(|scalar| if let Meaning::Integer(number) = scalar.meaning { Some(number) } else { None })
    }

    /// A boolean.
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        self.scalar().and_then(|scalar| if let Meaning::Boolean(it) = scalar.meaning { Some(it) } else { None })
    }

    /// The texts of a list of texts.
    #[must_use]
    pub fn texts(self) -> Vec<&'o str> {
        self.items().filter_map(Self::written).collect()
    }

    /// The text of a field of this mapping.
    #[must_use]
    pub fn text_of(self, key: &str) -> Option<&'o str> {
        self.get(key)?.text()
    }

    /// The whole number of a field of this mapping.
    #[must_use]
    pub fn integer_of(self, key: &str) -> Option<i64> {
        self.get(key)?.integer()
    }

    /// The boolean of a field of this mapping.
    #[must_use]
    pub fn boolean_of(self, key: &str) -> Option<bool> {
        self.get(key)?.boolean()
    }

    /// Whether nothing stands there: only an item of a list or an entry can be null.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.inner().node.is_null()
    }

    /// Whether the mapping has read it.
    #[must_use]
    pub fn is_read(self) -> bool {
        self.inner().read.get()
    }

    /// Marks the field and everything below it as read: its being there was enough.
    pub fn touch(self) {
        self.inner().read.set(true);
        self.children().for_each(Self::touch);
    }

    /// Where it stands: its key, or its first character when it is an item of a list.
    #[must_use]
    pub fn place(self) -> Place {
        self.inner().place
    }

    /// The way to it from the root of the object.
    #[must_use]
    pub fn path(self) -> String {
        let mut steps = Vec::new();
        let mut slot = self;
        while let Some(step) = slot.inner().step {
            steps.push(step);
            slot = Self { slot: slot.inner().parent, ..self };
        }
        steps.reverse();
        Path { steps }.to_string()
    }

    /// Says what became of the field and everything below it, and reports it: the code's severity is the fate. What was
    /// said before of a leaf stays, unless the object keeps the worst.
    pub fn say(self, code: &'static Code, reason: impl Into<String>, action: impl Into<String>) {
        let (reason, action) = (reason.into(), action.into());
        self.settle(&Verdict::of(code, &reason));
        self.object.said.borrow_mut().push(Said { slot: self.slot, code, reason, action });
    }

    /// As [`Self::say`], of what is at another key below its service than the table says.
    pub fn say_at(self, home: &str, code: &'static Code, reason: impl Into<String>, action: impl Into<String>) {
        let (reason, action) = (reason.into(), action.into());
        self.settle(&Verdict { home: Some(home.to_owned()), ..Verdict::of(code, &reason) });
        self.object.said.borrow_mut().push(Said { slot: self.slot, code, reason, action });
    }

    /// Says what became of the field and everything below it as [`Field::say`] does, and reports nothing: a finding about
    /// something else, with the same code, speaks for it.
    pub fn share(self, code: &'static Code, reason: impl Into<String>) {
        self.settle(&Verdict::of(code, &reason.into()));
    }

    /// Reports something about the field, and leaves what became of it as it is.
    pub fn note(self, code: &'static Code, reason: impl Into<String>, action: impl Into<String>) {
        let said = Said { slot: self.slot, code, reason: reason.into(), action: action.into() };
        self.object.said.borrow_mut().push(said);
    }

    /// Says that nothing is lost without the field and what is below it.
    pub fn ignore(self, reason: impl Into<String>) {
        self.settle(&Verdict::ignored(reason));
    }

    /// Says that the field and what is below it is in `skiff.yaml`, at this key below its service.
    pub fn mapped_to(self, home: impl Into<String>) {
        self.settle(&Verdict::mapped(home));
    }

    /// Says where a container beside the main one is in its service, such as `containers.proxy`: what a container has of
    /// its own has its home there.
    pub fn is_container(self, home: impl Into<String>) {
        self.object.containers.borrow_mut().insert(self.slot, home.into());
    }

    /// As [`Self::mapped_to`], with a word on how.
    pub fn mapped_because(self, home: impl Into<String>, reason: impl Into<String>) {
        self.settle(&Verdict { reason: reason.into(), ..Verdict::mapped(home) });
    }

    fn settle(self, verdict: &Verdict) {
        self.inner().read.set(true);
        if self.inner().children.1 == 0 {
            let mut verdicts = self.object.verdicts.borrow_mut();
            let stays = verdicts.entry(self.slot).or_insert_with(|| verdict.clone());
            if self.object.worst_stays && verdict.weight() > stays.weight() {
                *stays = verdict.clone();
            }
        }
        self.children().for_each(|child| child.settle(verdict));
    }
}
