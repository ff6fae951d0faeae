"""The shapes that pictures are made of."""

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from yousaid.web.svg import draw_circle, draw_picture, list_ticks, make_scale, trace_box, write_text


@given(st.floats(1e-6, 1e12), st.integers(2, 12))
def test_ticks_cover_the_values_in_round_steps(highest: float, most: int) -> None:
    ticks = list_ticks(highest, most)
    assert ticks[0] == 0
    # Ten decimals are written.
    assert ticks[-1] >= highest * (1 - 1e-6) - 1e-9
    assert 1 < len(ticks) <= most + 2
    assert ticks[-2] < highest
    assert re.fullmatch("[125]0*", f"{ticks[1]:.10f}".replace(".", "").strip("0"))


def test_ticks_of_nothing() -> None:
    assert list_ticks(0, 3) == [0, 1]


def test_make_scale_goes_up_the_page() -> None:
    scale = make_scale(0, 50, 200, 100)
    assert [scale(value) for value in (0, 25, 50)] == [200, 150, 100]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_whatever_a_picture_says_is_text(said: str) -> None:
    drawn = draw_picture([write_text(said, (1, 2), "black")], 10, 20, said, said, "one")
    texts = [element.text or "" for element in ElementTree.fromstring(drawn)]
    assert texts == [said] * 3


def test_numbers_are_short() -> None:
    assert trace_box(1.26, 2.0, -0.01, 3) == "M1.3 2h0v3h0z"
    assert draw_circle((1, 2), 3, stroke_width=1.5) == (
        '<circle cx="1" cy="2" r="3" stroke-width="1.5"/>'
    )
