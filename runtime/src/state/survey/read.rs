//! Reading one object of the ledger into a survey.

use serde::{Deserialize, de::DeserializeOwned};
use skiff_wire::{
    Control, IdempotencyRecord, LedgerEvent, LogEntry, MemberState, OpenOperation, OperationControl, OperationIntent,
    ReleaseStatement, ServiceControl, ShapeRecord, TrustRoot,
};

use crate::{
    error::Error,
    state::{
        Ledger, codes,
        document::{Document, parse, store_error},
        layout::{Scope, ServiceScope},
        place::{Place, QUARANTINE},
        survey::{Depth, Release, Survey, bundles},
        verify::{Finding, Mend},
    },
    store::Key,
    trust::{envelope::Opened, json, verify::digest},
};

/// What of a root is looked at before anybody has verified it.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// Reads an object, unless nothing would be done with it.
pub(super) async fn object(survey: &mut Survey, ledger: &Ledger, key: &Key, depth: Depth) -> Result<(), Error> {
    let place = Place::of(key);
    match &place {
        Place::Unknown => survey.findings.push(unknown(key)),
        Place::Quarantine => {
            let leaving = key.as_str().strip_prefix(QUARANTINE).is_some_and(|rest| rest.starts_with("artifacts/"));
            survey.leaving.extend(leaving.then(|| key.clone()));
        }
        Place::Probe => {}
        Place::Artifact(_) if !depth.artifacts => {
            survey.artifacts.insert(key.clone());
        }
        Place::Attestation(service, id, _) if !depth.events => {
            survey.service(service.clone()).attestations.push((id.clone(), key.clone()));
        }
        Place::Event(_, day, _) if !depth.events => survey.events.push((key.clone(), day.clone())),
        _ => {
            // What went away since it was listed is not missed.
            if let Some(object) = ledger.store.get(key).await.map_err(store_error)? {
                take_in(survey, key, place, &object.body);
            }
        }
    }
    Ok(())
}

fn take_in(survey: &mut Survey, key: &Key, place: Place, body: &[u8]) {
    match place {
        Place::Root(version) => root(survey, key, version, body),
        Place::Artifact(sha256) => artifact(survey, key, &sha256, body),
        Place::Shape(..) => {
            document::<Control<ShapeRecord>>(survey, key, body, None);
        }
        Place::Service(service) => {
            let control = document::<Control<ServiceControl>>(survey, key, body, None);
            survey.service(service).control = control.map(|control| control.body);
        }
        Place::Release(service, id) => release(survey, key, service, id, body),
        Place::Attestation(service, id, _) => {
            attestation(survey, key, body);
            survey.service(service).attestations.push((id, key.clone()));
        }
        Place::Member(service, _) => {
            let member = document::<Control<MemberState>>(survey, key, body, Some(Mend::ForgetMember));
            survey
                .service(service)
                .members
                .extend(member.map(|member: Control<MemberState>| (key.clone(), member.body)));
        }
        Place::Intent(scope, id) => intent(survey, key, scope, id, body),
        Place::Operation(scope, id) => control(survey, key, scope, id, body),
        Place::Log(scope, id, index) => log(survey, key, scope, id, index, body),
        Place::Open(_, id) => {
            let open = document::<OpenOperation>(survey, key, body, None);
            belongs(survey, key, open.is_none_or(|open| open.operation == id), "operation");
        }
        Place::Idempotency(scope, _) => {
            let record = document::<IdempotencyRecord>(survey, key, body, None);
            // A key of `release create` stands for a release.
            let record = record.filter(|record| !record.operation.starts_with(IdempotencyRecord::OF_RELEASE));
            survey.records.extend(record.map(|record| (key.clone(), scope, record.operation)));
        }
        Place::Event(_, day, id) => {
            let event = document::<LedgerEvent>(survey, key, body, None);
            belongs(survey, key, event.is_none_or(|event| event.id == id), "event");
            survey.events.push((key.clone(), day));
        }
        Place::Quarantine | Place::Probe | Place::Unknown => {}
    }
}

/// A document of the ledger, or a finding.
fn document<D: Document>(survey: &mut Survey, key: &Key, body: &[u8], mend: Option<Mend>) -> Option<D> {
    parse(key, body).map_err(|error: Error| survey.findings.push(Finding::of_error(key, &error, mend))).ok()
}

fn root(survey: &mut Survey, key: &Key, version: u64, body: &[u8]) {
    survey.roots.insert(version);
    match statement::<Versioned>(body, TrustRoot::PAYLOAD_TYPE) {
        Ok((_, root)) => belongs(survey, key, root.version == version, "version"),
        Err(problem) => survey.findings.push(malformed(key, &problem)),
    }
}

fn artifact(survey: &mut Survey, key: &Key, sha256: &str, body: &[u8]) {
    survey.artifacts.insert(key.clone());
    let found = digest(body);
    if found != sha256 {
        let message = format!("the bytes of `{key}` have the SHA-256 {found}");
        let hint = "restore it from a copy, or make and deploy the release again";
        survey.findings.push(Finding::new(&codes::ARTIFACT_DIFFERS, key, message, hint));
    }
}

fn release(survey: &mut Survey, key: &Key, scope: ServiceScope, id: String, body: &[u8]) {
    match statement::<ReleaseStatement>(body, ReleaseStatement::PAYLOAD_TYPE) {
        Err(problem) => survey.findings.push(malformed(key, &problem)),
        Ok((payload, statement)) => {
            let predicate = statement.predicate;
            let bound = (&predicate.app, &predicate.environment, &predicate.service);
            let place = (&scope.scope.app, &scope.scope.environment, &scope.service);
            belongs(survey, key, payload == id && bound == place, "release");
            let release = Release { sequence: predicate.sequence, bundles: bundles(predicate.artifacts.values()) };
            survey.service(scope).releases.insert(id, release);
        }
    }
}

fn attestation(survey: &mut Survey, key: &Key, body: &[u8]) {
    if let Err(problem) = statement::<serde_json::Value>(body, ReleaseStatement::PAYLOAD_TYPE) {
        survey.findings.push(malformed(key, &problem));
    }
}

/// What an envelope holds, and the SHA-256 of it; its signatures are not verified.
fn statement<T: DeserializeOwned>(body: &[u8], payload_type: &str) -> Result<(String, T), String> {
    let envelope = Opened::read(body).map_err(|error| error.message().to_owned())?;
    if envelope.payload_type() != payload_type {
        return Err(format!("it is a signed `{}`, and not a `{payload_type}`", envelope.payload_type()));
    }
    let payload = envelope.unverified();
    json::check(payload, "what is signed").map_err(|error| error.message().to_owned())?;
    let content = serde_json::from_slice(payload).map_err(|error| format!("what is signed: {error}"))?;
    Ok((digest(payload), content))
}

fn intent(survey: &mut Survey, key: &Key, scope: Scope, id: String, body: &[u8]) {
    if let Some(intent) = document::<OperationIntent>(survey, key, body, None) {
        let names = (&intent.operation, &intent.app, &intent.environment);
        belongs(survey, key, names == (&id, &scope.app, &scope.environment), "operation");
        survey.operation(scope, id).intent = Some(intent);
    } else {
        survey.operation(scope, id);
    }
}

fn control(survey: &mut Survey, key: &Key, scope: Scope, id: String, body: &[u8]) {
    let mend = Mend::RemakeControl { scope: scope.clone(), operation: id.clone() };
    let control = document::<Control<OperationControl>>(survey, key, body, Some(mend));
    let operation = survey.operation(scope, id);
    operation.control_unreadable = control.is_none();
    operation.control = control.map(|control| control.body);
}

fn log(survey: &mut Survey, key: &Key, scope: Scope, id: String, index: u64, body: &[u8]) {
    let entry = document::<LogEntry>(survey, key, body, None);
    belongs(survey, key, entry.as_ref().is_none_or(|entry| entry.index == index), "index");
    let operation = survey.operation(scope, id);
    operation.log_unreadable |= entry.is_none();
    operation.log.extend(entry.map(|entry| (index, entry)));
}

fn belongs(survey: &mut Survey, key: &Key, there: bool, name: &str) {
    if !there {
        let message = format!("`{key}` names another {name} than its key");
        survey.findings.push(Finding::new(
            &codes::OTHER_PLACE,
            key,
            message,
            "move it back, or restore it from a copy",
        ));
    }
}

fn malformed(key: &Key, problem: &str) -> Finding {
    let message = format!("`{key}` cannot be read: {problem}");
    Finding::new(&codes::MALFORMED, key, message, "restore it from a copy of the ledger")
}

fn unknown(key: &Key) -> Finding {
    let message = format!("`{key}` is no document of the ledger");
    Finding::new(&codes::UNKNOWN_KEY, key, message, "move it elsewhere if it is yours")
}
