"""What the store says of a printed file: its seal, its result, its bytes, its words."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from review_walk import World

from tanping.assessment.cli import main
from tanping.assessment.documents import html, pdf, proof, seal
from tanping.assessment.review import witness
from tanping.assessment.review.service.printing import Printing
from tanping.assessment.review.witness import witness_of
from tanping.records.canonical import sha256

At = Callable[[str], World]
pytestmark = pytest.mark.xdist_group("press")


@pytest.fixture(scope="module")
def filed(sqlite_stations: At, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, bytes, bytes]]:
    """A filed review, its opinion as printed, and the recount as only previewed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANPING_HOME", str(tmp_path_factory.mktemp("home")))
        world = sqlite_stations("已归档")
        printing: Printing = world.review.printing
        opinion = printing.print_form(world.p("档案"), world.id, "opinion", "pdf")
        yield world, opinion, printing.preview(world.p("档案"), world.id, "recount")
    world.engine.dispose()


def looked_at(world: World, raw: bytes, tmp_path: Path) -> proof.Proof:
    path = tmp_path / "文书.pdf"
    path.write_bytes(raw)
    return proof.verify(path, witness_of(world.engine))


def appended(raw: bytes) -> bytes:
    """The file with something added after it, as a seal or signature is."""
    writer = PdfWriter(io.BytesIO(raw), incremental=True)
    writer.add_metadata({"/Sealed": "yes"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_print_is_known_to_the_byte_and_a_later_seal_does_no_harm(
    filed: tuple[World, bytes, bytes], tmp_path: Path
) -> None:
    world, opinion, _ = filed
    for raw in (opinion, appended(opinion)):
        found = looked_at(world, raw, tmp_path)
        assert [line.holds for line in found.lines] == [True] * 7, [str(line) for line in found.lines]
        assert "编号" in found.lines[3].text
        assert "逐字节一致" in found.lines[5].text
    assert "其后有追加" in found.lines[5].text


def test_every_page_names_the_event_that_sealed_it(filed: tuple[World, bytes, bytes]) -> None:
    world, opinion, _ = filed
    steps = world.review.steps.taken(world.p("档案"), world.id)
    sealed = next(step.hash for step in steps if step.action == "编号")
    pages = [proof.squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(opinion)).pages]
    assert len(pages) > 5
    assert all(sealed in page for page in pages)
    code = seal.mark(sealed)
    assert sealed in code
    assert seal.says(sealed) == f"TANPING SEAL {sealed.upper()}"
    corner = {(x, y) for x in range(1, 8) for y in range(1, 8) if f"M{x} {y}h1" in code}
    ring = {(x, y) for x in range(1, 8) for y in range(1, 8) if x in (1, 7) or y in (1, 7)}
    assert corner == ring | {(x, y) for x in range(3, 6) for y in range(3, 6)}  # the mark a scanner looks for


def test_without_the_store_it_says_what_was_not_compared(filed: tuple[World, bytes, bytes], tmp_path: Path) -> None:
    path = tmp_path / "文书.pdf"
    path.write_bytes(filed[1])
    found = proof.verify(path)
    assert found.sound
    assert found.verdict == "没有发现不符，有 1 项没有比对"


def test_what_was_never_printed_is_drawn_again(filed: tuple[World, bytes, bytes], tmp_path: Path) -> None:
    world, _, recount = filed
    found = looked_at(world, recount, tmp_path)
    assert [line.holds for line in found.lines[-2:]] == [None, True], [str(line) for line in found.lines]


def test_a_changed_conclusion_is_named(
    filed: tuple[World, bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opinion with another conclusion on its page, all else as it was."""
    world, _, _ = filed
    honest = html.page_source

    def forged(*given: object) -> tuple[str, tuple[str, ...]]:
        source, lacking = honest(*given)  # type: ignore[arg-type]
        assert "经联审，原则同意。" in source
        return source.replace("经联审，原则同意。", "经联审，同意。"), lacking

    monkeypatch.setattr(html, "page_source", forged)
    made = world.review.printing.preview(world.p("档案"), world.id, "opinion")
    monkeypatch.undo()
    found = looked_at(world, made, tmp_path)
    assert "经联审，原则同意。" in found.verdict


def test_another_office_does_not_know_it(
    filed: tuple[World, bytes, bytes], sqlite_stations: At, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "文书.pdf"
    path.write_bytes(filed[1])
    other = sqlite_stations("草稿")
    assert main(["verify", str(path), "--db", other.url]) == 1
    assert "没有封存事件" in capsys.readouterr().out
    assert main(["verify", str(path), "--db", filed[0].url]) == 0
    assert "与原件相符" in capsys.readouterr().out
    other.engine.dispose()


def test_a_store_that_is_not_there_is_told_and_not_made(
    filed: tuple[World, bytes, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "文书.pdf"
    path.write_bytes(filed[1])
    assert main(["verify", str(path), "--db", f"sqlite:///{tmp_path}/无.sqlite"]) == 2
    assert "没有这个数据库文件" in capsys.readouterr().err
    assert not (tmp_path / "无.sqlite").exists()


def test_the_store_gives_back_every_pack_of_what_it_sealed(
    filed: tuple[World, bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever this program ships by then: nothing is taken from the installation here."""
    world, opinion, _ = filed
    monkeypatch.setattr(witness, "kept_law", lambda _: None)
    fetch = witness.archive_of(world.engine)
    (copy,) = PdfReader(io.BytesIO(opinion)).attachments[pdf.RECORD]
    versions = json.loads(copy)["versions"]
    for digest in (versions["factors"], *versions["packs"].values()):
        raw = fetch(digest)
        assert raw is not None
        assert sha256(raw) == digest
    assert fetch("0" * 64) is None
