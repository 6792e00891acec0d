"""Known faults are looked up in a carried-in copy of an advisory database; the project's own record is true of its pins."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "advisories"
TODAY = datetime.now(UTC).date()
PINS = "# pins\nalpha==1.5.0\nBeta_One==2.0\ngamma==3.0rc1\n"


def record(name: str, *events: dict[str, str], id: str = "PYSEC-1", **more: object) -> dict[str, object]:
    entry = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}
    return {"id": id, "modified": f"{TODAY}T00:00:00Z", "affected": [entry], **more}


def audit(folder: Path, *records: dict[str, object]) -> tuple[int, str]:
    """Write the records, one a file, JSON and YAML by turns; return the exit code and what was printed."""
    pins = folder / "pins.txt"
    pins.write_text(PINS, "utf-8")
    copy = folder / "copy" / "vulns"
    copy.mkdir(parents=True)
    for number, one in enumerate(records):
        text = yaml.safe_dump(one) if number % 2 else json.dumps(one)
        (copy / f"{number}.{'yaml' if number % 2 else 'json'}").write_text(text, "utf-8")
    return run(folder / "copy", pins)


def run(copy: Path, pins: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, SCRIPT, "check", copy, "--versions", pins], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("events", "hit"),
    [
        ([{"introduced": "0"}, {"fixed": "1.5.0"}], False),
        ([{"introduced": "0"}, {"fixed": "1.5.1"}], True),
        ([{"introduced": "1.5.0"}], True),
        ([{"introduced": "1.6"}, {"fixed": "1.7"}], False),
        ([{"introduced": "0"}, {"last_affected": "1.5.0"}], True),
        ([{"introduced": "0"}, {"last_affected": "1.4.9"}], False),
        ([{"fixed": "1.10.0"}, {"introduced": "1.5"}, {"fixed": "1.2"}, {"introduced": "0"}], True),
    ],
)
def test_a_range_is_read_by_its_events_in_the_order_of_versions(
    tmp_path: Path, events: list[dict[str, str]], hit: bool
) -> None:
    code, said = audit(tmp_path, record("alpha", *events))
    assert code == int(hit)
    assert ("alpha 1.5.0: PYSEC-1" in said) == hit


def test_names_versions_and_withdrawals_are_understood(tmp_path: Path) -> None:
    listed = record("gamma", id="LISTED")
    listed["affected"][0] |= {"versions": ["0.1-broken-of-2009", "3.0rc1"], "ranges": []}
    elsewhere = record("alpha", {"introduced": "0"}, id="NPM")
    elsewhere["affected"][0]["package"]["ecosystem"] = "npm"
    code, said = audit(
        tmp_path,
        record("beta.one", {"introduced": "0"}, {"fixed": "2.0.1"}, id="NAMED"),
        listed,
        record("alpha", {"introduced": "0"}, id="GONE", withdrawn="2026-01-01T00:00:00Z"),
        elsewhere,
    )
    assert code == 1
    assert "beta-one 2.0: NAMED, mended in 2.0.1" in said
    assert "gamma 3.0rc1: LISTED, mended in no version yet" in said
    assert "GONE" not in said
    assert "NPM" not in said


def test_what_was_not_looked_up_is_not_called_clean(tmp_path: Path) -> None:
    old = record("alpha", {"introduced": "0"}, {"fixed": "1"}) | {"modified": str(TODAY - timedelta(days=61))}
    for name, records in {
        "empty": (),
        "old": (old,),
        "broken": ({"id": "X", "affected": [{"package": "PyPI alpha"}]},),
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        code, said = audit(folder, *records)
        assert code == 2, name
        assert "NOT AUDITED" in said, name
    assert run(tmp_path / "nowhere", tmp_path / "old" / "pins.txt")[0] == 2


def test_a_zip_and_a_bill_of_materials_serve_as_well(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("PYSEC-1.json", json.dumps(record("alpha", {"introduced": "0"}, {"fixed": "1.6"})))
    bill = tmp_path / "sbom.cdx.json"
    bill.write_text(json.dumps({"components": [{"name": "alpha", "version": "1.5.0"}]}), "utf-8")
    code, said = run(tmp_path / "all.zip", bill)
    assert code == 1
    assert "alpha 1.5.0: PYSEC-1, mended in 1.6" in said


def test_the_projects_record_is_true_of_its_pins(tmp_path: Path) -> None:
    page = ROOT / "docs" / "dependency-audit.md"
    made = tmp_path / "made.md"
    made.write_text(page.read_text("utf-8"), "utf-8")
    subprocess.run([sys.executable, SCRIPT, "table", made], check=True)
    assert made.read_text("utf-8") == page.read_text("utf-8"), "run: scripts/advisories table docs/dependency-audit.md"
    assert "受影响：" not in made.read_text("utf-8")


def test_no_version_that_pyproject_allows_has_a_fault_on_record(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [Requirement(text) for text in sum(project["optional-dependencies"].values(), project["dependencies"])]
    lowest = {one.name: bound.version for one in asked for bound in one.specifier if bound.operator == ">="}
    pins = tmp_path / "lowest.txt"
    pins.write_text("".join(f"{name}=={version}\n" for name, version in lowest.items()), "utf-8")
    _, said = run(ROOT / "docs" / "dependency-audit.yaml", pins)
    assert re.findall(r"^\[audit\] \S+ \S+: .+", said, re.MULTILINE) == []
    pins.write_text("streamlit==1.50\n", "utf-8")
    assert re.findall(r"^\[audit\] (\S+) \S+: .+", run(ROOT / "docs" / "dependency-audit.yaml", pins)[1], re.MULTILINE)
