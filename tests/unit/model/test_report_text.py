import re

import numpy as np
import pytest

from yousaid.frameworks import get_framework
from yousaid.model.evaluate import Predicted
from yousaid.model.labels import LabelledComment
from yousaid.model.report import make_report
from yousaid.model.report_text import describe_report, list_confusions

IDS = get_framework().topic_ids
SECRET = "quite unmistakable"


def _make_case(count: int) -> tuple[list[LabelledComment], Predicted]:
    random = np.random.default_rng(0)
    truth = random.random((count, len(IDS))) < 0.1
    truth[:, IDS.index("food")] = True
    levels = random.integers(1, 6, count)
    comments = [
        LabelledComment(
            SECRET + "".join(chr(ord("a") + int(digit)) for digit in str(row // 2)),
            "why",
            {topic: bool(truth[row, column]) for column, topic in enumerate(IDS)},
            int(levels[row]),
        )
        for row in range(count)
    ]
    chances = np.clip(0.6 * truth + 0.5 * random.random(truth.shape), 0, 1)
    return comments, Predicted(chances, chances > 0.5, random.integers(0, 6, count))


def test_describe_report_has_every_part_and_no_comment() -> None:
    text = describe_report(make_report(*_make_case(200)), "How we read", "plot.svg")
    assert text.startswith("# How we read\n\n## How good it is")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert len(headings) == len(set(headings)) == 5
    assert "](plot.svg)" in text
    assert "Food & drink provision & facilities" in text
    assert SECRET not in text
    assert not re.search(r"None|\bnan\b", text)


def test_describe_report_tables_are_whole() -> None:
    text = describe_report(make_report(*_make_case(200)), "How we read", "plot.svg")
    for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        widths = {line.count("|") for line in table.splitlines()}
        assert len(widths) == 1


@pytest.mark.parametrize("count", [0, 1, 7])
def test_describe_report_too_little_to_score(count: int) -> None:
    text = describe_report(make_report(*_make_case(count)), "How we read", "plot.svg")
    assert "Too few labelled comments to say." in text
    assert not re.search(r"None|\bnan\b", text)


def test_list_confusions_most_frequent_first_with_counts() -> None:
    truth = np.zeros((3, len(IDS)), bool)
    said = truth.copy()
    truth[:, IDS.index("kept_informed")] = True
    said[:2, IDS.index("information_from_staff")] = True
    said[2, IDS.index("timeliness")] = True
    comments = [
        LabelledComment(text, "why", {IDS[t]: bool(row[t]) for t in range(len(IDS))}, None)
        for text, row in zip("abc", truth, strict=True)
    ]
    report = make_report(comments, Predicted(said.astype(float), said, np.zeros(3, np.int64)))
    first, second = list_confusions(report.confusions)
    assert "did not in 3 comments; in 2 of them it said “Information directly" in first
    assert "in 1 of them it said “Timeliness of care”" in second
