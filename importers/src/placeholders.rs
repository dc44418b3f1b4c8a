//! What no input says and no plan can do without: written as a placeholder that compiles, and reported.

use skiff_compiler::{
    facts::regions,
    spec::{
        Spec,
        service::{Kind, Route},
        values::{Arn, Scalar},
    },
};

use crate::{
    account::Finding,
    import::{Input, Options, spanned},
    kube::{codes::general::PLACEHOLDER, read::Place},
};

/// Fills in what the options leave open, and says what it was; `https` says that something is served by HTTPS although
/// plain HTTP serves all of it too.
pub(crate) fn fill(spec: &mut Spec, inputs: &[Input], options: &Options, https: bool) -> Vec<Finding> {
    let mut said = Vec::new();
    if options.account.is_none() {
        said.push(("/account", format!("nothing says the AWS account, and `{}` is none", spec.account), "--account"));
    }
    if options.region.is_none() {
        said.push(("/region", format!("nothing says the AWS region; Skiff took `{}`", spec.region.value), "--region"));
    }
    if spec.certificates.is_empty() && (https || serves_https(spec)) {
        spec.certificates.extend(options.certificates.iter().cloned().map(spanned));
        if spec.certificates.is_empty() {
            spec.certificates.push(spanned(certificate(spec)));
            let reason = "no input holds an ACM certificate, and this one is none".into();
            said.push(("/certificates", reason, "--certificate"));
        }
    }
    said.into_iter().map(|(key, reason, flag)| finding(inputs, key, reason, flag)).collect()
}

/// Whether a route is served by HTTPS, as routes are unless they say otherwise.
fn serves_https(spec: &Spec) -> bool {
    let of_services = spec.services.values().filter(|service| service.kind == Kind::Web);
    let of_services = of_services.flat_map(|service| &service.routes);
    let of_balancer = spec.load_balancer.iter().flat_map(|balancer| &balancer.routes);
    of_services.chain(of_balancer).any(|route: &Route| route.tls.unwrap_or(true))
}

/// The ARN of a certificate that is in the right account and region, and does not exist.
fn certificate(spec: &Spec) -> Arn {
    let region = &spec.region.value;
    let partition = regions::find(region).map_or("aws", |region| region.partition);
    let account = &spec.account;
    let text = format!("arn:{partition}:acm:{region}:{account}:certificate/00000000-0000-0000-0000-000000000000");
    Arn::parse(&text).unwrap_or_else(Arn::stand_in)
}

fn finding(inputs: &[Input], key: &str, reason: String, flag: &str) -> Finding {
    Finding {
        code: &PLACEHOLDER,
        severity: PLACEHOLDER.severity,
        file: inputs.first().map_or("-", |input| input.name.as_str()).into(),
        place: Place::START,
        kind: None,
        namespace: None,
        name: None,
        path: String::new(),
        reason,
        action: format!("give `{flag}`, or correct it in `skiff.yaml`"),
        home: Some((String::new(), key.to_owned())),
    }
}
