import pytest

from tanping.records.titles import title_marks


@pytest.mark.parametrize(
    ("name", "cited"),
    [
        ("环境影响评价法", "《环境影响评价法》"),
        ("《环境影响评价法》", "《环境影响评价法》"),
        ("《长江经济带发展负面清单指南》江苏省实施细则", "《〈长江经济带发展负面清单指南〉江苏省实施细则》"),
        ("关于印发《甲》和《乙》的通知", "《关于印发〈甲〉和〈乙〉的通知》"),
        ("《甲》《乙》", "《〈甲〉〈乙〉》"),
        ("", "《》"),
    ],
)
def test_a_title_has_one_pair_of_marks(name: str, cited: str) -> None:
    assert title_marks(name) == cited
