"""No outside connection at run time: the work is done where there is no route, and a damaged bundle is not installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TANPING = Path(sys.executable).with_name("tanping")
EXAMPLE = ROOT / "examples" / "sheyanggang.yaml"


def without_network() -> list[str]:
    """Return the words that run a command in a network namespace of its own, where nothing can be reached."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("this system lets nobody make a network namespace (unshare --net)")
    return command


def test_assessing_printing_and_checking_need_no_network(tmp_path: Path) -> None:
    script = f"""
        test -z "$(ip route 2>/dev/null)" || exit 9
        {TANPING} assess {EXAMPLE} --json a.json --pdf a.pdf
    """
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [*without_network(), "bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["inventory"]["design_year_total"] > 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_a_changed_bundle_is_not_installed(tmp_path: Path) -> None:
    bundle = tmp_path / "tanping-0-offline-cp311-linux"
    bundle.mkdir()
    shutil.copy(ROOT / "scripts" / "install-offline", bundle / "install.sh")
    (bundle / "README.md").write_text("as made")
    sums = subprocess.run(
        "sha256sum install.sh README.md", shell=True, cwd=bundle, capture_output=True, text=True, check=True
    )
    (bundle / "SHA256SUMS").write_text(sums.stdout)
    (bundle / "README.md").write_text("changed on the way")
    done = subprocess.run(["bash", bundle / "install.sh", tmp_path / "here"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "没有安装任何内容" in done.stderr
    assert not (tmp_path / "here").exists()
