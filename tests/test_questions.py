"""An applicant reaches a first result within forty questions."""

from datetime import date
from pathlib import Path

import pytest

from tanping.assessment.facts import facts_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import load_project, plain_project, project_from_plain
from tanping.assessment.questions import groups, questions
from tanping.assessment.screening import screen
from tanping.records.errors import InputError
from tanping.rules.facts import Moment
from tanping.rules.missing import missing_facts
from tanping.rules.pack import load_packs

EXAMPLES = Path(__file__).parents[1] / "examples"
EXAMPLE = EXAMPLES / "sheyanggang.yaml"
STEEL = EXAMPLES / "zhanjiang.yaml"
AS_OF = date(2026, 11, 1)


def told(plain):
    columns = columns_of([project_from_plain(plain)])
    return screen(load_packs(), facts_of(columns, AS_OF), columns, as_of=AS_OF, moment=Moment.APPROVAL)


def silent(full):
    return {
        **full,
        "facts": {},
        "papers": {},
        "units": [
            {key: value for key, value in unit.items() if key != "facts"} | {"facts": {}} for unit in full["units"]
        ],
    }


def answer(plain, full, fact):
    if fact.kind == "paper":
        plain["papers"][fact.name] = full["papers"].get(fact.name, {"status": "未办"})
        return
    own = [unit.get("facts", {}).get(fact.name) for unit in full["units"]]
    if own[0] is not None:
        for unit, said in zip(plain["units"], own, strict=True):
            unit["facts"][fact.name] = said
        return
    nothing = {"flag": "否", "number": f"0 {fact.unit}", "choice": next(iter(fact.choices), "")}[fact.kind]
    plain["facts"][fact.name] = full["facts"].get(fact.name, nothing)


def test_a_first_result_within_forty_questions():
    full = plain_project(load_project(EXAMPLE))
    plain = silent(full)
    asked = []
    while (screening := told(plain)).best[0] != screening.worst[0]:
        question = questions(missing_facts(screening))[0]
        asked.append(question.id)
        for fact in question.facts:
            answer(plain, full, fact)
    assert len(asked) == len(set(asked))
    assert len(asked) <= 40, asked
    assert screening.verdict(0) != "资料不足"


# What a clean works answers: these hold, the amounts keep to the lines; every other yes/no fact is a no, and papers due by approval are there.
HOLDS = ("carbon_", "meets_", "measures_meet", "has_coke", "has_charging", "has_pushing", "has_effective", "has_ecological", "has_sea_entry",
         "equipment_meets", "aligns_", "complies_", "within_coal", "uses_clean", "is_two_high", "is_ets", "in_compliant", "existing_problems",
         "main_product", "capacity_replacement_required", "retired_equipment", "least_carbon_compliant", "captured_co2", "clinker_process")  # fmt: skip
AMOUNTS = {
    "retired_ironmaking_capacity_t": "3000000", "new_ironmaking_capacity_t": "2000000", "retired_steelmaking_capacity_t": "3000000",
    "new_steelmaking_capacity_t": "2000000", "net_capacity_increase_t": "-1000", "blast_furnace_volume_m3": "3200",
    "bof_nominal_capacity_t": "200", "sinter_area_m2": "400", "coke_oven_height_m": "7", "coking_capacity_t": "2000000",
    "hot_strip_width_mm": "1780", "energy_increment_share_pct": "0.8", "energy_intensity_effect_pct": "0.05", "coal_replacement_tce": "1",
    "reduction_ratio_exceeding_pollutants": "2", "reduction_ratio_attaining_pollutants": "1",
}  # fmt: skip
CHOICES = {
    "catalog_class": "encouraged", "eia_document_type": "report", "energy_review_level": "national", "equal_replacement_case": "none",
    "coke_oven_type": "top_charged", "sinter_machine_type": "belt", "environmental_performance_grade": "A",
}  # fmt: skip


def clean(fact):
    """The answer of a clean works to one question, as text."""
    match fact.kind:
        case "paper":
            return "已取得" if fact.binds_at in ("受理", "审批") else "办理中"
        case "flag":
            return "是" if fact.name.startswith(HOLDS) else "否"
        case "date":
            return "2024-03-01"
        case "choice":
            return CHOICES.get(fact.name, next(iter(fact.choices)))
    return f"{AMOUNTS.get(fact.name, '0')} {'' if fact.unit == '1' else fact.unit}".strip()


def test_a_clean_steel_works_is_settled_within_forty_questions():
    """Not hit anywhere, so nothing ends the questions early: each clause that applies has to be answered."""
    plain = silent(plain_project(load_project(STEEL)))
    asked = []
    while (screening := told(plain)).best[0] != screening.worst[0] and len(asked) <= 40:
        question = questions(missing_facts(screening))[0]
        asked.append(question.id)
        for fact in question.facts:
            said = clean(fact)
            if fact.kind == "paper":
                plain["papers"][fact.name] = {"status": said}
            elif fact.level == "unit":
                for unit in plain["units"]:
                    unit["facts"][fact.name] = said
            else:
                plain["facts"][fact.name] = said
    assert len(asked) <= 40, asked
    assert screening.verdict(0) == "符合"


def test_a_group_asks_only_what_is_missing():
    full = plain_project(load_project(EXAMPLE))
    plain = silent(full)
    plain["facts"]["inside_ecological_redline"] = "否"
    found = {question.id: question for question in questions(missing_facts(told(plain)))}
    assert "inside_ecological_redline" not in {fact.name for fact in found["occupied_areas"].facts}


def test_groups_are_checked(tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text(
        "groups:\n  - {id: a, ask: 问, none: 无, facts: [uses_sea_reclamation, nothing, unit_capacity_mw, uses_sea_reclamation]}\n"
    )
    with pytest.raises(InputError) as refused:
        groups(path)
    assert len(refused.value.problems) == 3


def test_a_group_without_none_is_a_small_table(tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text("groups:\n  - {id: a, ask: 问, facts: [unit_capacity_class_mw, steam_parameter_class]}\n")
    (table,) = groups(path)
    assert not table.grouped
    assert [fact.kind for fact in table.facts] == ["number", "choice"]
