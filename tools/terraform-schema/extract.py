#!/usr/bin/env python3
"""Rebuilds the schema of the Terraform AWS provider from the npm package @cdktn/provider-aws (MPL-2.0).

    npm install --prefix /some/empty/folder @cdktn/provider-aws@25.7.0 cdktn@0.24 constructs@10.6
    python3 tools/terraform-schema/extract.py /some/empty/folder/node_modules/@cdktn/provider-aws \\
        > tests/terraform-provider/data/aws-6.66.0.json

The package is generated from `terraform providers schema -json` of AWS provider 6.66.0. What is read is its JavaScript,
as text: every class has one member per attribute or block, with a comment that says what of computed, optional and
required it is; a function beside it says whether a member is written as a block. `types.txt` lists what is kept.

The package has lost descriptions, schema versions, `sensitive` and item limits above one; the NOTICE beside the result
says so.
"""

import json
import re
import sys
from pathlib import Path

PROVIDER_VERSION = "6.66.0"

MEMBER = re.compile(
    r"^    // (?P<name>\w+) - computed: (?P<computed>\w+), optional: (?P<optional>\w+), required: (?P<required>\w+)$"
)
CLASS = re.compile(r"^class (?P<name>\w+) extends cdktn\.(?P<base>\w+) \{$")
FUNCTION = re.compile(r"^function (?P<name>\w+)ToHclTerraform\(struct\) \{$")
NESTED = re.compile(r"= new (?P<class>\w+?)(?P<form>List|OutputReference)\(this, \"\w+\"(?:, (?P<set>true|false))?\);")
GETTER = re.compile(r"return .*?this\.get(?P<kind>\w+)Attribute\('")
ENTRY = re.compile(
    r"^ +(?P<name>\w+): \{\n"
    r" +value: (?P<value>.*),\n +isBlock: (?P<block>true|false),\n +type: \"(?P<type>\w+)\",",
    re.M,
)

SIMPLE = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
}

# Secrets in arguments that the provider marks and the package does not.
SENSITIVE = {("aws_db_instance", "password"), ("aws_db_instance", "password_wo")}


class Module:
    """One file of the package, cut into its classes and the entries of its functions."""

    def __init__(self, path):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("//# source")]
        text = "\n".join(lines)
        self.bodies = {}
        self.entries = {}
        for start, line in enumerate(lines):
            found = CLASS.match(line) or FUNCTION.match(line)
            if found:
                body = lines[start:lines.index("}", start) + 1]
                target = self.bodies if line.startswith("class") else self.entries
                target[found["name"]] = body
        self.entries = {name.lower(): entries("\n".join(body)) for name, body in self.entries.items()}
        self.main = re.search(r"^class (\w+) extends cdktn\.Terraform(?:Resource|DataSource|Provider) ", text, re.M)[1]

    def block(self, of):
        """The schema of the struct or resource whose class is named; None for the main class."""
        body = self.bodies[self.main if of is None else f"{of}OutputReference"]
        written = entries("\n".join(body)) if of is None else self.entries.get(of.lower(), {})
        attributes, blocks = {}, {}
        for name, flags, source in members(body):
            entry = written.get(name)
            if entry and is_block(entry):
                blocks[name] = self.nested_block(flags, source, entry)
            else:
                attributes[name] = self.attribute(flags, source, entry)
        result = {"attributes": dict(sorted(attributes.items()))}
        if blocks:
            result["block_types"] = dict(sorted(blocks.items()))
        return result

    def attribute(self, flags, source, entry):
        result = {"type": self.type_of(source, entry), **flags}
        if entry and "markWriteOnlyAttribute" in entry["value"]:
            result["write_only"] = True
        return result

    def type_of(self, source, entry):
        nested = NESTED.search(source)
        if nested:
            fields = ["object", self.object_fields(nested["class"])]
            if nested["form"] == "OutputReference":
                return fields if entry is None or entry["type"] == "struct" else ["list", fields]
            return ["set" if nested["set"] == "true" else "list", fields]
        if "new cdktn.StringMap(" in source:
            return ["map", "string"]
        if "new cdktn.BooleanMap(" in source:
            return ["map", "bool"]
        if entry and entry["type"] in ("list", "set", "map") and "ToHclTerraform" in entry["value"]:
            return [entry["type"], element_of(entry)]
        getter = GETTER.search(source)
        if getter is None:
            sys.exit(f"no type can be read from:\n{source}")
        plain = SIMPLE[getter["kind"]]
        return ["set", plain[1]] if "Fn.tolist(" in source and plain[0] == "list" else plain

    def object_fields(self, name):
        block = self.block(name)
        if "block_types" in block:
            sys.exit(f"{name} is an attribute and has blocks")
        return {field: attribute["type"] for field, attribute in block["attributes"].items()}

    def nested_block(self, flags, source, entry):
        nested = NESTED.search(source)
        many = "listMapperHcl" in entry["value"]
        mode = {"struct": "single", "set": "set", "list": "list"}[entry["type"]]
        result = {"nesting_mode": mode}
        if mode != "single" and flags.get("required"):
            result["min_items"] = 1
        if mode != "single" and not many:
            result["max_items"] = 1
        result["block"] = self.block(nested["class"])
        return result


    def provider_block(self, written):
        """The provider's own arguments have no typed members: all are optional, and the entries tell the rest."""
        attributes, blocks = {}, {}
        for name, entry in sorted(written.items()):
            if entry["block"] == "true":
                of = re.search(r"(\w+)ToHclTerraform", entry["value"])[1].lower()
                mode = "set" if entry["type"] == "set" else "list"
                blocks[name] = {"nesting_mode": mode, "block": self.provider_block(self.entries[of])}
            else:
                element = element_of(entry)
                plain = entry["type"] == "simple"
                attributes[name] = {"type": element if plain else [entry["type"], element], "optional": True}
        return {"attributes": attributes, **({"block_types": blocks} if blocks else {})}

    def provider(self):
        return self.provider_block(entries("\n".join(self.bodies[self.main])))


def element_of(entry):
    word = re.search(r"cdktn\.(string|number|boolean)ToHcl", entry["value"])[1]
    return "bool" if word == "boolean" else word


def is_block(entry):
    """The mapper's second argument is false for an attribute that is a list of objects: `ingress = [{…}]`."""
    return entry["block"] == "true" and not re.search(r"listMapperHcl\(.*, false\)", entry["value"])


def entries(text):
    return {found["name"]: found.groupdict() for found in ENTRY.finditer(text)}


def members(body):
    """Name, flags and source text of each member, which ends where the next begins."""
    starts = [index for index, line in enumerate(body) if MEMBER.match(line)]
    for start, end in zip(starts, starts[1:] + [len(body)]):
        found = MEMBER.match(body[start])
        flags = {flag: True for flag in ("required", "optional", "computed") if found[flag] == "true"}
        yield found["name"], flags, "\n".join(body[start:end])


def read(package, line):
    kind, _, name = line.partition(" ")
    # The package names the folder of a type after the type, with dashes.
    folder = {"provider": "provider", "resource": name[4:], "data": f"data-{name}"}[kind].replace("_", "-")
    module = Module(package / "lib" / folder / "index.js")
    block = module.provider() if kind == "provider" else module.block(None)
    for attribute, schema in block["attributes"].items():
        if kind == "resource" and (name, attribute) in SENSITIVE:
            schema["sensitive"] = True
    return kind, name, {"version": 0, "block": block}


def printed(value, depth=0):
    """JSON with a line for each attribute and for the first words of each block."""
    pad = " " * (depth + 1)
    is_attribute = isinstance(value, dict) and "type" in value and not isinstance(value["type"], dict)
    if not isinstance(value, dict) or is_attribute or not value:
        return json.dumps(value, separators=(",", ":"))
    plain = [(key, item) for key, item in value.items() if not isinstance(item, dict)]
    deep = [(key, item) for key, item in value.items() if isinstance(item, dict)]
    first = ",".join(f"{json.dumps(key)}:{json.dumps(item)}" for key, item in plain)
    rest = [f"\n{pad}{json.dumps(key)}:{printed(item, depth + 1)}" for key, item in deep]
    return "{" + ",".join(([first] if plain else []) + rest) + "}"


def main():
    package = Path(sys.argv[1])
    wanted = (Path(__file__).parent / "types.txt").read_text().splitlines()
    schemas = {"provider": None, "resource": {}, "data": {}}
    for line in wanted:
        if not line.startswith("#"):
            kind, name, schema = read(package, line)
            if kind == "provider":
                schemas["provider"] = schema
            else:
                schemas[kind][name] = schema
    print(printed({
        "format_version": "1.0",
        "provider_version": PROVIDER_VERSION,
        "provider": schemas["provider"],
        "resource_schemas": schemas["resource"],
        "data_source_schemas": schemas["data"],
    }))


main()
