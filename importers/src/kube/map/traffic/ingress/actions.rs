//! Actions, conditions and transforms of the AWS Load Balancer Controller: JSON in annotations, by the name of a backend.

use std::collections::BTreeSet;

use serde_json::Value;
use skiff_compiler::spec::{
    decode::Decode,
    routing::{Redirect, RedirectScheme, Respond, Rewrite},
    service::Route,
    values::{Cidr, Scalar},
};

use super::{super::service::Wanted, One, Traffic, annotations::Annotations, named};
use crate::{
    import::spanned,
    kube::{
        codes::traffic as codes,
        object::{Field, Object},
    },
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
        let Some(route) = self.conditioned(name, route.clone(), field) else { return true };
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
        let config = action.get("redirectConfig").cloned().unwrap_or_default();
        let redirect = redirect(&config);
        if is_upgrade(&redirect) {
            self.upgrade(&route, &redirect, annotation, field);
            return;
        }
        annotation.mapped_to("/load_balancer.routes");
        self.away(Route { redirect: Some(redirect), rewrite: None, ..route }, field, traffic);
    }

    /// A redirect to HTTPS and nothing else: Skiff does it by itself for hosts that plain HTTP does not serve.
    fn upgrade(&self, route: &Route, redirect: &Redirect, annotation: Field<'c>, field: Field<'c>) {
        let host = route.host.as_ref().map(|host| &host.value);
        let (reason, action) = if !self.is_secured(host) {
            (
                "nothing of the host is served by HTTPS, so the redirect leads nowhere",
                "give `certificate-arn`, or `tls`",
            )
        } else if self.tls(host).is_some() {
            ("plain HTTP is redirected for a whole host or not at all", "write `tls` to the routes yourself")
        } else {
            if redirect.status.is_some() {
                let reason = "plain HTTP is redirected to HTTPS with 301 instead of 302";
                annotation.note(&codes::REDIRECT_CODE, reason, "nothing must be done unless the redirect is for now");
            }
            annotation.mapped_to("routes");
            field.ignore("Skiff redirects plain HTTP to HTTPS by itself");
            return;
        };
        annotation.say(&codes::ANNOTATION, reason, action);
        field.say(&codes::ANNOTATION, reason, action);
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
        let share = |group: &Value| group.get("weight").and_then(Value::as_i64).unwrap_or(1);
        // Of equal shares the first one.
        let Some(group) = served.iter().rev().copied().max_by_key(|group| share(group)) else {
            let (reason, action) = ("it leads to no target group", "name a Service, and give it a weight");
            annotation.say(&codes::NO_BACKEND, reason, action);
            field.say(&codes::NO_BACKEND, reason, action);
            return;
        };
        if served.len() > 1 {
            annotation.say(
                &codes::SPLIT,
                "a route of Skiff leads to one service, the one with the largest share",
                "import the main service, and roll the next version out as a canary",
            );
        }
        let (name, port) = (text(group, "serviceName").unwrap_or_default(), text(group, "servicePort"));
        let port = port.as_deref().map_or(Wanted::Any, |port| port.parse().map_or(Wanted::Name(port), Wanted::Number));
        match traffic.backend(self.object.namespace(), &name, port) {
            Ok(backend) => {
                annotation.mapped_to("routes");
                self.route_to(backend, route, field, traffic);
            }
            Err(reason) => {
                field.say(&codes::NO_BACKEND, reason, "import the Service and its workload together with the route");
            }
        }
    }

    /// Conditions and transforms that annotations add to the routes of a backend; `None`, which is said, when the route would
    /// let in who must not come.
    pub(super) fn conditioned(&self, name: &str, mut route: Route, of: Field<'c>) -> Option<Route> {
        let open = route.sources.is_empty();
        for (kind, apply) in [("conditions", condition as fn(&mut Route, &Value) -> bool), ("transforms", transform)] {
            let Some(field) = self.annotations.take(&format!("alb.ingress.kubernetes.io/{kind}.{name}")) else {
                continue;
            };
            let list: Option<Vec<Value>> = field.written().and_then(|text| serde_json::from_str(text).ok());
            let Some(list) = list else {
                field.say(&codes::ANNOTATION, "it is no list in JSON", "correct it");
                continue;
            };
            let list: Vec<_> = list.into_iter().map(lowered).collect();
            let closed = list.iter().any(|entry| text(entry, "field").as_deref() == Some("source-ip"));
            let all = list.iter().filter(|entry| apply(&mut route, entry)).count() == list.len();
            if closed && open && route.sources.is_empty() {
                let reason = "of the ranges that it lets in none is IPv4, so it has no route";
                field.say(&codes::ROUTE_CONDITION, reason, "write a route with IPv4 ranges in `sources`");
                of.say(&codes::ROUTE_CONDITION, reason, "write a route with IPv4 ranges in `sources`");
                return None;
            }
            if all {
                field.mapped_to("routes");
            } else {
                field.say(
                    &codes::ROUTE_CONDITION,
                    "a route cannot hold all of it",
                    "write what matters to the route yourself",
                );
            }
        }
        Some(route)
    }
}

/// Hosts whose plain HTTP an action redirects to HTTPS for every path, as `ssl-redirect` does; the empty text for all.
pub(super) fn upgraded(object: &Object<'_>, annotations: &Annotations<'_>) -> BTreeSet<String> {
    let upgrades = |path: &Field<'_>| {
        let whole = match path.text_of("path").unwrap_or_default() {
            "" | "/*" => true,
            "/" => path.text_of("pathType") == Some("Prefix"),
            _ => false,
        };
        let Some((Some(name), Wanted::Name("use-annotation"))) = path.get("backend").map(named) else { return false };
        let action = annotations.text(&format!("alb.ingress.kubernetes.io/actions.{name}"));
        let action = action.and_then(|text| serde_json::from_str::<Value>(text).ok()).map(lowered);
        whole && action.and_then(|action| Some(is_upgrade(&redirect(action.get("redirectConfig")?)))) == Some(true)
    };
    let rules = object.at("spec").into_iter().flat_map(|spec| spec.list("rules"));
    let rules =
        rules.filter(|rule| rule.get("http").is_some_and(|http| http.list("paths").any(|path| upgrades(&path))));
    rules.map(|rule| rule.text_of("host").unwrap_or_default().to_ascii_lowercase()).collect()
}

/// Whether a redirect leads to the same address by HTTPS.
fn is_upgrade(redirect: &Redirect) -> bool {
    let same = redirect.host.is_none() && redirect.path.is_none() && redirect.query.is_none();
    same && redirect.port.is_none() && redirect.scheme == Some(RedirectScheme::Https)
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
