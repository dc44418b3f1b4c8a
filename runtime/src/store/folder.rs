//! A store in a folder, safe between processes.
