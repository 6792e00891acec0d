"""A machine that can't print (no WeasyPrint, no fontconfig, as on Windows) still assesses, and says what it lacks."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "sheyanggang.yaml"
MAIN = "import sys; from tanping.assessment.cli import main; sys.exit(main())"
BLOCK = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "weasyprint":
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
sys.meta_path.insert(0, Absent())
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has every package but WeasyPrint, also in the processes it starts."""
    home = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True, timeout=120)
    site = next(home.glob("lib/python*/site-packages"))
    (site / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n")
    (site / "sitecustomize.py").write_text(BLOCK)
    return home / "bin" / "python"


def run(python: Path, folder: Path, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path or str(folder / "nothing here"), "HOME": str(folder), "LANG": "C.UTF-8"}
    command = [str(python), "-c", MAIN, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240)


def test_tables_texts_and_pages_are_made(python: Path, tmp_path: Path) -> None:
    done = run(
        python,
        tmp_path,
        "assess",
        str(EXAMPLE),
        "--xlsx",
        "a.xlsx",
        "--docx",
        "a.docx",
        "--html",
        "a.html",
        "--json",
        "a.json",
    )
    assert done.returncode == 0, done.stderr
    for name in ("a.xlsx", "a.docx"):
        assert zipfile.ZipFile(tmp_path / name).testzip() is None
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "射阳港" in page
    assert "default-src 'none'" in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert not re.search(r"(?:src|href)=[\"'](?!data:|#)", page), "nothing is fetched"


@pytest.mark.parametrize(("path", "words"), [("/usr/bin:/bin", "没有安装排版程序 WeasyPrint"), ("", "fontconfig")])
def test_a_pdf_is_refused_in_words(python: Path, tmp_path: Path, path: str, words: str) -> None:
    done = run(python, tmp_path, "assess", str(EXAMPLE), "--pdf", "a.pdf", path=path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "a.pdf").exists()


def test_the_checks_can_leave_printing_out(python: Path, tmp_path: Path) -> None:
    done = run(python, tmp_path, "selftest", "--no-print")
    assert done.returncode == 0, done.stdout
    assert "打印" not in done.stdout
