"""Project files: every problem with its line, nothing lost, nothing half read."""

from pathlib import Path

import pytest

from tanping.assessment.project.intake import load_project, plain_project, project_from_plain, project_of
from tanping.records.errors import InputError
from tanping.records.located import parse_yaml

EXAMPLES = Path(__file__).parents[2] / "examples"
HEAD = "schema: tanping.project/1\n"


def refusal(text: str) -> str:
    with pytest.raises(InputError) as refused:
        project_of(parse_yaml(text.encode(), "p.yaml"))
    return str(refused.value)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.yaml")))
def test_examples_load_and_survive_a_round_trip(name):
    project = load_project(EXAMPLES / name)
    assert project_from_plain(plain_project(project)) == project


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("project: {name: x}\n", 1, "缺少这一项"),
        ("schema: tanping.project/9\n", 1, "不支持的版本"),
        (HEAD + "project:\n  nmae: x\n", 3, "您是否想写 name"),
        (HEAD + "unitss: []\n", 2, "您是否想写 units"),
        (HEAD + "project: 5\n", 2, "应是键值"),
        (HEAD + "units: 5\n", 2, "应是列表"),
        (HEAD + "units:\n  - id: '1'\n    capacity: 1000\n", 4, "单位"),
        (HEAD + "units:\n  - id: '1'\n    capacity: 1000 t\n", 4, "MW"),
        (HEAD + "units:\n  - id: '1'\n    capacity: -1 MW\n", 4, "不能为负"),
        (HEAD + "units:\n  - id: '1'\n    capacity: NaN MW\n", 4, "单机容量"),
        (HEAD + "units:\n  - id: '1'\n    capacity: 1e400 MW\n", 4, "单机容量"),
        (HEAD + "units:\n  - id: '1'\n    hours: 9000 h\n", 4, "大于上限 8784"),
        (HEAD + "units:\n  - id: '1'\n  - id: '1'\n", 4, "重复"),
        (HEAD + "units:\n  - name: x\n", 3, "缺少这一项"),
        (HEAD + "fuels:\n  - id: a\n    units: '9'\n", 4, "没有编号为“9”的生产单元"),
        (HEAD + "captures:\n  - id: a\n    units: '9'\n", 4, "没有编号为“9”的生产单元"),
        (HEAD + "energy:\n  - id: a\n    units: {verified: '9', check: 已核实}\n", 4, "没有编号为“9”的生产单元"),
        (HEAD + "dates:\n  accepted: 2026-02-30\n", 3, "不是日期"),
        (HEAD + "dates:\n  prepared: 2026-05-01\n  accepted: 2026-04-01\n", 4, "早于"),
        (HEAD + "site:\n  province: 江酥\n", 3, "江酥"),
        (HEAD + "facts:\n  on_coastal_lnad: 是\n", 3, "on_coastal_land"),
        (HEAD + "facts:\n  on_coastal_land: 也许\n", 3, "不是是或否"),
        (HEAD + "facts:\n  energy_review: 是\n", 3, "papers"),
        (HEAD + "facts:\n  city: 盐城\n", 3, "不用填"),
        (HEAD + "facts: 5\n", 2, "应是键值"),
        (HEAD + "papers:\n  energy_reviw: {status: 已取得}\n", 3, "energy_review"),
        (HEAD + "papers:\n  energy_review: {status: 拿到了}\n", 3, "已取得、办理中、未办、不需要"),
    ],
)
def test_each_problem_is_told_with_its_line(text, line, words):
    said = refusal(text)
    assert f"p.yaml:{line}: " in said
    assert words in said


def test_all_problems_are_told_at_once():
    said = refusal(HEAD + "project:\n  sector: 化工\ndates:\n  accepted: x\nfacts:\n  nothing_like_it: 1\n")
    assert len(said.splitlines()) == 3


def test_commissioned_before_construction():
    said = refusal(
        HEAD
        + "dates: {construction_start: 2024-01-01}\nunits:\n  - {id: '1', nature: 新增, commissioned: 2023-01-01}\n"
    )
    assert "先开工后投产" in said


def test_blank_fields_stay_unknown():
    project = project_of(
        parse_yaml((HEAD + "units:\n  - id: '1'\n    capacity:\n    hours: 不清楚\n").encode(), "p.yaml")
    )
    assert project.units[0].capacity.effective is None
    assert project.units[0].hours.effective is None
