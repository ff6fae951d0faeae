from dataclasses import replace
from datetime import date

from yousaid.frameworks import get_framework
from yousaid.store.answers import Choices, SuggestedWords
from yousaid.store.filter import EVERYTHING, FIELDS, Filter
from yousaid.web.links import Links
from yousaid.web.presenters.filters import (
    make_chips,
    make_filter_form,
    make_suggestion,
    make_title,
)

LINKS = Links("", "x")
CHOICES = Choices(
    places=((("City",), 12), (("City", "Ward 4"), 7), (("City", "Ward/7"), 5)),
    questions=(("What went well?", 5), ("Why?", 7)),
    kinds=(("what_good", 3), ("could_improve", 4), ("why", 5)),
    topics=(("food", 6), ("parking", 2)),
    all_topics=(("food", 6), ("parking", 2)),
    no_topics=(("food", 6), ("parking", 10)),
    scores=((1, 4), (2, 3), (3, 2), (4, 1), (5, 1), (6, 1)),
    sentiments=(("positive", 5), ("neutral", 3), ("negative", 4)),
    mixed=((True, 2), (False, 10)),
    urgent_count=1,
    demographics=((("age", "40-64"), 4), (("age", "65+"), 3), (("gender", ""), 2)),
    sources=(("", 12),),
    uploads=(("1", 12),),
    corrected=((True, 0), (False, 12)),
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
        questions=("Why?",),
        topics=("food",),
        all_topics=("parking",),
        no_topics=("pain",),
        sentiments=("positive",),
        kinds=("why",),
        scores=(5,),
        demographics=(("age", "65+"),),
        sources=("web",),
        uploads=("1",),
        corrected=True,
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


def test_make_filter_form_offers_names_where_there_are_several() -> None:
    form = make_filter_form(EVERYTHING, CHOICES, "/")
    assert [c.label for c in form.questions.choices] == ["What went well?", "Why?"]
    assert form.sources.choices == ()
    assert [(g.heading, [c.label for c in g.choices]) for g in form.demographics] == [
        ("Age", ["40-64", "65+"]),
        ("Gender", ["not known"]),
    ]
    assert [c.value for g in form.demographics for c in g.choices] == [
        "age/40-64",
        "age/65+",
        "gender/%",
    ]


def test_make_filter_form_opens_places_step_by_step() -> None:
    wards = [(("Trust", f"Hospital {h}", f"Ward {w}"), 5) for h in range(9) for w in range(20)]
    hospitals = [(("Trust", f"Hospital {h}"), 100) for h in range(9)]
    many = replace(CHOICES, places=((("Trust",), 900), *hospitals, *wards))

    def offer(*places: tuple[str, ...]) -> list[str]:
        form = make_filter_form(Filter(places=places), many, "/")
        assert "Choose one" in form.places.hint
        return [choice.label for choice in form.places.choices]

    outer = ["Trust", *(f"Hospital {h}" for h in range(9))]
    assert offer() == outer
    assert offer(("Trust",)) == outer
    inside = [f"Ward {w}" for w in range(20)]
    assert offer(("Trust", "Hospital 3")) == [*outer, *inside]
    # The wards beside the one that is chosen are a click away.
    assert offer(("Trust", "Hospital 3", "Ward 7")) == [*outer, *inside]
    few = replace(many, places=many.places[:10])
    assert make_filter_form(EVERYTHING, few, "/").places.hint == ""


def test_make_filter_form_offers_corrections_where_there_are_some() -> None:
    assert not make_filter_form(EVERYTHING, CHOICES, "/").has_corrections
    form = make_filter_form(Filter(corrected=False), CHOICES, "/")
    assert (form.has_corrections, form.corrected) == (True, "no")


def test_make_filter_form_keeps_what_it_has_no_boxes_for() -> None:
    chosen = Filter(all_topics=("food",), no_topics=("pain",), uploads=("1",), scores=(1,))
    form = make_filter_form(chosen, CHOICES, "/", (("sort", "praised"),))
    assert form.extras == (
        ("sort", "praised"),
        ("all_topic", "food"),
        ("no_topic", "pain"),
        ("upload", "1"),
    )


def test_make_suggestion_leads_to_other_words() -> None:
    found = SuggestedWords(Filter(words="parking", scores=(1,)), (("parkin", "parking"),))
    suggestion = make_suggestion(found, LINKS.comments)
    assert (suggestion.words, suggestion.href) == ("parking", "/comments?words=parking&score=1")
