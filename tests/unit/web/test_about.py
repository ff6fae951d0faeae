from datetime import UTC, date, datetime

from tests.web.conftest import CARD
from yousaid.frameworks import get_framework
from yousaid.model.artefact import load_model
from yousaid.store.answers import Upload
from yousaid.web.presenters.about import ScoreRow, make_about


def test_make_about_counts_the_topics() -> None:
    page = make_about(get_framework(), [], (), {})
    assert (page.topic_count, page.v7_count) == (36, 32)
    assert page.models == ()


def test_make_about_words_the_scores() -> None:
    [model] = make_about(get_framework(), [], ["mine 2"], {"mine 2": CARD}).models
    assert model.words == (
        "Over the 2 topics measured, F1 is 0.81 (95% interval 0.79 to 0.83), on 900 comments that "
        "the model had not seen.",
        "Whether a whole comment is positive, neutral or negative is right for 86% of 700 comments "
        "(95% interval 84% to 88%).",
        "33 topics had too few labelled comments to be measured: nobody can say yet how well the "
        "model finds them.",
    )
    row = model.rows[0]
    assert (row.topic, row.test_count) == ("Food & drink provision & facilities", "1,040")
    assert (row.right, row.found, row.f1, row.interval) == ("75%", "70%", "0.72", "0.60 to 0.80")


def test_make_about_words_the_operating_point_and_the_base_model() -> None:
    figures = {"micro_precision": {"value": 0.61}, "micro_recall": {"value": 0.83}}
    base = {"name": "small-encoder", "licence": "Apache-2.0"}
    card = {**CARD, "at_point": figures, "base_model": base}
    [model] = make_about(get_framework(), [], ["mine 2"], {"mine 2": card}).models
    assert model.words[-2:] == (
        "Of the topics that it finds, 61% are right; of those that are there, it finds 83%.",
        "It was made from the model small-encoder (licence: Apache-2.0).",
    )


def make_thin_row(**changes: object) -> ScoreRow:
    thin = {**CARD["scores"]["topics"][1], "test_count": 11, **changes}
    card = {"scores": {**CARD["scores"], "topics": [thin]}}
    return make_about(get_framework(), [], ["mine 2"], {"mine 2": card}).models[0].rows[0]


def test_make_about_counts_where_test_comments_are_few() -> None:
    row = make_thin_row(precision=3 / 5, recall=3 / 11)
    assert (row.right, row.found, row.test_count) == ("3 of 5", "3 of 11", "11")
    assert make_thin_row(test_count=29, recall=1.0, precision=1.0).found == "29 of 29"
    assert make_thin_row(test_count=30, recall=1.0, precision=1.0).found == "100%"


def test_make_about_of_a_card_that_measures_sentiment_only() -> None:
    scores = {**CARD["scores"], "micro_f1": None, "topics": []}
    [model] = make_about(get_framework(), [], ["mine 2"], {"mine 2": {"scores": scores}}).models
    assert model.rows == ()
    assert model.words[0].startswith("Whether a whole comment is positive")
    assert model.words[1].startswith("35 topics had too few labelled comments")


def test_make_about_of_a_topic_never_found() -> None:
    row = make_thin_row(precision=0.0, recall=0.0)
    assert (row.right, row.found) == ("none", "0 of 11")


def test_shipped_card_measures_what_the_page_says_and_no_more() -> None:
    scores = load_model("fast").card["scores"]
    # The page says that feelings about a topic, mixed and urgent are not measured.
    assert set(scores["topics"][0]) == {
        "topic", "test_count", "precision", "recall", "f1", "average_precision",
    }  # fmt: skip
    assert not [name for name in scores if "mixed" in name or "urgen" in name]


def test_make_about_gives_no_model_the_scores_of_another() -> None:
    first, second = make_about(
        get_framework(), [], ["mine 1", "fast 1"], {"fast 1": CARD, "other 1": CARD}
    ).models
    assert (first.label, first.words, first.rows) == ("mine 1", (), ())
    assert (second.label, len(second.rows)) == ("fast 1", 2)


def test_make_about_words_the_uploads() -> None:
    added = datetime(2026, 4, 2, tzinfo=UTC)
    uploads = [
        Upload("1", "march.csv", added, "7+4", 12, 1, date(2026, 3, 1), date(2026, 3, 31)),
        Upload("2", "undated.csv", added, "7+4", 1, 0, None, None),
    ]
    rows = make_about(get_framework(), uploads, (), {}).uploads
    assert [(row.file_name, row.added, row.holds, row.period) for row in rows] == [
        ("march.csv", "2 April 2026", "1 comment from 12 responses", "1 March to 31 March 2026"),
        ("undated.csv", "2 April 2026", "no comments from 1 response", "no dates"),
    ]
