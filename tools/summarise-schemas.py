"""Writes compiler/data/type-facts.tsv from compiler/data/schemas: what every plan asks of a type, without parsing JSON.

    python3 tools/summarise-schemas.py

A row: type, property of its tags, form of its tags (list, propagated, map), IAM actions of its handlers. A type that takes
no tags has `-` twice. A test derives the same from the schemas.
"""

import json
import pathlib


def resolve(schema, definition):
    """Follows a `$ref` to its definition."""
    target = definition.get("$ref", "").removeprefix("#/")
    for part in target.split("/") if target else []:
        schema = schema.get(part, {})
    return schema if target else definition


def tags(schema):
    """The property of the tags and their form."""
    tagging = schema.get("tagging", {})
    if not tagging.get("taggable") or "tagProperty" not in tagging:
        return "-", "-"
    name = tagging["tagProperty"].removeprefix("/properties/")
    items = resolve(schema, schema["properties"][name]).get("items")
    if items is None:
        return name, "map"
    propagated = "PropagateAtLaunch" in resolve(schema, items).get("properties", {})
    return name, "propagated" if propagated else "list"


def actions(schema):
    """What all handlers call, sorted."""
    handlers = schema.get("handlers", {}).values()
    return sorted({action for handler in handlers for action in handler.get("permissions", [])})


rows = []
for file in pathlib.Path("compiler/data/schemas").glob("*.json"):
    schema = json.loads(file.read_text())
    rows.append("\t".join([schema["typeName"], *tags(schema), " ".join(actions(schema))]))
rows.sort(key=lambda row: row.split("\t")[0].lower())
pathlib.Path("compiler/data/type-facts.tsv").write_text("".join(row + "\n" for row in rows))
