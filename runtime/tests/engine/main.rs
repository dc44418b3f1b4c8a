//! The engine apart from any saga: what a log adds up to.

mod status;
