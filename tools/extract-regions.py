#!/usr/bin/env python3
"""Writes compiler/data/regions.tsv from the PyPI packages botocore and moto.

    pip download --no-deps botocore moto
    python3 tools/extract-regions.py botocore-*.whl moto-*.whl compiler/data/regions.tsv

Regions and partitions: botocore/data/partitions.json (Apache-2.0). Zone letters: moto's copy of EC2's
DescribeInstanceTypeOfferings by zone (Apache-2.0). Columns: region, partition, zone letters (empty when not known),
account that delivers load balancer logs (empty where a service principal does).
"""

import gzip
import json
import pathlib
import re
import sys
import zipfile

PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
OFFERINGS = re.compile(r"moto/ec2/resources/instance_type_offerings/availability-zone/(.+)\.json\.gz")

# Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer"; the figures agree with
# ELBV2_ACCOUNTS of aws-cdk's region facts (Apache-2.0). Elsewhere the guide's service principal delivers in every region,
# and the accounts are what it calls legacy; for China and GovCloud it was not seen to say so.
LOG_ACCOUNTS = {
    "cn-north-1": "638102146993", "cn-northwest-1": "037604701340",
    "us-gov-east-1": "190560391635", "us-gov-west-1": "048591011584",
}


def zone_letters(moto: zipfile.ZipFile) -> dict[str, str]:
    letters = {}
    for name in moto.namelist():
        if match := OFFERINGS.fullmatch(name):
            offered = json.loads(gzip.decompress(moto.read(name)))
            region = match.group(1)
            letters[region] = "".join(sorted(zone.removeprefix(region) for zone in locations(offered)))
    return letters


def locations(offered) -> set[str]:
    return {entry["Location"] for entry in offered} if isinstance(offered, list) else set(offered)


def main(botocore: str, moto: str, target: str) -> None:
    partitions = json.loads(zipfile.ZipFile(botocore).read("botocore/data/partitions.json"))["partitions"]
    letters = zone_letters(zipfile.ZipFile(moto))
    rows = [
        "\t".join((region, partition["id"], letters.get(region, ""), LOG_ACCOUNTS.get(region, "")))
        for partition in partitions
        if partition["id"] in PARTITIONS
        for region in partition["regions"]
        if not region.endswith("-global")
    ]
    pathlib.Path(target).write_text("\n".join(sorted(rows)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
