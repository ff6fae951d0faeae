"""Stores to ask, and their rows as a list."""

import random
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from tests.unit.store.samples import SOME_TOPICS, make_sample
from tests.unit.store.twin import Row, is_in_scope
from yousaid.records import EVERYWHERE, TOPIC_SENTIMENTS, Correction, Mention
from yousaid.store import snapshot as snapshot_module
from yousaid.store.entries import correct
from yousaid.store.layout import Store, create_store
from yousaid.store.snapshot import Snapshot, forget_stores, open_snapshot
from yousaid.store.write import add_upload

NOW = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)


class Rows(list):
    """Rows, which hypothesis is not to print in full."""

    def __repr__(self):
        return f"<{len(self)} rows>"


@dataclass
class Sample:
    """A store of two uploads, some of its comments corrected, and the same rows as a list."""

    store: Store
    snapshot: Snapshot
    rows: Rows

    def __repr__(self):
        return repr(self.rows)


def make_correction(random_):
    """A correction of some parts of a reading, or of none."""
    topics = random_.sample(SOME_TOPICS, random_.randrange(3))
    mentions = tuple((topic, random_.choice(TOPIC_SENTIMENTS)) for topic in topics)
    return Correction(
        mentions=random_.choice([None, mentions]),
        sentiment=random_.choice([None, 1, 3, 5]),
        mixed=random_.choice([None, True, False]),
        urgent=random_.choice([None, True, False]),
    )


def lay_on(reading, said):
    """The reading as a correction says that it should have been."""
    if said.mentions is not None:
        mentions = tuple(Mention(topic, 1.0, sentiment) for topic, sentiment in said.mentions)
        reading = replace(reading, mentions=mentions)
    if said.sentiment is not None:
        score = (3 - said.sentiment) / 2
        reading = replace(reading, sentiment=said.sentiment, sentiment_score=score)
    if said.mixed is not None:
        reading = replace(reading, mixed=said.mixed)
    return reading if said.urgent is None else replace(reading, urgency=float(said.urgent))


def make_rows(store, seed, response_count, scope=EVERYWHERE):
    """Fill a store with what lies in a scope, and list it."""
    random_ = random.Random(seed)
    rows = Rows()
    for number in (1, 2):
        pairs = list(zip(*make_sample(random_, response_count, f"{number}:"), strict=True))
        said = [
            make_correction(random_) if comment.text and random_.random() < 0.05 else None
            for comment, _ in pairs
        ]
        kept = [n for n, (comment, _) in enumerate(pairs) if is_in_scope(scope, comment)]
        comments, readings = zip(*(pairs[n] for n in kept), strict=True)
        upload_id = add_upload(
            store, f"{number}.csv", comments, readings, now=NOW, framework_version="7+4"
        )
        for n in kept:
            comment, reading = pairs[n]
            if said[n]:
                correct(EVERYWHERE, store, comment.comment_id, said[n], made_by="me", now=NOW)
                reading = lay_on(reading, said[n])
            rows.append(Row(comment, reading, upload_id, said[n] is not None))
    return rows


@pytest.fixture(scope="package")
def samples(tmp_path_factory):
    """A store of few responses, and two of many, the last of them asked as a large one is: by
    several threads and connections."""
    with ExitStack() as open_snapshots:
        found = []
        for seed, response_count in ((1, 6), (2, 90), (3, 90)):
            store = create_store(tmp_path_factory.mktemp("stores") / "feedback")
            rows = make_rows(store, seed, response_count)
            with pytest.MonkeyPatch.context() as patch:
                if seed == 3:
                    patch.setattr(snapshot_module, "_ROWS_FOR_THREADS", -1)
                    forget_stores()
                snapshot = open_snapshots.enter_context(open_snapshot(store))
            found.append(Sample(store, snapshot, rows))
        yield found


@pytest.fixture(scope="package")
def sample(samples):
    return samples[1]
