//! What a saga is made of: steps, with typed handles on what comes out of them.
//!
//! A [`Handle`] is only given by adding a step, so a step can name nothing but an earlier step's output, and gets it with
//! its type. There is no bag of values by name.

use std::{fmt, marker::PhantomData};

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};
use skiff_wire::PlannedStep;

use crate::{
    engine::{codes, context::Context},
    error::{Error, ErrorKind},
};

/// One step of a saga. It may be begun again at any time after it was begun once: its driver may die at any instant.
#[async_trait]
pub trait Step: Send + Sync + 'static {
    /// What comes out of it, for later steps and for people.
    type Output: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// What it is going to do; pure, and the same on every machine.
    fn plan(&self) -> PlannedStep;

    /// Does it.
    ///
    /// # Errors
    /// A failure after which it is known what was done. [`ErrorKind::OutcomeUnknown`] when it is not,
    /// [`ErrorKind::Unavailable`] when it may be tried again.
    async fn run(&self, context: &mut Context<'_>) -> Result<Self::Output, Error>;

    /// Goes on with it after it was begun before, and it is not known how far it came: looks, and decides.
    ///
    /// Running it again is right for a step that only looks, that sets values which do not depend on those before, or that
    /// looks before it acts. A step of [`skiff_wire::EffectClass::None`] has its own.
    ///
    /// # Errors
    /// As [`Step::run`].
    async fn resume(&self, context: &mut Context<'_>) -> Result<Self::Output, Error> {
        self.run(context).await
    }

    /// Takes it back, whether it had its effect or only may have; `output` is there when it was done. Taking back twice is
    /// taking back once.
    ///
    /// # Errors
    /// What prevents it; the operation then waits for somebody.
    async fn compensate(&self, context: &mut Context<'_>, output: Option<Self::Output>) -> Result<(), Error>;

    /// What a person should know when nobody knows whether it had its effect: sentences on what is there.
    ///
    /// # Errors
    /// What cannot be read.
    async fn doctor(&self, context: &mut Context<'_>) -> Result<Vec<String>, Error> {
        context.describe().await
    }
}

/// What comes out of an earlier step.
pub struct Handle<T> {
    pub(crate) step: u32,
    output: PhantomData<fn() -> T>,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the output of step {}", self.step)
    }
}

/// The steps of a saga in their order.
#[derive(Default)]
pub struct Steps {
    list: Vec<Box<dyn Erased>>,
}

impl Steps {
    /// No steps yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step; later steps reach its output by the handle.
    pub fn add<S: Step>(&mut self, step: S) -> Handle<S::Output> {
        let index = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(Box::new(step));
        Handle { step: index, output: PhantomData }
    }

    /// The steps as they are planned.
    #[must_use]
    pub fn plan(&self) -> Vec<PlannedStep> {
        self.list.iter().map(|step| step.planned()).collect()
    }

    /// SHA-256 of the steps' kinds and versions in their order: what an operation is pinned to.
    #[must_use]
    pub fn definition(&self) -> String {
        let kinds: Vec<String> = self.plan().into_iter().map(|step| step.kind).collect();
        sha256(kinds.join("\n").as_bytes())
    }

    pub(crate) fn get(&self, step: u32) -> Result<&dyn Erased, Error> {
        let missing = || Error::new(&codes::BROKEN_LOG, ErrorKind::Invalid, format!("there is no step {step}"));
        let index = usize::try_from(step).ok();
        index.and_then(|index| self.list.get(index)).map(AsRef::as_ref).ok_or_else(missing)
    }

    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.list.len()).unwrap_or(u32::MAX)
    }
}

/// A step without its type.
#[async_trait]
pub(crate) trait Erased: Send + Sync {
    fn planned(&self) -> PlannedStep;
    async fn perform(&self, context: &mut Context<'_>, again: bool) -> Result<Value, Error>;
    async fn take_back(&self, context: &mut Context<'_>, output: Option<&Value>) -> Result<(), Error>;
    async fn findings(&self, context: &mut Context<'_>) -> Result<Vec<String>, Error>;
}

#[async_trait]
impl<S: Step> Erased for S {
    fn planned(&self) -> PlannedStep {
        self.plan()
    }

    async fn perform(&self, context: &mut Context<'_>, again: bool) -> Result<Value, Error> {
        let output = if again { self.resume(context).await? } else { self.run(context).await? };
        serde_json::to_value(&output).map_err(|error| {
            Error::new(&codes::BAD_OUTPUT, ErrorKind::Internal, format!("an output cannot be written: {error}"))
        })
    }

    async fn take_back(&self, context: &mut Context<'_>, output: Option<&Value>) -> Result<(), Error> {
        let output = output.map(|output| typed::<S::Output>(context.step(), output)).transpose()?;
        self.compensate(context, output).await
    }

    async fn findings(&self, context: &mut Context<'_>) -> Result<Vec<String>, Error> {
        self.doctor(context).await
    }
}

/// A recorded output with its type.
pub(crate) fn typed<T: DeserializeOwned>(step: u32, output: &Value) -> Result<T, Error> {
    T::deserialize(output).map_err(|error| {
        let message = format!("the output of step {step} cannot be read: {error}");
        Error::new(&codes::BAD_OUTPUT, ErrorKind::Invalid, message)
    })
}

/// SHA-256 as 64 hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
