import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yousaid.errors import MissingExtraError
from yousaid.measures.logistic import EVENTS_PER_TERM, fit, make_design


def repeat(*parts):
    return [value for value, times in parts for _ in range(times)]


def find_reason(outcome, flags=None, factors=None):
    return make_design(outcome, flags or {}, factors or {}).why_not


def test_make_design_compares_with_the_most_frequent_level():
    modes = repeat(("SMS", 50), ("Card", 30), ("", 20))
    design = make_design([True, False] * 50, {}, {"Mode": modes})
    assert [(term.level, term.reference, term.count) for term in design.terms] == [
        ("", "SMS", 20),
        ("Card", "SMS", 30),
    ]
    assert design.weights.sum() == 100
    assert design.why_not == ""


def test_make_design_counts_each_pattern():
    flag = [True] * 40 + [False] * 60
    outcome = [True] * 30 + [False] * 50 + [True] * 20
    design = make_design(outcome, {"Waiting": flag}, {})
    rows = zip(design.patterns.tolist(), design.with_outcome, design.without, strict=True)
    assert sorted(rows) == [([1, 0], 20, 40), ([1, 1], 30, 10)]


def test_make_design_leaves_out_rare_levels_with_their_rows():
    modes = repeat(("SMS", 60), ("Card", 40), ("Fax", 9))
    design = make_design([True, False, True] * 36 + [True], {}, {"Mode": modes})
    assert design.kept.sum() == 100
    assert [(term.level, term.why_not) for term in design.dropped] == [
        ("Fax", "Fewer than 10 responses.")
    ]


def test_make_design_leaves_out_what_is_rare_only_once_others_are_gone():
    # Ward 2 keeps 9 of its 14 responses when those by fax are gone.
    modes = repeat(("SMS", 60), ("Card", 40), ("SMS", 9), ("Fax", 5))
    wards = repeat(("Ward 1", 100), ("Ward 2", 14))
    design = make_design([True, False] * 57, {}, {"Mode": modes, "Ward": wards})
    assert {term.title for term in design.dropped} == {"Mode: Fax", "Ward: Ward 2"}
    assert design.kept.sum() == 100


@pytest.mark.parametrize("value", [True, False])
def test_make_design_leaves_out_what_decides_the_outcome_alone(value):
    outcome = [True, False] * 50 + [value] * 20
    design = make_design(
        outcome, {"Waiting": [False] * 100 + [True] * 20, "Staff": [True, True, False] * 40}, {}
    )
    (dropped,) = design.dropped
    assert dropped.title == "Waiting"
    assert dropped.why_not.startswith("All" if value else "None")
    assert [term.title for term in design.terms] == ["Staff"]
    assert design.kept.all()


@pytest.mark.parametrize("count", [9, 111])
def test_make_design_leaves_out_flags_of_hardly_any_or_nearly_all(count):
    flag = [True] * count + [False] * (120 - count)
    design = make_design([True, False] * 60, {"Waiting": flag}, {})
    assert len(design.dropped) == 1
    assert design.why_not.startswith("There is nothing to weigh")


def test_make_design_keeps_flags_of_just_enough():
    flag = [True] * 10 + [False] * 110
    assert len(make_design([True, False] * 60, {"Waiting": flag}, {}).terms) == 1


@pytest.mark.parametrize("outcome", [[], [True], [False] * 40, [True] * 40])
def test_make_design_of_nothing_says_so(outcome):
    flag = [index % 2 == 0 for index in range(len(outcome))]
    assert find_reason(outcome, {"Waiting": flag}).startswith("There is nothing to weigh")
    assert find_reason(outcome, {}, {"Mode": ["SMS"] * len(outcome)}).startswith(
        "There is nothing to weigh"
    )


@pytest.mark.parametrize(("rarer", "is_enough"), [(2 * EVENTS_PER_TERM, True), (19, False)])
def test_make_design_needs_ten_outcomes_a_term(rarer, is_enough):
    outcome = [True] * rarer + [False] * (400 - rarer)
    flags = {"Waiting": [True, False] * 200, "Staff": [True, False, False, False] * 100}
    for turned in (outcome, [not value for value in outcome]):
        found = find_reason(turned, flags)
        assert found == (
            ""
            if is_enough
            else "To weigh 2 things takes 20 responses of the rarer outcome; here are 19. "
            "Choose fewer things or a longer time."
        )


def test_make_design_refuses_what_goes_together_too_closely():
    random = np.random.default_rng(1)
    waiting = random.random(2000) < 0.3
    outcome = random.random(2000) < 0.4
    nearly = waiting.copy()
    nearly[:20] = ~nearly[:20]
    for other in (waiting, ~waiting, nearly):
        found = find_reason(
            outcome,
            {"Waiting": waiting, "Delays": other, "Staff": random.random(2000) < 0.5},
        )
        assert found == (
            "These go together too closely to tell apart: “Waiting”, “Delays”. Leave one out."
        )


def test_make_design_refuses_a_mode_of_one_ward_alone():
    wards = repeat(("Ward 1", 100), ("Ward 2", 100))
    modes = repeat(("SMS", 100), ("Card", 100))
    assert "“Mode: SMS”, “Ward: Ward 2”" in find_reason(
        [True, False] * 100, {}, {"Mode": modes, "Ward": wards}
    )


def test_make_design_refuses_what_decides_the_outcome_together():
    # Neither decides alone: among those with one of the two some are so and some are not. But
    # those with neither never are, and those with both always.
    rows = repeat(
        ((False, False, False), 40), ((True, False, False), 40), ((True, True, True), 40),
        ((False, True, True), 5), ((False, True, False), 5),
    )  # fmt: skip
    one, two, outcome = (list(column) for column in zip(*rows, strict=True))
    assert find_reason(outcome, {"One": one, "Two": two}) == (
        "Some things together decide the outcome alone, which no odds can express."
    )


@given(st.lists(st.tuples(*[st.booleans()] * 3, st.booleans()), min_size=8, max_size=40))
@settings(max_examples=60)
def test_separation_agrees_with_a_slow_search(rows):
    from yousaid.measures.logistic import _find_patterns, _is_separated

    table = np.array([(True, *row[:3]) for row in rows])
    outcome = np.array([row[3] for row in rows])
    patterns, place = _find_patterns(table)
    with_outcome = np.bincount(place[outcome], minlength=len(patterns)).astype(float)
    without = np.bincount(place[~outcome], minlength=len(patterns)).astype(float)
    if np.linalg.matrix_rank(patterns) < 4:
        return  # refused before
    # Slow twin: climb; where the likelihood has no top, coefficients run away.
    x, y = table.astype(float), outcome.astype(float)
    beta = np.zeros(4)
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(x @ beta, -40, 40)))
        slope = x.T @ (y - chance)
        bend = (x * (chance * (1 - chance))[:, None]).T @ x + 1e-12 * np.eye(4)
        step = np.linalg.solve(bend, slope)
        beta += step * min(1, 4 / np.abs(step).max()) if np.abs(step).max() else 0
    assert _is_separated(patterns, with_outcome, without) == (np.abs(beta).max() > 12)


def test_make_design_refuses_lengths_that_differ():
    with pytest.raises(ValueError, match="“Waiting” has 2 values for 3 outcomes"):
        make_design([True, False, True], {"Waiting": [True, False]}, {})
    with pytest.raises(ValueError, match="“Mode” has 4 values for 3 outcomes"):
        make_design([True, False, True], {}, {"Mode": ["SMS"] * 4})


def test_fit_agrees_with_newton_by_hand():
    pytest.importorskip("statsmodels")
    random = np.random.default_rng(2)
    flags = {name: random.random(3000) < 0.3 for name in ("One", "Two")}
    modes = random.choice(["SMS", "Card", "Web"], 3000)
    eta = -1 + 0.8 * flags["One"] - 0.4 * (modes == "Web")
    outcome = random.random(3000) < 1 / (1 + np.exp(-eta))
    design = make_design(outcome, flags, {"Mode": modes})
    found = fit(design)
    x = design.patterns[design.place]
    beta = np.zeros(x.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-x @ beta))
        bend = (x * (chance * (1 - chance))[:, None]).T @ x
        beta += np.linalg.solve(bend, x.T @ (outcome - chance))
    assert found.coefficients == pytest.approx(beta, abs=1e-6)
    assert found.covariance == pytest.approx(np.linalg.inv(bend), abs=1e-6)


def test_fit_without_statsmodels_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.genmod.families", None)
    design = make_design(
        [True, False, True, True] * 20, {"Waiting": [True, True, False] * 26 + [True] * 2}, {}
    )
    with pytest.raises(MissingExtraError, match="needs the extra “stats”"):
        fit(design)
