//! DSSE v1 envelopes: bytes, what they are, and who signed both.
//!
//! Signed is the pre-authentication encoding of the payload type and the payload, as the DSSE protocol defines it; verified
//! and then parsed are the same bytes. An envelope's own text is never hashed: base64 has several spellings.

use std::collections::{BTreeMap, BTreeSet};

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};
use skiff_wire::{EnvelopeSignature, SignedEnvelope};

use crate::{
    error::{Error, ErrorKind},
    trust::{
        codes, json,
        keys::{PublicKey, SigningKey},
    },
};

/// The most signatures of an envelope; each costs a verification by each key of a role.
const MOST_SIGNATURES: usize = 64;
const TOLERANT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, TOLERANT);
const FOR_URLS: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, TOLERANT);

/// An envelope that was read, and not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    payload: Vec<u8>,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    keyid: String,
    bytes: Vec<u8>,
}

/// A payload that enough keys have signed as what it says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPayload {
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// The principals whose signatures counted, sorted.
    pub signers: Vec<String>,
}

/// Whose signatures count, and how many of them are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quorum {
    /// Keys by the names of their principals.
    pub(crate) keys: BTreeMap<String, PublicKey>,
    /// How many.
    pub(crate) threshold: usize,
}

/// The bytes that are signed: `DSSEv1`, and each part after its length in bytes.
#[must_use]
pub fn encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Signs a payload with each key. Gives the envelope as it is kept.
///
/// # Errors
/// A key that is elsewhere and does not sign.
pub fn sign(payload_type: &str, payload: &[u8], keys: &[SigningKey]) -> Result<Vec<u8>, Error> {
    let message = encoding(payload_type, payload);
    let signatures = keys.iter().map(|key| one(key, &message)).collect::<Result<_, _>>()?;
    let envelope = SignedEnvelope {
        payload: general_purpose::STANDARD.encode(payload),
        payload_type: payload_type.into(),
        signatures,
    };
    crate::state::document::print(&envelope)
}

/// Adds signatures to an envelope; a key that has signed it already is left out.
///
/// # Errors
/// Bytes that are no envelope; a key that is elsewhere and does not sign.
pub fn add_signatures(envelope: &[u8], keys: &[SigningKey]) -> Result<Vec<u8>, Error> {
    let opened = Opened::read(envelope)?;
    let mut signed: SignedEnvelope = json::read(envelope, "the envelope")?;
    let message = encoding(&opened.payload_type, &opened.payload);
    for key in keys {
        if opened.signatures.iter().any(|signature| key.public().verifies(&message, &signature.bytes)) {
            continue;
        }
        signed.signatures.push(one(key, &message)?);
    }
    crate::state::document::print(&signed)
}

fn one(key: &SigningKey, message: &[u8]) -> Result<EnvelopeSignature, Error> {
    let signature = key.sign(message)?;
    Ok(EnvelopeSignature { keyid: key.public().hex(), sig: general_purpose::STANDARD.encode(signature) })
}

impl Opened {
    /// Reads an envelope: strict JSON, base64 in either alphabet.
    ///
    /// # Errors
    /// [`codes::BAD_ENVELOPE`], [`codes::AMBIGUOUS_JSON`] or [`codes::UNSIGNED`].
    pub fn read(envelope: &[u8]) -> Result<Self, Error> {
        json::check(envelope, "the envelope")?;
        let envelope: SignedEnvelope =
            serde_json::from_slice(envelope).map_err(|error| malformed(&format!("it is no envelope: {error}")))?;
        if envelope.signatures.is_empty() {
            let message = "the envelope has no signature";
            return Err(Error::new(&codes::UNSIGNED, ErrorKind::VerificationFailed, message));
        }
        if envelope.signatures.len() > MOST_SIGNATURES {
            return Err(malformed(&format!("it has more than {MOST_SIGNATURES} signatures")));
        }
        let signatures = envelope.signatures.into_iter().map(Signature::read).collect::<Result<_, _>>()?;
        let payload = decode(&envelope.payload, "the payload")?;
        Ok(Self { payload, payload_type: envelope.payload_type, signatures })
    }

    /// The payload, before anybody has verified it: only for showing, and for what has no root yet.
    #[must_use]
    pub fn unverified(&self) -> &[u8] {
        &self.payload
    }

    /// What the payload is said to be.
    #[must_use]
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The principals of a quorum whose keys have signed; each counts once, however often it has.
    pub(crate) fn signers(&self, quorum: &Quorum) -> BTreeSet<String> {
        let message = encoding(&self.payload_type, &self.payload);
        let signed = |key: &PublicKey| self.signatures.iter().any(|signature| key.verifies(&message, &signature.bytes));
        quorum.keys.iter().filter(|(_, key)| signed(key)).map(|(name, _)| name.clone()).collect()
    }

    /// The payload, when it is of this type and enough keys have signed it.
    ///
    /// # Errors
    /// One code for each way in which it is not; `role` names the quorum.
    pub(crate) fn verify(self, payload_type: &str, quorum: &Quorum, role: &str) -> Result<VerifiedPayload, Error> {
        // First, so that a swap is called by its name; the type is signed too, so this decides nothing that the keys do not.
        if self.payload_type != payload_type {
            let message = format!("it is a `{}`, and a `{payload_type}` is wanted", self.payload_type);
            return Err(Error::new(&codes::WRONG_PAYLOAD_TYPE, ErrorKind::VerificationFailed, message));
        }
        let signers = self.signers(quorum);
        if signers.len() < quorum.threshold.max(1) {
            return Err(self.too_few(&signers, quorum, role));
        }
        Ok(VerifiedPayload { bytes: self.payload, signers: signers.into_iter().collect() })
    }

    fn too_few(&self, signers: &BTreeSet<String>, quorum: &Quorum, role: &str) -> Error {
        let refuse = |code, message: String| Error::new(code, ErrorKind::VerificationFailed, message);
        if !signers.is_empty() {
            let (have, need) = (signers.len(), quorum.threshold);
            let names = signers.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let message = format!("{have} of the {need} signatures that role `{role}` needs: {names}");
            return refuse(&codes::TOO_FEW_SIGNATURES, message);
        }
        let claimed = |key: &PublicKey| self.signatures.iter().any(|signature| signature.keyid == key.hex());
        match quorum.keys.iter().find(|(_, key)| claimed(key)) {
            Some((name, _)) => {
                let message = format!("a signature claims the key of `{name}` and does not fit the bytes");
                refuse(&codes::BAD_SIGNATURE, message)
            }
            None => refuse(&codes::UNTRUSTED_SIGNER, format!("no signature is by a key of role `{role}`"))
                .hint("`skiff keys list` shows whose signatures count"),
        }
    }
}

impl Signature {
    fn read(signature: EnvelopeSignature) -> Result<Self, Error> {
        Ok(Self { bytes: decode(&signature.sig, "a signature")?, keyid: signature.keyid })
    }
}

fn decode(text: &str, what: &str) -> Result<Vec<u8>, Error> {
    let decoded = PLAIN.decode(text).or_else(|error| FOR_URLS.decode(text).map_err(|_| error));
    decoded.map_err(|error| malformed(&format!("{what} is no base64: {error}")))
}

fn malformed(why: &str) -> Error {
    Error::new(&codes::BAD_ENVELOPE, ErrorKind::VerificationFailed, why)
        .hint("the file was edited or cut off; bring it back, or make it again")
}
