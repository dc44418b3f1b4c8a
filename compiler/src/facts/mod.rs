//! Facts about AWS, as data with a source and a date.
