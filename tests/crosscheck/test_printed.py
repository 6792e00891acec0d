"""A printed figure is an interval: what rounds to it, no more and no less."""

import math
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tanping.assessment.crosscheck.printed import NotPrintedError, read_printed
from tanping.records.rounding import round_half_even


@pytest.mark.parametrize(
    ("text", "unit", "value", "low", "high"),
    [
        ("530万t", "tCO2", 5_300_000, 5_295_000, 5_305_000),
        ("约530万t", "tCO2", 5_300_000, 5_250_000, 5_350_000),
        ("531 万吨左右", "tCO2", 5_310_000, 5_300_000, 5_320_000),
        ("约 500 万吨二氧化碳", "tCO2", 5_000_000, 4_500_000, 5_500_000),
        ("192.39万tCO2", "tCO2", 1_923_900, 1_923_850, 1_923_950),
        ("1 923 900 t", "tCO2", 1_923_900, 1_923_899.5, 1_923_900.5),
        ("5,300,123", "tCO2", 5_300_123, 5_300_122.5, 5_300_123.5),
        ("520～530万吨/年", "tCO2", 5_250_000, 5_195_000, 5_305_000),
        ("520-530万吨", "t", 5_250_000, 5_195_000, 5_305_000),
        ("530万t±2%", "tCO2", 5_300_000, 5_194_000, 5_406_000),
        ("530±5万t", "tCO2", 5_300_000, 5_250_000, 5_350_000),
        ("530余万吨", "tCO2", 5_300_000, 5_300_000, 5_400_000),
        ("5.30×10^6 t", "tCO2", 5_300_000, 5_295_000, 5_305_000),
        ("0.8217 t/MWh", "tCO2/MWh", 0.8217, 0.82165, 0.82175),
        ("820g/kWh", "tCO2/MWh", 0.82, 0.8195, 0.8205),
        ("0.86 t/t", "tCO2/t", 0.86, 0.855, 0.865),
        ("12.5%", "%", 12.5, 12.45, 12.55),
        ("3.1±0.1%", "%", 3.1, 3.0, 3.2),
        ("251.3 万吨标准煤", "tce", 2_513_000, 2_512_500, 2_513_500),
        ("-3.2 万t", "tCO2", -32_000, -32_500, -31_500),
        ("不超过530万吨", "tCO2", 5_300_000, -math.inf, 5_300_000),
        ("5万吨以上", "t", 50_000, 50_000, math.inf),
    ],
)
def test_what_a_print_stands_for(text, unit, value, low, high):
    read = read_printed(text, unit)
    assert (read.value, read.low, read.high) == pytest.approx((value, low, high), rel=1e-12)
    assert read.holds(value)
    assert read.bounded == math.isfinite(low + high)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "约",
        "五百三十万吨",
        "530万MW",
        "530万千瓦时",
        "530 ± 五",
        "t",
        "530 zz",
        "E0",
        "1e99 t",
        "9" * 40 + " t",
        "±3",
    ],
)
def test_what_is_no_figure_is_refused_in_words(text):
    with pytest.raises(NotPrintedError) as refused:
        read_printed(text, "tCO2")
    assert str(refused.value)


def test_notes_say_what_was_taken_for_granted():
    assert "未写单位" in read_printed("530", "tCO2").notes[0]
    assert "二氧化碳当量" in read_printed("530万tCO2e", "tCO2").notes[0]
    assert read_printed("530万tCO2", "tCO2").notes == ()


@given(
    st.decimals(min_value=Decimal("0.001"), max_value=Decimal("1e6"), places=6, allow_nan=False, allow_infinity=False),
    st.integers(min_value=-2, max_value=4),
)
def test_a_figure_lies_in_the_interval_of_its_own_rounding(value, digits):
    printed = round_half_even(value, digits)
    read = read_printed(f"{printed:f} t", "t")
    if digits >= 0:
        assert read.holds(float(value))
        assert read.half == pytest.approx(0.5 * 10.0**-digits, rel=1e-3, abs=1e-9)
    about = read_printed(f"约{printed:f} t", "t")
    assert about.half >= read.half
    if printed:
        assert about.holds(float(value))


def read_or_refusal(text):
    try:
        return read_printed(text, "tCO2")
    except NotPrintedError as refused:
        return str(refused)


@given(st.text(max_size=40) | st.text("0123456789.,约~±-+eE%万亿t ", max_size=25))
@example("0±-1")
def test_no_text_breaks_it(text):
    read = read_or_refusal(text)
    assert read if isinstance(read, str) else read.low <= read.value <= read.high


def test_a_range_runs_from_low_to_high():
    with pytest.raises(NotPrintedError, match="前大后小"):
        read_printed("530～520 t", "t")
    same = read_printed("530～530 t", "t")
    assert (same.low, same.value, same.high) == (529.5, 530.0, 530.5)


@pytest.mark.parametrize(
    ("text", "unit", "value", "low", "high"),
    [
        ("530多万吨", "tCO2", 5_300_000, 5_300_000, 5_400_000),
        ("530万余吨", "tCO2", 5_300_000, 5_300_000, 5_400_000),
        ("531余万吨", "t", 5_310_000, 5_310_000, 5_320_000),
        ("12.5余t", "t", 12.5, 12.5, 12.6),
        ("3亿多kWh", "MWh", 300_000, 300_000, 400_000),
        ("约530余万吨", "tCO2", 5_300_000, 5_300_000, 5_400_000),
        ("约0 t", "t", 0, -0.5, 0.5),
        ("约 503 t", "t", 503, 502, 504),
        ("约 12.50 t", "t", 12.5, 12.45, 12.55),
        ("约 200 t", "t", 200, 150, 250),
        ("100±0.5 t", "t", 100, 99.5, 100.5),
        ("100±0 t", "t", 100, 100, 100),
        ("200 t±10%", "t", 200, 180, 220),
        ("-200 t±10%", "t", -200, -220, -180),
        ("不低于 200 t", "t", 200, 200, math.inf),
        ("超过约 200 t", "t", 200, 200, math.inf),
        ("200 t以内", "t", 200, -math.inf, 200),
        ("约 500～520 t", "t", 510, 450, 525),
        ("530 t", "tCO2e", 530, 529.5, 530.5),
        ("530 tCO2", "tCO2e", 530, 529.5, 530.5),
        ("530 kg/a", "tCO2", 0.53, 0.5295, 0.5305),
        ("9" * 28 + " t", "t", 1e28, 1e28, 1e28),
        ("1e30 t", "t", 1e30, 0.5e30, 1.5e30),
    ],
)
def test_more_prints_by_hand(text: str, unit: str, value: float, low: float, high: float) -> None:
    read = read_printed(text, unit)
    assert (read.value, read.low, read.high) == pytest.approx((value, low, high), rel=1e-12)


@pytest.mark.parametrize("text", ["9" * 29 + " t", "1e31 t", "1e-31 t", "100±-0.5 t", "530 tCO2 t", "约"])
def test_more_that_is_no_figure(text: str) -> None:
    with pytest.raises(NotPrintedError):
        read_printed(text, "t")


def test_what_is_noted_beside_a_print() -> None:
    notes = {
        (text, unit): read_printed(text, unit).notes
        for text, unit in (
            ("0.5", "1"),
            ("3", "倍"),
            ("3", "t"),
            ("3 tCO2e", "tCO2"),
            ("3 tCO2e", "tCO2e"),
            ("3 t", "tCO2"),
        )
    }
    assert notes == {
        ("0.5", "1"): (),
        ("3", "倍"): (),
        ("3", "t"): ("未写单位，按 t 判读",),
        ("3 tCO2e", "tCO2"): ("申报以二氧化碳当量计，复核值只含二氧化碳",),
        ("3 tCO2e", "tCO2e"): (),
        ("3 t", "tCO2"): (),
    }


def test_the_first_refusal_is_the_one_told() -> None:
    with pytest.raises(NotPrintedError, match="功率的单位"):
        read_printed("530 千瓦", "tCO2")


def test_an_interval_holds_its_ends_and_float_noise() -> None:
    read = read_printed("100 t", "t")
    assert read.half == 0.5
    for value, held in (
        (99.5, True),
        (100.5, True),
        (99.5 - 1e-8, True),
        (100.5 + 1e-8, True),
        (99.4999, False),
        (100.5001, False),
    ):
        assert read.holds(value) is held, value
