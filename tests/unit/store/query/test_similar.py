"""Comments like one, against comparing it with each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, filters, scopes
from yousaid.records import EVERYWHERE, Scope
from yousaid.store import query
from yousaid.store.filter import EVERYTHING


def compare(one, other):
    one, other = (np.frombuffer(vector, np.int8).astype(float) for vector in (one, other))
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


@asked(100)
@given(
    which=st.sampled_from(range(1, 3)),
    scope=scopes,
    chosen=filters(),
    place=st.integers(0, 200),
    count=st.integers(1, 30),
)
def test_get_similar_agrees_with_twin(samples, which, scope, chosen, place, count):
    rows = samples[which].rows
    row = [row for row in rows if row.comment.text][place % 100]
    found = query.get_similar(
        scope, samples[which].snapshot, chosen, row.comment.comment_id, count=count
    )
    if not twin.is_in_scope(scope, row.comment):
        assert found is None
        return
    assert found.can_compare == bool(row.reading.vector)
    others = [
        other
        for other in twin.select_comments(rows, scope, chosen)
        if other is not row and other.reading.vector and row.reading.vector
    ]
    expected = sorted(
        (-compare(row.reading.vector, other.reading.vector), other.comment.comment_id)
        for other in others
    )[:count]
    assert list(found.likenesses) == pytest.approx(
        [-likeness for likeness, _ in expected], abs=1e-6
    )
    ids = {one.comment.comment_id for one in found.comments}
    assert ids == {comment_id for _, comment_id in expected}


def test_get_similar_of_nobody_is_none(sample):
    assert query.get_similar(EVERYWHERE, sample.snapshot, EVERYTHING, "nobody", count=3) is None


def test_get_similar_outside_the_scope_is_none(sample):
    row = next(row for row in sample.rows if row.reading.vector)
    scope = Scope(frozenset({("Nowhere",)}))
    comment_id = row.comment.comment_id
    assert query.get_similar(scope, sample.snapshot, EVERYTHING, comment_id, count=3) is None
