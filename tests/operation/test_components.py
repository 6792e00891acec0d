"""The table of licences and the bill of materials are made of what is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "components"


def test_the_table_of_licences_is_that_of_the_installed_packages(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SCRIPT, "licences", tmp_path / "made.md"], check=True)
    made = (tmp_path / "made.md").read_text("utf-8")
    assert made == (ROOT / "docs" / "licences.md").read_text("utf-8"), "run: make licences"
    assert "元数据未写" not in made, "a package without a stated licence: look it up and add it to STATED"
    for strong in ("AGPL", "SSPL", "BUSL"):
        assert strong not in made


def test_the_bill_of_materials_names_every_part_once_and_hangs_together(tmp_path: Path) -> None:
    for name in ("a", "b"):
        subprocess.run([sys.executable, SCRIPT, "sbom", tmp_path / name], check=True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    bill = json.loads((tmp_path / "a").read_text("utf-8"))
    names = [item["name"] for item in bill["components"]]
    references = {item["bom-ref"] for item in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert len(names) == len(set(names)) > 40
    assert {"streamlit", "weasyprint", "sqlalchemy", "pydantic"} <= set(names)
    for line in bill["dependencies"]:
        assert {line["ref"], *line["dependsOn"]} <= references
