#!/usr/bin/env python3
"""Writes compiler/data/instance-types.tsv from the instance types that the PyPI package moto carries.

    pip download --no-deps moto
    python3 tools/extract-instance-types.py moto-*.whl compiler/data/instance-types.tsv

moto/ec2/resources/instance_types.json.gz is the output of EC2's DescribeInstanceTypes (Apache-2.0). Columns: name,
architecture, vCPUs, memory in MiB, GPUs, baseline in percent of each vCPU (empty when the type is not burstable).
"""

import gzip
import json
import pathlib
import sys
import zipfile

FAMILIES = (
    "t3 t3a t4g m6a m6g m6i m7a m7g m7i m8g c6a c6g c6i c7a c7g c7i c8g "
    "r6a r6g r6i r7a r7g r7i r8g g4dn g5 g6 g6e"
).split()

# The same for t3, t3a and t4g: EC2 user guide, "Key concepts for burstable performance instances".
BASELINE_PERCENT = {"nano": 5, "micro": 10, "small": 20, "medium": 20, "large": 30, "xlarge": 40, "2xlarge": 40}


def row(name: str, described: dict) -> str:
    size = name.split(".")[1]
    architectures = described["ProcessorInfo"]["SupportedArchitectures"]
    gpus = sum(gpu["Count"] for gpu in described.get("GpuInfo", {}).get("Gpus", []))
    columns = (
        name,
        "arm64" if "arm64" in architectures else "x86_64",
        described["VCpuInfo"]["DefaultVCpus"],
        described["MemoryInfo"]["SizeInMiB"],
        gpus,
        BASELINE_PERCENT[size] if described["BurstablePerformanceSupported"] else "",
    )
    return "\t".join(str(column) for column in columns)


def main(wheel: str, target: str) -> None:
    packed = zipfile.ZipFile(wheel).read("moto/ec2/resources/instance_types.json.gz")
    described = json.loads(gzip.decompress(packed))
    rows = [
        row(name, entry)
        for name, entry in sorted(described.items())
        if name.split(".")[0] in FAMILIES and not entry["BareMetal"]
    ]
    pathlib.Path(target).write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
