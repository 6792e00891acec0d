"""The tables a reviewer's second calculation reads survive form and file like every other."""

import pytest

from tanping.assessment.project.blank import blank_yaml
from tanping.assessment.project.catalogue import TABLES, entries
from tanping.assessment.project.form import form_bytes
from tanping.assessment.project.intake import load_project_bytes, plain_project, project_from_plain
from tanping.records.errors import InputError

SAID = {
    "schema": "tanping.project/1",
    "project": {"name": "甲", "sector": "电力"},
    "declared": [{"id": "1", "figure": "达产年排放总量", "value": {"value": "约530万t", "page": "第312页"}}],
    "chapters": [
        {"id": "1", "parameter": "coal", "chapter": "eia_air", "value": {"value": "330.8万t/a", "page": "第88页"}},
        {"id": "2", "parameter": "product", "chapter": "feasibility", "subject": "熟料", "value": "120万吨"},
    ],
    "measures": [{"id": "1", "measure": "光伏发电", "size": "20 MW", "running_cost": "-80 万元", "life": "25 a"}],
    "controls": [
        {"id": "1", "pollutants": "二氧化硫、颗粒物", "option": "湿法", "complies": "是", "electricity": "1200 万kWh"}
    ],
}


def test_every_row_survives_form_and_file():
    project = project_from_plain(SAID)
    again = load_project_bytes(form_bytes("power", project), "form.xlsx")
    for table in ("declared", "chapters", "measures", "controls"):
        for row, other in zip(getattr(project, table), getattr(again, table), strict=True):
            for name in entries(TABLES[table]):
                said, heard = getattr(row, name), getattr(other, name)
                assert (heard.effective, heard.page, heard.answer) == (said.effective, said.page, said.answer), name
    assert plain_project(again)["chapters"][0]["value"] == {"value": "330.8万t/a", "page": "第88页"}
    assert again.controls[0].pollutants.effective == ("so2", "pm")
    assert again.measures[0].running_cost.effective == -80


def test_a_parameter_nobody_knows_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="燃煤年消耗量"):
        project_from_plain({**SAID, "chapters": [{"id": "1", "parameter": "煤量"}]})


def test_a_measure_of_a_unit_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="没有编号为“9”的生产单元"):
        project_from_plain({**SAID, "measures": [{"id": "1", "measure": "光伏发电", "units": "9"}]})


@pytest.mark.parametrize("sector", ["power", "steel", "cement"])
def test_the_blank_file_has_the_tables(sector):
    blank = blank_yaml(sector)
    for line in ("chapters:  # 各章节数据", "measures:  # 减碳措施", "controls:  # 治理方案比选"):
        assert line in blank
