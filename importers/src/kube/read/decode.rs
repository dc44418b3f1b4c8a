//! Bytes to UTF-8: a byte-order mark goes, UTF-16 that begins with one is decoded.

use std::borrow::Cow;

/// The bytes of a file as UTF-8 without a byte-order mark; what is not UTF-8 in them is found later, by document.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

/// An odd byte at the end or half a pair becomes a byte that no UTF-8 has, so that it is found.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, rest) = bytes.as_chunks();
    let mut utf8 = Vec::with_capacity(bytes.len());
    for letter in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match letter {
            Ok(letter) => utf8.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(_) => utf8.push(0xff),
        }
    }
    utf8.extend(rest.iter().map(|_| 0xff));
    utf8
}
