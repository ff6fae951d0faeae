"""Friends and Family Test figures of places that hold places, by NHS England's rule and beyond it.

NHS England's three levels (its FFT suppression, as its published processing code has it):
1. a place with 1 to 4 responses shows none of its answers, collection modes and percentages;
2. of the places beside it, the one with the next fewest responses hides its counts too;
3. where a place hides its answers, so do the two with the fewest responses within it.
The number of responses itself stays, here as there.

Two things are stricter here, because the rule by itself gives answers away. A place hidden at
level 2 keeps its percentages there, and a percentage to one decimal of a number of responses that
is shown is a count; here they go too. And where all who are hidden together gave the same answer,
the total says so of each: here more places are hidden, then the place above, until no answer is
certain.

The promise: with everything shown in hand, each hidden count could have two values or more, and so
could the number positive and the number negative behind a hidden percentage. A nought that the
totals show to be one is shown.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import add

from yousaid.measures.suppress.figures import (
    SUPPRESSED,
    Figure,
    Suppressed,
    check_counts,
    is_small,
    round_percent,
)
from yousaid.measures.suppress.network import Network
from yousaid.records import SCORES

Place = tuple[str, ...]
# Where the answers behind the two percentages stand among national codes 1 … 6.
_POSITIVE, _NEGATIVE = (0, 1), (3, 4)


@dataclass(frozen=True, slots=True)
class Unit:
    """A place that holds no other, written widest first, with its responses by national code 1 … 6
    and by mode of collection (as many modes as the page shows, or none)."""

    place: Place
    score_counts: tuple[int, ...]
    mode_counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SuppressedUnit:
    """A place of which every figure may be shown."""

    place: Place
    response_count: int
    score_counts: tuple[Figure, ...]
    mode_counts: tuple[Figure, ...]

    @property
    def percent_positive(self) -> float | Suppressed | None:
        """To one decimal; None without responses."""
        return self._get_percent(_POSITIVE)

    @property
    def percent_negative(self) -> float | Suppressed | None:
        """To one decimal; None without responses."""
        return self._get_percent(_NEGATIVE)

    def _get_percent(self, codes: tuple[int, int]) -> float | Suppressed | None:
        first, second = (self.score_counts[code] for code in codes)
        if isinstance(first, Suppressed) or isinstance(second, Suppressed):
            return SUPPRESSED
        return round_percent(first + second, self.response_count)


def suppress_units(units: Sequence[Unit]) -> list[SuppressedUnit]:
    """The places given and all that hold them, sorted, from () for all, with answers hidden.

    Places with as few responses are taken in the order of their names. Raises ValueError for
    places that are the same or hold one another, for other than six scores, for counts below 0, and
    for modes that differ in number or do not add up to the responses.

    By hand: Ward A has 2 responses and is hidden; B is the next lowest and goes with it; C stays,
    and so does the hospital. Nobody answered 5, which the total of 0 says of all.

    >>> wards = (("A", (1, 0, 0, 1, 0, 0)), ("B", (5, 1, 1, 2, 0, 1)), ("C", (9, 9, 1, 0, 0, 3)))
    >>> for unit in suppress_units([Unit((name,), counts) for name, counts in wards]):
    ...     print(unit.place, unit.response_count, *unit.score_counts, unit.percent_positive)
    () 34 15 10 2 3 0 4 73.5
    ('A',) 2 * * * * 0 * *
    ('B',) 10 * * * * 0 * *
    ('C',) 22 9 9 1 0 0 3 81.8
    """
    if not units:
        return []
    return _Tree(units).suppress()


class _Tree:
    """The places with their counts added up, and which of them are hidden."""

    def __init__(self, units: Sequence[Unit]) -> None:
        _check(units)
        self._scores = _add_up(units, [unit.score_counts for unit in units])
        self._modes = _add_up(units, [unit.mode_counts for unit in units])
        self._sizes = {place: sum(counts) for place, counts in self._scores.items()}
        self._within: dict[Place, list[Place]] = defaultdict(list)
        for place in sorted(self._sizes, key=lambda place: (self._sizes[place], place)):
            if place and self._sizes[place]:
                self._within[place[:-1]].append(place)
        self._hidden: set[Place] = set()

    def suppress(self) -> list[SuppressedUnit]:
        for place in sorted(self._sizes):
            if is_small(self._sizes[place]):
                self._hide(place)
        while unsafe := self._find_unsafe():
            before = len(self._hidden)
            for above in sorted({place[:-1] for place in unsafe}):
                self._hide_more(above)
            if len(self._hidden) == before:
                # All are hidden, and what is certain still is what their responses alone say.
                break
        scores, modes = self._hide_counts(self._scores), self._hide_counts(self._modes)
        return [
            SuppressedUnit(place, self._sizes[place], scores[place], modes[place])
            for place in sorted(self._sizes)
        ]

    def _hide(self, place: Place) -> None:
        """Hide a place with all that the three levels hide with it."""
        if place in self._hidden:
            return
        self._hidden.add(place)
        for lowest in self._within[place][:2]:
            self._hide(lowest)
        beside = self._within[place[:-1]] if place else []
        if not any(other in self._hidden for other in beside if other != place):
            self._hide_next(beside)

    def _hide_next(self, places: Sequence[Place]) -> bool:
        """Hide the lowest that is not; False where there is none."""
        for place in places:
            if place not in self._hidden:
                self._hide(place)
                return True
        return False

    def _hide_more(self, above: Place) -> None:
        """Hide another place within this one, or this one where all are hidden."""
        if self._hide_next(self._within[above]):
            return
        if above not in self._hidden:
            self._hide(above)
        elif above:
            self._hide_more(above[:-1])

    def _find_unsafe(self) -> list[Place]:
        """The hidden places of which something would be certain."""
        scores, modes = self._make_network(self._scores), self._make_network(self._modes)
        return [
            place
            for place in self._hidden
            if not _is_safe(scores, self._scores[place], place, (_POSITIVE, _NEGATIVE))
            or not _is_safe(modes, self._modes[place], place, ())
        ]

    def _make_network(self, counts: "_Counts") -> "_PlaceNetwork":
        return _PlaceNetwork(
            {place: counts[place] for place in self._hidden}, holds_none=self._is_leaf
        )

    def _is_leaf(self, place: Place) -> bool:
        return not self._within[place]

    def _hide_counts(self, counts: "_Counts") -> dict[Place, tuple[Figure, ...]]:
        network = self._make_network(counts)
        shown: dict[Place, tuple[Figure, ...]] = dict(counts)
        for place in self._hidden:
            shown[place] = tuple(
                # A nought that the totals show to be one is no secret.
                SUPPRESSED if network.can_differ(place, code) else count
                for code, count in enumerate(counts[place])
            )
        return shown


_Counts = Mapping[Place, tuple[int, ...]]
_Node = tuple[Place | None, int]


class _PlaceNetwork:
    """Each answer of a place flows into the same answer of the place that holds it. A place that
    holds none is one node, since its answers add up to its responses, which are shown."""

    def __init__(self, hidden: _Counts, holds_none: Callable[[Place], bool]) -> None:
        self._numbers: dict[_Node, int] = {}
        self._holds_none = holds_none
        arcs = [
            (*self._get_arc(place, code), count)
            for place, counts in hidden.items()
            for code, count in enumerate(counts)
        ]
        # The widest place's answers add up to its responses too.
        ground = self._number((None, -1))
        for code, count in enumerate(hidden.get((), ())):
            arcs.append((self._number((None, code)), ground, count))
        self._network = Network(len(self._numbers))
        for tail, head, count in arcs:
            self._network.hide(tail, head, count, 0)

    def can_differ(self, place: Place, code: int) -> bool:
        """Whether the hidden count could be another."""
        arc = self._get_arc(place, code)
        return self._network.can_change(*arc, 1) or self._network.can_change(*arc, -1)

    def can_sum_differ(self, place: Place, codes: Sequence[int]) -> bool:
        """Whether these hidden counts could add up to something else."""
        return self._network.can_sum_change([self._get_arc(place, code) for code in codes])

    def _get_arc(self, place: Place, code: int) -> tuple[int, int]:
        tail = (place, -1 if self._holds_none(place) else code)
        return self._number(tail), self._number((place[:-1] if place else None, code))

    def _number(self, node: _Node) -> int:
        return self._numbers.setdefault(node, len(self._numbers))


def _is_safe(
    network: _PlaceNetwork,
    counts: Sequence[int],
    place: Place,
    groups: Sequence[tuple[int, ...]],
) -> bool:
    return all(
        network.can_differ(place, code) for code, count in enumerate(counts) if count
    ) and all(
        network.can_sum_differ(place, codes)
        for codes in groups
        if any(counts[code] for code in codes)
    )


def _add_up(units: Sequence[Unit], counts: Sequence[tuple[int, ...]]) -> _Counts:
    """The counts of each place and of all that hold it."""
    summed: dict[Place, tuple[int, ...]] = {}
    for unit, own in zip(units, counts, strict=True):
        for depth in range(len(unit.place) + 1):
            above = unit.place[:depth]
            summed[above] = tuple(map(add, summed.get(above, (0,) * len(own)), own))
    return summed


def _check(units: Sequence[Unit]) -> None:
    """Raises ValueError, saying what is wrong with the first unit that has something wrong."""
    seen = {unit.place for unit in units}
    if len(seen) < len(units):
        raise ValueError("two of the places are the same")
    holders = {unit.place[:depth] for unit in units for depth in range(len(unit.place))}
    for unit in units:
        if unit.place in holders:
            raise ValueError(
                f"{unit.place} has responses and holds other places: give its own a name of theirs"
            )
        check_counts(unit.score_counts + unit.mode_counts)
        if len(unit.score_counts) != len(SCORES):
            raise ValueError(f"{unit.place} has {len(unit.score_counts)} scores, not {len(SCORES)}")
        if len(unit.mode_counts) != len(units[0].mode_counts):
            raise ValueError(f"{unit.place} has other modes of collection than {units[0].place}")
        if unit.mode_counts and sum(unit.mode_counts) != sum(unit.score_counts):
            raise ValueError(f"the modes of {unit.place} do not add up to its responses")
