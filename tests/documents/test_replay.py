"""Results made with other packs than this machine's: replayed with those, from wherever they were kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tanping.assessment.assess import assess
from tanping.assessment.cli import main
from tanping.assessment.documents import pdf, proof
from tanping.assessment.documents.press import Press
from tanping.assessment.project.intake import load_project
from tanping.assessment.result import Assessment
from tanping.factors.register import load_register, read_register, register_as
from tanping.records.archive import pack_bytes
from tanping.records.canonical import sha256
from tanping.rules.facts import FACTS, load_catalogue
from tanping.rules.law import load_law
from tanping.rules.pack import PACKS
from tanping.rules.replay import archived_law

pytestmark = pytest.mark.xdist_group("press")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"
GRID = "江苏电力平均二氧化碳排放因子,0.5827"
LABEL = "入海排污口备案（旧称）"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TANPING_PACKS", raising=False)
    return tmp_path / "home"


class Earlier:
    """The program's packs as they were once: another fact catalogue, another clause, another factor."""

    def __init__(self) -> None:
        shipped = b"".join(path.read_bytes() for path in sorted(FACTS.glob("*.yaml")))
        facts = re.sub(rb"(- name: sea_outfall_filing\n +label: )\S+", rb"\g<1>" + LABEL.encode(), shipped)
        assert facts != shipped
        packs = {path.stem: path.read_bytes() for path in PACKS.glob("*.yaml")}
        changed = packs["coast"].replace(
            b"severity: \xe9\x9c\x80\xe8\xae\xba\xe8\xaf\x81", "severity: 限制".encode(), 1
        )
        assert changed != packs["coast"]
        packs["coast"] = changed
        files = load_register().pack()
        grid = files["grid/average_2023.csv"]
        files["grid/average_2023.csv"] = grid.replace(GRID, GRID.replace("0.5827", "0.6827"))
        assert files["grid/average_2023.csv"] != grid
        self.factors = pack_bytes(files)
        self.versions = {"facts": sha256(facts), **{name: sha256(raw) for name, raw in packs.items()}}
        self.kept = {sha256(raw): raw for raw in (facts, self.factors, *packs.values())}

    @contextmanager
    def in_force(self) -> Iterator[None]:
        law = archived_law(self.versions, self.kept.__getitem__, sorted(self.versions))
        with law.in_force(), register_as(read_register(json.loads(self.factors))):
            yield


@pytest.fixture(scope="module")
def earlier() -> Earlier:
    return Earlier()


@pytest.fixture(scope="module")
def old(earlier: Earlier) -> Assessment:
    with earlier.in_force():
        return assess(load_project(EXAMPLE))


def saved(tmp_path: Path, made: Assessment) -> Path:
    path = tmp_path / "结果.json"
    path.write_text(json.dumps(made.plain(), ensure_ascii=False), "utf-8")
    return path


def test_what_stood_in_is_gone_afterwards(earlier: Earlier) -> None:
    before = load_law(), load_register(), load_catalogue()
    with earlier.in_force():
        assert load_law().versions == earlier.versions
        assert load_register().sha256 == sha256(earlier.factors)
        assert LABEL in {fact.label for fact in load_catalogue().values()}
    assert (load_law(), load_register(), load_catalogue()) == before


def test_an_old_result_is_replayed_with_its_own_packs(earlier: Earlier, old: Assessment, tmp_path: Path) -> None:
    now = assess(load_project(EXAMPLE))
    assert old.inventory.design_year_total != now.inventory.design_year_total
    assert old.screening.findings != now.screening.findings
    found = proof.verify(saved(tmp_path, old), archive=earlier.kept.get)
    assert [line.holds for line in found.lines] == [True, True], [str(line) for line in found.lines]


def test_an_old_print_is_replayed_and_its_words_compared(
    earlier: Earlier, old: Assessment, press: Press, tmp_path: Path
) -> None:
    path = tmp_path / "自查.pdf"
    with earlier.in_force():
        path.write_bytes(pdf.print_pdf(old, press, "self_check"))
    found = proof.verify(path, archive=earlier.kept.get)
    assert [line.holds for line in found.lines] == [True, True, True], [str(line) for line in found.lines]


def test_a_changed_figure_is_found_with_packs_of_earlier_days(
    earlier: Earlier, old: Assessment, tmp_path: Path
) -> None:
    path = saved(tmp_path, old)
    plain = json.loads(path.read_text("utf-8"))
    plain["inventory"]["design_year_total"] -= 1000
    path.write_text(json.dumps(plain), "utf-8")
    found = proof.verify(path, archive=earlier.kept.get)
    assert not found.sound
    assert "inventory.design_year_total" in found.verdict


@pytest.mark.parametrize("lost", ["coast", "facts", "factors"])
def test_packs_kept_nowhere_are_named(earlier: Earlier, old: Assessment, tmp_path: Path, lost: str) -> None:
    digest = sha256(earlier.factors) if lost == "factors" else earlier.versions[lost]
    swapped = {**earlier.kept, digest: b"other bytes"}
    for kept in ({name: raw for name, raw in earlier.kept.items() if name != digest}, swapped):
        found = proof.verify(saved(tmp_path, old), archive=kept.get)
        assert found.sound
        assert found.lines[1].holds is None
        assert digest[:12] in found.lines[1].text


def test_a_record_that_names_odd_packs_is_not_replayed(old: Assessment, tmp_path: Path) -> None:
    junk = sha256(b"junk")
    facts = {"facts": junk}
    odd = [
        {"packs": {"facts": 1}, "factors": junk},
        {"packs": facts, "factors": "../../x\0"},
        {"packs": {}, "factors": junk},
    ]
    for versions in (None, {}, *odd, {"packs": facts, "factors": junk}):
        path = tmp_path / "结果.json"
        path.write_text(json.dumps({**old.plain(), "versions": versions}), "utf-8")
        assert proof.verify(path, archive={junk: b"junk"}.get).lines[1].holds is None


def test_what_a_file_was_made_with_is_kept_by_this_installation(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pack of the office, a result on file, then a newer pack: the result still replays; without the archive it says what is lacking."""
    own, result = home / "packs" / "coast.yaml", tmp_path / "结果.json"
    own.parent.mkdir(parents=True)
    shipped = (PACKS / "coast.yaml").read_text("utf-8")
    own.write_text(shipped.replace("severity: 需论证", "severity: 限制", 1), "utf-8")
    digest = sha256(own.read_bytes())
    assert main(["assess", str(EXAMPLE), "--json", str(result)]) == 0
    own.write_text(shipped.replace("severity: 需论证", "severity: 提示", 1), "utf-8")
    capsys.readouterr()
    assert main(["verify", str(result)]) == 0
    assert "与原件相符" in capsys.readouterr().out
    (home / "archive" / digest[:2] / digest).unlink()
    assert main(["verify", str(result)]) == 0
    assert f"coast（{digest[:12]}）" in capsys.readouterr().out
