"""Opinions of many reviews in one go: only who leads a review prints it so, each print is on record, one that fails stops no other."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import review_panels
from app_visits import sound, words
from pypdf import PdfReader
from review_walk import World
from streamlit.testing.v1 import AppTest

from tanping.assessment.pages.review import opinions_in_one
from tanping.assessment.review.service.papers import PRINTED
from tanping.assessment.review.service.printing import Printed
from tanping.assessment.review.store.trouble import BUSY, StoreUnavailableError
from tanping.assessment.review.verify import verify
from tanping.records.canonical import sha256

At = Callable[[str], World]
pytestmark = pytest.mark.xdist_group("press")
LEAD = "牵头处经办"
PAGE = """
from review_panels import OPEN
from tanping.assessment.pages.review import opinions_in_one
opinions_in_one.offer(OPEN["person"], OPEN["joint"].register.reviews(OPEN["person"]))
"""


@pytest.fixture
def world_at(sqlite_stations: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    return sqlite_stations


def test_the_lead_prints_and_each_print_is_on_record(world_at: At, tmp_path: Path) -> None:
    world = world_at("已归档")
    good, unknown = world.review.printing.print_opinions(world.p(LEAD), [world.id, "nothing"], tmp_path)
    assert (good.review_id, good.problem) == (world.id, "")
    assert "苏环碳联〔2026〕3号" in "".join(PdfReader(good.file).pages[0].extract_text().split())
    assert "没有这个项目" in unknown.problem
    assert not unknown.file.exists()
    (event,) = [item for item in world.review.filing.events(world.p("审计"), world.id) if item.kind == PRINTED]
    assert (event.who.role, event.body["form"], event.body["sha256"]) == (
        LEAD,
        "opinion",
        sha256(good.file.read_bytes()),
    )
    assert verify(world.engine).faults == ()


@pytest.mark.parametrize(("who", "says"), [("审计", "由牵头处办理"), ("气候处室经办", "由牵头处办理")])
def test_nobody_else_prints_them_so(world_at: At, tmp_path: Path, who: str, says: str) -> None:
    world = world_at("已归档")
    (told,) = world.review.printing.print_opinions(world.p(who), [world.id], tmp_path)
    assert says in told.problem
    assert not told.file.exists()
    assert not [item for item in world.review.filing.events(world.p("审计"), world.id) if item.kind == PRINTED]


def test_a_busy_store_is_told_and_holds_up_none_of_the_others(
    world_at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_at("技术评估")
    monkeypatch.setattr(world.review.printing, "_ready", busy_unless_known(world.id, world.review.printing._ready))
    busy, read = world.review.printing.print_opinions(world.p(LEAD), ["busy", world.id], tmp_path)
    assert busy.problem == BUSY
    assert "完成技术评估后起草" in read.problem


def busy_unless_known(key: str, ready: Callable[..., object]) -> Callable[..., object]:
    def read(person: object, review_id: str, *rest: object) -> object:
        if review_id != key:
            raise StoreUnavailableError(BUSY)
        return ready(person, review_id, *rest)

    return read


def test_what_is_not_due_is_told(world_at: At, tmp_path: Path) -> None:
    world = world_at("技术评估")
    (told,) = world.review.printing.print_opinions(world.p(LEAD), [world.id], tmp_path)
    assert "完成技术评估后起草" in told.problem


def offered(world: World, who: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    review_panels.become(world, "", who)
    monkeypatch.setattr(opinions_in_one, "joint", lambda: world.review)
    return sound(AppTest.from_string(PAGE, default_timeout=60).run())


def test_the_section_is_offered_to_who_leads_when_there_is_something_to_print(
    world_at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not offered(world_at("技术评估"), LEAD, monkeypatch).button
    assert not offered(world_at("已归档"), "气候处室经办", monkeypatch).button
    at = offered(world_at("会审中"), LEAD, monkeypatch)
    assert list(at.radio[0].options) == ["已编号（0 份）", "未定稿（1 份）", "自选"]
    assert "其中 1 份未编号" in words(at)


def test_what_was_printed_is_one_zip_and_what_was_not_is_told(world_at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_at("已归档")

    def printed(_person: object, review_ids: list[str], folder: Path) -> Iterator[Printed]:
        for key in review_ids:
            (folder / "a.pdf").write_bytes(b"%PDF")
            yield Printed(key, folder / "a.pdf", problem)

    monkeypatch.setattr(world.review.printing, "print_opinions", printed)
    at = offered(world, LEAD, monkeypatch)
    problem = ""
    at.button(key="opinions-go").click().run()
    stack = sound(at).session_state["opinions-in-one"]
    with zipfile.ZipFile(io.BytesIO(stack.data)) as archive:
        assert archive.namelist() == ["0001-射阳港扩建-联审意见.pdf"]
        assert archive.read(archive.namelist()[0]) == b"%PDF"
    problem = "排版失败。"
    at.button(key="opinions-go").click().run()
    assert "第 1 号　射阳港扩建：排版失败。" in words(sound(at))
    assert at.session_state["opinions-in-one"].count == 0
    at.radio[0].set_value("自选").run()
    assert at.button(key="opinions-go").disabled
