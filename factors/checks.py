"""What must hold between the records of the register, beyond each line being well formed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from tanping.factors.record import Conflict, Factor, FuelFactor
from tanping.records.errors import Problem

EF_TOLERANCE = Decimal("0.001")
CO2_OF_CARBON = Decimal(44) / Decimal(12)


def check_records(records: Sequence[Factor], conflicts: Mapping[str, Conflict]) -> list[Problem]:
    """Check all records against each other. Returns every problem found."""
    problems: list[Problem] = []
    _check_unique(records, problems)
    _check_one_thing_a_key(records, problems)
    _check_one_answer(records, problems)
    _check_conflicts(records, conflicts, problems)
    for record in records:
        if isinstance(record, FuelFactor):
            _check_fuel(record, problems)
    return problems


def overlap(one: Factor, other: Factor) -> bool:
    """Whether two records are valid on a common day (open ends reach for ever)."""
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    return first <= last


def _check_unique(records: Iterable[Factor], problems: list[Problem]) -> None:
    for same in _grouped(records, lambda r: (r.key, r.variant, r.data_year)):
        for at, record in enumerate(same):
            for earlier in same[:at]:
                named = f"键 {record.key}" + (f"（{record.variant}）" if record.variant else "")
                if record.valid_from == earlier.valid_from:
                    problems.append(
                        Problem(record.where, "key", f"{named} 与 {earlier.where} 重复", "键、口径、年份合起来唯一")
                    )
                elif overlap(record, earlier):
                    problems.append(
                        Problem(
                            record.where, "valid_from", f"{named} 与 {earlier.where} 的有效期重叠", "首尾相接，不重叠"
                        )
                    )


def _check_one_thing_a_key(records: Iterable[Factor], problems: list[Problem]) -> None:
    for same in _grouped(records, lambda r: (r.key, r.variant)):
        for record in same[1:]:
            if record.item != same[0].item:
                problems.append(Problem(record.where, "item", f"同一键的 item 与 {same[0].where} 不同", same[0].item))
            if record.unit != same[0].unit:
                problems.append(Problem(record.where, "unit", f"同一键的单位与 {same[0].where} 不同", same[0].unit))


def _check_one_answer(records: Iterable[Factor], problems: list[Problem]) -> None:
    """No two records with different keys may answer the very same question."""
    for same in _grouped(records, lambda r: (r.item, r.standard, r.variant, r.region, r.data_year)):
        for at, record in enumerate(same):
            for earlier in same[:at]:
                if record.key != earlier.key and overlap(record, earlier):
                    problems.append(
                        Problem(
                            record.where,
                            "item",
                            f"{record.item} 已由 {earlier.key}（{earlier.where}）回答",
                            "口径、标准、地区、年份至少一项不同",
                        )
                    )


def _check_conflicts(records: Iterable[Factor], conflicts: Mapping[str, Conflict], problems: list[Problem]) -> None:
    members: dict[str, list[Factor]] = defaultdict(list)
    for record in records:
        if record.conflict:
            members[record.conflict].append(record)
            if record.conflict not in conflicts:
                problems.append(
                    Problem(record.where, "conflict", f"冲突 {record.conflict} 没有说明", "conflicts.csv 中的编号")
                )
        if record.preferred is not None and not record.conflict:
            problems.append(
                Problem(record.where, "preferred", "标了取舍却没有冲突编号", "填写 conflict，或清空 preferred")
            )
    for name, group in members.items():
        if not any(record.preferred for record in group):
            problems.append(Problem(group[0].where, "preferred", f"冲突 {name} 没有一条标为采用", "至少一条 true"))


def _check_fuel(fuel: FuelFactor, problems: list[Problem]) -> None:
    carbon = None
    if fuel.carbon_content is not None and fuel.oxidation is not None:
        carbon = fuel.carbon_content * fuel.oxidation * CO2_OF_CARBON
        _compare(fuel, "ef_per_gj", fuel.ef_per_gj, carbon, "含碳量×氧化率×44/12", problems)
    if fuel.ncv is not None and carbon is not None:
        _compare(fuel, "ef", fuel.ef, fuel.ncv * carbon, "热值×含碳量×氧化率×44/12", problems)
    elif fuel.ncv is not None and fuel.ef_per_gj is not None:
        _compare(fuel, "ef", fuel.ef, fuel.ncv * fuel.ef_per_gj, "热值×单位热值因子", problems)
    if fuel.ncv_unit and fuel.ef_unit and fuel.ncv_unit.partition("/")[2] != fuel.ef_unit.partition("/")[2]:
        problems.append(
            Problem(fuel.where, "ef_unit", f"{fuel.ef_unit} 与热值单位 {fuel.ncv_unit} 的分母不同", "同一分母")
        )


def _compare(
    fuel: FuelFactor, column: str, printed: Decimal | None, computed: Decimal, form: str, problems: list[Problem]
) -> None:
    if printed is None or abs(printed - computed) <= EF_TOLERANCE * computed:
        return
    problems.append(
        Problem(fuel.where, column, f"{printed} 与 {form} = {computed:.6g} 相差超过 0.1 %", f"约 {computed:.6g}")
    )


def _grouped(records: Iterable[Factor], name: Callable[[Factor], object]) -> list[list[Factor]]:
    groups: dict[object, list[Factor]] = defaultdict(list)
    for record in records:
        groups[name(record)].append(record)
    return [group for group in groups.values() if len(group) > 1]
