//! Plans and changes of real specs, read line by line.

use super::{change_markdown, change_text, plan_markdown, plan_text};
use crate::sample::{SHOP, compiled, edited};

/// The pieces of a text that are all there, in this order, however the text is broken into lines.
fn reads(text: &str, wanted: &[&str]) {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = flat(text);
    let mut rest = whole.as_str();
    for piece in wanted.iter().map(|piece| flat(piece)) {
        let Some(at) = rest.find(&piece) else { panic!("`{piece}` is missing, or not in its place:\n{text}") };
        rest = &rest[at + piece.len()..];
    }
}

fn changed(edits: &[(&str, &str)]) -> String {
    let text = change_text(&crate::change(&compiled(SHOP), &edited(edits)));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    text
}

#[test]
fn a_plan_says_what_exists_who_reaches_it_and_who_may_do_what() {
    let text = plan_text(&compiled(SHOP), &[]);
    assert!(text.lines().all(|line| line.chars().count() <= 100 && line == line.trim_end()), "{text}");
    assert!(!text.contains('…') || text.lines().filter(|line| line.contains('…')).all(|line| line.contains("$ skiff")));
    reads(
        &text,
        &[
            "values still missing: `apply` and `deploy` refuse until then",
            "environment ",
            "subnets              private a, b: 10.0.0.0/18, 10.0.64.0/18; public a, b:",
            "load balancer        shop-default-lb internet-facing",
            "orders: postgres 17",
            "anywhere → load-balancer : 443 (HTTPS), 80 (HTTP, which is redirected to HTTPS)",
            "thumbs (worker)",
            "workload             sqs read/write/delete on queue jobs",
            "s3 read/write/delete on bucket assets/*",
            "web (web)",
            "canary: 5%, 25%, 50%, 100%, 5 min each",
            "target groups        a, b: HTTP 8080, health on 8079 /healthz",
            "load-balancer → web : 8079 (Health checks of web), 8080 (Requests to web)",
            "web → orders : 5432 (Database orders)",
            "secretsmanager:GetSecretValue on database orders",
            "Still missing",
            "Cost a month",
            "known total",
            "log ingestion and storage: database logs orders-postgresql, database logs orders-upgrade, flow logs, logs of",
        ],
    );
}

/// A worker that says everything a container can say.
const CLOSED: &str = "    image: ghcr.io/acme/thumbs:1
    ports: { admin: 9000 }
    security: { user: 1000, non_root: true, read_only: true, drop_capabilities: [ALL], add_capabilities: [KILL] }
    limits: { cpu: 1500m, memory: 256Mi }
    hooks: { after_start: { exec: [bin/announce] }, before_stop: { http: /drain, port: admin } }
    facts: { MEMBER: name }
    dns: { servers: [10.20.0.2], options: ['ndots:2'] }
    hosts: { 10.20.0.9: [ledger.example.com, ledger] }
    sysctls: { net.core.somaxconn: '4096' }
    containers:
      proxy: { image: 'ghcr.io/acme/proxy:1', first: true, security: { privileged: true } }
";

#[test]
fn a_plan_says_what_a_container_may_do_and_take() {
    let text = plan_text(&edited(&[("    image: ghcr.io/acme/thumbs:1\n", CLOSED)]), &[]);
    reads(
        &text,
        &[
            "runs as user 1000, never as root, read-only, without ALL, with KILL",
            "limits at most 1.5 vCPU, 256 MiB",
            "hooks after start bin/announce; before stop http /drain on 9000",
            "beside proxy (first, privileged)",
            "resolver asks 10.20.0.2, ndots:2",
            "hosts ledger.example.com ledger at 10.20.0.9",
            "kernel net.core.somaxconn=4096",
        ],
    );
}

#[test]
fn a_change_says_what_a_container_may_do_from_now_on() {
    let open =
        CLOSED.replace("user: 1000, non_root: true", "user: 0, privileged: true").replace("MEMBER: name", "MEMBER: ip");
    let before = edited(&[("    image: ghcr.io/acme/thumbs:1\n", CLOSED)]);
    let after = edited(&[("    image: ghcr.io/acme/thumbs:1\n", &open)]);
    reads(
        &change_text(&crate::change(&before, &after)),
        &[
            "A container is root on its VM",
            "thumbs security.privileged: set to true",
            "What a container no longer may do fails",
            "thumbs security.non_root: no longer true",
            "thumbs security.user: 1000 → 0",
            "Moves with the next deploy",
            "thumbs environment.MEMBER.member: name → ip",
        ],
    );
}

#[test]
fn routes_of_one_path_are_told_apart() {
    let routes = "    routes:\n      - path: /a\n      - { path: /a, methods: [PUT, POST], headers: { X-Team: [blue] } }\n      \
                  - { path: /b, query: { v: '2' }, sources: [10.0.0.0/8], rewrite: { path: /c, host: b.internal } }\n";
    let text = plan_text(&edited(&[("    routes: [{ host: shop.example.com }]\n", routes)]), &[]);
    reads(
        &text,
        &[
            "any host /a (prefix)",
            "any host /a (prefix), for POST or PUT, header X-Team: blue",
            "any host /b (prefix), for parameter v=2, requests from 10.0.0.0/8, rewritten: host ^.+$ to b.internal, path ^/b to /c",
        ],
    );
}

#[test]
fn twenty_services_fit_a_comment() {
    let many: String = (0..60)
        .map(|number| {
            format!(
                "  worker-{number}: {{ kind: worker, image: 'ghcr.io/acme/worker:1', uses: [jobs, orders, assets] }}\n"
            )
        })
        .collect();
    let twenty: String = many.lines().take(18).map(|line| format!("{line}\n")).collect();
    let markdown = |services: &str| plan_markdown(&edited(&[("services:\n", &format!("services:\n{services}"))]), &[]);
    let (whole, truncated) = (markdown(&twenty), markdown(&many));
    assert!(whole.len() < 65_536 && !whole.contains("Not shown"), "{}", whole.len());
    assert!(truncated.len() < 65_536 && truncated.contains("Not shown, since a comment has no room for it:"));
    assert_eq!(truncated.matches("<details>").count(), truncated.matches("</details>").count());
}

#[test]
fn another_port_is_loud() {
    let edits = [("port: 8080", "port: 9090")];
    let text = changed(&edits);
    reads(
        &text,
        &[
            "REPLACED, not changed in place: 2 target groups (web.target_group.{a,b}).",
            "-/+ 2 target groups",
            "risk high",
            "Port (set at creation): 8080 → 9090",
            "~   3 alarms",
            "~   2 Auto Scaling groups",
            "-   2 security group rules",
            "load-balancer-to-web-8080, web-from-load-balancer-8080",
        ],
    );
    let markdown = change_markdown(&crate::change(&compiled(SHOP), &edited(&edits)));
    reads(&markdown, &["> [!WARNING]", "REPLACED", "| `-/+` | 2 target groups: `web.target_group.{a,b}` | **high** |"]);
}

#[test]
fn another_size_is_one_entry_for_both_slots() {
    let text = changed(&[("port: 8080", "port: 8080\n    size: { instance_type: t4g.large }")]);
    reads(
        &text,
        &[
            "2 to change; highest risk low.",
            "at the peak",
            "~   2 launch templates",
            "web.launch_template.{a,b}",
            "InstanceType: t4g.micro → t4g.large",
        ],
    );
    assert!(!text.contains("Outside the shape"), "{text}");
}

#[test]
fn a_tag_everywhere_is_one_entry_without_risk() {
    let text = changed(&[("region: us-east-1", "region: us-east-1\ntags: { team: blue }")]);
    reads(&text, &["highest risk none.", " resources ", "Only tags change.", "tag team: set to blue"]);
    assert_eq!(text.matches("\n~ ").count(), 1, "{text}");
}

#[test]
fn permissions_are_said_as_what_they_allow() {
    let text = changed(&[("uses: [orders, jobs]", "uses: [orders, jobs, assets]")]);
    reads(
        &text,
        &["web.role_policy.workload", "+ may s3:ListBucket on bucket assets", "web environment.ASSETS_BUCKET"],
    );
}

#[test]
fn less_to_make_is_less_that_the_deployer_may_do() {
    let database = "databases:\n  orders: { engine: postgres, class: db.t4g.small }\n";
    let text = changed(&[(database, ""), ("uses: [orders, jobs]", "uses: [jobs]")]);
    reads(&text, &["-   environment.database.orders", "managed policies", "llows less than before"]);
    assert!(!text.contains("llows more"), "{text}");
}

#[test]
fn a_new_service_is_said_by_its_kind() {
    let service = "services:\n  extra: { kind: worker, image: 'ghcr.io/acme/extra:1', uses: [web] }";
    let text = changed(&[("services:", service)]);
    reads(
        &text,
        &["+ 2 Auto Scaling groups", "extra.auto_scaling_group.{a,b}", "Outside the shape", "extra: set to worker"],
    );
    // A refusal that stands is no news.
    assert!(!text.contains("+ never") && !text.contains("- never"), "{text}");
}

#[test]
fn a_rename_says_that_nothing_happens() {
    let text = changed(&[("  thumbs:\n", "  pics:\n    was: thumbs\n")]);
    reads(&text, &["→   ", " resources", "pics.lifecycle_hook.{a,b}-launch", "nothing happens in AWS"]);
}

#[test]
fn a_part_without_a_price_is_said() {
    let text = changed(&[("db.t4g.small", "db.x9.huge")]);
    reads(
        &text,
        &[
            "No price is known: the estimate leaves it out.",
            "environment.database.orders db.x9.huge, with standby: no price of",
        ],
    );
}
