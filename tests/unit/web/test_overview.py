from dataclasses import replace
from datetime import date

from tests.unit.web.test_filters import CHOICES, LINKS
from yousaid.store.answers import Totals
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.web.presenters.overview import (
    PLACE_COUNT,
    make_feelings,
    make_figures,
    make_lede,
    make_place_table,
)

TOTALS = Totals(
    response_count=1050,
    comment_count=1200,
    score_counts=(600, 200, 50, 80, 50, 20),
    unscored_count=50,
    sentiment_counts=(500, 300, 200, 150, 50),
    mixed_count=90,
    urgent_count=3,
    first_date=date(2026, 1, 1),
    last_date=date(2026, 3, 31),
    undated_count=0,
)


def test_make_lede() -> None:
    assert make_lede(TOTALS) == ("1,200 comments from 1,050 responses, 1 January to 31 March 2026.")
    undated = replace(TOTALS, first_date=None, last_date=None, comment_count=0)
    assert make_lede(undated) == "No comments from 1,050 responses."


def test_make_figures_says_what_each_is_of() -> None:
    positive, negative, responses, comments = make_figures(EVERYTHING, TOTALS, LINKS)
    assert (positive.value, positive.note) == (
        "80%",
        "800 of 1,000 responses rated Very good or Good",
    )
    assert positive.range == "95% interval 77% to 82%"
    assert (negative.value, negative.note) == (
        "13%",
        "130 of 1,000 responses rated Poor or Very poor",
    )
    assert (responses.value, responses.note) == ("1,050", "1,000 with a score")
    assert (comments.value, comments.note) == ("1,200", "90 mixed, 3 urgent")
    assert comments.href == "/comments"


def test_make_figures_of_chosen_comments_says_so() -> None:
    figures = make_figures(Filter(topics=("food",)), TOTALS, LINKS)
    assert "800 of 1,000 responses with such a comment rated" in figures[0].note


def test_make_figures_of_too_few_responses() -> None:
    few = replace(TOTALS, response_count=9, unscored_count=0, score_counts=(9, 0, 0, 0, 0, 0))
    figure = make_figures(EVERYTHING, few, LINKS)[0]
    assert figure.value == ""
    assert figure.note == "Too few responses to show a percentage (9 responses with a score)."


def test_make_figures_without_scores() -> None:
    none = replace(TOTALS, unscored_count=1050, score_counts=(0,) * 6)
    figure = make_figures(EVERYTHING, none, LINKS)[0]
    assert (figure.value, figure.note) == ("", "No response here has a score.")


def test_make_feelings_shares_and_links() -> None:
    feelings = make_feelings(Filter(topics=("food",)), CHOICES, 12, LINKS)
    assert [(f.words, f.count, f.share, f.percent) for f in feelings] == [
        ("Positive", 5, "42%", 41.67),
        ("Neutral", 3, "25%", 25.0),
        ("Negative", 4, "33%", 33.33),
    ]
    assert feelings[2].href == "/comments?sentiment=negative&topic=food"
    assert feelings[0].range == "19% to 68%"
    assert len({f.mark for f in feelings}) == 3


def test_make_feelings_of_too_few_comments_counts_only() -> None:
    choices = replace(CHOICES, sentiments=(("positive", 2), ("neutral", 0), ("negative", 1)))
    feelings = make_feelings(EVERYTHING, choices, 9, LINKS)
    assert [(f.count, f.share, f.range, f.percent) for f in feelings] == [
        (2, "", "", 0),
        (0, "", "", 0),
        (1, "", "", 0),
    ]


def test_make_place_table_starts_at_the_first_choice() -> None:
    table = make_place_table(EVERYTHING, CHOICES, LINKS)
    assert table is not None
    # One hospital is no choice, so its wards are shown.
    assert [(row.name, row.inside, row.count) for row in table.rows] == [
        ("Ward 4", "City", 7),
        ("Ward/7", "City", 5),
    ]
    assert table.rows[0].href == "/?place=City%2FWard+4"


def test_make_place_table_goes_one_step_in() -> None:
    table = make_place_table(Filter(places=(("City",),)), CHOICES, LINKS)
    assert table is not None
    assert table.heading == "Where in City"
    assert [row.name for row in table.rows] == ["Ward 4", "Ward/7"]


def test_make_place_table_at_the_innermost_place_is_none() -> None:
    assert make_place_table(Filter(places=(("City", "Ward 4"),)), CHOICES, LINKS) is None


def test_make_place_table_compares_chosen_places() -> None:
    chosen = Filter(places=(("City", "Ward/7"), ("City", "Ward 4")))
    table = make_place_table(chosen, CHOICES, LINKS)
    assert table is not None
    assert [row.name for row in table.rows] == ["Ward 4", "Ward/7"]


def test_make_place_table_counts_what_it_leaves_out() -> None:
    places = tuple(((f"Ward {n:02}",), 100 - n) for n in range(PLACE_COUNT + 4))
    table = make_place_table(EVERYTHING, replace(CHOICES, places=places), LINKS)
    assert table is not None
    assert len(table.rows) == PLACE_COUNT
    assert table.rest_count == 4
