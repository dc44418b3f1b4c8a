# Short names for what is done often; `just` lists them. Each is an ordinary command that works without `just` too.

# List the recipes.
default:
    @just --list

# Plan an example: `just plan shop --env prod`.
plan example="hello-web" *arguments:
    cargo run --quiet --locked --bin skiff -- plan examples/{{ example }}/skiff.yaml {{ arguments }}

# All tests.
test:
    cargo test --workspace --locked

# One golden case under real Terraform: `just terraform stack`.
terraform case:
    SKIFF_CASE={{ case }} cargo test --package skiff-tests --test terraform_golden

# Everything that looks at the code without running it.
lint:
    cargo fmt --all --check
    cargo lint
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# Rewrite every golden and every generated page; then read the diff.
bless:
    cargo bless
    SKIFF_BLESS=1 cargo test -p skiff --test command_line pages

# Licences, sources and banned packages; `just advisories` needs the network.
deny:
    cargo deny --locked check bans licenses sources

# Known vulnerabilities, from the RustSec database.
advisories:
    cargo deny --locked check advisories

# Feed one fuzz target for some seconds.
fuzz target seconds="60":
    RUSTC_BOOTSTRAP=1 cargo fuzz run {{ target }} -- -max_total_time={{ seconds }}

# What a service costs to compile.
bench:
    cargo bench -p skiff-tests

# Everything that CI does, here.
ci:
    .ci/run
