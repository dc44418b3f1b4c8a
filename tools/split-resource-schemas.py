#!/usr/bin/env python3
"""Writes one file per CloudFormation resource type from a map of type name to resource schema.

    python3 tools/split-resource-schemas.py resource-schemas.json compiler/data/schemas

The input is the map that docs/data-sources.md describes. Each output is one schema with sorted keys, one property
per line, so that a new version of a schema reads well as a difference.
"""

import json
import pathlib
import sys


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


def main(source: str, folder: str) -> None:
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for type_name, schema in json.loads(pathlib.Path(source).read_text()).items():
        printed = lines_of(schema)
        assert json.loads(printed) == schema, type_name
        (target / f"{type_name.replace('::', '__')}.json").write_text(printed)


if __name__ == "__main__":
    main(*sys.argv[1:])
