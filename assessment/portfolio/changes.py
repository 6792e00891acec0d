"""What changed between two results: who moved, by how much, and by which clause or factor.

Rows are matched by project code and unit (by row where there is no code). A clause counts for a move when it entered or left what is settled,
suspected, conditional or open; a factor when one took another's place. What neither explains came from the project's own data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tanping.assessment.portfolio.outcome import BETWEEN, HEADINGS
from tanping.assessment.portfolio.write import TABLES, check_target, read_result, write_tables
from tanping.records.errors import InputError, Problem, Where
from tanping.rules.law import load_law

LEVELS = ("verdict", "best", "worst", "suspected")
FIGURES = ("design_year_tco2", "lifetime_tco2", "net_change_tco2")
LISTS = {
    "hits": "不符合",
    "suspected_hits": "疑似不符合",
    "conditional": "有条件符合",
    "open": "资料不足",
}
ENTERED, LEFT = "新出现", "不再有"
NO_REASON = "结果变了，条款和因子没有变：项目自己的数据变了"
MOST_SHOWN = 12


@dataclass(frozen=True)
class ClauseMove:
    """A clause that entered or left a list of a row's findings. ``words``: document and article with the clause's id, where the law knows it."""

    clause: str
    list: str
    entered: bool
    words: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """As printed, with the clause's id."""
        return f"{LISTS[self.list]}{ENTERED if self.entered else LEFT}：{self.words or self.clause}"

    @property
    def short(self) -> str:
        """As read on a page: document and article without the id."""
        return self.text.removesuffix(f"（{self.clause}）")


@dataclass(frozen=True)
class Move:
    """What moved in one row. ``levels`` and ``figures`` hold (before, after) by column; ``factors`` hold (gone, new)."""

    key: tuple[str, str]
    name: str
    levels: Mapping[str, tuple[str, str]]
    figures: Mapping[str, tuple[float | None, float | None]]
    clauses: tuple[ClauseMove, ...]
    factors: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, one line a clause or pair of factors."""
        gone, new = self.factors
        lines = [move.text for move in self.clauses]
        if gone or new:
            lines.append(f"因子：{'、'.join(gone) or '无'} → {'、'.join(new) or '无'}")
        return tuple(lines) or (NO_REASON,)


@dataclass(frozen=True)
class Changes:
    """Everything that moved between two results, and what stands in only one of them."""

    moves: tuple[Move, ...]
    compared: int
    only_before: tuple[tuple[str, str], ...]
    only_after: tuple[tuple[str, str], ...]
    days: tuple[str, str]

    def by_clause(self) -> list[tuple[ClauseMove, int]]:
        """How many rows each clause moved, most first."""
        found = Counter(move for row in self.moves for move in row.clauses)
        return sorted(found.items(), key=lambda item: (-item[1], item[0].clause, item[0].list))


def compare(before: Path, after: Path) -> Changes:
    """Compare two results of ``tanping batch``. Raises InputError when one is none, or a row stands there twice."""
    old, new = _rows(before), _rows(after)
    words = {clause.id: f"{clause.document.citation} {clause.article}（{clause.id}）" for clause in load_law().clauses}
    moves = [move for key in old if key in new and (move := _move(key, old[key], new[key], words)) is not None]
    return Changes(
        tuple(moves),
        len(old.keys() & new.keys()),
        tuple(key for key in old if key not in new),
        tuple(key for key in new if key not in old),
        (_days(old), _days(new)),
    )


def summary(changes: Changes) -> str:
    """The comparison in a few lines."""
    lines = [
        f"法规适用日期：{changes.days[0]} → {changes.days[1]}",
        f"对比 {changes.compared} 行：{len(changes.moves)} 行有变化"
        f"（审查结论变化 {sum('verdict' in move.levels for move in changes.moves)} 行，"
        f"排放变化 {sum(bool(move.figures) for move in changes.moves)} 行）",
    ]
    for title, keys in (("只在前一份", changes.only_before), ("只在后一份", changes.only_after)):
        if keys:
            lines.append(f"{title}：{len(keys)} 行")
    found = changes.by_clause()
    lines += [f"  {count} 行　{move.text}" for move, count in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        lines.append(f"  另有 {len(found) - MOST_SHOWN} 项，见 --out 写出的表")
    return "\n".join(lines)


def tables(changes: Changes) -> dict[str, list[list[Any]]]:
    """The comparison as tables for people, by title; first rows are headings."""
    head: list[Any] = ["项目代码", "生产单元编号", "项目名称"]
    for name in (*LEVELS, *FIGURES):
        head += [f"{HEADINGS[name]}·前", f"{HEADINGS[name]}·后"]
    rows = [[*head, "原因"]]
    for move in changes.moves:
        cells: list[Any] = [*move.key, move.name]
        for name in LEVELS:
            cells += move.levels.get(name, ("", ""))
        for name in FIGURES:
            cells += move.figures.get(name, (None, None))
        rows.append([*cells, BETWEEN.join(move.reasons)])
    by_clause: list[list[Any]] = [["条款", "文件与条号", "变化", "行数"]]
    for one, count in changes.by_clause():
        change = f"{LISTS[one.list]}{ENTERED if one.entered else LEFT}"
        by_clause.append([one.clause, one.words or one.clause, change, count])
    lone = [["项目代码", "生产单元编号", "只在"]]
    lone += [[*key, "前一份"] for key in changes.only_before] + [[*key, "后一份"] for key in changes.only_after]
    return {"逐项变化": rows, "按条款": by_clause, "只在一份": lone}


def write(changes: Changes, out: Path) -> None:
    """Write the comparison as xlsx, or csv with one table below the other. Raises InputError, OSError."""
    check_target(out, suffixes=TABLES)
    write_tables(out, tables(changes), "结果变化")


# --- rows --------------------------------------------------------------------------------------------------------------------


def _rows(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in read_result(path).to_pylist():
        key = (row["project"] or f"第{row['row']}行", row["unit"] or "")
        if key in found:
            raise InputError(
                Problem(Where(str(path)), "项目代码", f"{key[0]} 的生产单元 {key[1]} 有两行", "一个单元一行")
            )
        found[key] = row
    return found


def _move(
    key: tuple[str, str], old: Mapping[str, Any], new: Mapping[str, Any], words: Mapping[str, str]
) -> Move | None:
    levels = {name: (old[name], new[name]) for name in LEVELS if old[name] != new[name]}
    figures = {name: (old[name], new[name]) for name in FIGURES if old[name] != new[name]}
    clauses = tuple(_clause_moves(old, new, words))
    gone, came = _apart(old["factors"], new["factors"])
    if not (levels or figures or clauses):
        return None
    return Move(key, new["name"] or "", levels, figures, clauses, (gone, came) if figures else ((), ()))


def _clause_moves(old: Mapping[str, Any], new: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[ClauseMove]:
    for name in LISTS:
        gone, came = _apart(old[name], new[name])
        yield from (ClauseMove(clause, name, True, words.get(clause, "")) for clause in came)
        yield from (ClauseMove(clause, name, False, words.get(clause, "")) for clause in gone)


def _apart(old: str | None, new: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, after = (list(filter(None, (text or "").split(BETWEEN))) for text in (old, new))
    gone = tuple(one for one in before if one not in after)
    return gone, tuple(one for one in after if one not in before)


def _days(rows: Mapping[tuple[str, str], Mapping[str, Any]]) -> str:
    days = sorted({str(row["as_of"]) for row in rows.values()})
    return days[0] if len(days) == 1 else f"{days[0]}—{days[-1]}" if days else ""
