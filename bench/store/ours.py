"""The questions as this store answers them: through its public functions, a snapshot for each."""

import atexit
import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from questions import Question, make_comment_id

from yousaid.records import EVERYWHERE
from yousaid.store.answers import CommentPage, CrossTab, Dimension, Totals
from yousaid.store.filter import EVERYTHING
from yousaid.store.layout import open_store
from yousaid.store.query import (
    compare_periods,
    get_changes,
    get_choices,
    get_comment,
    get_comments,
    get_cross_tab,
    get_months,
    get_similar,
    get_suggestion,
    get_topic_counts,
    get_topic_pairs,
    get_totals,
    get_uploads,
)
from yousaid.store.snapshot import Snapshot, open_snapshot

PAGE_SIZE = 50
Ask = Callable[[Question, Snapshot], Any]


class Ours:
    """The store in a folder, as one worker has it."""

    def __init__(self, folder: Path) -> None:
        self._store = open_store(folder)
        with open_snapshot(self._store) as snapshot:
            self._response_count = get_totals(EVERYWHERE, snapshot, EVERYTHING).response_count
        # As the dashboard does when it begins to serve.
        gc.freeze()
        atexit.register(gc.unfreeze)

    def ask(self, question: Question) -> Any:
        if (at := question.options.get("at")) is not None:
            comment_id = make_comment_id(at, self._response_count)
            question = replace(question, options={"comment_id": comment_id})
        with open_snapshot(self._store) as snapshot:
            return ASK[question.kind](question, snapshot)


def _ask_table(question: Question, snapshot: Snapshot) -> CrossTab:
    rows, columns, with_responses = (
        question.options[name] for name in ("rows", "columns", "responses")
    )
    return get_cross_tab(
        question.scope,
        snapshot,
        question.chosen,
        rows,
        columns,
        with_responses=with_responses,
    )


def _ask_page(question: Question, snapshot: Snapshot) -> CommentPage:
    order, page = question.options["order"], question.options["page"]
    return get_comments(
        question.scope, snapshot, question.chosen, order=order, page=page, page_size=PAGE_SIZE
    )


ASK: dict[str, Ask] = {
    "totals": lambda q, s: get_totals(q.scope, s, q.chosen),
    "topics": lambda q, s: get_topic_counts(q.scope, s, q.chosen),
    "months": lambda q, s: get_months(q.scope, s, q.chosen),
    "table": _ask_table,
    "wide_table": _ask_table,
    "widest": lambda q, s: get_cross_tab(
        q.scope, s, q.chosen, Dimension("topic"), Dimension("month"), with_responses=False
    ),
    "pairs": lambda q, s: get_topic_pairs(q.scope, s, q.chosen),
    "periods": lambda q, s: compare_periods(
        q.scope, s, q.chosen, q.options["before"], q.options["after"]
    ),
    "changes": lambda q, s: get_changes(
        q.scope,
        s,
        q.chosen,
        q.options["before"],
        q.options["after"],
        of="negative",
        level=q.options["level"],
    ),
    "choices": lambda q, s: get_choices(q.scope, s, q.chosen),
    "comment": lambda q, s: get_comment(q.scope, s, q.options["comment_id"]),
    "uploads": lambda q, s: get_uploads(q.scope, s),
    "search": _ask_page,
    "page": _ask_page,
    "similar": lambda q, s: get_similar(q.scope, s, q.chosen, q.options["comment_id"], count=10),
    "suggestion": lambda q, s: get_suggestion(q.scope, s, q.chosen),
}


def digest(question: Question, answer: Any) -> Any:
    """What of an answer can be held against that of another contender; None where nothing can."""
    match question.kind:
        case "totals":
            assert isinstance(answer, Totals)
            return [answer.response_count, answer.comment_count, *answer.score_counts]
        case "topics":
            return {one.topic: one.comment_count for one in answer}
        case "months":
            return {
                f"{one.month:%Y-%m}": [one.response_count, one.comment_count]
                for one in answer
                if one.response_count
            }
        case "table" | "widest":
            return _digest_table(answer)
        case "page":
            return [answer.total_count, [one.comment.comment_id for one in answer.comments]]
    return None


def _digest_table(table: CrossTab) -> dict[str, int]:
    found = {}
    for row, cells in zip(table.row_values, table.cells, strict=True):
        for column, cell in zip(table.column_values, cells, strict=True):
            if row is not None and column is not None and cell.comment_count:
                name = " > ".join(row) if isinstance(row, tuple) else str(row)
                found[f"{name}, {column:%Y-%m}"] = cell.comment_count
    return found
