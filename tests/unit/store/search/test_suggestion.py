import random

import pytest

from tests.unit.store.search.samples import open_index
from yousaid.store.search import find_keys, format_query, parse, suggest
from yousaid.store.search.suggestion import count_changes

TEXTS = dict(
    enumerate(
        ["parking was dear", "the parking", "waited for an appointment", "rude receptionist"] * 300
        + ["a brakingg", "braking", "parkng", "secret zebras", "zebra"]
    )
)
ZEBRAS, ZEBRA = len(TEXTS) - 2, len(TEXTS) - 1


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with open_index(tmp_path_factory.mktemp("index"), TEXTS) as connection:
        yield connection


def suggest_within(index, typed, keys=frozenset(TEXTS)):
    asked = []

    def is_found(query):
        asked.append(query)
        return bool(keys & set(find_keys(index, query).tolist()))

    found = suggest(index, parse(typed), is_found)
    assert len(asked) <= 9
    return found and (format_query(found.query), found.changes)


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("praking", "parking"),
        ("parkking", "parking"),
        ("paking", "parking"),
        ("apointmant", "appointment"),
        ("parkng", "parking"),
        ('"rude recptionist"', '"rude receptionist"'),
        ("paarking OR dear", "parking OR dear"),
        ("paarking NEAR deer", "parking NEAR dear"),
        ("(praking OR xyzzy) NEAR dear", "(parking OR xyzzy) NEAR dear"),
        ("paarking NOT rude", "parking NOT rude"),
        ("pqrking dear", "parking dear"),
    ],
)
def test_suggest(index, typed, suggested):
    found = suggest_within(index, typed)
    assert found is not None
    assert found[0] == suggested


@pytest.mark.parametrize(
    "typed",
    ["parking", "park", "wait", "cat", "xyzzyxyzzy", "pra*", "NOT praking", "24", "", "!", "zebr4"],
)
def test_suggest_nothing(index, typed):
    assert suggest_within(index, typed) is None


def test_suggest_says_what_it_changed(index):
    assert suggest_within(index, "Praking deer")[1] == (("praking", "parking"), ("deer", "dear"))


def test_suggest_only_what_is_in_scope(index):
    assert suggest_within(index, "zebrra", {ZEBRA}) == ("zebra", (("zebrra", "zebra"),))
    assert suggest_within(index, "zebrra", {0, 1, 2}) is None
    # “zebras” is there, but to this person the word as suggested is not.
    assert suggest_within(index, "zebrra OR dear", {0, 1, 2}) is None
    assert suggest_within(index, "zebra OR zerbas", {ZEBRA}) is None


def test_suggest_where_a_word_is_only_out_of_scope(index):
    assert suggest_within(index, "braking", {0, 1}) == ("parking", (("braking", "parking"),))


@pytest.mark.parametrize("typed", ["praking appointment", "receptionst xyzzy"])
def test_suggest_nothing_where_the_whole_finds_nothing(index, typed):
    assert suggest_within(index, typed) is None


def distance_slowly(one, other):
    """Optimal string alignment by its definition."""
    if not one or not other:
        return len(one) + len(other)
    choices = [
        distance_slowly(one[:-1], other) + 1,
        distance_slowly(one, other[:-1]) + 1,
        distance_slowly(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if one[-2:] == other[-2:][::-1] and len(one) > 1 and len(other) > 1:
        choices.append(distance_slowly(one[:-2], other[:-2]) + 1)
    return min(choices)


def test_count_changes_as_the_slow_twin():
    random_ = random.Random(0)
    for _ in range(1500):
        one, other = ("".join(random_.choices("abc", k=random_.randrange(6))) for _ in range(2))
        for most in (1, 2):
            assert count_changes(one, other, most) == min(distance_slowly(one, other), most + 1)
