//! Compose files: both sides of each trap, and an account of every leaf.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use skiff_compiler::spec::{
    service::Kind,
    service::Service,
    values::{Name, Scalar},
};
use skiff_importers::{
    account::Fate,
    compose,
    import::{Import, Input, Options},
};

fn import(text: &str) -> Import {
    let options = Options {
        app: "shop".into(),
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        certificates: Vec::new(),
    };
    compose::import(&[Input { name: "compose.yaml".into(), bytes: text.into() }], &options)
}

/// A file with one service called `web`, from its fields in flow style.
fn one(fields: &str) -> Import {
    import(&format!("services: {{ web: {{ image: nginx, {fields} }} }}"))
}

fn service<'i>(import: &'i Import, name: &str) -> &'i Service {
    &import.spec.services[&Name::parse(name).unwrap()]
}

fn fate(import: &Import, path: &str) -> Fate {
    let leaves = import.account.objects.iter().flat_map(|object| &object.leaves);
    leaves.filter(|leaf| leaf.path == path).map(|leaf| leaf.fate).next().unwrap_or_else(|| panic!("no leaf {path}"))
}

/// All but SK0971, which every service without `platform` has.
fn codes(import: &Import) -> Vec<&'static str> {
    let mut codes: Vec<_> = import.account.findings.iter().map(|finding| finding.code.id).collect();
    codes.retain(|code| *code != "SK0971");
    codes.dedup();
    codes
}

#[test]
fn commands_are_lists_or_texts_that_a_shell_would_split() {
    let split = one(r#"command: "run --name 'a b'", entrypoint: [/init, "--"]"#);
    assert_eq!(service(&split, "web").args, ["run", "--name", "a b"]);
    assert_eq!(service(&split, "web").command, ["/init", "--"]);
    assert_eq!(fate(&split, "entrypoint[1]"), Fate::Mapped);
    let open = one(r#"command: "run 'a""#);
    assert_eq!(codes(&open), ["SK0966"]);
}

#[test]
fn a_published_port_becomes_a_route_and_a_private_one_does_not() {
    let web = one(r#"ports: ["8080:80"]"#);
    let routed = service(&web, "web");
    assert_eq!((routed.kind, routed.port.as_ref().unwrap().value, routed.routes.len()), (Kind::Web, 80, 1));
    assert_eq!(routed.cutover.as_ref().unwrap().from.port.as_ref().unwrap().value, 8080);
    for private in [r#"ports: ["127.0.0.1:8080:80"]"#, r#"expose: ["80"]"#] {
        let import = one(private);
        assert_eq!(
            (service(&import, "web").kind, service(&import, "web").routes.len()),
            (Kind::Worker, 0),
            "{private}"
        );
        assert_eq!(service(&import, "web").port.as_ref().unwrap().value, 80, "{private}");
    }
}

#[test]
fn ports_that_speak_no_http_or_no_tcp_are_unsupported() {
    for ports in [r#"["5432:5432"]"#, r#"["53:53/udp"]"#, "[{target: 53, published: 53, protocol: udp}]"] {
        let import = one(&format!("ports: {ports}"));
        assert_eq!(codes(&import), ["SK0958"], "{ports}");
        assert!(service(&import, "web").routes.is_empty(), "{ports}");
    }
}

#[test]
fn several_published_services_get_a_host_each() {
    let import = import(
        "services: { one: { image: a, ports: ['80:80'] }, two: { image: b, ports: [{ target: 3000, published: '81' }] } }",
    );
    let host = |name| service(&import, name).routes[0].host.as_ref().unwrap().value.to_string();
    assert_eq!((host("one"), host("two")), ("one.shop.example.com".into(), "two.shop.example.com".into()));
}

#[test]
fn ranges_open_each_port_and_serve_the_first() {
    let import = one(r#"ports: ["3000-3002:4000-4002"]"#);
    let service = service(&import, "web");
    assert_eq!(service.port.as_ref().unwrap().value, 4000);
    assert_eq!(service.ports.values().map(|port| port.value).collect::<Vec<_>>(), [4001, 4002]);
}

#[test]
fn a_variable_of_the_shell_is_a_secret_and_a_default_is_taken() {
    let import = one(r#"environment: { A: "${A}", B: null, C: "${C:-x}", D: "a$${b}", E: 'http://${HOST}/' }"#);
    let web = service(&import, "web");
    let keys: Vec<_> =
        web.secrets.iter().map(|(name, source)| (name.as_str(), source.0.key.as_deref().unwrap())).collect();
    assert_eq!(keys, [("A", "A"), ("B", "B"), ("HOST", "HOST")]);
    let env: Vec<_> = web.env.iter().map(|(name, value)| (name.as_str(), value.value.as_str())).collect();
    assert_eq!(env, [("C", "x"), ("D", "a${b}"), ("E", "http://$(HOST)/")]);
    assert_eq!(fate(&import, "environment.A"), Fate::Changed);
    assert_eq!(fate(&import, "environment.C"), Fate::Assumed);
    assert_eq!(fate(&import, "environment.E"), Fate::Changed);
    assert_eq!(import.secrets.len(), 1);
}

#[test]
fn what_means_a_variable_to_the_runner_is_escaped() {
    let import = one(r#"environment: ["A=$$(NOT_MINE)"]"#);
    assert_eq!(service(&import, "web").env.values().next().unwrap().value, "$$(NOT_MINE)");
}

#[test]
fn a_health_check_keeps_its_command_and_its_numbers() {
    let import = one("healthcheck: { test: [CMD, curl, -f, localhost], interval: 1m30s, timeout: 10s, retries: 5 }");
    let health = service(&import, "web").health.as_ref().unwrap();
    let probe = &health.readiness.as_ref().unwrap().0;
    assert_eq!(probe.exec, ["curl", "-f", "localhost"]);
    assert_eq!((probe.interval.as_ref().unwrap().value.0, probe.timeout.as_ref().unwrap().value.0), (90, 10));
    assert_eq!(probe.failures.as_ref().unwrap().value, 5);
    assert!(health.liveness.is_none(), "Compose restarts nothing");
    for off in ["{ disable: true, test: x }", "{ test: [NONE] }"] {
        assert!(service(&one(&format!("healthcheck: {off}")), "web").health.is_none(), "{off}");
    }
}

#[test]
fn one_named_volume_is_kept_and_shared_or_bound_ones_are_not() {
    let kept = import("services: { db: { image: postgres, volumes: ['data:/data'] } }\nvolumes: { data: {} }");
    assert_eq!(service(&kept, "db").kind, Kind::Stateful);
    assert_eq!(service(&kept, "db").volume.as_ref().unwrap().path, "/data");
    let bound = one("volumes: ['./src:/src:ro']");
    assert_eq!(codes(&bound), ["SK0959"]);
    let shared = import(
        "services: { a: { image: a, volumes: ['d:/d'] }, b: { image: b, volumes: ['d:/d'] } }\nvolumes: { d: {} }",
    );
    assert_eq!(codes(&shared), ["SK0961"]);
    let scratch = one("volumes: [/cache], tmpfs: '/run:size=64m'");
    assert_eq!(service(&scratch, "web").mounts.len(), 2);
}

#[test]
fn users_are_numbers_and_capabilities_lose_their_prefix() {
    let import = one(
        "user: '1000:1001', cap_drop: [ALL], cap_add: [CAP_NET_BIND_SERVICE], security_opt: ['no-new-privileges:true']",
    );
    let security = service(&import, "web").security.as_ref().unwrap();
    assert_eq!((security.user.as_ref().unwrap().value, security.group.as_ref().unwrap().value), (1000, 1001));
    assert_eq!(security.add_capabilities[0].value, "NET_BIND_SERVICE");
    assert_eq!(security.privilege_escalation, Some(false));
    assert_eq!(codes(&one("user: nginx")), ["SK0964"]);
}

#[test]
fn dependencies_and_names_in_variables_become_uses() {
    let import = import(
        "services:\n  web: { image: w, depends_on: [db], environment: { CACHE: 'redis://cache:6379', X: my-db.example.com } }\n  db: { image: postgres }\n  cache: { image: own/cache }\n",
    );
    let uses: Vec<_> = service(&import, "web").uses.iter().map(|used| used.0.name.value.to_string()).collect();
    assert_eq!(uses, ["cache", "db"]);
    assert_eq!(service(&import, "cache").port.as_ref().unwrap().value, 6379);
    assert_eq!(service(&import, "db").port.as_ref().unwrap().value, 5432);
}

#[test]
fn a_variable_that_a_use_would_set_stays_and_circles_are_broken() {
    let import = import(
        "services:\n  a: { image: a, expose: [1], environment: { B_URL: 'http://b:2' } }\n  b: { image: b, expose: [2], environment: { X: 'http://a:1' } }\n",
    );
    let used = &service(&import, "a").uses[0].0;
    assert_eq!((used.name.value.as_str(), used.variables), ("b", Some(false)));
    assert!(service(&import, "b").uses.is_empty());
    assert_eq!(codes(&import), ["SK0969"]);
}

#[test]
fn secrets_and_configs_become_files() {
    let import = import(
        "services: { web: { image: w, secrets: [pw, { source: pw, target: /etc/pw, mode: 0440 }], configs: [{ source: app, target: /app.ini }] } }\nsecrets: { pw: { file: ./pw } }\nconfigs: { app: { content: 'a=1' } }",
    );
    let files = &service(&import, "web").files;
    assert_eq!(files.keys().collect::<Vec<_>>(), ["/app.ini", "/etc/pw", "/run/secrets/pw"]);
    assert_eq!(files["/etc/pw"].0.mode.as_ref().unwrap().as_str(), "0440");
    assert_eq!(files["/app.ini"].0.content.as_deref(), Some("a=1"));
}

#[test]
fn what_is_in_other_files_is_said() {
    for fields in ["env_file: .env", "extends: { file: base.yaml, service: web }"] {
        assert_eq!(codes(&one(fields)), ["SK0956"], "{fields}");
    }
    assert_eq!(codes(&import("services: { web: { build: . } }")), ["SK0954"]);
    assert_eq!(codes(&one("build: .")), ["SK0955"]);
}

#[test]
fn typos_are_unknown_and_extensions_are_ignored() {
    let import = one("imagee: x, x-note: { a: [1] }");
    assert_eq!(fate(&import, "imagee"), Fate::Unknown);
    assert_eq!(fate(&import, "x-note.a[0]"), Fate::Ignored);
    let finding = import.account.findings.iter().find(|finding| finding.code.id != "SK0971").unwrap();
    assert_eq!(finding.action, "did you mean `image`?");
}

#[test]
fn a_file_without_services_is_an_error() {
    assert_eq!(codes(&import("apiVersion: v1\nkind: Service\n")), ["SK0950"]);
}
