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

EXAMPLE = Path(__file__).parents[1] / "examples" / "sheyanggang.yaml"
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
