#!/usr/bin/env python3
"""Writes compiler/data/prices.tsv: list prices in micro-dollars, each with the key of its source.

    pip download --no-deps apache-libcloud==3.9.1
    python3 tools/build-prices.py apache_libcloud-3.9.1-*.whl compiler/data

Three inputs: tools/prices/ec2-us-east-1.txt and tools/prices/transcribed.tsv, which were transcribed by hand from the
sources in compiler/data/price-sources.tsv, and libcloud's libcloud/data/pricing.json for EC2 in the other regions.

libcloud's figures need a filter. Some are 0 (nothing was found) and some are the price of dedicated tenancy, 6 or 10 %
above the one wanted. Within one family and region the price of every size stands in one proportion to its price in
us-east-1, so the sizes of a family vote: a price is kept when its proportion is the lowest one of the family, and when
three sizes share that proportion, or two share it and others stand a surcharge above it. A family that stands a
surcharge above a sibling (c6g above c7g) is dropped: all its sizes were found wrong. The rest is left out. Run on
us-east-1 itself, where the true prices are known, the filter must let no wrong price through; the script checks that.
"""

import json
import pathlib
import re
import sys
import zipfile

SAME = 0.004
SURCHARGES = ((1.05, 1.075), (1.09, 1.11))
REFERENCE = "us-east-1"


def is_surcharged(proportion: float, lowest: float) -> bool:
    return any(low < proportion / lowest < high for low, high in SURCHARGES)


def reference_prices(path: pathlib.Path) -> dict[str, float]:
    words = path.read_text().split()
    return {name: float(price) for name, price in zip(words[::2], words[1::2], strict=True)}


def trusted(listed: dict[str, float], reference: dict[str, float]) -> dict[str, float]:
    """Keeps the prices of one family in one region that the vote confirms."""
    proportions = {name: price / reference[name] for name, price in listed.items() if price > 0}
    if not proportions:
        return {}
    lowest = min(proportions.values())
    agreeing = {name for name, proportion in proportions.items() if proportion <= lowest * (1 + SAME)}
    surcharged = [proportion for proportion in proportions.values() if is_surcharged(proportion, lowest)]
    if len(agreeing) >= 3 or (len(agreeing) == 2 and surcharged):
        return {name: listed[name] for name in agreeing}
    return {}


def without_surcharged_families(
    families: dict[str, dict[str, float]], reference: dict[str, float]
) -> dict[str, float]:
    """Joins the prices of one region, leaving out each family that stands a surcharge above a sibling."""
    lowest = {
        family: min(price / reference[name] for name, price in kept.items())
        for family, kept in families.items()
        if kept
    }
    joined = {}
    for family, proportion in lowest.items():
        siblings = [lowest[other] for other in lowest if sibling_name(other) == sibling_name(family)]
        if not any(is_surcharged(proportion, sibling) for sibling in siblings):
            joined |= families[family]
    return joined


def sibling_name(family: str) -> str:
    """Families of one name but for the generation are siblings: c6g and c7g."""
    return re.sub(r"\d", "", family)


def region_names(data: str) -> list[str]:
    lines = (pathlib.Path(data) / "regions.tsv").read_text().splitlines()
    return [line.split("\t")[0] for line in lines]


def ec2_rows(wheel: str, regions: list[str], reference: dict[str, float]) -> list[tuple]:
    listed = json.loads(zipfile.ZipFile(wheel).read("libcloud/data/pricing.json"))["compute"]["ec2_linux"]
    rows = [(REFERENCE, f"ec2:{name}", "h", price, "karpenter") for name, price in reference.items()]
    for region in regions:
        offered = {name: listed.get(name, {}).get(region, 0) for name in reference}
        families: dict[str, dict[str, float]] = {}
        for name, price in offered.items():
            families.setdefault(name.split(".")[0], {})[name] = price
        voted = {family: trusted(prices, reference) for family, prices in families.items()}
        kept = without_surcharged_families(voted, reference)
        if region == REFERENCE:
            wrong = [name for name in kept if abs(kept[name] - reference[name]) > SAME * reference[name]]
            assert not wrong, wrong
            continue
        rows += [(region, f"ec2:{name}", "h", price, "libcloud") for name, price in kept.items()]
    return rows


def transcribed_rows(path: pathlib.Path) -> list[tuple]:
    lines = [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [(region, item, unit, float(price), source) for region, item, unit, price, source in lines]


def main(wheel: str, data: str) -> None:
    inputs = pathlib.Path(__file__).parent / "prices"
    rows = ec2_rows(wheel, region_names(data), reference_prices(inputs / "ec2-us-east-1.txt"))
    rows += transcribed_rows(inputs / "transcribed.tsv")
    lines = [
        "\t".join((region, item, unit, str(round(price * 1_000_000)), source))
        for region, item, unit, price, source in sorted(rows)
    ]
    keys = [line.split("\t")[:2] for line in lines]
    assert len(keys) == len({tuple(key) for key in keys}), "a price stands twice"
    (pathlib.Path(data) / "prices.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
