"""The same questions in pandas: two frames in memory, as an analyst with patience would have them.

Answers lie in the order of their keys; topics are a frame of their own, by the place of the answer.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from questions import Question
from twins import ANSWERS, MENTIONS, read_names_of
from wanted import Wanted, find_wanted

from yousaid.records import SCORES
from yousaid.store.search import parse
from yousaid.store.search.query import And, Near, Node, Not, Or, Phrase, Prefix, Word

PAGE_SIZE = 50
Mask = NDArray[np.bool_]
_ORDERS = {
    "newest": ("date", False),
    "best_match": ("date", False),
    "oldest": ("date", True),
    "most_negative": ("sentiment_score", True),
    "most_positive": ("sentiment_score", False),
    "most_urgent": ("urgency", False),
}


class InPandas:
    """Two frames, of the plain files beside a store."""

    def __init__(self, folder: Path) -> None:
        plain = folder.with_name("plain")
        self._names = read_names_of(folder)
        self._answers = pd.read_parquet(
            plain / ANSWERS,
            columns=[
                "comment_id", "text", "is_first", "month", "response_key", "date", "place_id",
                "person_id", "question_id", "source_id", "kind", "score", "has_text", "sentiment",
                "sentiment_score", "urgency", "mixed",
            ],
        )  # fmt: skip
        self._answers["date"] = pd.to_datetime(self._answers["date"])
        self._mentions = pd.read_parquet(plain / MENTIONS)

    def ask(self, question: Question) -> Any:
        asks: dict[str, Callable[[Question, Mask], Any]] = {
            "totals": self._ask_totals,
            "topics": lambda _, mask: self._ask_topics(mask),
            "months": self._ask_months,
            "table": self._ask_table,
            "widest": self._ask_table,
            "search": self._ask_page,
            "page": self._ask_page,
        }
        return asks[question.kind](question, self._select(question))

    def _select(self, question: Question) -> Mask:
        answers, wanted = self._answers, find_wanted(question, self._names)
        mask = np.ones(len(answers), bool)
        for column, numbers in wanted.columns:
            mask &= answers[column].isin(numbers).to_numpy()
        if wanted.first_date:
            mask &= (answers["date"] >= pd.Timestamp(wanted.first_date)).to_numpy()
        if wanted.last_date:
            mask &= (answers["date"] <= pd.Timestamp(wanted.last_date)).to_numpy()
        if wanted.least_urgency is not None:
            mask &= (answers["urgency"] >= wanted.least_urgency).to_numpy()
        if wanted.is_mixed is not None:
            mask &= (answers["mixed"] == wanted.is_mixed).to_numpy()
        if wanted.has_text:
            mask &= answers["has_text"].to_numpy()
        mask = self._select_topics(mask, wanted)
        tree = parse(question.chosen.words).tree
        return mask if tree is None else mask & self._find(tree)

    def _select_topics(self, mask: Mask, wanted: Wanted) -> Mask:
        if wanted.topics:
            mask = mask & self._is_about(wanted.topics, wanted.signs)
        for topic in wanted.all_topics:
            mask = mask & self._is_about([topic], wanted.signs)
        return mask & ~self._is_about(wanted.no_topics, [-1, 0, 1]) if wanted.no_topics else mask

    def _is_about(self, topics: list[int], signs: list[int]) -> Mask:
        mentions = self._mentions
        found = mentions["topic"].isin(topics)
        if len(signs) < 3:
            found &= mentions["sign"].isin(signs)
        mask = np.zeros(len(self._answers), bool)
        mask[mentions["number"].to_numpy()[found.to_numpy()]] = True
        return mask

    def _find(self, node: Node) -> Mask:
        match node:
            case And(parts):
                return np.logical_and.reduce([self._find(part) for part in parts])
            case Or(parts):
                return np.logical_or.reduce([self._find(part) for part in parts])
            case Near(parts, _):
                return np.logical_and.reduce([self._find(part) for part in parts])
            case Not(part):
                return ~self._find(part)
            case Word(word):
                pattern = rf"\b{re.escape(word)}\b"
            case Phrase(words):
                pattern = r"\b" + r"\W+".join(map(re.escape, words)) + r"\b"
            case Prefix(words):
                pattern = r"\b" + r"\W+".join(map(re.escape, words))
        texts = self._answers["text"]
        return texts.str.contains(f"(?i){pattern}", regex=True, na=False).to_numpy(bool)

    def _count_responses(self, question: Question, rows: pd.DataFrame, by: str) -> Any:
        if question.chosen.selects_comments:
            return rows.groupby(by, dropna=False)["response_key"].nunique()
        return rows[rows["is_first"]].groupby(by, dropna=False).size()

    def _ask_totals(self, question: Question, mask: Mask) -> Any:
        rows = self._answers[mask]
        responses = self._count_responses(question, rows, "score")
        comments = rows[rows["has_text"]]
        by_sentiment = comments.groupby("sentiment", dropna=False)
        found = by_sentiment.agg(count=("mixed", "size"), mixed=("mixed", "sum"))
        (comments["urgency"] >= 0.5).sum(), rows["date"].min(), rows["date"].max()
        scores = [int(responses.get(code, 0)) for code in range(1, len(SCORES) + 1)]
        return [int(responses.sum()), int(found["count"].sum()), *scores]

    def _ask_topics(self, mask: Mask) -> Any:
        mentions = self._mentions
        chosen = mentions[mask[mentions["number"].to_numpy()]]
        counts = chosen.groupby(["topic", "sign"]).size().unstack(fill_value=0).sum(axis=1)
        return {self._names.topics[code]: count for code, count in counts.to_dict().items()}

    def _ask_months(self, question: Question, mask: Mask) -> Any:
        rows = self._answers[mask]
        responses = self._count_responses(question, rows, "month").to_dict()
        comments = rows[rows["has_text"]].groupby("month").size().to_dict()
        return {
            _name_month(month): [count, comments.get(month, 0)]
            for month, count in responses.items()
            if month and count
        }

    def _ask_table(self, question: Question, mask: Mask) -> Any:
        kind = "topic" if question.kind == "widest" else question.options["rows"].kind
        answers = self._answers
        if kind == "topic":
            at = self._mentions["number"].to_numpy()
            rows = self._mentions if mask.all() else self._mentions[mask[at]]
            by = ["topic", "month", *(["sign"] if question.kind == "widest" else [])]
            counts = rows.groupby(by).size()
            if question.kind == "widest":
                counts = counts.unstack(fill_value=0).sum(axis=1)
            names: Any = self._names.topics
        else:
            rows = answers[mask & answers["has_text"].to_numpy()]
            column = {"place": "place_id", "score": "score"}[kind]
            counts = rows.groupby([column, "month"]).size()
            places = {n: " > ".join(place[:2]) for n, place in self._names.places.items()}
            names = places if kind == "place" else {n: str(n) for n in range(1, 7)}
        table: dict[str, int] = {}
        for (value, month), count in counts.items():
            if month:
                key = f"{names[value]}, {_name_month(month)}"
                table[key] = table.get(key, 0) + count
        return table

    def _ask_page(self, question: Question, mask: Mask) -> Any:
        answers = self._answers
        mask = mask & answers["has_text"].to_numpy()
        column, is_least = _ORDERS[question.options["order"]]
        values, end = answers[column][mask], question.options["page"] * PAGE_SIZE
        first = values.nsmallest(end) if is_least else values.nlargest(end)
        places = first.index[end - PAGE_SIZE :]
        page = answers.loc[places].to_dict("records")
        at = self._mentions["number"].to_numpy()
        for place in places:
            self._mentions.iloc[np.searchsorted(at, place) : np.searchsorted(at, place + 1)]
        return [int(mask.sum()), [row["comment_id"] for row in page]]


def _name_month(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"
