"""A row of the inventory as it can be run again: its worked expression, and what each operand of it is.

``evaluate`` runs an expression tree with some of its leaves replaced, by numbers or by columns of numbers (one place a try or a
draw). It uses the operations formulas are written in, so nothing is computed in a second way: with nothing replaced a tree
evaluates to the number the formula gave.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting.blocks import Block
from tanping.assessment.accounting.formula import (
    Formula,
    Quantity,
    Symbolic,
    choose,
    exponential,
    largest,
    leaf,
    over,
    raised,
    smallest,
    total,
)
from tanping.assessment.accounting.inventory import InventoryBlocks
from tanping.assessment.result import FactorUse, Input, Inventory, Source

FloatArray = NDArray[np.float64]
Changes = Mapping[int, float]

_TWO = {
    "+": lambda first, second: first + second,
    "-": lambda first, second: first - second,
    "*": lambda first, second: first * second,
    "/": over,
    "^": raised,
    "max": largest,
    "min": smallest,
}


def evaluate(tree: Symbolic, changed: Mapping[int, Any]) -> Quantity:
    """Run a tree with the leaves whose ``id()`` is a key of ``changed`` replaced. Broadcasts; NaN spreads."""
    done: dict[int, Quantity] = {}

    def run(node: Symbolic) -> Quantity:
        key = id(node)
        if key not in done:
            done[key] = _run(node, changed, run)
        return done[key]

    return run(tree)


def _run(node: Symbolic, changed: Mapping[int, Any], run: Any) -> Quantity:
    if not node.parts:
        return changed.get(id(node), node.value)
    parts = [run(part) for part in node.parts]
    if node.kind in _TWO:
        return _TWO[node.kind](*parts)
    if node.kind == "neg":
        return -parts[0]
    if node.kind == "exp":
        return exponential(parts[0])
    if node.kind == "if":
        steps = list(zip(parts[1:-1:2], parts[2:-1:2], strict=True))
        return choose(steps, parts[0], parts[-1])
    raise ValueError(f"unknown operation {node.kind}")


@dataclass(frozen=True, eq=False)
class Leaf:
    """One operand of a term: the node of the tree, and the input that stands behind it (None for constants)."""

    node: Symbolic
    input: Input | None

    @property
    def sign(self) -> str:
        """The standard's symbol."""
        return self.node.sign

    @property
    def value(self) -> float:
        """Its number, in the unit of the formula."""
        return self.node.value


@dataclass(frozen=True, eq=False)
class Term:
    """One source of a figure that can be run again.

    ``times`` is the leaf that says how often it counts: 1, −1 for what is subtracted, 0 for what is shown and not summed.
    """

    id: str
    name: str
    block: Block
    row: int
    tree: Symbolic
    times: Symbolic
    leaves: tuple[Leaf, ...]
    factors: tuple[FactorUse, ...]
    source: Source | None = None

    @property
    def formula(self) -> Formula:
        """The formula of the row."""
        return self.block.formula

    @property
    def counted(self) -> bool:
        """Whether the term enters the sum."""
        return self.times.value != 0.0

    @cached_property
    def product(self) -> Symbolic:
        """The signed term as it stands in a sum."""
        return self.times * self.tree

    @property
    def value(self) -> float:
        """The signed value."""
        return self.product.value

    def counting(self, times: float) -> Term:
        """The same term counted another number of times."""
        return replace(self, times=leaf(times))

    def all(self, *signs: str) -> list[Leaf]:
        """Leaves with one of some symbols."""
        return [one for one in self.leaves if one.sign in signs and one.input is not None]

    def one(self, *signs: str) -> Leaf | None:
        """The only leaf with one of some symbols, None when there is none or several."""
        found = self.all(*signs)
        return found[0] if len(found) == 1 else None

    def word(self, column: str) -> str:
        """A word of the table's row, empty when nobody wrote one."""
        words = self.block.table.words.get(column)
        found = None if words is None else words[self.row]
        return found if isinstance(found, str) else ""

    def number(self, column: str) -> float:
        """A number of the table's row, NaN unknown."""
        numbers = self.block.table.numbers.get(column)
        return math.nan if numbers is None else float(numbers[self.row])


def terms_of(blocks: InventoryBlocks, inventory: Inventory, project: int) -> tuple[Term, ...]:
    """The sources of one project, in the order of its inventory, as terms."""
    rows = list(positions(blocks.blocks, project))
    return tuple(
        # Capture that starts after the design year is listed and not counted in it.
        term_of(
            block,
            at,
            id=source.id,
            name=source.name,
            counts=not source.memo and (block.design[at] == 0.0 or blocks.at_design(block)[at] != 0.0),
            source=source,
        )
        for (block, at), source in zip(rows, inventory.sources, strict=True)
    )


def positions(blocks: Iterable[Block], project: int) -> Iterator[tuple[Block, int]]:
    """Blocks and positions of one project's rows."""
    for block in blocks:
        for at in np.flatnonzero(block.project == project):
            yield block, int(at)


def term_of(block: Block, at: int, *, id: str, name: str, counts: bool = True, source: Source | None = None) -> Term:
    """One row of a block as a term."""
    row = int(block.rows[at])
    quantity = block.operands.get(block.quantity) if block.quantity else None
    if quantity is not None and quantity.values[row] == 0.0:
        # An explicit 无 is zero whatever else is unknown: nothing else of the row may speak.
        tree = quantity.leaf(row, block.formula.symbols[block.quantity])
        inputs: Sequence[Input] = quantity.inputs(row, block.formula.symbols[block.quantity])
    else:
        tree, inputs = block.amount(at).tree, block.inputs(at)
    if block.blocked and math.isnan(block.design[at]):
        tree = leaf(math.nan, block.formula.unit)
    times = leaf(float(block.sign) if counts else 0.0)
    return Term(id, name, block, row, tree, times, leaves_of(tree, inputs), block.factors(at), source)


def leaves_of(tree: Symbolic, inputs: Sequence[Input]) -> tuple[Leaf, ...]:
    """The leaves of a tree with the inputs behind them, matched by symbol in the order they stand."""
    waiting: dict[str, list[Input]] = {}
    for one in inputs:
        waiting.setdefault(one.symbol, []).append(one)
    found = []
    for node in dict.fromkeys(tree.leaves()):
        queue = waiting.get(node.sign, []) if node.kind == "leaf" else []
        found.append(Leaf(node, queue.pop(0) if queue else None))
    return tuple(found)


def summed(terms: Iterable[Term]) -> Symbolic:
    """The tree of a sum of terms."""
    added = total(term.product for term in terms)
    return added if isinstance(added, Symbolic) else leaf(0.0)
