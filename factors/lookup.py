"""Choosing one record for a question, saying why, and refusing with what exists.

The rules, in the order they apply:

1. The exact region first, then the province's grid region, then the nation, then the world; the step taken is named.
2. A record counts once its document was *published* on or before the day asked for (a year or month alone counts from its
   last day) and while it is valid. Compliance-year and path records are chosen by their year instead.
3. Never silently: drafts, documents already replaced, unknown publication, records marked as not preferred, and the kinds of
   figures of ``ONLY_BY_NAME`` (those are also chosen when their variant is named). An override needs a written reason.
4. Of what is left the latest data year wins, then the latest publication. Several standards or variants that differ are a
   question back to the caller, not a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from tanping.factors.record import ONLY_BY_NAME, Factor, FuelFactor, Level, Place, Status
from tanping.records.errors import suggest

NATION, WORLD = "全国", "全球"
MAX_MEMO = 65_536
_LOCAL = (Level.PROVINCE, Level.GRID_REGION)
OLD_GRIDS = ("grid.old6", "grid.baseline")
DAY_OF_OLD_GRIDS = date(2012, 12, 31)


class Selected(NamedTuple):
    """A chosen record and everything a reader needs to argue with the choice.

    ``why`` is one Chinese sentence with the step taken; ``rivals`` are the records that contradict this one; ``warnings`` what
    the report must print beside it; ``override`` the written reason when a rule was lifted.
    """

    record: Factor
    why: str
    level: Level
    rivals: tuple[Factor, ...] = ()
    warnings: tuple[str, ...] = ()
    override: str | None = None

    @property
    def number(self) -> float:
        """The value as float64."""
        return float(self.record.value)


class NoFactor(Exception):  # noqa: N818 - the name every caller reads as what it is
    """No record answers. ``reasons`` say why each that exists is refused, ``exists`` are those records (newest first)."""

    def __init__(self, asked: str, reasons: Sequence[str], exists: Sequence[Factor] = ()):
        self.asked, self.reasons, self.exists = asked, tuple(reasons), tuple(exists)
        super().__init__(f"没有可用的因子：{asked}。" + "；".join(self.reasons))


class Question(NamedTuple):
    """What is asked of the register."""

    key: str
    region: str | None
    as_of: date
    standard: str | None
    variant: str | None
    year: int | None
    override: str | None

    def words(self) -> str:
        """The question as printed."""
        parts = [
            f"地区 {self.region}" if self.region else "",
            f"标准 {self.standard}" if self.standard else "",
            f"口径 {self.variant}" if self.variant else "",
            f"{self.year} 年度" if self.year else "",
            f"截至 {self.as_of}",
        ]
        return f"{self.key}（{'，'.join(part for part in parts if part)}）"


class Candidates:
    """The records that could answer a kind of question, whatever the day and place; sorted once by region."""

    __slots__ = ("by_region", "item", "local", "provincial", "records")

    def __init__(self, records: list[Factor]):
        self.records = records
        self.item = records[0].item
        self.by_region: dict[str, list[Factor]] = {}
        for record in records:
            self.by_region.setdefault(record.region, []).append(record)
        levels = {record.level for record in records}
        self.local = not levels.isdisjoint(_LOCAL)
        self.provincial = Level.PROVINCE in levels


class Finder:
    """An index over records that answers questions, remembering the answers."""

    def __init__(self, records: Iterable[Factor], places: Mapping[str, Place]):
        self._places = places
        self._by_name: dict[str, list[Factor]] = {}
        self._by_conflict: dict[str, list[Factor]] = {}
        for record in records:
            for name in dict.fromkeys((record.key, record.item)):
                self._by_name.setdefault(name, []).append(record)
            if record.conflict:
                self._by_conflict.setdefault(record.conflict, []).append(record)
        self._memo: dict[Question, Selected] = {}
        self._kinds: dict[tuple[str, str | None, str | None, int | None], Candidates] = {}
        self._chains: dict[tuple[str, bool], tuple[str, ...]] = {}

    def records(self, name: str) -> tuple[Factor, ...]:
        """All records of a key or item, none when it is unknown."""
        return tuple(self._by_name.get(name, ()))

    def names(self) -> tuple[str, ...]:
        """All keys and items."""
        return tuple(self._by_name)

    def find(self, question: Question) -> Selected:
        """Answer a question. Raises NoFactor."""
        found = self._memo.get(question)
        if found is None:
            found = self._find(question)
            if len(self._memo) >= MAX_MEMO:
                self._memo.clear()
            self._memo[question] = found
        return found

    def region_chain(self, region: str, item: str) -> tuple[str, ...]:
        """The regions to try for a place, nearest first. Raises NoFactor for a place nobody knows."""
        asked = (region, item.startswith(OLD_GRIDS))
        if asked not in self._chains:
            self._chains[asked] = self._chain(region, old=asked[1])
        return self._chains[asked]

    def place(self, region: str) -> Place:
        """The place behind a name, 江苏省 → 江苏. Raises NoFactor for one nobody knows."""
        if region not in self._places:
            # The region register knows full names and spellings; it is only read when somebody writes one.
            from tanping.records.regions import PlaceError, find_province

            try:
                return self._places[find_province(region)]
            except PlaceError as error:
                near = suggest(region, self._places)
                raise NoFactor(f"地区 {region[:20]}", [error.what + (f"，{near}" if near else "")]) from None
        return self._places[region]

    def _chain(self, region: str, *, old: bool) -> tuple[str, ...]:
        place = self.place(region)
        if place.level in (Level.AREA, Level.WORLD):
            return (place.name,)
        names: list[str | None] = [place.name]
        if place.level is Level.PROVINCE:
            from tanping.records.regions import grid_region

            names.append(grid_region(place.name, as_of=DAY_OF_OLD_GRIDS if old else None))
        return tuple(dict.fromkeys(name for name in (*names, NATION, WORLD) if name))

    def _find(self, question: Question) -> Selected:
        if question.override is not None and not question.override.strip():
            raise NoFactor(question.words(), ["改用须写明理由，理由是空的"])
        candidates = self._candidates(question)
        steps: list[str] = []
        refused: list[str] = []
        for region in self._regions(question, candidates):
            open_ones = []
            for record in candidates.by_region.get(region, ()):
                reason = _refusal(record, question)
                if reason is None:
                    open_ones.append(record)
                else:
                    refused.append(f"{_name(record)}：{reason}{self._instead(record)}")
            if open_ones:
                return self._settle(question, open_ones, steps)
            if region not in (NATION, WORLD):
                level = self._places[region].level
                steps.append(f"{region}没有可用的{level.label}值" if candidates.local else "本项不分地区")
        listed = candidates.records
        raise NoFactor(question.words(), [*_unique(refused or steps), _exists(listed)], _newest(listed))

    def _candidates(self, question: Question) -> Candidates:
        kind = (question.key, question.standard, question.variant, question.year)
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = Candidates(self._records_of_kind(question))
        return found

    def _records_of_kind(self, question: Question) -> list[Factor]:
        found = self._by_name.get(question.key)
        if not found:
            near = suggest(question.key, self._by_name)
            raise NoFactor(question.words(), ["登记册没有这个键" + (f"，{near}" if near else "")])
        asked = found
        if question.standard is not None:
            asked = [record for record in asked if record.standard == question.standard]
            if not asked:
                known = "、".join(sorted({record.standard or "（不分标准）" for record in found}))
                raise NoFactor(question.words(), [f"这个标准没有此项；已有：{known}", _exists(found)], _newest(found))
        if question.variant is not None:
            known = "、".join(sorted({record.variant or "（不分口径）" for record in asked}))
            asked = [record for record in asked if record.variant == question.variant]
            if not asked:
                raise NoFactor(question.words(), [f"没有这个口径；已有：{known}", _exists(found)], _newest(found))
        return _of_the_year(question, asked)

    def _regions(self, question: Question, candidates: Candidates) -> tuple[str, ...]:
        """The regions to try, nearest first."""
        if question.region is not None:
            chain = self.region_chain(question.region, candidates.item)
            self._refuse_hollow(question, chain[0], candidates)
            return chain
        regions = tuple(candidates.by_region)
        if not candidates.local and set(regions) <= {NATION, WORLD}:
            return NATION, WORLD
        if len(regions) == 1:
            return regions
        listed = "、".join(regions[:8]) + ("……" if len(regions) > 8 else "")
        raise NoFactor(question.words(), [f"须指明地区（省名；要全国值写 全国）；已有：{listed}"])

    def _refuse_hollow(self, question: Question, region: str, candidates: Candidates) -> None:
        """A place without a published value is refused where others have one: another's value is not its own."""
        place = self._places[region]
        if not place.no_value or not candidates.provincial or not candidates.item.startswith("grid."):
            return
        national = [one for one in candidates.by_region.get(NATION, ()) if not _out_of_time(one, question)]
        raise NoFactor(
            question.words(),
            [
                f"{region}{place.no_value}，不以别处的值代替；如确需用全国值，请把地区写成 全国 并说明理由",
                _exists(national),
            ],
            _newest(national),
        )

    def _is_province(self, region: str) -> bool:
        return region in self._places and self._places[region].level is Level.PROVINCE

    def _settle(self, question: Question, found: list[Factor], steps: list[str]) -> Selected:
        found = _one_standard(question, found)
        found, same = _one_variant(question, found)
        record = max(found, key=_recency)
        warnings = self._warnings(record, question)
        why = "；".join([*_unique(steps), _why(record, question, same)])
        return Selected(record, why, record.level, self._rivals(record, question), warnings, question.override)

    def _instead(self, record: Factor) -> str:
        """What to take instead of a record that was not preferred."""
        if record.preferred is not False:
            return ""
        better = [f"{other.key} {other.cite()}" for other in self._by_conflict[record.conflict] if other.preferred]
        return f"；采信的是 {better[0]}" if better else ""

    def _rivals(self, record: Factor, question: Question) -> tuple[Factor, ...]:
        if not record.conflict:
            return ()
        home = {record.region, NATION, WORLD}
        if question.region:
            home.update(self.region_chain(question.region, record.item))
        return tuple(
            other
            for other in self._by_conflict[record.conflict]
            if other is not record and other.region in home and _figures(other) != _figures(record)
        )

    def _warnings(self, record: Factor, question: Question) -> tuple[str, ...]:
        warnings = []
        if question.override:
            lifted = _lifted(record, question)
            warnings.append(f"依据书面理由采用：{question.override.strip()}" + (f"（{lifted}）" if lifted else ""))
        if record.provisional:
            warnings.append(f"待核：{record.basis.label}")
        if record.status is Status.FINAL and record.replaced_on and record.replaced_on <= question.as_of:
            warnings.append(f"{record.replaced_on} 起已有代替文件：{record.replaced_by}")
        if record.past_best_before(question.as_of):
            warnings.append(f"已过复核期限 {record.review_by}")
        if self._is_province(record.region) and (note := self._places[record.region].note):
            warnings.append(f"{record.region}：{note}")
        return tuple(warnings)


def _refusal(record: Factor, question: Question) -> str | None:
    """Why a record may not be taken, None when it may."""
    hard = _out_of_time(record, question)
    if hard or question.override:
        return hard
    return _lifted(record, question) or None


def _out_of_time(record: Factor, question: Question) -> str | None:
    """What no override lifts: another year, not yet published, not valid."""
    if record.published_on is not None and record.published_on > question.as_of:
        return f"{record.published} 才公布" + ("（按期末计）" if len(record.published) < 10 else "")
    if question.year is not None or record.by_year:
        return None
    if record.valid_from and record.valid_from > question.as_of:
        return f"{record.valid_from} 起才有效"
    if record.valid_to and record.valid_to < question.as_of:
        return f"{record.valid_to} 已失效"
    return None


def _of_the_year(question: Question, asked: list[Factor]) -> list[Factor]:
    """Keep the records of the year asked for; refuse when a year is needed and none was named."""
    years = "、".join(str(year) for year in sorted({record.data_year for record in asked if record.data_year}))
    known = f"；已有：{years}" if years else ""
    if question.year is None:
        if any(record.needs_year for record in asked):
            raise NoFactor(question.words(), [f"须指明年度 year{known}"], _newest(asked))
        return asked
    found = [record for record in asked if _of_year(record, question.year)]
    if not found:
        raise NoFactor(question.words(), [f"没有 {question.year} 年度的值{known}", _exists(asked)], _newest(asked))
    return found


def _of_year(record: Factor, year: int) -> bool:
    if record.by_year and (record.valid_from or record.valid_to):
        first = record.valid_from.year if record.valid_from else 0
        return first <= year <= (record.valid_to.year if record.valid_to else 9999)
    return record.data_year == year


def _lifted(record: Factor, question: Question) -> str:
    """What only a written reason lifts; empty when nothing stands in the way."""
    named = question.variant is not None
    if record.status is Status.DRAFT:
        return "征求意见稿，未定稿"
    if record.status is Status.SUPERSEDED and (record.replaced_on is None or record.replaced_on <= question.as_of):
        since = f"{record.replaced_on} 起" if record.replaced_on else ""
        return f"{since}已被代替"
    if record.published_on is None:
        return "公布日期不明"
    if record.variant in ONLY_BY_NAME and not named:
        return f"{ONLY_BY_NAME[record.variant]}；须指明 variant={record.variant}"
    if record.preferred is False and not named:
        return "与其他来源矛盾，未采信"
    return ""


def _one_standard(question: Question, found: list[Factor]) -> list[Factor]:
    standards = {record.standard for record in found}
    if len(standards) > 1:
        listed = "、".join(standard or "（不分标准）" for standard in sorted(standards))
        raise NoFactor(question.words(), [f"几个标准都有此项，须指明 standard：{listed}"], _newest(found))
    return found


def _one_variant(question: Question, found: list[Factor]) -> tuple[list[Factor], tuple[str, ...]]:
    """Keep one variant, or several with the very same figures; the second value names the others that agree."""
    variants = {record.variant for record in found}
    if len(variants) == 1:
        return found, ()
    chosen = max(found, key=_recency)
    if any(_figures(record) != _figures(chosen) for record in found):
        raise NoFactor(question.words(), [f"有几种口径，须指明 variant：{'、'.join(sorted(variants))}"], _newest(found))
    return [chosen], tuple(record.document for record in found if record is not chosen)


def _why(record: Factor, question: Question, same: tuple[str, ...]) -> str:
    level = f"取{record.region}值（{record.level.label}）" if record.level is not Level.NATION else "取全国值"
    if question.year is not None:
        when = f"{question.year} 年度"
    elif record.data_year:
        when = f"{question.as_of} 前公布的最近数据年份 {record.data_year}"
    else:
        when = f"{question.as_of} 有效"
    published = f"，{record.published} 公布" if record.published else "，公布日期不明"
    agree = f"；同值另见{'、'.join(same)}" if same else ""
    return f"{level}，{when}{published}：{record.document}{agree}"


def _figures(record: Factor) -> tuple[object, ...]:
    if isinstance(record, FuelFactor):
        return record.ncv, record.carbon_content, record.oxidation, record.value, record.unit
    return record.value, record.unit


def _recency(record: Factor) -> tuple[int, date, date]:
    return record.data_year or 0, record.published_on or date.min, record.valid_from or date.min


def _newest(records: Iterable[Factor]) -> list[Factor]:
    return sorted(records, key=_recency, reverse=True)


def _name(record: Factor) -> str:
    year = f"{record.data_year}年" if record.data_year else ""
    return f"{record.region}{year} {record.value} {record.unit}"


def _exists(records: Sequence[Factor]) -> str:
    newest = _newest(records)
    if not newest:
        return "登记册没有可替代的记录"
    listed = "；".join(f"{record.key} {_name(record)}（{record.document}）" for record in newest[:3])
    return f"登记册中有 {len(newest)} 条：{listed}" + ("……" if len(newest) > 3 else "")


def _unique(texts: Iterable[str]) -> list[str]:
    unique = list(dict.fromkeys(texts))
    return [*unique[:6], f"另有 {len(unique) - 6} 条"] if len(unique) > 6 else unique
