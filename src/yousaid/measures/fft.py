"""The Friends and Family Test's two headline figures, as NHS England works them out.

Both are of all responses with a score, “Neither good nor poor” and “Don't know” among them, so
they do not add up to 100. Over several places or months add the counts first: percentages are never
averaged. This is how the published monthly workbooks work them out; their Notes sheet warns against
comparing providers by them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yousaid.measures.intervals import Share, share
from yousaid.records import SCORES

Unit = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitScores:
    """The scores of a place and of all within it; `unit` is empty for all places together.

    `score_counts` are of national codes 1 … 6.
    """

    unit: Unit
    score_counts: tuple[int, ...]
    positive: Share
    negative: Share


@dataclass(frozen=True, slots=True)
class UnitModes:
    """How the responses of a place and of all within it came in, as shares of all of them.

    `modes` are in the order of their names. `not_known` are those of which nobody said how they
    came in.
    """

    unit: Unit
    modes: Mapping[str, Share]
    not_known: Share


def percent_positive(score_counts: Sequence[int]) -> Share:
    """“Very good” and “Good” among the counts of national codes 1 … 6.

    >>> round(percent_positive([60, 20, 5, 5, 5, 5]).percent, 1)
    80.0
    """
    _check_counts(score_counts)
    return share(score_counts[0] + score_counts[1], sum(score_counts))


def percent_negative(score_counts: Sequence[int]) -> Share:
    """“Poor” and “Very poor” among the counts of national codes 1 … 6.

    >>> round(percent_negative([60, 20, 5, 5, 5, 5]).percent, 1)
    10.0
    """
    _check_counts(score_counts)
    return share(score_counts[3] + score_counts[4], sum(score_counts))


def add_up_scores(counts: Mapping[Unit, Sequence[int]]) -> list[UnitScores]:
    """The scores of every place at every level, all places together first, then each place ahead of
    those within it.

    `counts` are those that belong to a place itself and to none within it, for national codes 1 …
    6. They are added level by level, so that a large ward weighs more than a small one: of 10 and
    90 responses, 100 % and 50 % positive, 55 % are positive and not 75 %.

    >>> for found in add_up_scores(
    ...     {("City", "Ward 1"): [10, 0, 0, 0, 0, 0], ("City", "Ward 2"): [45, 0, 45, 0, 0, 0]}
    ... ):
    ...     print(found.unit, found.positive.count, round(found.positive.percent))
    () 55 55
    ('City',) 55 55
    ('City', 'Ward 1') 10 100
    ('City', 'Ward 2') 45 50
    """
    sums: dict[Unit, list[int]] = {(): [0] * len(SCORES)}
    for unit, score_counts in counts.items():
        _check_counts(score_counts)
        for level in _list_levels(unit):
            held = sums.setdefault(level, [0] * len(SCORES))
            for place, count in enumerate(score_counts):
                held[place] += count
    return [
        UnitScores(unit, tuple(held), percent_positive(held), percent_negative(held))
        for unit, held in sorted(sums.items())
    ]


def add_up_modes(counts: Mapping[Unit, Mapping[str, int]]) -> list[UnitModes]:
    """How the responses of every place at every level came in, in the order of `add_up_scores`.

    `counts` are of responses by mode of collection (text message, website, card), those that
    belong to a place itself; an empty mode is one that nobody said. A change in the mix of modes
    moves scores by itself, since people say other things by other ways.

    >>> whole, ward = add_up_modes({("Ward 1",): {"SMS": 30, "Card": 60, "": 10}})
    >>> {mode: found.percent for mode, found in whole.modes.items()}, whole.not_known.count
    ({'Card': 60.0, 'SMS': 30.0}, 10)
    """
    sums: dict[Unit, defaultdict[str, int]] = {(): defaultdict(int)}
    for unit, mode_counts in counts.items():
        for level in _list_levels(unit):
            held = sums.setdefault(level, defaultdict(int))
            for mode, count in mode_counts.items():
                if count < 0:
                    raise ValueError(f"{count} is no count of responses by “{mode}”")
                held[mode] += count
    return [_make_modes(unit, held) for unit, held in sorted(sums.items())]


def _make_modes(unit: Unit, held: Mapping[str, int]) -> UnitModes:
    out_of = sum(held.values())
    modes = {mode: share(count, out_of) for mode, count in sorted(held.items()) if mode}
    return UnitModes(unit, modes, share(held.get("", 0), out_of))


def _list_levels(unit: Unit) -> Iterable[Unit]:
    return (unit[:depth] for depth in range(len(unit) + 1))


def _check_counts(score_counts: Sequence[int]) -> None:
    if len(score_counts) != len(SCORES) or min(score_counts) < 0:
        raise ValueError(f"{list(score_counts)} is not a count for each of {len(SCORES)} scores")
