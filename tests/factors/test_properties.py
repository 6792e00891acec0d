"""What holds for every question, whatever the day and place."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.factors.lookup import NoFactor, Selected
from tanping.factors.record import Status
from tanping.factors.register import load_register

REGISTER = load_register()
NAMES = sorted(REGISTER.names())
PLACES = sorted(REGISTER.places)
STANDARDS = sorted({record.standard for record in REGISTER})
DAYS = st.dates(date(2008, 1, 1), date(2030, 12, 31))
SOMETIMES = st.none()

questions = st.fixed_dictionaries(
    {
        "key": st.sampled_from(NAMES),
        "region": SOMETIMES | st.sampled_from(PLACES),
        "standard": SOMETIMES | st.sampled_from(STANDARDS),
        "variant": SOMETIMES | st.sampled_from(sorted({record.variant for record in REGISTER})),
        "year": SOMETIMES | st.integers(2019, 2026),
    }
)


def ask(question: dict, day: date, override: str | None = None) -> Selected | None:
    try:
        return REGISTER.lookup(**question, as_of=day, override=override)
    except NoFactor:
        return None


@settings(max_examples=400, deadline=None)
@given(questions, DAYS, st.integers(0, 5000))
def test_a_later_day_never_yields_older_data_of_the_same_level_and_variant(question, day, later):
    first, second = ask(question, day), ask(question, day + timedelta(days=later))
    if first is None or second is None:
        return
    if (first.level, first.record.variant) == (second.level, second.record.variant):
        assert (second.record.data_year or 0) >= (first.record.data_year or 0)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), DAYS, st.integers(0, 3000))
def test_grid_factors_only_move_on(place, day, later):
    def year(on: date) -> int | None:
        try:
            return REGISTER.grid_factor(place, on).record.data_year
        except NoFactor:
            return None

    first, second = year(day), year(day + timedelta(days=later))
    if first is not None:
        assert second is not None
        # 0.5810 and 0.5703 name the accounting year they were for; the first announced averages are data of 2021.
        assert second >= min(first, 2021)


@settings(max_examples=400, deadline=None)
@given(questions, DAYS)
def test_an_answer_says_its_level_and_was_public_on_the_day(question, day):
    found = ask(question, day)
    if found is None:
        return
    record = found.record
    assert record.region in found.why
    assert found.level is record.level
    assert record.published_on is not None
    assert record.published_on <= day
    assert record.status is not Status.DRAFT
    assert not (record.status is Status.SUPERSEDED and record.replaced_on and record.replaced_on <= day)
    assert record not in found.rivals


@settings(max_examples=200, deadline=None)
@given(questions, DAYS)
def test_a_refusal_says_why(question, day):
    if ask(question, day) is None:
        with pytest.raises(NoFactor) as refusal:
            REGISTER.lookup(**question, as_of=day)
        assert all(refusal.value.reasons)
        assert question["key"] in str(refusal.value) or (question["region"] or "") in str(refusal.value)


@settings(max_examples=200, deadline=None)
@given(questions, DAYS)
def test_an_override_never_loses_an_answer_and_is_always_reported(question, day):
    plain, lifted = ask(question, day), ask(question, day, "书面理由")
    if lifted is not None:
        assert lifted.override == "书面理由"
        assert any("书面理由" in warning for warning in lifted.warnings)
    # More records compete under an override, so it may turn one answer into a question back, never into silence.
    if plain is not None and lifted is not None:
        assert (lifted.record.data_year or 0) >= (plain.record.data_year or 0)
