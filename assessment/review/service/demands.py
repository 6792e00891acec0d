"""What the applicant must supply or mend: drafted, issued with the notice, answered in the new version, judged.

From them, and from what the new version really changed, comes the 意见—修改对照表.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from tanping.assessment.review.compare import Comparison, FieldChange, FigureChange, facts_of_clause, fields_about
from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.places import FIGURE, label_of, part, raw_at
from tanping.assessment.review.roles import ENTERING, Action
from tanping.assessment.review.service import submissions
from tanping.assessment.review.service.desk import SHORT, Act, Desk, Look, clean, new_id, one_of, same_version
from tanping.assessment.review.store.reviews import DemandRow, SubmissionRow
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import Adoption, DemandStage
from tanping.assessment.review.workflow import State

_WRONG = ("不一致", "不可能", "存疑")
"""How the verdict of a cross-check begins that the applicant must explain."""


@dataclass(frozen=True)
class Suggestion:
    """A demand that the result itself suggests: a missing fact, or a declared figure that differs."""

    text: str
    clause: str = ""
    place: str = ""


@dataclass(frozen=True)
class Terms:
    """Where in the report, by whom and until when a demand is to be met; what is empty is left open."""

    page: str = ""
    who: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Demand:
    """A demand as it stands. Before it is issued only the reviewers see it."""

    id: str
    round: int
    number: int
    stage: DemandStage
    source: str
    text: str
    clause: str
    place: str
    terms: Terms
    late: bool
    """Issued, due and not answered."""
    issued: bool
    by: str
    answer: str
    answer_page: str
    answered_in: int
    outcome: str
    outcome_reason: str
    version: int


@dataclass(frozen=True)
class TableRow:
    """A row of the 意见—修改对照表: the demand, the applicant's answer, what really changed, how it was judged."""

    demand: Demand
    fields: tuple[FieldChange, ...]
    figures: tuple[FigureChange, ...]

    @property
    def found(self) -> str:
        """What changed, in words; says so if nothing did."""
        if self.fields:
            return "；".join(map(str, self.fields))
        return "未检出对应字段的修改" if self.demand.place or self.demand.clause else ""


class Demands:
    """Demands on the applicant."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of_review(self, person: Person, review_id: str, *, round_: int | None = None) -> list[Demand]:
        """Return the demands of a round (by default this one), in order; the applicant sees only issued ones."""
        with self._desk.look(person, review_id) as look:
            wanted = look.review.round if round_ is None else round_
            rows = look.all(DemandRow, DemandRow.round == wanted, order=[DemandRow.number])
            return [_demand(look, row) for row in rows if row.issued or look.role not in ENTERING]

    def suggestions(self, person: Person, review_id: str) -> list[Suggestion]:
        """Return what the newest result lacks (for 补正) and where declared and recomputed figures differ (for 修改)."""
        with self._desk.look(person, review_id, Action.WRITE_DEMAND) as look:
            result = submissions.newest_result(look)
            if result is None:
                return []
            plain = submissions.result_of(look, result)
        missing = [
            Suggestion(_ask(fact["label"], fact["unit"], fact["meaning"]), place=f"facts/{fact['fact']}")
            for fact in plain["screening"]["missing"]
            if fact["asked"] and fact["kind"] != "paper"
        ]
        papers = [
            Suggestion(
                f"请说明“{fact['label']}”的办理状态，已取得的附文号和文件。", place=f"papers/{fact['fact']}/status"
            )
            for fact in plain["screening"]["missing"]
            if fact["kind"] == "paper"
        ]
        inventory = [Suggestion(f"碳排放核算缺少：{line}。") for line in plain["inventory"]["missing"]]
        differing = [
            Suggestion(f"“{check['label']}”（{check['declared']}）：{check['verdict']}。请核对并说明原因。")
            for check in plain["crosschecks"]
            if check["verdict"].startswith(_WRONG)
        ]
        return [*missing, *papers, *inventory, *differing]

    def write(
        self,
        person: Person,
        review_id: str,
        text: str,
        *,
        clause: str = "",
        place: str = "",
        source: str = "",
        terms: Terms | None = None,
    ) -> Demand:
        """Draft a demand; its stage follows from where the review stands. ``source``: whose point it is, by default one's own.

        Without ``terms`` the page is that of the place in the project file, the rest is open.
        """
        with self._desk.act(person, review_id, Action.WRITE_DEMAND) as act:
            stage = DemandStage.CORRECTION if act.state is State.ACCEPTANCE else DemandStage.REVISION
            if place:
                label_of(place)
            last = act.session.scalar(select(func.max(DemandRow.number)).where(DemandRow.review_id == act.review.id))
            row = DemandRow(
                id=new_id(),
                review_id=act.review.id,
                round=act.review.round,
                number=(last or 0) + 1,
                stage=stage,
                source=clean(source, "来源", longest=100) or f"{act.office}{act.role}",
                text=clean(text, "意见", needed=True),
                clause=clean(clause, "条款", longest=120),
                place=clean(place, "位置", longest=300),
                **_terms(act, terms or Terms(page=_page_of(act, place))),
                issued=False,
                asked_of=None,
                user_id=act.person.id,
                at=act.at,
                answer="",
                answer_page="",
                answered_in=None,
                outcome="",
                outcome_reason="",
                judged_by=None,
                version=1,
            )
            act.session.add(row)
            act.record(Action.WRITE_DEMAND, {"number": row.number, "stage": stage, "text": row.text, **_said(row)})
            return _demand(act, row)

    def reword(
        self, person: Person, review_id: str, demand_id: str, version: int, text: str, terms: Terms | None = None
    ) -> Demand:
        """Change a demand that is not issued yet; an empty text drops it. Without ``terms`` those it has stay."""
        with self._desk.act(person, review_id, Action.WRITE_DEMAND) as act:
            row = act.one(DemandRow, demand_id, "条意见")
            if row.issued:
                raise RefusedError("已发出的意见不能改；需要变更请另拟一条。")
            same_version(row, version, act, f"第 {row.number} 条意见")
            text = clean(text, "意见")
            found = _demand(act, row)
            if text:
                row.text, row.version, row.user_id = text, row.version + 1, act.person.id
                if terms is not None:
                    for name, value in _terms(act, terms).items():
                        setattr(row, name, value)
                found = _demand(act, row)
            else:
                act.session.delete(row)
            body = {"number": row.number, "text": text, **(_said(row) if text else {})}
            act.record("改补正修改意见" if text else "删补正修改意见", body)
            return found

    def set_terms(self, person: Person, review_id: str, who: str, due: date | None) -> int:
        """Set by whom and until when for all that is drafted; return how many."""
        with self._desk.act(person, review_id, Action.WRITE_DEMAND) as act:
            rows = written(act)
            if not rows:
                raise RefusedError("还没有拟出任何一条意见。")
            for row in rows:
                said = _terms(act, Terms(row.page, who, due))
                row.who, row.due, row.version = said["who"], said["due"], row.version + 1
            act.record("定责任单位和期限", {"numbers": [row.number for row in rows], **_said(rows[0], page=False)})
            return len(rows)

    def answer(self, person: Person, review_id: str, demand_id: str, version: int, answer: str, page: str) -> Demand:
        """Say how a demand was met and on which page of the new version; the new version is sealed first."""
        with self._desk.act(person, review_id, Action.ANSWER_DEMAND) as act:
            row = act.one(DemandRow, demand_id, "条意见")
            if not row.issued or row.round != act.review.round:
                raise RefusedError("这条意见没有发给申报方。")
            same_version(row, version, act, f"第 {row.number} 条意见的答复")
            if submissions.unsealed(act):
                raise RefusedError("请先封存修改后的项目文件，再逐条答复修改情况。")
            row.answer = clean(answer, "修改情况", needed=True)
            row.answer_page = clean(page, "页码", longest=60)
            row.answered_in = submissions.need_newest(act).id
            row.outcome, row.outcome_reason, row.judged_by = "", "", None
            row.version += 1
            act.record(Action.ANSWER_DEMAND, {"number": row.number, "answer": row.answer, "page": row.answer_page})
            return _demand(act, row)

    def judge(
        self, person: Person, review_id: str, demand_id: str, version: int, outcome: str, reason: str = ""
    ) -> Demand:
        """Judge an answer: 采纳 (done), 部分采纳 or 未采纳 with the reason."""
        one_of(outcome, Adoption, "判定")
        with self._desk.act(person, review_id, Action.JUDGE_DEMAND) as act:
            row = act.one(DemandRow, demand_id, "条意见")
            if not row.answer:
                raise RefusedError(f"第 {row.number} 条意见还没有答复。")
            same_version(row, version, act, f"第 {row.number} 条意见的判定")
            row.outcome, row.judged_by = outcome, act.person.id
            row.outcome_reason = clean(reason, "理由", needed=outcome != Adoption.ADOPTED)
            row.version += 1
            act.record(Action.JUDGE_DEMAND, {"number": row.number, "outcome": outcome, "reason": row.outcome_reason})
            return _demand(act, row)

    def table(self, person: Person, review_id: str, *, round_: int | None = None) -> list[TableRow]:
        """Return the 意见—修改对照表 of a round: every issued demand, with what the answering version really changed."""
        with self._desk.look(person, review_id) as look:
            wanted = look.review.round if round_ is None else round_
            return [told for _, told in table_rows(look, wanted)]


# ---- what the steps look at ------------------------------------------------------------------------------------------


def table_rows(look: Look, round_: int) -> list[tuple[DemandRow, TableRow]]:
    """Return every issued demand of a round as the 意见—修改对照表 tells it."""
    rows = look.all(DemandRow, DemandRow.round == round_, DemandRow.issued, order=[DemandRow.number])
    compared: dict[tuple[str, str], Comparison] = {}
    return [(row, _table_row(look, row, compared)) for row in rows]


def of_round(look: Look) -> list[DemandRow]:
    """Return all demands of this round."""
    return look.all(DemandRow, DemandRow.round == look.review.round, order=[DemandRow.number])


def written(look: Look) -> list[DemandRow]:
    """Return what is drafted and not issued."""
    return [row for row in of_round(look) if not row.issued]


def unanswered(look: Look) -> list[DemandRow]:
    """Return what is issued and not answered."""
    return [row for row in of_round(look) if row.issued and not row.answer]


def unjudged(look: Look) -> list[DemandRow]:
    """Return what is answered and not judged. Corrections are judged by acceptance itself."""
    return [row for row in of_round(look) if row.answer and not row.outcome and row.stage != DemandStage.CORRECTION]


def require_days_to_come(look: Look) -> None:
    """Refuse to issue what should have been done before today."""
    late = [str(row.number) for row in written(look) if row.due is not None and row.due < look.today]
    if late:
        raise RefusedError(f"第 {'、'.join(late)} 条的完成期限已过，请改期后再发出。")


# ---- inside ----------------------------------------------------------------------------------------------------------


def _table_row(look: Look, row: DemandRow, compared: dict[tuple[str, str], Comparison]) -> TableRow:
    if row.asked_of is None or row.answered_in is None:
        return TableRow(_demand(look, row), (), ())
    key = (row.asked_of, row.answered_in)
    if key not in compared:
        old, new = (look.one(SubmissionRow, item, "份送审稿") for item in key)
        compared[key] = submissions.compare_versions(look, old, new)
    facts: Sequence[str] = ()
    if row.clause:
        result = submissions.newest_result(look)
        facts = facts_of_clause(submissions.result_of(look, result), row.clause) if result else ()
    fields = fields_about(compared[key].fields, row.place, facts)
    return TableRow(_demand(look, row), fields, compared[key].figures if fields else ())


def _terms(act: Act, terms: Terms) -> dict[str, Any]:
    """Return the columns that say the terms of a demand. Raises RefusedError."""
    if terms.due is not None and terms.due < act.today:
        raise RefusedError(f"完成期限（{terms.due}）在今天以前。")
    return {
        "page": clean(terms.page, "报告页码", longest=SHORT),
        "who": clean(terms.who, "责任单位", longest=100),
        "due": terms.due,
    }


def _said(row: DemandRow, *, page: bool = True) -> dict[str, str]:
    """Return the terms of a demand as an event tells them."""
    told = {"page": row.page if page else "", "who": row.who, "due": row.due.isoformat() if row.due else ""}
    return {name: text for name, text in told.items() if text}


def _page_of(look: Look, place: str) -> str:
    """Return the document and page that the newest version names for a place."""
    submission = submissions.newest(look)
    if submission is None or not place or place.startswith(FIGURE):
        return ""
    raw = raw_at(submissions.file_of(look, submission), place)
    return " ".join(filter(None, (part(raw, "document"), part(raw, "page"))))[:SHORT]


def _ask(label: str, unit: str, meaning: str) -> str:
    about = f"（{meaning}）" if meaning else ""
    measured = f"，单位 {unit}" if unit and unit != "1" else ""
    return f"请补充“{label}”{about}{measured}，并注明报告页码。"


def _demand(look: Look, row: DemandRow) -> Demand:
    answering = look.session.get(SubmissionRow, row.answered_in) if row.answered_in else None
    return Demand(
        id=row.id,
        round=row.round,
        number=row.number,
        stage=DemandStage(row.stage),
        source=row.source,
        text=row.text,
        clause=row.clause,
        place=row.place,
        terms=Terms(row.page, row.who, row.due),
        late=row.issued and not row.answer and row.due is not None and row.due < look.today,
        issued=row.issued,
        by=look.name(row.user_id),
        answer=row.answer,
        answer_page=row.answer_page,
        answered_in=answering.number if answering else 0,
        outcome=row.outcome,
        outcome_reason=row.outcome_reason,
        version=row.version,
    )
