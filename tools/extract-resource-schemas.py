#!/usr/bin/env python3
"""Writes compiler/data/schemas, one file per CloudFormation resource type, from the PyPI package cfn-lint.

    pip download --no-deps cfn-lint
    python3 tools/extract-resource-schemas.py cfn_lint-*.whl compiler/data/schemas

cfn-lint (MIT-0) carries AWS's resource schemas of every region; those of us-east-1 are taken, for the types that the
folder holds already. To add a type, create an empty file for it and its line in compiler/src/facts/schema_files.rs.
Prose is dropped. Keys are sorted, one property per line, so that a new version of a schema reads well as a difference.
"""

import json
import pathlib
import sys
import zipfile

REGION = "cfnlint/data/schemas/providers/us-east-1.json"
RESOURCE = "cfnlint/data/schemas/resources/{}.json"
PROSE = {"$comment", "$schema", "description", "documentationUrl", "sourceUrl", "title"}


def without_prose(value, inside_names: bool = False):
    """Drops prose keywords, but never a property or definition that has such a name."""
    if isinstance(value, list):
        return [without_prose(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without_prose(item, not inside_names and key in ("definitions", "patternProperties", "properties"))
        for key, item in value.items()
        if inside_names or key not in PROSE
    }


def lines_of(schema: dict) -> str:
    """Prints the top-level keys, and the entries of their maps, one per line; anything deeper stays compact."""
    printed = []
    for key in sorted(schema):
        value = schema[key]
        if isinstance(value, dict) and value:
            entries = [f"  {json.dumps(name)}:{compact(value[name])}" for name in sorted(value)]
            printed.append(f" {json.dumps(key)}:{{\n" + ",\n".join(entries) + "\n }")
        else:
            printed.append(f" {json.dumps(key)}:{compact(value)}")
    return "{\n" + ",\n".join(printed) + "\n}\n"


def compact(value) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def main(wheel: str, folder: str) -> None:
    package = zipfile.ZipFile(wheel)
    hashes = json.loads(package.read(REGION))
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        schema = without_prose(json.loads(package.read(RESOURCE.format(hashes[file.stem.replace("__", "::")]))))
        file.write_text(lines_of(schema))


if __name__ == "__main__":
    main(*sys.argv[1:])
