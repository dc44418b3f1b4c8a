//! Compose files: both sides of each trap, and an account of every leaf.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use skiff_compiler::{
    compile,
    source::Sources,
    spec::{
        service::Kind,
        service::Service,
        values::{Name, Scalar, VariableName},
    },
};
use skiff_importers::{
    account::Fate,
    compose,
    import::{Import, Input, Options},
};
use skiff_wire::Lock;

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
fn a_plain_value_that_looks_like_a_secret_is_one() {
    let import = import(
        "services:
  web: { image: w, environment: { DSN: 'postgres://shop:hunter2@db:5432/shop', TOKEN: '${T:-ghp_hunter3hunter3hunter3}' } }
  worker: { image: w, environment: [DSN=postgres://shop:$$PASSWORD@db/shop, URL=http://db/] }
  db: { image: db }",
    );
    let web = service(&import, "web");
    assert!(web.env.is_empty(), "{:?}", web.env);
    let keys: Vec<_> = web.secrets.values().map(|source| source.0.key.as_deref().unwrap()).collect();
    assert_eq!(keys, ["DSN", "TOKEN"]);
    assert_eq!(web.uses[0].0.name.value.as_str(), "db", "what stands behind the password is still a use");
    assert_eq!(service(&import, "db").port.as_ref().unwrap().value, 5432);
    assert_eq!(fate(&import, "environment.DSN"), Fate::Changed);
    let found = import.account.findings.iter().filter(|finding| finding.code.id == "SK0970");
    assert_eq!(
        found.map(|finding| finding.path.as_str()).collect::<Vec<_>>(),
        ["environment.DSN", "environment.TOKEN"]
    );
    assert_eq!(service(&import, "worker").env.len(), 2, "a variable is no password, and a URL without one no secret");
    assert_eq!(import.secrets.iter().map(|secret| secret.name.as_str()).collect::<Vec<_>>(), ["web-env"]);
    let all = format!("{}{:?}{:?}{:?}", import.text, import.account, import.spec, import.secrets);
    assert!(!all.contains("hunter"), "a secret is in the output");
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

/// What `skiff check` refuses of the import.
fn refused(import: &Import) -> Vec<String> {
    let sources = Sources::new("skiff.yaml", import.text.as_str(), None);
    let compilation = compile(&sources, &Lock::default());
    assert_eq!(compilation.ir.is_none(), compilation.diagnostics.has_errors());
    if compilation.ir.is_some() {
        Vec::new()
    } else {
        vec![format!("{:#?}", compilation.diagnostics.findings(&sources.file))]
    }
}

#[test]
fn what_check_refuses_is_said_and_not_written() {
    for (fields, code) in [
        ("environment: { SKIFF_TOKEN: mine }", "SK0964"),
        ("environment: ['AWS_CONTAINER_X=1']", "SK0964"),
        ("environment: { discovery.type: single-node }", "SK0964"),
        ("environment: ['=x']", "SK0966"),
        ("extra_hosts: ['old_db=10.0.0.1']", "SK0964"),
        ("dns: [resolver]", "SK0966"),
        ("dns_opt: ['Rotate!']", "SK0966"),
        ("cap_add: [NET_BINDING]", "SK0966"),
        ("cap_add: [ALL], cap_drop: [ALL]", "SK0964"),
        ("healthcheck: { test: [CMD] }", "SK0966"),
        ("tmpfs: run/app", "SK0966"),
        ("tmpfs: /run/../app", "SK0966"),
        ("volumes: [/a, /a]", "SK0964"),
        ("cpus: 960, mem_limit: 2t", "SK0964"),
        ("sysctls: { somaxconn: 1 }", "SK0966"),
        ("user: '4294967295'", "SK0964"),
        ("volumes: ['nowhere:/data']", "SK0966"),
        ("secrets: [nowhere]", "SK0966"),
        ("depends_on: [nowhere]", "SK0966"),
        ("post_start: [{ command: '' }]", "SK0966"),
        ("networks: { n: { aliases: [api.web] } }, expose: [1]", "SK0964"),
        ("ports: ['http:80']", "SK0966"),
        ("ports: ['70000:80']", "SK0966"),
    ] {
        let import = one(fields);
        assert!(codes(&import).contains(&code), "{fields}: {:?}", codes(&import));
        assert_eq!(refused(&import), Vec::<String>::new(), "{fields}\n{}", import.text);
    }
    let hosts = one("extra_hosts: ['Printer=10.1.2.3'], dns: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4]");
    assert_eq!(service(&hosts, "web").hosts["10.1.2.3"], ["printer"]);
    assert_eq!(fate(&hosts, "dns[3]"), Fate::Ignored);
    assert!(refused(&hosts).is_empty());
}

#[test]
fn what_the_table_alone_tells_is_changed() {
    let import = one(
        "networks: [a], logging: { driver: x }, hostname: h, cpu_shares: 5, cpu_quota: 1, oom_score_adj: 1, restart: always, deploy: { update_config: { order: start-first }, rollback_config: { order: stop-first }, restart_policy: { condition: any, delay: 5s } }",
    );
    for (path, expected) in [
        ("networks[0]", Fate::Assumed),
        ("logging.driver", Fate::Changed),
        ("hostname", Fate::Changed),
        ("cpu_shares", Fate::Changed),
        ("deploy.update_config.order", Fate::Changed),
        ("deploy.rollback_config.order", Fate::Changed),
        ("deploy.restart_policy.delay", Fate::Changed),
        ("deploy.restart_policy.condition", Fate::Mapped),
    ] {
        assert_eq!(fate(&import, path), expected, "{path}");
    }
    assert!(!codes(&import).contains(&"SK0832"));
}

#[test]
fn ports_that_others_connect_to_stand_beside_the_declared_ones() {
    let import = import(
        "services:\n  broker: { image: rabbitmq, ports: ['15672:15672'] }\n  a: { image: a, environment: { U: 'amqp://broker:5672' } }\n  b: { image: b, healthcheck: { test: 'nc broker:5673' }, configs: [c] }\nconfigs: { c: { content: 'host = broker:5674' } }\n",
    );
    let broker = service(&import, "broker");
    assert_eq!(broker.port.as_ref().unwrap().value, 15672);
    assert_eq!(broker.ports.values().map(|port| port.value).collect::<Vec<_>>(), [5672, 5673, 5674]);
    assert_eq!(service(&import, "b").uses[0].0.name.value.as_str(), "broker");
    assert!(codes(&import).contains(&"SK0968"));
}

#[test]
fn services_are_found_by_all_of_their_names() {
    let import = import(
        "services:\n  app: { image: a, links: ['db:database'], environment: { D: 'x://database:5432', S: 'http://acme-search:9200', M: 'smtp://mail_out:25', Q: queue } }\n  db: { image: postgres }\n  finder: { image: elasticsearch, container_name: acme-search }\n  broker: { image: rabbitmq, networks: { n: { aliases: [queue] } } }\n  other: { image: o, expose: [1], networks: { n: { aliases: [queue] } } }\n  idle: { image: i, networks: { n: { aliases: [lazy] } } }\n  mail_out: { image: m, expose: [25] }\nnetworks: { n: {} }\n",
    );
    let names = |name: &str| -> Vec<String> {
        let found = service(&import, name).discovery.iter().flat_map(|discovery| &discovery.names);
        found.map(|name| name.value.to_string()).collect()
    };
    assert_eq!(names("db"), ["database.shop.compose.internal", "db.shop.compose.internal"]);
    assert_eq!(names("finder"), ["acme-search.shop.compose.internal", "finder.shop.compose.internal"]);
    assert_eq!(names("broker"), ["broker.shop.compose.internal", "queue.shop.compose.internal"]);
    assert_eq!(names("other"), ["other.shop.compose.internal"]);
    assert_eq!(names("mail-out"), ["mail-out.shop.compose.internal"]);
    assert_eq!(fate(&import, "environment.M"), Fate::Unsupported);
    assert_eq!(fate(&import, "container_name"), Fate::Mapped);
    let of = |name: &str| import.account.objects.iter().find(|object| object.name.as_deref() == Some(name)).unwrap();
    let alias = |name: &str| of(name).leaves.iter().find(|leaf| leaf.path.ends_with("aliases[0]")).unwrap().fate;
    assert_eq!([alias("broker"), alias("other"), alias("idle")], [Fate::Changed, Fate::Unsupported, Fate::Unsupported]);
    assert_eq!(refused(&import), Vec::<String>::new());
}

#[test]
fn a_service_with_a_profile_is_not_public() {
    let import = one("profiles: [debug], ports: ['80:80']");
    assert!(service(&import, "web").routes.is_empty());
    assert_eq!(fate(&import, "profiles[0]"), Fate::Changed);
    assert_eq!(service(&one("profiles: [], ports: ['80:80']"), "web").routes.len(), 1);
}

#[test]
fn keys_are_texts_as_they_are_written() {
    let import = one("environment: { N: 1, Y: 2, ON: 3, OFF: 4, x-y: 5 }, extra_hosts: { x-ray.local: 10.0.0.1 }");
    let env: Vec<_> = service(&import, "web").env.keys().map(|name| name.as_str().to_owned()).collect();
    assert_eq!(env, ["N", "OFF", "ON", "Y"]);
    assert_eq!(fate(&import, "environment.x-y"), Fate::Unsupported);
    assert_eq!(service(&import, "web").hosts["10.0.0.1"], ["x-ray.local"]);
}

#[test]
fn volumes_have_names_of_their_own_and_say_what_they_lose() {
    let scratch = one("volumes: [/var/cache/a, /var/cache-a, /volume], tmpfs: ['/run:mode=1777']");
    assert_eq!((service(&scratch, "web").volumes.len(), service(&scratch, "web").mounts.len()), (4, 4));
    assert_eq!(fate(&scratch, "tmpfs[0]"), Fate::Changed);
    assert_eq!(refused(&scratch), Vec::<String>::new());
    assert_eq!(codes(&one(r#"volumes: ["C:\\data:/data"]"#)), ["SK0959"]);
    let kept = import(
        "services: { db: { image: d, volumes: [{ type: volume, source: v, target: /d, read_only: true, volume: { subpath: s } }] } }\nvolumes: { v: { external: true } }",
    );
    assert_eq!(service(&kept, "db").kind, Kind::Stateful);
    assert_eq!(fate(&kept, "volumes[0].volume.subpath"), Fate::Unsupported);
    assert_eq!(fate(&kept, "volumes[0].read_only"), Fate::Changed);
    assert_eq!(fate(&kept, "external"), Fate::Changed);
    let unknown = one("volumes: ['${DATA}:/data', { type: volume, source: '${DATA}', target: /more }]");
    assert_eq!(codes(&unknown), ["SK0952"]);
    assert!(service(&unknown, "web").volumes.is_empty());
}

#[test]
fn dollar_signs_reach_the_process_as_compose_would_give_them() {
    let import = one(
        "environment: { A: '$$(date)', P: '$$$${X}' }, command: [echo, '$$(HOME)', '$$$$'], healthcheck: { test: [CMD-SHELL, 'test $$(id)'] }, pre_stop: [{ command: [kill, '$$(pid)'] }]",
    );
    let web = service(&import, "web");
    assert_eq!(web.env.values().map(|value| value.value.as_str()).collect::<Vec<_>>(), ["$$(date)", "$$$${X}"]);
    assert_eq!(web.args, ["echo", "$$(HOME)", "$$$$"]);
    assert_eq!(web.health.as_ref().unwrap().readiness.as_ref().unwrap().0.exec[2], "test $$(id)");
    assert_eq!(web.hooks.as_ref().unwrap().before_stop.as_ref().unwrap().exec, ["kill", "$$(pid)"]);
}

#[test]
fn a_missing_variable_inside_a_text_is_left_to_the_runner() {
    let import = one("environment: { URL: 'postgres://app:${PW}@db/$$(x)', PW: other }");
    let web = service(&import, "web");
    let env: Vec<_> = web.env.iter().map(|(name, value)| (name.as_str(), value.value.as_str())).collect();
    assert_eq!(env, [("PW", "other"), ("URL", "postgres://app:$(SHELL_PW)@db/$$(x)")]);
    assert_eq!(web.secrets.keys().map(VariableName::as_str).collect::<Vec<_>>(), ["SHELL_PW"]);
    assert_eq!(fate(&import, "environment.URL"), Fate::Changed);
    let image = self::import("services: { web: { image: 'nginx:${TAG}' } }");
    assert_eq!(codes(&image), ["SK0952"]);
    assert_eq!(image.account.findings.iter().filter(|finding| finding.path == "image").count(), 1);
}

#[test]
fn what_ends_by_itself_is_no_service() {
    let import = import(
        "services:\n  web: { image: w, depends_on: { migrate: { condition: service_completed_successfully } } }\n  migrate: { image: postgres, restart: on-failure }\n",
    );
    assert!(service(&import, "web").uses.is_empty() && service(&import, "migrate").port.is_none());
    assert_eq!(fate(&import, "restart"), Fate::Changed);
    let finding = import.account.findings.iter().find(|finding| finding.code.id == "SK0963").unwrap();
    assert!(finding.action.contains("rollout.before"), "{finding:?}");
}

#[test]
fn other_protocols_and_large_ranges_are_not_served() {
    for ports in ["'9000:9000/sctp'", "'10000-20000:10000-20000/udp'", "{ target: 5, published: 5, protocol: sctp }"] {
        assert_eq!(codes(&one(&format!("ports: [{ports}]"))), ["SK0958"], "{ports}");
    }
    assert_eq!(codes(&one("ports: ['10000-20000:10000-20000']")), ["SK0964"]);
}

#[test]
fn empty_commands_clear_in_both_forms() {
    for fields in ["entrypoint: [], command: ''", "entrypoint: '', command: []"] {
        let import = one(fields);
        assert_eq!([fate(&import, "entrypoint"), fate(&import, "command")], [Fate::Changed; 2], "{fields}");
    }
}

#[test]
fn times_of_health_checks_that_cannot_be_kept_are_changed() {
    let import = one("healthcheck: { test: x, interval: 5s, timeout: 20s, start_period: 1m, retries: 0 }");
    assert_eq!(fate(&import, "healthcheck.interval"), Fate::Mapped);
    assert_eq!(fate(&import, "healthcheck.timeout"), Fate::Changed);
    assert_eq!(fate(&import, "healthcheck.start_period"), Fate::Changed);
    assert_eq!(fate(&import, "healthcheck.retries"), Fate::Ignored);
    assert_eq!(codes(&one("healthcheck: { test: x, interval: 0s }")), ["SK0967"]);
    assert_eq!(fate(&one("healthcheck: { test: x, interval: 1s }"), "healthcheck.interval"), Fate::Changed);
}

#[test]
fn the_worst_that_is_said_of_a_leaf_stays() {
    let import = import("services: { a: { image: a, volumes: ['${V:-v}:/v', 'w:/w'] } }\nvolumes: { v: {}, w: {} }");
    assert_eq!(fate(&import, "volumes[0]"), Fate::Unsupported);
}

#[test]
fn a_circle_is_said_where_the_name_stands() {
    let import = import(
        "services: { a: { image: a, expose: [1], depends_on: [b] }, b: { image: b, expose: [2], environment: { X: 'http://a:1' } } }",
    );
    let circle = import.account.findings.iter().find(|finding| finding.code.id == "SK0969").unwrap();
    assert_eq!((circle.name.as_deref(), circle.path.as_str()), (Some("b"), "environment.X"));
    assert_eq!(fate(&import, "environment.X"), Fate::Unsupported);
}

#[test]
fn defaults_that_are_written_out_ask_for_nothing() {
    let import = one(
        "tty: false, stdin_open: false, stop_signal: SIGTERM, oom_kill_disable: false, ipc: private, pids_limit: 0, label_file: x",
    );
    assert_eq!(codes(&import), Vec::<&str>::new());
    assert_eq!(codes(&one("tty: true, stop_signal: SIGINT")), ["SK0964"]);
}

#[test]
fn what_nobody_uses_is_ignored_and_names_of_secrets_differ() {
    let import = import(
        "services: { a: { image: a, environment: { T: '${T}' }, secrets: [environment] } }\nvolumes: { v: { driver: local } }\nsecrets: { environment: { file: x }, spare: { file: y } }\nconfigs: { c: { content: z } }",
    );
    assert_eq!(codes(&import), ["SK0953"]);
    assert_eq!(fate(&import, "driver"), Fate::Ignored);
    assert_eq!(fate(&import, "content"), Fate::Ignored);
    let secrets: Vec<_> = import.secrets.iter().map(|secret| (secret.name.as_str(), secret.source.as_str())).collect();
    let expected = [
        ("environment", "Compose secret shop/environment"),
        ("shell-environment", "shell variables of shop/shell-environment"),
    ];
    assert_eq!(secrets, expected);
    assert!(
        import.account.objects.iter().all(|object| &*object.kind != "file"),
        "a file without fields has no account"
    );
}

#[test]
fn an_override_is_read_after_what_it_overrides() {
    let options = Options { app: "shop".into(), account: None, region: None, certificates: Vec::new() };
    let input = |name: &str, image: &str| Input {
        name: name.into(),
        bytes: format!("services: {{ a: {{ image: {image} }} }}").into_bytes(),
    };
    let inputs = [input("compose.override.yaml", "new"), input("compose.yaml", "old")];
    let import = compose::import(&inputs, &options);
    assert!(service(&import, "a").image.as_ref().unwrap().repository().ends_with("old"));
}

#[test]
fn the_processor_that_was_chosen_is_said() {
    let assumed = |import: &Import| import.account.findings.iter().any(|finding| finding.code.id == "SK0971");
    assert!(assumed(&one("tty: false")));
    assert!(!assumed(&one("platform: linux/arm64")) && !assumed(&one("platform: linux/amd64")));
}
