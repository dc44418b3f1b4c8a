//! Finds resources by a Terraform address, a CloudFormation id or an id of the plan.

use super::{Address, Explanation};

/// How alike a misspelt name must be to be suggested, from 0 to 1.
const ALIKE: f64 = 0.6;
/// Names that are suggested at once.
const SUGGESTIONS: usize = 3;

/// Everything that has the name, each with the addresses that were asked for marked.
///
/// An address without the key of an instance means all instances; `services/web:` before an address means that root
/// module alone; quotes may be missing, since shells take them.
pub(crate) fn find(known: &[Explanation], asked: &str) -> Vec<Explanation> {
    let by_id = |one: &&Explanation| one.resource == asked || one.cloudformation_id == asked;
    let found: Vec<_> = known.iter().filter(by_id).cloned().collect();
    if !found.is_empty() {
        return found;
    }
    let (module, address) = split(asked);
    let wanted = plain(address);
    let fits: [&dyn Fn(&str) -> bool; 3] = [
        &|candidate| candidate == wanted,
        &|candidate| without_key(candidate) == wanted,
        // A block with `for_each` may be known as a whole only.
        &|candidate| candidate == without_key(&wanted),
    ];
    let rounds = fits.iter().map(|fits| with(known, |one| in_module(one, module) && fits(&plain(&one.address))));
    rounds.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

fn with(known: &[Explanation], fits: impl Fn(&Address) -> bool) -> Vec<Explanation> {
    let marked = |one: &Explanation| {
        let mut one = one.clone();
        one.addresses.iter_mut().for_each(|address| address.asked = fits(address));
        one.addresses.iter().any(|address| address.asked).then_some(one)
    };
    known.iter().filter_map(marked).collect()
}

fn in_module(address: &Address, module: Option<&str>) -> bool {
    module.is_none_or(|module| address.module == module)
}

/// The root module and the address in `services/web:aws_iam_role.runtime`.
fn split(asked: &str) -> (Option<&str>, &str) {
    match asked.split_once(':') {
        Some((module, address)) if !module.contains(['[', '"', '.']) => (Some(module.trim_end_matches('/')), address),
        _ => (None, asked),
    }
}

/// Without quotes.
fn plain(address: &str) -> String {
    address.trim().replace(['"', '\''], "")
}

fn without_key(address: &str) -> &str {
    match address.rfind('[') {
        Some(start) if address.ends_with(']') => &address[..start],
        _ => address,
    }
}

/// The names most like what was asked for, the most alike first.
pub(crate) fn alike(known: &[Explanation], asked: &str) -> Vec<String> {
    let with_module = split(asked).0.is_some();
    let names = known.iter().flat_map(|one| {
        let addresses = one.addresses.iter().map(move |address| {
            if with_module { format!("{}:{}", address.module, address.address) } else { address.address.clone() }
        });
        addresses.chain([one.resource.clone(), one.cloudformation_id.clone()])
    });
    let wanted = plain(asked).to_lowercase();
    let likeness = |name: &String| strsim::normalized_damerau_levenshtein(&plain(name).to_lowercase(), &wanted);
    let mut names: Vec<_> = names.map(|name| (likeness(&name), name)).filter(|(alike, _)| *alike >= ALIKE).collect();
    names.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    names.dedup();
    names.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(resource: &str, cloudformation_id: &str, addresses: &[(&str, &str)]) -> Explanation {
        let address = |(module, address): &(&str, &str)| Address {
            module: (*module).into(),
            address: (*address).into(),
            file: "main.tf".into(),
            asked: false,
        };
        Explanation {
            resource: resource.into(),
            resource_type: "AWS::Any::Type".into(),
            name: None,
            owner: "web".into(),
            cloudformation_id: cloudformation_id.into(),
            origin: "services.web".into(),
            place: None,
            line: None,
            runtime_owned: Vec::new(),
            addresses: addresses.iter().map(address).collect(),
            depends_on: None,
            referred_by: None,
        }
    }

    fn known() -> Vec<Explanation> {
        vec![
            one("web.target_group.a", "WebTargetGroupA", &[("services/web", "aws_lb_target_group.web[\"a\"]")]),
            one("web.target_group.b", "WebTargetGroupB", &[("services/web", "aws_lb_target_group.web[\"b\"]")]),
            one(
                "web.runtime",
                "WebRuntime",
                &[
                    ("services/web", "aws_iam_role.runtime"),
                    ("services/web", "data.aws_iam_policy_document.runtime_trust"),
                ],
            ),
            one("api.runtime", "ApiRuntime", &[("services/api", "aws_iam_role.runtime")]),
            one("api.subnets", "ApiSubnets", &[("services/api", "aws_subnet.private")]),
        ]
    }

    fn found(asked: &str) -> Vec<String> {
        find(&known(), asked).into_iter().map(|one| one.resource).collect()
    }

    #[test]
    fn a_resource_is_found_by_each_of_its_names() {
        for asked in ["web.target_group.a", "WebTargetGroupA", "aws_lb_target_group.web[\"a\"]"] {
            assert_eq!(found(asked), ["web.target_group.a"], "{asked}");
        }
        for asked in ["aws_lb_target_group.web[a]", "aws_lb_target_group.web['a']", " aws_lb_target_group.web[\"a\"]"] {
            assert_eq!(found(asked), ["web.target_group.a"], "{asked}");
        }
        assert_eq!(found("data.aws_iam_policy_document.runtime_trust"), ["web.runtime"]);
    }

    #[test]
    fn an_address_without_a_key_means_all_instances() {
        assert_eq!(found("aws_lb_target_group.web"), ["web.target_group.a", "web.target_group.b"]);
        assert_eq!(found("aws_subnet.private[\"eu-west-1a\"]"), ["api.subnets"]);
    }

    #[test]
    fn a_root_module_narrows_the_search() {
        assert_eq!(found("aws_iam_role.runtime"), ["web.runtime", "api.runtime"]);
        assert_eq!(found("services/api:aws_iam_role.runtime"), ["api.runtime"]);
        assert_eq!(found("services/api/:aws_iam_role.runtime"), ["api.runtime"]);
        assert!(found("environment:aws_iam_role.runtime").is_empty());
        let found = find(&known(), "services/web:aws_iam_role.runtime");
        assert_eq!(found[0].addresses.iter().map(|address| address.asked).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn nothing_else_is_found() {
        for asked in ["", ":", "[", "aws_lb_target_group.web[\"c\"]", "web", "webtargetgroupa", "aws_iam_role.runtime."]
        {
            assert!(found(asked).is_empty(), "{asked}");
        }
    }

    #[test]
    fn what_is_most_alike_comes_first() {
        assert_eq!(alike(&known(), "aws_lb_target_group.web[\"c\"]")[0], "aws_lb_target_group.web[\"a\"]");
        assert_eq!(alike(&known(), "webtargetgroupa")[0], "WebTargetGroupA");
        assert_eq!(alike(&known(), "services/ap:aws_iam_role.runtime")[0], "services/api:aws_iam_role.runtime");
        assert!(alike(&known(), "zzz").is_empty());
    }
}
