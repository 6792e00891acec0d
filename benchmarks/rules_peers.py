"""The same conditions written for other engines, and as bare NumPy masks, to set the rules engine against.

Peers know two truth values only: they are given complete facts. The masks keep three, as two boolean arrays a condition.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.records.expressions import And, Arithmetic, Compare, Literal, Member, Name, Node, Not, Or, names
from tanping.rules.clause import Clause
from tanping.rules.facts import SATISFIED_FROM, Catalogue, FactTable, Moment
from tanping.rules.program import ARITHMETIC, COMPARISONS, compared_rounded, late_papers

PEERS = {"rule-engine": "rule_engine", "zen-engine": "zen", "CEL": "cel"}
"""Engine → module: rule-engine, zen-engine and common-expression-language on PyPI (extra ``bench``)."""

Facts = dict[str, Any]


def installed() -> list[str]:
    """Return the peers that can be imported here."""
    return [peer for peer, module in PEERS.items() if importlib.util.find_spec(module)]


# ---------------------------------------------------------------------------------------------- peers


def text_of(node: Node, words: Mapping[str, str]) -> str:
    """Write a bound condition for an engine, given its words for and, or, not."""
    match node:
        case And() | Or():
            word = words["and"] if isinstance(node, And) else words["or"]
            return "(" + f" {word} ".join(text_of(item, words) for item in node.items) + ")"
        case Not():
            return f"{words['not']}({text_of(node.item, words)})"
        case Member():
            return f"({node.name} in [{', '.join(repr(value) for value in node.values)}])"
        case Compare() | Arithmetic():
            return f"({text_of(node.left, words)} {node.op} {text_of(node.right, words)})"
        case Name():
            return node.name
        case Literal(value=bool() as value):
            return "true" if value else "false"
        case Literal(value=date() as day):
            return f"{day.toordinal()}.0"
        case Literal(value=Decimal() as value):
            return f"({float(value)!r})"
    raise TypeError(f"not a bound expression: {node!r}")


ENGLISH = {"and": "and", "or": "or", "not": "not "}
SIGNS = {"and": "&&", "or": "||", "not": "!"}


def peer(name: str, conditions: Sequence[Node]) -> Callable[[Sequence[Facts]], list[list[bool]]]:
    """Compile the conditions for an engine. The result takes projects' facts and returns whether each is hit."""
    if name == "rule-engine":
        import rule_engine

        rules = [rule_engine.Rule(text_of(node, ENGLISH)) for node in conditions]
        return lambda projects: [[rule.matches(facts) for rule in rules] for facts in projects]
    if name == "zen-engine":
        import zen

        compiled = [(zen.compile_expression(text_of(node, ENGLISH)), names(node)) for node in conditions]
        return lambda projects: [
            [expression.evaluate({name: facts[name] for name in used}) for expression, used in compiled]
            for facts in projects
        ]
    import cel

    programs = [cel.compile(text_of(node, SIGNS)) for node in conditions]
    used = {name for node in conditions for name in names(node)}

    def run(projects: Sequence[Facts]) -> list[list[bool]]:
        hits = []
        for facts in projects:
            context = cel.Context(variables={name: facts[name] for name in used})
            hits.append([program.execute(context) for program in programs])
        return hits

    return run


# ---------------------------------------------------------------------------------------------- bare masks

Masks = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def masks(node: Node, table: FactTable, late: frozenset[str]) -> Masks:
    """Return where a condition is true and where it is false, straight from the columns."""
    match node:
        case And() | Or():
            true, false = masks(node.items[0], table, late)
            for item in node.items[1:]:
                t, f = masks(item, table, late)
                true, false = (true & t, false | f) if isinstance(node, And) else (true | t, false & f)
            return true, false
        case Not():
            true, false = masks(node.item, table, late)
            return false, true
        case Name(name=name):
            if name in late:
                return np.ones(table.rows, dtype=bool), np.zeros(table.rows, dtype=bool)
            values = table.columns[name]
            if table.catalogue[name].kind == "paper":
                return values >= SATISFIED_FROM, (values >= 0) & (values < SATISFIED_FROM)
            return values == 1, values == 0
        case Member(name=name):
            values = table.columns[name]
            codes = [_code(table, name, value) for value in node.values]
            inside = values == codes[0]
            for code in codes[1:]:
                inside = inside | (values == code)
            return inside, (values >= 0) & ~inside
        case Compare():
            left, right = _values(node.left, table), _values(node.right, table)
            compare = COMPARISONS[node.op]
            reckoned = isinstance(node.left, Arithmetic) or isinstance(node.right, Arithmetic)
            known = ~np.isnan(left + right)
            true = (compared_rounded(compare, left, right) if reckoned else compare(left, right)) & known
            return true, known & ~true
        case Literal():
            everywhere = np.full(table.rows, node.value is True)
            return everywhere, ~everywhere
    raise TypeError(f"not a bound expression: {node!r}")


def _values(term: Node, table: FactTable) -> Any:
    match term:
        case Name(name=name):
            return table.columns[name]
        case Arithmetic():
            return ARITHMETIC[term.op](_values(term.left, table), _values(term.right, table))
        case Literal(value=date() as day):
            return float(day.toordinal())
        case Literal(value=Decimal() as value):
            return float(value)
    raise TypeError(f"not a term: {term!r}")


def _code(table: FactTable, name: str, word: str) -> int:
    known = tuple(table.catalogue[name].choices) or table.words[name]
    return known.index(word) if word in known else -2


def levels_by_masks(
    clauses: Sequence[Clause], table: FactTable, catalogue: Catalogue, moment: Moment, regions: Mapping[str, Masks]
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return the settled and the possible level of each row, over clauses with checked text."""
    best, worst = np.zeros(table.rows, dtype=np.int8), np.zeros(table.rows, dtype=np.int8)
    for clause in clauses:
        if clause.hit is None:
            continue
        true, false = masks(clause.hit, table, frozenset())
        late = late_papers(clause, catalogue, moment)
        if late:
            t, f = masks(clause.hit, table, late)
            true, false = true & t, false | f
        for t, f in _scope(clause, table, catalogue, regions):
            true, false = true & t, false | f
        if not clause.provisional:
            level = np.int8(clause.severity.level)
            np.maximum(best, true * level, out=best)
            np.maximum(worst, ~false * level, out=worst)
    return best, worst


def _scope(clause: Clause, table: FactTable, catalogue: Catalogue, regions: Mapping[str, Masks]) -> list[Masks]:
    parts = []
    for name, wanted in (
        ("sector", clause.sectors),
        ("unit_nature", clause.unit_natures),
        ("project_nature", clause.project_natures),
    ):
        if wanted and set(wanted) < set(catalogue[name].choices):
            parts.append(masks(Member(name, wanted), table, frozenset()))
    if clause.region in regions:
        parts.append(regions[clause.region])
    return parts
