"""docs/factors.md says what the code does."""

from pathlib import Path

import pytest

from tanping.factors.record import ONLY_BY_NAME
from tanping.factors.register import CONFLICTS, PLACES, RANGES
from tanping.factors.tables import ATTRIBUTES, FUEL_WORTH, SOURCE, WHO, WORTH

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "factors.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*WHO, *WORTH, *FUEL_WORTH, *SOURCE, *sorted(ATTRIBUTES), *ONLY_BY_NAME])
def test_every_column_and_kind_is_explained(name):
    assert f"`{name}`" in TEXT


def test_every_folder_and_file_is_listed(register):
    for folder in {record.subject.split("/")[0] for record in register}:
        assert f"`{folder}/`" in TEXT
    for name in (PLACES, CONFLICTS, RANGES):
        assert f"`{name}`" in TEXT
    assert f"{len(register.ranges)} plausibility ranges" in TEXT


def test_the_example_runs():
    code = TEXT.split("```python\n", 1)[1].split("```", 1)[0]
    scope: dict[str, object] = {}
    exec(compile(code, "docs/factors.md", "exec"), scope)
    assert str(scope["found"].record.ncv) == "28.435"
