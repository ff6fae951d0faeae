import re

import pytest

from tests.unit.web.test_overview import TOTALS
from tests.unit.web.test_trend import MONTHS, make_month
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.web.charts import (
    NARROW,
    WIDE,
    ChartCache,
    draw_png,
    draw_svg,
    make_trend_spec,
)
from yousaid.web.presenters.trend import make_trend

TREND = make_trend(EVERYTHING, MONTHS, TOTALS, None)
PARKING = make_trend(Filter(topics=("parking",)), MONTHS, TOTALS, None)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_draw_svg_fits_its_width(width: int) -> None:
    drawn = draw_svg(make_trend_spec(TREND, width), "T", "D", "t")
    size = re.search(r'viewBox="0 0 (\d+)', drawn)
    assert size is not None
    assert int(size[1]) <= width + 2


def test_draw_svg_can_stand_in_a_strict_page() -> None:
    drawn = draw_svg(make_trend_spec(TREND, WIDE), "A <b> title", "What it shows", "one")
    assert not re.search(r"style=|<style|<script|href=|<image", drawn)
    assert 'role="img"' in drawn
    assert 'aria-labelledby="one-title one-text"' in drawn
    assert '<title id="one-title">A &lt;b&gt; title</title>' in drawn
    assert '<desc id="one-text">What it shows</desc>' in drawn
    # Nothing inside speaks over the title.
    assert drawn.count("aria-") == 1
    assert drawn.count("role=") == 1


def test_draw_svg_draws_thin_months_hollow() -> None:
    drawn = draw_svg(make_trend_spec(TREND, WIDE), "T", "D", "t")
    assert len(re.findall(r'<path[^>]*fill="white" stroke="#005eb8"', drawn)) == 1


def test_make_trend_spec_runs_from_0_to_100_for_scores() -> None:
    panel = make_trend_spec(TREND, WIDE)["vconcat"][0]
    assert panel["encoding"]["y"]["scale"] == {"domain": [0, 100]}


def test_make_trend_spec_leaves_thin_months_out_of_shares() -> None:
    months = [make_month(1, 3, 1, comments=1, out_of=1), *MONTHS[1:]]
    spec = make_trend_spec(make_trend(Filter(topics=("parking",)), months, TOTALS, None), WIDE)
    rows = spec["vconcat"][0]["data"]["values"]
    assert [row["percent"] for row in rows] == [None, 25, 25]


def test_make_trend_spec_without_scores_has_bars_only() -> None:
    months = [make_month(1, 0, 0), make_month(2, 0, 0)]
    spec = make_trend_spec(make_trend(EVERYTHING, months, TOTALS, None), WIDE)
    assert len(spec["vconcat"]) == 1


def test_make_trend_spec_with_title_wraps_it() -> None:
    spec = make_trend_spec(TREND, WIDE, with_title=True)
    assert " ".join(spec["title"]["text"]) == TREND.title
    assert all(len(line) <= 80 for line in spec["title"]["text"])


def test_draw_png_is_a_picture() -> None:
    assert draw_png(make_trend_spec(PARKING, WIDE, with_title=True)).startswith(b"\x89PNG")


def test_chart_cache_draws_once_and_forgets_the_oldest() -> None:
    cache, drawn = ChartCache(size=2), list[str]()

    def ask(key: str) -> str:
        return cache.get(key, lambda: drawn.append(key) or key)  # type: ignore[func-returns-value]

    for key in ("a", "a", "b", "a", "c", "a", "b"):
        assert ask(key) == key
    # “b” was asked for longest ago when “c” came.
    assert drawn == ["a", "b", "c", "b"]
