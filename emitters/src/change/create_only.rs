//! Which properties AWS takes only when a resource is created: the question that decides on replacement.

/// The create-only facts of the AWS resource schemas.
///
/// Any `Fn(&str, &str) -> bool` will do: the first argument is the CloudFormation type, the second a JSON pointer into
/// its properties, such as `/Port`. The answer must be true for a property of `createOnlyProperties`, for all below it,
/// and for what holds one, since to add or remove the whole is to change the part; and false for a type that is not
/// known. The comparison descends to the smallest value that differs before it asks.
pub trait CreateOnly {
    /// Whether a difference at `pointer` cannot be made to a `resource_type` that exists.
    fn is_create_only(&self, resource_type: &str, pointer: &str) -> bool;
}

impl<F: Fn(&str, &str) -> bool> CreateOnly for F {
    fn is_create_only(&self, resource_type: &str, pointer: &str) -> bool {
        self(resource_type, pointer)
    }
}
