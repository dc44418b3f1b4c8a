//! What a saga is made of.

use skiff_wire::PlannedStep;

/// The steps of a saga in their order.
#[derive(Default)]
pub struct Steps {
    planned: Vec<PlannedStep>,
}

impl Steps {
    /// No steps yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The steps as they are planned.
    #[must_use]
    pub fn plan(&self) -> Vec<PlannedStep> {
        self.planned.clone()
    }
}
