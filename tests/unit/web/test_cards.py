from dataclasses import replace

from tests.unit.web.test_filters import LINKS
from tests.web.feedback import make_comment, make_reading
from yousaid.records import Mention, Span
from yousaid.store.answers import ReadComment
from yousaid.store.filter import Filter
from yousaid.web.presenters.cards import Card, choose_telling, make_card, make_quote

TEXT = "Lunch came cold but the nurses were kind"


def make_found(**changes: object) -> ReadComment:
    reading = make_reading(
        TEXT,
        ("nurses were kind", "staff_manner", "positive"),
        ("Lunch came cold", "food", "negative"),
    )
    return ReadComment(make_comment(1, TEXT, **changes), reading, "1", reading)


def make_read(number: int, text: str) -> ReadComment:
    reading = make_reading(text)
    return ReadComment(make_comment(number, text), reading, "1", reading)


def make_one(**changes: object) -> Card:
    return make_card(make_found(**changes), LINKS)


def test_make_card_words_where_it_came_from() -> None:
    card = make_one()
    assert card.place == "Northfield Hospital › Surgery › Ward 4"
    assert card.date == "2 March 2026"
    assert card.score == "Scored Very good"
    assert card.question == "What could we have done better?"
    assert card.sentiment_words == "Neutral"
    assert card.is_mixed
    assert not card.is_urgent


def test_make_card_says_that_another_language_is_not_read() -> None:
    reading = make_reading("", language="pl")
    found = ReadComment(make_comment(1, "Personel był bardzo miły"), reading, "1", reading)
    assert make_card(found, LINKS).sentiment_words == "Not in English (Polish?): not read"


def test_make_card_words_what_is_missing() -> None:
    card = make_one(unit=(), date=None, score=None, question="")
    assert (card.place, card.date, card.score) == ("Place not given", "No date", "Gave no score")
    assert card.question == "What could improve"
    assert card.place_href == ""


def test_make_quote_says_where_and_in_which_month() -> None:
    assert (
        make_quote(make_found()) == f"“{TEXT}” – Northfield Hospital › Surgery › Ward 4, March 2026"
    )
    assert make_quote(make_found(unit=(), date=None)) == f"“{TEXT}” – Place not given, no date"


def test_make_card_numbers_topics_as_the_text_does() -> None:
    card = make_one()
    assert [(t.number, t.name, t.sentiment, t.mark) for t in card.topics] == [
        (1, "Food & drink provision & facilities", "negative", "−"),
        (2, "Staff manner & personal attributes", "positive", "+"),
    ]
    marked = [(p.text, p.numbers, p.labels) for p in card.parts if p.numbers]
    assert marked == [
        ("Lunch came cold", "1", "negative about Food & drink provision & facilities"),
        ("nurses were kind", "2", "positive about Staff manner & personal attributes"),
    ]


def test_make_card_gives_no_number_to_a_topic_without_words() -> None:
    found = make_found()
    mention = Mention("parking", 0.6, "neutral")
    reading = make_reading(TEXT, mentions=(mention,))
    card = make_card(ReadComment(found.comment, reading, "1", reading), LINKS)
    assert [tag.number for tag in card.topics] == [None]
    assert "".join(part.text for part in card.parts) == TEXT


def test_make_card_leaves_out_foreign_topics() -> None:
    reading = make_reading(TEXT, mentions=(Mention("retired", 0.6, "neutral"),))
    assert make_card(ReadComment(make_comment(1, TEXT), reading, "1", reading), LINKS).topics == ()


def test_make_card_topic_keeps_the_rest_of_the_filter() -> None:
    chosen = Filter(topics=("food",), sentiments=("negative",), scores=(1,))
    card = make_card(make_found(), LINKS, chosen)
    assert [tag.href for tag in card.topics] == [
        "/comments?topic=food&score=1",
        "/comments?topic=staff_manner&score=1",
    ]
    assert [tag.is_chosen for tag in card.topics] == [True, False]


def test_make_card_labels_a_topic_once_in_a_list() -> None:
    spans = (Span(0, 5), Span(11, 15))
    reading = make_reading(TEXT, mentions=(Mention("food", 0.9, "negative", spans),))
    found = ReadComment(make_comment(1, TEXT), reading, "1", reading)
    in_list = [p.numbers for p in make_card(found, LINKS, limit=1000).parts if p.tone != "none"]
    alone = [p.numbers for p in make_card(found, LINKS).parts if p.tone != "none"]
    assert (in_list, alone) == (["1", ""], ["1", "1"])


def test_choose_telling_takes_short_ones_last() -> None:
    texts = ("Nothing", "They explained each step before they did it", "All good", TEXT)
    found = [make_read(n, t) for n, t in enumerate(texts)]
    assert [one.comment.text for one in choose_telling(found, 3)] == [texts[1], TEXT, "Nothing"]


def test_make_card_cuts_a_long_text() -> None:
    card = make_card(make_found(), LINKS, limit=20)
    assert card.is_cut
    assert "".join(part.text for part in card.parts) == "Lunch came cold but …"


def test_make_card_marks_what_was_searched_for() -> None:
    card = make_card(make_found(), LINKS, Filter(words="lunch nurse"))
    assert [part.text for part in card.parts if part.is_hit] == ["Lunch", "nurses"]
    assert not any(part.is_hit for part in make_one().parts)


def test_make_card_says_that_people_corrected_it() -> None:
    found = make_found()
    corrected = replace(found, reading=replace(found.reading, mixed=False))
    assert make_card(corrected, LINKS).is_corrected
    assert not make_card(found, LINKS).is_corrected
