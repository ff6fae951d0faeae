import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.web.test_overview import TOTALS
from tests.unit.web.test_trend import MONTHS, make_month
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.web.charts import NARROW, NEGATIVE, POSITIVE, WIDE, choose_months, draw_png, draw_trend
from yousaid.web.presenters.trend import make_trend

TREND = make_trend(EVERYTHING, MONTHS, TOTALS, None)
PARKING = make_trend(Filter(topics=("parking",)), MONTHS, TOTALS, None)


def list_texts(drawn: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)<", drawn)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_draw_trend_can_stand_in_a_strict_page(width: int) -> None:
    trend = replace(TREND, title="A <b> title", description="What it shows")
    drawn = draw_trend(trend, width, "one")
    assert f'width="{width}"' in drawn
    assert not re.search(r"style=|<style|<script|href=|<image|url\(", drawn)
    assert 'role="img" class="chart-drawing" aria-labelledby="one-title one-text"' in drawn
    assert '<title id="one-title">A &lt;b&gt; title</title>' in drawn
    assert '<desc id="one-text">What it shows</desc>' in drawn
    # Nothing inside speaks over the title.
    assert drawn.count("aria-") == drawn.count("role=") == 1


def test_draw_trend_draws_thin_months_hollow() -> None:
    drawn = draw_trend(TREND, WIDE)
    assert len(re.findall(r'<circle[^>]*fill="white" stroke="#005eb8"', drawn)) == 1


def test_draw_trend_runs_from_0_to_100_for_scores() -> None:
    texts = list_texts(draw_trend(TREND, WIDE))
    assert [text for text in texts if text.endswith("0%")][:6] == [
        "0%", "20%", "40%", "60%", "80%", "100%",
    ]  # fmt: skip


def test_draw_trend_leaves_thin_months_out_of_shares() -> None:
    months = [make_month(1, 3, 1, comments=1, out_of=1), *MONTHS[1:]]
    drawn = draw_trend(make_trend(Filter(topics=("parking",)), months, TOTALS, None), WIDE)
    assert drawn.count("<circle") == 2


def test_a_gap_breaks_the_line() -> None:
    months = [make_month(number, 30, 20) for number in range(1, 6)]
    months[2] = make_month(3, 0, 0)
    drawn = draw_trend(make_trend(EVERYTHING, months, TOTALS, None), WIDE)
    lines = re.findall(r'<path d="([^"]*)" fill="none" stroke="#005eb8" stroke-width="2"', drawn)
    assert [line.count("L") for line in lines] == [1, 1]
    assert drawn.count("<circle") == 4


def test_draw_trend_without_scores_has_bars_only() -> None:
    months = [make_month(1, 0, 0), make_month(2, 0, 0)]
    drawn = draw_trend(make_trend(EVERYTHING, months, TOTALS, None), WIDE)
    assert "<circle" not in drawn
    assert "Comments each month" in list_texts(drawn)


def test_draw_trend_with_title_wraps_it() -> None:
    words = "How people felt about the car park, " * 6
    drawn = draw_trend(replace(TREND, title=words.strip()), WIDE, with_title=True)
    lines = re.findall(r'font-weight="bold">([^<]*how[^<]*|[^<]*park[^<]*)<', drawn, re.I)
    assert " ".join(lines) == words.strip()
    assert len(lines) > 1


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=2, max_size=120),
    st.sampled_from([WIDE, NARROW]),
    st.sampled_from([EVERYTHING, Filter(topics=("parking",))]),
)
def test_everything_drawn_is_inside(
    counts: list[tuple[int, int]], width: int, chosen: Filter
) -> None:
    months = [
        replace(make_month(1, responses, comments), month=date(2000 + n // 12, n % 12 + 1, 1))
        for n, (responses, comments) in enumerate(counts)
    ]
    drawn = draw_trend(make_trend(chosen, months, TOTALS, None), width)
    root = ElementTree.fromstring(drawn)
    height = float(root.attrib["height"])
    assert len(drawn) < 30_000
    for element in root.iter():
        x, y = (element.get("x") or element.get("cx"), element.get("y") or element.get("cy"))
        if x and y:
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


def test_choose_months_ends_with_the_last() -> None:
    months = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(20)]
    assert sorted(choose_months(months, 8)) == months[::-3][::-1]


def test_colours_of_both_panels() -> None:
    drawn = draw_trend(TREND, WIDE)
    assert POSITIVE in drawn
    assert NEGATIVE in drawn


def test_draw_png_is_a_picture() -> None:
    assert draw_png(draw_trend(PARKING, WIDE, with_title=True)).startswith(b"\x89PNG")
