//! Is the ledger whole? Every document is read, and what they say of each other is compared.

use std::collections::{BTreeMap, BTreeSet};

use skiff_wire::{Code, LogEntry, OperationIntent, OperationStatus};

use crate::{
    engine::{self, journal::Log},
    error::Error,
    state::{
        Ledger, codes, layout,
        layout::{Scope, ServiceScope},
        place::aside,
        survey::{Depth, Operation, Service, Survey, is_there},
    },
    store::Key,
};

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What sort of trouble.
    pub code: &'static Code,
    /// The document.
    pub key: String,
    /// One sentence that names the document.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// How [`repair`](crate::state::repair::repair) would mend it from the rest, absent when it cannot.
    pub mend: Option<Mend>,
}

/// What can be mended from the rest of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// An operation's control document is made again from its log.
    RemakeControl {
        /// Where the operation is.
        scope: Scope,
        /// Its id.
        operation: String,
    },
    /// A member's document is put aside; the member writes another one.
    ForgetMember,
    /// An artifact that was on its way out is put back.
    PutBack {
        /// The artifact.
        artifact: Key,
    },
}

/// What an examination of the ledger saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// How many objects there are.
    pub objects: u64,
    /// How many of them are artifacts.
    pub artifacts: u64,
    /// How many services, operations and events there are.
    pub services: u64,
    /// How many operations.
    pub operations: u64,
    /// How many events.
    pub events: u64,
    /// What is wrong, by key.
    pub findings: Vec<Finding>,
}

impl Finding {
    pub(crate) fn new(code: &'static Code, key: &Key, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, key: key.to_string(), message: message.into(), hint: hint.into(), mend: None }
    }

    pub(crate) fn of_error(key: &Key, error: &Error, mend: Option<Mend>) -> Self {
        let hint = match (error.code() == &codes::MALFORMED, &mend) {
            (true, Some(_)) => "`skiff state repair` mends it",
            (true, None) => "restore it from a copy of the ledger",
            (false, _) => error.advice().unwrap_or_default(),
        };
        // A document of a newer Skiff is not broken, so nobody may mend it.
        let mend = mend.filter(|_| error.code() != &codes::NEWER);
        Self { mend, ..Self::new(error.code(), key, error.message(), hint) }
    }
}

/// Reads the whole ledger, also every artifact, and gives what is wrong with it. Nothing is changed.
///
/// # Errors
/// A store that fails.
pub async fn verify(ledger: &Ledger) -> Result<Examination, Error> {
    let mut survey = Survey::of(ledger, Depth { events: true, artifacts: true }).await?;
    let mut findings = std::mem::take(&mut survey.findings);
    findings.extend(compare(ledger, &survey).await?);
    findings.sort_by(|one, other| (&one.key, one.code.id).cmp(&(&other.key, other.code.id)));
    Ok(Examination {
        objects: survey.objects,
        artifacts: survey.artifacts.len() as u64,
        services: survey.services.len() as u64,
        operations: survey.operations.len() as u64,
        events: survey.events.len() as u64,
        findings,
    })
}

/// What the documents of a survey say of each other.
pub(crate) async fn compare(ledger: &Ledger, survey: &Survey) -> Result<Vec<Finding>, Error> {
    let mut findings = roots(survey);
    for (scope, service) in &survey.services {
        named_releases(ledger, scope, service, &mut findings).await?;
        named_artifacts(ledger, survey, scope, service, &mut findings).await?;
    }
    for ((scope, id), operation) in &survey.operations {
        findings.extend(examine(ledger, scope, id, operation).await?);
    }
    for (key, scope, operation) in &survey.records {
        let known = survey.operations.contains_key(&(scope.clone(), operation.clone()));
        if !known && !is_there(ledger, &scope.intent(operation)).await? {
            let message = format!("`{key}` stands for the operation `{operation}`, which is not there");
            let hint = "run the command with this key again";
            findings.push(Finding::new(&codes::NO_SUCH_OPERATION, key, message, hint));
        }
    }
    Ok(findings)
}

fn roots(survey: &Survey) -> Vec<Finding> {
    let newest = survey.roots.last().copied().unwrap_or_default();
    let missing = (1..newest).filter(|version| !survey.roots.contains(version)).take(100);
    let gap = |version| {
        let key = layout::root(version);
        let message = format!("`{key}` is missing, and version {newest} is there");
        Finding::new(&codes::ROOT_GAP, &key, message, "restore it from a copy, or from the folder of a member")
    };
    missing.map(gap).collect()
}

async fn named_releases(
    ledger: &Ledger,
    scope: &ServiceScope,
    service: &Service,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let Some(control) = &service.control else { return Ok(()) };
    let assigned = control.slots.iter().filter_map(|(slot, state)| {
        state.assignment.as_ref().map(|assignment| (&assignment.release, format!("slot `{slot}`")))
    });
    let history = control.history.iter().map(|live| (&live.release, "the history".to_owned()));
    for (release, where_named) in assigned.chain(history) {
        let key = scope.release(release);
        if !service.releases.contains_key(release) && !is_there(ledger, &key).await? {
            let message =
                format!("{where_named} of `{}` names the release {release}, and `{key}` is not there", scope.service);
            let hint = "restore it from a copy, or deploy another release";
            findings.push(Finding::new(&codes::NO_SUCH_RELEASE, &scope.control(), message, hint));
        }
    }
    Ok(())
}

async fn named_artifacts(
    ledger: &Ledger,
    survey: &Survey,
    scope: &ServiceScope,
    service: &Service,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    for (id, release) in &service.releases {
        for sha256 in &release.bundles {
            let artifact = layout::artifact(sha256);
            if !survey.artifacts.contains(&artifact) && !is_there(ledger, &artifact).await? {
                let key = scope.release(id);
                let message = format!("`{key}` needs `{artifact}`, which is not there");
                let hint = "restore it from a copy, or make the release again";
                let finding = Finding::new(&codes::NO_SUCH_ARTIFACT, &key, message, hint);
                let leaving = survey.leaving.contains(&aside(&artifact));
                findings.push(Finding { mend: leaving.then_some(Mend::PutBack { artifact }), ..finding });
            }
        }
    }
    Ok(())
}

async fn examine(ledger: &Ledger, scope: &Scope, id: &str, operation: &Operation) -> Result<Vec<Finding>, Error> {
    let Some(intent) = &operation.intent else {
        let key = scope.intent(id);
        if ledger.get::<OperationIntent>(&key).await.is_ok_and(|intent| intent.is_some()) {
            return Ok(Vec::new());
        }
        let message = format!("operation `{id}` has documents, and no intent that can be read");
        return Ok(vec![Finding::new(&codes::NO_INTENT, &key, message, "restore `intent.json` from a copy")]);
    };
    let gaps = gaps(ledger, scope, id, operation).await?;
    // An intent of another operation says nothing of this one; it was reported as out of its place.
    if !gaps.is_empty() || operation.log_unreadable || intent.operation != id {
        return Ok(gaps);
    }
    let found = match add_up(intent, &operation.log) {
        Err(broken) => Some(broken_log(scope, id, &broken)),
        Ok(status) => control_differs(ledger, scope, intent, operation, status).await?,
    };
    Ok(found.into_iter().collect())
}

/// A log is never mended: what it says happened cannot have happened so.
fn broken_log(scope: &Scope, id: &str, broken: &Broken) -> Finding {
    let hint = "restore it from a copy; do not resume until then";
    Finding::new(&engine::codes::BROKEN_LOG, &scope.log(id, broken.entry), broken.error.message(), hint)
}

async fn gaps(ledger: &Ledger, scope: &Scope, id: &str, operation: &Operation) -> Result<Vec<Finding>, Error> {
    let Some((last, _)) = operation.log.last_key_value() else { return Ok(Vec::new()) };
    let mut findings = Vec::new();
    if operation.log_unreadable {
        return Ok(findings);
    }
    for index in (0..*last).filter(|index| !operation.log.contains_key(index)).take(100) {
        let key = scope.log(id, index);
        if !is_there(ledger, &key).await? {
            let message = format!("`{key}` is missing, and entry {last} is there");
            findings.push(Finding::new(
                &codes::LOG_GAP,
                &key,
                message,
                "restore it from a copy; do not resume until then",
            ));
        }
    }
    Ok(findings)
}

/// Whether the control document says something else than the log; a control document may lag behind.
async fn control_differs(
    ledger: &Ledger,
    scope: &Scope,
    intent: &OperationIntent,
    operation: &Operation,
    adds_up_to: Option<OperationStatus>,
) -> Result<Option<Finding>, Error> {
    let (id, key) = (&intent.operation, scope.operation(&intent.operation));
    let entries = operation.log.len() as u64;
    let problem = match &operation.control {
        // It was reported as what cannot be read.
        None if operation.control_unreadable => None,
        None if entries == 0 || is_there(ledger, &key).await? => None,
        None => Some(format!("operation `{id}` has {entries} log entries, and no control document")),
        Some(control) if control.entries > entries => {
            let behind = is_there(ledger, &scope.log(id, control.entries - 1)).await?;
            (!behind).then(|| format!("`{key}` counts {} log entries, and {entries} are there", control.entries))
        }
        Some(control) if control.entries < entries => None,
        Some(control) => match adds_up_to {
            Some(status) if status != control.status => {
                Some(format!("`{key}` says {:?}, and the log adds up to {status:?}", control.status))
            }
            _ => None,
        },
    };
    Ok(problem.map(|message| {
        let mend = Mend::RemakeControl { scope: scope.clone(), operation: id.clone() };
        Finding {
            mend: Some(mend),
            ..Finding::new(&codes::CONTROL_DIFFERS, &key, message, "`skiff state repair` mends it")
        }
    }))
}

/// Where a log says something that cannot have happened.
struct Broken {
    entry: u64,
    error: Error,
}

/// What a log adds up to; `None` when entries were written while others of it were read.
fn add_up(intent: &OperationIntent, log: &BTreeMap<u64, LogEntry>) -> Result<Option<OperationStatus>, Broken> {
    if !log.keys().copied().eq(0..log.len() as u64) {
        return Ok(None);
    }
    let mut sum = Log::empty(intent);
    for (index, entry) in log {
        sum.fold(&intent.operation, entry).map_err(|error| Broken { entry: *index, error })?;
    }
    Ok(Some(sum.status.state))
}

/// The releases that the documents of open operations name, wherever in them.
pub(crate) fn named_by_operations(survey: &Survey) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for operation in survey.operations.values().filter(|operation| operation.is_open()) {
        if let Some(intent) = &operation.intent {
            collect(&intent.parameters, &mut named);
        }
    }
    named
}

fn collect(value: &serde_json::Value, texts: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) => {
            texts.insert(text.clone());
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        serde_json::Value::Object(values) => values.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}
