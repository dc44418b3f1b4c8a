//! Actions, conditions and transforms of the AWS Load Balancer Controller: JSON in annotations, by the name of a backend.

use serde_json::Value;
use skiff_compiler::spec::{
    decode::Decode,
    routing::{Redirect, RedirectScheme, Respond, Rewrite},
    service::Route,
    values::{Cidr, Scalar},
};

use super::{super::service::Wanted, One, Traffic};
use crate::{
    import::spanned,
    kube::{codes::traffic as codes, object::Field},
};

impl<'c> One<'c> {
    /// A backend whose port is `use-annotation`: the action of its name says what happens. Gives false for any other.
    pub(super) fn by_annotation(
        &self,
        name: &str,
        port: Wanted<'_>,
        route: &Route,
        (backend, field): (Field<'c>, Field<'c>),
        traffic: &mut Traffic<'_, 'c>,
    ) -> bool {
        if !matches!(port, Wanted::Name("use-annotation")) {
            return false;
        }
        backend.touch();
        let annotation = self.annotations.take(&format!("alb.ingress.kubernetes.io/actions.{name}"));
        let action = annotation.and_then(|field| serde_json::from_str::<Value>(field.written()?).ok()).map(lowered);
        let (Some(annotation), Some(action)) = (annotation, action) else {
            field.say(
                &codes::NO_BACKEND,
                format!("the action `{name}` is not there, or not JSON"),
                "write its annotation",
            );
            return true;
        };
        let route = self.conditioned(name, route.clone());
        match text(&action, "type").as_deref() {
            Some("redirect") => self.redirected(route, &action, annotation, field, traffic),
            Some("fixed-response") => {
                annotation.mapped_to("/load_balancer.routes");
                self.away(Route { respond: Some(answer(&action)), rewrite: None, ..route }, field, traffic);
            }
            Some("forward") => self.forwarded(route, &action, annotation, field, traffic),
            _ => annotation.say(&codes::ANNOTATION, "it is no action of a load balancer", "correct it"),
        }
        true
    }

    fn redirected(
        &self,
        route: Route,
        action: &Value,
        annotation: Field<'c>,
        field: Field<'c>,
        traffic: &mut Traffic<'_, 'c>,
    ) {
        annotation.mapped_to("/load_balancer.routes");
        let config = action.get("redirectConfig").cloned().unwrap_or_default();
        let redirect = redirect(&config);
        let only_https =
            redirect.scheme == Some(RedirectScheme::Https) && redirect.host.is_none() && redirect.path.is_none();
        if only_https {
            field.ignore("Skiff redirects plain HTTP to HTTPS by itself");
            return;
        }
        self.away(Route { redirect: Some(redirect), rewrite: None, ..route }, field, traffic);
    }

    fn forwarded(
        &self,
        route: Route,
        action: &Value,
        annotation: Field<'c>,
        field: Field<'c>,
        traffic: &mut Traffic<'_, 'c>,
    ) {
        let groups = action
            .pointer("/forwardConfig/targetGroups")
            .or_else(|| action.get("targetGroups"))
            .and_then(Value::as_array);
        let served =
            groups.into_iter().flatten().filter(|group| group.get("weight").and_then(Value::as_i64) != Some(0));
        let served: Vec<_> = served.collect();
        let [group] = served.as_slice() else {
            annotation.say(
                &codes::SPLIT,
                "it shares requests between target groups",
                "lead the route to one service, and roll versions out as releases",
            );
            field.say(&codes::SPLIT, "it shares requests between target groups", "lead the route to one service");
            return;
        };
        let (name, port) = (text(group, "serviceName").unwrap_or_default(), text(group, "servicePort"));
        let port = port.as_deref().map_or(Wanted::Any, |port| port.parse().map_or(Wanted::Name(port), Wanted::Number));
        match traffic.backend(self.object.namespace(), &name, port) {
            Ok(backend) => {
                annotation.mapped_to("routes");
                if traffic.add(backend, route, field) {
                    self.serve(backend, traffic);
                }
            }
            Err(reason) => {
                field.say(&codes::NO_BACKEND, reason, "import the Service and its workload together with the route");
            }
        }
    }

    /// Conditions and transforms that annotations add to the routes of a backend.
    pub(super) fn conditioned(&self, name: &str, mut route: Route) -> Route {
        for (kind, apply) in [("conditions", condition as fn(&mut Route, &Value) -> bool), ("transforms", transform)] {
            let Some(field) = self.annotations.take(&format!("alb.ingress.kubernetes.io/{kind}.{name}")) else {
                continue;
            };
            let list: Option<Vec<Value>> = field.written().and_then(|text| serde_json::from_str(text).ok());
            let Some(list) = list else {
                field.say(&codes::ANNOTATION, "it is no list in JSON", "correct it");
                continue;
            };
            if list.into_iter().all(|entry| apply(&mut route, &lowered(entry))) {
                field.mapped_to("routes");
            } else {
                field.say(
                    &codes::ROUTE_CONDITION,
                    "a route cannot hold all of it",
                    "write what matters to the route yourself",
                );
            }
        }
        route
    }
}

/// The first letter of each key in lower case: older guides write `Type`, newer ones `type`.
fn lowered(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let lower = |(key, value): (String, Value)| {
                let mut letters = key.chars();
                let first = letters.next().map(|letter| letter.to_ascii_lowercase());
                (first.into_iter().chain(letters).collect::<String>(), lowered(value))
            };
            Value::Object(entries.into_iter().map(lower).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(lowered).collect()),
        scalar => scalar,
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn redirect(config: &Value) -> Redirect {
    let part = |key: &str, same: &str| text(config, key).filter(|text| text != same).map(spanned);
    let status = text(config, "statusCode").is_some_and(|code| code.ends_with("302"));
    Redirect {
        scheme: text(config, "protocol").and_then(|word| match word.as_str() {
            "HTTPS" => Some(RedirectScheme::Https),
            "HTTP" => Some(RedirectScheme::Http),
            _ => None,
        }),
        host: part("host", "#{host}"),
        port: text(config, "port").filter(|port| port != "443").and_then(|port| port.parse().ok()).map(spanned),
        path: part("path", "/#{path}"),
        query: part("query", "#{query}"),
        status: status.then(|| spanned(302)),
        ..Redirect::fallback()
    }
}

fn answer(action: &Value) -> Respond {
    let config = action.get("fixedResponseConfig").cloned().unwrap_or_default();
    let status = text(&config, "statusCode").and_then(|code| code.parse().ok()).unwrap_or(404);
    Respond {
        status: spanned(status),
        body: text(&config, "messageBody").map(spanned),
        content_type: text(&config, "contentType").filter(|kind| kind != "text/plain").map(spanned),
        ..Respond::fallback()
    }
}

fn condition(route: &mut Route, entry: &Value) -> bool {
    match text(entry, "field").as_deref() {
        Some("http-header") => {
            let config = entry.get("httpHeaderConfig");
            let Some(name) = config.and_then(|config| text(config, "httpHeaderName")) else { return false };
            let values = texts(config.and_then(|config| config.get("values"))).into_iter().map(spanned);
            route.headers.insert(name, values.collect());
            true
        }
        Some("http-request-method") => {
            route.methods.extend(texts(entry.pointer("/httpRequestMethodConfig/values")).into_iter().map(spanned));
            true
        }
        Some("source-ip") => {
            let values = texts(entry.pointer("/sourceIpConfig/values"));
            let read: Vec<_> = values.iter().filter_map(|text| Cidr::parse(text)).map(spanned).collect();
            let all = read.len() == values.len();
            route.sources.extend(read);
            all
        }
        Some("query-string") => query(route, entry),
        _ => false,
    }
}

/// Several parameters of one entry are alternatives; a route's all must match, so that only one can be held.
fn query(route: &mut Route, entry: &Value) -> bool {
    let values = entry.pointer("/queryStringConfig/values").and_then(Value::as_array);
    let Some([value]) = values.map(Vec::as_slice) else { return false };
    let (Some(key), Some(value)) = (text(value, "key"), text(value, "value")) else { return false };
    route.query.insert(key, spanned(value));
    true
}

fn transform(route: &mut Route, entry: &Value) -> bool {
    let of = |config: &str| {
        let rewrite = entry.pointer(&format!("/{config}/rewrites/0"))?;
        Some((text(rewrite, "regex")?, text(rewrite, "replace")?))
    };
    let rewrite = route.rewrite.get_or_insert_with(Rewrite::fallback);
    match text(entry, "type").as_deref() {
        Some("url-rewrite") => of("urlRewriteConfig").is_some_and(|(regex, replace)| {
            rewrite.regex = Some(spanned(regex));
            rewrite.path = Some(spanned(replace));
            true
        }),
        Some("host-header-rewrite") => of("hostHeaderRewriteConfig").is_some_and(|(regex, replace)| {
            let whole = matches!(regex.as_str(), ".*" | "^.*$" | ".+" | "^.+$") && !replace.contains('$');
            rewrite.host = whole.then(|| spanned(replace));
            whole
        }),
        _ => false,
    }
}
