"""Carbon of a gas by its composition (PW-1g): ``CH4 92 %，C2H6 4 %，CO2 1.5 %`` → tC per 10⁴ Nm³, component by component.

The file states volume fractions; what is not named is taken to hold no carbon, so the fractions must add up to about a hundred percent.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from tanping.assessment.accounting import combustion
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.formula import Symbol, Symbolic, leaf, total
from tanping.assessment.accounting.operands import row_name
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.words import BoolArray, Words, constant
from tanping.assessment.project.columns import ColumnTable
from tanping.assessment.result import FactorUse, Input

# Carbon atoms in a molecule of each component.
ATOMS = {
    "CO": 1,
    "CO2": 1,
    "CH4": 1,
    "C2H2": 2,
    "C2H4": 2,
    "C2H6": 2,
    "C3H6": 3,
    "C3H8": 3,
    "C4H8": 4,
    "C4H10": 4,
    "C5H12": 5,
    "C6H14": 6,
    "H2": 0,
    "N2": 0,
    "O2": 0,
    "AR": 0,
    "HE": 0,
    "H2S": 0,
    "H2O": 0,
}
WHOLE = (0.98, 1.02)  # sums that rounding explains
COLUMN = "composition"
LABEL = "气体组分"
UNIT = "tC/1e4Nm3"
_PART = re.compile(r"^([A-Za-z0-9]+)\s*[:：]?\s*([0-9]+(?:\.[0-9]+)?)\s*[%％]$")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


class CompositionError(ValueError):
    """A composition that can't be read; the message says what and how it should look (Chinese)."""


@lru_cache(maxsize=1024)
def read_composition(text: str) -> tuple[tuple[str, float, int], ...]:
    """Read components as (formula, volume fraction, carbon atoms). Raises CompositionError."""
    found = []
    for part in filter(None, re.split(r"[,，;；、\n]+", text.translate(_LOWERED))):
        match = _PART.match(part.strip())
        if match is None:
            raise CompositionError(f"“{part.strip()[:20]}”不能判读，写法如 CH4 92 %，C2H6 4 %")
        name = match[1].upper()
        if name not in ATOMS:
            raise CompositionError(f"不认识的组分“{match[1]}”，可用：{'、'.join(ATOMS)}")
        found.append((name, float(match[2]) / 100, ATOMS[name]))
    names = [name for name, _, _ in found]
    if len(set(names)) < len(names):
        raise CompositionError("同一组分写了两次")
    whole = math.fsum(fraction for _, fraction, _ in found)
    if not WHOLE[0] <= whole <= WHOLE[1]:
        raise CompositionError(f"各组分之和为 {whole:.1%}，应为 100%（不含碳的组分也要写）")
    return tuple(found)


@dataclass(frozen=True)
class GasCarbon:
    """Carbon content of gas rows that state their composition, tC/10⁴Nm³; NaN where none is stated or it can't be read."""

    table: ColumnTable
    words: Words

    @classmethod
    def of(cls, books: Books) -> GasCarbon:
        """The compositions of the fuel table."""
        table = books.columns["fuels"]
        # Hardly a table states any: a million rows of nothing need no numbering.
        told = bool(table.words[COLUMN].any())
        return cls(table, books.words(table, COLUMN) if told else constant(None, len(table)))

    @cached_property
    def values(self) -> FloatArray:
        """One value a row; each distinct composition is worked once."""
        each = np.array([_tree(text).value for text in self.words.distinct] or [math.nan], dtype=np.float64)
        return np.asarray(each[self.words.codes])

    @property
    def stated(self) -> BoolArray:
        """Rows that state a composition, readable or not."""
        return self.words.test(bool)

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """The components added up."""
        return _tree(self.words[row])

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """The composition as typed, with its page, and what it comes to."""
        value = float(self.values[row])
        known = None if math.isnan(value) else value
        stated = self.table.stated(row, COLUMN)
        if stated is None:
            return [Input(symbol.sign, LABEL, known, UNIT, text=str(self.words[row] or ""))]
        origin = "verified" if not stated.claimed else "assumed" if stated.assumed else "declared"
        return [Input(symbol.sign, LABEL, known, UNIT, stated.text, origin, stated.document, stated.page, stated.note)]

    def factors(self, row: int) -> list[FactorUse]:
        """None: it was declared."""
        return []

    def missing(self, row: int) -> list[str]:
        """Why a stated composition gives nothing."""
        try:
            read_composition(self.words[row] or "")
        except CompositionError as problem:
            return [f"燃料“{row_name(self.table, row)}”：{LABEL}{problem}"]
        return []


def _tree(text: str | None) -> Symbolic:
    """The components of a composition added up, NaN for none or one that can't be read."""
    try:
        parts = read_composition(text) if text else ()
    except CompositionError:
        parts = ()
    if not parts:
        return leaf(math.nan, "tC/10⁴Nm³")
    carbon = combustion.gas_component_carbon
    found = [
        carbon.work(volume=leaf(fraction, sign="V_n", text=f"{fraction * 100:g}%"), atoms=atoms).tree
        for _, fraction, atoms in parts
        if atoms
    ]
    return total(found) if found else leaf(0.0, "tC/10⁴Nm³", sign="C_ar")  # hydrogen burns without carbon
