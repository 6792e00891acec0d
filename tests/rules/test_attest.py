"""A clause is raised to verified by two people and a text, and by nothing less; a change of the clause undoes it."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from small_law import clause_text

from tanping.records.canonical import canonical_bytes, sha256
from tanping.records.errors import InputError
from tanping.rules.attest import Stage, Verdict, Verifications, clause_hash, record, same_person, state, verified
from tanping.rules.clause import Clause
from tanping.rules.pack import PackSet

TEXT = "第一条　海岸线向陆一侧一公里内，\n不得新建、扩建化工项目。\n第二条　本办法自公布之日起施行。"
EXCERPT = "海岸线向陆一侧一公里内，不得新建、扩建化工项目。"


@pytest.fixture
def clause(pack_of) -> Clause:
    return pack_of(clause_text(basis="recalled")).clauses[0]


@pytest.fixture
def kept(tmp_path: Path) -> Verifications:
    return Verifications.open(tmp_path / "verifications")


def attach(kept: Verifications, clause: Clause, by: str = "甲", **more):
    return kept.attach(
        clause, **{"data": TEXT.encode(), "file": "某办法.txt", "excerpt": EXCERPT, "by": by, "page": "第1页", **more}
    )


def told(caught) -> str:
    return "\n".join(map(str, caught.value.problems))


def test_two_people_and_a_text(kept: Verifications, clause: Clause) -> None:
    assert kept.standing(clause).stage is Stage.NONE
    attach(kept, clause)
    assert kept.standing(clause).stage is Stage.ATTACHED
    assert kept.in_effect([clause]) == {}
    kept.check(clause, "一致", by="乙")
    again = Verifications.open(kept.place)
    standing = again.in_effect([clause])[clause.id]
    assert standing.stage is Stage.VERIFIED
    raised = verified(clause, standing)
    assert (raised.provisional, raised.excerpt) == (False, EXCERPT)
    assert "甲" in raised.basis_note
    assert "乙" in raised.basis_note
    assert raised.hit == clause.hit
    assert standing.attachment is not None
    assert standing.attachment.searched
    assert again.text(standing.attachment) == TEXT.encode()
    assert record(again.in_effect([clause])) == record(kept.in_effect([clause]))


@pytest.mark.parametrize("second", ["甲", " 甲 ", "甲\u3000", "ＡＢ"])
def test_the_same_person_can_not_do_both(kept: Verifications, clause: Clause, second: str) -> None:
    attach(kept, clause, by="ab" if second == "ＡＢ" else "甲")
    with pytest.raises(InputError) as caught:
        kept.check(clause, "一致", by=second)
    assert "不能自己复核" in told(caught)
    assert kept.standing(clause).stage is Stage.ATTACHED
    assert same_person("王 五", "王五")


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.SAME])
def test_what_differs_stays_provisional_and_says_why(kept: Verifications, clause: Clause, verdict: str) -> None:
    attach(kept, clause)
    with pytest.raises(InputError, match="写明差别"):
        kept.check(clause, verdict, by="乙")
    kept.check(clause, verdict, by="乙", note="第二款漏了扩建")
    standing = kept.standing(clause)
    assert standing.stage is Stage.REFUSED
    assert "漏了扩建" in standing.told
    assert kept.in_effect([clause]) == {}
    kept.check(clause, "一致", by="丙")
    assert kept.standing(clause).stage is Stage.VERIFIED


def test_a_later_change_of_the_clause_undoes_it(kept: Verifications, clause: Clause, pack_of) -> None:
    attach(kept, clause)
    kept.check(clause, "一致", by="乙")
    changed = pack_of(clause_text(basis="recalled", requirement="不得新建")).clauses[0]
    assert clause_hash(changed) != clause_hash(clause)
    assert kept.standing(changed).stage is Stage.LAPSED
    assert kept.in_effect([changed]) == {}
    with pytest.raises(InputError, match="重新附原文"):
        kept.check(changed, "一致", by="丙")
    better = pack_of(clause_text(basis="secondary")).clauses[0]
    assert kept.standing(better).stage is Stage.VERIFIED  # how well it was checked is not its content


def test_the_excerpt_must_stand_in_the_text(kept: Verifications, clause: Clause) -> None:
    with pytest.raises(InputError, match="找不到这段摘录"):
        attach(kept, clause, excerpt="不得新建、改建化工项目")
    assert kept.steps == ()
    scan = attach(kept, clause, data=b"\x89PNG....", file="扫描.png", excerpt="不得新建")
    assert not scan.searched


def docx(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')
    return out.getvalue()


def pdf(*lines: str) -> bytes:
    """A PDF of one page with some ASCII lines."""
    drawn = "".join(f"BT /F1 12 Tf 20 {700 - 20 * at} Td ({line}) Tj ET\n" for at, line in enumerate(lines))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return f"{body}{head}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n".encode()


def test_a_pdf_is_searched_across_its_lines(kept: Verifications, clause: Clause) -> None:
    data = pdf("Article 1 Within 1 km of the shore", "no new works shall be built.")
    step = attach(kept, clause, data=data, file="rules.pdf", excerpt="of the shore no new works")
    assert step.searched
    with pytest.raises(InputError, match="找不到这段摘录"):
        attach(kept, clause, data=data, file="rules.pdf", excerpt="of the shore all new works")


def test_word_files_are_searched_and_broken_ones_told(kept: Verifications, clause: Clause) -> None:
    assert attach(kept, clause, data=docx(TEXT), file="某办法.docx").searched
    for name in ("坏.pdf", "坏.docx"):
        with pytest.raises(InputError, match="读不出文字"):
            attach(kept, clause, data=b"%PDF-1.7 broken", file=name)
    bomb = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", bomb)
    with pytest.raises(InputError, match="读不出文字"):
        attach(kept, clause, data=out.getvalue(), file="炸弹.docx")


@pytest.mark.parametrize(
    ("more", "said"),
    [({"by": " "}, "附原文的人"), ({"excerpt": ""}, "原文摘录"), ({"data": b""}, "没有原文文件"), ({"source": "recalled"}, "不认识"),
     ({"excerpt": "长" * 5000}, "过长")],
)  # fmt: skip
def test_what_is_lacking_is_told(kept: Verifications, clause: Clause, more, said: str) -> None:
    with pytest.raises(InputError) as caught:
        attach(kept, clause, **more)
    assert said in told(caught)


def test_an_edited_record_does_not_count(kept: Verifications, clause: Clause) -> None:
    attach(kept, clause)
    kept.check(clause, "有出入", by="乙", note="漏字")
    (path,) = (path for path in kept.place.glob("*.json") if "有出入" in path.read_text("utf-8"))
    path.write_bytes(path.read_bytes().replace("有出入".encode(), "一致".encode()))
    again = Verifications.open(kept.place)
    assert again.standing(clause).stage is Stage.ATTACHED
    assert "不作数" in str(again.problems[0])
    (kept.place / "x-0000000000000000.json").write_bytes(canonical_bytes({"kind": "check"}))
    assert len(Verifications.open(kept.place).problems) == 2


@pytest.mark.parametrize("content", [5, [], {}, {"kind": "check"}, {"kind": ["check"]}, {"at": 5}])
def test_what_is_no_record_does_not_count(kept: Verifications, clause: Clause, content: object) -> None:
    step = attach(kept, clause)
    whole = (
        {**step.__dict__, "kind": "attachment", **content} if isinstance(content, dict) and "at" in content else content
    )
    data = canonical_bytes(whole)
    (kept.place / f"x-{sha256(data)[:16]}.json").write_bytes(data)
    again = Verifications.open(kept.place)
    assert "不作数" in str(again.problems[0])
    assert again.standing(clause).attachment == step


def test_without_the_text_nothing_is_verified(kept: Verifications, clause: Clause) -> None:
    step = attach(kept, clause)
    kept.check(clause, "一致", by="乙")
    path = kept.place / "texts" / step.file_sha256[:2] / step.file_sha256
    path.write_bytes(b"other")
    assert kept.damaged()
    before = state(kept.place)
    path.unlink()
    assert kept.in_effect([clause]) == {}
    assert state(kept.place) != before


def test_a_check_says_a_known_verdict_and_no_novel(kept: Verifications, clause: Clause) -> None:
    attach(kept, clause)
    with pytest.raises(InputError) as caught:
        kept.check(clause, "大致一致", by="乙", note="长" * 1001)
    assert "复核结论没有“大致一致”" in told(caught)
    assert "说明过长" in told(caught)
    assert kept.standing(clause).stage is Stage.ATTACHED


def test_a_text_whose_kept_copy_was_changed_cannot_be_attached_again(kept: Verifications, clause: Clause) -> None:
    """The copy is known by its hash: to attach the same bytes once more must not pass off the changed ones as them."""
    step = attach(kept, clause)
    (kept.place / "texts" / step.file_sha256[:2] / step.file_sha256).write_bytes(b"other")
    with pytest.raises(InputError, match="内容已被改动"):
        attach(kept, clause, by="丙")
    assert kept.standing(clause).attachment == step


class Upkeep(RuleBasedStateMachine):
    """Any order of steps by three people and changes of the clause: verified only after two different people and an agreeing check."""

    pack_of: object
    folder: Path

    @initialize()
    def start(self) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.wording = 0
        self.kept = Verifications(self.folder / str(id(self)), [])
        self.attached: tuple[str, int] | None = None
        self.checked = ""

    def clause(self) -> Clause:
        build = type(self).__dict__["build"].__func__
        return build(clause_text(basis="recalled", requirement=f"不得{self.wording}")).clauses[0]

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    @rule(who=st.sampled_from("甲乙丙"))
    def attach(self, who: str) -> None:
        attach(self.kept, self.clause(), by=who, file="扫描.png", now=self.tick())
        self.attached, self.checked = (who, self.wording), ""

    @rule(who=st.sampled_from("甲乙丙"), verdict=st.sampled_from(list(Verdict)))
    def check(self, who: str, verdict: Verdict) -> None:
        allowed = self.attached is not None and self.attached[1] == self.wording and self.attached[0] != who
        try:
            self.kept.check(self.clause(), verdict, by=who, note="差", now=self.tick())
        except InputError:
            assert not allowed
        else:
            assert allowed
            self.checked = verdict

    @precondition(lambda self: self.wording < 2)
    @rule()
    def change(self) -> None:
        self.wording += 1

    @invariant()
    def verified_only_by_two(self) -> None:
        if not hasattr(self, "kept"):
            return
        expected = self.attached is not None and self.attached[1] == self.wording and self.checked == Verdict.SAME
        assert bool(self.kept.in_effect([self.clause()])) == expected
        assert bool(Verifications.open(self.kept.place).in_effect([self.clause()])) == expected


def test_any_order_of_steps(pack_of, tmp_path: Path) -> None:
    packs: dict[str, PackSet] = {}

    def build(text: str) -> PackSet:
        return packs.setdefault(text, pack_of(text))

    machine = type("Machine", (Upkeep,), {"folder": tmp_path, "build": staticmethod(build)})
    case = machine.TestCase
    case.settings = settings(max_examples=15, stateful_step_count=10, deadline=None)
    case("runTest").runTest()


@pytest.mark.parametrize(("hour", "day"), [(15, "2026-11-22"), (16, "2026-11-23")])
def test_the_day_told_is_the_day_where_the_law_holds(kept: Verifications, clause: Clause, hour: int, day: str) -> None:
    now = datetime(2026, 11, 22, hour, 30, tzinfo=UTC)
    attach(kept, clause, now=now)
    kept.check(clause, "一致", by="乙", now=now)
    assert kept.standing(clause).told.count(day) == 2
