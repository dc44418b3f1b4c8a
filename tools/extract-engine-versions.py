"""Writes compiler/data/engine-versions.tsv: the versions of RDS engines on which an instance can be made.

    pip download --no-deps --no-binary :none: cfn-lint==1.58.0 -d IN && unzip IN/cfn_lint-*.whl -d IN
    python3 tools/extract-engine-versions.py IN/cfnlint/data/schemas/extensions/aws_rds_dbinstance

The input is cfn-lint's copy of what RDS's DescribeDBEngineVersions answers (MIT-0); deprecated versions are left out.
"""

import json
import pathlib
import re
import sys

ENGINES = ("mariadb", "mysql", "postgres")


def versions(path, engine, branch):
    """The enumerated versions of an engine in one of cfn-lint's conditional schemas."""
    for rule in json.loads(path.read_text())["allOf"]:
        condition = rule["if"]["properties"]
        if condition.get("Engine", {}).get("const") == engine:
            return set(branch(rule) or [])
    return set()


def main(folder):
    known = lambda rule: rule.get("then", {}).get("properties", {}).get("EngineVersion", {}).get("enum")
    gone = lambda rule: rule["if"]["properties"].get("EngineVersion", {}).get("enum")
    rows = []
    for engine in ENGINES:
        alive = versions(folder / "engine_version.json", engine, known)
        alive -= versions(folder / "engine_version_deprecated.json", engine, gone)
        rows += [(engine, version) for version in alive if re.fullmatch(r"[0-9]+(\.[0-9]+)+", version)]
    text = "".join(f"{engine}\t{version}\n" for engine, version in sorted(rows))
    pathlib.Path("compiler/data/engine-versions.tsv").write_text(text)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
