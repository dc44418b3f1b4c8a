//! What people read: layout, escaping, shortening, and what an empty change says.

use serde_json::{Value, json};
use skiff_wire::{Change, Finding, Plan, Severity};

use super::{change_markdown, change_text, markdown, plan_markdown, plan_text, value::short};
use crate::sample::{change, plan, resource, shaped, with_service};

fn shop() -> Plan {
    let mut shop = with_service(json!({}));
    let add = |shop: &mut Plan, id: &str, owner: &str, kind: &str, properties: Value| {
        let mut made = resource(kind, properties);
        made.owner = owner.to_owned();
        made.retain = kind.ends_with("Bucket");
        shop.shape.insert(id.to_owned(), made);
    };
    let elb = "AWS::ElasticLoadBalancingV2";
    let name = |name: &str| json!({"Name": name, "Scheme": "internet-facing", "Type": "application", "Port": 8080, "Protocol": "HTTP", "HealthCheckPath": "/ready"});
    add(&mut shop, "environment.load_balancer", "environment", &format!("{elb}::LoadBalancer"), name("shop-prod"));
    add(
        &mut shop,
        "environment.listener",
        "environment",
        &format!("{elb}::Listener"),
        json!({"Port": 443, "Protocol": "HTTPS"}),
    );
    add(&mut shop, "environment.uploads", "environment", "AWS::S3::Bucket", json!({"BucketName": "shop-prod-uploads"}));
    add(&mut shop, "web.target_group.a", "web", &format!("{elb}::TargetGroup"), name("shop-prod-web-a"));
    add(
        &mut shop,
        "web.group.a",
        "web",
        "AWS::AutoScaling::AutoScalingGroup",
        json!({"AutoScalingGroupName": "shop-prod-web-a", "MaxSize": "6"}),
    );
    let input = json!({"kind": "ami", "description": "The image that arm64 members boot from.", "locked_by": ["skiff", "lock", "--ami", "arm64=ami-…"]});
    shop.inputs.insert("ami_arm64".to_owned(), serde_json::from_value(input).unwrap());
    shop.cost = serde_json::from_value(json!({
        "currency": "USD", "prices_as_of": "2026-11-01", "monthly": "42.77", "monthly_peak": "165.41",
        "lines": [
            {"resource": "environment.load_balancer", "item": "load balancer hours", "quantity": "730 h", "unit_price": "0.0252 / h", "monthly": "18.40", "monthly_peak": "18.40"},
            {"resource": "web.group.a", "item": "t4g.small", "quantity": "2 x 730 h", "unit_price": "0.0168 / h", "monthly": "24.37", "monthly_peak": "147.01"}
        ],
        "unknown": [{"resource": "environment.load_balancer", "item": "LCU", "reason": "depends on connections and bytes"}]
    })).unwrap();
    shop
}

fn finding() -> Finding {
    Finding {
        code: "SK0103".to_owned(),
        severity: Severity::Warning,
        message: "the image tag `1.4` is not locked".to_owned(),
        file: Some("skiff.yaml".to_owned()),
        line: Some(12),
        column: Some(5),
        hint: Some("run `skiff lock`".to_owned()),
        subject: None,
    }
}

#[test]
fn a_plan_reads_well_in_100_columns() {
    let text = plan_text(&shop(), &[finding()]);
    assert!(text.lines().all(|line| line.chars().count() <= 100 && line == line.trim_end()), "{text}");
    for wanted in [
        "shop · prod",
        "account 123456789012 · eu-west-1",
        "load balancer        shop-prod internet-facing",
        "shop-prod-uploads",
        "web (web)",
        "ghcr.io/shop/web:1.4 @ sha256:abababababab",
        "shop.example.com/ (prefix)",
        "canary: 10% for 5 min, then 100%",
        "error-rate at most 1%, latency-p99 at most 500ms",
        "$ skiff lock --ami arm64=ami-…",
        "165.41",
        "LCU, depends on connections and bytes: load balancer",
        "target group         a: HTTP 8080",
        "warning SK0103: skiff.yaml:12:5 the image tag `1.4` is not locked",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    let place = |word: &str| text.find(word).unwrap();
    assert!(place("environment  ") < place("web (web)") && place("web (web)") < place("Still missing"));
}

#[test]
fn a_plan_for_a_pull_request_folds_its_details() {
    let text = plan_markdown(&shop(), &[finding()]);
    assert!(text.starts_with("### Plan: shop · prod\n"));
    assert!(text.find("Cost").unwrap() < text.find("<details>").unwrap());
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert!(
        text.contains(
            "| warning | `SK0103` | `skiff.yaml:12:5` | the image tag `1.4` is not locked run `skiff lock` |"
        )
    );
    assert!(text.contains("<summary>environment: 3 resources</summary>"));
}

fn moved() -> Change {
    let mut after = shop();
    after.shape.get_mut("web.target_group.a").unwrap().properties["Port"] = json!(9090);
    after.shape.get_mut("web.group.a").unwrap().properties["MaxSize"] = json!("8");
    after.services.get_mut("web").unwrap().stop.grace_seconds = 5;
    after.shape.remove("environment.uploads");
    change(&shop(), &after)
}

#[test]
fn a_change_says_the_worst_first() {
    let text = change_text(&moved());
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let first = "1 to change, 1 to replace, 1 to remove, 1 difference outside the shape; highest risk high.";
    assert_eq!(text.lines().take(2).collect::<Vec<_>>(), [first, "Known cost stays 42.77 USD a month."]);
    let place = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word}\n{text}"));
    assert!(place("-   environment.uploads") < place("-/+ web.target_group.a"));
    assert!(place("-/+ web.target_group.a") < place("~   web.group.a"));
    assert!(text.contains("Port (set at creation): 8080 → 9090") && text.contains("MaxSize: 6 → 8"), "{text}");
    assert!(text.contains("web stop.grace_seconds: 30 → 5"), "{text}");
    assert!(text.contains("REPLACED, not changed in place: web.target_group.a."), "{text}");
}

#[test]
fn a_change_for_a_pull_request() {
    let text = change_markdown(&moved());
    assert!(text.starts_with("**1 to change, 1 to replace, 1 to remove"));
    assert!(
        text.contains(
            "| `-/+` | target group `web.target_group.a` | **high** | compensatable | `Port` can only be set"
        ),
        "{text}"
    );
    assert!(text.contains("> [!WARNING]\n> REPLACED, not changed in place: web.target\\_group.a."), "{text}");
    assert!(text.contains("<summary>2 properties before and after</summary>"), "{text}");
    assert!(text.contains("| `web.group.a` | `MaxSize: 6 → 8` |"), "{text}");
}

#[test]
fn no_difference_says_so() {
    let none = change(&plan(), &plan());
    assert_eq!(change_text(&none), "No difference: the two plans mean the same.\n");
    assert_eq!(change_markdown(&none), "**No difference: the two plans mean the same.**\n");
}

#[test]
fn foreign_text_cannot_break_a_table() {
    assert_eq!(markdown::escaped("a|b <img> `x` *y*\nz"), "a\\|b &lt;img&gt; \\`x\\` \\*y\\* z");
    assert_eq!(markdown::code("plain"), "`plain`");
    assert_eq!(markdown::code("a`|b<c>\n"), "<code>a\\`\\|b&lt;c&gt; </code>");
    assert_eq!(markdown::prose("read `a|b` now"), "read <code>a\\|b</code> now");
    assert_eq!(markdown::prose("one ` alone"), "one \\` alone");
    let hostile = "</details>|`<script>`\n| x |";
    let before = shaped(&[("q", "AWS::SQS::Queue", json!({"RedrivePolicy": "a"}))]);
    let text =
        change_markdown(&change(&before, &shaped(&[("q", "AWS::SQS::Queue", json!({"RedrivePolicy": hostile}))])));
    assert!(!text.contains("<script>") && text.matches("</details>").count() == 1, "{text}");
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(text.lines().filter(|line| line.starts_with('|')).all(|line| matches!(columns(line), 3 | 6)), "{text}");
}

#[test]
fn long_values_are_shortened_around_what_differs() {
    assert_eq!(short(&json!("x".repeat(50)), 10), format!("{}…", "x".repeat(9)));
    let text = |end: &str| format!("{}{end}", "A".repeat(500));
    let data = |end: &str| json!({"LaunchTemplateData": {"UserData": {"base64": text(end)}}});
    let kind = "AWS::EC2::LaunchTemplate";
    let text = change_text(&change(&shaped(&[("t", kind, data("one"))]), &shaped(&[("t", kind, data("two"))])));
    assert!(text.contains("UserData: …AAAAAAAAAAAAAAAAAAAAAAAAone → …AAAAAAAAAAAAAAAAAAAAAAAAtwo"), "{text}");
}

#[test]
fn of_two_lists_only_what_moves_is_shown() {
    let policy = |actions: Value| json!({"PolicyDocument": {"Statement": [{"Sid": "Read", "Effect": "Allow", "Action": actions, "Resource": "r"}]}});
    let kind = "AWS::IAM::RolePolicy";
    let before = shaped(&[("p", kind, policy(json!(["s3:GetObject", "s3:ListBucket"])))]);
    let text = change_text(&change(&before, &shaped(&[("p", kind, policy(json!(["s3:GetObject", "s3:PutObject"])))])));
    assert!(text.contains("Read.Action: -s3:ListBucket, +s3:PutObject"), "{text}");
}
