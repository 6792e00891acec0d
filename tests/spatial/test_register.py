"""The shelf: what is registered stays, is refused with reasons, is checked and removed."""

from __future__ import annotations

from datetime import date

import pytest
from made_layers import NOW, add, box, claim, geojson, write

from tanping.assessment.spatial.layer import manifest_text
from tanping.assessment.spatial.reading import load_source, source_of
from tanping.assessment.spatial.register import Layers
from tanping.assessment.spatial.shelf import features_of
from tanping.records.errors import InputError
from tanping.records.regions import Place

AREA = box(0, 0, 1000, 1000)


@pytest.fixture
def shelf(tmp_path) -> Layers:
    return Layers.open(tmp_path / "layers")


def refused(shelf, kind="ecological_redline", **more) -> str:
    with pytest.raises(InputError) as error:
        shelf.add(source_of(geojson(AREA), "a.geojson"), claim(kind, **more), now=NOW)
    assert not list(shelf.folder.glob("*")) or shelf.layers
    return str(error.value)


def test_an_empty_shelf(shelf):
    assert not shelf
    assert shelf.check() == ()


def test_a_layer_comes_back_as_it_was_registered(shelf):
    layer = add(
        shelf, "drinking_water", AREA, columns={"jb": ["一级"], "mc": ["甲: 水源 #1"]}, zone_field="jb", name_field="mc",
        version="2023版", covers=("江苏/盐城市", "江苏省/南通/如东县"), accuracy=2.5, document="苏政复〔2023〕1号 'x': y",
    )  # fmt: skip
    (found,) = Layers.open(shelf.folder)
    assert found == layer
    assert found.covers == (("江苏", "盐城"), ("江苏", "南通", "如东"))
    assert found.loaded_at == "2026-05-01T00:00:00+00:00"
    assert Layers.open(shelf.folder).check() == ()
    assert (shelf.path(layer) / "source.geojson").read_bytes() == geojson(AREA, jb=["一级"], mc=["甲: 水源 #1"])


def test_a_name_with_a_line_end_of_its_own_or_half_a_character_is_read_back(shelf):
    data = geojson(AREA, AREA, AREA, mc=["甲\u2028乙\x85丙", "半", "\u202e反"]).replace("半".encode(), b"\\ud800")
    layer = shelf.add(source_of(data, "a.geojson"), claim("ecological_redline", name_field="mc"), now=NOW)
    assert features_of(shelf, layer).names.tolist() == ["甲\u2028乙\ufffd丙", "\ufffd", "\ufffd反"]


def test_loose_parts_are_kept_as_one_zip(shelf, tmp_path):
    layer = shelf.add(load_source(write(tmp_path / "a.shp", [AREA])), claim("生态保护红线"), now=NOW)
    assert (shelf.path(layer) / "source.zip").is_file()
    assert layer.kind == "ecological_redline"
    assert Layers.open(shelf.folder).check() == ()


def test_where_a_layer_is_complete(shelf):
    layer = add(shelf, "ecological_redline", AREA, covers=("江苏/盐城",))
    assert layer.covers_place(Place("江苏", "盐城", "射阳")) is True
    assert layer.covers_place(Place("江苏", "南通", None)) is False
    assert layer.covers_place(Place("江苏", None, None)) is None
    assert layer.covers_place(Place()) is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "生态红线"}, "您是否想写"),
        ({"name": " "}, "--name"),
        ({"document": "a\nb"}, "--document"),
        ({"loaded_by": "\u202e张"}, "--by"),
        ({"datum": "西安80"}, "坐标系“西安80”不明"),
        ({"datum": ""}, "CGCS2000"),
        ({"accuracy": -1.0}, "精度"),
        ({"accuracy": 1e9}, "精度"),
        ({"accuracy": float("nan")}, "精度"),
        ({"covers": ()}, "--covers"),
        ({"covers": ("江酥",)}, "江酥"),
        ({"covers": ("江苏/盐城/射阳/某镇",)}, "写法不对"),
        ({"covers": ("",)}, "写法不对"),
        ({"zone": "一级"}, "不分区"),
        ({"kind": "drinking_water"}, "--zone-field"),
        ({"kind": "drinking_water", "zone": "特级"}, "特级"),
        ({"replaces": "nothing"}, "没有编号"),
    ],
)
def test_what_the_loader_says_is_checked(shelf, more, words):
    assert words in refused(shelf, more.pop("kind", "ecological_redline"), **more)


def test_every_problem_is_told_at_once(shelf):
    said = refused(shelf, name="", datum="x", covers=(), accuracy=-5.0)
    assert len(said.splitlines()) == 4


def test_a_refused_file_leaves_nothing_behind(shelf):
    with pytest.raises(InputError):
        shelf.add(source_of(b"{}", "a.geojson"), claim("ecological_redline"), now=NOW)
    assert not shelf.folder.exists() or list(shelf.folder.iterdir()) == []


def test_the_same_file_twice_is_told(shelf):
    add(shelf, "ecological_redline", AREA)
    with pytest.raises(InputError, match="已按同一类别和日期登记"):
        add(shelf, "ecological_redline", AREA)


def test_replacing(shelf):
    old = add(shelf, "ecological_redline", AREA, issued=date(2020, 1, 1))
    shelf = Layers.open(shelf.folder)
    assert "不比它早" in refused(shelf, replaces=old.id, issued=date(2019, 1, 1))
    assert "不是同一类别" in refused(shelf, "no_burn_zone", replaces=old.id)
    new = add(shelf, "ecological_redline", AREA, issued=date(2023, 6, 1), replaces=old.id)
    shelf = Layers.open(shelf.folder)
    assert shelf.by_id[old.id].valid_to == date(2023, 5, 31)
    assert [layer.id for layer in shelf.of("ecological_redline", date(2022, 1, 1))] == [old.id]
    assert [layer.id for layer in shelf.of("ecological_redline", date(2024, 1, 1))] == [new.id]
    shelf.remove(new.id, now=NOW)
    assert Layers.open(shelf.folder).by_id[old.id].valid_to is None


def test_a_full_disk_leaves_no_half_layer(shelf, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tanping.assessment.spatial.register.shutil.copyfile", full)
    with pytest.raises(OSError, match="No space"):
        add(shelf, "ecological_redline", AREA)
    assert list(shelf.folder.iterdir()) == []


def test_what_a_killed_loading_left_behind_is_no_layer(shelf):
    layer = add(shelf, "ecological_redline", AREA)
    shelf.path(layer).rename(shelf.folder / ".adding-x")
    found = Layers.open(shelf.folder)
    assert (tuple(found), found.problems) == ((), ())


def test_a_layer_that_replaces_one_that_is_gone_is_told(shelf):
    old = add(shelf, "ecological_redline", AREA, issued=date(2018, 7, 1))
    shelf = Layers.open(shelf.folder)
    add(shelf, "ecological_redline", box(5000, 0, 6000, 1000), issued=date(2023, 6, 1), replaces=old.id)
    Layers.open(shelf.folder).remove(old.id, now=NOW)
    assert f"所替代的图层 {old.id} 不在登记中" in str(Layers.open(shelf.folder).check()[0])


def test_removing_keeps_the_files(shelf):
    layer = add(shelf, "ecological_redline", AREA)
    shelf = Layers.open(shelf.folder)
    target = shelf.remove(layer.id[:24], now=NOW)
    assert (target / "features.txt").is_file()
    assert not Layers.open(shelf.folder)
    with pytest.raises(InputError, match="没有编号"):
        Layers.open(shelf.folder).remove(layer.id)


def test_check_finds_what_was_touched(shelf):
    layer = add(shelf, "ecological_redline", AREA)
    folder = shelf.path(layer)
    (folder / "source.geojson").write_bytes(b"{}")
    (folder / "features.txt").unlink()
    said = "\n".join(map(str, Layers.open(shelf.folder).check()))
    assert "source.geojson 与登记时的散列不一致" in said
    assert "缺少文件 features.txt" in said


@pytest.mark.parametrize(
    "text", ["", "schema: x", "schema: tanping.layer/1\nid: a", "a: [", "schema: tanping.layer/1\nbounds: [1]"]
)
def test_a_broken_manifest_does_not_count_and_is_told(shelf, text):
    layer = add(shelf, "ecological_redline", AREA)
    (shelf.path(layer) / "manifest.yaml").write_text(text, "utf-8")
    found = Layers.open(shelf.folder)
    assert not found
    assert "manifest.yaml" in str(found.problems[0])


def test_a_manifest_in_the_wrong_folder_does_not_count(shelf):
    layer = add(shelf, "ecological_redline", AREA)
    shelf.path(layer).rename(shelf.folder / "other")
    assert "不符" in str(Layers.open(shelf.folder).problems[0])


def test_the_manifest_is_plain(shelf):
    text = manifest_text(add(shelf, "ecological_redline", AREA))
    assert "document: 试验批复" in text
    assert "sha256" in text
