"""The built wheel works by itself: from another folder, with its data inside, nothing of this checkout on the path."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("assessment", "factors", "records", "rules", "templates")
IGNORED = {".pyc", ".pyo", ".sqlite", ".md"}

pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build from a copy, so that neither an old build/ folder nor parallel tests get in the way."""
    source = tmp_path_factory.mktemp("source")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    names = listed.stdout.split("\0") if listed.returncode == 0 else []
    assert names, "the wheel test needs the files of the checkout: git ls-files printed none"
    for name in filter(None, names):
        origin, target = ROOT / name, source / name
        if name.startswith(("tests/", "docs/")) or not os.path.lexists(origin):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_symlink():
            target.symlink_to(os.readlink(origin))
        else:
            target.write_bytes(origin.read_bytes())
    out = tmp_path_factory.mktemp("dist")
    built = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source), cwd=source
    )
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install into a venv of its own that borrows the dependencies, but not the editable install, of this one."""
    home = tmp_path_factory.mktemp("venv")
    made = run(sys.executable, "-m", "venv", "--without-pip", str(home), cwd=home)
    assert made.returncode == 0, made.stderr
    site = next(home.glob("lib/python*/site-packages"))
    # A plain path line adds the folder but does not run the .pth files in it, so the editable finder stays out.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    done = run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(home / "bin" / "python")),
        *("install", "--no-deps", "--no-index", "--no-compile", "--quiet", "--ignore-installed", str(wheel)),
        cwd=home,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return home


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """An environment that names nothing of this checkout and writes only below the temporary folder."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8", "PYTHONNOUSERSITE": "1"}


def test_every_data_file_is_inside(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        f"tanping/{path.relative_to(ROOT).as_posix()}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in IGNORED and "__pycache__" not in path.parts
    }
    assert len(expected) > 20
    assert sorted(expected - inside) == []
    assert {"tanping/app.py", "tanping/py.typed"} <= inside


def test_nothing_but_the_package_is_installed(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"tanping"}


def test_import_comes_from_the_wheel(installed: Path, elsewhere: dict[str, str], tmp_path: Path) -> None:
    code = "import tanping, tanping.rules, tanping.factors; print(tanping.rules.__file__)"
    done = run(str(installed / "bin" / "python"), "-c", code, cwd=tmp_path, env=elsewhere)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))


@pytest.mark.parametrize("arguments", [("--help",), ("selftest",)])
def test_command_runs_from_another_folder(
    installed: Path, elsewhere: dict[str, str], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run(str(installed / "bin" / "tanping"), *arguments, cwd=tmp_path, env=elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_example_is_assessed_from_another_folder(installed: Path, elsewhere: dict[str, str], tmp_path: Path) -> None:
    example = ROOT / "examples" / "sheyanggang.yaml"
    copy = tmp_path / "项目.yaml"
    copy.write_bytes(example.read_bytes())
    done = run(
        str(installed / "bin" / "tanping"), "assess", "项目.yaml", "--json", "out.json", cwd=tmp_path, env=elsewhere
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"tanping.assessment/1"' in (tmp_path / "out.json").read_text("utf-8")
