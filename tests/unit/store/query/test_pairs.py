"""Topics that come together, against their slow twin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, filters, scopes
from yousaid.store import query
from yousaid.store.query.pairs import standardise_residual


def flatten(pairs):
    """Pairs whose figures may differ by rounding, so that their order may too."""
    return {
        (p.first, p.second): (
            p.first_count,
            p.second_count,
            p.both_count,
            p.comment_count,
            *(pytest.approx(x, abs=1e-9) for x in (p.expected_count, p.lift, p.residual)),
        )
        for p in pairs
    }


@asked(100)
@given(which=st.sampled_from(range(3)), scope=scopes, chosen=filters())
def test_get_topic_pairs_agrees_with_twin(samples, which, scope, chosen):
    sample = samples[which]
    found = query.get_topic_pairs(scope, sample.snapshot, chosen)
    expected = twin.get_topic_pairs(sample.rows, scope, chosen)
    assert flatten(found) == flatten(expected)
    residuals = [pair.residual for pair in found]
    assert residuals == sorted(residuals, reverse=True)


@pytest.mark.parametrize(
    ("both", "first", "second", "total", "expected"),
    [
        # 25 expected with variance 25 × 0.5 × 0.5 = 6.25.
        (30, 50, 50, 100, 2.0),
        (25, 50, 50, 100, 0.0),
        (0, 10, 10, 100, -1 / 0.9),
        # One of the two is everywhere.
        (10, 100, 10, 100, 0.0),
    ],
)
def test_standardise_residual(both, first, second, total, expected):
    assert standardise_residual(both, first, second, total) == pytest.approx(expected)
