"""The register: a project's entry, its papers, its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from sqlalchemy import func, select

from tanping.assessment.project.model import PAPER_STATUSES as STATUS_LABELS
from tanping.assessment.review import roles, words
from tanping.assessment.review.errors import NotAllowedError, RefusedError
from tanping.assessment.review.places import text_at
from tanping.assessment.review.record import Who, append, sealing
from tanping.assessment.review.roles import ENTERING, REVIEWING, SIGNING, Action, Role
from tanping.assessment.review.service.desk import (
    SHORT,
    Act,
    Desk,
    Look,
    clean,
    new_id,
    one_of,
    same_version,
    signed_in,
)
from tanping.assessment.review.store.reviews import AssignmentRow, AttachmentRow, PaperRow, ReviewRow
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import Conflict
from tanping.assessment.review.workflow import State
from tanping.rules.facts import load_catalogue

MAX_FILE = 50 * 1024 * 1024
FILE_TYPES = frozenset(
    [
        ".pdf",
        ".ofd",
        ".jpg",
        ".jpeg",
        ".png",
        ".tif",
        ".tiff",
        ".docx",
        ".doc",
        ".xlsx",
        ".xls",
        ".wps",
        ".et",
        ".zip",
        ".txt",
        ".csv",
    ]
)
FINAL = "final"
OWN_HOLDERS = ("paper:", "submission:", "demand:")
"""What the applicant's side may attach to and read."""

FIELDS = {
    "title": "项目名称",
    "sector": "行业",
    "city": "设区市",
    "project_code": "项目代码",
    "credit_code": "统一社会信用代码",
    "builder": "建设单位",
    "preparer": "环评编制单位",
    "preparer_code": "编制单位信用编号",
    "preparer_person": "编制主持人",
    "preparer_person_code": "编制主持人信用编号",
    "category": "环评类别",
    "level": "审批级别",
    "zoning_unit": "环境管控单元编码",
}
_CHOICES = {"category": words.CATEGORIES, "level": words.LEVELS}
_FROM_FILE = {
    "title": "project/name",
    "sector": "project/sector",
    "city": "site/city",
    "project_code": "project/code",
    "credit_code": "project/credit_code",
    "builder": "project/owner",
    "preparer": "project/preparer",
    "zoning_unit": "site/zoning_unit",
}


@dataclass(frozen=True)
class Listed:
    """A review in the register list."""

    id: str
    serial: int
    title: str
    sector: str
    city: str
    builder: str
    state: State
    round: int
    document_number: str
    mode: str
    mine: str
    """As what the person acts on it, empty if not at all."""
    draft_id: str
    """The draft it is entered in, for those who enter."""


class Register:
    """Entries, papers and files of reviews."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # ---- entries -----------------------------------------------------------------------------------------------------

    def create(self, person: Person, title: str, *, draft_id: str | None = None) -> str:
        """Start a review and return its id; the person enters it (in a draft of the store) and so can't review it."""
        title = clean(title, FIELDS["title"], longest=SHORT, needed=True)
        with sealing(self._desk.engine) as session:
            at = self._desk.now()
            person = signed_in(session, person, at)
            role = next((item.role for item in person.capacities if roles.allowed(item.role, Action.CREATE)), None)
            if role is None:
                raise NotAllowedError("建项由建设单位或环评编制单位办理。")
            serial = (session.scalar(select(func.max(ReviewRow.serial))) or 0) + 1
            review = ReviewRow(
                **dict.fromkeys(FIELDS, ""),
                id=new_id(),
                serial=serial,
                mode=person.mode,
                state=State.DRAFT,
                resume="",
                round=1,
                stopped=False,
                accepted=None,
                as_of=None,
                document_number=None,
                issued=None,
                retention="",
                archive_number="",
                created=at,
                version=1,
                draft_id=draft_id,
            )
            review.title = title
            session.add(review)
            session.flush()
            session.add(assignment(review.id, person.id, role, "", at, acted=True))
            who = Who(person.id, person.name, role)
            append(session, Action.CREATE, at=at, who=who, review_id=review.id, mode=review.mode, body={"title": title})
            return review.id

    def get(self, person: Person, review_id: str) -> ReviewRow:
        """Return a review's entry as it stands (a snapshot)."""
        with self._desk.look(person, review_id) as look:
            return look.review

    def edit(self, person: Person, review_id: str, version: int, **fields: str) -> ReviewRow:
        """Change register fields (see ``FIELDS``). Raises ChangedError if the entry moved on."""
        with self._desk.act(person, review_id, Action.EDIT_REGISTER) as act:
            review = act.review
            if act.role in ENTERING and act.state not in (State.DRAFT, State.CORRECTION, State.REVISION):
                raise RefusedError(f"现在是“{act.state}”，登记由审查方修改；需要更正请告知受理人员。")
            same_version(review, version, act, "登记")
            before = {name: getattr(review, name) for name in fields}
            for name, value in fields.items():
                setattr(review, name, _field(name, value))
            changed = {
                name: [before[name], getattr(review, name)] for name in fields if before[name] != getattr(review, name)
            }
            if changed:
                review.version += 1
                act.record(Action.EDIT_REGISTER, {"changed": changed})
            return review

    def reviews(self, person: Person, *, limit: int = 500) -> list[Listed]:
        """Return the reviews a person may know of, newest first: reviewers and auditors all, others their own."""
        with self._desk.glance(person) as (session, person, _):
            query = (
                select(ReviewRow).where(ReviewRow.mode == person.mode).order_by(ReviewRow.serial.desc()).limit(limit)
            )
            held = select(AssignmentRow).where(AssignmentRow.user_id == person.id, AssignmentRow.until.is_(None))
            mine = {row.review_id: f"{row.office}{row.role}" for row in session.scalars(held)}
            inside = (REVIEWING | SIGNING | {Role.ARCHIVIST, Role.AUDITOR, Role.ADMINISTRATOR}) - {Role.EXPERT}
            everything = any(capacity.role in inside for capacity in person.capacities)
            if not everything:
                query = query.where(ReviewRow.id.in_(mine))
            rows = session.scalars(query).all()
            return [
                _listed(row, mine.get(row.id, ""), person)
                for row in rows
                if row.id in mine or row.state != State.DRAFT or person.has(Role.AUDITOR)
            ]

    # ---- papers ------------------------------------------------------------------------------------------------------

    def papers(self, person: Person, review_id: str) -> list[PaperRow]:
        """Return the papers of the register (snapshots), in the order of the fact catalogue."""
        with self._desk.look(person, review_id) as look:
            order = {name: number for number, name in enumerate(load_catalogue())}
            return sorted(look.all(PaperRow), key=lambda row: (order.get(row.name, len(order)), row.label, row.id))

    def add_paper(self, person: Person, review_id: str, label: str) -> PaperRow:
        """Add a paper that the fact catalogue does not know."""
        with self._desk.act(person, review_id, Action.EDIT_PAPERS) as act:
            row = _blank_paper(act.review.id, "", clean(label, "文件名称", longest=SHORT, needed=True), edited=True)
            act.session.add(row)
            act.record("登记文件", {"paper": row.label})
            return row

    def edit_paper(
        self,
        person: Person,
        review_id: str,
        paper_id: str,
        version: int,
        *,
        status: str,
        number: str = "",
        issued: date | None = None,
        issuer: str = "",
        note: str = "",
    ) -> PaperRow:
        """Set what an official found of a paper. An obtained paper has a number or says why not."""
        with self._desk.act(person, review_id, Action.EDIT_PAPERS) as act:
            row = act.one(PaperRow, paper_id, "份文件")
            same_version(row, version, act, f"“{row.label}”")
            if issued is not None and issued > act.today:
                raise RefusedError(f"“{row.label}”的日期（{issued}）在今天以后。")
            row.status = one_of(status, words.PAPER_STATUSES, "办理状态")
            row.number = clean(number, "文号", longest=100)
            row.issued = issued
            row.issuer = clean(issuer, "出具单位", longest=SHORT)
            row.note = clean(note, "说明")
            if row.status == "已取得" and not (row.number or row.note):
                raise RefusedError(f"“{row.label}”已取得，请填文号；确无文号的在说明里写明。")
            row.edited, row.version = True, row.version + 1
            act.record(Action.EDIT_PAPERS, {"paper": row.label, "status": row.status, "number": row.number})
            return row

    # ---- files -------------------------------------------------------------------------------------------------------

    def attach(self, person: Person, review_id: str, holder: str, name: str, content: bytes) -> AttachmentRow:
        """Keep a file. ``holder``: ``paper:<id>``, ``submission:<id>``, ``demand:<id>``, ``opinion:<id>``, ``minutes:<id>``, ``final``, ``other``."""
        name = _file_name(name)
        if not content:
            raise RefusedError(f"文件“{name}”是空的。")
        if len(content) > MAX_FILE:
            raise RefusedError(
                f"文件“{name}”过大（{len(content) // 1024 // 1024} MiB），上限 {MAX_FILE // 1024 // 1024} MiB。"
            )
        with self._desk.act(person, review_id, Action.ATTACH) as act:
            _check_holder(act, holder)
            if holder == FINAL and (act.state is not State.SEALING or not name.lower().endswith(".pdf")):
                raise RefusedError("定稿文件在“用印”时上传，须为 PDF。")
            digest = act.keep(content)
            row = AttachmentRow(
                id=new_id(),
                review_id=act.review.id,
                holder=holder,
                name=name,
                sha256=digest,
                size=len(content),
                user_id=act.person.id,
                at=act.at,
            )
            act.session.add(row)
            act.record(Action.ATTACH, {"holder": holder, "name": name, "sha256": digest}, blobs=[digest])
            return row

    def files(self, person: Person, review_id: str, holder: str = "") -> list[AttachmentRow]:
        """Return the files a person may see (snapshots), all or of one holder."""
        with self._desk.look(person, review_id) as look:
            rows = look.all(AttachmentRow, order=[AttachmentRow.at])
            return [row for row in rows if holder in ("", row.holder) and _may_read(look, row)]

    def file(self, person: Person, review_id: str, attachment_id: str) -> tuple[str, bytes]:
        """Return a file's name and bytes, which still have their hash."""
        with self._desk.look(person, review_id) as look:
            row = look.one(AttachmentRow, attachment_id, "个附件")
            if not _may_read(look, row):
                raise NotAllowedError("这个附件属于内部办理过程，您的角色不能查看。")
            return row.name, look.blob(row.sha256)


def assignment(review_id: str, user_id: str, role: Role, office: str, at: Any, *, acted: bool = False) -> AssignmentRow:
    """Return a new assignment."""
    return AssignmentRow(
        id=new_id(),
        review_id=review_id,
        user_id=user_id,
        role=role,
        office=office,
        since=at,
        until=None,
        acted=acted,
        conflict=Conflict.OPEN,
        reason="",
    )


def fill_from_file(act: Act, file: Mapping[str, Any]) -> None:
    """Take into the register what it does not have yet and a project file says: fields, and every paper."""
    for name, place in _FROM_FILE.items():
        if not getattr(act.review, name):
            setattr(act.review, name, text_at(file, place)[: _longest(name)])
    known = {row.name: row for row in act.all(PaperRow) if row.name}
    catalogue = load_catalogue()
    for name in file.get("papers") or {}:
        row = known.get(name)
        if row is None:
            row = _blank_paper(act.review.id, name, catalogue[name].label)
            act.session.add(row)
        if not row.edited:
            _take_paper(row, file)


def _take_paper(row: PaperRow, file: Mapping[str, Any]) -> None:
    head = f"papers/{row.name}"
    status = text_at(file, f"{head}/status")
    found = {
        "status": STATUS_LABELS.get(status, status if status in words.PAPER_STATUSES else ""),
        "number": text_at(file, f"{head}/number")[:100],
        "issued": _date(text_at(file, f"{head}/date")),
        "issuer": text_at(file, f"{head}/issuer")[:SHORT],
        "note": text_at(file, f"{head}/note"),
    }
    if any(getattr(row, name) != value for name, value in found.items()):
        for name, value in found.items():
            setattr(row, name, value)
        row.version += 1


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


def _blank_paper(review_id: str, name: str, label: str, *, edited: bool = False) -> PaperRow:
    return PaperRow(
        id=new_id(),
        review_id=review_id,
        name=name,
        label=label,
        status="",
        number="",
        issued=None,
        issuer="",
        note="",
        edited=edited,
        version=1,
    )


def _field(name: str, value: str) -> str:
    if name not in FIELDS:
        raise RefusedError(f"登记里没有“{name[:40]}”这一项。")
    label = FIELDS[name]
    text = clean(value, label, longest=_longest(name), needed=name == "title")
    if text and name in _CHOICES:
        return one_of(text, _CHOICES[name], label)
    if text and name == "credit_code" and not credit_code_sound(text):
        raise RefusedError(f"{label}“{text}”的校验码不符，请核对（18 位，GB 32100）。")
    return text


def _longest(name: str) -> int:
    length: int = ReviewRow.__table__.columns[name].type.length  # type: ignore[attr-defined]
    return length


_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code_sound(code: str) -> bool:
    """Whether a unified social credit code has its form and check digit (GB 32100-2015)."""
    if len(code) != 18 or any(letter not in _LETTERS for letter in code):
        return False
    total = sum(_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return _LETTERS[-total % 31] == code[17]


def _file_name(name: str) -> str:
    name = clean(PurePath(str(name).replace("\\", "/")).name, "文件名", longest=SHORT, needed=True)
    if PurePath(name).suffix.lower() not in FILE_TYPES:
        raise RefusedError(f"不收这种文件：“{name}”。可收：{'、'.join(sorted(FILE_TYPES))}。")
    return name


def _check_holder(act: Act, holder: str) -> None:
    from tanping.assessment.review.store import reviews

    kind, _, key = holder.partition(":")
    tables: dict[str, Any] = {
        "paper": reviews.PaperRow,
        "submission": reviews.SubmissionRow,
        "demand": reviews.DemandRow,
        "opinion": reviews.OpinionRow,
        "minutes": reviews.MinutesRow,
    }
    if act.role in ENTERING and not holder.startswith(OWN_HOLDERS):
        raise NotAllowedError("申报方的附件只能附在文件登记、送审材料或修改答复下。")
    if kind in tables:
        act.one(tables[kind], key, "项登记")
    elif holder not in (FINAL, "other"):
        raise RefusedError(f"不认识的附件归属“{holder[:40]}”。")


def _may_read(look: Look, row: AttachmentRow) -> bool:
    return look.role not in ENTERING or row.holder.startswith(OWN_HOLDERS) or row.user_id == look.person.id


def _listed(row: ReviewRow, mine: str, person: Person) -> Listed:
    enters = mine != "" and any(capacity.role in ENTERING and str(capacity) == mine for capacity in person.capacities)
    return Listed(
        id=row.id,
        serial=row.serial,
        title=row.title,
        sector=row.sector,
        city=row.city,
        builder=row.builder,
        state=State(row.state),
        round=row.round,
        document_number=row.document_number or "",
        mode=row.mode,
        mine=mine,
        draft_id=(row.draft_id or "") if enters else "",
    )
