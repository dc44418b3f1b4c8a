//! Answers to Terraform's calls, over one connection.

mod apply;
mod document;
mod filter;
mod lookup;
mod plan;
mod singular;

use std::sync::{Mutex, OnceLock, PoisonError};

use prost::Message;

use crate::{
    account::SharedAccount,
    grpc::{Refusal, Service},
    problem::{Problem, attribute_path},
    protocol::{
        Applied, Change, Configure, DynamicValue, Import, ImportAnswer, Judgement, Planned, ProviderConfig,
        StoredState, TypedValue, ValueAnswer,
    },
    rules, schema,
    settings::Settings,
    value::Value,
};

/// The service whose calls are answered; go-plugin's own services (health, standard output, shutdown) need no answer.
const PROVIDER: &str = "/tfplugin5.Provider/";

/// One connection: its own configuration, a shared account.
#[derive(Debug)]
pub(crate) struct Session {
    account: SharedAccount,
    settings: Mutex<Settings>,
}

impl Service for Session {
    fn call(&self, path: &str, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        let method = path.strip_prefix(PROVIDER).ok_or(Refusal::Unimplemented)?;
        match method {
            "GetSchema" => schemas(),
            "PrepareProviderConfig" => answer(message, prepare),
            "Configure" => answer(message, |request| self.configure(&request)),
            "ValidateResourceTypeConfig" => answer(message, |request| validate(&request, rules::Kind::Resource)),
            "ValidateDataSourceConfig" => answer(message, |request| validate(&request, rules::Kind::DataSource)),
            "UpgradeResourceState" => answer(message, |request| value_answer(upgrade(&request))),
            "ReadResource" => answer(message, |request| value_answer(self.read(&request))),
            "PlanResourceChange" => answer(message, |request| self.plan(&request)),
            "ApplyResourceChange" => answer(message, |request| self.apply(&request)),
            "ImportResourceState" => answer(message, |request| self.import(&request)),
            "ReadDataSource" => answer(message, |request| value_answer(self.look_up(&request))),
            "Stop" => Ok(Vec::new()),
            _ => Err(Refusal::Unimplemented),
        }
    }
}

impl Session {
    pub(crate) fn new(account: SharedAccount) -> Self {
        Self { account, settings: Mutex::default() }
    }

    /// The settings; a reader never leaves them half written.
    fn settings(&self) -> Settings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn configure(&self, request: &Configure) -> Judgement {
        let number = self.account.lock().number.clone();
        let read = decode(request.config.as_ref()).and_then(|config| Settings::read(&config, &number));
        match read {
            Ok(settings) => {
                *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
                Judgement::default()
            }
            Err(problem) => Judgement { diagnostics: vec![problem.to_protocol()] },
        }
    }

    /// What the account has now; null, which tells Terraform that it is gone, when something removed it.
    fn read(&self, request: &TypedValue) -> Result<Value, Problem> {
        let known = decode(request.value.as_ref())?;
        let id = known.text_of("id").unwrap_or_default();
        Ok(self.account.lock().get(&request.type_name, id).cloned().unwrap_or(Value::Null))
    }

    fn plan(&self, request: &Change) -> Planned {
        match self.planned(request) {
            Ok((planned, replaced)) => Planned {
                planned: encode(&planned),
                requires_replace: replaced.iter().map(|path| attribute_path(path)).collect(),
                legacy_type_system: true,
                ..Planned::default()
            },
            Err(problem) => Planned { diagnostics: vec![problem.to_protocol()], ..Planned::default() },
        }
    }

    fn planned(&self, request: &Change) -> Result<plan::Outcome, Problem> {
        let block = schema::aws()?.resource(&request.type_name)?;
        let (prior, wanted) = (decode(request.prior.as_ref())?, decode(request.wanted.as_ref())?);
        Ok(plan::plan(&request.type_name, block, &prior, &wanted, &self.settings()))
    }

    fn apply(&self, request: &Change) -> Applied {
        match self.applied(request) {
            Ok(state) => Applied { state: encode(&state), legacy_type_system: true, ..Applied::default() },
            Err(problem) => {
                // What was there stays there, as after a call that AWS refused.
                let state = request.prior.clone();
                Applied { state, diagnostics: vec![problem.to_protocol()], legacy_type_system: true }
            }
        }
    }

    fn applied(&self, request: &Change) -> Result<Value, Problem> {
        let block = schema::aws()?.resource(&request.type_name)?;
        let (prior, planned) = (decode(request.prior.as_ref())?, decode(request.wanted.as_ref())?);
        apply::apply(&request.type_name, block, &prior, &planned, &mut self.account.lock(), &self.settings())
    }

    fn import(&self, request: &Import) -> ImportAnswer {
        let Some(resource) = self.account.lock().get(&request.type_name, &request.id).cloned() else {
            let (type_name, id) = (&request.type_name, &request.id);
            let problem = Problem::new("Cannot import non-existent remote object")
                .detail(format!("The account has no {type_name} with id {id:?}."));
            return ImportAnswer { diagnostics: vec![problem.to_protocol()], ..ImportAnswer::default() };
        };
        let imported = TypedValue { type_name: request.type_name.clone(), value: encode(&resource) };
        ImportAnswer { resources: vec![imported], diagnostics: Vec::new() }
    }

    fn look_up(&self, request: &TypedValue) -> Result<Value, Problem> {
        let block = schema::aws()?.data_source(&request.type_name)?;
        let config = decode(request.value.as_ref())?;
        let (account, settings) = (self.account.lock(), self.settings());
        let found = match request.type_name.as_str() {
            "aws_iam_policy_document" => document::evaluate(&config)?,
            "aws_caller_identity" => singular::caller_identity(&account, &settings),
            "aws_partition" => singular::partition(&settings),
            "aws_region" => singular::region(&config, &settings),
            type_name => lookup::look_up(type_name, &config, &account, &settings)?,
        };
        Ok(block.conform(&found))
    }
}

/// The schema, encoded once: each run of Terraform asks for it.
fn schemas() -> Result<Vec<u8>, Refusal> {
    static ENCODED: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let encode = || Ok(schema::aws()?.to_protocol().encode_to_vec());
    ENCODED.get_or_init(encode).clone().map_err(Refusal::Broken)
}

/// Provider configuration is taken as it is; `configure` judges it once it is known.
fn prepare(request: ProviderConfig) -> ValueAnswer {
    ValueAnswer { value: request.config, diagnostics: Vec::new() }
}

fn validate(request: &TypedValue, kind: rules::Kind) -> Judgement {
    let judged = decode(request.value.as_ref()).and_then(|config| {
        let block = kind.block(schema::aws()?, &request.type_name)?;
        Ok(rules::check(kind, &request.type_name, block, &config))
    });
    let problems = judged.unwrap_or_else(|problem| vec![problem]);
    Judgement { diagnostics: problems.iter().map(Problem::to_protocol).collect() }
}

/// State of an older provider, and state edited by hand, is brought into the form of this schema.
fn upgrade(request: &StoredState) -> Result<Value, Problem> {
    let block = schema::aws()?.resource(&request.type_name)?;
    let json = request.raw.as_ref().map(|raw| raw.json.as_slice()).unwrap_or_default();
    let json: serde_json::Value = serde_json::from_slice(json).map_err(|error| format!("stored state: {error}"))?;
    Ok(block.conform(&Value::from(&json)))
}

fn value_answer(answer: Result<Value, Problem>) -> ValueAnswer {
    match answer {
        Ok(value) => ValueAnswer { value: encode(&value), diagnostics: Vec::new() },
        Err(problem) => ValueAnswer { value: None, diagnostics: vec![problem.to_protocol()] },
    }
}

fn answer<Request: Message + Default, Answer: Message>(
    message: &[u8],
    with: impl FnOnce(Request) -> Answer,
) -> Result<Vec<u8>, Refusal> {
    let request = Request::decode(message).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(with(request).encode_to_vec())
}

fn decode(value: Option<&DynamicValue>) -> Result<Value, Problem> {
    match value {
        Some(value) if !value.msgpack.is_empty() => Ok(Value::from_msgpack(&value.msgpack)?),
        Some(value) if !value.json.is_empty() => {
            let json: serde_json::Value = serde_json::from_slice(&value.json).map_err(|error| error.to_string())?;
            Ok(Value::from(&json))
        }
        _ => Ok(Value::Null),
    }
}

fn encode(value: &Value) -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: value.to_msgpack(), json: Vec::new() })
}
