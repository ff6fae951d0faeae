from datetime import date

from yousaid.frameworks import get_framework
from yousaid.store.answers import Choices
from yousaid.store.filter import EVERYTHING, FIELDS, Filter
from yousaid.web.links import Links
from yousaid.web.presenters.filters import make_chips, make_filter_form, make_title

LINKS = Links("", "x")
CHOICES = Choices(
    places=((("City",), 12), (("City", "Ward 4"), 7), (("City", "Ward/7"), 5)),
    kinds=(("what_good", 3), ("could_improve", 4), ("why", 5)),
    topics=(("food", 6), ("parking", 2)),
    scores=((1, 4), (2, 3), (3, 2), (4, 1), (5, 1), (6, 1)),
    sentiments=(("positive", 5), ("neutral", 3), ("negative", 4)),
    first_date=date(2026, 1, 5),
    last_date=date(2026, 3, 9),
)


def test_make_title() -> None:
    assert make_title(EVERYTHING) == "All comments"
    assert make_title(Filter(topics=("parking",), sentiments=("negative",))) == (
        "Comments negative about Parking"
    )


def test_make_chips_words_each_value_alone() -> None:
    chosen = Filter(
        topics=("food", "parking"), sentiments=("negative",), first_date=date(2026, 1, 1)
    )
    assert [chip.words for chip in make_chips(chosen, LINKS.comments)] == [
        "negative",
        "about Food & drink provision & facilities",
        "about Parking",
        "since 1 January 2026",
    ]


def test_make_chips_links_to_the_rest() -> None:
    chosen = Filter(topics=("food", "parking"), urgent=True)
    assert [chip.href for chip in make_chips(chosen, LINKS.comments)] == [
        "/comments?topic=food&topic=parking",
        "/comments?urgent=yes&topic=parking",
        "/comments?urgent=yes&topic=food",
    ]


def test_make_chips_has_one_for_every_field() -> None:
    chosen = Filter(
        first_date=date(2026, 1, 1),
        last_date=date(2026, 2, 1),
        places=(("City",),),
        topics=("food",),
        sentiments=("positive",),
        kinds=("why",),
        scores=(5,),
        mixed=False,
        urgent=True,
        words="soup",
    )
    chips = make_chips(chosen, LINKS.comments)
    assert len(chips) == len(FIELDS)
    assert all(chip.words and chip.words != "all comments" for chip in chips)


def test_make_filter_form_shows_what_is_chosen() -> None:
    chosen = Filter(places=(("City", "Ward/7"),), scores=(5,), mixed=False, words="soup")
    form = make_filter_form(chosen, CHOICES, "/comments")
    assert form.words == "soup"
    assert form.mixed == "no"
    assert form.dates_hint == "5 January to 9 March 2026"
    assert [c.value for c in form.places.choices if c.is_chosen] == ["City/Ward%2F7"]
    assert [c.label for c in form.scores.choices if c.is_chosen] == ["Very poor"]
    assert [(c.label, c.depth) for c in form.places.choices] == [
        ("City", 0),
        ("Ward 4", 1),
        ("Ward/7", 1),
    ]


def test_make_filter_form_groups_topics_by_category() -> None:
    form = make_filter_form(EVERYTHING, CHOICES, "/")
    by_id = get_framework().by_id
    assert [(g.heading, [(c.label, c.count) for c in g.choices]) for g in form.topics] == [
        (by_id["food"].category, [("Food & drink provision & facilities", 6)]),
        (by_id["parking"].category, [("Parking", 2)]),
    ]
    assert not form.is_used
