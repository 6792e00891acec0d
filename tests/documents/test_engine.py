"""The layout engine as it is used here sets every document as the engine itself would, byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tanping.assessment.documents import fonts, html, seal
from tanping.assessment.documents.forms import FORMS

pytestmark = pytest.mark.xdist_group("press")

CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><rect width="90" height="60" fill="#1f3b57"/>'
    '<text x="10" y="70" font-size="11">达产年 tCO2</text></svg>'
)
ROWS = "".join(f'<tr><th scope="row">来源 {n}</th><td class="figure">{n * 123456.7:,.1f}</td></tr>' for n in range(60))
BODY = f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"/><title>样张 &amp; 对照</title></head><body>
<p class="seal-line" data-running="样张">校验码 0123</p>
<nav class="toc"><h2>目　录</h2><ul><li><a href="#one">一、说明</a></li></ul></nav>
<section class="chapter" id="one"><h2>一、说明</h2>
<p style="text-align: justify">{"核算依据 GB/T 32151.1 与 the guideline of 2013，按设计工况计。" * 20}</p>
<p style="letter-spacing: 0.2em">字距 <b>放宽</b> CO<sub>2</sub><br/>换行</p>
<p style="white-space: pre-line">第一行
第二行，后面还有很长的一段文字{"，接着说" * 40}</p>
<p style="white-space: nowrap; overflow: hidden; text-overflow: ellipsis">{"一行放不下的名称" * 20}</p>
<div class="seal">{seal.mark("ab" * 32)}</div>
<figure class="chart"><img src="chart:one" alt="图"/></figure>
<table class="grid"><colgroup><col style="width: 60%"/><col/></colgroup>
<thead><tr><th scope="col">来源</th><th scope="col">数</th></tr></thead><tbody>{ROWS}</tbody></table>
</section></body></html>"""

PLAIN = """
import sys, json, zlib, types
from datetime import datetime
import pydyf, weasyprint
from weasyprint.urls import URLFetcherResponse
pydyf.zlib = types.SimpleNamespace(**{**vars(zlib), "compressobj": lambda level: zlib.compressobj(6)})
job = json.load(open(sys.argv[1]))
page = weasyprint.HTML(
    string=job["html"],
    url_fetcher=lambda url: URLFetcherResponse(url, job["images"][url], {"Content-Type": "image/svg+xml"}),
)
pdf = page.write_pdf(
    stylesheets=[weasyprint.CSS(string=text) for text in job["css"]],
    attachments=[weasyprint.Attachment(**item, created=datetime(1980, 1, 1), modified=datetime(1980, 1, 1))
                 for item in job["plainly"]],
    pdf_variant="pdf/a-3a",
    pdf_identifier=bytes(16),
)
open(sys.argv[2], "wb").write(pdf)
"""

OURS = """
import sys, json
from tanping.assessment.documents import engine
job = json.load(open(sys.argv[1]))
engine.warm_up(["Noto Sans CJK SC"])
open(sys.argv[2], "wb").write(engine.lay_out(job, job["images"].get))
"""

VARIABLE = """
import sys
from tanping.assessment.documents import engine
from weasyprint.pdf import fonts
assert "fontTools.subset" not in sys.modules
assert fonts.subset.Options().retain_gids is False
assert "fontTools.subset" in sys.modules
"""


def run(script: str, *arguments: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == ""


def test_a_document_is_the_same_as_from_the_engine_itself(tmp_path: Path) -> None:
    attached = {"name": "a.json", "description": "数据", "relationship": "Source"}
    job = {
        "html": BODY,
        "css": [fonts.installed().style(sheet) for sheet in html.style(*FORMS["report"].styles)],
        "images": {"chart:one": CHART},
        "identifier": "00" * 16,
        "attachments": [{**attached, "text": "{}"}],
        "plainly": [{**attached, "string": "{}"}],
    }
    told = tmp_path / "job.json"
    told.write_text(json.dumps(job), "utf-8")
    run(PLAIN, told, tmp_path / "plain.pdf")
    run(OURS, told, tmp_path / "ours.pdf")
    assert (tmp_path / "ours.pdf").read_bytes() == (tmp_path / "plain.pdf").read_bytes()


def test_what_is_loaded_later_is_loaded_when_used() -> None:
    run(VARIABLE)


def test_declarations_are_made_anew_where_none_are_kept(tmp_path: Path) -> None:
    """And without a word on standard output, where the answers of the layout process go (``run`` looks)."""
    kept = tmp_path / "declarations.kept"
    run(
        "import sys, pathlib, dataclasses, tanping.records.kept as kept\n"
        "sys.dont_write_bytecode = False\n"
        "read, write = kept.read, kept.write\n"
        "kept.read = lambda place, key: read(pathlib.Path(sys.argv[1]), key)\n"
        "kept.write = lambda place, key, made: write(pathlib.Path(sys.argv[1]), key, made)\n"
        "from tanping.assessment.documents import engine\n"
        "assert engine.pango.pango_units_from_double(1) == 1024\n",
        kept,
    )
    assert kept.exists() == (sys.platform == "linux")
