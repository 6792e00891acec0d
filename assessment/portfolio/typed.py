"""A column of a table as typed values: every distinct text is read once, by the same entry that reads a project file.

Numbers that come as numbers under a heading with a unit go straight to float64. What cannot be read is a ``Fault`` of its rows and blank
in the values; a fault never stops the other rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from tanping.assessment.portfolio.heading import Heading
from tanping.assessment.project.columns import UNKNOWN_FLAG
from tanping.assessment.project.entry import Entry
from tanping.records.errors import InputError, Problem, Where

_BARE = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"
FIRST_DAY, LAST_DAY = np.datetime64("1900-01-01"), np.datetime64("2150-12-31")
DAYS_SHOWN = "1900-01-01 至 2150-12-31"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a column in some rows of the partition, and how to mend it."""

    rows: NDArray[np.int64]
    heading: str
    what: str
    mend: str
    said: str = ""


@dataclass(frozen=True)
class Typed:
    """``values``: float64 (NaN), datetime64[D] (NaT), int8 flags (−1) or objects (None). ``given``: a cell was not blank, 不清楚 too.

    ``measured_in`` is the unit of a number whose field takes several, one a row.
    """

    values: NDArray[Any]
    given: NDArray[np.bool_]
    measured_in: NDArray[np.object_] | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Scale:
    """How a number under a heading becomes a value of its field: times ``factor``, told in ``unit``."""

    factor: Decimal
    unit: str


def scale_of(heading: Heading, where: Where) -> Scale:
    """Read the unit of a heading. Raises InputError when the field can't be told in it."""
    try:
        one: Any = heading.entry.parse(f"1 {heading.unit}" if heading.unit != "1" else "1")
    except PydanticCustomError as error:
        context = error.context or {}
        raise InputError(
            Problem(where, heading.text, str(context.get("what", "单位不能用")), str(context.get("allowed", "")))
        ) from None
    return Scale(Decimal(one.value), one.unit)


def typed(heading: Heading, column: pa.Array, scale: Scale | None) -> Typed:
    """Type one column. ``scale`` is that of the heading's unit, None without one."""
    column = _joined(column)
    kind = heading.entry.kind
    if pa.types.is_dictionary(column.type) and not pa.types.is_string(column.type.value_type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        column = column.cast(pa.string())
    if kind == "quantity" and _is_number(column.type):
        if scale is None and heading.entry.unit != "1":
            return _no_unit(heading, column)
        return _numbers(heading, column, scale or Scale(Decimal(1), heading.entry.unit))
    if kind == "date" and _has_day(column.type):
        days = _days(column)
        return _in_range(heading, Typed(days, ~np.isnat(days)))
    if kind == "flag" and pa.types.is_boolean(column.type):
        given = _valid(column)
        values = np.where(given, column.fill_null(False).to_numpy(zero_copy_only=False), UNKNOWN_FLAG).astype(np.int8)
        return Typed(values, given)
    coded = pa.types.is_dictionary(column.type)
    if kind == "text" and not coded:
        return _free_text(heading, _stripped(_as_text(column)))
    codes, distinct = _numbered(column if coded else _as_text(column))
    if kind == "text":
        return _spread(_free_text(heading, distinct), codes)
    return _texts(heading, codes, distinct, scale)


def _joined(column: Any) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return column


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_floating(column.type):
        # 2005.0 of a spreadsheet is the text 2005, as the reader of workbooks has it.
        texts = [None if value is None or math.isnan(value) else _shortest(value) for value in column.to_pylist()]
        return pa.array(texts, pa.string())
    if _has_day(column.type):
        days = _days(column)
        return pa.array(np.datetime_as_string(days), mask=np.isnat(days))
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())


def _has_day(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


def _days(column: pa.Array) -> NDArray[np.datetime64]:
    """The days of dates and times, those of a time zone as its calendar has them: midnight in Shanghai is not the day before."""
    if pa.types.is_timestamp(column.type) and column.type.tz:
        column = pc.local_timestamp(column)
    days: NDArray[np.datetime64] = column.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    return days


def _shortest(value: float) -> str:
    return repr(value).removesuffix(".0")


def _valid(column: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(column.is_valid().to_numpy(zero_copy_only=False), dtype=bool)


# --- numbers -------------------------------------------------------------------------------------------------------------


def _no_unit(heading: Heading, column: pa.Array) -> Typed:
    given = _valid(column)
    fault = Fault(
        np.flatnonzero(given), heading.text, "列名没有写单位", f"列名写作 {heading.entry.label}（{heading.entry.unit}）"
    )
    return Typed(np.full(len(column), np.nan), given, None, (fault,) if given.any() else ())


def _numbers(heading: Heading, column: pa.Array, scale: Scale) -> Typed:
    values = np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    return _checked(heading, _scaled(values, scale.factor), values, scale)


def _scaled(values: NDArray[np.float64], factor: Decimal) -> NDArray[np.float64]:
    """Bring numbers to the unit of the field by exact decimal arithmetic, each distinct one once (docs/decisions.md, D5)."""
    if factor == 1:
        return values
    distinct, at = np.unique(values, return_inverse=True)
    exact = [float(Decimal(repr(value)) * factor) if math.isfinite(value) else value for value in distinct.tolist()]
    return np.array(exact, dtype=np.float64)[at]


def _checked(heading: Heading, values: NDArray[np.float64], stated: NDArray[np.float64], scale: Scale) -> Typed:
    entry = heading.entry
    given = ~np.isnan(values)
    wrong = np.isinf(values)
    if entry.minimum is not None:
        wrong |= values < float(entry.minimum)
    if entry.maximum is not None:
        wrong |= values > float(entry.maximum)
    faults = []
    for number in np.unique(stated[wrong]).tolist():
        what, mend = _refusal(entry, number, heading.unit)
        faults.append(Fault(np.flatnonzero(wrong & (stated == number)), heading.text, what, mend, _shortest(number)))
    return Typed(np.where(wrong, np.nan, values), given, _units(entry, given, scale.unit), tuple(faults))


def _refusal(entry: Entry, number: float, unit: str) -> tuple[str, str]:
    """Ask the entry itself why it takes no such number."""
    if math.isinf(number):
        return "不是有限的数值", entry.allowed
    return _told(entry, f"{format(Decimal(repr(number)), 'f')} {'' if unit == '1' else unit}".strip())


def _units(entry: Entry, given: NDArray[np.bool_], unit: str) -> NDArray[np.object_] | None:
    if not entry.other_units:
        return None
    units = np.full(len(given), None, dtype=object)
    units[given] = unit
    return units


# --- texts ---------------------------------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """The distinct texts of a column as values, filled one by one."""

    values: NDArray[Any]
    units: NDArray[np.object_] | None
    wrong: dict[int, tuple[str, str]] = field(default_factory=dict)


def _texts(heading: Heading, codes: NDArray[np.int64], distinct: pa.Array, scale: Scale | None) -> Typed:
    given = codes >= 0
    reading = _Reading(_blanks(heading.entry, len(distinct) + 1), None)
    if heading.entry.other_units:
        reading.units = np.full(len(distinct) + 1, None, dtype=object)
    left = _bare_numbers(heading, distinct, scale, reading)
    for at, text in left:
        _read(heading, at, text, scale, reading)
    faults = [
        Fault(np.flatnonzero(codes == at), heading.text, what, mend, str(distinct[at].as_py()))
        for at, (what, mend) in reading.wrong.items()
    ]
    # Code −1 is the last place of the values, which stays blank.
    made = Typed(reading.values[codes], given, None if reading.units is None else reading.units[codes], tuple(faults))
    return _in_range(heading, made) if heading.entry.kind == "date" else made


def _stripped(column: pa.Array) -> pa.Array:
    """Texts without blanks around them; null where nothing is left."""
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), None, column)


def _numbered(column: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """Number the texts of a column that stand in any row; −1 where there is none."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    rows = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    stands = np.zeros(len(coded.dictionary) + 1, dtype=bool)
    stands[rows] = True
    texts = _stripped(coded.dictionary.filter(pa.array(stands[:-1]))).dictionary_encode()
    of_text = np.full(len(stands), -1, dtype=np.int64)
    of_text[:-1][stands[:-1]] = texts.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return of_text[rows], texts.dictionary


def _free_text(heading: Heading, column: pa.Array) -> Typed:
    """Free text is taken as it stands; only its length is looked at. Names are all different: numbering them would cost more."""
    values = column.to_numpy(zero_copy_only=False)
    given = _valid(column)
    faults = []
    long = pc.greater(pc.utf8_length(column), heading.entry.longest).fill_null(False).to_numpy(zero_copy_only=False)
    if long.any():
        rows = np.flatnonzero(long)
        what, mend = _told(heading.entry, str(values[rows[0]]))
        faults.append(Fault(rows, heading.text, what, mend))
        values = np.where(long, None, values)
    return Typed(values, given, None, tuple(faults))


def _spread(distinct: Typed, codes: NDArray[np.int64]) -> Typed:
    """Free texts and their faults, read once each, over the rows that say them."""
    # Code −1 is the last place of the values, which stays blank.
    values = np.concatenate([distinct.values, np.array([None], dtype=object)])[codes]
    faults = tuple(replace(one, rows=np.flatnonzero(np.isin(codes, one.rows))) for one in distinct.faults)
    return Typed(values, codes >= 0, None, faults)


def _told(entry: Entry, text: str) -> tuple[str, str]:
    """Ask the entry itself why it does not take a text."""
    try:
        entry.parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        return str(context.get("what", "")), str(context.get("allowed", ""))
    return "不能用", entry.allowed


def _blanks(entry: Entry, count: int) -> NDArray[Any]:
    if entry.kind == "quantity":
        return np.full(count, np.nan)
    if entry.kind == "date":
        return np.full(count, "NaT", dtype="datetime64[D]")
    if entry.kind == "flag":
        return np.full(count, UNKNOWN_FLAG, dtype=np.int8)
    return np.full(count, None, dtype=object)


def _bare_numbers(
    heading: Heading, distinct: pa.Array, scale: Scale | None, reading: _Reading
) -> Iterator[tuple[int, str]]:
    """Read the plain numbers of a column with a unit together; return what is left."""
    if heading.entry.kind != "quantity" or scale is None or not len(distinct):
        yield from enumerate(distinct.to_pylist())
        return
    bare = pc.match_substring_regex(distinct, _BARE).to_numpy(zero_copy_only=False).astype(bool)
    rows = np.flatnonzero(bare)
    texts = distinct.take(pa.array(rows)).to_pylist()
    if scale.factor == 1:
        reading.values[rows] = [float(text) for text in texts]
    else:
        reading.values[rows] = [float(Decimal(text) * scale.factor) for text in texts]
    if reading.units is not None:
        reading.units[rows] = scale.unit
    low, high = heading.entry.minimum, heading.entry.maximum
    for row, text in zip(rows.tolist(), texts, strict=True):
        value = reading.values[row]
        if (low is not None and value < low) or (high is not None and value > high):
            reading.values[row] = np.nan
            reading.wrong[row] = _refusal(heading.entry, float(text), heading.unit)
    for at in np.flatnonzero(~bare).tolist():
        yield at, distinct[at].as_py()


def _read(heading: Heading, at: int, text: str, scale: Scale | None, reading: _Reading) -> None:
    entry = heading.entry
    try:
        stated = entry.parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        mend = "；例：".join(part for part in (context.get("allowed", ""), context.get("example", "")) if part)
        reading.wrong[at] = (str(context.get("what", "")), mend)
        return
    if stated.value is None:
        return
    value = stated.value
    if entry.kind == "date":
        value = np.datetime64(value) if isinstance(value, date) else np.datetime64("NaT")
    elif entry.kind == "flag":
        value = int(value)
    elif entry.kind == "quantity":
        value = float(value)
    reading.values[at] = value
    if reading.units is not None:
        reading.units[at] = stated.unit or None


def _in_range(heading: Heading, made: Typed) -> Typed:
    """Refuse days that no project can have: a slip of the year would stretch every table of years."""
    days = made.values
    wrong = ~np.isnat(days) & ((days < FIRST_DAY) | (days > LAST_DAY))
    if not wrong.any():
        return made
    values = days.copy()
    values[wrong] = np.datetime64("NaT")
    fault = Fault(np.flatnonzero(wrong), heading.text, "日期不在可用的范围内", DAYS_SHOWN)
    return Typed(values, made.given, None, (*made.faults, fault))
