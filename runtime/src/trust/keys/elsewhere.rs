//! Keys that stay where they are: an agent, a security module, a cloud's key service, behind a command.

use std::{
    io::{Read as _, Write as _},
    process::{Child, Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    error::{Error, ErrorKind},
    trust::{codes, keys::PublicKey},
};

/// More than any spelling of 64 bytes.
const LONGEST_ANSWER: u64 = 1024;

/// Gives the bytes to the command, and takes a signature from it that is really by the key it stands for.
pub(super) fn sign(name: &str, command: &[String], public: &PublicKey, message: &[u8]) -> Result<[u8; 64], Error> {
    let refuse = |why: String| failed(name, command, &why);
    let mut child = start(command).map_err(|error| refuse(format!("could not be started: {error}")))?;
    let given = give(&mut child, message);
    let answer = take(&mut child);
    // Waited for in any case, so that no dead process stays behind.
    let status = child.wait().map_err(|error| refuse(format!("could not be waited for: {error}")))?;
    let answer = answer.map_err(|error| refuse(format!("gave no readable answer: {error}")))?;
    if !status.success() {
        return Err(refuse(format!("ended with {status}")));
    }
    given.map_err(|error| refuse(format!("did not take the bytes: {error}")))?;
    let signature = STANDARD.decode(answer.trim()).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    let signature = signature.ok_or_else(|| refuse("printed no 64 bytes as base64".into()))?;
    if !public.verifies(message, &signature) {
        return Err(refuse(format!("signed with another key than {}", public.hex())));
    }
    Ok(signature)
}

fn start(command: &[String]) -> std::io::Result<Child> {
    let (program, arguments) = command.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
}

/// A signer reads all of its input before it can sign, so writing first cannot get stuck.
fn give(child: &mut Child, message: &[u8]) -> std::io::Result<()> {
    child.stdin.take().map_or(Ok(()), |mut input| input.write_all(message))
}

fn take(child: &mut Child) -> std::io::Result<String> {
    let mut answer = String::new();
    match child.stdout.take() {
        Some(output) => output.take(LONGEST_ANSWER).read_to_string(&mut answer).map(|_| answer),
        None => Ok(answer),
    }
}

fn failed(name: &str, command: &[String], why: &str) -> Error {
    let program = command.first().map_or("", String::as_str);
    Error::new(&codes::SIGNER_FAILED, ErrorKind::Unavailable, format!("`{program}`, which signs for `{name}`, {why}"))
        .hint("it gets the bytes to be signed on its standard input, and prints the signature as base64")
}
