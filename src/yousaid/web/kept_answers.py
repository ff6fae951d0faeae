"""Answers that were found last, for the next page of the same comments.

People go from page to page under one filter, and every page has the filter's form: its counts look
at every comment.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

AnswerT = TypeVar("AnswerT")

# Of a trust with hundreds of wards one takes up to 100 kB.
MOST_ANSWERS = 100


class KeptAnswers:
    """Answers of one version of the store. With a newer version all go, so that nothing which was
    deleted stays in memory."""

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._lock = Lock()
        self._version = ""
        self._answers: OrderedDict[Hashable, object] = OrderedDict()

    def recall(self, version: str, question: Hashable, find: Callable[[], AnswerT]) -> AnswerT:
        """The answer to a question, found now unless it was lately."""
        with self._lock:
            if version != self._version:
                self._version = version
                self._answers.clear()
            if question in self._answers:
                self._answers.move_to_end(question)
                return cast(AnswerT, self._answers[question])
        answer = find()
        with self._lock:
            # Unless the store has moved on since.
            if version == self._version:
                self._answers[question] = answer
                if len(self._answers) > self._most:
                    self._answers.popitem(last=False)
        return answer
