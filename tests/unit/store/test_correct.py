import random

import pytest

from tests.unit.store.stores import NOW, add_sample, ask, count_responses, describe_rows, get_all
from yousaid.errors import InputError
from yousaid.frameworks import get_framework
from yousaid.records import EVERYWHERE, Correction, Mention, Scope
from yousaid.store.correct import read_correction, write_correction
from yousaid.store.entries import correct
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.store.layout import create_store
from yousaid.store.query import get_topic_counts, get_totals
from yousaid.store.snapshot import forget_stores, open_snapshot
from yousaid.store.state import store_version
from yousaid.store.write import undo_upload

TOPICS = get_framework().topic_ids
WHOLE = Correction(
    mentions=((TOPICS[7], "negative"), (TOPICS[0], "neutral")), sentiment=5, mixed=True, urgent=True
)


@pytest.fixture
def store(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store, 1)
    return store


def say(store, comment_id, correction, scope=EVERYWHERE):
    correct(scope, store, comment_id, correction, made_by="sister", now=NOW)


def get_one(store, comment_id):
    return next(c for c in get_all(store) if c.comment.comment_id == comment_id)


def test_correct_changes_what_is_said_of_a_comment(store):
    found = get_all(store)[3]
    say(store, found.comment.comment_id, WHOLE)
    after = get_one(store, found.comment.comment_id)
    assert [(m.topic, m.sentiment) for m in after.reading.mentions] == list(WHOLE.mentions)
    assert (after.reading.sentiment, after.reading.sentiment_score) == (5, -1.0)
    assert (after.reading.mixed, after.reading.urgency) == (True, 1.0)
    assert (after.comment, after.as_read) == (found.comment, found.as_read)


def test_correct_leaves_the_rest_as_read(store):
    found = next(c for c in get_all(store) if c.reading.mentions)
    say(store, found.comment.comment_id, Correction(urgent=False))
    after = get_one(store, found.comment.comment_id)
    assert after.reading.mentions == found.reading.mentions
    assert after.reading.sentiment == found.reading.sentiment
    assert after.reading.urgency == 0


def test_a_topic_that_stays_keeps_its_evidence(store):
    found = next(c for c in get_all(store) if any(m.spans for m in c.reading.mentions))
    mention = next(m for m in found.reading.mentions if m.spans)
    kept = Correction(mentions=((mention.topic, mention.sentiment), (TOPICS[9], "positive")))
    say(store, found.comment.comment_id, kept)
    after = get_one(store, found.comment.comment_id).reading.mentions
    assert after == (mention, Mention(TOPICS[9], 1.0, "positive"))


def test_a_correction_counts_in_every_question(store):
    found = get_all(store)[0]
    before = ask(store, get_topic_counts, Filter(topics=(TOPICS[20],)))
    say(store, found.comment.comment_id, Correction(mentions=((TOPICS[20], "negative"),)))
    assert before == ()
    [count] = ask(store, get_topic_counts, Filter(topics=(TOPICS[20],)))
    assert (count.comment_count, count.negative_count) == (1, 1)
    assert ask(store, get_totals, Filter(corrected=True)).comment_count == 1


def test_correct_none_takes_it_back(store):
    before = describe_rows(store)
    for found in get_all(store)[:5]:
        say(store, found.comment.comment_id, WHOLE)
    assert describe_rows(store) != before
    for found in get_all(store)[:5]:
        say(store, found.comment.comment_id, None)
    facts, _ = describe_rows(store)
    assert facts == before[0]
    assert sum_rollup(store) == before_sum(before)


def sum_rollup(store):
    with open_snapshot(store) as snapshot:
        return set(
            snapshot.ask(
                "SELECT * FROM (SELECT * EXCLUDE comment_count, sum(comment_count) AS n "
                "FROM rollup GROUP BY ALL) WHERE n <> 0"
            )
        )


def before_sum(rows):
    return set(rows[1])


def test_corrections_step_by_step_are_as_corrections_at_once(store):
    """What a worker keeps up with one by one is what a new one loads."""
    random_ = random.Random(5)
    ids = [found.comment.comment_id for found in get_all(store)]
    for _ in range(30):
        mentions = tuple(
            (topic, random_.choice(["positive", "neutral", "negative"]))
            for topic in random_.sample(TOPICS, random_.randrange(4))
        )
        correction = Correction(
            mentions=random_.choice([mentions, None]),
            sentiment=random_.choice([None, 1, 2, 3, 4, 5]),
            mixed=random_.choice([None, True, False]),
            urgent=random_.choice([None, True, False]),
        )
        say(store, random_.choice(ids), random_.choice([correction, correction, None]))
        if random_.random() < 0.3:
            add_sample(store, random_.randrange(10**6), 5)
        stepwise = describe_rows(store)[0], sum_rollup(store)
    forget_stores()
    assert (describe_rows(store)[0], sum_rollup(store)) == stepwise


def test_a_correction_outlives_an_undo(store):
    found = get_all(store)[0]
    say(store, found.comment.comment_id, WHOLE)
    corrected = get_one(store, found.comment.comment_id).reading
    undo_upload(store, "1", now=NOW)
    assert count_responses(store) == 0
    add_sample(store, 1)
    assert get_one(store, found.comment.comment_id).reading == corrected


def test_correct_outside_the_scope_is_refused(store):
    found = next(c for c in get_all(store) if c.comment.unit[:1] == ("City Hospital",))
    before = store_version(store)
    for scope in (Scope(frozenset()), Scope(frozenset({("Hill/Road",)}))):
        with pytest.raises(InputError, match="no such comment"):
            say(store, found.comment.comment_id, WHOLE, scope)
    assert store_version(store) == before


@pytest.mark.parametrize(
    "wrong",
    [
        Correction(mentions=(("nothing", "negative"),)),
        Correction(mentions=((TOPICS[0], "positive"), (TOPICS[0], "negative"))),
        Correction(mentions=((TOPICS[0], "bad"),)),
        Correction(sentiment=0),
        Correction(sentiment=6),
    ],
)
def test_correct_to_what_does_not_exist_is_refused(store, wrong):
    with pytest.raises(InputError):
        say(store, get_all(store)[0].comment.comment_id, wrong)


@pytest.mark.parametrize("correction", [WHOLE, Correction(), Correction(mentions=()), None])
def test_corrections_are_read_as_they_are_written(correction):
    assert read_correction(write_correction(correction)) == correction


def test_everything_else_is_as_it_was(store):
    before = {c.comment.comment_id: c for c in get_all(store)}
    first = next(iter(before))
    say(store, first, WHOLE)
    after = {c.comment.comment_id: c for c in get_all(store)}
    assert {k: v for k, v in after.items() if k != first} == {
        k: v for k, v in before.items() if k != first
    }
    assert ask(store, get_totals, EVERYTHING).comment_count == len(before)
