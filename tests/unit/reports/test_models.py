from typing import Any

from yousaid.reports.models import describe_models

FIGURE = {"value": 0.5, "low": 0.4, "high": 0.6}
MODEL: dict[str, Any] = {
    "place": "mine",
    "fault": None,
    "name": "ours",
    "version": "2",
    "label": "ours 2 (0123abcd)",
    "is_shipped": False,
    "size_bytes": 31_400_000,
    "trained_on": "2026-04-02",
    "sources": [{"file": "a.csv", "sha256": "ab" * 32, "comment_count": 1200, "is_scored": True}],
    "row_count": 900,
    "sentiment_row_count": 800,
    "scores": {
        "micro_f1": FIGURE,
        "macro_f1": None,
        "mean_average_precision": FIGURE,
        "sentiment_macro_f1": FIGURE,
        "sentiment_accuracy_3": FIGURE,
    },
    "operating_points": {"find_all": {"micro_precision": FIGURE, "micro_recall": None}},
    "licence": "MIT",
    "base_model": {"name": "small-encoder", "licence": "Apache-2.0"},
}


def test_describe_models_says_every_fact() -> None:
    lines = [" ".join(line.split()) for line in describe_models([MODEL]).splitlines()]
    assert lines == [
        "ours 2 (0123abcd) (mine, 31.4 MB)",
        "scored on 900 comments, 800 of them for sentiment",
        "topics, micro F1 0.500 (0.400 to 0.600)",
        "topics, macro F1 not measured",
        "topics, mean average precision 0.500 (0.400 to 0.600)",
        "sentiment, 5 levels, macro F1 0.500 (0.400 to 0.600)",
        "sentiment, 3 levels, accuracy 0.500 (0.400 to 0.600)",
        "find all, right 0.500 (0.400 to 0.600)",
        "find all, found not measured",
        "trained on 2026-04-02",
        "abababababab a.csv (1,200 comments, scored)",
        "licence MIT",
        "base model small-encoder (licence: Apache-2.0)",
    ]


def test_describe_models_damaged_in_two_lines() -> None:
    damaged = {"place": "a\nb", "fault": "model.json is damaged."}
    assert describe_models([damaged, damaged]).splitlines() == [
        "a�b  damaged or missing",
        "  model.json is damaged.",
        "",
        "a�b  damaged or missing",
        "  model.json is damaged.",
    ]
