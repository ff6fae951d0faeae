"""The answers of an invented trust as Parquet files, with the columns that `add_files` takes.

All of it comes from one seed, in parts of bounded size: ten million answers need no more memory
than a hundred thousand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from texts import MOST_LABELS, Sentences, draw, read_sentences, write_texts
from trust import (
    BACKFILL_DAYS,
    FIRST_DAY,
    KINDS,
    SCORE_SHARES,
    SEED,
    SOURCE_SHARES,
    SOURCES,
    TRAITS,
    UNDATED_SHARE,
    WORDINGS,
    Trust,
    asks_all,
    make_trust,
)

from yousaid.frameworks import get_framework
from yousaid.store.vectors import make_many_signs

ANSWERS_A_RESPONSE = 2.8
RESPONSES_A_PART = 70_000
BLANK_SHARE = 0.08
SENTENCE_COUNTS = (0.40, 0.27, 0.2, 0.13)  # of one to four sentences
# The later ones only say the same again.
READ_SENTENCES = 2
# How likely a sentence praises, by score (the last: none), after “what was good” and otherwise.
PRAISE_AFTER_GOOD = np.array([0.97, 0.95, 0.85, 0.7, 0.6, 0.8, 0.9])
PRAISE = np.array([0.93, 0.8, 0.4, 0.15, 0.07, 0.5, 0.7])
PRAISE_AFTER_IMPROVE = 0.45  # of what it otherwise is
NEUTRAL_SHARE = 0.05
WIDTH, CLUSTER_COUNT = 384, 200
TOPICS = get_framework().topic_ids
Numbers = NDArray[Any]
Random = np.random.Generator


@dataclass(frozen=True)
class Part:
    """Some answers of one upload: two Parquet files, and how many rows each has."""

    comments: Path
    readings: Path
    row_count: int


class Generator:
    """Makes the uploads of a store with about so many answers."""

    def __init__(self, row_count: int) -> None:
        self.trust: Trust = make_trust(round(row_count / ANSWERS_A_RESPONSE))
        self._sentences: Sentences = read_sentences()
        centres = np.random.default_rng(SEED).normal(0, 28, (CLUSTER_COUNT, WIDTH))
        self._centres = centres.astype(np.int16)
        self._first_response = np.concatenate([[0], np.cumsum(self.trust.day_counts)])

    def write_uploads(self, folder: Path) -> Iterator[list[Part]]:
        """The parts of each upload, written when they are asked for."""
        for upload, (first_day, end_day) in enumerate(self.trust.list_uploads()):
            days = np.repeat(
                np.arange(first_day, end_day), self.trust.day_counts[first_day:end_day]
            )
            starts = range(0, len(days), RESPONSES_A_PART)
            first = int(self._first_response[first_day])
            yield [
                self._write_part(
                    folder / f"{upload}-{number}",
                    np.random.default_rng((SEED, upload, number)),
                    days[start : start + RESPONSES_A_PART],
                    first + start,
                )
                for number, start in enumerate(starts)
            ]

    def _write_part(self, path: Path, random: Random, days: Numbers, first: int) -> Part:
        place = random.choice(len(self.trust.places), len(days), p=self.trust.place_shares)
        score = random.choice(len(SCORE_SHARES), len(days), p=SCORE_SHARES)
        has_all = asks_all(place)
        of = np.repeat(np.arange(len(days)), np.where(has_all, 3, 2))
        number = np.arange(len(of)) - np.searchsorted(of, of)
        kind = number + ~has_all[of]
        said = self._say(random, kind, score[of])
        responses = _Responses(days, place, score, first)
        comments = responses.make_table(self.trust, random).take(of)
        ids = pa.compute.binary_join_element_wise(
            comments["response_id"], pa.array(number).cast(pa.string()), "-"
        )
        is_late = (days >= BACKFILL_DAYS)[of].astype(np.int8)
        wordings = [wording for kind in KINDS for wording in WORDINGS[kind]]
        comments = (
            comments.append_column("comment_id", ids)
            .append_column("question", pa.array(wordings).take(pa.array(kind * 2 + is_late)))
            .append_column("kind", pa.array(KINDS).take(pa.array(kind)))
            .append_column("text", write_texts(self._sentences, said, random))
        )
        readings = self._read(random, said, score[of], is_late)
        readings = readings.append_column("comment_id", ids)
        files = path.with_suffix(".comments"), path.with_suffix(".readings")
        for file, table in zip(files, (comments, readings), strict=True):
            pq.write_table(table, file, compression="snappy")
        return Part(*files, len(of))

    def _say(self, random: Random, kind: Numbers, score: Numbers) -> Numbers:
        """The sentences of each answer; −1 where there is none."""
        praise = np.where(kind == 0, PRAISE_AFTER_GOOD[score], PRAISE[score])
        praise *= np.where(kind == 1, PRAISE_AFTER_IMPROVE, 1)
        shape = (len(kind), len(SENTENCE_COUNTS))
        # People mostly stay with what they have begun.
        mood = np.where(random.random(shape) < 0.6, random.random((len(kind), 1)), 2)
        mood = np.where(mood == 2, random.random(shape), mood)
        signs = np.where(mood < praise[:, None], 2, 0)
        signs[random.random(shape) < NEUTRAL_SHARE] = 1
        count = 1 + random.choice(len(SENTENCE_COUNTS), len(kind), p=SENTENCE_COUNTS)
        count[random.random(len(kind)) < BLANK_SHARE] = 0
        signs[np.arange(len(SENTENCE_COUNTS)) >= count[:, None]] = -1
        return draw(self._sentences, signs, random)

    def _read(self, random: Random, said: Numbers, score: Numbers, is_late: Numbers) -> pa.Table:
        count, has_text = len(said), said[:, 0] >= 0
        codes, kept, starts, ends = self._find_mentions(said)
        per_answer = kept.sum(1)
        found = codes[kept]
        signs = np.where(kept, codes % 3 - 1, 0)
        tone = signs.sum(1) / np.maximum(per_answer, 1)
        lean = np.array([0.3, 0.15, 0, -0.15, -0.3, 0, 0])[score]
        feeling = np.clip(0.7 * tone + lean + random.normal(0, 0.1, count), -1, 1)
        level = np.clip(np.rint(3 - 2 * feeling), 1, 5).astype(np.int8)
        is_mixed = (kept & (signs > 0)).any(1) & (kept & (signs < 0)).any(1)
        is_urgent = self._sentences.is_urgent[said].any(1, where=said >= 0)
        urgency = random.beta(1.2, 14, count) + np.where(is_urgent, random.random(count) * 0.6, 0)
        probabilities = random.beta(0.4, 9, (count, len(TOPICS))).astype(np.float32)
        rows = np.repeat(np.arange(count), per_answer)
        sure = random.uniform(0.4, 1, len(found)).astype(np.float32)
        probabilities[rows, found // 3] = sure
        probabilities[~has_text] = 0
        blank = pa.array(~has_text)
        vectors, vector_signs = self._make_vectors(random, found, per_answer, has_text)
        language = np.where(random.random(count) < 0.01, 1, 0)
        offsets = _make_offsets(per_answer)
        spans = pa.array(np.column_stack([starts[kept], ends[kept]]).ravel())
        pairs = pa.ListArray.from_arrays(
            pa.array(np.arange(len(found) + 1, dtype=np.int32) * 2), spans
        )
        return pa.table(
            {
                "model": pa.array(["fast 3", "best 2"]).take(pa.array(is_late)),
                "topics": pa.ListArray.from_arrays(
                    offsets, pa.array(TOPICS).take(pa.array(found // 3))
                ),
                "topic_probabilities": pa.ListArray.from_arrays(offsets, pa.array(sure)),
                "topic_sentiments": pa.ListArray.from_arrays(
                    offsets, pa.array((found % 3 - 1).astype(np.int8))
                ),
                "topic_spans": pa.ListArray.from_arrays(offsets, pairs),
                "sentiment": pa.array(level, mask=~has_text),
                "sentiment_score": pa.array(feeling.astype(np.float32), mask=~has_text),
                "mixed": pa.array(is_mixed),
                "urgency": pa.array((np.minimum(urgency, 1) * has_text).astype(np.float32)),
                "language": pa.compute.if_else(
                    blank, None, pa.array(["en", "und"]).take(pa.array(language))
                ),
                "probabilities": pa.ListArray.from_arrays(
                    pa.array(np.arange(count + 1, dtype=np.int32) * len(TOPICS)),
                    pa.array(probabilities.ravel()),
                ),
                "vector": vectors,
                "vector_signs": vector_signs,
            }
        )

    def _find_mentions(self, said: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """The labels of each answer, which of them count (a topic once), and where their sentences
        start and end."""
        labels = self._sentences.labels[said]
        labels[said < 0] = -1
        labels[:, READ_SENTENCES:] = -1
        codes = labels.reshape(len(said), -1).astype(np.int16)
        kept = np.zeros(codes.shape, bool)
        seen = np.zeros(len(codes), np.int64)
        for place in range(codes.shape[1]):
            bit = np.int64(1) << np.maximum(codes[:, place] // 3, 0).astype(np.int64)
            kept[:, place] = (codes[:, place] >= 0) & ((seen & bit) == 0)
            seen |= np.where(kept[:, place], bit, 0)
        sizes = np.where(said < 0, 0, self._sentences.lengths[said])
        ends = np.cumsum(sizes + 1, axis=1) - 1
        starts = (ends - sizes).repeat(MOST_LABELS, axis=1).astype(np.int32)
        return codes, kept, starts, ends.repeat(MOST_LABELS, axis=1).astype(np.int32)

    def _make_vectors(
        self, random: Random, found: Numbers, per_answer: Numbers, has_text: Numbers
    ) -> tuple[Any, Any]:
        """A vector near the centre of a cluster, which goes with the first topic."""
        count = len(has_text)
        first = np.zeros(count, np.int64)
        first[per_answer > 0] = found[(np.cumsum(per_answer) - per_answer)[per_answer > 0]]
        cluster = (first * 2 + random.integers(0, 2, count)) % CLUSTER_COUNT
        noise = random.integers(-45, 46, (count, WIDTH), dtype=np.int8)
        made = np.clip(self._centres[cluster] + noise, -127, 127).astype(np.int8)[has_text]
        offsets = np.concatenate([[0], np.cumsum(has_text)]).astype(np.int32)
        data = made.tobytes()
        vectors = pa.Array.from_buffers(
            pa.binary(), count, [None, pa.py_buffer(offsets * WIDTH), pa.py_buffer(data)]
        )
        signs = make_many_signs([data[at : at + WIDTH] for at in range(0, len(data), WIDTH)])
        numbers = np.array(signs, np.int64).reshape(-1)
        per_vector = WIDTH // 64
        return vectors, pa.ListArray.from_arrays(pa.array(offsets * per_vector), pa.array(numbers))


@dataclass(frozen=True)
class _Responses:
    """Responses by day, place and score."""

    days: Numbers
    place: Numbers
    score: Numbers
    first: int

    def make_table(self, trust: Trust, random: Random) -> pa.Table:
        count = len(self.days)
        epoch = (FIRST_DAY - FIRST_DAY.fromordinal(719_163)).days
        units = pa.array([list(place) for place in trust.places], pa.list_(pa.string()))
        sources = random.choice(len(SOURCES), count, p=SOURCE_SHARES)
        numbers = pa.array(self.first + np.arange(count)).cast(pa.string())
        return pa.table(
            {
                "response_id": pa.compute.utf8_lpad(numbers, 9, "0"),
                "date": pa.array(
                    (self.days + epoch).astype("datetime64[D]"),
                    mask=random.random(count) < UNDATED_SHARE,
                ),
                "unit": units.take(pa.array(self.place)),
                # The last code is for none.
                "score": pa.array((self.score + 1).astype(np.int8), mask=self.score == 6),
                "source": pa.array(SOURCES).take(pa.array(sources)),
                "demographics": _make_demographics(random, count),
            }
        )


def _make_demographics(random: Random, count: int) -> Any:
    values: list[str] = []
    columns = []
    says_nothing = random.random(count) < 0.1
    for listed, missing in TRAITS.values():
        shares = 1 / np.arange(1, len(listed) + 1)
        found = len(values) + random.choice(len(listed), count, p=shares / shares.sum())
        found[says_nothing | (random.random(count) < missing)] = -1
        columns.append(found)
        values += listed
    given = np.column_stack(columns)
    is_given = given >= 0
    names = np.broadcast_to(np.arange(len(TRAITS)), given.shape)[is_given]
    return pa.MapArray.from_arrays(
        _make_offsets(is_given.sum(1)),
        pa.array(list(TRAITS)).take(pa.array(names)),
        pa.array(values).take(pa.array(given[is_given])),
    )


def _make_offsets(counts: Numbers) -> Any:
    return pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
