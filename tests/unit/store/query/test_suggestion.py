"""“Did you mean”, within a scope and a filter."""

from yousaid.records import EVERYWHERE, Scope
from yousaid.store import query
from yousaid.store.filter import EVERYTHING, Filter


def test_get_suggestion_mends_a_slip(sample):
    chosen = Filter(words="waitnig nurse", scores=(1,))
    found = query.get_suggestion(EVERYWHERE, sample.snapshot, chosen)
    assert found.chosen == Filter(words="waiting nurse", scores=(1,))
    assert found.changes == (("waitnig", "waiting"),)
    assert query.get_totals(EVERYWHERE, sample.snapshot, found.chosen).comment_count


def test_get_suggestion_leaves_words_that_are_found(sample):
    assert query.get_suggestion(EVERYWHERE, sample.snapshot, Filter(words="nurse")) is None
    assert query.get_suggestion(EVERYWHERE, sample.snapshot, EVERYTHING) is None


def test_get_suggestion_is_of_words_in_scope_alone(sample):
    chosen = Filter(words="waitnig")
    nowhere = Scope(frozenset({("Nowhere",)}))
    assert query.get_suggestion(nowhere, sample.snapshot, chosen) is None
    under_another = Filter(words="waitnig", places=(("Nowhere",),))
    assert query.get_suggestion(EVERYWHERE, sample.snapshot, under_another) is None
