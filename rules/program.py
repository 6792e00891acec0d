"""Conditions compiled to one list of column operations. What clauses share is computed once.

Every step yields a three-valued column of the block at hand; a register is the number of the step that made it. Constants
are folded exactly (Decimal); arithmetic on facts is rounded to 12 significant digits on both sides before it is compared
(docs/decisions.md, D5).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.records.expressions import (
    And,
    Arithmetic,
    Compare,
    Kind,
    Literal,
    Member,
    Name,
    Node,
    Not,
    Or,
    Term,
    names,
)
from tanping.rules.block import Block
from tanping.rules.clause import NATIONWIDE, Clause
from tanping.rules.facts import Catalogue, Moment
from tanping.rules.kleene import Kleene

Step = Callable[[Block, list[Kleene]], Kleene]
Floats = NDArray[np.float64] | float

DIGITS = 12


@dataclass(frozen=True)
class ClauseRegisters:
    """Where a clause's results stand: does it apply, is it hit, is it still hit once the papers not due yet are obtained, does it count.

    ``after`` equals ``hit`` when no paper of the condition is late; ``level`` is applies ∧ hit ∧ after. All three are None for a
    question to an office.
    """

    clause: Clause
    applies: int
    hit: int | None = None
    after: int | None = None
    level: int | None = None

    @property
    def truths(self) -> tuple[int | None, int | None, int | None]:
        """Registers of hit, after and level."""
        return self.hit, self.after, self.level


@dataclass(frozen=True)
class Program:
    """Steps in order, the registers of each clause, and the register of each node by identity and papers taken as obtained."""

    steps: tuple[Step, ...]
    clauses: tuple[ClauseRegisters, ...]
    nodes: Mapping[tuple[int, frozenset[str]], int]

    def register_of(self, node: Node, obtained: frozenset[str]) -> int:
        """Return the register of a node of a clause that was compiled, with some papers taken as obtained."""
        return self.nodes[id(node), obtained]

    @cached_property
    def groups(self) -> dict[tuple[int, bool], list[int]]:
        """Level registers of the clauses that count, by severity and by whether their text is unchecked."""
        groups: dict[tuple[int, bool], list[int]] = {}
        for entry in self.clauses:
            level = entry.clause.severity.level
            if entry.level is not None and level:
                groups.setdefault((level, entry.clause.provisional), []).append(entry.level)
        return groups

    @cached_property
    def kept(self) -> tuple[int, ...]:
        """The registers that clauses refer to, each once."""
        told = (register for entry in self.clauses for register in (entry.applies, *entry.truths))
        return tuple(dict.fromkeys(register for register in told if register is not None))

    def run(self, block: Block) -> list[Kleene]:
        """Return all registers for one block of rows."""
        registers: list[Kleene] = []
        add = registers.append
        for step in self.steps:
            add(step(block, registers))
        return registers


def compile_program(clauses: Sequence[Clause], catalogue: Catalogue, moment: Moment) -> Program:
    """Compile the scope and condition of every clause for a moment."""
    compiler = _Compiler(catalogue)
    registers = tuple(compiler.clause(clause, moment) for clause in clauses)
    return Program(tuple(compiler.steps), registers, compiler.nodes)


def compile_node(node: Node, catalogue: Catalogue) -> Callable[[Block], Kleene]:
    """Compile one bound expression by itself."""
    compiler = _Compiler(catalogue)
    register = compiler.node(node)
    program = Program(tuple(compiler.steps), (), compiler.nodes)
    return lambda block: program.run(block)[register]


@dataclass
class _Compiler:
    catalogue: Catalogue
    steps: list[Step] = field(default_factory=list)
    known: dict[Any, int] = field(default_factory=dict)
    nodes: dict[tuple[int, frozenset[str]], int] = field(default_factory=dict)
    """By identity: the trees belong to the clauses, and hashing whole trees would take longer than compiling them."""
    late: frozenset[str] = frozenset()

    def step(self, key: Any, run: Step) -> int:
        """Return the register of a step, made once for each key."""
        if key not in self.known:
            self.known[key] = len(self.steps)
            self.steps.append(run)
        return self.known[key]

    def clause(self, clause: Clause, moment: Moment) -> ClauseRegisters:
        applies = self.scope(clause)
        if clause.hit is None:
            return ClauseRegisters(clause, applies)
        hit = self.node(clause.hit)
        self.late = late_papers(clause, self.catalogue, moment)
        after = self.node(clause.hit) if self.late else hit
        self.late = frozenset()
        return ClauseRegisters(clause, applies, hit, after, self.all_of([applies, hit, after]))

    # scope

    def scope(self, clause: Clause) -> int:
        parts = [
            self.among("sector", clause.sectors),
            self.among("unit_nature", clause.unit_natures),
            self.among("project_nature", clause.project_natures),
        ]
        if clause.region != NATIONWIDE:
            region = clause.region
            parts.append(self.step(("region", region), lambda block, _: block.region(region)))
        if clause.date_of and (clause.effective_from or clause.effective_to):
            first, last, name = clause.effective_from, clause.effective_to, clause.date_of
            parts.append(self.step(("force", name, first, last), lambda block, _: block.in_force(name, first, last)))
        told = [part for part in parts if part is not None]
        return self.all_of(told) if told else self.constant(True)

    def among(self, name: str, values: tuple[str, ...]) -> int | None:
        """Return the test of a scope fact, or None when every value is meant."""
        every = not values or set(values) >= set(self.catalogue[name].choices)
        return None if every else self.member(name, values)

    # truth

    def node(self, node: Node) -> int:
        """Return the register of a truth node; ``late`` papers are taken as obtained."""
        key = (id(node), self.late)
        if key not in self.nodes:
            self.nodes[key] = self.compiled(node)
        return self.nodes[key]

    def compiled(self, node: Node) -> int:
        match node:
            case And():
                return self.all_of([self.node(item) for item in node.items])
            case Or():
                return self.any_of([self.node(item) for item in node.items])
            case Not():
                inner = self.node(node.item)
                return self.step(("not", inner), lambda _, registers: ~registers[inner])
            case Name():
                return self.leaf(node.name)
            case Literal():
                return self.constant(node.value is True)
            case Member():
                return self.member(node.name, node.values)
            case Compare():
                return self.compare(node)
        raise TypeError(f"not a bound expression: {node!r}")

    def all_of(self, items: Sequence[int]) -> int:
        first, *others = sorted(set(items))
        for other in others:
            first = self.both(first, other)
        return first

    def both(self, left: int, right: int) -> int:
        return self.step(("and", left, right), lambda _, registers: registers[left] & registers[right])

    def any_of(self, items: Sequence[int]) -> int:
        first, *others = sorted(set(items))
        for other in others:
            first = self.either(first, other)
        return first

    def either(self, left: int, right: int) -> int:
        return self.step(("or", left, right), lambda _, registers: registers[left] | registers[right])

    def constant(self, value: bool) -> int:
        return self.step(("constant", value), lambda block, _: Kleene.constant(value, block.rows))

    def leaf(self, name: str) -> int:
        if name in self.late:
            return self.constant(True)
        if self.catalogue[name].kind is Kind.PAPER:
            return self.step(("paper", name), lambda block, _: block.paper(name))
        return self.step(("flag", name), lambda block, _: block.flag(name))

    def member(self, name: str, values: tuple[str, ...]) -> int:
        wanted = tuple(sorted(values))
        return self.step(("member", name, wanted), lambda block, _: block.member(name, wanted))

    # comparisons

    def compare(self, node: Compare) -> int:
        left, right = folded(node.left), folded(node.right)
        facts = names(node)
        reckoned = isinstance(left, Arithmetic) or isinstance(right, Arithmetic)
        one, other = evaluator(left), evaluator(right)
        compare = COMPARISONS[node.op]

        def run(block: Block, _: list[Kleene]) -> Kleene:
            if not all(block.answers(name) for name in facts):
                return block.unknown
            a, b = one(block), other(block)
            return block.compared(compared_rounded(compare, a, b) if reckoned else compare(a, b), facts)

        return self.step(("compare", node.op, left, right), run)


def late_papers(clause: Clause, catalogue: Catalogue, moment: Moment) -> frozenset[str]:
    """Return the papers of a clause's condition that are not due yet at the moment judged."""
    papers = (name for name in clause.facts if catalogue[name].kind is Kind.PAPER)
    return frozenset(name for name in papers if clause.is_late(name, catalogue, moment))


COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def folded(term: Term) -> Term:
    """Return a term with the sums of its constants worked out exactly."""
    if not isinstance(term, Arithmetic):
        return term
    left, right = folded(term.left), folded(term.right)
    if isinstance(left, Literal) and isinstance(right, Literal):
        return Literal(ARITHMETIC[term.op](left.value, right.value))
    return Arithmetic(term.op, left, right)


def evaluator(term: Term) -> Callable[[Block], Floats]:
    """Return how to get a term's values for a block: float64 with NaN for unknown, or one number."""
    match term:
        case Name(name=name):
            return lambda block: block.numbers(name)
        case Literal(value=date() as day):
            ordinal = float(day.toordinal())
            return lambda _: ordinal
        case Literal(value=Decimal() as value):
            number = float(value)
            return lambda _: number
        case Arithmetic(op=op):
            apply = ARITHMETIC[op]
            left, right = evaluator(term.left), evaluator(term.right)
            return lambda block: apply(left(block), right(block))
    raise TypeError(f"not a term: {term!r}")


_NEAR = 1e-10
"""Relative distance beyond which rounding to 12 digits can't change the order of two numbers (it moves each by 5e-12 at most)."""


def compared_rounded(compare: Callable[[Any, Any], Any], left: Floats, right: Floats) -> Any:
    """Compare two columns rounded to 12 significant digits. Only numbers that nearly agree need the rounding."""
    a, b = np.broadcast_arrays(left, right)
    outcome = compare(a, b)
    near = np.abs(a - b) <= _NEAR * np.abs(b)
    if near.any():
        outcome[near] = compare(significant(a[near]), significant(b[near]))
    return outcome


_LOWEST, _HIGHEST = -324, 309
_POWERS = np.array([float(f"1e{power}") for power in range(_LOWEST, _HIGHEST + 1)])
"""Powers of ten as floats spell them; the last is infinite."""
_EXACT = 22
"""Largest power of ten that a float holds exactly."""


def significant(values: Floats) -> NDArray[np.float64]:
    """Round to 12 significant decimal digits; a decimal of so many digits comes out as the float that spells it.

    Scaling goes through powers of ten that floats hold exactly; what lies beyond them is rounded through its decimal text.
    """
    numbers = np.asarray(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        shift = DIGITS - 1 - _exponent(np.abs(numbers))
        up = _power(np.clip(shift, 0, _EXACT))
        down = _power(np.clip(-shift, 0, _EXACT))
        result = np.rint(numbers * up / down) / up * down
    beyond = (np.abs(shift) > _EXACT) & np.isfinite(numbers) & (numbers != 0)
    if beyond.any():
        spelled = [float(f"{number:.{DIGITS}g}") for number in numbers[beyond].tolist()]
        result = np.where(beyond, 0.0, result)
        result[beyond] = spelled
    return np.where(np.isfinite(numbers) & (numbers != 0), result, numbers)


def _exponent(magnitude: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return floor(log10) of positive finite numbers (0 for others), right at the powers of ten themselves."""
    usable = np.where(np.isfinite(magnitude) & (magnitude > 0), magnitude, 1.0)
    guess = np.floor(np.log10(usable)).astype(np.int64)
    low = _power(guess) > usable
    high = _power(guess + 1) <= usable
    return guess - low + high


def _power(exponent: NDArray[np.int64]) -> NDArray[np.float64]:
    return _POWERS[exponent - _LOWEST]
