//! The judge of rollouts does what its page says: rows of the power tables are measured again, and compared.

use std::{fs, path::Path};

use skiff_runtime::gate::Gate;
use skiff_tests::power::{STAGES, TABLES, chance::Chance};

/// What the compiler lets through, the judge takes: no rollout is refused for a gate that was checked.
#[test]
fn gates_of_plans_are_gates_of_the_judge() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden/plan");
    let mut metrics = std::collections::BTreeSet::new();
    for case in fs::read_dir(folder).unwrap() {
        let Ok(text) = fs::read_to_string(case.unwrap().path().join("plan.json")) else { continue };
        let plan: skiff_wire::Plan = serde_json::from_str(&text).unwrap();
        for motion in plan.services.values() {
            let gates = Gate::all(&motion.rollout.gates).unwrap();
            metrics.extend(gates.iter().map(|gate| gate.metric.word()));
        }
    }
    assert!(metrics.len() >= 11, "{metrics:?}");
}

/// The first row of each table, which takes seconds; `skiff-judge` prints all of them.
#[test]
fn the_page_has_what_is_measured() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/gates.md")).unwrap();
    for table in TABLES {
        let expected = format!("{}{}\n", table.head(), table.row(0, STAGES, 1));
        assert!(
            page.contains(&expected),
            "run `cargo run -p skiff-tests --bin skiff-judge`; docs/gates.md lacks\n{expected}"
        );
    }
}

#[test]
fn chance_is_what_it_says() {
    let mut chance = Chance::new(7, 0);
    let count: u32 = (0..1000).map(|_| chance.of(1000, 0.01)).sum();
    assert!((9_700..10_300).contains(&count), "{count}");
    let time: f64 = (0..100_000).map(|_| chance.time(50.0)).sum::<f64>() / 100_000.0;
    assert!((49.0..51.0).contains(&time), "{time}");
    assert_eq!(chance.of(1000, 0.0), 0);
    assert_eq!(chance.of(1000, 1.0), 1000);
}
