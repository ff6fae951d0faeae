"""What an upload holds, found row by row in plain Python: the slow twin of `ingest.upload`."""

import hashlib
from collections import Counter, defaultdict

from tests.unit.ingest.taken import Taken
from yousaid.frameworks.questions import question_kind
from yousaid.ingest.answers import parse_likely_date
from yousaid.ingest.problems import UNKNOWN_QUESTION, Problem
from yousaid.ingest.values import is_blank_answer, parse_score
from yousaid.records import Comment


class _LeftOutError(Exception):
    pass


class _Slow:
    def __init__(self, table, column_map):
        self.table, self.map = table, column_map
        self.problems, self.seen_rows, self.wordings = [], Counter(), set()

    def cell(self, cells, column):
        return cells[self.table.columns.index(column)]

    def read_id(self, cells):
        column = self.map.response_id
        if column is not None and not is_blank_answer(self.cell(cells, column)):
            return self.cell(cells, column).strip()
        written = "".join(f"{len(cell.encode())}:{cell}" for cell in cells)
        digest = hashlib.md5(written.encode(), usedforsecurity=False).hexdigest()
        self.seen_rows[digest] += 1
        count = self.seen_rows[digest]
        return digest if count == 1 else f"{digest}.{count - 1}"

    def read_value(self, row, cells, column, read, on_bad):
        if column is None or is_blank_answer(self.cell(cells, column)):
            return None
        try:
            return read(self.cell(cells, column))
        except ValueError as error:
            self.say(row, column, str(error))
            if on_bad == "leave_out":
                raise _LeftOutError from None
            return None

    def read_wording(self, row, cells, text):
        if text.question_column is None:
            return text.column if text.question is None else text.question
        wording = self.cell(cells, text.question_column).strip()
        if wording and wording not in self.wordings:
            self.wordings.add(wording)
            if question_kind(wording) is None:
                self.say(row, text.question_column, UNKNOWN_QUESTION)
        return wording

    def say(self, row, column, what):
        self.problems.append(Problem(self.table.name, self.table.sheet, row, column, what))

    def read_row(self, row, cells, responses):
        wanted = self.map
        response_id = self.read_id(cells)
        day = self.read_value(
            row, cells, wanted.date, lambda text: parse_likely_date(text, None), wanted.on_bad_date
        )
        score = self.read_value(
            row, cells, wanted.score, lambda text: parse_score(text, wanted.best_score),
            wanted.on_bad_score,
        )  # fmt: skip
        given = [self.cell(cells, column) for column in wanted.places]
        traits = {column: self.cell(cells, column) for column in wanted.demographics}
        source = self.cell(cells, wanted.source) if wanted.source else ""
        first = len(responses[response_id]) + 1
        for number, text in enumerate(wanted.texts, start=first):
            wording = self.read_wording(row, cells, text)
            cell = self.cell(cells, text.column)
            yield Comment(
                comment_id=f"{response_id}-{number}",
                response_id=response_id,
                date=day,
                unit=tuple(" ".join(name.split()) for name in given if not is_blank_answer(name)),
                question=wording,
                kind=question_kind(wording) or "why",
                text="" if is_blank_answer(cell) else cell,
                score=score,
                source=" ".join(source.split()) if not is_blank_answer(source) else "",
                demographics={k: v.strip() for k, v in traits.items() if not is_blank_answer(v)},
            )


def take_slowly(table, column_map):
    slow = _Slow(table, column_map)
    responses = defaultdict(list)
    for row, cells in table.rows():
        if any(cell.strip() for cell in cells):
            try:
                found = list(slow.read_row(row, cells, responses))
            except _LeftOutError:
                continue
            for comment in found:
                responses[comment.response_id].append(comment)
    # One id on another day, in another place or with another score is another response.
    same = defaultdict(list)
    for answers in responses.values():
        for one in answers:
            same[one.response_id, one.date, one.unit, one.score].append(one)
    comments, blank_count = [], 0
    for answers in same.values():
        written = [one for one in answers if one.text]
        blank_count += not written
        comments += written or answers[:1]
    return Taken(tuple(comments), tuple(slow.problems), len(same), blank_count, {})
