"""Write ``units_data.py`` from ``units.yaml``, so that reading a quantity needs neither YAML nor pint.

Run ``python -m tanping.records.units_build`` after editing the unit file. The data is one text a table, because a module
of nested literals takes 20 ms to compile where no bytecode may be written.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from tanping.records.located import read_yaml
from tanping.records.unit_grammar import Atom, combine, parse
from tanping.records.unit_table import write_dimension

SOURCE = Path(__file__).with_name("units.yaml")
TARGET = Path(__file__).with_name("units_data.py")
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "units.md"
MARK = "<!-- 以下由 units_build 生成 -->"
_HEAD = '"""Generated from units.yaml by units_build.py: edit the YAML, not this."""\n'


def build(source: Path = SOURCE) -> str:
    """Return the text of the generated module. ValueError for a spelling given twice or an undeclared base."""
    data = read_yaml(source).data
    units = _units(data)
    atoms = _by_spelling(units)
    unknown = {base for atom in atoms.values() for base, _ in atom.dimension} - set(data["bases"])
    if unknown:
        raise ValueError(f"bases not declared: {sorted(unknown)}")
    multiples = {name: int(factor) for name, factor in data["multiples"].items()}

    def vector(spelling: str) -> str:
        return write_dimension(parse(spelling, atoms, multiples).dimension)

    tables: dict[str, list[tuple[str, ...]]] = {
        "ATOMS": [_atom_row(atom, spellings) for atom, spellings in units],
        "MULTIPLES": list(data["multiples"].items()),
        "DIMENSIONS": [
            (vector(row["common"][0]), row["label"], " ".join(row["common"]), row["example"])
            for row in data["dimensions"]
        ],
        "HINTS": [(vector(row["given"]), vector(row["wanted"]), row["say"]) for row in data["hints"]],
        "REFUSED": [(word, row["why"], row["instead"]) for word, row in data["refused"].items()],
        "QUALIFIERS": [(word,) for word in data["qualifiers"]],
        "EQUIVALENTS": [tuple(value or "" for value in row.values()) for row in data["equivalents"]],
    }
    blocks = (f'{name} = """\n' + "\n".join("|".join(row) for row in rows) + '\n"""\n' for name, rows in tables.items())
    return _HEAD + "\n" + "\n".join(blocks)


def spellings(source: Path = SOURCE) -> str:
    """Return the table of spellings for docs/units.md, in the order of the unit file."""
    data = read_yaml(source).data
    tags = [[tag["tag"], *tag["spellings"]] for tag in data["substances"]]
    rows = ["| 单位 | 也可写作 | 前面可加 万、亿 等 |", "|---|---|---|"]
    units = [(row["unit"], row["spellings"], True) for row in data["mass"]]
    units += [(f"{row['unit']}{tag[0]}", [], True) for row in data["mass"][:3] for tag in tags]
    units += [(row["unit"], row["spellings"], row.get("multiples") != "no") for row in data["units"]]
    rows += [f"| `{unit}` | {_code(words)} | {'可' if multiples else '否'} |" for unit, words, multiples in units]
    rows += [
        "",
        "质量单位后面可接的物质（连写，如 `万tce`、`kgCO2e`、`吨标准煤`）：",
        "",
        "| 物质 | 也可写作 |",
        "|---|---|",
    ]
    rows += [f"| `{first}` | {_code(rest)} |" for first, *rest in tags]
    rows += ["", "不用的写法：", "", "| 写法 | 原因 | 改写为 |", "|---|---|---|"]
    rows += [f"| `{word}` | {row['why']} | {row['instead']} |" for word, row in data["refused"].items()]
    return "\n".join(rows) + "\n"


def _code(words: list[str]) -> str:
    return " ".join(f"`{word}`" for word in words) or "—"


def _units(data: dict[str, Any]) -> list[tuple[Atom, list[str]]]:
    units: list[tuple[Atom, list[str]]] = []
    for row in data["mass"]:
        words = [row["unit"], *row["spellings"]]
        units.append((Atom(row["unit"], *_worth(row["worth"]), (("kilogram", 1),), True), words))
        for tag in data["substances"]:
            atom = Atom(row["unit"] + tag["tag"], *_worth(row["worth"]), ((tag["base"], 1),), True)
            units.append((atom, [word + end for word in words for end in (tag["tag"], *tag["spellings"])]))
    for row in data["units"]:
        dimension = combine(*(((base, int(power)),) for base, power in row["bases"].items()))
        atom = Atom(row["unit"], *_worth(row["worth"]), dimension, row.get("multiples") != "no")
        units.append((atom, [row["unit"], *row["spellings"]]))
    return units


def _by_spelling(units: list[tuple[Atom, list[str]]]) -> dict[str, Atom]:
    atoms: dict[str, Atom] = {}
    for atom, spellings in units:
        for spelling in spellings:
            if spelling in atoms:
                raise ValueError(f"unit spelled twice: {spelling}")
            atoms[spelling] = atom
    return atoms


def _atom_row(atom: Atom, spellings: list[str]) -> tuple[str, ...]:
    multiples = "yes" if atom.multiples else "no"
    dimension = write_dimension(atom.dimension)
    return atom.name, str(atom.numerator), str(atom.denominator), dimension, multiples, " ".join(spellings)


def _worth(text: str) -> tuple[int, int]:
    above, _, below = text.partition("/")
    numerator, denominator = Decimal(above).as_integer_ratio()
    return numerator, denominator * int(below or 1)


def main() -> None:
    """Rewrite the data module and the table in the documentation."""
    TARGET.write_text(build(), encoding="utf-8")
    head, mark, _ = DOCUMENT.read_text(encoding="utf-8").partition(MARK)
    DOCUMENT.write_text(f"{head}{mark}\n\n{spellings()}", encoding="utf-8")


if __name__ == "__main__":
    main()
