"""What the map says, what was declared, and what the rules then see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from made_layers import add, at, box, line, wkt
from made_projects import project, row

from tanping.assessment.assess import assess, screened
from tanping.assessment.facts import declared_column, facts_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.spatial.datum import gcj02_to_bd09, wgs84_to_gcj02
from tanping.assessment.spatial.register import Layers
from tanping.assessment.spatial.survey import marks_of, survey_places
from tanping.rules.facts import Origin, load_catalogue

AS_OF = date(2026, 5, 1)
REDLINE, WATER, PARK = "inside_ecological_redline", "drinking_water_zone", "in_compliant_park"
CHP, RIVER = "distance_to_chp_300mw_km", "distance_to_yangtze_main_km"


def look(shelf, *projects, as_of=AS_OF):
    return survey_places(columns_of(projects), shelf, as_of)


def said(shelf, fact, *places, **more):
    """The answer to one fact for one project."""
    return look(shelf, project(*places, **more)).answers[fact][0]


def plant(*metres, **more):
    return row("1", "厂区", wkt(box(*metres)), **more)


# --- inside, outside, touching -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metres", "state"),
    [
        ((-200, -200, 200, 200), "是"),
        ((200, 200, 400, 400), "是"),
        ((-500, 0, -100, 500), "否"),
        ((-500, 0, 0, 500), "边界存疑"),
        ((-500, 0, 4, 500), "边界存疑"),
        ((-500, 0, -4, 500), "边界存疑"),
        ((-500, 0, -5.2, 500), "否"),
        ((-500, 0, 5.2, 500), "是"),
    ],
)
def test_inside_outside_touching_and_near_the_accuracy(layers, metres, state):
    assert said(layers, REDLINE, plant(*metres)).state == state


def test_overlap_is_measured_and_cited(layers):
    found = said(layers, REDLINE, plant(-200, -200, 200, 200))
    assert "重叠 4 hm²，占 25.00%" in found.text
    assert "甲" in found.text
    assert "2023-06-01" in found.document
    assert layers.of("ecological_redline", AS_OF)[0].source_sha256[:16] in found.document
    assert "中央经线 120°" in found.note


def test_any_place_counts_and_a_line_is_asked_apart(layers):
    away = plant(-3000, -3000, -2000, -2000)
    assert said(layers, REDLINE, away, row("2", "灰渣场", wkt(box(5100, 100, 5200, 200)))).value is True
    assert said(layers, REDLINE, away, row("2", "取水口", point(500, 500))).value is True
    crossing = row("2", "线性设施", wkt(line((-500, 500), (1500, 500))))
    assert said(layers, REDLINE, away, crossing).value is False
    found = said(layers, "linear_facility_in_redline", away, crossing)
    assert found.value is True
    assert "穿越“甲” 1000 m" in found.text


def test_nothing_is_ruled_out_before_every_place_is_told(layers):
    found = said(layers, REDLINE, plant(-3000, -3000, -2000, -2000), without=())
    assert found.state == "不能判断"
    assert any("灰渣场" in why for why in found.reasons)
    assert said(layers, "linear_facility_in_redline", plant(0, 0, 1, 1), without=()).state == "不能判断"
    assert said(layers, "linear_facility_in_redline", plant(0, 0, 1, 1)).value is False


@pytest.mark.parametrize(
    ("metres", "value"),
    [
        ((400, 5400, 600, 5600), "level1"),
        ((-400, 5000, -200, 5600), "level2"),
        ((-1900, 3100, -1800, 3200), "quasi"),
        ((-9000, 0, -8000, 10), "none"),
    ],
)
def test_the_strictest_zone_counts(layers, metres, value):
    assert said(layers, WATER, plant(*metres)).value == value


def test_the_edge_of_the_stricter_zone_leaves_it_open(layers):
    assert said(layers, WATER, plant(-300, 5000, 2, 5600)).state == "边界存疑"


def test_a_zone_of_no_interest_is_no_hit(layers):
    assert said(layers, "inside_nature_reserve_core_or_buffer", plant(10, 10, 50, 50)).value is False


@pytest.mark.parametrize(
    ("metres", "state"),
    [
        ((-5000, -5000, -4000, -4000), "是"),
        ((-500, -5000, 500, -4000), "是"),  # across two parks that lie side by side
        ((-500, -500, 500, 500), "否"),
        ((-500, -500, -100, -2), "边界存疑"),
    ],
)
def test_wholly_inside_a_park(layers, metres, state):
    assert said(layers, PARK, plant(*metres)).state == state


def test_distances(layers):
    found = said(layers, RIVER, plant(0, 0, 1, 1), row("2", "灰渣场", wkt(box(0, 0, 100, 15_000))))
    assert found.value == pytest.approx(5.0, abs=0.002)
    assert said(layers, RIVER, row("2", "灰渣场", wkt(box(0, 20_100, 100, 20_200)))).value == 0.0
    # The plant of its own, inside the works, is not the nearest one.
    assert said(layers, CHP, plant(-2100, -3100, -1900, -2900)).value == pytest.approx(13.0, abs=0.002)


@pytest.mark.parametrize(
    ("gap", "state"), [(2990, "是"), (2997, "边界存疑"), (3000, "边界存疑"), (3004, "边界存疑"), (3010, "是")]
)
def test_a_distance_on_the_line_of_a_clause_is_left_open(layers, gap, state):
    assert 3.0 in marks_of(RIVER)
    assert said(layers, RIVER, row("2", "灰渣场", wkt(box(0, 19_900 - gap, 100, 20_000 - gap)))).state == state


def test_the_sea_side_of_the_setback_line(layers):
    fact = "inside_coastal_setback_line"
    assert said(layers, fact, plant(8000, 0, 8500, 500)).value is False
    assert said(layers, fact, plant(11_200, 0, 11_800, 500)).value is True
    assert said(layers, fact, plant(10_500, 0, 11_500, 500)).value is True
    assert said(layers, fact, plant(13_000, 0, 13_500, 500)).value is True
    assert said(layers, fact, plant(10_500, 0, 11_003, 500)).state == "边界存疑"


def test_natural_shoreline_in_metres(layers):
    fact = "natural_shoreline_occupied_m"
    assert said(layers, fact, plant(8500, 0, 9500, 400)).value == pytest.approx(400, abs=0.2)
    assert said(layers, fact, plant(8500, 0, 8900, 400)).value == 0
    assert said(layers, fact, plant(8500, 0, 9000, 400)).state == "边界存疑"


def test_a_map_that_can_only_confirm(layers):
    fact = "on_coastal_land"
    assert said(layers, fact, plant(11_500, 0, 12_500, 400)).value is True
    assert said(layers, fact, plant(0, 0, 100, 100)).state == "不能判断"


# --- points, rounding, datums --------------------------------------------------------------------------------------------------


def point(east, north, digits=6):
    x, y = at(east, north)
    return f"{x:.{digits}f},{y:.{digits}f}"


def test_a_point_can_be_in_but_never_out(layers):
    assert said(layers, REDLINE, row("1", "厂区", point(500, 500))).value is True
    outside = said(layers, REDLINE, row("1", "厂区", point(-3000, 500)))
    assert outside.state == "不能判断"
    assert any("范围半径" in why for why in outside.reasons)


def test_a_point_with_a_reach(layers):
    assert said(layers, REDLINE, row("1", "厂区", point(-3000, 500), reach="1000 m")).value is False
    assert said(layers, REDLINE, row("1", "厂区", point(-500, 500), reach="1000 m")).state == "边界存疑"


def test_coarse_digits_widen_the_edge(layers):
    assert said(layers, REDLINE, row("1", "厂区", point(500, 500, 2))).state == "边界存疑"
    assert said(layers, REDLINE, row("1", "厂区", point(-300, 500, 2))).state == "边界存疑"
    site = {"longitude": point(500, 500).split(",")[0], "latitude": point(500, 500).split(",")[1], "datum": "CGCS2000"}
    assert said(layers, REDLINE, site=site).value is True
    coarse = {name: text[:6] if name != "datum" else text for name, text in site.items()}
    assert said(layers, REDLINE, site=coarse).state == "边界存疑"


def test_site_coordinates_without_a_datum_are_not_laid_over(layers):
    found = look(layers, project(site={"longitude": "120.505", "latitude": "33.505"}))
    assert found.answers[REDLINE][0].state == "不能判断"
    assert any("坐标系" in line.note for line in found.lines)


def shifted(shape, datum):
    def move(xy):
        x, y = wgs84_to_gcj02(xy[:, 0], xy[:, 1])
        return np.column_stack(gcj02_to_bd09(x, y) if datum == "BD-09" else (x, y))

    return shapely.transform(shape, move)


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_web_map_coordinates_come_back(layers, datum):
    area = box(1050, 0, 1200, 200)
    assert said(layers, REDLINE, row("1", "厂区", wkt(area))).value is False
    found = said(layers, REDLINE, row("1", "厂区", wkt(shifted(area, datum)), datum))
    assert found.value is False
    assert datum in found.note
    assert said(layers, REDLINE, row("1", "厂区", wkt(shifted(box(980, 0, 990, 200), datum)), datum)).value is True
    # Taken for CGCS2000 the same numbers would lie hundreds of metres away.
    assert said(layers, REDLINE, row("1", "厂区", wkt(shifted(box(800, 0, 900, 200), datum)))).value is False


def test_an_outline_that_crosses_itself_is_not_used(layers):
    corners = [at(0, 0), at(100, 100), at(100, 0), at(0, 100)]
    found = look(layers, project(row("1", "厂区", ";".join(f"{x:.7f},{y:.7f}" for x, y in corners))))
    assert any("自相交" in line.note for line in found.lines)
    assert found.answers[REDLINE][0].state == "不能判断"


def test_an_outline_from_a_registered_file(layers, tmp_path):
    shelf = Layers.open(tmp_path)
    add(shelf, "project_area", box(200, 200, 400, 400), name="厂界", datum="CGCS2000")
    shelf = Layers(layers.folder, (*layers.layers,), ())
    missing = look(shelf, project(row("1", "厂区", "厂界.geojson")))
    assert any("没有登记" in line.note for line in missing.lines)
    own = Layers.open(tmp_path)
    add(own, "ecological_redline", box(0, 0, 1000, 1000))
    own = Layers.open(tmp_path)
    told = said(own, REDLINE, row("1", "厂区", "project_area.geojson"))
    assert (told.value, told.claimed) == (True, True)
    checked = {"value": "project_area.geojson", "check": "已核实", "verified_by": "张"}
    assert not said(own, REDLINE, row("1", "厂区", checked)).claimed
    wrong = look(own, project(row("1", "厂区", "project_area.geojson", "GCJ-02")))
    assert any("登记为 CGCS2000" in line.note for line in wrong.lines)


# --- coverage, dates, damaged files ---------------------------------------------------------------------------------------------


def test_a_layer_says_nothing_of_places_it_does_not_cover(tmp_path):
    shelf = Layers.open(tmp_path)
    add(shelf, "ecological_redline", box(0, 0, 1000, 1000), covers=("江苏/南通",))
    shelf = Layers.open(tmp_path)
    away = plant(-3000, -3000, -2000, -2000)
    found = said(shelf, REDLINE, away)
    assert found.state == "不能判断"
    assert any("没有覆盖项目所在地" in why for why in found.reasons)
    assert said(shelf, REDLINE, plant(0, 0, 100, 100)).value is True
    assert said(shelf, REDLINE, away, site={"city": "南通", "county": "如东"}).value is False
    assert said(shelf, REDLINE, away, site={"city": "南通", "county": None}).value is False


def test_a_nearest_feature_beyond_the_covered_county_may_be_nearer(tmp_path):
    shelf = Layers.open(tmp_path)
    add(shelf, "yangtze_main", box(-50_000, 20_000, 50_000, 21_000), covers=("江苏/盐城",))
    shelf = Layers.open(tmp_path)
    far = said(shelf, RIVER, row("2", "灰渣场", wkt(box(0, 0, 100, 100))))
    assert far.state == "不能判断"
    assert "本省" in far.reasons[0]
    assert said(shelf, RIVER, row("2", "灰渣场", wkt(box(0, 18_000, 100, 19_000)))).value == pytest.approx(1, abs=0.002)


def test_only_layers_in_force_count(tmp_path):
    shelf = Layers.open(tmp_path)
    old = add(shelf, "ecological_redline", box(0, 0, 1000, 1000), issued=date(2018, 7, 1))
    shelf = Layers.open(tmp_path)
    add(shelf, "ecological_redline", box(5000, 0, 6000, 1000), issued=date(2023, 6, 1), replaces=old.id)
    shelf = Layers.open(tmp_path)
    here = project(plant(100, 100, 200, 200))
    assert REDLINE not in look(shelf, here, as_of=date(2018, 6, 30)).answers
    assert look(shelf, here, as_of=date(2018, 7, 1)).answers[REDLINE][0].value is True
    assert look(shelf, here, as_of=date(2023, 5, 31)).answers[REDLINE][0].value is True
    assert look(shelf, here, as_of=date(2023, 6, 1)).answers[REDLINE][0].value is False


def test_a_file_that_is_gone_is_not_used_and_told(tmp_path):
    shelf = Layers.open(tmp_path)
    redline = add(shelf, "ecological_redline", box(0, 0, 1000, 1000))
    works = add(Layers.open(tmp_path), "project_area", box(200, 200, 400, 400), datum="CGCS2000")
    shelf = Layers.open(tmp_path)
    (shelf.path(redline) / "features.txt").unlink()
    (shelf.path(works) / "features.txt").unlink()
    found = look(shelf, project(row("1", "厂区", "project_area.geojson")))
    assert REDLINE not in found.answers
    told = [line.note for line in found.lines]
    assert any("未采用：图层文件缺失" in note for note in told)
    assert any("不能叠图：图层文件缺失" in note for note in told)


@pytest.mark.parametrize(
    ("metres", "state"),
    [((-400, 0, 0, 400), "边界存疑"), ((-400, 0, 1, 400), "是"), ((-400, 0, -1, 400), "否")],
)
def test_neighbours_of_stated_accuracy_nought_that_share_a_line_do_not_surely_meet(tmp_path, metres, state):
    add(Layers.open(tmp_path), "ecological_redline", box(0, 0, 1000, 1000), accuracy=0.0, datum="CGCS2000")
    add(Layers.open(tmp_path), "project_area", box(*metres), accuracy=0.0, datum="CGCS2000")
    assert said(Layers.open(tmp_path), REDLINE, row("1", "厂区", "project_area.geojson")).state == state


def test_a_point_never_says_it_is_landward_of_the_setback_line(layers):
    found = said(layers, "inside_coastal_setback_line", row("1", "厂区", point(-9000, 0)))
    assert found.state == "不能判断"


def test_a_changed_file_is_not_used_and_told(tmp_path):
    shelf = Layers.open(tmp_path)
    layer = add(shelf, "ecological_redline", box(0, 0, 1000, 1000))
    shelf = Layers.open(tmp_path)
    path = shelf.path(layer) / "features.txt"
    path.write_text(path.read_text("utf-8").replace("120", "121", 1).replace("0", "1", 1), "utf-8")
    found = look(shelf, project(plant(0, 0, 100, 100)))
    assert REDLINE not in found.answers
    assert any("散列不一致" in line.note for line in found.lines)


# --- declared against the map ---------------------------------------------------------------------------------------------------


def cells(shelf, *places, fact=REDLINE, **more):
    columns = columns_of([project(*places, **more)])
    survey = survey_places(columns, shelf, AS_OF)
    table = facts_of(columns, AS_OF, overlay=survey.over)
    return survey, table, table.cells.get((fact, 0))


INSIDE, OUTSIDE, EDGE = (200, 200, 400, 400), (-3000, -3000, -2000, -2000), (-500, 0, 0, 500)


def test_the_map_answers_what_nobody_declared(layers):
    _, table, cell = cells(layers, plant(*INSIDE))
    assert table.value(REDLINE, 0) is True
    assert cell.origin is Origin.SPATIAL
    assert "试验ecological_redline" in cell.document
    assert table.claimed[REDLINE][0]  # the drawing itself is only declared


def test_a_verified_drawing_makes_a_verified_answer(layers):
    place = plant(*INSIDE) | {"geometry": {"value": wkt(box(*INSIDE)), "check": "已核实", "verified_by": "张"}}
    _, table, _ = cells(layers, place)
    assert not table.claimed[REDLINE][0]


def test_a_contradiction_is_told_and_the_map_counts(layers):
    survey, table, cell = cells(layers, plant(*INSIDE), facts={REDLINE: {"value": "否", "page": "12"}})
    assert table.value(REDLINE, 0) is True
    assert "申报“否”与叠图不符，申报存疑" in cell.note
    doubts = [line for line in survey.lines if line.kind == "doubt"]
    assert len(doubts) == 1
    assert "申报 否" in doubts[0].text
    assert "叠图 是" in doubts[0].text


def test_agreement_is_no_doubt(layers):
    survey, table, _ = cells(layers, plant(*INSIDE), facts={REDLINE: "是", CHP: "14.9 km", RIVER: "不清楚"})
    assert table.value(REDLINE, 0) is True
    assert not [line for line in survey.lines if line.kind == "doubt" and "红线" in line.label]


def test_a_verified_answer_stands_and_the_map_is_told(layers):
    fact = {REDLINE: {"value": "否", "check": "已核实", "verified": "否", "verified_by": "李"}}
    survey, table, cell = cells(layers, plant(*INSIDE), facts=fact)
    assert table.value(REDLINE, 0) is False
    assert cell.origin is Origin.VERIFIED
    assert any("核实值不改" in line.note for line in survey.lines if line.kind == "doubt")


def test_the_edge_is_unknown_whatever_was_declared(layers):
    for declared in ("否", "是"):
        survey, table, cell = cells(layers, plant(*EDGE), facts={REDLINE: declared})
        assert table.value(REDLINE, 0) is None
        assert cell is None
        assert any("精度以内" in line.note for line in survey.lines if line.kind == "doubt")


def test_what_the_map_leaves_open_stays_declared(layers):
    _, table, cell = cells(layers, row("1", "厂区", point(-3000, 500)), facts={REDLINE: "否"})
    assert table.value(REDLINE, 0) is False
    assert cell.origin is Origin.DECLARED
    assert "需补充叠图" in cell.note
    assert table.claimed[REDLINE][0]


def test_the_basin_register_gives_way_to_a_basin_layer(tmp_path):
    shelf = Layers.open(tmp_path)
    add(shelf, "yangtze_basin", box(0, 0, 1000, 1000))
    shelf = Layers.open(tmp_path)
    _, table, _ = cells(shelf, plant(*INSIDE), fact="in_yangtze_basin")
    assert table.value("in_yangtze_basin", 0) is True
    _, table, _ = cells(Layers(tmp_path / "none"), plant(*INSIDE), fact="in_yangtze_basin")
    assert table.value("in_yangtze_basin", 0) is not True


# --- without layers -------------------------------------------------------------------------------------------------------------


def bare(tmp_path, fact=REDLINE, **more):
    return cells(Layers(tmp_path / "none"), fact=fact, without=(), **more)[1:]


def test_without_a_layer_a_declaration_needs_a_map_or_a_paper(tmp_path):
    table, cell = bare(tmp_path, facts={REDLINE: "否"})
    assert table.value(REDLINE, 0) is False
    assert cell.origin is Origin.DECLARED
    assert cell.claimed
    assert "需补充叠图" in cell.note


def test_the_platform_report_is_evidence_when_it_is_numbered(tmp_path):
    report = {"status": "已取得", "number": "YC-2026-001", "date": "2026-03-01", "page": "8"}
    _, cell = bare(tmp_path, facts={REDLINE: "否"}, papers={"zoning_compliance_report": report})
    assert cell.document == "分区管控研判报告（YC-2026-001，2026-03-01，第 8 页）"
    assert "需补充叠图" not in cell.note
    for lesser in ({"status": "已取得"}, report | {"status": "办理中"}):
        _, cell = bare(tmp_path, facts={REDLINE: "否"}, papers={"zoning_compliance_report": lesser})
        assert "需补充叠图" in cell.note


def test_the_report_is_no_evidence_for_what_it_does_not_look_at(tmp_path):
    report = {"status": "已取得", "number": "YC-2026-001"}
    _, cell = bare(tmp_path, RIVER, facts={RIVER: "5 km"}, papers={"zoning_compliance_report": report})
    assert "需补充叠图" in cell.note


def test_a_named_paper_is_evidence(tmp_path):
    _, cell = bare(tmp_path, facts={REDLINE: {"value": "否", "document": "自然资源局复函"}})
    assert cell.document == "自然资源局复函"
    assert "需补充叠图" not in cell.note


def test_what_is_said_not_to_exist_lies_nowhere_even_without_a_map(tmp_path):
    shelf = Layers(tmp_path / "none")
    _, table, _ = cells(shelf)
    assert table.value("solid_waste_on_beach", 0) is False
    assert table.claimed["solid_waste_on_beach"][0]
    assert table.value(REDLINE, 0) is None


def test_without_the_libraries_everything_still_works(layers, monkeypatch):
    monkeypatch.setattr("tanping.assessment.spatial.reading.missing_libraries", lambda: ("shapely",))
    survey, table, _ = cells(layers, plant(*INSIDE), facts={REDLINE: "否"})
    assert table.value(REDLINE, 0) is False
    assert any("没有安装 shapely" in line.note for line in survey.lines)


# --- many, order, the pipeline ----------------------------------------------------------------------------------------------------


def spatial_columns(columns, layers):
    """What the map makes of declared answers as they stand."""
    catalogue = load_catalogue()
    found = {
        name: declared_column(catalogue[name], given)
        for name, given in columns.answers.items()
        if catalogue[name].origin is Origin.SPATIAL
    }
    return survey_places(columns, layers, AS_OF).over(found)


def test_one_project_is_the_row_among_many(layers):
    shapes = [INSIDE, OUTSIDE, EDGE, (4900, -100, 5100, 100), (11_500, 0, 12_500, 400)]
    projects = [project(plant(*shape), facts={REDLINE: "否"}) for shape in shapes] + [
        project(without=()),
        project(row("1", "厂区", point(1, 1))),
    ]
    together = spatial_columns(columns_of(projects), layers)
    for at_row, one in enumerate(projects):
        alone = spatial_columns(columns_of([one]), layers)
        for name in together.keys() | alone.keys():
            many = together[name].values[at_row] if name in together else None
            single = alone[name].values[0] if name in alone else None
            blank = (None, -1)
            assert many == single or (many in blank and single in blank) or (many != many), (name, at_row)
            if name in alone and name in together and alone[name].stated is not None:
                assert together[name].stated[at_row] == alone[name].stated[0], name


def test_the_order_of_layers_and_places_changes_nothing(layers):
    places = [plant(*INSIDE), row("2", "灰渣场", wkt(box(5100, 100, 5200, 200)))]
    turned = replace(layers, layers=tuple(reversed(layers.layers)))
    one = look(layers, project(*places)).answers
    other = look(turned, project(*reversed(places))).answers
    assert {name: (given[0].state, given[0].value) for name, given in one.items()} == {
        name: (given[0].state, given[0].value) for name, given in other.items()
    }


def test_the_pipeline_looks_at_the_layers_of_this_user(layers, tmp_path, monkeypatch):
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    here = project(plant(*INSIDE), facts={REDLINE: "否"})
    before = assess(here)
    assert "layers" not in before.versions
    (tmp_path / "layers").symlink_to(layers.folder)
    after = assess(here)
    assert len(after.versions["layers"]) >= 1
    assert set(after.versions["layers"].values()) <= {layer.source_sha256 for layer in layers}
    assert any(item.kind == "doubt" and "红线" in item.label for item in after.statements)
    hits = {item.clause for item in screened(here).screening.findings if item.met == "不符合"}
    assert hits - {item.clause for item in before.screening.findings if item.met == "不符合"}
    assert after.plain()["versions"]["layers"]


def test_a_table_that_kept_no_statements_gives_the_same_values(layers):
    """A portfolio has columns only; what the map says must not depend on it."""
    site = {"longitude": "120.505", "latitude": "33.505", "datum": "WGS84"}
    projects = [
        project(plant(*INSIDE), facts={REDLINE: "否"}),
        project(plant(*EDGE)),
        project(site=site),
        project(without=()),
    ]
    columns = columns_of(projects)
    bare_columns = replace(columns, tables={name: replace(table, rows=None) for name, table in columns.tables.items()})
    kept, dropped = (survey_places(one, layers, AS_OF) for one in (columns, bare_columns))
    assert {name: [one and (one.state, one.value) for one in given] for name, given in kept.answers.items()} == {
        name: [one and (one.state, one.value) for one in given] for name, given in dropped.answers.items()
    }
    table = facts_of(bare_columns, AS_OF, overlay=dropped.over)
    assert [table.value(REDLINE, at_row) for at_row in range(4)] == [True, None, True, None]
    without_places = replace(
        bare_columns, tables={name: table for name, table in bare_columns.tables.items() if name != "places"}
    )
    assert survey_places(without_places, layers, AS_OF).answers[REDLINE][0].state == "不能判断"


def test_a_missing_spatial_fact_asks_for_an_overlay(tmp_path, monkeypatch):
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    unit = {"id": "1", "kind": "煤电", "nature": "新增"}
    missing = {item.fact: item for item in screened(project(without=(), units=[unit])).screening.missing}
    assert "需补充叠图" in missing[REDLINE].explanation
    assert missing[REDLINE].asked
