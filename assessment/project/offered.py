"""Names a free-text field may be filled with, offered on the Excel form as a drop-down: what the register and the libraries know.

Anything else may still be typed; a name nobody knows is then asked back by accounting. A field that names nothing of the kind has no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

REAGENTS = ("石灰石", "尿素")  # what desulphurisation and denitrification use that carries carbon
CLINKER = "process.clinker."
DEDUCTED = "process.raw_deduction."
FIXED = "process.fixed_carbon."
STEEL = ("cets_steel_2024", "guide_2013_steel")

# Figures only one sector has, by id.
FIGURES = {
    "power": ("generated", "supplied", "supply_", "generation_", "heat_"),
    "steel": ("per_crude_steel",),
    "cement": ("clinker_", "cement_"),
}
_ASIDE = re.compile(r"（[^（）]*）$")

Offered = dict[tuple[str, str], tuple[str, ...]]


def offered(sector: str) -> Offered:
    """Return the names on offer for a sector by (table, field), each list once and in the order of the register."""
    from tanping.assessment.crosscheck.figures import ALIASES
    from tanping.assessment.measures.library import of_sector

    others = tuple(start for its, starts in FIGURES.items() if its != sector for start in starts)
    fuels, materials = _fuels(sector), _materials(sector)
    site = _all("construction.material.", "construction.site_energy.", "construction.transport.truck")
    made = {
        ("fuels", "fuel"): fuels,
        ("materials", "material"): materials,
        ("construction", "item"): site,
        ("measures", "measure"): [measure.name for measure in of_sector(sector)],
        ("declared", "figure"): [names[0] for id, names in ALIASES.items() if not id.startswith(others)],
        ("flows", "item"): [*fuels, *materials],
        ("products", "product"): _products(sector),
        ("controls", "reagent"): [*REAGENTS, "无"],
        ("controls", "fuel"): ["无", *fuels],
    }
    return {place: tuple(dict.fromkeys(names)) for place, names in made.items() if names}


def _fuels(sector: str) -> list[str]:
    from tanping.assessment.accounting.books import STANDARDS
    from tanping.factors.register import load_register

    mine = {name for (its, _), standards in STANDARDS.items() if its == sector for name in standards}
    return [record.name for record in load_register() if record.item.startswith("fuel.") and record.standard in mine]


def _materials(sector: str) -> list[str]:
    from tanping.factors.register import load_register

    if sector == "power":
        return list(REAGENTS)
    if sector == "cement":
        return _named(DEDUCTED)
    found = [record for record in load_register() if record.item.startswith("process.") and record.standard in STEEL]
    return _bare(record.name for record in found)


def _products(sector: str) -> list[str]:
    return {"cement": _named(CLINKER), "steel": ["粗钢", "钢材", "生铁", "焦炭", "烧结矿", "球团矿"]}.get(sector, [])


def _all(*prefixes: str) -> list[str]:
    from tanping.factors.register import load_register

    return [record.name for record in load_register() if record.item.startswith(prefixes)]


def _named(*prefixes: str) -> list[str]:
    return _bare(_all(*prefixes))


def _bare(names: Iterable[str]) -> list[str]:
    """Names without the words that tell the kind of factor: ``固碳产品 粗钢`` is 粗钢, ``生铁（外购含碳原料）`` 生铁."""
    return [_ASIDE.sub("", name.rsplit(" ", 1)[-1]) for name in names]
