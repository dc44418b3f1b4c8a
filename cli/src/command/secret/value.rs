//! Where a value comes from: standard input or a file, never the command line.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read},
    path::Path,
};

use skiff_runtime::local::secret::MOST_BYTES;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The value for a secret.
pub(super) fn read(name: &str, file: Option<&Path>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match file {
        Some(path) => {
            let failed = |error: &io::Error| Failure::file("read", path, error);
            read_all(File::open(path).map_err(|error| failed(&error))?).map_err(|error| failed(&error))
        }
        None => from_input(name),
    }
}

/// What a program pipes in, without the one newline that `echo` puts behind it.
fn from_input(name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let input = io::stdin().lock();
    if input.is_terminal() {
        return Err(Failure::usage(format!(
            "no value for `{name}`: standard input is a terminal, which would show it"
        ))
        .hint(format!("pipe it in, such as `pass show {name} | skiff secret set {name}`, or use `--from-file FILE`")));
    }
    let mut value = read_all(input).map_err(|error| Failure::file("read", Path::new("standard input"), &error))?;
    if value.last() == Some(&b'\n') {
        value.pop();
    }
    Ok(value)
}

/// At most one byte more than a value may have, so that a wrong file does not fill the memory; its length is told then.
fn read_all(reader: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    // All at once: a buffer that grows would leave copies of the value behind.
    let mut buffer = Zeroizing::new(Vec::with_capacity(MOST_BYTES + 2));
    reader.take(MOST_BYTES as u64 + 2).read_to_end(&mut buffer)?;
    Ok(buffer)
}
