import shutil
from pathlib import Path

import pytest

from tanping.factors.register import DATA, Register, load_register


@pytest.fixture(scope="session")
def register() -> Register:
    return load_register()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the register's data that a test may spoil or extend."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))
