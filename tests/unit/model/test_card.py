import dataclasses
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from yousaid.frameworks import get_framework
from yousaid.model.artefact import Model, get_model_folder, load_model
from yousaid.model.card import make_card
from yousaid.model.evaluate import FEWEST_TEST_ROWS, Predicted, evaluate
from yousaid.model.train import ENOUGH_SCORED

NOT_SCORED = "Topics that are not scored"
LEANING = "Topics that are scored, but"


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model("fast")


def _with_scores(model: Model, **changes: Any) -> Model:
    scores = {**model.card["scores"], **changes}
    return dataclasses.replace(model, card={**model.card, "scores": scores})


def _list_after(card: str, opening: str) -> list[str]:
    """The items of the first list after those words."""
    lines = iter(card.partition(opening)[2].splitlines())
    items = [line.removeprefix("- ") for line in lines if not line or line.startswith("- ")]
    return items[1 : items.index("", 1)]


def test_make_card_names_topics_that_are_not_scored(model: Model) -> None:
    found = _list_after(make_card(model), NOT_SCORED)
    assert "Parking" in found
    assert len(found) + len(model.card["scores"]["topics"]) == len(get_framework().topics) - 1


def test_make_card_names_topics_that_lean_on_unscored_comments(model: Model) -> None:
    rows = model.card["scores"]["topics"][:3]
    counts = (ENOUGH_SCORED - 1, ENOUGH_SCORED, FEWEST_TEST_ROWS)
    topics = [{**row, "test_count": n} for row, n in zip(rows, counts, strict=True)]
    names = [get_framework().by_id[row["topic"]].name for row in topics]
    found = _list_after(make_card(_with_scores(model, topics=topics)), LEANING)
    assert found == sorted([names[0], names[2]])


def test_make_card_all_topics_scored_by_plenty(model: Model) -> None:
    row = {**model.card["scores"]["topics"][0], "test_count": ENOUGH_SCORED}
    topics = [{**row, "topic": topic} for topic in get_framework().topic_ids]
    card = make_card(_with_scores(model, topics=topics))
    assert _list_after(card, NOT_SCORED) == _list_after(card, LEANING) == ["none"]


def test_make_card_says_what_a_guess_can_find_out(model: Model) -> None:
    card = " ".join(make_card(model).split())
    assert "can check whether two or more training comments use it" in card
    assert "no patient's word" not in card


def test_make_card_names_what_is_not_measured(model: Model) -> None:
    limits = make_card(model).partition("## What is not known")[2]
    assert all(word in limits for word in ("single topic", "mixed", "urgency", "not measured"))


def _with_card(model: Model, **changes: Any) -> str:
    own = dataclasses.replace(model, card={**model.card, **changes}, is_shipped=False)
    return " ".join(make_card(own).split())


def test_make_card_is_the_one_that_is_shipped(model: Model) -> None:
    stored = (get_model_folder(model.name) / "CARD.md").read_text("utf-8")
    assert make_card(model) == stored


def test_make_card_of_own_comments_says_nothing_of_ours(model: Model) -> None:
    source = {**model.card["sources"][0], "file": "ours|wards.csv", "about": ""}
    card = _with_card(model, sources=[source], licence="not stated")
    assert "NHS England" not in card
    assert "this project" not in card
    assert "ours\\|wards.csv: nothing is recorded of where these come from." in card
    assert "Licence: not stated. No base model." in card
    assert "No source labels them" in card


def test_make_card_synthetic_comments_are_counted(model: Model) -> None:
    source = {**model.card["sources"][0], "synthetic_count": 12, "about": "Written by us."}
    card = _with_card(model, sources=[source])
    assert "12 synthetic comments are among those that can be scored" in card
    assert "learnt from the 12 synthetic comments" in card


def test_make_card_base_model_and_its_licence(model: Model) -> None:
    card = _with_card(model, base_model={"name": "small-encoder", "licence": "Apache-2.0"})
    assert "Made from small-encoder (licence: Apache-2.0)." in card
    assert "Taught by" not in card


def test_make_card_teacher_and_its_licence(model: Model) -> None:
    card = _with_card(model, teacher={"name": "large-encoder", "licence": "MIT"})
    assert "Taught by large-encoder (licence: MIT)." in card


def test_make_card_both_operating_points(model: Model) -> None:
    figures = {name: {"value": 0.5, "low": 0.4, "high": 0.6} for name in ("micro_precision", "x")}
    points = {"balanced": {**figures, "micro_recall": None}}
    points["find_all"] = {**figures, "micro_recall": {"value": 0.9, "low": 0.8, "high": 0.95}}
    card = _with_card(model, operating_points=points)
    assert "| find all | 0.500 | 0.400 to 0.600 | 0.900 | 0.800 to 0.950 |" in card


def test_make_card_nothing_scored(model: Model) -> None:
    nothing = np.zeros((0, len(get_framework().topics)))
    scores = evaluate([], Predicted(nothing, nothing > 0, np.zeros(0, np.int64)))
    unscored = _with_scores(model, **asdict(scores))
    card = make_card(unscored)
    assert "| Topics, micro F1 | not enough labelled comments | |" in card
    assert "None" not in card
