"""Many documents in one go: each as it would be alone, one bad one told and none held up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tanping.assessment.cli import main
from tanping.assessment.documents import pdf
from tanping.assessment.documents.many import Order, print_many
from tanping.assessment.documents.press import Press
from tanping.assessment.documents.review import Review
from tanping.assessment.result import Assessment
from tanping.records.errors import InputError, Problem, Where

pytestmark = pytest.mark.xdist_group("press")


def test_each_is_as_it_would_be_alone_and_a_bad_one_holds_up_none(
    assessment: Assessment, review: Review, press: Press, tmp_path: Path
) -> None:
    sealed = [replace(review, seal=f"{number:064x}") for number in range(4)]

    def read(number: int) -> tuple[Assessment, Review]:
        if number == 1:
            raise InputError(Problem(Where("某结果"), "", "读不出"))
        return assessment, sealed[number]

    orders = [Order("correction", tmp_path / f"{n}.pdf", lambda n=n: read(n)) for n in range(4)]  # type: ignore[misc]
    orders.append(replace(orders[0], target=tmp_path / "没有这个文件夹" / "x.pdf"))
    made = list(print_many(orders, 2))
    assert [one.order for one in made] == orders
    assert [bool(one.problem) for one in made] == [False, True, False, False, True]
    assert "读不出" in made[1].problem
    alone = pdf.print_pdf(assessment, press, "correction", sealed[3])
    assert (tmp_path / "3.pdf").read_bytes() == alone
    assert not (tmp_path / "1.pdf").exists()


def test_a_press_that_died_over_one_document_is_replaced(assessment: Assessment, tmp_path: Path) -> None:
    fatal = '<img src="http://127.0.0.1:9/a.png"/>'
    orders = [Order("correction", tmp_path / f"{n}.pdf", lambda: (assessment, None)) for n in range(3)]
    honest, calls = pdf.report_job, []

    def broken(*given: object) -> object:
        calls.append(given)
        job = honest(*given)  # type: ignore[arg-type]
        return replace(job, write=lambda: replace(job.write(), html=fatal)) if len(calls) == 1 else job

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "report_job", broken)
        made = list(print_many(orders, 1))
    assert "外部地址" in made[0].problem
    assert [one.problem for one in made[1:]] == ["", ""]


def test_a_folder_of_results_is_printed_and_what_is_none_is_told(
    assessment: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, out = tmp_path / "结果", tmp_path / "印件"
    given.mkdir()
    (given / "甲.json").write_text(json.dumps(assessment.plain(), ensure_ascii=False), "utf-8")
    (given / "乙.json").write_text("{}", "utf-8")
    odd = assessment.plain()
    odd["screening"]["findings"][0]["best"] = "甚好"
    (given / "丙.json").write_text(json.dumps(odd, ensure_ascii=False), "utf-8")
    (given / "说明.txt").write_text("不是结果", "utf-8")
    assert main(["papers", str(given), "--out", str(out), "--form", "correction"]) == 2
    told = capsys.readouterr()
    assert [path.name for path in out.iterdir()] == ["甲-一次性补正告知书.pdf"]
    assert "乙.json: 不是评估结果" in told.err
    assert "丙-一次性补正告知书.pdf：数据不是评估结果里会有的" in told.err
    assert "打印 1 份，未成 2 份" in told.err


@pytest.mark.parametrize(("more", "told"), [(["b/a.json"], "会互相覆盖：a"), ([], "没有可打印的文件")])
def test_wrong_orders_are_told(more: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["a.json"] if more else [str(tmp_path)]
    assert main(["papers", *given, *more, "--out", str(tmp_path / "印件")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "印件").exists()
