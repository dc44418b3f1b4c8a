//! The JSON Schemas of what commands put into `data`, made from the types that they print or that say how it looks.
//!
//! They are committed below `docs/schema/data`, and the page of the command contract says which command has which. The test
//! here compares both; other tests hold what commands really print against them.

pub(crate) mod ledger;
pub(crate) mod operation;
pub(crate) mod provider;
pub(crate) mod spec;

use schemars::{JsonSchema, Schema, generate::SchemaSettings};

use crate::{
    command::release::{Releases, ShownRelease},
    graph::Graph,
    releasing::Deployed,
    schemas::operation::{Acted, Answered, Approved, Asked, CutOver, Drained, Nothing, Retried, RolledBack, Scaled},
    standing::Standing,
};

/// The commands whose `data` has a schema, with its name; sorted by the command.
pub(crate) const COMMANDS: &[(&str, &str)] = &[
    ("approve", "approve"),
    ("audit", "events"),
    ("check", "check"),
    ("completions", "completions"),
    ("deploy", "deploy"),
    ("destroy", "restart"),
    ("diff", "diff"),
    ("doctor", "doctor"),
    ("events", "events"),
    ("explain", "explain"),
    ("explain-resource", "explain-resource"),
    ("generate cloudformation", "generate-cloudformation"),
    ("generate terraform", "generate-terraform"),
    ("import compose", "import"),
    ("import kube", "import"),
    ("init", "init"),
    ("keys enroll", "root-changed"),
    ("keys list", "keys-list"),
    ("keys new", "keys-new"),
    ("keys renew", "root-changed"),
    ("keys revoke", "root-changed"),
    ("keys rotate", "root-changed"),
    ("keys sign-root", "root-changed"),
    ("local down", "local-down"),
    ("local run", "local-run"),
    ("local status", "local-status"),
    ("local up", "local-up"),
    ("lock", "lock-data"),
    ("logs", "logs"),
    ("man", "man"),
    ("plan", "plan-data"),
    ("quickstart", "quickstart"),
    ("release create", "release-create"),
    ("release list", "release-list"),
    ("release revoke", "root-changed"),
    ("release show", "release-show"),
    ("release verify", "release-verify"),
    ("restart", "restart"),
    ("resume", "restart"),
    ("rollback", "rollback"),
    ("saga abort", "saga-asked"),
    ("saga approve", "approve"),
    ("saga compensate", "saga-asked"),
    ("saga list", "saga-list"),
    ("saga pause", "saga-asked"),
    ("saga plan canary", "deploy"),
    ("saga plan deploy", "deploy"),
    ("saga plan destroy", "restart"),
    ("saga plan drain", "drain"),
    ("saga plan restart", "restart"),
    ("saga plan rollback", "rollback"),
    ("saga plan scale", "scale"),
    ("saga plan shadow", "deploy"),
    ("saga plan traffic-cutover", "traffic-cutover"),
    ("saga reject", "saga-answered"),
    ("saga report", "saga-report"),
    ("saga resume", "restart"),
    ("saga retry", "saga-retry"),
    ("saga show", "saga-show"),
    ("saga skip", "saga-answered"),
    ("saga start canary", "deploy"),
    ("saga start deploy", "deploy"),
    ("saga start destroy", "restart"),
    ("saga start drain", "drain"),
    ("saga start restart", "restart"),
    ("saga start rollback", "rollback"),
    ("saga start scale", "scale"),
    ("saga start shadow", "deploy"),
    ("saga start traffic-cutover", "traffic-cutover"),
    ("saga watch", "saga-show"),
    ("scale", "scale"),
    ("schema", "schema"),
    ("secret list", "secret-list"),
    ("secret set", "secret-set"),
    ("state gc", "state-gc"),
    ("state repair", "state-repair"),
    ("state verify", "state-verify"),
    ("status", "status"),
    ("worker", "worker"),
];

/// The names of the schemas, sorted, each once.
pub(crate) fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = COMMANDS.iter().map(|(_, name)| *name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The schema with a name.
pub(crate) fn named(name: &str) -> Option<Schema> {
    Some(match name {
        "approve" => of::<Approved>(),
        "deploy" => of::<Deployed>(),
        "drain" => of::<Acted<Drained>>(),
        "restart" => of::<Acted<Nothing>>(),
        "rollback" => of::<Acted<RolledBack>>(),
        "saga-answered" => of::<Answered>(),
        "saga-asked" => of::<Asked>(),
        "saga-list" => of::<operation::Listed>(),
        "saga-report" => of::<operation::Reported>(),
        "saga-retry" => of::<Acted<Retried>>(),
        "saga-show" => of::<Graph>(),
        "scale" => of::<Acted<Scaled>>(),
        "status" => of::<Standing>(),
        "traffic-cutover" => of::<Acted<CutOver>>(),
        "worker" => of::<operation::Worked>(),
        name => return of_ledger(name).or_else(|| of_spec(name)),
    })
}

fn of_ledger(name: &str) -> Option<Schema> {
    Some(match name {
        "doctor" => of::<ledger::Doctored>(),
        "events" => of::<ledger::Events>(),
        "keys-list" => of::<ledger::Keys>(),
        "keys-new" => of::<ledger::KeyMade>(),
        "local-down" => of::<ledger::Down>(),
        "local-run" => of::<ledger::JobRun>(),
        "local-status" => of::<provider::LocalStatus>(),
        "local-up" => of::<ledger::Up>(),
        "logs" => of::<ledger::Logs>(),
        "quickstart" => of::<ledger::Walked>(),
        "release-create" => of::<ledger::ReleaseMade>(),
        "release-list" => of::<Releases>(),
        "release-show" => of::<ShownRelease>(),
        "release-verify" => of::<ledger::ReleaseVerified>(),
        "root-changed" => of::<ledger::RootChanged>(),
        "secret-list" => of::<ledger::Secrets>(),
        "secret-set" => of::<ledger::SecretSet>(),
        "state-gc" => of::<ledger::Collected>(),
        "state-repair" => of::<ledger::Repaired>(),
        "state-verify" => of::<ledger::Verified>(),
        _ => return None,
    })
}

fn of_spec(name: &str) -> Option<Schema> {
    Some(match name {
        "check" => of::<spec::Checked>(),
        "completions" => of::<spec::Script>(),
        "diff" => of::<spec::Differs>(),
        "explain" => of::<spec::Explained>(),
        "explain-resource" => of::<spec::ResourcesExplained>(),
        "generate-cloudformation" => of::<spec::Template>(),
        "generate-terraform" => of::<spec::Tree>(),
        "import" => of::<spec::Imported>(),
        "init" => of::<spec::Begun>(),
        "lock-data" => of::<spec::Locked>(),
        "man" => of::<spec::Manual>(),
        "plan-data" => of::<spec::Planned>(),
        "schema" => of::<spec::SchemaShown>(),
        _ => return None,
    })
}

/// The schema of what is written, which is stricter than that of what could be read.
fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        env, fs,
        path::{Path, PathBuf},
    };

    use clap::CommandFactory as _;

    use super::*;
    use crate::{arguments::Arguments, document};

    /// Commands that answer to nobody: other commands start them, or what they print is not theirs.
    const WITHOUT: &[&str] =
        &["demo", "doctor contend", "local balance", "local supervise", "runner guard", "runner launch"];
    const BEGIN: &str = "<!-- schemas of `data`: made by a test -->\n";
    const END: &str = "<!-- end of the schemas -->\n";

    fn docs(relative: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(relative)
    }

    fn compare(path: &Path, text: &str) {
        if env::var_os("SKIFF_BLESS").is_some() {
            fs::write(path, text).unwrap();
        }
        let committed = fs::read_to_string(path).unwrap_or_default();
        assert!(committed == text, "{} is not what `SKIFF_BLESS=1` would write", path.display());
    }

    #[test]
    fn the_committed_schemas_are_those_of_the_types() {
        let mut names = BTreeSet::new();
        for name in super::names() {
            let schema = named(name).unwrap_or_else(|| panic!("no type for {name}"));
            compare(&docs(&format!("schema/data/{name}.v1.json")), &document::to_json(&schema).unwrap());
            names.insert(format!("{name}.v1.json"));
        }
        let there = fs::read_dir(docs("schema/data")).unwrap();
        let there = there.map(|file| file.unwrap().file_name().into_string().unwrap());
        assert_eq!(there.collect::<BTreeSet<_>>(), names, "and no others");
    }

    #[test]
    fn the_page_of_the_contract_says_which_command_has_which() {
        let page = fs::read_to_string(docs("command-contract.md")).unwrap();
        let (before, rest) = page.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        let row = |(command, name): &(&str, &str)| format!("| `{command}` | [{name}](schema/data/{name}.v1.json) |\n");
        let rows: String = COMMANDS.iter().map(row).collect();
        let page = format!("{before}{BEGIN}| command | schema of `data` |\n|---|---|\n{rows}{END}{after}");
        compare(&docs("command-contract.md"), &page);
    }

    #[test]
    fn each_command_that_prints_json_has_one() {
        fn leaves(command: &clap::Command, before: &str, all: &mut Vec<String>) {
            for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
                let path = format!("{before} {}", below.get_name()).trim().to_owned();
                match below.has_subcommands() {
                    true => leaves(below, &path, all),
                    false => all.push(path),
                }
            }
        }
        let mut all = Vec::new();
        leaves(&Arguments::command(), "", &mut all);
        let without = all.iter().filter(|path| !COMMANDS.iter().any(|(command, _)| command == path));
        let without: Vec<&String> = without.filter(|path| !WITHOUT.contains(&path.as_str())).collect();
        assert_eq!(without, [] as [&String; 0]);
        let gone = COMMANDS.iter().filter(|(command, _)| !all.iter().any(|path| path == command)).collect::<Vec<_>>();
        assert_eq!(gone, [] as [&(&str, &str); 0], "commands that there are not");
        assert!(COMMANDS.is_sorted(), "sorted by the command");
    }
}
