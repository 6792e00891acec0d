"""Years × sources: how the figures of the design year run from the first spade to the end of life (LT-1 … LT-3).

Works on any number of units at once. Beyond the design year the figures are reference and say so. Unknown dates or lives
give NaN years, never a shorter life.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting import growth
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.words import IntArray
from tanping.assessment.project.columns import ColumnTable

# Projects worked on at once: a fixed partition of the sums, small enough for the years to stay in cache.
CHUNK = 4_096
# Every month has a day this far after its first.
LAST_COMMON_DAY = np.timedelta64(27, "D")


@dataclass(frozen=True)
class Defaults:
    """What is assumed where a unit says nothing; each is printed."""

    ramp: float
    availability: float
    degradation: float


@dataclass(frozen=True)
class Service:
    """Service of every unit; NaN unknown.

    ``start``, ``end``, ``one_year`` and ``two_years`` (after the start) are day numbers, ``first_full_year`` the first calendar
    year served from 1 January; ramp and degradation are fractions.
    """

    start: FloatArray
    end: FloatArray
    one_year: FloatArray
    two_years: FloatArray
    first_full_year: FloatArray
    ramp1: FloatArray
    ramp2: FloatArray
    degradation: FloatArray
    availability: float


def service_of(units: ColumnTable, defaults: Defaults) -> Service:
    """Read the service of units. The end is the commissioning date plus the design life."""
    commissioned = units.days["commissioned"]
    return Service(
        start=day_numbers(commissioned),
        end=day_numbers(add_years(commissioned, units.numbers["life"])),
        one_year=day_numbers(add_years(commissioned, 1.0)),
        two_years=day_numbers(add_years(commissioned, 2.0)),
        first_full_year=first_full_years(commissioned),
        ramp1=_or(units.numbers["first_year_ramp"] / 100, defaults.ramp),
        ramp2=_or(units.numbers["second_year_ramp"] / 100, defaults.ramp),
        degradation=_or(units.numbers["degradation"] / 100, defaults.degradation),
        availability=defaults.availability,
    )


def profiles(service: Service, years: NDArray[np.int64], units: slice | IntArray) -> tuple[FloatArray, FloatArray]:
    """Share of the design output (units × years) and specific use relative to new (units × years).

    Output counts the days in service of each year, the first and second twelve months at their ramp, from the unit's own
    commissioning: on × ramp of LT-1 is taken day by day. Specific use grows with completed years of service.
    """
    first, last = year_days(years)
    start, end = service.start[units, None], service.end[units, None]
    one, two = service.one_year[units, None], service.two_years[units, None]
    served = _overlap(start, end, first, last)
    # Days at full load: those served, less what the ramp of the first and second twelve months takes away.
    early = _overlap(start, np.minimum(end, one), first, last)
    early *= 1.0 - service.ramp1[units, None]
    served -= early
    later = _overlap(one, np.minimum(end, two), first, last)
    later *= 1.0 - service.ramp2[units, None]
    served -= later
    served /= last - first
    output = growth.annual_output(1.0, 1.0, served, 1.0, service.availability)
    age = np.maximum(years - service.first_full_year[units, None], 0.0)
    use = growth.degraded(1.0, service.degradation[units, None], age)
    return output, use


def years_of(starts: FloatArray, ends: FloatArray, works_start: float) -> tuple[int, ...]:
    """Calendar years from the start of the works (else of service) to the end of the last unit; empty if unknown."""
    if not len(starts) or np.isnan(starts).any() or np.isnan(ends).any():
        return ()
    first = float(starts.min())
    if not np.isnan(works_start):
        first = min(first, works_start)
    # A unit that stops on 1 January has no day of that year.
    last = _year(float(ends.max()) - 1)
    return tuple(range(_year(first), last + 1))


def construction_shares(works_start: float, works_end: float, years: NDArray[np.int64]) -> FloatArray:
    """Share of the construction period in each year; NaN when its dates are unknown."""
    first, last = year_days(years)
    if np.isnan(works_start) or np.isnan(works_end) or works_end <= works_start:
        return np.full(len(years), np.nan)
    return np.asarray(_overlap(np.array(works_start), np.array(works_end), first, last) / (works_end - works_start))


def share_after(start: FloatArray, years: NDArray[np.int64]) -> FloatArray:
    """Share of each year that lies after a day (rows × years; ``start`` is a column of day numbers)."""
    first, last = year_days(years)
    return np.asarray(np.clip((last - start) / (last - first), 0.0, 1.0))


def day_numbers(days: NDArray[np.datetime64]) -> FloatArray:
    """Days since 1970-01-01 as floats, NaN for NaT."""
    numbers = days.astype("datetime64[D]").astype(np.int64).astype(np.float64)
    numbers[np.isnat(days)] = np.nan
    return numbers


def add_years(days: NDArray[np.datetime64], years: FloatArray | float) -> NDArray[np.datetime64]:
    """The same day some years later (to the month); a day the month lacks becomes its last. NaN gives NaT."""
    months = days.astype("datetime64[M]")
    of_month = days - months.astype("datetime64[D]")
    known = ~np.isnan(years)
    later = months + np.rint(np.where(known, years, 0.0) * 12).astype("timedelta64[M]")
    ends = later.astype("datetime64[D]") + of_month
    spilt = of_month > LAST_COMMON_DAY
    if spilt.any():
        ends[spilt] = np.minimum(ends[spilt], (later[spilt] + 1).astype("datetime64[D]") - np.timedelta64(1, "D"))
    if not known.all():
        ends[~np.broadcast_to(known, ends.shape)] = np.datetime64("NaT")
    return ends


def first_full_years(days: NDArray[np.datetime64]) -> FloatArray:
    """The first calendar year that begins on or after each day; NaN for NaT."""
    years = days.astype("datetime64[Y]")
    numbers = years.astype(np.int64).astype(np.float64) + 1970
    numbers[days > years.astype("datetime64[D]")] += 1
    numbers[np.isnat(days)] = np.nan
    return numbers


def year_days(years: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """First day of each year and of the next one, as day numbers."""
    begins = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64).astype(np.float64)
    ends = (years - 1969).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64).astype(np.float64)
    return begins, ends


def _overlap(start: FloatArray, end: FloatArray, first: FloatArray, last: FloatArray) -> FloatArray:
    days = np.minimum(end, last)
    days -= np.maximum(start, first)
    return np.maximum(days, 0.0, out=days)


def _or(values: FloatArray, default: float) -> FloatArray:
    return np.where(np.isnan(values), default, values)


def _year(day: float) -> int:
    return int(np.datetime64(int(day), "D").astype("datetime64[Y]").astype(np.int64)) + 1970
