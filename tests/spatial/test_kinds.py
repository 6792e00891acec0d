"""The register of layer kinds fits the fact catalogue: every spatial fact has its question, every question its fact."""

from __future__ import annotations

import pytest

from tanping.assessment.spatial.kinds import PROJECT_AREA, SOURCE, check_kinds, load_kinds
from tanping.records.errors import InputError
from tanping.rules.facts import Origin, load_catalogue


def test_the_register_fits():
    check_kinds()
    spatial = {fact.name for fact in load_catalogue().values() if fact.origin is Origin.SPATIAL}
    assert set(load_kinds().questions) == spatial


def test_every_kind_answers_something():
    kinds = load_kinds()
    assert [code for code in kinds.layers if not kinds.answering(code)] == [PROJECT_AREA]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  inside_no_burn_zone:", "  inside_no_burn_zon:", "inside_no_burn_zone"),
        ("how: zone\n    layers: [drinking_water]", "how: overlap\n    layers: [drinking_water]", "不能按 overlap"),
        ("zones: [level1, level2, quasi]", "zones: [level1, level2]", "选项不一致"),
        ("layers: [no_burn_zone]", "layers: [no_burn]", "没有图层类别“no_burn”"),
        ("places: [outfall]", "places: [pipe]", "没有位置类别“pipe”"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path, old, new, words):
    text = SOURCE.read_text("utf-8")
    assert old in text
    path = tmp_path / "kinds.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as refused:
        check_kinds(path)
    assert "kinds.yaml:" in str(refused.value)
    assert words in str(refused.value)


def test_zone_words_are_told_apart():
    for kind in load_kinds().layers.values():
        words = [word for words in kind.zones.values() for word in words]
        assert len(words) == len(set(words)), kind.code
        assert all(kind.zone_of(word) for word in words)
    assert load_kinds().layers["drinking_water"].zone_of(" 一级 保护区") == "level1"
    assert load_kinds().layers["drinking_water"].zone_of("特级") is None
